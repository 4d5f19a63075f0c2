"""Who works here, and who is invited to; a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ce_platform.accounts.models import StaffInvitation, User
from ce_platform.accounts.rules import OPERATOR, REGISTRAR
from ce_platform.accounts.safety.factors import SECOND_STEPS
from ce_platform.accounts.staffing import ROLE_WORDS, ROLES, in_words, staff

MOST_SHOWN = 500


@dataclass(frozen=True)
class Member:
    user: User
    roles: list[str]
    """In words; empty: opens the operators' pages without a role."""
    has_second_step: bool
    sleeps: bool
    """The role waits for a second step."""


@dataclass(frozen=True)
class Invited:
    row: StaffInvitation
    roles: str
    is_expired: bool


def members() -> list[Member]:
    """By name; with roles, second step and last sign-in."""
    people = (
        staff()
        .annotate(
            has_step=Exists(
                Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_STEPS)
            )
        )
        .prefetch_related("groups")
        .order_by("name_on_certificates", "email")[:MOST_SHOWN]
    )
    return [_member(user) for user in people]


def _member(user: User) -> Member:
    held = {group.name for group in user.groups.all()}
    weighty = bool(held & {REGISTRAR, OPERATOR}) or user.is_staff or user.is_superuser
    words = [ROLE_WORDS[role] for role in ROLES if role in held]
    if not words:
        words = [_("Opens the operators’ pages")]
    has_step = bool(getattr(user, "has_step", False))
    return Member(
        user=user,
        roles=words,
        has_second_step=has_step,
        sleeps=weighty and not has_step and bool(settings.SECOND_STEP_REQUIRED),
    )


def open_invitations(*, now: datetime) -> list[Invited]:
    """Also those whose last day is over: they can be sent again."""
    rows = StaffInvitation.objects.filter(
        accepted_at__isnull=True, withdrawn_at__isnull=True
    ).select_related("invited_by")[:MOST_SHOWN]
    return [
        Invited(row=row, roles=in_words(row.role_names), is_expired=row.expires_at <= now)
        for row in rows
    ]
