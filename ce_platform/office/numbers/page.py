"""What the page of numbers says: sentences, plots and tables, ready for the template. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ce_platform.core.templatetags.wording import long_date
from ce_platform.office.numbers.figures import (
    FEWEST_FOR_PERCENT,
    NOTHING,
    Times,
    by_span,
    in_days,
    share,
)
from ce_platform.office.numbers.periods import Bar, Period, Step
from ce_platform.office.numbers.plots import Plot, bar_plot, share_plot
from ce_platform.office.numbers.queries import CourseNumbers, Numbers


@dataclass(frozen=True)
class Figure:
    """A number with the sentence below it."""

    name: str
    value: str
    note: str
    before: str


@dataclass(frozen=True)
class Drawing:
    """A plot, what it says in words, and the table of what it shows."""

    key: str
    title: str
    sentence: str
    plot: Plot
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    has_marks: bool = False
    has_parts: bool = False
    has_hollow: bool = False


def days_of(period: Period) -> str:
    if period.first == period.last:
        return long_date(period.first)
    return _("%(first)s to %(last)s") % {
        "first": long_date(period.first),
        "last": long_date(period.last),
    }


def figures_of(numbers: Numbers) -> list[Figure]:
    now, before = numbers.now, numbers.before
    return [
        Figure(
            _("Enrollments"),
            f"{now.enrolled:,}",
            "",
            _compared(now.enrolled, before.enrolled if before else None),
        ),
        Figure(
            _("Completions"),
            f"{now.completed:,}",
            "",
            _compared(now.completed, before.completed if before else None),
        ),
        Figure(
            _("Time to complete"),
            _median(numbers.times),
            _quartiles(numbers.times),
            _("before: %(median)s") % {"median": _median(numbers.times_before)}
            if before and numbers.times_before.count
            else "",
        ),
        Figure(
            _("Passed at the first try"),
            share(now.passed, now.tried),
            _tries(now.passed, now.tried),
            _("before: %(share)s") % {"share": share(before.passed, before.tried)}
            if before and before.tried
            else "",
        ),
    ]


def _compared(now: int, before: int | None) -> str:
    if before is None:
        return ""
    if now == before:
        return _("as many as before") if now else _("none before either")
    words = (
        _("%(count)s more than before (%(before)s)")
        if now > before
        else _("%(count)s fewer than before (%(before)s)")
    )
    return words % {"count": f"{abs(now - before):,}", "before": f"{before:,}"}


def _median(times: Times) -> str:
    return in_days(times.median)


def _quartiles(times: Times) -> str:
    if not times.count:
        return ""
    if times.median is None:
        return ngettext(
            "%(count)s completion is too few to say.",
            "%(count)s completions are too few to say.",
            times.count,
        ) % {"count": times.count}
    if times.lower is None or times.upper is None:
        return _("Half took no longer.")
    if times.lower == times.upper:
        return _("Half took no longer; most took as long.")
    return _("Half took no longer; the middle half took from %(lower)s to %(upper)s.") % {
        "lower": in_days(times.lower),
        "upper": in_days(times.upper),
    }


def _tries(passed: int, tried: int) -> str:
    if not tried:
        return _("Nobody took a quiz.")
    if tried < FEWEST_FOR_PERCENT:
        return _("First tries at quizzes that count.")
    return _("%(passed)s of %(tried)s first tries at quizzes that count.") % {
        "passed": f"{passed:,}",
        "tried": f"{tried:,}",
    }


def drawings_of(numbers: Numbers) -> list[Drawing]:
    labels = [short_label(each.bar, numbers.step) for each in numbers.bars]
    parts = [each.bar.is_part for each in numbers.bars]
    drawings = []
    for key, title, of in (
        ("enrolled", _("Enrollments"), lambda counts: counts.enrolled),
        ("completed", _("Completions"), lambda counts: counts.completed),
    ):
        values = [of(each.now) for each in numbers.bars]
        before = [of(each.before) if each.before else 0 for each in numbers.bars]
        has_before = numbers.before is not None
        drawings.append(
            Drawing(
                key=key,
                title=title,
                sentence=_most(values, numbers),
                plot=bar_plot(
                    values, labels=labels, before=before if has_before else None, parts=parts
                ),
                columns=[_("Days"), title, *([_("Before")] if has_before else [])],
                rows=[
                    [
                        days_of(each.bar.period),
                        f"{value:,}",
                        *([f"{earlier:,}"] if has_before else []),
                    ]
                    for each, value, earlier in zip(numbers.bars, values, before, strict=True)
                ],
                has_marks=has_before,
                has_parts=any(parts),
            )
        )
    drawings.append(_passed(numbers, labels))
    drawings.append(_times(numbers))
    return drawings


def _most(values: Sequence[int], numbers: Numbers) -> str:
    if not any(values):
        return _("None in this time.")
    place = max(range(len(values)), key=values.__getitem__)
    return _("The most, %(count)s, in %(when)s.") % {
        "count": f"{values[place]:,}",
        "when": long_label(numbers.bars[place].bar, numbers.step),
    }


def _passed(numbers: Numbers, labels: Sequence[str]) -> Drawing:
    shares = [(each.now.passed, each.now.tried) for each in numbers.bars]
    return Drawing(
        key="passed",
        title=_("Passed at the first try"),
        sentence=_tries(numbers.now.passed, numbers.now.tried),
        plot=share_plot(shares, labels=labels, fewest=FEWEST_FOR_PERCENT),
        columns=[_("Days"), _("First tries"), _("Passed"), _("Share")],
        rows=[
            [days_of(each.bar.period), f"{tried:,}", f"{passed:,}", share(passed, tried)]
            for each, (passed, tried) in zip(numbers.bars, shares, strict=True)
        ],
        has_hollow=any(0 < tried < FEWEST_FOR_PERCENT for _passed, tried in shares),
    )


def _times(numbers: Numbers) -> Drawing:
    now, before = by_span(numbers.days), by_span(numbers.days_before)
    has_before = numbers.before is not None
    return Drawing(
        key="times",
        title=_("Days to complete"),
        sentence=_quartiles(numbers.times) or _("Nobody completed a course in this time."),
        plot=bar_plot(
            [count for _label, count in now],
            labels=[_("< 1 day") if not place else label for place, (label, _c) in enumerate(now)],
            before=[count for _label, count in before] if has_before else None,
        ),
        columns=[_("Days"), _("Completions"), *([_("Before")] if has_before else [])],
        rows=[
            [label, f"{count:,}", *([f"{earlier:,}"] if has_before else [])]
            for (label, count), (_label, earlier) in zip(now, before, strict=True)
        ],
        has_marks=has_before,
    )


def short_label(bar: Bar, step: Step) -> str:
    first = bar.period.first
    if step == Step.YEAR:
        return str(first.year)
    if step == Step.MONTH:
        return f"{first:%b} {first:%y}"
    return f"{first:%b} {first.day}"


def long_label(bar: Bar, step: Step) -> str:
    first = bar.period.first
    if step == Step.YEAR:
        return str(first.year)
    if step == Step.MONTH:
        return f"{first:%B} {first.year}"
    return _("the week of %(day)s") % {"day": long_date(first)}


def course_rows(numbers: Numbers) -> list[dict[str, Any]]:
    return [
        {
            "course": each,
            "enrolled": f"{each.now.enrolled:,}",
            "completed": f"{each.now.completed:,}",
            "median": in_days(each.times.median),
            "passed": share(each.now.passed, each.now.tried),
            "enrolled_before": _before(each.before.enrolled, numbers),
            "completed_before": _before(each.before.completed, numbers),
        }
        for each in numbers.courses
    ]


def _before(count: int, numbers: Numbers) -> str:
    return f"{count:,}" if numbers.before is not None else NOTHING


def in_words(course: CourseNumbers) -> str:
    """One line for the desk of an instructor; empty where nothing happened."""
    if course.now.is_nothing:
        return ""
    now, times = course.now, course.times
    said = [
        _("%(count)s enrolled") % {"count": f"{now.enrolled:,}"},
        _("%(count)s completed") % {"count": f"{now.completed:,}"},
    ]
    if times.median is not None:
        said.append(
            _("half of them within a day")
            if times.median == 0
            else _("half of them in %(days)s or less") % {"days": in_days(times.median)}
        )
    if now.tried:
        said.append(
            _("%(share)s passed quizzes at the first try") % {"share": share(now.passed, now.tried)}
        )
    return ", ".join(said)


# ---- tables to take along


def table_of_days(numbers: Numbers) -> tuple[list[str], list[list[Any]]]:
    columns = [
        "from", "to", "enrolled", "completed", "first_tries", "passed_at_first_try",
        "enrolled_before", "completed_before", "first_tries_before", "passed_before",
    ]  # fmt: skip
    rows: list[list[Any]] = []
    for each in numbers.bars:
        before = each.before
        rows.append(
            [
                each.bar.period.first,
                each.bar.period.last,
                each.now.enrolled,
                each.now.completed,
                each.now.tried,
                each.now.passed,
                *(
                    [before.enrolled, before.completed, before.tried, before.passed]
                    if before
                    else [""] * 4
                ),
            ]
        )
    return columns, rows


def table_of_courses(numbers: Numbers) -> tuple[list[str], list[list[Any]]]:
    columns = [
        "course", "title", "enrolled", "completed", "first_tries", "passed_at_first_try",
        "days_to_complete_lower_quartile", "days_to_complete_median",
        "days_to_complete_upper_quartile", "enrolled_before", "completed_before",
    ]  # fmt: skip
    return columns, [_course_row(each, numbers) for each in numbers.courses]


def _course_row(course: CourseNumbers, numbers: Numbers) -> list[Any]:
    times = course.times
    has_before = numbers.before is not None
    return [
        course.slug,
        course.title,
        course.now.enrolled,
        course.now.completed,
        course.now.tried,
        course.now.passed,
        times.lower,
        times.median,
        times.upper,
        course.before.enrolled if has_before else "",
        course.before.completed if has_before else "",
    ]
