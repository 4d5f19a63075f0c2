"""A small linear program, solved exactly: maximize worth under limits, in whole numbers.

Every limit is “the sum of these amounts is at most so much”, so nothing at all is always a
solution and the simplex method starts there. Bland's rule keeps it from going round in circles.
Numbers are integers and, where a division leaves a rest, fractions: no rounding anywhere.
"""

from collections.abc import Sequence
from fractions import Fraction

Number = int | Fraction


def maximize(worth: Sequence[int], limits: Sequence[tuple[frozenset[int], int]]) -> list[Number]:
    """Amounts ≥ 0 with the greatest sum of worth × amount. A limit is (which amounts, most)."""
    count = len(worth)
    rows: list[list[Number]] = []
    for place, (members, most) in enumerate(limits):
        row: list[Number] = [1 if column in members else 0 for column in range(count)]
        row += [1 if place == other else 0 for other in range(len(limits))]
        rows.append([*row, most])
    goal: list[Number] = [*(-each for each in worth), *([0] * (len(limits) + 1))]
    basis = [count + place for place in range(len(limits))]
    while (column := next((at for at, each in enumerate(goal[:-1]) if each < 0), None)) is not None:
        leaving = _leaving(rows, basis, column)
        if leaving is None:
            raise ValueError("An amount without any limit.")
        _pivot(rows, goal, leaving, column)
        basis[leaving] = column
    amounts: list[Number] = [0] * count
    for row, variable in zip(rows, basis, strict=True):
        if variable < count:
            amounts[variable] = row[-1]
    return amounts


def _leaving(rows: list[list[Number]], basis: list[int], column: int) -> int | None:
    """The row that stops the amount first; of equals the one of the lowest variable."""
    best: tuple[Number, int, int] | None = None
    for place, row in enumerate(rows):
        if row[column] > 0:
            found = (_divided(row[-1], row[column]), basis[place], place)
            if best is None or found < best:
                best = found
    return None if best is None else best[2]


def _pivot(rows: list[list[Number]], goal: list[Number], leaving: int, column: int) -> None:
    by = rows[leaving][column]
    pivot = rows[leaving] if by == 1 else [_divided(each, by) for each in rows[leaving]]
    rows[leaving] = pivot
    filled = [at for at, each in enumerate(pivot) if each]
    for row in (*rows[:leaving], *rows[leaving + 1 :], goal):
        factor = row[column]
        if factor:
            for at in filled:
                row[at] -= factor * pivot[at]


def _divided(value: Number, by: Number) -> Number:
    if by == 1:
        return value
    found = Fraction(value) / by
    return found.numerator if found.denominator == 1 else found
