"""What pages and other apps read of quizzes, in a number of queries that does not grow."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least

from courses.frozen import remember_each
from courses.models import CourseVersion, Enrollment, Objective, long_texts
from quizzes.domain.attempts import is_overdue
from quizzes.domain.grading import score_of
from quizzes.domain.mended import mended_keys
from quizzes.models import Attempt, AttemptItem, AttemptRequest, Quiz, QuizDraw, QuizPoolItem


def asked_count(quiz: Quiz) -> int:
    """Questions in one attempt, for a quiz of `quizzes_of`."""
    fixed = quiz.fixed_count
    return (min(quiz.draw_count, fixed) if quiz.draw_count else fixed) + quiz.drawn_count


def graded(quizzes: Iterable[Quiz]) -> list[Quiz]:
    """Those that count for the course."""
    return [quiz for quiz in quizzes if quiz.purpose == Quiz.Purpose.GRADED]


def quizzes_of(version_ids: Collection[int]) -> list[Quiz]:
    """In the order of the course, each with its counts."""
    of_draw = QuizPoolItem.objects.filter(draw=OuterRef("pk")).order_by().values("draw")
    drawn = (
        QuizDraw.objects.filter(quiz=OuterRef("pk"))
        .annotate(
            given=Least(
                F("count"), Coalesce(Subquery(of_draw.annotate(n=Count("pk")).values("n")), 0)
            )
        )
        .order_by()
        .values("quiz")
        .annotate(n=Sum("given"))
        .values("n")
    )
    return list(
        Quiz.objects.filter(version_id__in=version_ids)
        .annotate(
            pool_count=Count("pool"),  # type: ignore[no-redef]  # all three are said on the model
            fixed_count=Count("pool", filter=Q(pool__draw__isnull=True)),
            drawn_count=Coalesce(Subquery(drawn), 0),
        )
        .order_by("version_id", "position", "id")
    )


def quizzes_by_version(versions: Iterable[CourseVersion]) -> dict[int, list[Quiz]]:
    """The same by version id, for pages that only read them: those of a frozen one are shared."""

    def fetch(version_ids: Collection[int]) -> dict[int, list[Quiz]]:
        found: dict[int, list[Quiz]] = {version_id: [] for version_id in version_ids}
        for quiz in quizzes_of(version_ids):
            found[quiz.version_id].append(quiz)
        return found

    return remember_each(versions, "quizzes", fetch)


@dataclass
class Standing:
    """Where a learner stands with one quiz."""

    is_passed: bool = False
    best_percent: Decimal | None = None
    has_open: bool = False
    used_count: int = 0


def standings(
    enrollments: Sequence[Enrollment], *, now: datetime
) -> dict[tuple[int, UUID], Standing]:
    """(enrollment id, quiz key) → standing; one query, three more when a deadline has passed.

    By key, so that what was passed or tried before the learner moved to a newer version counts
    there. An open attempt past its deadline counts as what it will be once somebody closes it:
    closing is a pure function of what is stored, so nobody has to wait for it.
    """
    found: dict[tuple[int, UUID], Standing] = {}
    overdue: list[Attempt] = []
    rows = (
        Attempt.objects.filter(
            enrollment__in=[each.pk for each in enrollments],
            status__in=[Attempt.Status.GRADED, Attempt.Status.IN_PROGRESS],
        )
        .annotate(quiz_key=F("quiz__key"))
        .order_by("pk")
    )
    for attempt in rows:
        standing = found.setdefault((attempt.enrollment_id, attempt.quiz_key), Standing())
        standing.used_count += 1
        if attempt.status == Attempt.Status.GRADED:
            _count(standing, attempt.percent, attempt.is_passed)
        elif is_overdue(attempt, now=now):
            overdue.append(attempt)
        else:
            standing.has_open = True
    if overdue:
        by_id = {attempt.pk: attempt for attempt in overdue}
        quizzes = Quiz.objects.in_bulk({attempt.quiz_id for attempt in overdue})
        items: dict[int, list[AttemptItem]] = {}
        for item in AttemptItem.objects.filter(attempt__in=list(by_id)).select_related("revision"):
            items.setdefault(item.attempt_id, []).append(item)
        mended = mended_keys(item.revision_id for each in items.values() for item in each)
        for attempt_id, of_attempt in items.items():
            late = by_id[attempt_id]
            quiz = quizzes[late.quiz_id]
            result = score_of(of_attempt, pass_percent=quiz.pass_percent, mended=mended)
            standing = found[late.enrollment_id, quiz.key]
            _count(standing, result.percent, result.is_passed)
    return found


def _count(standing: Standing, percent: Decimal | None, is_passed: bool) -> None:
    standing.is_passed = standing.is_passed or is_passed
    if percent is not None:
        standing.best_percent = max(percent, standing.best_percent or Decimal(0))


# ------------------------------------------------------------------------------- one quiz


@dataclass(frozen=True)
class QuizPage:
    attempts: list[Attempt]
    """Newest first, without those set aside."""
    open_attempt: Attempt | None
    is_passed: bool
    question_count: int
    allowed: int | None
    left: int | None
    waiting: AttemptRequest | None
    """A request for another attempt that has no answer yet."""
    declined: AttemptRequest | None
    """The newest answer, when it was no."""
    requests: list[AttemptRequest] = field(default_factory=list)


def quiz_page(enrollment: Enrollment, quiz: Quiz) -> QuizPage:
    """Everything the page of a quiz shows; overdue attempts are closed before.

    The quiz comes with its `pool_count`. Attempts come with the quiz they were taken in, which may
    be that of an earlier version.
    """
    attempts = list(
        Attempt.objects.filter(enrollment=enrollment, quiz__key=quiz.key)
        .exclude(status=Attempt.Status.VOIDED)
        .select_related("quiz")
        .order_by("-number")
    )
    requests = list(
        AttemptRequest.objects.filter(enrollment=enrollment, quiz__key=quiz.key).order_by("-pk")
    )
    granted = sum(request.is_granted for request in requests)
    allowed = None if quiz.attempts_allowed is None else quiz.attempts_allowed + granted
    newest = requests[0] if requests else None
    return QuizPage(
        attempts=attempts,
        open_attempt=next(
            (each for each in attempts if each.status == Attempt.Status.IN_PROGRESS), None
        ),
        is_passed=any(each.is_passed for each in attempts),
        question_count=asked_count(quiz),
        allowed=allowed,
        left=None if allowed is None else max(0, allowed - len(attempts)),
        waiting=newest if newest and newest.answered_at is None else None,
        declined=newest if newest and newest.answered_at and not newest.is_granted else None,
        requests=requests,
    )


def granted_counts(enrollment_ids: Collection[int]) -> Counter[tuple[int, UUID]]:
    """(enrollment id, quiz key) → attempts that the office granted."""
    return Counter(
        AttemptRequest.objects.filter(enrollment__in=enrollment_ids, is_granted=True).values_list(
            "enrollment", "quiz__key"
        )
    )


def items_of(attempt: Attempt) -> list[AttemptItem]:
    return list(
        AttemptItem.objects.filter(attempt=attempt).select_related("revision").order_by("position")
    )


# ------------------------------------------------------------------------------- the office


def attempt_requests(*, is_answered: bool) -> QuerySet[AttemptRequest]:
    return (
        AttemptRequest.objects.filter(answered_at__isnull=not is_answered)
        .select_related("quiz", "enrollment__user", "enrollment__course", "enrollment__version")
        .defer(*long_texts("enrollment__version"))
    )


def attempts_by_request(
    requests: Iterable[AttemptRequest],
) -> dict[tuple[int, UUID], list[Attempt]]:
    """(enrollment id, quiz key) → attempts so far, oldest first, for a page of requests that come
    with their quiz; each attempt with the quiz it was taken in."""
    wanted = {(request.enrollment_id, request.quiz.key) for request in requests}
    found: dict[tuple[int, UUID], list[Attempt]] = {pair: [] for pair in wanted}
    for attempt in (
        Attempt.objects.filter(
            enrollment__in={pair[0] for pair in wanted}, quiz__key__in={pair[1] for pair in wanted}
        )
        .select_related("quiz")
        .order_by("number")
    ):
        if (attempt.enrollment_id, attempt.quiz.key) in found:
            found[attempt.enrollment_id, attempt.quiz.key].append(attempt)
    return found


def open_request_count() -> int:
    """For the office's desk."""
    return AttemptRequest.objects.filter(answered_at__isnull=True).count()


def pool_of_version(version: CourseVersion) -> list[QuizPoolItem]:
    """What may be asked in all quizzes of a version, in the order of the course, each question
    once: where the author put it, or else where it is drawn first. One query."""
    items = list(
        QuizPoolItem.objects.filter(quiz__version=version)
        .select_related("quiz", "revision")
        .order_by("quiz__position", "quiz_id", "position", "id")
    )
    seen = {item.revision.question_id for item in items if item.draw_id is None}
    found = []
    for item in items:
        if item.draw_id is None or item.revision.question_id not in seen:
            seen.add(item.revision.question_id)
            found.append(item)
    return found


def pooled_revisions(version: CourseVersion) -> list[dict[str, Any]]:
    """Quizzes of a version with what may be drawn, as plain data in a stable order."""
    shares: list[dict[str, Any]] = []
    draws: dict[int, list[QuizDraw]] = {}
    for draw in QuizDraw.objects.filter(quiz__version=version).order_by("position", "id"):
        draws.setdefault(draw.quiz_id, []).append(draw)
    draw_keys = {draw.pk: str(draw.key) for of_quiz in draws.values() for draw in of_quiz}
    pools: dict[int, list[dict[str, Any]]] = {}
    for entry in (
        QuizPoolItem.objects.filter(quiz__version=version)
        .select_related("revision__question")
        .order_by("quiz_id", "position", "id")
    ):
        revision = entry.revision
        pools.setdefault(entry.quiz_id, []).append(
            {
                "key": str(revision.question.key),
                "revision": revision.number,
                "type": revision.type,
                "sha256": revision.sha256,
                "points": str(revision.points),
                "objective": str(revision.objective_key or ""),
                "lesson": str(revision.lesson_key or ""),
                **({"draw": draw_keys[entry.draw_id]} if entry.draw_id else {}),
            }
        )
    for quiz in Quiz.objects.filter(version=version).select_related("module"):
        shares.append(
            {
                "key": str(quiz.key),
                "title": quiz.title,
                "introduction": quiz.introduction,
                "pass_percent": str(quiz.pass_percent),
                "attempts": quiz.attempts_allowed,
                "time_limit_seconds": quiz.time_limit_seconds,
                "draw": quiz.draw_count,
                "shuffle": quiz.is_shuffled,
                "review": quiz.review,
                "module": str(quiz.module.key) if quiz.module else None,
                "questions": pools.get(quiz.pk, []),
                **_said_only_when_unusual(quiz),
                # Only where there are some: what was hashed before there were draws stays so.
                **({"draws": _draws(draws[quiz.pk])} if quiz.pk in draws else {}),
            }
        )
    return shares


def _said_only_when_unusual(quiz: Quiz) -> dict[str, Any]:
    """Came later: versions that were published before keep their canonical text."""
    found = {}
    if quiz.purpose != Quiz.Purpose.GRADED:
        found["purpose"] = quiz.purpose
    if quiz.extra_time != Quiz.ExtraTime.LEARNER:
        found["extra_time"] = quiz.extra_time
    return found


def _draws(draws: Iterable[QuizDraw]) -> list[dict[str, Any]]:
    return [
        {
            "key": str(draw.key),
            "count": draw.count,
            "tag": draw.tag,
            "objective": str(draw.objective_key or ""),
        }
        for draw in draws
    ]


# ------------------------------------------------------------------------------- drafts


def untested_objectives(version: CourseVersion) -> list[Objective]:
    """Objectives that no question of the version's graded quizzes names; two queries."""
    tested = set(
        QuizPoolItem.objects.filter(
            quiz__version=version,
            quiz__purpose=Quiz.Purpose.GRADED,
            revision__objective_key__isnull=False,
        )
        .values_list("revision__objective_key", flat=True)
        .order_by()
    )
    objectives = Objective.objects.filter(version=version).order_by("position", "id")
    return [objective for objective in objectives if objective.key not in tested]


def unexplained_counts(version: CourseVersion) -> dict[int, int]:
    """Quiz id → questions without an explanation; quizzes with none are left out. One query.
    What another quiz asks counts there and not where it is drawn."""
    counts: Counter[int] = Counter()
    for entry in pool_of_version(version):
        if not entry.revision.data.get("explanation"):
            counts[entry.quiz_id] += 1
    return dict(counts)
