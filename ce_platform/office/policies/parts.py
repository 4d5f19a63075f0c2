"""What a person accepted: on their page in the office, and in their own data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from ce_platform.core import policies
from ce_platform.core.models import PolicyAcceptance
from ce_platform.office.people.asked import has, rows_of
from ce_platform.office.people.parts import Event, Panel, PersonPart

_MOST: Final = 60


def _panel(user: User, now: datetime) -> Panel | None:
    """Nothing where nothing was published and nothing accepted."""
    rows = _newest(user)
    known = {row.policy_id for row in rows}
    open_ones = [
        each for each in policies.in_force(now, policies.AT_ENROLLING) if each.pk not in known
    ]
    if not rows and not open_ones:
        return None
    return Panel(
        "office/policies/person_panel.html", {"accepted": rows, "not_accepted": open_ones}, order=80
    )


def _events(user: User, most: int, before: datetime | None) -> list[Event]:
    if before is None or not has(user, "policies"):
        rows = _newest(user)
    else:
        rows = list(_accepted(user).filter(accepted_at__lt=before)[:most])
    return [
        Event(
            at=row.accepted_at,
            sentence=f"Accepted the {str(row.policy)[:1].lower()}{str(row.policy)[1:]}",
            kind="account",
            url=policies.version_url(row.policy),
            note=row.get_where_display(),
        )
        for row in rows
    ]


def _newest(user: User) -> list[PolicyAcceptance]:
    return rows_of(user, "policies", lambda: _accepted(user)[:_MOST])


def _accepted(user: User) -> Any:
    return (
        PolicyAcceptance.objects.filter(user_id=user.pk)
        .select_related("policy")
        .defer("policy__text")
        .order_by("-accepted_at", "-pk")
    )


def _erase(user: User, *, now: datetime) -> None:
    """It names nobody and says what was agreed to: it stays with the records."""


def _move(old: User, into: User, *, now: datetime) -> None:
    policies.move_acceptances(old.pk, into.pk)


def _export(user: User) -> Mapping[str, Any]:
    rows = [
        {
            "policy": row.policy.get_kind_display(),
            "version": row.policy.version,
            "in_force_from": row.policy.effective_on.isoformat() if row.policy.effective_on else "",
            "accepted_at": row.accepted_at.isoformat(),
            "where": row.get_where_display(),
        }
        for row in _accepted(user)
    ]
    return {"policies.json": rows} if rows else {}


PART = PersonPart(
    "policies",
    panel=_panel,
    events=_events,
    rows={"policies": lambda: [PolicyAcceptance.objects.filter(user_id=OuterRef("pk"))]},
)
SHARE = Share("policies", erase=_erase, move=_move, export=_export)
