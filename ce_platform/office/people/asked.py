"""What several parts of a person's page tell something of: each asked for once a page, and only
where there is some of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Lower

from ce_platform.accounts.models import User
from ce_platform.accounts.safety.factors import SECOND_STEPS
from ce_platform.core.models import BouncedAddress, OutgoingMail
from ce_platform.licensing.models import ExternalCredit, License
from ce_platform.office.people import present
from ce_platform.office.people.parts import Rows
from certificates.models import (
    Certificate,
    CorrectionRequest,
    ReportLine,
    SharedPage,
    Transcript,
)
from courses.models import Enrollment, LessonProgress
from quizzes.models import Attempt, AttemptRequest, TimeGrant

_MOST_MAILS: Final = 60
Answer = TypeVar("Answer")


def once(person: User, name: str, ask: Callable[[], Answer]) -> Answer:
    """The answer is kept with this very object, which lives as long as the page is made."""
    kept: dict[str, Any] = person.__dict__.setdefault("_asked_once", {})
    if name not in kept:
        kept[name] = ask()
    answer: Answer = kept[name]
    return answer


def has(person: User, name: str) -> bool:
    """Whether there is any of what a part of the page calls so (parts.PersonPart.rows)."""
    return name in once(person, "kinds", lambda: present.kinds_of(person))


def rows_of(person: User, name: str, ask: Callable[[], Iterable[Answer]]) -> list[Answer]:
    """Empty without a query of its own where there are none."""
    return once(person, name, lambda: list(ask()) if has(person, name) else [])


def _of(rows: QuerySet[Any], path: str = "user") -> Rows:
    return lambda: [rows.filter(**{path: OuterRef("pk")})]


ROWS: Final[Mapping[str, Rows]] = {
    "attempts": _of(Attempt.objects.all(), "enrollment__user"),
    "attempt-requests": _of(AttemptRequest.objects.all(), "enrollment__user"),
    "bounced": lambda: [BouncedAddress.objects.filter(email=Lower(OuterRef("email")))],
    "certificates": _of(Certificate.objects.all()),
    "corrections": _of(
        CorrectionRequest.objects.filter(status=CorrectionRequest.Status.ASKED),
        "certificate__user",
    ),
    "credits": _of(ExternalCredit.objects.all()),
    "enrollments": _of(Enrollment.objects.all()),
    "lessons": _of(LessonProgress.objects.filter(finished_at__isnull=False), "enrollment__user"),
    "licenses": _of(License.objects.all()),
    "mails": _of(OutgoingMail.objects.all(), "to_user_id"),
    "report-lines": _of(ReportLine.objects.all(), "root__user"),
    "roles": _of(User.groups.through._default_manager.all()),
    "second-step": _of(Authenticator.objects.filter(type__in=SECOND_STEPS)),
    "shared-pages": _of(SharedPage.objects.all()),
    "sign-ins": _of(UserSession.objects.all()),
    "time-grants": _of(TimeGrant.objects.all(), "enrollment__user"),
    "transcripts": _of(Transcript.objects.all()),
}


def role_names(person: User) -> list[str]:
    return rows_of(
        person, "roles", lambda: person.groups.order_by("name").values_list("name", flat=True)
    )


def addresses_of(person: User) -> dict[str, bool]:
    """Theirs, lower-cased, and whether they were proved."""

    def ask() -> dict[str, bool]:
        rows = EmailAddress.objects.filter(user=person).values_list("email", "verified")
        return {email.lower(): proved for email, proved in rows}

    return once(person, "addresses", ask)


def sign_ins_of(person: User) -> list[UserSession]:
    """Those not ended, the newest first."""
    return rows_of(
        person,
        "sign-ins",
        lambda: UserSession.objects.filter(user=person).order_by("-created_at", "-pk"),
    )


def enrollments_of(person: User) -> list[Enrollment]:
    """With what is shown of course and version, the one last worked in first."""

    def ask() -> QuerySet[Enrollment]:
        return (
            Enrollment.objects.filter(user=person)
            .select_related("course", "version")
            .only(
                *(field.name for field in Enrollment._meta.concrete_fields),
                "course__slug",
                "course__on_sale_version",
                "version__title",
                "version__edition",
                "version__revision",
                "version__lesson_count",
            )
            .order_by("-last_activity_at", "-pk")
        )

    return rows_of(person, "enrollments", ask)


def attempts_of(person: User) -> list[Attempt]:
    """With what is shown of the quiz, the newest first."""

    def ask() -> QuerySet[Attempt]:
        return (
            Attempt.objects.filter(enrollment__user=person)
            .select_related("quiz")
            .only(
                *("uid", "enrollment_id", "number", "status", "started_at", "submitted_at"),
                *("extra_percent", "percent", "is_passed"),
                *("quiz__key", "quiz__title", "quiz__pass_percent"),
            )
            .order_by("-pk")
        )

    return rows_of(person, "attempts", ask)


def attempt_requests_of(person: User) -> list[AttemptRequest]:
    """With what is shown of the quiz."""

    def ask() -> QuerySet[AttemptRequest]:
        return (
            AttemptRequest.objects.filter(enrollment__user=person)
            .select_related("quiz")
            .only(
                *("uid", "enrollment_id", "is_granted", "answered_at", "quiz__key", "quiz__title"),
            )
            .order_by()
        )

    return rows_of(person, "attempt-requests", ask)


def extra_time_of(person: User) -> dict[int, int]:
    """Percent that the newest grant gives, by the id of the enrollment."""
    grants = rows_of(
        person,
        "time-grants",
        lambda: (
            TimeGrant.objects.filter(enrollment__user=person)
            .order_by("pk")
            .values_list("enrollment_id", "extra_percent")
        ),
    )
    return dict(grants)


def licenses_of(person: User) -> list[License]:
    """By jurisdiction, with those that were removed."""

    def ask() -> QuerySet[License]:
        return (
            License.objects.filter(user=person)
            .select_related("body")
            .only(
                *("uid", "number", "expires_on", "removed_at"),
                *("body__kind", "body__abbreviation", "body__name", "body__jurisdiction"),
            )
        )

    return rows_of(person, "licenses", ask)


def certificates_of(person: User) -> list[Certificate]:
    """The oldest first."""
    return rows_of(
        person,
        "certificates",
        lambda: Certificate.objects.filter(user=person).order_by("issued_at", "pk"),
    )


def newest_mails(person: User) -> list[OutgoingMail]:
    def ask() -> QuerySet[OutgoingMail]:
        rows = OutgoingMail.objects.filter(to_user_id=person.pk).defer("body")
        return rows.order_by("-created_at", "-pk")[:_MOST_MAILS]

    return rows_of(person, "mails", ask)
