"""What is said of few, of none, and of many."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ce_platform.office.numbers.figures import Counts, Times, by_span, percent, share, times_of
from ce_platform.office.numbers.page import in_words
from ce_platform.office.numbers.periods import (
    DAY,
    Period,
    Step,
    bars,
    last_months,
    pieces,
    step_for,
)
from ce_platform.office.numbers.queries import CourseNumbers

PERIODS = st.builds(
    lambda first, count: Period(first, first + count * DAY),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 1500),
)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "—"),
        (3, 4, "3 of 4"),
        (0, 9, "0 of 9"),
        (5, 10, "50 %"),
        (999, 1000, "99 %"),
        (1, 1000, "1 %"),
        (1000, 1000, "100 %"),
        (0, 1000, "0 %"),
    ],
)
def test_share_is_a_percentage_only_where_ten_stand_behind_it(
    part: int, whole: int, said: str
) -> None:
    assert share(part, whole) == said


@given(st.integers(1, 10**6), st.data())
def test_percent_is_0_or_100_only_where_it_is_true(whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))

    assert (percent(part, whole) == 0) == (part == 0)
    assert (percent(part, whole) == 100) == (part == whole)


def test_times_say_less_where_there_are_fewer() -> None:
    assert times_of({}) == Times(0)
    assert times_of({0: 2, 5: 1}) == Times(3)
    assert times_of({0: 2, 5: 2}) == Times(4, median=0)
    assert times_of({0: 3, 2: 3, 9: 3, 40: 3}) == Times(12, lower=0, median=2, upper=9)
    assert sum(count for _label, count in by_span({0: 3, 2: 3, 90: 3, 400: 3})) == 12


@given(PERIODS, st.sampled_from(Step))
def test_bars_are_the_days_of_the_period_each_once(period: Period, step: Step) -> None:
    cut = [bar.period for bar in bars(period, step, today=date(2025, 6, 15))]

    assert sum(each.day_count for each in cut) == period.day_count
    assert [cut[0].first, cut[-1].last] == [period.first, period.last]
    assert all(one.last + DAY == next_.first for one, next_ in pairwise(cut))
    assert len(list(bars(period, step_for(period, step), today=period.last))) <= 62


@given(PERIODS)
def test_pieces_are_the_days_of_the_period_each_once(period: Period) -> None:
    cut = sorted(pieces(period), key=lambda piece: piece[1].first)

    assert sum(each.day_count for _span, each in cut) == period.day_count
    assert [cut[0][1].first, cut[-1][1].last] == [period.first, period.last]
    for span, each in cut:
        if span != "day":
            after = each.last + DAY
            assert (each.first.day, after.day) == (1, 1)
        if span == "year":
            assert (each.first.month, after.month) == (1, 1)


def test_period_before_ends_the_day_before_and_is_as_long() -> None:
    period = last_months(12, today=date(2026, 11, 20))

    assert period == Period(date(2025, 12, 1), date(2026, 11, 20))
    assert period.before == Period(date(2024, 12, 11), date(2025, 11, 30))
    assert last_months(1, today=date(2026, 1, 5)) == Period(date(2026, 1, 1), date(2026, 1, 5))


def test_desk_of_an_instructor_says_what_happened_in_one_line() -> None:
    few = CourseNumbers(1, "", "", now=Counts(2, 1, 2, 1), days={0: 1})
    many = CourseNumbers(1, "", "", now=Counts(40, 20, 30, 24), days={0: 4, 6: 16})

    assert in_words(CourseNumbers(1, "", "")) == ""
    assert in_words(few) == "2 enrolled, 1 completed, 1 of 2 passed quizzes at the first try"
    assert in_words(many) == (
        "40 enrolled, 20 completed, half of them in 6 days or less, "
        "80 % passed quizzes at the first try"
    )
