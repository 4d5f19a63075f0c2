"""What stands above the timeline of a person's page; a number of queries that does not grow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ce_platform.accounts.addresses import may_set_address
from ce_platform.accounts.models import User
from ce_platform.core.mail_bounces import bounced_of
from ce_platform.core.models import BouncedAddress, OutgoingMail
from ce_platform.licensing.models import License
from ce_platform.office.people import asked
from ce_platform.office.people.parts import Panel, person_parts
from certificates.models import Certificate, CorrectionRequest
from courses import queries
from courses.models import Course, Enrollment
from quizzes.office import CourseHelp, help_with

MOST_COURSES: Final = 50
MOST_MAIL: Final = 5


@dataclass(frozen=True)
class CourseLine:
    enrollment: Enrollment
    certificate: Certificate | None
    """The newest."""
    help: CourseHelp | None
    """Of an open course."""
    is_latest: bool
    """No later enrollment in the same course."""


@dataclass(frozen=True)
class Facts:
    person: User
    roles: list[str]
    is_verified: bool
    bounced: BouncedAddress | None
    licenses: list[License]
    courses: list[CourseLine]
    on_sale: list[Course]
    """Those that the person is not studying."""
    past: list[Certificate]
    """Courses completed in an earlier system, those that count, the newest first."""
    corrections: list[CorrectionRequest]
    """Waiting for the office."""
    mails: list[OutgoingMail]
    has_second_step: bool
    sign_in_count: int
    may_set_address: bool
    valid_certificates: list[Certificate]
    """The newest first."""
    panels: list[Panel]


def facts_of(person: User, *, by: User, now: datetime) -> Facts:
    enrollments = asked.enrollments_of(person)[:MOST_COURSES]
    certificates = asked.certificates_of(person)
    newest = {certificate.enrollment_id: certificate for certificate in certificates}
    roles = asked.role_names(person)
    open_ones = [row for row in enrollments if row.status == Enrollment.Status.OPEN]
    helps = help_with(
        open_ones,
        attempts=asked.attempts_of(person),
        requests=asked.attempt_requests_of(person),
        extra=asked.extra_time_of(person),
    )
    latest = {
        row.course_id: row.pk
        for row in sorted(enrollments, key=lambda each: (each.last_activity_at, each.pk))
    }
    at_work = {row.course_id for row in open_ones}
    return Facts(
        person=person,
        roles=roles,
        is_verified=asked.addresses_of(person).get(person.email.lower(), False),
        bounced=bounced_of(person.email) if asked.has(person, "bounced") else None,
        licenses=[row for row in asked.licenses_of(person) if row.removed_at is None],
        courses=[
            CourseLine(
                enrollment=row,
                certificate=newest.get(row.pk),
                help=helps.get(row.pk),
                is_latest=latest[row.course_id] == row.pk,
            )
            for row in enrollments
        ],
        on_sale=[course for course in _on_sale() if course.pk not in at_work],
        past=sorted(
            (
                row
                for row in certificates
                if row.origin == Certificate.Origin.IMPORTED
                and row.status == Certificate.Status.ISSUED
            ),
            key=lambda row: (row.completed_on, row.pk),
            reverse=True,
        ),
        corrections=_corrections(person, certificates),
        mails=asked.newest_mails(person)[:MOST_MAIL],
        has_second_step=asked.has(person, "second-step"),
        sign_in_count=len(asked.sign_ins_of(person)),
        may_set_address=may_set_address(person, by=by, roles=roles),
        valid_certificates=[
            row for row in reversed(certificates) if row.status == Certificate.Status.ISSUED
        ],
        panels=panels_of(person, now=now),
    )


def _corrections(person: User, certificates: list[Certificate]) -> list[CorrectionRequest]:
    by_id = {certificate.pk: certificate for certificate in certificates}
    rows = asked.rows_of(
        person,
        "corrections",
        lambda: CorrectionRequest.objects.filter(
            certificate__in=by_id, status=CorrectionRequest.Status.ASKED
        ),
    )
    for row in rows:
        row.certificate = by_id[row.certificate_id]
    return rows


def panels_of(person: User, *, now: datetime) -> list[Panel]:
    found = [part.panel(person, now) for part in person_parts()]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)


def _on_sale() -> list[Course]:
    return list(
        queries.on_sale()
        .defer(None)
        .only("slug", "on_sale_version__title")
        .order_by("on_sale_version__title", "pk")
    )
