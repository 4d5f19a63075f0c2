"""What waits for one member of the staff: each app says its share.

Apps register in `AppConfig.ready()`; pages/staff_mail.py writes the mail of the day from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class StaffMember:
    """`user_id` None: the office's own address, when nobody works in the office."""

    user_id: int | None
    roles: frozenset[str]
    today: date
    now: datetime

    @property
    def is_office(self) -> bool:
        return "registrar" in self.roles

    @property
    def is_author(self) -> bool:
        return "instructor" in self.roles


@dataclass(frozen=True)
class Waiting:
    words: str
    """For the subject: “2 completions to report”."""
    text: str
    label: str
    """What the link does."""
    path: str
    details: tuple[str, ...] = ()


Part = Callable[[StaffMember], list[Waiting]]
_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    _parts[name] = part


def parts() -> Mapping[str, Part]:
    return _parts


def waiting_for(member: StaffMember) -> list[Waiting]:
    """In the order of registration; empty: nothing waits, and no mail is written."""
    return [each for part in _parts.values() for each in part(member)]
