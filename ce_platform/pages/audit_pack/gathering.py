"""Reads certificates with all that belongs to them, page by page, in a fixed number of queries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.db.models import Q, QuerySet

from ce_platform.core.models import AuditEvent
from ce_platform.pages.audit_pack.reports import ReportEntry, reporting_log_of
from ce_platform.pages.audit_pack.scope import Scope
from certificates.models import Attestation, Certificate
from courses.models import Attendance, Evaluation, long_texts
from quizzes.models import Attempt, AttemptItem, Grade, QuestionRevision

Row = TypeVar("Row", Attestation, Attendance, Evaluation)
PAGE_SIZE: Final = 25
QUERIES_PER_PAGE: Final = 10
"""Beside the certificates themselves and their bodies."""


@dataclass
class Answered:
    """One attempt as it was asked and answered."""

    attempt: Attempt
    items: list[AttemptItem] = field(default_factory=list)
    """In the order of the page, each with its revision."""
    grades: list[Grade] = field(default_factory=list)
    """The newest last, each with its regrade."""
    events: list[AuditEvent] = field(default_factory=list)

    @property
    def grade(self) -> Grade | None:
        return self.grades[-1] if self.grades else None


@dataclass
class Dossier:
    """One certificate and how it came to be."""

    certificate: Certificate
    attestation: Attestation | None = None
    attendance: Attendance | None = None
    """Of a live course, where it stands for the signed statement; with its session."""
    evaluation: Evaluation | None = None
    attempts: list[Answered] = field(default_factory=list)
    """The earliest first, also those that failed or were set aside."""
    events: list[AuditEvent] = field(default_factory=list)
    reports: list[ReportEntry] = field(default_factory=list)


def pages_of(scope: Scope) -> Iterator[list[Dossier]]:
    """In the order of issue. What is issued after the first page was read is left out: a pack has
    an end."""
    last = scope.certificates().order_by("-pk").values_list("pk", flat=True).first()
    if last is None:
        return
    after = 0
    while rows := _page(scope, after=after, last=last):
        yield dossiers_of(rows, body_code=scope.body_code)
        after = rows[-1].pk


def _page(scope: Scope, *, after: int, last: int) -> list[Certificate]:
    return list(
        scope.certificates()
        .filter(pk__gt=after, pk__lte=last)
        .select_related(
            "user",
            "design",
            "document__file",
            "replaces",
            "replaced_by",
            "imported",
            "enrollment__course",
            "enrollment__version",
        )
        .defer(*long_texts("enrollment__version"))
        .prefetch_related("bodies")
        .order_by("pk")[:PAGE_SIZE]
    )


def dossiers_of(certificates: Sequence[Certificate], *, body_code: str = "") -> list[Dossier]:
    """With reports to this body alone, if one is named. See `QUERIES_PER_PAGE`."""
    # A record taken over from an earlier system has none.
    enrollments = {row.enrollment_id for row in certificates if row.enrollment_id}
    attested = _by_enrollment(Attestation.objects.filter(enrollment__in=enrollments))
    attended = _by_enrollment(
        Attendance.objects.filter(enrollment__in=enrollments).select_related("session")
    )
    evaluated = _by_enrollment(Evaluation.objects.filter(enrollment__in=enrollments))
    attempts = _attempts_of(enrollments)
    events = _events_of(certificates, attempts)
    reports = reporting_log_of(certificates, body_code=body_code)
    return [
        Dossier(
            certificate=row,
            attestation=attested.get(row.enrollment_id or 0),
            attendance=attended.get(row.enrollment_id or 0),
            evaluation=evaluated.get(row.enrollment_id or 0),
            attempts=attempts.get(row.enrollment_id or 0, []),
            events=events.get(("certificate", row.serial), []),
            reports=reports.get(row.pk, []),
        )
        for row in certificates
    ]


def _by_enrollment(rows: "QuerySet[Row]") -> dict[int, Row]:
    return {row.enrollment_id: row for row in rows}


def _attempts_of(enrollment_ids: set[int]) -> dict[int, list[Answered]]:
    """Four queries. A revision that many were asked is fetched once."""
    answered = {
        attempt.pk: Answered(attempt)
        for attempt in Attempt.objects.filter(enrollment__in=enrollment_ids)
        .select_related("quiz__version")
        .defer(*long_texts("quiz__version"))
        .order_by("started_at", "pk")
    }
    items = list(AttemptItem.objects.filter(attempt__in=answered).order_by("attempt", "position"))
    revisions = {
        revision.pk: revision
        for revision in QuestionRevision.objects.filter(
            pk__in={item.revision_id for item in items}
        ).select_related("question")
    }
    for item in items:
        item.revision = revisions[item.revision_id]
        answered[item.attempt_id].items.append(item)
    for grade in (
        Grade.objects.filter(attempt__in=answered).select_related("regrade").order_by("number")
    ):
        answered[grade.attempt_id].grades.append(grade)
    found: dict[int, list[Answered]] = {}
    for each in answered.values():
        found.setdefault(each.attempt.enrollment_id, []).append(each)
    return found


def _events_of(
    certificates: Sequence[Certificate], attempts: dict[int, list[Answered]]
) -> dict[tuple[str, str], list[AuditEvent]]:
    """What the log says of certificates, and of attempts that the office set aside; one query."""
    by_uid = {
        str(each.attempt.uid): each
        for of_enrollment in attempts.values()
        for each in of_enrollment
        if each.attempt.status == Attempt.Status.VOIDED
    }
    found: dict[tuple[str, str], list[AuditEvent]] = {}
    for event in AuditEvent.objects.filter(
        Q(subject_type="certificate", subject_id__in=[row.serial for row in certificates])
        | Q(subject_type="attempt", subject_id__in=list(by_uid), action="attempt.voided")
    ).order_by("pk"):
        found.setdefault((event.subject_type, event.subject_id), []).append(event)
        if event.subject_id in by_uid:
            by_uid[event.subject_id].events.append(event)
    return found
