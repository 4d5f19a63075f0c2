"""What stands above the timeline of a person's page; a number of queries that does not grow."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from ce_platform.accounts.addresses import may_set_address
from ce_platform.accounts.models import User
from ce_platform.accounts.safety.factors import SECOND_STEPS
from ce_platform.core.mail_bounces import bounced_of
from ce_platform.core.models import BouncedAddress, OutgoingMail
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.models import License
from ce_platform.office.people.parts import Panel, person_parts
from certificates.models import Certificate, CorrectionRequest
from certificates.reports.queries import count_of
from courses import queries
from courses.models import Course, Enrollment, long_texts
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
    """Those that the person is not at work in."""
    corrections: list[CorrectionRequest]
    """Waiting for the office."""
    mails: list[OutgoingMail]
    second_steps: int
    sign_in_count: int
    may_set_address: bool
    valid_certificates: list[Certificate]
    """The newest first."""
    panels: list[Panel]


def facts_of(person: User, *, by: User, now: datetime) -> Facts:
    enrollments = list(
        Enrollment.objects.filter(user=person)
        .select_related("course", "version")
        .defer(*long_texts("version"))
        .order_by("-last_activity_at", "-pk")[:MOST_COURSES]
    )
    certificates = list(Certificate.objects.filter(user=person).order_by("issued_at", "pk"))
    newest = {certificate.enrollment_id: certificate for certificate in certificates}
    roles = list(person.groups.order_by("name").values_list("name", flat=True))
    counts = _counts(person)
    open_ones = [row for row in enrollments if row.status == Enrollment.Status.OPEN]
    helps = help_with(open_ones)
    latest: dict[int, int] = {}
    for row in enrollments:
        latest[row.course_id] = max(row.pk, latest.get(row.course_id, 0))
    at_work = {row.course_id for row in open_ones}
    return Facts(
        person=person,
        roles=roles,
        is_verified=counts["verified"] > 0,
        bounced=bounced_of(person.email),
        licenses=active_licenses(person),
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
        corrections=list(
            CorrectionRequest.objects.filter(
                certificate__user=person, status=CorrectionRequest.Status.ASKED
            ).select_related("certificate")
        ),
        mails=list(
            OutgoingMail.objects.filter(to_user_id=person.pk)
            .defer("body")
            .order_by("-pk")[:MOST_MAIL]
        ),
        second_steps=counts["second_steps"],
        sign_in_count=counts["sign_ins"],
        may_set_address=may_set_address(person, by=by, roles=roles),
        valid_certificates=[
            row for row in reversed(certificates) if row.status == Certificate.Status.ISSUED
        ],
        panels=panels_of(person, now=now),
    )


def _counts(person: User) -> dict[str, int]:
    """Of what belongs to signing in; one query."""
    verified = EmailAddress.objects.filter(user=person, email=person.email, verified=True)
    steps = Authenticator.objects.filter(user=person, type__in=SECOND_STEPS)
    sign_ins = UserSession.objects.filter(user=person)
    found = User.objects.filter(pk=person.pk).values(
        verified=count_of(verified),
        second_steps=count_of(steps),
        sign_ins=count_of(sign_ins),
    )[0]
    return {name: count or 0 for name, count in cast(dict[str, int | None], found).items()}


def panels_of(person: User, *, now: datetime) -> list[Panel]:
    found = [part.panel(person, now) for part in person_parts()]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)


def _on_sale() -> list[Course]:
    return list(
        queries.on_sale()
        .select_related("on_sale_version")
        .defer(*long_texts("on_sale_version"))
        .order_by("on_sale_version__title", "pk")
    )
