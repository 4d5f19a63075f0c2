"""What an app above says beside a therapist's license: registered, so that it is not imported.

Certificates knows what was reported under a license and whether the body's channel asks for
consent; the page of licenses shows it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ce_platform.accounts.models import User
from ce_platform.licensing.models import License


@dataclass(frozen=True)
class CourseNote:
    """One course and what becomes of it at the license's body."""

    course_title: str
    url: str
    sentence: str
    tone: str


@dataclass(frozen=True)
class LicenseNote:
    courses: Sequence[CourseNote]
    asks_consent: bool
    """Nothing is reported under this license without the therapist's consent."""
    consent: str
    """A value of ReportConsent.State; empty: never asked."""


NotesOf = Callable[[User, Sequence[License], datetime], Mapping[int, LicenseNote]]
_sources: list[NotesOf] = []


def register(notes_of_licenses: NotesOf) -> None:
    _sources[:] = [notes_of_licenses]


def notes_of(
    user: User, licenses: Sequence[License], *, now: datetime
) -> Mapping[int, LicenseNote]:
    """By license id, for licenses of this person; as many queries for one as for thirty."""
    return _sources[0](user, licenses, now) if _sources and licenses else {}
