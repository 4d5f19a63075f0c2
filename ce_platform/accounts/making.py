"""An account that the office makes for somebody who never came here."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import DEFAULT_ZONE, User
from ce_platform.core import audit
from ce_platform.core.models import Provider


def zone_of_new_accounts() -> str:
    """Where the office is, until somebody says of themselves that they live elsewhere."""
    zones = Provider.objects.filter(pk=1).values_list("time_zone", flat=True)
    return zones.first() or DEFAULT_ZONE


def account_for(email: str, *, name: str, by: User, now: datetime) -> tuple[User, bool]:
    """Whose address it is, or a new account for it; and whether it is new.

    The address finds the person, never the name: two people may have the same. A new account has
    no password and no proved address: whoever reads the mail of this address chooses a password
    by the code that is sent there, and is in.
    """
    email = email.strip().lower()
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                email, None, name_on_certificates=name, time_zone=zone_of_new_accounts()
            )
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=False)
            audit.record(
                "account.made",
                subject_type="user",
                subject_id=user.uid,
                by=by,
                now=now,
                name_on_certificates=name,
            )
    except IntegrityError:  # They signed up at this very moment.
        return User.objects.get(email=email), False
    return user, True
