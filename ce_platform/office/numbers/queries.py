"""The numbers of a period and of the one before it, summed from counts of days,
months and years: a constant number of queries over few rows, however many therapists there are."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from ce_platform.office.numbers.figures import Counts, Times, times_of
from ce_platform.office.numbers.models import Counting, NumberCount
from ce_platform.office.numbers.periods import Bar, Period, Step, bars, pieces, step_for
from courses.models import Course, CourseVersion

_COUNTS: Final = ("enrolled_count", "completed_count", "tried_count", "passed_count")


@dataclass(frozen=True)
class BarCounts:
    bar: Bar
    now: Counts
    before: Counts | None
    """The same place in the period before; None when there is none to compare with."""


@dataclass
class CourseNumbers:
    course_id: int
    slug: str
    title: str
    now: Counts = field(default_factory=Counts)
    before: Counts = field(default_factory=Counts)
    days: dict[int, int] = field(default_factory=dict)

    @property
    def times(self) -> Times:
        return times_of(self.days)


@dataclass(frozen=True)
class Numbers:
    period: Period
    step: Step
    now: Counts
    before: Counts | None
    days: dict[int, int]
    """Days taken → how many, of the period."""
    days_before: dict[int, int]
    bars: Sequence[BarCounts]
    courses: Sequence[CourseNumbers]
    """Those in which anything happened, the most enrolled first."""

    @property
    def times(self) -> Times:
        return times_of(self.days)

    @property
    def times_before(self) -> Times:
        return times_of(self.days_before)


def counted_at() -> datetime | None:
    return Counting.objects.filter(pk=1).values_list("counted_at", flat=True).first()


def first_day() -> date | None:
    """The first on which anything happened."""
    days = NumberCount.objects.filter(span=NumberCount.Span.DAY, course__isnull=True)
    return days.order_by("on").values_list("on", flat=True).first()


def courses_by_title() -> list[tuple[int, str, str]]:
    """(id, slug, title) of every course that has ever been published, or is being written."""
    newest = (
        CourseVersion.objects.filter(course=OuterRef("pk"))
        .order_by("-edition", "-revision")
        .values("title")[:1]
    )
    courses = Course.objects.annotate(
        any_title=Subquery(newest), sold_title=Subquery(_title_on_sale())
    ).values_list("pk", "slug", "sold_title", "any_title")
    rows = [(pk, slug, sold or any_ or slug) for pk, slug, sold, any_ in courses]
    return sorted(rows, key=lambda row: (row[2].casefold(), row[0]))


def _title_on_sale() -> QuerySet[Any, Any]:
    return CourseVersion.objects.filter(pk=OuterRef("on_sale_version")).values("title")


def numbers_of(
    period: Period,
    *,
    step: Step,
    today: date,
    has_before: bool,
    courses: Sequence[tuple[int, str, str]],
    only: int | None = None,
) -> Numbers:
    """Four queries. `courses`: as `courses_by_title` gives them; `only`: the id of one of them."""
    days = _of_days(period, has_before=has_before, only=only)
    step = step_for(period, step)
    by_course = {pk: CourseNumbers(pk, slug, title) for pk, slug, title in courses}
    _add_counts(by_course, period, None if only is None else [only])
    days_before: dict[int, int] = {}
    if has_before:
        _add_counts_before(by_course, period.before, only)
        days_before = _days_of(period.before, only)
    before = period.before
    shift = period.first - before.first
    told = [
        BarCounts(
            bar,
            days.of(bar.period),
            days.of(Period(bar.period.first - shift, bar.period.last - shift))
            if has_before
            else None,
        )
        for bar in bars(period, step, today=today)
    ]
    all_days: dict[int, int] = {}
    for course in by_course.values():
        for taken, count in course.days.items():
            all_days[taken] = all_days.get(taken, 0) + count
    happened = [
        each for each in by_course.values() if not (each.now.is_nothing and each.before.is_nothing)
    ]
    return Numbers(
        period=period,
        step=step,
        now=days.of(period),
        before=days.of(before) if has_before else None,
        days=all_days,
        days_before=days_before,
        bars=told,
        courses=sorted(happened, key=lambda each: (-each.now.enrolled, each.title.casefold())),
    )


def of_courses(course_ids: Collection[int], period: Period) -> dict[int, CourseNumbers]:
    """For the desk of an instructor; one query."""
    by_course = {pk: CourseNumbers(pk, "", "") for pk in course_ids}
    if by_course:
        _add_counts(by_course, period, course_ids)
    return by_course


def _of_days(period: Period, *, has_before: bool, only: int | None) -> "_DaySums":
    rows = (
        NumberCount.objects.filter(
            _of(only),
            span=NumberCount.Span.DAY,
            on__gte=period.before.first if has_before else period.first,
            on__lte=period.last,
        )
        .order_by("on")
        .values_list("on", *_COUNTS)
    )
    sums = _DaySums()
    for on, *counts in rows:
        sums.add(on, Counts(*counts))
    return sums


class _DaySums:
    """Sums of days that follow each other, each found by two looks."""

    def __init__(self) -> None:
        self._days: list[date] = []
        self._sums = [Counts()]

    def add(self, on: date, counts: Counts) -> None:
        self._days.append(on)
        self._sums.append(self._sums[-1] + counts)

    def of(self, period: Period) -> Counts:
        begin = self._sums[bisect_left(self._days, period.first)]
        end = self._sums[bisect_right(self._days, period.last)]
        return Counts(
            end.enrolled - begin.enrolled,
            end.completed - begin.completed,
            end.tried - begin.tried,
            end.passed - begin.passed,
        )


def _add_counts(
    by_course: dict[int, CourseNumbers], period: Period, only: Collection[int] | None
) -> None:
    rows = NumberCount.objects.filter(_in(period), course__isnull=False)
    if only is not None:
        rows = rows.filter(course_id__in=only)
    for course_id, days_json, *counts in rows.values_list("course_id", "days_json", *_COUNTS):
        course = by_course.get(course_id)
        if course is not None:
            course.now += Counts(*counts)
            _add_days(course.days, days_json)


def _add_counts_before(
    by_course: dict[int, CourseNumbers], before: Period, only: int | None
) -> None:
    rows = NumberCount.objects.filter(_in(before), course__isnull=False)
    if only is not None:
        rows = rows.filter(course_id=only)
    sums = rows.order_by().values_list("course_id").annotate(*[Sum(name) for name in _COUNTS])
    for course_id, *counts in sums:
        if course_id in by_course:
            by_course[course_id].before = Counts(*counts)


def _days_of(period: Period, only: int | None) -> dict[int, int]:
    days: dict[int, int] = {}
    rows = NumberCount.objects.filter(_in(period), _of(only)).exclude(days_json="{}")
    for days_json in rows.values_list("days_json", flat=True):
        _add_days(days, days_json)
    return days


def _add_days(days: dict[int, int], days_json: str) -> None:
    for taken, count in json.loads(days_json).items():
        days[int(taken)] = days.get(int(taken), 0) + count


def _of(only: int | None) -> Q:
    """The rows of one course, or those of all together."""
    return Q(course__isnull=True) if only is None else Q(course_id=only)


def _in(period: Period) -> Q:
    found = Q()
    for span, piece in pieces(period):
        found |= Q(span=span, on__gte=piece.first, on__lte=piece.last)
    return found
