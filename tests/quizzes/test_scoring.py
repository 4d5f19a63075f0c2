from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.domain.scoring import Score, ScoredItem, rounded, score

EIGHTY = Decimal(80)


def items(*shares: Fraction | int, points: str = "1") -> list[ScoredItem]:
    return [
        ScoredItem(position, Fraction(share), Decimal(points))
        for position, share in enumerate(shares, start=1)
    ]


def test_score_adds_up_points_and_percent() -> None:
    assert score(items(1, 1, 0, Fraction(2, 3)), pass_percent=EIGHTY) == Score(
        points=Decimal("2.66"),
        points_possible=Decimal("4.00"),
        percent=Decimal("66.66"),
        is_passed=False,
        points_by_position={
            1: Decimal("1.00"),
            2: Decimal("1.00"),
            3: Decimal("0.00"),
            4: Decimal("0.66"),
        },
    )


def test_three_thirds_are_one_when_it_decides() -> None:
    """0.33 three times would be 3.99 of 6 and fail; the exact points are 4."""
    result = score(items(1, 1, 1, *[Fraction(1, 3)] * 3), pass_percent=Decimal("66.66"))

    assert (result.points, result.is_passed) == (Decimal("4.00"), True)


@pytest.mark.parametrize(
    ("right", "of", "is_passed"), [(4, 5, True), (8, 10, True), (7, 10, False), (79, 100, False)]
)
def test_passing_at_the_mark(right: int, of: int, is_passed: bool) -> None:
    result = score(items(*[1] * right, *[0] * (of - right)), pass_percent=EIGHTY)

    assert result.is_passed is is_passed


def test_a_percent_is_never_rounded_up_to_the_mark() -> None:
    """2,399 of 3,000 points are 79.966… %: neither passed nor shown as 80."""
    result = score(items(*[1] * 2399, *[0] * 601), pass_percent=EIGHTY)

    assert (result.percent, result.is_passed) == (Decimal("79.96"), False)


@pytest.mark.parametrize("pass_percent", [80, 80.0, "80"])
def test_a_pass_mark_that_is_no_decimal_is_refused(pass_percent: object) -> None:
    with pytest.raises(TypeError):
        score(items(1), pass_percent=pass_percent)  # type: ignore[arg-type]


def test_points_that_are_no_decimal_are_refused() -> None:
    with pytest.raises(TypeError):
        score([ScoredItem(1, Fraction(1), 1.0)], pass_percent=EIGHTY)  # type: ignore[arg-type]


@pytest.mark.parametrize("share", [Fraction(-1, 2), Fraction(3, 2)])
def test_a_share_outside_0_to_1_is_refused(share: Fraction) -> None:
    with pytest.raises(ValueError, match="not 0 to 1"):
        score(items(share), pass_percent=EIGHTY)


def test_nothing_to_score_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        score([], pass_percent=EIGHTY)


shares = st.fractions(min_value=0, max_value=1, max_denominator=60)
points = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100), places=2)
scored = st.lists(st.tuples(shares, points), min_size=1, max_size=40)
marks = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(100), places=2)


def scored_items(pairs: list[tuple[Fraction, Decimal]]) -> list[ScoredItem]:
    return [ScoredItem(place, share, worth) for place, (share, worth) in enumerate(pairs, start=1)]


@given(scored, marks)
def test_a_score_is_within_bounds(pairs: list[tuple[Fraction, Decimal]], mark: Decimal) -> None:
    result = score(scored_items(pairs), pass_percent=mark)

    assert 0 <= result.points <= result.points_possible
    assert 0 <= result.percent <= 100
    assert result.percent.as_tuple().exponent == -2
    if result.percent >= mark:
        assert result.is_passed


@given(scored, marks, st.randoms(use_true_random=False))
def test_the_order_of_questions_does_not_matter(
    pairs: list[tuple[Fraction, Decimal]], mark: Decimal, shuffler: object
) -> None:
    mixed = scored_items(pairs)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined]

    assert score(mixed, pass_percent=mark) == score(scored_items(pairs), pass_percent=mark)


@given(scored, marks, st.data())
def test_a_better_answer_never_lowers(
    pairs: list[tuple[Fraction, Decimal]], mark: Decimal, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(pairs) - 1))
    better = list(pairs)
    better[place] = (
        data.draw(st.fractions(min_value=pairs[place][0], max_value=1)),
        pairs[place][1],
    )

    before = score(scored_items(pairs), pass_percent=mark)
    after = score(scored_items(better), pass_percent=mark)

    assert after.percent >= before.percent
    assert after.is_passed >= before.is_passed


@given(st.fractions(min_value=0, max_value=1000))
def test_rounding_goes_down_to_two_places(value: Fraction) -> None:
    result = Fraction(rounded(value))

    assert value - Fraction(1, 100) < result <= value
