"""Every kind of message: what it is called, who gets it and why, whether it can be switched off.

Apps register theirs in `AppConfig.ready()`. A kind's code is the name of its template unless it
says another; several kinds may share one (the steps of a reminder).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

Sample = Callable[[], Mapping[str, Any]]


class Audience(StrEnum):
    LEARNER = "learner"
    INSTRUCTOR = "instructor"
    REGISTRAR = "registrar"
    STAFF = "staff"
    OFFICE = "office"
    """The office's own address, nobody's account."""


AUDIENCE_WORDS: Final = {
    Audience.LEARNER: "Learners",
    Audience.INSTRUCTOR: "Authors of a course",
    Audience.REGISTRAR: "People of the office",
    Audience.STAFF: "Instructors and the office",
    Audience.OFFICE: "The office’s address",
}


@dataclass(frozen=True)
class MailKind:
    code: str
    """Letters, digits, hyphens and underscores: it stands in addresses."""
    name: str
    audience: Audience
    why: str
    """Completes the sentence “You get this mail because …”."""
    sample: Sample
    """What the preview fills in; no database, no real person."""
    is_essential: bool = False
    """Part of a record, or of keeping an account safe: it cannot be switched off."""
    is_secret: bool = False
    template: str = ""

    @property
    def goes_to(self) -> str:
        return AUDIENCE_WORDS[self.audience]

    @property
    def template_name(self) -> str:
        return self.template or self.code

    @property
    def can_be_switched_off(self) -> bool:
        return not self.is_essential and self.audience != Audience.OFFICE


_kinds: dict[str, MailKind] = {}


def register(*kinds: MailKind) -> None:
    for kind in kinds:
        _kinds[kind.code] = kind


def kinds() -> list[MailKind]:
    """By audience, then in the order in which they were registered."""
    order = list(Audience)
    return sorted(_kinds.values(), key=lambda kind: order.index(kind.audience))


def kind_named(code: str) -> MailKind | None:
    return _kinds.get(code)


def optional_for(roles: frozenset[str]) -> list[MailKind]:
    """Kinds that somebody with these roles may get and may switch off."""
    theirs = {Audience.LEARNER}
    if "instructor" in roles:
        theirs |= {Audience.INSTRUCTOR, Audience.STAFF}
    if "registrar" in roles:
        theirs |= {Audience.REGISTRAR, Audience.STAFF}
    return [kind for kind in kinds() if kind.can_be_switched_off and kind.audience in theirs]
