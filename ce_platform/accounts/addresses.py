"""The office sets another address for somebody who cannot do it themselves.

Whoever reads the mail of an address can sign in, so this could hand an account to anybody: it is
not for accounts of the office itself, it is told to the old address, the log keeps why, and a
second step stays in the way. The page asks for a fresh sign-in.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import OPERATOR, REGISTRAR, is_registrar
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.mail import write_mail
from ce_platform.core.mail_bounces import bounced_at, clear_bounce
from ce_platform.core.text import clean, sha256_text

LONGEST_REASON: Final = 300


class AddressRefused(DomainError):
    """The address stays as it is."""


def may_set_address(user: User, *, by: User, roles: Collection[str]) -> bool:
    """Not one's own, not that of somebody who works in the office. `roles`: all that the user
    has, awake or not."""
    if user.pk == by.pk or user.is_staff or user.is_superuser:
        return False
    return not {REGISTRAR, OPERATOR} & set(roles)


@transaction.atomic
def set_address(user: User, *, email: str, reason: str, by: User, now: datetime) -> int:
    """Give the account another address, not proved yet: the first sign-in asks for its code.

    Addresses from before open the account no more. What waited for a working address goes to the
    new one; how many messages. Setting the address that is there changes nothing.
    Errors: NotAllowed, AddressRefused.
    """
    if not is_registrar(by):
        raise NotAllowed("Only the office sets an address.")
    user = User.objects.select_for_update().get(pk=user.pk)
    roles = list(user.groups.values_list("name", flat=True))
    if not may_set_address(user, by=by, roles=roles):
        raise NotAllowed(
            "The address of somebody who works in the office is changed by themselves alone."
        )
    if user.closed_at is not None:
        raise AddressRefused("This account is closed.")
    email = clean(email).lower()
    reason = " ".join(clean(reason).split())[:LONGEST_REASON]
    _check(email)
    if not reason:
        raise AddressRefused("Say how you know that it is really them who ask.")
    old = user.email
    if email == old:
        return 0
    taken = Q(email__iexact=email)
    if (
        User.objects.filter(taken).exclude(pk=user.pk).exists()
        or EmailAddress.objects.filter(taken).exclude(user=user).exists()
    ):
        raise AddressRefused("Another account has this address. Perhaps it is the same person.")
    EmailAddress.objects.filter(user=user).delete()
    user.email = email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
    except IntegrityError:  # Taken at this very moment.
        raise AddressRefused("Another account has this address.") from None
    audit.record(
        "email.set-by-office",
        subject_type="user",
        subject_id=user.uid,
        by=by,
        now=now,
        # The log is never rewritten, so it names no address.
        old=sha256_text(old),
        new=sha256_text(email),
        reason=reason,
    )
    has_bounced = bounced_at(old).exists()
    count = clear_bounce(old, user_id=user.pk, moved_to=email, by=by, now=now)
    told = [("address_set_new", email)]
    if not has_bounced:  # Else nobody reads it, and it would only be noted as coming back again.
        told.insert(0, ("address_set_old", old))
    for code, to_email in told:
        write_mail(code, to_email=to_email, to_user_id=user.pk, person=user, when=now, now=now)
    return count


def _check(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise AddressRefused("This is no e-mail address. Look at it once more.") from None
    if len(email) > 254:
        raise AddressRefused("This address is too long.")
