"""Giving and removing roles: who may, and that somebody is always left to do it.

Every change locks the row of the registrars' group first. Behind it the one who acts is looked at
again, so that of two registrars who remove each other at once the second one is refused.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q, QuerySet

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import INSTRUCTOR, OPERATOR, REGISTRAR
from ce_platform.core import audit
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.mail import write_mail

ROLES: Final = (REGISTRAR, INSTRUCTOR, OPERATOR)
ROLE_WORDS: Final = {
    REGISTRAR: "Registrar",
    INSTRUCTOR: "Instructor",
    OPERATOR: "Operator",
}


class LastRegistrar(DomainError):
    """Nobody would be left who can give roles."""

    def __init__(self) -> None:
        super().__init__(
            "This is the only registrar. Make somebody else a registrar first, so that somebody "
            "can open the office."
        )


class CannotWorkHere(DomainError):
    """The account is closed or switched off."""


def in_words(roles: Iterable[str]) -> str:
    """“Registrar and Instructor”, in the order in which pages name them."""
    held = frozenset(roles)
    words = [ROLE_WORDS[role] for role in ROLES if role in held]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def working(role: str) -> QuerySet[User]:
    return User.objects.filter(groups__name=role, is_active=True, closed_at__isnull=True)


def lock_roles() -> None:
    """Taken before any role is given, removed or lost with its account."""
    Group.objects.select_for_update().get(name=REGISTRAR)


def check_somebody_is_left(user: User) -> None:
    """After `lock_roles`, before `user` loses the role or closes the account.

    Errors: LastRegistrar.
    """
    held = working(REGISTRAR)
    if held.filter(pk=user.pk).exists() and not held.exclude(pk=user.pk).exists():
        raise LastRegistrar


def may_be_given_by(user: User) -> frozenset[str]:
    """A registrar gives the roles of the office; that of the machine only who has it.

    Asked of the database and not of what the request has read: the role may be gone since.
    """
    if not User.objects.filter(pk=user.pk, is_active=True, closed_at__isnull=True).exists():
        return frozenset()
    held = frozenset(Group.objects.filter(user=user.pk).values_list("name", flat=True))
    given = frozenset({REGISTRAR, INSTRUCTOR}) if held & {REGISTRAR, OPERATOR} else frozenset()
    if user.is_superuser:
        given |= {REGISTRAR, INSTRUCTOR, OPERATOR}
    return given | ({OPERATOR} if OPERATOR in held else frozenset())


@transaction.atomic
def set_roles(user: User, *, roles: Iterable[str], by: User, now: datetime) -> frozenset[str]:
    """Give and remove until `user` has these roles; returns those that changed.

    Holds from the next request of any open sign-in on, and is told to them and to the office.
    Errors: NotAllowed, LastRegistrar, CannotWorkHere.
    """
    lock_roles()
    wanted = frozenset(roles) & frozenset(ROLES)
    held = frozenset(Group.objects.filter(user=user.pk).values_list("name", flat=True))
    given, removed = wanted - held, (held & frozenset(ROLES)) - wanted
    if not given and not removed:
        return frozenset()
    if (given | removed) - may_be_given_by(by):
        raise NotAllowed("You cannot give or remove this role.")
    if REGISTRAR in removed:
        check_somebody_is_left(user)
    change_roles(user, given=given, removed=removed, by=by, now=now)
    return given | removed


def change_roles(
    user: User, *, given: frozenset[str], removed: frozenset[str], by: User, now: datetime
) -> None:
    """The change itself, behind the lock: whoever calls has asked whether it may be made."""
    row = User.objects.select_for_update().get(pk=user.pk)
    if given and row.closed_at is not None:
        raise CannotWorkHere("This account is closed.")
    if given and not row.is_active:
        raise CannotWorkHere("This account is switched off: it gets no role.")
    row.groups.add(*Group.objects.filter(name__in=given))
    row.groups.remove(*Group.objects.filter(name__in=removed))
    for verb, changed in (("given", given), ("removed", removed)):
        for role in sorted(changed):
            audit.record(
                f"role.{verb}", subject_type="user", subject_id=row.uid, by=by, now=now, role=role
            )
    _tell(row, given=given, removed=removed, by=by, now=now)


def _tell(
    user: User, *, given: frozenset[str], removed: frozenset[str], by: User, now: datetime
) -> None:
    """The person, and every registrar: also the one who acted, whose sign-in may be stolen."""
    said: dict[str, Any] = {
        "person": user,
        "by": by,
        "given": in_words(given),
        "removed": in_words(removed),
        "when": now,
        "now": now,
    }
    write_mail("roles_changed", to_email=user.email, to_user_id=user.pk, **said)
    for registrar in working(REGISTRAR).exclude(pk=user.pk).order_by("pk"):
        write_mail("staff_roles_changed", to_email=registrar.email, to_user_id=registrar.pk, **said)


def staff() -> QuerySet[User]:
    """Everybody with a role, and who can open the operators' pages without one."""
    return User.objects.filter(
        Q(groups__name__in=ROLES) | Q(is_staff=True) | Q(is_superuser=True),
        closed_at__isnull=True,
    ).distinct()
