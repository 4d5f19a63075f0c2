"""What the quizzes app keeps of a person. Answers that prove a completion are part of the record
of law (questions served, answers, score); answers for practice and on the way are not."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from courses.models import Enrollment
from quizzes.domain.attempts import void_attempt
from quizzes.models import Attempt, AttemptItem, AttemptRequest, Quiz, TimeGrant

_VOIDED = "The account was closed."


def erase(user: User, *, now: datetime) -> None:
    for attempt in Attempt.objects.filter(enrollment__user=user, status=Attempt.Status.IN_PROGRESS):
        void_attempt(attempt, reason=_VOIDED, by=user, now=now)
    answers = AttemptItem.objects.filter(attempt__enrollment__user=user).exclude(response="")
    answers.exclude(attempt__enrollment__status=Enrollment.Status.COMPLETED).update(response="")
    answers.filter(attempt__quiz__purpose=Quiz.Purpose.PRACTICE).update(response="")
    requests = AttemptRequest.objects.filter(enrollment__user=user)
    requests.filter(answered_at__isnull=True).delete()
    requests.update(message="", answer="")
    TimeGrant.objects.filter(enrollment__user=user).exclude(reason="").update(reason="")


def move(old: User, into: User, *, now: datetime) -> None:
    """Everything hangs on the enrollments, which move."""


def export(user: User) -> Mapping[str, Any]:
    attempts = Attempt.objects.filter(enrollment__user=user).order_by("pk")
    answers: dict[Any, list[Any]] = {}
    for item in (
        AttemptItem.objects.filter(attempt__in=attempts)
        .order_by("attempt", "position")
        .values("position", "response", "saved_at", of=F("attempt__uid"))
    ):
        answers.setdefault(item["of"], []).append(
            {name: value for name, value in item.items() if name != "of"}
        )
    return {
        "attempts.json": [
            {**row, "answers": answers.get(row["uid"], [])}
            for row in attempts.values(
                "uid",
                "number",
                "status",
                "started_at",
                "submitted_at",
                "percent",
                "is_passed",
                quiz_title=F("quiz__title"),
                course_title=F("enrollment__version__title"),
            )
        ],
        "requests-for-attempts.json": list(
            AttemptRequest.objects.filter(enrollment__user=user)
            .order_by("pk")
            .values("asked_at", "message", "answered_at", "is_granted", "answer")
        ),
        "more-time.json": list(
            TimeGrant.objects.filter(enrollment__user=user)
            .order_by("pk")
            .values("extra_percent", "reason", "granted_at")
        ),
    }


def says(user: User) -> Iterable[str]:
    for asked in AttemptRequest.objects.filter(enrollment__user=user):
        yield from (asked.message, asked.answer)
    yield from TimeGrant.objects.filter(enrollment__user=user).values_list("reason", flat=True)


SHARE = Share("quizzes", erase, move, export, says)
