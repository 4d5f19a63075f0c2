"""What the office sees of one learner's quizzes, in a number of queries that does not grow."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from courses.models import Enrollment, long_texts
from quizzes import wording
from quizzes.domain.attempts import is_overdue
from quizzes.models import Attempt, AttemptRequest, Quiz, TimeGrant
from quizzes.queries import graded, quizzes_of


def learner_enrollments(words: str) -> "QuerySet[Enrollment]":
    """Of learners whose name or e-mail has every word; those of open courses."""
    found = (
        Enrollment.objects.filter(status=Enrollment.Status.OPEN)
        .select_related("user", "version")
        .defer(*long_texts("version"))
    )
    for word in words.split()[:8]:
        found = found.filter(
            Q(user__email__icontains=word) | Q(user__name_on_certificates__icontains=word)
        )
    return found


@dataclass(frozen=True)
class QuizOfLearner:
    quiz: Quiz
    attempts: list[tuple[Attempt, str]]
    """The oldest first, those set aside too, each with its percent."""
    allowed: int | None
    left: int | None
    is_waiting: bool
    """The learner asked for another attempt and has no answer yet."""

    @property
    def is_passed(self) -> bool:
        return any(
            attempt.is_passed and attempt.status == Attempt.Status.GRADED
            for attempt, _ in self.attempts
        )


@dataclass(frozen=True)
class LearnerPage:
    quizzes: list[QuizOfLearner]
    has_time_limits: bool
    extra_percent: int
    grants: list[TimeGrant]
    """The newest first."""


def learner_page(enrollment: Enrollment, *, now: datetime) -> LearnerPage:
    """Graded quizzes of the version the learner studies; four queries, five with time limits."""
    quizzes = graded(quizzes_of([enrollment.version_id]))
    # By key: what was tried before the learner moved to a newer version counts there.
    attempts: dict[UUID, list[Attempt]] = {}
    for attempt in (
        Attempt.objects.filter(enrollment=enrollment).select_related("quiz").order_by("number")
    ):
        attempts.setdefault(attempt.quiz.key, []).append(attempt)
    granted: Counter[UUID] = Counter()
    waiting = set()
    for request in AttemptRequest.objects.filter(enrollment=enrollment).select_related("quiz"):
        if request.is_granted:
            granted[request.quiz.key] += 1
        if request.answered_at is None:
            waiting.add(request.quiz.key)
    lines = []
    for quiz in quizzes:
        mine = attempts.get(quiz.key, [])
        allowed = None
        if quiz.attempts_allowed is not None:
            allowed = quiz.attempts_allowed + granted[quiz.key]
        used = sum(attempt.status != Attempt.Status.VOIDED for attempt in mine)
        lines.append(
            QuizOfLearner(
                quiz=quiz,
                attempts=[(each, _result(each, now=now)) for each in mine],
                allowed=allowed,
                left=None if allowed is None else max(0, allowed - used),
                is_waiting=quiz.key in waiting,
            )
        )
    has_limits = any(quiz.time_limit_seconds for quiz in quizzes)
    grants = list(TimeGrant.objects.filter(enrollment=enrollment).order_by("-pk"))
    return LearnerPage(
        quizzes=lines,
        has_time_limits=has_limits,
        extra_percent=grants[0].extra_percent if grants else 0,
        grants=grants,
    )


def _result(attempt: Attempt, *, now: datetime) -> str:
    if attempt.status == Attempt.Status.IN_PROGRESS:
        return "time is up" if is_overdue(attempt, now=now) else "in progress"
    return wording.percent(attempt.percent, mark=attempt.quiz.pass_percent) or "not graded"


# ---------------------------------------------------------------- many courses of one person


@dataclass(frozen=True)
class QuizLeft:
    quiz: Quiz
    allowed: int | None
    left: int | None
    is_passed: bool
    is_waiting: bool


@dataclass(frozen=True)
class CourseHelp:
    quizzes: list[QuizLeft]
    has_time_limits: bool
    extra_percent: int


def help_with(
    enrollments: Collection[Enrollment],
    *,
    attempts: Iterable[Attempt],
    requests: Iterable[AttemptRequest],
    extra: Mapping[int, int],
) -> dict[int, CourseHelp]:
    """What the office may give in these courses, by the id of the enrollment; one query.

    `attempts` and `requests`: at least those in these courses, with their quizzes. `extra`: the
    percent of more time, by the id of the enrollment."""
    if not enrollments:
        return {}
    quizzes: dict[int, list[Quiz]] = {}
    for quiz in Quiz.objects.filter(
        version_id__in={enrollment.version_id for enrollment in enrollments},
        purpose=Quiz.Purpose.GRADED,
    ).order_by("position", "id"):
        quizzes.setdefault(quiz.version_id, []).append(quiz)
    used: Counter[tuple[int, UUID]] = Counter()
    passed = set()
    for attempt in attempts:
        at = (attempt.enrollment_id, attempt.quiz.key)
        used[at] += attempt.status != Attempt.Status.VOIDED
        if attempt.is_passed and attempt.status == Attempt.Status.GRADED:
            passed.add(at)
    granted: Counter[tuple[int, UUID]] = Counter()
    waiting = set()
    for request in requests:
        at = (request.enrollment_id, request.quiz.key)
        granted[at] += request.is_granted
        if request.answered_at is None:
            waiting.add(at)
    found = {}
    for enrollment in enrollments:
        lines = []
        for quiz in quizzes.get(enrollment.version_id, []):
            at = (enrollment.pk, quiz.key)
            allowed = None if quiz.attempts_allowed is None else quiz.attempts_allowed + granted[at]
            lines.append(
                QuizLeft(
                    quiz=quiz,
                    allowed=allowed,
                    left=None if allowed is None else max(0, allowed - used[at]),
                    is_passed=at in passed,
                    is_waiting=at in waiting,
                )
            )
        found[enrollment.pk] = CourseHelp(
            quizzes=lines,
            has_time_limits=any(line.quiz.time_limit_seconds for line in lines),
            extra_percent=extra.get(enrollment.pk, 0),
        )
    return found
