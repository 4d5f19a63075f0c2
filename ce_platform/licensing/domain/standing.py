"""How a course stands with licensing bodies on a day: what certificates and pages show.

The words and the rules are in `printing`; here the rows are fetched, in a number of queries that
does not grow with courses or bodies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.history import as_they_stood
from ce_platform.licensing.domain.printing import (
    APPROVED_BLOCK,
    PENDING,
    PENDING_BLOCK,
    PRINTABLE,
    WITHOUT_DECISION,
    EndedBody,
    PrintedBody,
    compose,
    ended,
)
from ce_platform.licensing.models import License, LicensingBody, Submission
from ce_platform.licensing.queries import provider_numbers_on
from courses.models import Course, CourseVersion

__all__ = [
    "APPROVED_BLOCK",
    "PENDING",
    "PENDING_BLOCK",
    "PRINTABLE",
    "WITHOUT_DECISION",
    "CourseAtBody",
    "EndedBody",
    "PrintedBody",
    "compose",
    "courses_at",
    "ended",
    "lines_of_versions",
    "numbers_on",
    "printed_bodies",
    "submissions_of",
]


def printed_bodies(
    *,
    course: Course,
    edition: int,
    holder: User,
    licenses: Sequence[License],
    on: date,
    course_hours: Decimal | None = None,
    is_past: bool = False,
) -> list[PrintedBody]:
    """What a certificate of this edition says of licensing bodies on the learner's date.

    `is_past`: the day is over, so what held then is looked up (see `history`); two queries more.
    Two queries, three without `course_hours` (the headline hours of the newest revision are then
    taken). Licenses of other people are ignored.
    """
    if course_hours is None:
        course_hours = (
            CourseVersion.objects.filter(
                course=course,
                edition=edition,
                status__in=[CourseVersion.Status.PUBLISHED, CourseVersion.Status.RETIRED],
            )
            .order_by("-revision")
            .values_list("credit_hours", flat=True)
            .first()
        )
    submissions = submissions_of([(course.pk, edition)], with_drafts=is_past)[course.pk, edition]
    return compose(
        as_they_stood(submissions, on) if is_past else submissions,
        licenses=[row for row in licenses if row.user_id == holder.pk],
        numbers=numbers_on(on),
        course_hours=course_hours,
        on=on,
    )


def numbers_on(on: date) -> dict[int, str]:
    """Our provider number per body id on the day; the one that began last where there are two."""
    numbers: dict[int, str] = {}
    for row in provider_numbers_on(on):
        numbers.setdefault(row.body_id, row.number)
    return numbers


def submissions_of(
    editions: Iterable[tuple[int, int]], *, only: Q | None = None, with_drafts: bool = False
) -> dict[tuple[int, int], list[Submission]]:
    """Submissions by (course id, edition), with their bodies; one query. `only` these, or all."""
    wanted = set(editions)
    found: dict[tuple[int, int], list[Submission]] = {key: [] for key in wanted}
    rows = (
        Submission.objects.filter(only or Q(), course__in={course for course, _ in wanted})
        .exclude(status__in=[] if with_drafts else [Submission.Status.DRAFT])
        .select_related("body", "through")
        .order_by("id")
    )
    for row in rows:
        if (row.course_id, row.edition) in wanted:
            found[row.course_id, row.edition].append(row)
    return found


def submissions_of_many(
    editions: Iterable[tuple[int, int]],
) -> dict[tuple[int, int], list[Submission]]:
    """The same in two queries: of hundreds of rows, none builds a body of its own."""
    wanted = set(editions)
    found: dict[tuple[int, int], list[Submission]] = {key: [] for key in wanted}
    rows = list(
        Submission.objects.filter(course__in={course for course, _ in wanted})
        .exclude(status=Submission.Status.DRAFT)
        .order_by("id")
    )
    # After them, so that a body that came in between is there.
    bodies = LicensingBody.objects.in_bulk()
    for row in rows:
        row.body = bodies[row.body_id]
        row.through = bodies[row.through_id] if row.through_id else None
        if (row.course_id, row.edition) in wanted:
            found[row.course_id, row.edition].append(row)
    return found


def lines_of_versions(
    versions: Sequence[CourseVersion],
    *,
    licenses: Sequence[License],
    on: date,
    submissions: Mapping[tuple[int, int], list[Submission]] | None = None,
) -> dict[int, list[PrintedBody]]:
    """Per version id every line, also of bodies without a decision; three queries for all."""
    if not versions:
        return {}
    if submissions is None:
        submissions = submissions_of_many(
            (version.course_id, version.edition) for version in versions
        )
    numbers = numbers_on(on)
    return {
        version.pk: compose(
            submissions[version.course_id, version.edition],
            licenses=licenses,
            numbers=numbers,
            course_hours=version.credit_hours,
            on=on,
            with_every_list=True,
        )
        for version in versions
    }


@dataclass(frozen=True)
class CourseAtBody:
    """A course on sale and what one body has to do with it."""

    version: CourseVersion
    line: PrintedBody | None
    ended: EndedBody | None


def courses_at(
    body: LicensingBody, *, licenses: Sequence[License], on: date, most: int = 50
) -> list[CourseAtBody]:
    """Courses whose edition on sale has anything at this body; three queries for any number."""
    versions = list(
        CourseVersion.objects.filter(
            pk__in=Course.objects.filter(submissions__body=body).values("on_sale_version")
        )
        .select_related("course")
        .defer("canonical_text", "search_text", "description", "description_html")
        .order_by("title", "pk")[:most]
    )
    if not versions:
        return []
    submissions = submissions_of((version.course_id, version.edition) for version in versions)
    lines = lines_of_versions(versions, licenses=licenses, on=on, submissions=submissions)
    found = []
    for version in versions:
        line = next((each for each in lines[version.pk] if each.body_code == body.code), None)
        own = [
            each
            for each in submissions[version.course_id, version.edition]
            if each.body_id == body.pk
        ]
        over = next(iter(ended(own, licenses=licenses, on=on)), None)
        if line or over:
            found.append(CourseAtBody(version=version, line=line, ended=over))
    return found
