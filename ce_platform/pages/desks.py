"""What the first pages show: gathered here, so that no template starts a query."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ce_platform.accounts.models import User
from ce_platform.core import policies
from ce_platform.core.mail_bounces import bounced_at
from ce_platform.core.models import AuditEvent, BackgroundJob, OutgoingMail
from ce_platform.licensing import desk
from ce_platform.licensing.models import License
from ce_platform.licensing.planner.document import KIND as PLAN_DOCUMENT
from ce_platform.office.asking import queries as asking
from ce_platform.office.numbers.page import in_words
from ce_platform.office.numbers.periods import last_months
from ce_platform.office.numbers.queries import of_courses
from ce_platform.pages.today import is_near, lines_of
from certificates.domain.corrections import waiting_count
from certificates.models import Certificate
from certificates.reports.queries import overdue_count, soon_count
from courses import queries
from courses.models import (
    Course,
    CourseAuthor,
    CourseMember,
    CourseVersion,
    Enrollment,
    Evaluation,
    MarginQuestion,
    long_texts,
)
from courses.parts import QuestionResult
from courses.studio import insight
from quizzes.models import AttemptRequest

DESK_ROWS = 8


@dataclass(frozen=True)
class ExpiringLicense:
    license: License
    days_left: int


def welcome() -> dict[str, Any]:
    """For visitors: the courses that were published last."""
    courses = list(
        Course.objects.filter(on_sale_version__isnull=False)
        .select_related("on_sale_version")
        .defer(*long_texts("on_sale_version"))
        .order_by("-on_sale_version__published_at")[:3]
    )
    return {"courses": courses}


def _not_taken_by(user: User) -> list[Course]:
    taken = set(Enrollment.objects.filter(user=user).values_list("course_id", flat=True))
    return [course for course in welcome()["courses"] if course.pk not in taken]


def therapist_home(user: User, *, today: date, now: datetime) -> dict[str, Any]:
    """The next step, the license that expires first, the newest certificates."""
    to_accept = policies.in_force(now, policies.AT_SIGN_UP)
    enrollments = list(
        Enrollment.objects.filter(user=user, status=Enrollment.Status.OPEN)
        .select_related("course", "version", "user")
        .defer(*long_texts("version"))
        .annotate(
            has_bounced_mail=Exists(bounced_at(user.email)),
            accepted_policy_count=policies.accepted_count(user.pk, to_accept),
        )
        .order_by("-last_activity_at")[:DESK_ROWS]
    )
    first = enrollments[0] if enrollments else None
    has_accepted = first is not None and first.accepted_policy_count == len(to_accept)
    new_policies = (
        () if has_accepted else policies.unaccepted(user.pk, policies.AT_SIGN_UP, now=now)
    )
    licenses = list(
        License.objects.filter(user=user, removed_at__isnull=True)
        .select_related("body")
        .order_by(F("expires_on").asc(nulls_last=True), "id")[:DESK_ROWS]
    )
    dated = [
        ExpiringLicense(license=row, days_left=(row.expires_on - today).days)
        for row in licenses
        if row.expires_on
    ]
    certificates = list(
        Certificate.objects.filter(user=user, replaced_by__isnull=True).order_by("-issued_at")[:3]
    )
    return {
        "first": first,
        "next_step": queries.next_step(first) if first else None,
        "others": enrollments[1:],
        "licenses": licenses,
        "expiring": dated[0] if dated else None,
        "certificates": certificates,
        # Rides along with the courses; who studies none is asked for alone.
        "has_bounced_mail": (first.has_bounced_mail if first else bounced_at(user.email).exists()),
        "new_policies": new_policies,
        "policy_marks": policies.marks_of(new_policies),
        "suggestions": [] if first else _not_taken_by(user),
    }


def learning(user: User) -> dict[str, Any]:
    enrollments = list(
        Enrollment.objects.filter(user=user)
        .exclude(status=Enrollment.Status.WITHDRAWN)
        .select_related("course", "version")
        .defer(*long_texts("version"))
        .order_by("-last_activity_at")[:200]
    )
    certificates = {
        row.enrollment_id: row
        for row in Certificate.objects.filter(user=user, status=Certificate.Status.ISSUED)
    }
    return {
        "open": [row for row in enrollments if row.status == Enrollment.Status.OPEN],
        "completed": [
            {"enrollment": row, "certificate": certificates.get(row.pk)}
            for row in enrollments
            if row.status == Enrollment.Status.COMPLETED
        ],
    }


def registrar_desk(*, today: date) -> dict[str, Any]:
    """What must be done today, then what comes, who waits and whom we wait for; each list is short
    and leads to its full page."""
    due, waiting = desk.due_and_waiting(today=today, most=DESK_ROWS)
    certificates = list(
        # What was taken over is neither issued nor reported nor corrected here.
        Certificate.objects.filter(origin=Certificate.Origin.ISSUED_HERE)
        .exclude(status=Certificate.Status.REPLACED)
        .annotate(
            overdue_count=overdue_count(today),
            soon_count=soon_count(today),
            correction_count=waiting_count(),
            question_count=asking.waiting_count(),
        )
        .order_by("-issued_at", "-id")[:DESK_ROWS]
    )
    # What therapists make for themselves is none of the office's work.
    jobs = list(
        BackgroundJob.objects.exclude(kind=PLAN_DOCUMENT)
        .annotate(question_count=asking.waiting_count())
        .order_by("-id")[:3]
    )
    # The count of open questions rides along with whatever is there; else it is asked for alone.
    carriers: list[Any] = [*certificates, *jobs]
    requests = list(
        AttemptRequest.objects.filter(answered_at__isnull=True)
        .select_related("enrollment__user", "quiz__version")
        .defer(*long_texts("quiz__version"))
        .order_by("asked_at")[:DESK_ROWS]
    )
    # Without a certificate there is nothing to report or to correct: the counts ride on that query.
    reports = {
        "overdue": (certificates[0].overdue_count or 0) if certificates else 0,
        "soon": (certificates[0].soon_count or 0) if certificates else 0,
    }
    failed = failed_mail()
    return {
        "today": lines_of(
            due=[row for row in due if is_near(row.due)],
            reports=reports,
            correction_count=(certificates[0].correction_count or 0) if certificates else 0,
            question_count=carriers[0].question_count if carriers else asking.open_count(),
            requests=requests,
            failed_mail=failed,
            most=DESK_ROWS,
        ),
        "due": [row for row in due if not is_near(row.due)],
        "waiting": [
            {"row": row, "days": (today - row.submission.submitted_on).days}
            for row in waiting
            if row.submission.submitted_on
        ],
        "requests": requests,
        "certificates": certificates,
        "failed_mail": failed,
        "jobs": jobs,
    }


def failed_mail() -> list[OutgoingMail]:
    """What could not be sent and was not sent again since; that copy may fail for itself.

    The second query is asked only on a day with failures.
    """
    failed = list(
        OutgoingMail.objects.filter(status=OutgoingMail.Status.FAILED)
        .exclude(kind="test_mail")  # Whoever tried it has seen why.
        .order_by("-id")[: 5 * DESK_ROWS]
    )
    sent_again = (
        set(
            AuditEvent.objects.filter(
                action="mail.resent",
                subject_type="mail",
                subject_id__in=[str(mail.uid) for mail in failed],
            ).values_list("subject_id", flat=True)
        )
        if failed
        else set()
    )
    return [mail for mail in failed if str(mail.uid) not in sent_again][:DESK_ROWS]


@dataclass(frozen=True)
class TaughtCourse:
    """A published version with what its learners teach."""

    version: CourseVersion
    evaluation: Mapping[str, Any] | None
    """Count, mean usefulness, mean minutes; None below three answers."""
    open_question_count: int
    hardest: QuestionResult | None
    stop: tuple[str, int] | None
    """The lesson at which most stopped, and how many."""
    lately: str
    """What happened in it in the last twelve months, in words."""
    has_studio: bool
    """Whether the person has the course in their studio; who only wrote it has not."""
    may_answer: bool


def instructor_desk(user: User, *, now: datetime) -> dict[str, Any]:
    """The instructor's courses: drafts first, then what is on sale with its figures.

    A constant number of queries, whatever the number of courses.
    """
    mine = CourseMember.objects.filter(course=OuterRef("course"), user=user)
    waiting = (
        MarginQuestion.objects.filter(course=OuterRef("course"), answered_at__isnull=True)
        .order_by()
        .values("course")
        .annotate(count=Count("pk"))
        .values("count")
    )
    versions = list(
        CourseVersion.objects.filter(
            Exists(CourseAuthor.objects.filter(version=OuterRef("pk"), user=user))
            | Q(course__owner=user)
            | Exists(mine)
        )
        .exclude(status=CourseVersion.Status.RETIRED)
        .select_related("course")
        .defer(*long_texts())
        .annotate(
            role=Subquery(mine.values("role")[:1]),
            open_question_count=Coalesce(Subquery(waiting), 0),
        )
        .order_by("-created_at", "-pk")[:100]
    )
    published = [row for row in versions if row.status == CourseVersion.Status.PUBLISHED]
    ids = [row.pk for row in published]
    evaluations = {
        row["enrollment__version_id"]: row
        for row in Evaluation.objects.filter(enrollment__version__in=ids)
        .values("enrollment__version_id")
        .annotate(count=Count("id"), useful=Avg("useful_in_practice"), minutes=Avg("minutes_taken"))
        # With fewer, a mean says what one person answered.
        .filter(count__gte=insight.FEWEST_EVALUATIONS)
    }
    hardest = insight.hardest_questions(published)
    stops = insight.stopping_places(ids, now=now)
    months = last_months(12, today=user.local_date(now))
    lately = of_courses([row.course_id for row in published], months)
    return {
        "drafts": [row for row in versions if not row.is_frozen],
        "published": [
            TaughtCourse(
                version=row,
                evaluation=evaluations.get(row.pk),
                open_question_count=row.open_question_count,
                hardest=hardest.get(row.pk),
                stop=stops.get(row.pk),
                lately=in_words(lately[row.course_id]),
                has_studio=row.course.owner_id == user.pk or bool(row.role),
                may_answer=row.course.owner_id == user.pk
                or row.role == CourseMember.Role.CO_AUTHOR,
            )
            for row in published
        ],
    }
