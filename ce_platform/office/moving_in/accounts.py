"""Whose line it is: found by the address, never by the name; made without an invitation."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from ce_platform.accounts.making import zone_of_new_accounts
from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.models import AuditEvent
from ce_platform.office.moving_in.drafts import Draft, person_key
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.models import ImportLine, ImportRun
from certificates.forms import NameForm


def people_by_email(emails: Iterable[str]) -> dict[str, User]:
    """Also somebody who came in by an import and has another address since. Three queries."""
    wanted = {email for email in emails if email}
    found = {user.email: user for user in User.objects.filter(email__in=wanted)}
    keys = {person_key(email): email for email in wanted - found.keys()}
    if keys:
        earlier = ImportLine.objects.filter(
            person_key__in=keys, user__isnull=False, run__state=ImportRun.State.DONE
        ).select_related("user")
        for line in earlier.order_by("pk"):
            if line.user is not None:
                found[keys[line.person_key]] = line.user
        verified = EmailAddress.objects.filter(
            email__in=wanted - found.keys(), verified=True
        ).select_related("user")
        for address in verified:
            found[address.email.lower()] = address.user
    return found


def set_people(drafts: Sequence[Draft], *, name_column: str = "Name") -> None:
    """Find the account of each line; say what is worth a look about its name."""
    people = people_by_email(draft.email for draft in drafts)
    for draft in drafts:
        draft.user = user = people.get(draft.email)
        name = str(draft.values.get("name", ""))
        if user is None:
            if not name and draft.email and name_column not in draft.refused:
                draft.refuse(
                    name_column,
                    "",
                    "Nobody here has this address, so a name is needed to make an account.",
                )
            continue
        if user.closed_at is not None or not user.is_active:
            draft.refuse("E-mail", draft.email, "The account of this address is closed.")
        elif name and user.name_on_certificates and name != user.name_on_certificates:
            draft.notes.append(
                f"The account is in the name of {user.name_on_certificates}; it is left so."
            )


@lru_cache(maxsize=4_096)  # A person stands in a table of completions once for each course.
def checked_name(value: str) -> tuple[str, str]:
    """The name as it can be printed, and what is wrong with it."""
    form = NameForm({"name": value})
    if form.is_valid():
        return str(form.cleaned_data["name"]), ""
    return "", " ".join(map(str, form.errors["name"]))


def make_accounts(drafts: Sequence[Draft], *, by: User, now: datetime) -> set[str]:
    """Accounts for lines whose address is new here; returns these addresses.

    No password and no proved address, as in accounts/making.py. Errors: ImportRefused.
    """
    firsts: dict[str, Draft] = {}
    for draft in drafts:
        if draft.user is None:
            firsts.setdefault(draft.email, draft)
    if not firsts:
        return set()
    users, zone = [], zone_of_new_accounts()
    for email, draft in firsts.items():
        user = User(
            email=email,
            name_on_certificates=str(draft.values["name"]),
            phone=str(draft.values.get("phone", "")),
            time_zone=str(draft.values.get("time_zone") or zone),
        )
        user.set_unusable_password()
        users.append(user)
    try:
        with transaction.atomic():
            made = User.objects.bulk_create(users, batch_size=500)
            EmailAddress.objects.bulk_create(
                (
                    EmailAddress(user=user, email=user.email, primary=True, verified=False)
                    for user in made
                ),
                batch_size=500,
            )
    except IntegrityError:
        raise ImportRefused(
            "Somebody of this file signed up at this very moment. Look through it once more."
        ) from None
    AuditEvent.objects.bulk_create(
        (
            audit.event(
                "account.made",
                subject_type="user",
                subject_id=user.uid,
                by=by,
                now=now,
                name_on_certificates=user.name_on_certificates,
            )
            for user in made
        ),
        batch_size=500,
    )
    by_email = {user.email: user for user in made}
    for draft in drafts:
        if draft.user is None:
            draft.user = by_email[draft.email]
    return set(by_email)
