"""The small linear program, against trying out every placing."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ce_platform.licensing.renewal.allocation import Limit, Piece, Slot, allocate
from ce_platform.licensing.renewal.program import maximize


def test_the_worthier_amount_takes_the_room() -> None:
    both, first = frozenset({0, 1}), frozenset({0})

    assert maximize([2, 1], [(both, 10), (first, 4)]) == [4, 6]
    assert maximize([1, 2], [(both, 10), (first, 4)]) == [0, 10]
    assert maximize([], []) == []


def test_three_limits_over_pairs_meet_in_halves() -> None:
    """The one pattern in which no placing in whole numbers is the best."""
    pairs = [(frozenset({0, 1}), 1), (frozenset({1, 2}), 1), (frozenset({0, 2}), 1)]

    assert sum(maximize([1, 1, 1], pairs)) * 2 == 3


def test_an_amount_without_a_limit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="without any limit"):
        maximize([1], [])


def test_first_come_first_served_would_lose_hours() -> None:
    """The ethics fit both slots, the business only the free one: placed greedily into the free
    slot, two hours of business would find no room."""
    slots = [Slot("Ethics", Decimal(2), True), Slot("Any subject", Decimal(2), False)]
    ethics = Piece("ethics", Decimal(2), frozenset({0, 1}), frozenset())
    business = Piece("business", Decimal(2), frozenset({1}), frozenset())

    for pieces in ([ethics, business], [business, ethics]):
        assert allocate(pieces, slots, [], Decimal(4)).total == 4


_sets = st.frozensets(st.integers(0, 1))
_pieces = st.lists(
    st.builds(Piece, st.just("x"), st.integers(0, 3).map(Decimal), _sets, _sets, st.integers(0, 2)),
    max_size=3,
)
_rooms = st.lists(st.integers(0, 3).map(Decimal), min_size=2, max_size=2)


@settings(max_examples=60, deadline=None)
@given(pieces=_pieces, rooms=_rooms, bounds=_rooms, most=st.integers(0, 5).map(Decimal))
def test_no_placing_is_better_and_every_limit_holds(
    pieces: list[Piece], rooms: list[Decimal], bounds: list[Decimal], most: Decimal
) -> None:
    slots = [Slot("required", rooms[0], True), Slot("free", rooms[1], False)]
    limits = [Limit(str(place), bound, "") for place, bound in enumerate(bounds)]

    placed = allocate(pieces, slots, limits, most)

    assert placed.total >= _best(pieces, rooms, bounds, most)
    assert placed.total <= most
    for place, piece in enumerate(pieces):
        assert placed.of_piece(place) <= piece.hours
    for slot, room in enumerate(rooms):
        assert placed.in_slot(slot) <= room
    for limit, bound in enumerate(bounds):
        assert placed.under_limit(limit) <= bound
    assert all(slot in pieces[piece].slots for piece, slot in placed.placed)


def _best(
    pieces: list[Piece], rooms: list[Decimal], bounds: list[Decimal], most: Decimal
) -> Decimal:
    """By trying out every placing in whole hours."""
    best = Decimal(0)
    cells = [(place, slot) for place, piece in enumerate(pieces) for slot in sorted(piece.slots)]
    for amounts in product(range(4), repeat=len(cells)):
        filled = dict(zip(cells, amounts, strict=True))
        of = [sum(n for (at, _), n in filled.items() if at == place) for place in range(3)]
        into = [sum(n for (_, at), n in filled.items() if at == slot) for slot in range(2)]
        under = [
            sum(of[place] for place, piece in enumerate(pieces) if limit in piece.limits)
            for limit in range(2)
        ]
        if (
            all(of[place] <= piece.hours for place, piece in enumerate(pieces))
            and all(n <= room for n, room in zip(into, rooms, strict=True))
            and all(n <= bound for n, bound in zip(under, bounds, strict=True))
            and sum(of) <= most
        ):
            best = max(best, Decimal(sum(of)))
    return best
