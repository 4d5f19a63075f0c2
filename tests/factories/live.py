"""Live courses, their sessions, and people who attended."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from courses.models import CourseVersion, LiveSession
from tests.factories.courses import CourseFactory, VersionFactory

# Half past five on November 20 in New York is still the 20th in every zone of the states.
NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


class SessionFactory(DjangoModelFactory[LiveSession]):
    """Three hours in Austin on November 14, over by NOW."""

    class Meta:
        model = LiveSession

    course = SubFactory(CourseFactory)
    edition = 1
    starts_at = datetime(2026, 11, 14, 15, tzinfo=UTC)
    ends_at = datetime(2026, 11, 14, 18, tzinfo=UTC)
    zone = "America/Chicago"
    minutes = 180
    place = Sequence(lambda n: f"Riverside Studio, {n} Main Street, Austin, TX")
    created_at = NOW


def live_version(**values: Any) -> CourseVersion:
    """A live class of three CE hours on sale, without lessons and quizzes."""
    defaults = {"delivery": "live-class", "credit_hours": Decimal(3)}
    version: CourseVersion = VersionFactory(**(defaults | values))
    return version


def session_of(version: CourseVersion, **values: Any) -> LiveSession:
    session: LiveSession = SessionFactory(course=version.course, edition=version.edition, **values)
    return session
