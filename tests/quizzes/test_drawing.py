from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from quizzes.domain.drawing import DrawnItem, PoolEntry, draw

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
