"""What an instructor learns from the learners of a version. No person is in any of it.

What is not kept as a sum is counted in Python from the newest rows, at most so many: a page stays
as fast with a million learners as with a hundred, and says that it looked at the newest.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from courses.domain.evaluation import AGREEMENTS
from courses.models import CourseVersion, Enrollment, Evaluation, Lesson, LessonProgress
from courses.parts import LearnerResults, QuestionResult, parts
from courses.reading import minutes_to_read

NEWEST: Final = 2_000
# Whoever opened nothing for so long is taken to have stopped.
STOPPED_AFTER: Final = timedelta(days=14)
# With fewer, a figure says what one person answered.
FEWEST_EVALUATIONS: Final = 3
MINUTES_PER_HOUR: Final = 60


# ---------------------------------------------------------------- lessons


@dataclass(frozen=True)
class LessonFigures:
    title: str
    key: UUID
    opened_count: int
    finished_count: int
    stopped_count: int
    """Who opened it last and then nothing for fourteen days, without completing the course."""
    median_minutes: int | None
    """Of those who finished it and whose time is known; None: of nobody."""
    planned_minutes: int


@dataclass(frozen=True)
class LearnerFigures:
    """Of the newest learners of a version."""

    learner_count: int
    open_count: int
    completed_count: int
    left_count: int
    is_cut: bool
    lessons: list[LessonFigures]

    @property
    def most_stopped(self) -> LessonFigures | None:
        """The first of those at which most stopped; None: nobody stopped at any."""
        most = max(self.lessons, key=lambda each: each.stopped_count, default=None)
        return most if most and most.stopped_count else None


def learner_figures(
    version: CourseVersion, *, now: datetime, newest: int = NEWEST
) -> LearnerFigures:
    """Three queries. Lessons are found by key: whoever took a newer version brings theirs along."""
    rows = list(
        Enrollment.objects.filter(version=version)
        .order_by("-pk")
        .values_list("pk", "status", "last_activity_at", "last_lesson__key")[: newest + 1]
    )
    is_cut = len(rows) > newest
    rows = rows[:newest]
    statuses = Counter(status for _, status, _, _ in rows)
    stopped = Counter(
        key
        for _, status, last, key in rows
        if status != Enrollment.Status.COMPLETED and last <= now - STOPPED_AFTER
    )
    opened: Counter[UUID] = Counter()
    finished: Counter[UUID] = Counter()
    seconds: dict[UUID, list[int]] = {}
    oldest = rows[-1][0] if rows else 0
    for key, finished_at, visible in LessonProgress.objects.filter(
        enrollment__version=version, enrollment__gte=oldest
    ).values_list("lesson_key", "finished_at", "seconds_visible"):
        opened[key] += 1
        if finished_at is not None:
            finished[key] += 1
            # Without a script a page reports no time; that is not a lesson read in no time.
            if visible:
                seconds.setdefault(key, []).append(visible)
    return LearnerFigures(
        learner_count=len(rows),
        open_count=statuses[Enrollment.Status.OPEN],
        completed_count=statuses[Enrollment.Status.COMPLETED],
        left_count=statuses[Enrollment.Status.WITHDRAWN],
        is_cut=is_cut,
        lessons=[
            LessonFigures(
                title=lesson.title,
                key=lesson.key,
                opened_count=opened[lesson.key],
                finished_count=finished[lesson.key],
                stopped_count=stopped[lesson.key],
                median_minutes=_minutes(seconds.get(lesson.key, [])),
                planned_minutes=minutes_to_read(lesson),
            )
            for lesson in Lesson.objects.filter(version=version)
            .defer("body", "body_html")
            .order_by("module__position", "module_id", "position", "id")
        ],
    )


def _minutes(seconds: Sequence[int]) -> int | None:
    return max(1, round(median(seconds) / 60)) if seconds else None


def stopping_places(versions: Collection[int], *, now: datetime) -> dict[int, tuple[str, int]]:
    """Version id → (title of the lesson at which most stopped, how many). One query for all."""
    rows = (
        Enrollment.objects.filter(version__in=versions, last_activity_at__lte=now - STOPPED_AFTER)
        .exclude(status=Enrollment.Status.COMPLETED)
        .exclude(last_lesson=None)
        .order_by("-pk")
        .values_list("version_id", "last_lesson__title")[:NEWEST]
    )
    places: dict[int, tuple[str, int]] = {}
    for (version_id, title), count in sorted(Counter(rows).items()):
        if count > places.get(version_id, ("", 0))[1]:
            places[version_id] = (title, count)
    return places


# ---------------------------------------------------------------- evaluations


@dataclass(frozen=True)
class Bar:
    label: str
    count: int


@dataclass(frozen=True)
class Distribution:
    name: str
    bars: list[Bar]
    mean: Decimal | None = None


@dataclass(frozen=True)
class EvaluationFigures:
    count: int
    is_cut: bool
    agreements: list[Distribution]
    minutes: list[Bar]
    median_minutes: int | None
    claimed_minutes: int

    @property
    def is_open(self) -> bool:
        """Whether enough have answered that nothing points at one of them."""
        return self.count >= FEWEST_EVALUATIONS


def evaluation_figures(version: CourseVersion, *, newest: int = NEWEST) -> EvaluationFigures:
    """One query. Below three answers there is a count and nothing else."""
    rows = list(
        Evaluation.objects.filter(enrollment__version=version)
        .order_by("-pk")
        .values_list(*AGREEMENTS, "minutes_taken")[: newest + 1]
    )
    is_cut = len(rows) > newest
    rows = rows[:newest]
    claimed = int(version.credit_hours * MINUTES_PER_HOUR)
    if len(rows) < FEWEST_EVALUATIONS:
        return EvaluationFigures(len(rows), is_cut, [], [], None, claimed)
    columns = list(zip(*rows, strict=True))
    minutes = [int(each) for each in columns[-1]]
    return EvaluationFigures(
        count=len(rows),
        is_cut=is_cut,
        agreements=[
            _distribution(name, values)
            for name, values in zip(AGREEMENTS, columns[:-1], strict=True)
        ],
        minutes=_by_claim(minutes, claimed),
        median_minutes=round(median(minutes)),
        claimed_minutes=claimed,
    )


def _distribution(name: str, values: Sequence[int]) -> Distribution:
    given = Counter(values)
    return Distribution(
        name=name,
        bars=[Bar(each.label, given[each.value]) for each in Evaluation.Agreement],
        mean=Decimal(sum(values)) / len(values),
    )


def _by_claim(minutes: Sequence[int], claimed: int) -> list[Bar]:
    """How long it took beside what is claimed: within a fifth counts as about that."""
    labels = ("Less than half", "Half to four fifths", "About as long", "Up to half longer", "More")
    edges = (claimed * 0.5, claimed * 0.8, claimed * 1.2, claimed * 1.5)
    found = Counter(sum(each >= edge for edge in edges) for each in minutes)
    return [Bar(label, found[place]) for place, label in enumerate(labels)]


def comments_of(version: CourseVersion) -> QuerySet[Evaluation]:
    """What learners wrote, for paging; ask `EvaluationFigures.is_open` first."""
    return (
        Evaluation.objects.filter(enrollment__version=version)
        .exclude(comment="")
        .only("pk", "comment")
    )


# ---------------------------------------------------------------- what the parts know


def results_of(
    versions: Sequence[CourseVersion], *, with_answers: bool = True
) -> dict[int, list[LearnerResults]]:
    """Version id → what each part has to say."""
    found: dict[int, list[LearnerResults]] = {version.pk: [] for version in versions}
    for part in parts():
        for version_id, results in part.learner_results(
            versions, with_answers=with_answers
        ).items():
            found[version_id].append(results)
    return found


def hardest_questions(versions: Sequence[CourseVersion]) -> dict[int, QuestionResult]:
    """Version id → the question most often wrong, where one was."""
    return {
        version_id: each.questions[0]
        for version_id, of_version in results_of(versions, with_answers=False).items()
        for each in of_version
        if each.questions
    }
