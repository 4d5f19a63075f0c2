from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.domain.drawing import DrawnItem, PoolEntry, draw, given_by, unit_sizes

POOL = [PoolEntry(revision_id=100 + n, question_key=UUID(int=n)) for n in range(12)]
seeds = st.integers(min_value=0, max_value=2**62)


def revisions(drawn: list[DrawnItem]) -> list[int]:
    return [item.revision_id for item in drawn]


def test_without_shuffling_all_come_in_the_authors_order() -> None:
    drawn = draw(POOL, seed=5, count=None, is_shuffled=False)

    assert revisions(drawn) == [entry.revision_id for entry in POOL]
    assert {item.seed for item in drawn} == {0}


def test_without_shuffling_a_draw_keeps_the_authors_order() -> None:
    drawn = revisions(draw(POOL, seed=5, count=4, is_shuffled=False))

    assert len(drawn) == 4
    assert drawn == sorted(drawn)


@given(seeds, st.none() | st.integers(1, 20), st.booleans())
def test_the_same_seed_draws_the_same(seed: int, count: int | None, is_shuffled: bool) -> None:
    once = draw(POOL, seed=seed, count=count, is_shuffled=is_shuffled)
    again = draw(POOL, seed=seed, count=count, is_shuffled=is_shuffled)

    assert once == again
    assert len(set(revisions(once))) == len(once) == min(count or 12, 12)
    assert [item.position for item in once] == list(range(1, len(once) + 1))
    assert all((item.seed > 0) is is_shuffled for item in once)


@given(seeds, st.sets(st.integers(0, 11)), st.integers(1, 11))
def test_unseen_questions_come_first(seed: int, seen: set[int], count: int) -> None:
    drawn = draw(POOL, seed=seed, count=count, is_shuffled=True, seen={UUID(int=n) for n in seen})

    again = [revision for revision in revisions(drawn) if revision - 100 in seen]
    assert len(again) == max(0, count - (12 - len(seen)))


def test_different_seeds_give_different_orders() -> None:
    orders = {
        tuple(revisions(draw(POOL, seed=seed, count=None, is_shuffled=True))) for seed in range(20)
    }

    assert len(orders) == 20


# ---------------------------------------------------------------- draws and cases

FIXED, FIRST, SECOND = None, UUID(int=100), UUID(int=200)


@dataclass(frozen=True)
class Drawn:
    """A pool of three sources with cases in it, what is asked of it, and what has been seen."""

    pool: list[PoolEntry]
    count: int | None
    draws: list[tuple[UUID, int]]
    seen: set[UUID]
    is_shuffled: bool

    def by(self, seed: int) -> list[PoolEntry]:
        items = draw(
            self.pool,
            seed=seed,
            count=self.count,
            is_shuffled=self.is_shuffled,
            seen=self.seen,
            draws=self.draws,
        )
        by_id = {entry.revision_id: entry for entry in self.pool}
        return [by_id[item.revision_id] for item in items]

    def of(self, source: UUID | None) -> list[PoolEntry]:
        return [entry for entry in self.pool if entry.draw == source]


@st.composite
def pools(choose: st.DrawFn) -> Drawn:
    size = choose(st.integers(1, 12))
    pool = [
        PoolEntry(
            revision_id=number,
            question_key=UUID(int=number),
            draw=choose(st.sampled_from([FIXED, FIRST, SECOND])),
            case=choose(st.sampled_from(["", "", "a", "b", "c"])),
        )
        for number in range(size)
    ]
    return Drawn(
        pool=pool,
        count=choose(st.none() | st.integers(1, 6)),
        draws=[(key, choose(st.integers(1, 6))) for key in (FIRST, SECOND)],
        seen=set(choose(st.lists(st.sampled_from([each.question_key for each in pool])))),
        is_shuffled=choose(st.booleans()),
    )


@given(pools(), seeds)
def test_every_draw_gives_its_number_wherever_cases_allow_it(asked: Drawn, seed: int) -> None:
    drawn = asked.by(seed)

    assert len(set(drawn)) == len(drawn)
    counts = [(FIXED, asked.count), *asked.draws]
    for source, count in counts:
        pool = asked.of(source)
        found = sum(entry.draw == source for entry in drawn)
        if count is None or count >= len(pool):
            assert found == len(pool)
        else:
            assert found == given_by(unit_sizes(pool), count)


@given(pools(), seeds)
def test_cases_are_drawn_whole_and_stand_together_in_the_authors_order(
    asked: Drawn, seed: int
) -> None:
    drawn = asked.by(seed)

    for source in (FIXED, FIRST, SECOND):
        for case in "abc":
            whole = {each for each in asked.of(source) if each.case == case}
            assert whole & set(drawn) in (set(), whole)
    for case in "abc":
        places = [place for place, entry in enumerate(drawn) if entry.case == case]
        assert places == list(range(places[0], places[0] + len(places))) if places else True
        ids = [entry.revision_id for entry in drawn if entry.case == case]
        assert ids == sorted(ids)


@given(pools(), seeds)
def test_the_same_seed_asks_the_same_of_the_same_pool(asked: Drawn, seed: int) -> None:
    assert asked.by(seed) == asked.by(seed)


@given(pools(), seeds)
def test_no_other_choice_of_that_size_has_fewer_seen_questions(asked: Drawn, seed: int) -> None:
    drawn = asked.by(seed)

    for source in (FIRST, SECOND):
        mine = [entry for entry in drawn if entry.draw == source]
        cases: dict[str, list[PoolEntry]] = {}
        for entry in asked.of(source):
            cases.setdefault(entry.case or str(entry.revision_id), []).append(entry)
        units = list(cases.values())
        least = min(
            (
                sum(entry.question_key in asked.seen for unit in chosen for entry in unit)
                for size in range(len(units) + 1)
                for chosen in combinations(units, size)
                if sum(map(len, chosen)) == len(mine)
            ),
            default=0,
        )
        assert sum(entry.question_key in asked.seen for entry in mine) == least


@pytest.mark.parametrize(
    ("sizes", "count", "given_count"),
    [
        ([1, 1, 1], 2, 2),
        ([3, 1, 1], 2, 2),
        ([3, 2], 5, 5),
        ([3, 3], 4, 3),
        ([3, 3], 2, 3),
        ([1, 1], 5, 2),
        ([], 3, 0),
    ],
)
def test_a_draw_that_cannot_be_exact_comes_near(
    sizes: list[int], count: int, given_count: int
) -> None:
    assert given_by(sizes, count) == given_count
