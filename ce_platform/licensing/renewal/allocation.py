"""Where hours go: categories with room, limits over them, and the best way to fill them.

Not first come, first served: a greedy filling loses hours as soon as one hour could fill either of
two categories. All hours are placed at once, by a linear program (docs/decisions/0030), whose worth
is, in this order: the hours that count, those that fill a required category, those already earned,
those that come first in the list.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from ce_platform.licensing.renewal.program import maximize

# Hours are kept to the hundredth, as the database keeps them.
UNIT = 100
WORTH_OF_COUNTING = 10**14
WORTH_OF_REQUIRED = 10**7
# More than any sum of hours anybody collects; stands for “no limit”.
BOUNDLESS = Decimal(10_000)


class Mode(StrEnum):
    IN_PERSON = "in-person"
    HOME = "home"
    UNKNOWN = "unknown"
    """A live online class where nobody knows how the body counts it."""


@dataclass(frozen=True)
class Slot:
    """Room for hours: a category with a minimum, or what the minimums leave free."""

    name: str
    hours: Decimal
    is_required: bool


@dataclass(frozen=True)
class Limit:
    """At most so many hours of those that belong to it. `sentence` says it in full."""

    name: str
    hours: Decimal
    sentence: str


@dataclass(frozen=True)
class Piece:
    """Hours of one subject of one credit, with the slots they fit and the limits they count
    against (places in the lists). `rank`: 2 earned, 1 planned, 0 asked about."""

    owner: str
    hours: Decimal
    slots: frozenset[int]
    limits: frozenset[int]
    rank: int = 2
    order: int = 0


@dataclass(frozen=True)
class Allocation:
    """Hours by (piece, slot), and what that makes of slots and limits."""

    placed: Mapping[tuple[int, int], Decimal]
    slots: Sequence[Slot]
    limits: Sequence[Limit]
    pieces: Sequence[Piece]

    @property
    def total(self) -> Decimal:
        return sum(self.placed.values(), Decimal(0))

    def of_piece(self, piece: int) -> Decimal:
        return self._by_piece.get(piece, Decimal(0))

    @cached_property
    def _by_piece(self) -> dict[int, Decimal]:
        found: dict[int, Decimal] = {}
        for (at, _), hours in self.placed.items():
            found[at] = found.get(at, Decimal(0)) + hours
        return found

    def of_owners(self, owners: Set[str]) -> Decimal:
        return self._sum(lambda piece, slot: piece.owner in owners)

    def in_slot(self, slot: int, owners: Set[str] | None = None) -> Decimal:
        return self._sum(lambda piece, at: at == slot and (owners is None or piece.owner in owners))

    def under_limit(self, limit: int, owners: Set[str] | None = None) -> Decimal:
        return self._sum(
            lambda piece, at: limit in piece.limits and (owners is None or piece.owner in owners)
        )

    def _sum(self, belongs: Callable[[Piece, int], bool]) -> Decimal:
        return sum(
            (hours for (at, slot), hours in self.placed.items() if belongs(self.pieces[at], slot)),
            Decimal(0),
        )


@dataclass(frozen=True)
class _Sort:
    """Pieces that are alike to every slot and limit; their hours are placed together."""

    rank: int
    slots: tuple[int, ...]
    limits: tuple[int, ...]


def allocate(
    pieces: Sequence[Piece], slots: Sequence[Slot], limits: Sequence[Limit], most: Decimal
) -> Allocation:
    """Place as many hours as can count, at most `most` in all."""
    sorts: dict[_Sort, list[int]] = {}
    for place, piece in enumerate(pieces):
        if piece.slots and piece.hours > 0:
            sort = _Sort(-piece.rank, tuple(sorted(piece.slots)), tuple(sorted(piece.limits)))
            sorts.setdefault(sort, []).append(place)
    kinds = sorted(sorts, key=lambda sort: (sort.rank, sort.slots, sort.limits))
    cells = [(kind, slot) for kind in range(len(kinds)) for slot in kinds[kind].slots]
    if not cells:
        return Allocation({}, slots, limits, pieces)
    amounts = maximize(
        [_worth(kinds[kind], slots[slot]) for kind, slot in cells],
        _rows(kinds, sorts, cells, pieces, slots, limits, most),
    )
    placed: dict[tuple[int, int], Decimal] = {}
    left = {place: pieces[place].hours for place in range(len(pieces))}
    # Required slots come before free ones in the list, earlier pieces before later ones.
    for (kind, slot), amount in zip(cells, amounts, strict=True):
        open_hours = Decimal(amount.numerator) / Decimal(amount.denominator) / UNIT
        for place in sorted(sorts[kinds[kind]], key=lambda at: (pieces[at].order, at)):
            taken = min(left[place], open_hours)
            if taken > 0:
                placed[place, slot] = taken
                left[place] -= taken
                open_hours -= taken
    return Allocation(placed, slots, limits, pieces)


def _worth(kind: _Sort, slot: Slot) -> int:
    return WORTH_OF_COUNTING + (WORTH_OF_REQUIRED if slot.is_required else 0) - kind.rank


def _rows(
    kinds: Sequence[_Sort],
    sorts: Mapping[_Sort, Sequence[int]],
    cells: Sequence[tuple[int, int]],
    pieces: Sequence[Piece],
    slots: Sequence[Slot],
    limits: Sequence[Limit],
    most: Decimal,
) -> list[tuple[frozenset[int], int]]:
    rows: list[tuple[list[int], Decimal]] = [(list(range(len(cells))), most)]
    for kind, sort in enumerate(kinds):
        there = sum((pieces[place].hours for place in sorts[sort]), Decimal(0))
        rows.append(([at for at, cell in enumerate(cells) if cell[0] == kind], there))
    for slot, room in enumerate(slots):
        rows.append(([at for at, cell in enumerate(cells) if cell[1] == slot], room.hours))
    for limit, bound in enumerate(limits):
        rows.append(
            ([at for at, cell in enumerate(cells) if limit in kinds[cell[0]].limits], bound.hours)
        )
    return [
        (frozenset(members), int(max(hours, Decimal(0)) * UNIT))
        for members, hours in rows
        if members
    ]
