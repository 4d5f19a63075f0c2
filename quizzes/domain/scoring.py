"""Points, percent and passing: pure, exact arithmetic.

Shares are fractions, so that three thirds are one. What is stored and shown is rounded by one
function, always down to two places: a page never says 80 % to somebody who has 79.996 %.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class ScoredItem:
    position: int
    share: Fraction
    """Of the points, 0 to 1."""
    points_possible: Decimal


@dataclass(frozen=True)
class Score:
    points: Decimal
    points_possible: Decimal
    percent: Decimal
    """0 to 100."""
    is_passed: bool
    points_by_position: dict[int, Decimal]


def rounded(value: Fraction) -> Decimal:
    """Down to two places."""
    return Decimal(value.numerator * 100 // value.denominator).scaleb(-2)


def score(items: Iterable[ScoredItem], *, pass_percent: Decimal) -> Score:
    """Add up an attempt. Passing compares the exact points, before any rounding.

    Errors: TypeError for points or a pass mark that is not a Decimal, ValueError for a share
    outside 0 to 1 and for an attempt without points.
    """
    if not isinstance(pass_percent, Decimal):
        raise TypeError("The pass mark must be a Decimal.")
    earned = possible = Fraction(0)
    by_position = {}
    for item in items:
        if not isinstance(item.points_possible, Decimal):
            raise TypeError("Points must be a Decimal.")
        if not 0 <= item.share <= 1:
            raise ValueError(f"Question {item.position} was graded {item.share}, not 0 to 1.")
        points = item.share * Fraction(item.points_possible)
        by_position[item.position] = rounded(points)
        earned += points
        possible += Fraction(item.points_possible)
    if not possible:
        raise ValueError("There is nothing to score.")
    return Score(
        points=rounded(earned),
        points_possible=rounded(possible),
        percent=rounded(earned * 100 / possible),
        is_passed=earned * 100 >= Fraction(pass_percent) * possible,
        points_by_position=by_position,
    )
