"""Everything that happened to a person, newest first: what each part tells, put together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.dateparse import parse_datetime

from ce_platform.accounts.models import User
from ce_platform.office.people import logged
from ce_platform.office.people.parts import Event, person_parts

PAGE_SIZE: Final = 30
_MOST: Final = 60
"""Asked of each part: more than a page, for what happened at one moment is not taken apart."""
KINDS: Final = {
    "course": "Courses",
    "quiz": "Quizzes",
    "certificate": "Certificates",
    "license": "Licenses",
    "mail": "Mail",
    "account": "Account",
    "access": "Access",
    "question": "Questions",
}


@dataclass(frozen=True)
class Timeline:
    events: list[Event]
    older_before: str
    """Empty: there is nothing older."""
    is_first: bool
    kind: str


def timeline(user: User, *, kind: str = "", before: str = "") -> Timeline:
    """A malformed `before` gives the newest. As many queries as all parts ask together."""
    kind = kind if kind in KINDS else ""
    moment = _moment(before)
    kinds = {kind} if kind else logged.SENTENCES.keys()
    found = logged.logged_events(user, kinds, _MOST, moment)
    found += [
        event
        for part in person_parts()
        if not kind or not part.kinds or kind in part.kinds
        for event in part.events(user, _MOST, moment)
        if not kind or event.kind == kind
    ]
    found.sort(key=lambda event: event.at, reverse=True)
    shown = found[:PAGE_SIZE]
    if len(found) > PAGE_SIZE:
        # The cursor is a moment: of what happened at one, all stands on one page.
        last = shown[-1].at
        shown += [event for event in found[PAGE_SIZE:] if event.at == last]
    has_more = len(found) > len(shown)
    return Timeline(
        events=shown,
        older_before=shown[-1].at.isoformat() if has_more else "",
        is_first=moment is None,
        kind=kind,
    )


def _moment(before: str) -> datetime | None:
    try:
        moment = parse_datetime(before[:40])
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
