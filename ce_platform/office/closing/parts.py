"""On the page of a person: whether and how the account ended, else the ways to end it."""

from datetime import datetime

from django.db.models import OuterRef, Q

from ce_platform.accounts.models import User
from ce_platform.core.models import AccountEnding
from ce_platform.office.closing.closing import kept_until
from ce_platform.office.people.asked import rows_of
from ce_platform.office.people.parts import Event, Panel, PersonPart


def panel(user: User, now: datetime) -> Panel:
    ending = next((row for row in _endings(user) if row.user_id == user.pk), None)
    into = User.objects.filter(pk=ending.into_id).first() if ending and ending.into_id else None
    return Panel(
        "office/closing/_person_panel.html",
        {
            "ending": ending,
            "into": into,
            "until": kept_until(user) if ending else None,
        },
        order=90,
    )


def events(user: User, most: int, before: datetime | None) -> list[Event]:
    found = []
    for ending in _endings(user):
        if before is not None and ending.began_at >= before:
            continue
        if ending.into_id is None:
            sentence = "The account was closed"
        elif ending.user_id == user.pk:
            sentence = "The account was merged into another one"
        else:
            sentence = "Another account was merged into this one"
        found.append(
            Event(
                at=ending.began_at,
                sentence=sentence,
                kind="account",
                note=ending.reason,
                actor=ending.by_label,
            )
        )
    return found[:most]


def _endings(user: User) -> list[AccountEnding]:
    """Their own, and those of the accounts that were merged into theirs; the newest first."""
    theirs = Q(user_id=user.pk) | Q(into_id=user.pk)
    return rows_of(
        user,
        "endings",
        lambda: AccountEnding.objects.filter(theirs).order_by("-began_at", "-pk"),
    )


PART = PersonPart(
    "closing",
    panel,
    events,
    rows={
        "endings": lambda: [
            AccountEnding.objects.filter(user_id=OuterRef("pk")),
            AccountEnding.objects.filter(into_id=OuterRef("pk")),
        ]
    },
)
