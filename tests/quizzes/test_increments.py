"""What one graded attempt adds to the running sums: pure arithmetic."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.domain.increments import (
    CountedAttempt,
    CountedItem,
    Increments,
    increments_of,
    named_keys,
    seconds_of,
    stored_key,
)

START = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def item(
    revision_id: int,
    points: str = "1",
    *,
    of: str = "1",
    keys: list[str] | None = None,
    after: int | None = None,
) -> CountedItem:
    return CountedItem(
        revision_id=revision_id,
        points=Decimal(points),
        points_possible=Decimal(of),
        keys=keys,
        saved_at=None if after is None else START + timedelta(seconds=after),
    )


def attempt(*items: CountedItem, number: int = 1, percent: str = "66.66") -> CountedAttempt:
    return CountedAttempt(
        quiz_id=7,
        number=number,
        percent=Decimal(percent),
        is_passed=False,
        started_at=START,
        items=items,
    )


def test_first_try_counts_everything() -> None:
    found = increments_of(
        attempt(
            item(1, keys=["b"], after=20),
            item(2, keys=["a"], after=65, points="0.33"),
            item(3, points="0"),
        )
    )

    assert found.quizzes == {(7, 1): (1, 0, 6666, 6666 * 6666)}
    assert found.questions == {
        # Asked, answered, right; share and its square; rest and its square; their product; time.
        (7, 1, True): (1, 1, 1, 10_000, 10**8, 1650, 1650**2, 10_000 * 1650, 1, 20),
        (7, 2, True): (1, 1, 0, 3300, 3300**2, 5000, 5000**2, 3300 * 5000, 1, 45),
        (7, 3, True): (1, 0, 0, 0, 0, 6650, 6650**2, 0, 0, 0),
    }
    assert found.choices == {
        (7, 1, "", 1): (1,),
        (7, 1, "=", 1): (1,),
        (7, 1, "b", 1): (1,),
        (7, 2, "", 5): (1,),
        (7, 2, "a", 5): (1,),
        (7, 3, "", 6): (1,),
    }


def test_later_try_counts_no_choices() -> None:
    found = increments_of(attempt(item(1, keys=["b"]), number=2))

    assert list(found.quizzes) == [(7, 2)]
    assert list(found.questions) == [(7, 1, False)]
    assert found.choices == {}


def test_tries_from_the_fifth_on_are_counted_together() -> None:
    assert list(increments_of(attempt(item(1), number=9)).quizzes) == [(7, 5)]


def test_one_question_has_no_rest() -> None:
    (amounts,) = increments_of(attempt(item(1))).questions.values()

    assert amounts[5:8] == (0, 0, 0)


def test_points_weigh_in_the_rest() -> None:
    found = increments_of(attempt(item(1), item(2, "3", of="3"), item(3, "0")))

    assert found.questions[7, 1, True][5] == 7500


def test_time_goes_from_save_to_save_in_the_order_of_saving() -> None:
    found = seconds_of(
        attempt(item(1, keys=["a"], after=90), item(2, keys=["a"], after=30), item(3, keys=["a"]))
    )

    assert found == {2: 30, 1: 60}


def test_long_absence_counts_ten_minutes() -> None:
    assert seconds_of(attempt(item(1, keys=["a"], after=86_400))) == {1: 600}


def test_answers_sent_together_have_no_time() -> None:
    found = seconds_of(
        attempt(
            item(1, keys=["a"], after=90),
            item(2, keys=["a"], after=90),
            item(3, keys=["a"], after=100),
        )
    )

    assert found == {3: 10}


def test_answer_taken_back_has_no_time() -> None:
    assert seconds_of(attempt(item(1, after=90), item(2, keys=["a"], after=100))) == {2: 100}


def test_keys_without_a_name_are_one() -> None:
    assert named_keys(["a", "typed", "other"], {"a": "A", "b": "B"}) == ["*", "a"]


@pytest.mark.parametrize("key", ["", "=", "*", "x" * 81])
def test_key_that_is_ours_or_does_not_fit_is_stored_by_its_hash(key: str) -> None:
    [stored] = named_keys([key], {key: "Named"})

    assert stored not in ("", "=", "*")
    assert stored == stored_key(key) == stored_key(stored)


attempts = st.builds(
    attempt,
    st.builds(
        item,
        st.just(1),
        st.sampled_from(["0", "0.33", "0.5", "1"]),
        keys=st.sampled_from([None, ["a"], ["a", "b"]]),
        after=st.integers(0, 2_000),
    ),
    st.builds(item, st.just(2), st.sampled_from(["0", "2"]), of=st.just("2")),
    number=st.integers(1, 7),
    percent=st.decimals(0, 100, places=2).map(str),
)


def total(many: list[CountedAttempt]) -> Increments:
    found = Increments()
    for each in many:
        found.add(increments_of(each))
    return found


@given(st.lists(attempts, max_size=6), st.randoms(use_true_random=False))
def test_order_of_attempts_does_not_matter(many: list[CountedAttempt], random) -> None:  # type: ignore[no-untyped-def]
    mixed = list(many)
    random.shuffle(mixed)

    assert total(mixed) == total(many)


@given(st.lists(attempts, max_size=4), attempts)
def test_attempt_that_is_taken_out_leaves_nothing(
    many: list[CountedAttempt], one: CountedAttempt
) -> None:
    found = total([one, *many])

    found.add(increments_of(one), sign=-1)

    assert found == total(many)
