"""The board of submissions: course editions down, licensing bodies across, one look for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.urls import reverse

from ce_platform.core.paging import newest_first
from ce_platform.core.templatetags.wording import ce_hours, long_date
from ce_platform.licensing import desk
from ce_platform.licensing.desk import Due
from ce_platform.licensing.models import LicensingBody, Submission
from courses.models import Course, CourseVersion

Status = Submission.Status
# Courses on one page: a table of more is not seen at one look.
PAGE_SIZE: Final = 8
MOST_CHOICES: Final = 1_000
_LABELS: Final = {status.value: status.label for status in Status}


@dataclass(frozen=True)
class Cell:
    """One course edition at one body."""

    body: LicensingBody
    submission: Submission | None
    url: str = ""
    label: str = ""
    tone: str = ""
    hours: str = ""
    period: str = ""
    due: Due | None = None
    is_wanted: bool = True
    """It has the state that the board is filtered by, or there is no such filter."""


@dataclass(frozen=True)
class EditionRow:
    course: Course
    title: str
    edition: int
    is_on_sale: bool
    is_newest: bool
    cells: Sequence[Cell]

    @property
    def key(self) -> str:
        return f"{self.course.slug}:{self.edition}"

    @property
    def is_empty(self) -> bool:
        return all(cell.submission is None for cell in self.cells)


@dataclass(frozen=True)
class Board:
    bodies: Sequence[LicensingBody]
    rows: Sequence[EditionRow]
    older_after: int | None
    is_first: bool


def board(query: Any, *, bodies: Sequence[LicensingBody], today: date) -> Board:
    """Filtered by `course` (slug), `body` (code) and `status`; three queries for any number.

    `bodies` are all of them, in the order of the columns. A body without anything on the page has
    no column, unless it is asked for.
    """
    status, code = query.get("status", "")[:20], query.get("body", "")[:20]
    page = newest_first(
        _courses(query, status=status, code=code), after=query.get("after"), size=PAGE_SIZE
    )
    submissions = _by_place(page.rows, bodies)
    editions = _editions(page.rows)
    known = {body_id for of_edition in submissions.values() for body_id in of_edition}
    columns = [body for body in bodies if (body.code == code if code else body.pk in known)]
    # Below the list, as in urls.py; asked for each of hundreds of cells it would take a tenth.
    files_url = reverse("licensing:office-submission-list")
    rows = []
    for course in page.rows:
        of_course = [edition for owner, edition in editions if owner == course.pk]
        newest = max(of_course, default=1)
        for edition in sorted(of_course, reverse=True):
            on_file = submissions.get((course.pk, edition), {})
            if edition != newest and not on_file:
                continue
            if status and not any(
                row.status == status and (not code or row.body.code == code)
                for row in on_file.values()
            ):
                continue
            title, is_on_sale = editions[course.pk, edition]
            rows.append(
                EditionRow(
                    course=course,
                    title=title,
                    edition=edition,
                    is_on_sale=is_on_sale,
                    is_newest=edition == newest,
                    cells=[
                        cell_of(
                            body,
                            on_file.get(body.pk),
                            status=status,
                            files_url=files_url,
                            today=today,
                        )
                        for body in columns
                    ],
                )
            )
    return Board(columns, rows, page.older_after, page.is_first)


def cell_of(
    body: LicensingBody,
    submission: Submission | None,
    *,
    status: str,
    files_url: str,
    today: date,
) -> Cell:
    if submission is None:
        return Cell(body=body, submission=None)
    is_decided = submission.status in (Status.APPROVED, Status.ACCEPTS_LIST)
    return Cell(
        body=body,
        submission=submission,
        url=f"{files_url}{submission.uid}/",
        label=_LABELS[submission.status],
        tone=desk.TONES[Status(submission.status)],
        # What an ended or refused file once granted must not read as a yes.
        hours=ce_hours(submission.hours_granted) if is_decided and submission.hours_granted else "",
        period=_period(submission) if is_decided else desk.latest(submission),
        due=desk.due_of(submission, today=today),
        is_wanted=not status or submission.status == status,
    )


def _period(submission: Submission) -> str:
    first, last = long_date(submission.valid_from), long_date(submission.valid_to)
    if first and last:
        return f"{first} to {last}"
    if last:
        return f"until {last}"
    return f"from {first}" if first else desk.latest(submission)


def _courses(query: Any, *, status: str, code: str) -> Any:
    courses = Course.objects.filter(versions__isnull=False).distinct()
    if query.get("course"):
        courses = courses.filter(slug=query["course"][:80])
    if status:
        wanted = Submission.objects.filter(course=OuterRef("pk"), status=status)
        if code:
            wanted = wanted.filter(body__code=code)
        courses = courses.filter(Exists(wanted))
    return courses


def _by_place(
    courses: Sequence[Course], bodies: Sequence[LicensingBody]
) -> Mapping[tuple[int, int], dict[int, Submission]]:
    """(course id, edition) → body id → submission. Bodies are few and known: joined, each of
    hundreds of rows would build two of them anew."""
    known = {body.pk: body for body in bodies}
    found: dict[tuple[int, int], dict[int, Submission]] = {}
    for row in Submission.objects.filter(course__in=courses).order_by().defer("conditions"):
        if row.body_id not in known:  # Of a body that came in after them: it has no column yet.
            continue
        row.body = known[row.body_id]
        row.through = known.get(row.through_id) if row.through_id else None
        found.setdefault((row.course_id, row.edition), {})[row.body_id] = row
    return found


def _editions(courses: Sequence[Course]) -> dict[tuple[int, int], tuple[str, bool]]:
    """(course id, edition) → the title of its newest revision, and whether it is on sale."""
    on_sale = {course.on_sale_version_id for course in courses}
    found: dict[tuple[int, int], tuple[str, bool]] = {}
    for pk, course_id, edition, title in (
        CourseVersion.objects.filter(course__in=courses)
        .order_by("revision")
        .values_list("pk", "course_id", "edition", "title")
    ):
        _, was_on_sale = found.get((course_id, edition), ("", False))
        found[course_id, edition] = (title, was_on_sale or pk in on_sale)
    return found


def course_choices() -> list[tuple[str, str]]:
    """Every course by its newest title; one query."""
    found: dict[str, str] = {}
    for slug, title in CourseVersion.objects.order_by(
        "course_id", "-edition", "-revision"
    ).values_list("course__slug", "title")[:MOST_CHOICES]:
        found.setdefault(slug, title)
    return sorted(found.items(), key=lambda choice: choice[1])
