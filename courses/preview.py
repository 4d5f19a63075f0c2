"""A walk through a whole course as its learner, of which nothing is kept.

The pages are those of a visitor and of a learner: the same queries, the same templates. What they
are shown for is an enrollment that was never saved, so everything it did is nothing; what is
assumed of its learner (a license) stands in the query string.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import Course, CourseVersion, Enrollment
from courses.parts import Assumption, parts

# No row has this id, so what asks for the rows of such an enrollment finds none.
NEVER_SAVED: Final = 0


@dataclass(frozen=True)
class Preview:
    course: Course
    assumptions: Sequence[Assumption]

    @property
    def assumed(self) -> QueryDict:
        """What is assumed, for the parts; nothing that the query had besides."""
        return QueryDict(self._query)

    @property
    def _query(self) -> str:
        return urlencode(
            [(each.name, value) for each in self.assumptions for value, _label in each.chosen]
        )

    def address(self, page: str, *args: object) -> str:
        """Where the preview of a page is. Its URL has the name of the page, after
        `studio-preview-`, and takes the course instead of the enrollment."""
        app, _colon, name = page.partition(":")
        url = reverse(f"{app}:studio-preview-{name}", args=[self.course.slug, *args])
        query = self._query
        return f"{url}?{query}" if query else url

    @property
    def course_url(self) -> str:
        return self.address("courses:course-detail")

    @property
    def hours_url(self) -> str:
        return self.address("courses:course-hours")

    @property
    def home_url(self) -> str:
        return self.address("courses:enrollment-detail")

    @property
    def certificate_url(self) -> str:
        return self.address("certificates:finish")


def preview_of(course: Course, query: QueryDict) -> Preview:
    """What the query chooses is checked by the parts: only what they know is assumed."""
    return Preview(
        course=course,
        assumptions=[each for part in parts() for each in part.assumptions(query)],
    )


def previewed_enrollment(
    version: CourseVersion, *, user: User, query: QueryDict, now: datetime
) -> Enrollment:
    """An author who has just begun the course. It has a course, a version and a person like any
    other and is in no table. The version comes with its course."""
    enrollment = Enrollment(
        pk=NEVER_SAVED,
        user=user,
        course=version.course,
        version=version,
        started_at=now,
        last_activity_at=now,
    )
    enrollment.preview = preview_of(version.course, query)
    return enrollment
