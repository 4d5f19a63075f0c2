"""Somebody tries passwords or codes: refused by django-allauth's limits, written down here.

The refusals themselves are counted in the shared cache (ACCOUNT_RATE_LIMITS). What is added: a
line in the log for each, an audit event per person, kind and hour, and one mail a day to the owner
of the account. More would give whoever guesses a way to flood both.
"""

import logging
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.ratelimit import Limit

logger = logging.getLogger(__name__)

PASSWORD: Final = "password"  # noqa: S105 – a kind of guess
CODE: Final = "code"
RESET_CODE: Final = "reset-code"
USED_CODE: Final = "used-code"
"""A code of an app that had signed somebody in a moment before."""

# Tried codes of second steps, right or wrong, a day. Three of a million codes fit at any moment;
# the limit per five minutes alone would let somebody with the password try 1,440 a day.
CODES_A_DAY: Final = Limit("second-step-codes", count=60, seconds=24 * 60 * 60)


def note_refusal(user: User, *, kind: str, address: str, now: datetime) -> None:
    """A try was refused: there had been too many, or the code was used. `address`: where from."""
    why = "a used code" if kind == USED_CODE else f"too many tries ({kind})"
    logger.warning("Refused: %s for account %s from %s.", why, user.uid, address)
    if not cache.add(f"guessing:{kind}:{user.pk}", 1, timeout=60 * 60):
        return
    with transaction.atomic():
        audit.record(
            "sign_in.guessing_refused",
            subject_type="user",
            subject_id=user.uid,
            by=None,
            now=now,
            kind=kind,
            address=address,
        )
        write_mail(
            "guessing_refused",
            to_email=user.email,
            to_user_id=user.pk,
            cause=f"guessing:{user.pk}:{now:%Y-%m-%d}",
            person=user,
            tried=kind,
            when=now,
            now=now,
        )
