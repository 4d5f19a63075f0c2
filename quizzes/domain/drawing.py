"""Which questions an attempt asks, in which order: pure, by seed.

Questions of one case are a unit: all of them are drawn or none, and they stand together in the
author's order. A draw counts questions, and hits its number exactly wherever units allow it.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from quizzes.question_types.base import AUTHORED_ORDER, ordered_by_seed

_NEVER: Final = 1 << 30


@dataclass(frozen=True)
class PoolEntry:
    revision_id: int
    question_key: UUID
    draw: UUID | None = None
    """The key of the draw it comes by; None: the author put it in."""
    case: str = ""
    """The id of its case."""


@dataclass(frozen=True)
class DrawnItem:
    position: int
    revision_id: int
    seed: int


Unit = tuple[PoolEntry, ...]


def draw(
    pool: Sequence[PoolEntry],
    *,
    seed: int,
    count: int | None,
    is_shuffled: bool,
    seen: Collection[UUID] = (),
    draws: Sequence[tuple[UUID, int]] = (),
) -> list[DrawnItem]:
    """The items of one attempt: `count` of what the author put in (None: all of it), and of every
    draw as many as it says (key, count). Questions not yet `seen` are drawn first.

    The order depends on the keys of the questions, so the same seed and pool give the same items.
    """
    fixed = [entry for entry in pool if entry.draw is None]
    chosen = set(fixed)
    if count is not None:
        chosen = _some(fixed, count, _derived(seed, "draw"), seen)
    for key, number in draws:
        of_draw = [entry for entry in pool if entry.draw == key]
        chosen |= _some(of_draw, number, _derived(seed, f"draw/{key}"), seen)
    units = _units([entry for entry in pool if entry in chosen])
    if is_shuffled:
        units = ordered_by_seed(units, _derived(seed, "order"), names=_names(units))
    return [
        DrawnItem(
            position=position,
            revision_id=entry.revision_id,
            seed=_derived(seed, str(entry.question_key)) if is_shuffled else AUTHORED_ORDER,
        )
        for position, entry in enumerate((each for unit in units for each in unit), start=1)
    ]


def given_by(sizes: Iterable[int], count: int) -> int:
    """How many questions a draw of `count` gives out of units of these sizes: `count` where that
    is possible, else as many as possible below it, else as few as possible above it."""
    sums = 1  # The bit n is set when some of the units have n questions together.
    for size in sizes:
        sums |= sums << size
    below = sums & ((2 << count) - 1)
    if below > 1:
        return below.bit_length() - 1
    above = sums >> 1
    return (above & -above).bit_length()


def unit_sizes(pool: Iterable[PoolEntry]) -> list[int]:
    return [len(unit) for unit in _units(pool)]


def _units(pool: Iterable[PoolEntry]) -> list[Unit]:
    """A case stands where its first question stands."""
    found: dict[tuple[str, int], list[PoolEntry]] = {}
    for entry in pool:
        name = (entry.case, 0) if entry.case else ("", entry.revision_id)
        found.setdefault(name, []).append(entry)
    return [tuple(entries) for entries in found.values()]


def _names(units: Iterable[Unit]) -> list[str]:
    return [f"case:{unit[0].case}" if unit[0].case else str(unit[0].question_key) for unit in units]


def _some(
    pool: Sequence[PoolEntry], count: int, seed: int, seen: Collection[UUID]
) -> set[PoolEntry]:
    units = _units(pool)
    count = given_by((len(unit) for unit in units), count)
    if count == len(pool):
        return set(pool)
    mixed = ordered_by_seed(units, seed, names=_names(units))
    known = [sum(entry.question_key in seen for entry in unit) for unit in mixed]
    # least[i][n]: how many seen questions there must be among n out of the units from i on.
    least = [[0] + [_NEVER] * count]
    for unit, cost in zip(reversed(mixed), reversed(known), strict=True):
        size, without = len(unit), least[-1]
        least.append(
            [
                min(without[n], without[n - size] + cost) if n >= size else without[n]
                for n in range(count + 1)
            ]
        )
    least.reverse()
    chosen: set[PoolEntry] = set()
    for place, unit in enumerate(mixed):
        size = len(unit)
        # The first units of the mixture are taken wherever that costs nothing.
        if size <= count and least[place + 1][count - size] + known[place] == least[place][count]:
            chosen.update(unit)
            count -= size
    return chosen


def _derived(seed: int, purpose: str) -> int:
    """A seed of its own for each purpose, never the one that keeps the authored order."""
    digest = hashlib.blake2b(f"{seed}/{purpose}".encode(), digest_size=7).digest()
    return int.from_bytes(digest) or 1
