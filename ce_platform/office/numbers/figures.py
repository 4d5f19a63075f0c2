"""What counts say: shares, differences and times, honest where there are few. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

FEWEST_FOR_PERCENT: Final = 10
"""One more or one less would change a percentage of fewer by more than ten points."""
FEWEST_FOR_MEDIAN: Final = 4
NOTHING: Final = "—"


@dataclass(frozen=True)
class Counts:
    enrolled: int = 0
    completed: int = 0
    tried: int = 0
    passed: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.enrolled + other.enrolled,
            self.completed + other.completed,
            self.tried + other.tried,
            self.passed + other.passed,
        )

    @property
    def is_nothing(self) -> bool:
        return self == Counts()


def share(part: int, whole: int) -> str:
    """“87 %”; “3 of 4” where there are few; a dash where there is nothing."""
    if not whole:
        return NOTHING
    if whole < FEWEST_FOR_PERCENT:
        return f"{part} of {whole}"
    return f"{percent(part, whole)} %"


def percent(part: int, whole: int) -> int:
    """Rounded, but all is said of all only, and none of none."""
    rounded = int(Fraction(100 * part, whole) + Fraction(1, 2))
    if 0 < part < whole:
        return min(max(rounded, 1), 99)
    return rounded


@dataclass(frozen=True)
class Times:
    """Whole days from enrolling to completing; quartiles are days that somebody really took."""

    count: int
    lower: int | None = None
    median: int | None = None
    upper: int | None = None


def times_of(days: Mapping[int, int]) -> Times:
    """`days`: days taken → how many. Nearest rank: the smallest number of days within which at
    least a quarter, a half, three quarters were done."""
    count = sum(days.values())
    if count < FEWEST_FOR_MEDIAN:
        return Times(count)
    median = _within(days, Fraction(1, 2) * count)
    if count < FEWEST_FOR_PERCENT:
        return Times(count, median=median)
    return Times(
        count,
        lower=_within(days, Fraction(1, 4) * count),
        median=median,
        upper=_within(days, Fraction(3, 4) * count),
    )


def _within(days: Mapping[int, int], rank: Fraction) -> int:
    reached = 0
    for day in sorted(days):
        reached += days[day]
        if reached >= rank:
            return day
    raise ValueError("There are no days.")


def in_days(days: int | None) -> str:
    """“within a day”, “12 days”."""
    if days is None:
        return NOTHING
    if days == 0:
        return "under a day"
    return "1 day" if days == 1 else f"{days:,} days"


SPANS: Final = (
    ("under a day", 0, 0),
    ("1 day", 1, 1),
    ("2–3", 2, 3),
    ("4–7", 4, 7),
    ("8–14", 8, 14),
    ("15–30", 15, 30),
    ("31–90", 31, 90),
    ("over 90", 91, None),
)
"""Days taken as bars: (label, from, to)."""


def by_span(days: Mapping[int, int]) -> list[tuple[str, int]]:
    return [
        (
            label,
            sum(
                count
                for day, count in days.items()
                if day >= first and (last is None or day <= last)
            ),
        )
        for label, first, last in SPANS
    ]
