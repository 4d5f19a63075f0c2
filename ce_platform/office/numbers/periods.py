"""Which days are looked at, the days before them, and how they are cut into bars. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

DAY: Final = timedelta(days=1)
MOST_BARS: Final = 60


class Step(StrEnum):
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both in it."""

    first: date
    last: date

    @property
    def day_count(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, right before."""
        return Period(self.first - timedelta(days=self.day_count), self.first - DAY)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class Bar:
    """Some days of a period that are counted together."""

    period: Period
    is_part: bool
    """The week, month or year is not whole in the period, or not over yet."""


def last_months(count: int, *, today: date) -> Period:
    """This month up to today, and the months before it."""
    months = today.year * 12 + today.month - 1 - (count - 1)
    return Period(date(months // 12, months % 12 + 1, 1), today)


def step_for(period: Period, wanted: Step) -> Step:
    """The wanted one, or a longer one where there would be more bars than an eye can follow."""
    steps = list(Step)
    for step in steps[steps.index(wanted) :]:
        if period.day_count / _DAYS[step] <= MOST_BARS:
            return step
    return Step.YEAR


_DAYS: Final = {Step.WEEK: 7, Step.MONTH: 30.4, Step.YEAR: 365.25}


def bars(period: Period, step: Step, *, today: date) -> Iterator[Bar]:
    """Weeks begin on Sunday, as calendars here do."""
    first = period.first
    while first <= period.last:
        begin, end = _whole(first, step)
        last = min(end, period.last)
        yield Bar(Period(first, last), is_part=first != begin or last != end or today <= end)
        first = last + DAY


def _whole(day: date, step: Step) -> tuple[date, date]:
    match step:
        case Step.WEEK:
            begin = day - timedelta(days=(day.weekday() + 1) % 7)
            return begin, begin + timedelta(days=6)
        case Step.MONTH:
            return day.replace(day=1), next_month(day) - DAY
    return date(day.year, 1, 1), date(day.year, 12, 31)


def next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def pieces(period: Period) -> Iterator[tuple[str, Period]]:
    """The whole years in it, the whole months beside them, and the days that are left: (span,
    days). Each day of the period is in one piece."""
    rest = [period]
    for span, whole in (("year", Step.YEAR), ("month", Step.MONTH)):
        left: list[Period] = []
        for each in rest:
            inside = _inside(each, whole)
            if inside is None:
                left.append(each)
                continue
            yield span, inside
            left += [Period(each.first, inside.first - DAY), Period(inside.last + DAY, each.last)]
        rest = [each for each in left if each.first <= each.last]
    for each in rest:
        yield "day", each


def _inside(period: Period, whole: Step) -> Period | None:
    """As many whole ones as fit."""
    begin, end = _whole(period.first, whole)
    first = period.first if begin == period.first else end + DAY
    begin, end = _whole(period.last, whole)
    last = period.last if end == period.last else begin - DAY
    return Period(first, last) if first <= last else None
