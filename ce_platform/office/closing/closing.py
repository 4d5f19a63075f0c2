"""An account is closed: what is no record of law goes, what is stays until its time is over.

In two steps. The transaction erases what hangs on the person, by the shares of all apps. Afterwards
the search goes through what may mention them in words: messages to others, jobs, the log. The row
of the ending stays open between the two and keeps what is looked for; then it forgets that too.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse

from ce_platform.accounts.models import InstructorProfile, User
from ce_platform.accounts.people import addresses_of, names_of
from ce_platform.accounts.phones import digits_of
from ce_platform.accounts.rules import OPERATOR, REGISTRAR
from ce_platform.accounts.shares import shares
from ce_platform.accounts.staffing import lock_roles
from ce_platform.core import audit
from ce_platform.core.erasing import names_to_look_for, needle_of, without
from ce_platform.core.errors import DomainError
from ce_platform.core.mail import write_mail
from ce_platform.core.models import AccountEnding
from ce_platform.core.text import canonical_json, clean
from certificates.models import Certificate
from courses.models import Course, Enrollment
from courses.parts import Item

KEPT_YEARS: Final = 7
"""The longest period found is six years (NCBTMB), plus a margin: domain.md 1.3."""
LONGEST_REASON: Final = 300


class CannotClose(DomainError):
    """Something has to be done first. `items`: what, and where."""

    def __init__(self, items: Sequence[Item]) -> None:
        super().__init__(" ".join(item.sentence for item in items))
        self.items = items


class ReasonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__("Say why: the reason is kept.")


def in_the_way(user: User, *, by: User) -> list[Item]:
    """What has to be done before this account can be closed; empty: nothing."""
    if by.pk != user.pk and (user.is_staff or user.is_superuser or user.groups.exists()):
        # Closing takes every role, also one that `by` could not take, and tells nobody of it.
        return [
            Item(
                "works-here",
                "This person works here: their roles have to be taken first.",
                reverse("office:staff-roles", args=[user.uid]),
            )
        ]
    found = []
    for role, words in ((REGISTRAR, "registrar"), (OPERATOR, "operator")):
        group = Group.objects.filter(name=role).first()
        if group is None or not group.user_set.filter(pk=user.pk).exists():
            continue
        if not group.user_set.filter(is_active=True).exclude(pk=user.pk).exists():
            found.append(
                Item(
                    "last-of-role",
                    f"This is the last {words}: give the role to somebody else first.",
                    "",
                )
            )
    if Course.objects.filter(owner=user).exists():
        found.append(
            Item(
                "owns-courses",
                "This account owns courses: hand them to another instructor first.",
                reverse("courses:studio"),
            )
        )
    elif InstructorProfile.objects.filter(user=user, user__groups__name="instructor").exists():
        found.append(
            Item(
                "instructor",
                "Courses name this person as an instructor: the role has to be taken first.",
                "",
            )
        )
    return found


def kept_until(user: User) -> date | None:
    """The last day on which a record of this person is kept; None: there is none."""
    last = (
        Certificate.objects.filter(user=user)
        .order_by("-completed_on")
        .values_list("completed_on", flat=True)
        .first()
    )
    return None if last is None else last_day_kept(last)


def last_day_kept(completed_on: date) -> date:
    day = min(completed_on.day, 28) if completed_on.month == 2 else completed_on.day
    return completed_on.replace(year=completed_on.year + KEPT_YEARS, day=day)


def completed_before(today: date) -> date:
    """What was completed before this day is past its time today."""
    if (today.month, today.day) == (2, 29):
        return date(today.year - KEPT_YEARS, 3, 1)
    return today.replace(year=today.year - KEPT_YEARS)


@transaction.atomic
def close_account(user: User, *, by: User, now: datetime, reason: str = "") -> AccountEnding:
    """Erase, sign out everywhere, let nobody in again. Twice equals once.

    `reason`: asked of the office, not of the person. Errors: CannotClose, ReasonMissing.
    """
    # Two registrars who leave at once must not both be let go.
    lock_roles()
    # Enrollments first: whoever takes a last step holds one and then refers to the person.
    list(Enrollment.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"))
    user = User.objects.select_for_update().get(pk=user.pk)
    known = AccountEnding.objects.filter(user_id=user.pk).first()
    if known is not None:
        return known
    is_own = by.pk == user.pk
    reason = clean(reason)[:LONGEST_REASON]
    if not is_own and not reason:
        raise ReasonMissing
    if items := in_the_way(user, by=by):
        raise CannotClose(items)
    address, words = user.email, looked_for(user)
    ending = AccountEnding.objects.create(
        user_id=user.pk,
        began_at=now,
        by_id=by.pk,
        by_label="" if is_own else by.email,
        reason=without(reason, words),
        looked_for_json=canonical_json(
            {
                "words": words,
                "names": names_and_addresses(user),
                "worked_here": user.is_staff or user.groups.exists(),
            }
        ),
    )
    until = kept_until(user)
    audit.record(
        "account.closed",
        subject_type="user",
        subject_id=user.uid,
        by=by,
        now=now,
        reason=ending.reason,
        kept_until=str(until or ""),
    )
    for share in reversed(list(shares())):
        share.erase(user, now=now)
    # The last message: it is blanked when it has left, by the search.
    write_mail("account_closed", to_email=address, to_user_id=user.pk, now=now, until=until)
    return ending


SHORTEST_PHONE: Final = 7


def looked_for(user: User) -> list[str]:
    """Names, addresses, the phone number, and the longest lines of what they wrote."""
    said = {needle_of(text) for share in shares() for text in share.says(user)}
    return [*names_and_addresses(user), *sorted(said - {""})]


def names_and_addresses(user: User) -> list[str]:
    """With the phone number."""
    names = {name for share in shares() for name in share.names(user)}
    return [
        *addresses_of(user),
        *([user.phone] if len(digits_of(user.phone)) >= SHORTEST_PHONE else []),
        *names_to_look_for(names | set(names_of(user))),
    ]
