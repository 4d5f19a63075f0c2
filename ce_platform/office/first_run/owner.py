"""How the very first person becomes registrar, and nobody else does.

Whoever can run a command on the machine gets a code: 80 random bits, kept as their SHA-256, good
for a day and for one use. While nobody is a registrar, that code on the page of the first run
makes one. There is no other way in from the web: no first come, first served.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.crypto import constant_time_compare

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import REGISTRAR
from ce_platform.accounts.staffing import change_roles, lock_roles, working
from ce_platform.core import audit, codes
from ce_platform.core.errors import DomainError
from ce_platform.core.ratelimit import Limit
from ce_platform.core.text import sha256_text
from ce_platform.office.first_run.models import FirstRun

logger = logging.getLogger(__name__)
GOOD_FOR: Final = timedelta(hours=24)
# 80 bits are not guessed. The limits keep the log readable and the database idle.
TRIES: Final = Limit("first-run-code", count=10, seconds=60 * 60)
ALL_TRIES: Final = Limit("first-run-code-all", count=100, seconds=60 * 60)


class AlreadySetUp(DomainError):
    def __init__(self) -> None:
        super().__init__("Somebody is a registrar already. They invite colleagues: Office, Staff.")


class WrongCode(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "This code does not open the site. Compare it letter by letter; it works once, for "
            "24 hours, and only the newest one."
        )


class AddressTaken(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "There is an account with this address. Sign in with it, come back to this page and "
            "type the code again."
        )


def is_open() -> bool:
    """Nobody is a registrar who could open the office."""
    return not working(REGISTRAR).exists()


@transaction.atomic
def new_code(*, now: datetime) -> str:
    """A code in the place of any former one. Errors: AlreadySetUp."""
    lock_roles()
    if not is_open():
        raise AlreadySetUp
    code = codes.new_code()
    FirstRun.objects.update_or_create(
        pk=1, defaults={"code_sha256": sha256_text(code), "code_expires_at": now + GOOD_FOR}
    )
    audit.record("first-run.code-made", subject_type="first-run", subject_id=1, by=None, now=now)
    return code


@transaction.atomic
def make_owner(
    typed: str,
    *,
    user: User | None,
    email: str = "",
    name: str = "",
    password: str = "",
    now: datetime,
) -> User:
    """Use up the code and make `user` the registrar; without one, make the account first.

    The address counts as proved: mail may not work yet, and whoever holds the code could write
    any address into the database. The test mail of the first run shows whether it is right.

    Errors: AlreadySetUp, WrongCode, AddressTaken.
    """
    lock_roles()
    if not is_open():
        raise AlreadySetUp
    _use_up(typed, now=now)
    if user is None:
        user = _account(email, name=name, password=password)
    change_roles(user, given=frozenset({REGISTRAR}), removed=frozenset(), by=user, now=now)
    audit.record("first-run.owner-made", subject_type="user", subject_id=user.uid, by=user, now=now)
    return user


def _use_up(typed: str, *, now: datetime) -> None:
    row = FirstRun.objects.select_for_update().filter(pk=1).first()
    given = sha256_text(codes.normalize(typed) or "")
    kept = row.code_sha256 if row else ""
    # Compared also when there is none, so that the answer takes as long.
    is_right = constant_time_compare(given, kept)
    if row is None or not is_right or row.code_expires_at is None or row.code_expires_at <= now:
        logger.warning("Refused: a wrong or expired code of the first run.")
        raise WrongCode
    row.code_sha256, row.code_expires_at = "", None
    row.save(update_fields=["code_sha256", "code_expires_at"])


def _account(email: str, *, name: str, password: str) -> User:
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise AddressTaken
    user = User.objects.create_user(email, password, name_on_certificates=name)
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    return user
