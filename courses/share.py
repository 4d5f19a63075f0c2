"""What the courses app keeps of a person. Completions, attendance and the figures of an evaluation
are records of law (NCBTMB, six years; see docs/closing-accounts.md); words are not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import F

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from courses.domain.enrolling import withdraw
from courses.domain.uploading import upload_path
from courses.models import (
    Attendance,
    CourseMember,
    DeclinedVersion,
    Enrollment,
    Evaluation,
    LessonProgress,
    LessonRevision,
    MarginQuestion,
    OutlineStep,
    ReviewComment,
    SetAside,
    Upload,
    WordingDismissal,
)

CLOSED: Final = "[closed account]"


def erase(user: User, *, now: datetime) -> None:
    for enrollment in Enrollment.objects.filter(user=user, status=Enrollment.Status.OPEN):
        withdraw(enrollment.pk, by=user, now=now)
    Evaluation.objects.filter(enrollment__user=user).exclude(comment="").update(comment="")
    DeclinedVersion.objects.filter(enrollment__user=user).delete()
    LessonProgress.objects.filter(enrollment__user=user).exclude(
        enrollment__status=Enrollment.Status.COMPLETED
    ).delete()
    MarginQuestion.objects.filter(asked_by=user).delete()
    _erase_authorship(user)


def _erase_authorship(user: User) -> None:
    """Courses are the provider's and stay; who saved what is not told any more."""
    MarginQuestion.objects.filter(answered_by_id=user.pk).update(answered_by_name="")
    CourseMember.objects.filter(user=user).delete()
    SetAside.objects.filter(by=user).delete()
    for upload in Upload.objects.filter(by=user):
        upload_path(upload).unlink(missing_ok=True)
        upload.delete()
    ReviewComment.objects.filter(by=user).delete()
    WordingDismissal.objects.filter(by=user).update(by_name=CLOSED)
    LessonRevision.objects.filter(saved_by_id=user.pk).update(saved_by_label="")
    OutlineStep.objects.filter(by_id=user.pk).update(by_label=CLOSED)


def move(old: User, into: User, *, now: datetime) -> None:
    Enrollment.objects.filter(user=old).update(user=into)
    # Who attended the same date with both accounts keeps both records; the second one says it of
    # the account that ended.
    twice = Attendance.objects.filter(user=into).values("session")
    Attendance.objects.filter(user=old).exclude(session__in=twice).update(user=into)
    MarginQuestion.objects.filter(asked_by=old).update(asked_by=into)


def export(user: User) -> Mapping[str, Any]:
    enrollments = Enrollment.objects.filter(user=user).order_by("pk")
    progress: dict[Any, list[Any]] = {}
    for opened in (
        LessonProgress.objects.filter(enrollment__user=user)
        .order_by("pk")
        .values(
            "opened_at",
            "finished_at",
            "seconds_visible",
            lesson_title=F("lesson__title"),
            of=F("enrollment__uid"),
        )
    ):
        progress.setdefault(opened["of"], []).append(
            {name: value for name, value in opened.items() if name != "of"}
        )
    return {
        "courses.json": [
            {**row, "progress": progress.get(row["uid"], [])}
            for row in enrollments.values(
                "uid",
                "status",
                "started_at",
                "last_activity_at",
                "completed_at",
                "completed_on",
                "completed_zone",
                "seconds_on_task",
                course_slug=F("course__slug"),
                title=F("version__title"),
                edition=F("version__edition"),
            )
        ],
        "evaluations.json": list(
            Evaluation.objects.filter(enrollment__user=user)
            .order_by("pk")
            .values(
                "submitted_at",
                "objectives_met",
                "content_accurate",
                "useful_in_practice",
                "free_of_bias",
                "minutes_taken",
                "comment",
                title=F("enrollment__version__title"),
            )
        ),
        "attendance.json": list(
            Attendance.objects.filter(enrollment__user=user)
            .order_by("pk")
            .values(
                "holder_name",
                "minutes",
                "is_whole",
                "recorded_at",
                starts_at=F("session__starts_at"),
                place=F("session__place"),
            )
        ),
        "questions.json": list(
            MarginQuestion.objects.filter(asked_by=user)
            .order_by("pk")
            .values("text", "asked_at", "answer", "answered_at", course_slug=F("course__slug"))
        ),
    }


def says(user: User) -> Iterable[str]:
    yield from MarginQuestion.objects.filter(asked_by=user).values_list("text", flat=True)
    yield from (
        Evaluation.objects.filter(enrollment__user=user)
        .exclude(comment="")
        .values_list("comment", flat=True)
    )


SHARE = Share("courses", erase, move, export, says)
