"""What stands on the page of a person: panels beside, and events of everything that happened."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ce_platform.accounts.models import User

Rows = Callable[[], Iterable[QuerySet[Any]]]
"""Those of the person who is OuterRef("pk"); in several queries where each has its own index."""


@dataclass(frozen=True)
class Panel:
    template: str
    context: Mapping[str, Any]
    order: int = 50


@dataclass(frozen=True)
class Event:
    """One line of the timeline."""

    at: datetime
    sentence: str
    kind: str
    """A word to filter by: course, quiz, certificate, license, mail, account, access, question."""
    url: str = ""
    note: str = ""
    actor: str = ""


@dataclass(frozen=True)
class PersonPart:
    """`panel`: None when there is nothing to show. `events`: the newest `most`, before `before`
    where it is given, newest first; each part asks a constant number of queries.

    `kinds`: of its events, so that the part is not asked for others; empty: any.

    `rows`: by a name, what the part can tell of; `asked.rows_of` asks for it under that name only
    where there is some."""

    name: str
    panel: Callable[[User, datetime], Panel | None] = field(default=lambda user, now: None)
    events: Callable[[User, int, datetime | None], list[Event]] = field(
        default=lambda user, most, before: []
    )
    kinds: frozenset[str] = frozenset()
    rows: Mapping[str, Rows] = field(default_factory=dict)


_parts: dict[str, PersonPart] = {}


def register(part: PersonPart) -> None:
    _parts[part.name] = part


def person_parts() -> Iterable[PersonPart]:
    return tuple(_parts.values())
