"""How our own courses stand with bodies, as the renewal arithmetic asks for it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.licensing.domain import printing
from ce_platform.licensing.models import License, LicensingBody, ProviderNumber, Submission
from ce_platform.licensing.renewal import CourseStanding, Standing

Status = Submission.Status
KINDS: Final = {
    Status.APPROVED: Standing.APPROVED,
    Status.ACCEPTS_LIST: Standing.ACCEPTS_LIST,
    Status.NO_PREAPPROVAL: Standing.NO_PREAPPROVAL,
    Status.SUBMITTED: Standing.PENDING,
    Status.MORE_INFO: Standing.PENDING,
    Status.DENIED: Standing.DENIED,
}

_NEVER_ASKED: Final = (
    "uid",
    "channel",
    "reference",
    "answer_due_on",
    "conditions",
    "letter",
    "created_at",
)
"""Of a submission, by anybody who works out what counts; hundreds are read for one planner."""


def submissions_at(
    editions: Iterable[tuple[int, int]], *, user: User
) -> dict[tuple[int, int], list[Submission]]:
    """Submissions by (course id, edition) that matter to this person: at the bodies of their
    licenses, at bodies on whose list those rest, at national approvers. Three queries.

    A course may be at fifty bodies; a therapist holds two or three licenses.
    """
    found: dict[tuple[int, int], list[Submission]] = {key: [] for key in editions}
    bodies = License.objects.filter(user=user, removed_at__isnull=True).values("body")
    lists = Submission.objects.filter(body__in=bodies, through__isnull=False).values("through")
    rows = (
        Submission.objects.filter(
            Q(body__in=bodies) | Q(body__in=lists) | Q(body__kind=LicensingBody.Kind.APPROVER),
            course__in={course for course, _ in found},
        )
        .exclude(status=Status.DRAFT)
        .defer(*_NEVER_ASKED)
        # Many submissions, few bodies: joined, each row would build its bodies anew.
        .prefetch_related("body", "through")
        .order_by("id")
    )
    for row in rows:
        if (row.course_id, row.edition) in found:
            found[row.course_id, row.edition].append(row)
    return found


class NumbersByDay:
    """Our provider numbers, fetched once and asked for any day; one query."""

    def __init__(self) -> None:
        self._rows = list(ProviderNumber.objects.order_by("-valid_from", "number"))

    def on(self, day: date) -> dict[int, str]:
        numbers: dict[int, str] = {}
        for row in self._rows:
            if (row.valid_from is None or row.valid_from <= day) and (
                row.valid_to is None or row.valid_to >= day
            ):
                numbers.setdefault(row.body_id, row.number)
        return numbers


def standings_on(
    submissions: Sequence[Submission],
    *,
    numbers: Mapping[int, str],
    course_hours: Decimal | None,
    on: date,
) -> dict[str, CourseStanding]:
    """By body code, how an edition stands on a day. Bodies where nothing was sent are left out."""
    by_code = {row.body.code: row for row in submissions}
    lines = printing.compose(
        submissions,
        licenses=[],
        numbers=numbers,
        course_hours=course_hours,
        on=on,
        with_every_list=True,
    )
    found = {
        code: CourseStanding(Standing.DENIED)
        for code, row in by_code.items()
        if row.status == Status.DENIED
    }
    for line in lines:
        row = by_code[line.body_code]
        found[line.body_code] = standing(
            line.status, hours=line.hours, number=line.number, submission=row
        )
    return found


def standing(
    status: str, *, hours: Decimal | None, number: str, submission: Submission | None
) -> CourseStanding:
    """`submission` adds what is not printed: its day, its category, whose list it is on."""
    kind = KINDS[Status(status)]
    through = submission.through if submission and kind == Standing.ACCEPTS_LIST else None
    return CourseStanding(
        kind=kind,
        hours_granted=hours,
        category=submission.category if submission and kind == Standing.APPROVED else "",
        is_listed=True if kind in (Standing.APPROVED, Standing.ACCEPTS_LIST) else None,
        submitted_on=submission.submitted_on if submission else None,
        number=number,
        through=f"{through.place} Approved Providers" if through else "",
    )


def approvers_of(submissions: Iterable[Submission], *, on: date) -> frozenset[str]:
    """Short names of the national approvers whose approval holds on the day."""
    return frozenset(
        row.body.short_name
        for row in submissions
        if row.body.kind == LicensingBody.Kind.APPROVER
        and printing.status_on(row, on) == Status.APPROVED
    )
