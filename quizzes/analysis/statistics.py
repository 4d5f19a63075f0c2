"""The formulas of item analysis, from whole-number sums. Pure; None means "cannot be told".

Each is written down with its source in docs/item-analysis.md.
"""

from collections.abc import Sequence
from math import atanh, sqrt, tanh
from typing import Final

# Kelley (1939): with 27 % at each end the difference between them is most certain.
END_SHARE: Final = 0.27
# Of a normal distribution, 95 % lie within so many standard deviations.
_TWO_SIDED: Final = 1.96


def mean(count: int, total: int) -> float | None:
    return total / count if count else None


def variance(count: int, total: int, squares: int) -> float | None:
    """Of a sample: divided by one less than the count."""
    if count < 2:
        return None
    return (count * squares - total * total) / (count * (count - 1))


def deviation(count: int, total: int, squares: int) -> float | None:
    found = variance(count, total, squares)
    return None if found is None else sqrt(found)


def correlation(
    count: int, total: int, squares: int, other: int, other_squares: int, products: int
) -> float | None:
    """Pearson's; None where one of the two does not vary."""
    spread = (count * squares - total * total) * (count * other_squares - other * other)
    if spread <= 0:
        return None
    return (count * products - total * other) / sqrt(spread)


def correlation_interval(found: float, count: int) -> tuple[float, float]:
    """Where the correlation lies with 95 % (Fisher 1921); everything where too few tell."""
    if count < 4 or abs(found) >= 1:
        return -1.0, 1.0
    width = _TWO_SIDED / sqrt(count - 3)
    return tanh(atanh(found) - width), tanh(atanh(found) + width)


def share_interval(part: float, count: int) -> tuple[float, float]:
    """Where a share of so many lies with 95 % (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    square = _TWO_SIDED**2
    middle = (part + square / (2 * count)) / (1 + square / count)
    width = (
        _TWO_SIDED
        / (1 + square / count)
        * sqrt(part * (1 - part) / count + square / (4 * count * count))
    )
    return max(0.0, middle - width), min(1.0, middle + width)


def alpha(item_variances: Sequence[float], total_variance: float) -> float | None:
    """Cronbach's (1951); of questions that are right or wrong, it is KR-20."""
    size = len(item_variances)
    if size < 2 or total_variance <= 0:
        return None
    return size / (size - 1) * (1 - sum(item_variances) / total_variance)


def measurement_error(spread: float, reliability: float) -> float:
    """The standard error of measurement, in the unit of the spread."""
    return spread * sqrt(max(0.0, 1 - reliability))


def end_weights(asked: Sequence[int]) -> tuple[list[float], list[float]] | None:
    """For each band from the weakest on: which part of it belongs to the lower and to the upper
    27 %. The band in which the border falls belongs to it by the part that is still missing.

    None where all are in one band: then nobody is stronger than another.
    """
    if sum(count > 0 for count in asked) < 2:
        return None
    lower = _from_the_start(asked)
    return lower, _from_the_start(asked[::-1])[::-1]


def _from_the_start(asked: Sequence[int]) -> list[float]:
    missing = END_SHARE * sum(asked)
    weights = []
    for count in asked:
        part = min(1.0, missing / count) if count else 0.0
        weights.append(part)
        missing = max(0.0, missing - count)
    return weights


def weighted_share(counts: Sequence[int], asked: Sequence[int], weights: Sequence[float]) -> float:
    """Of the learners in the weighted bands, the share that is counted."""
    whole = sum(weight * count for weight, count in zip(weights, asked, strict=True))
    part = sum(weight * count for weight, count in zip(weights, counts, strict=True))
    return part / whole if whole else 0.0
