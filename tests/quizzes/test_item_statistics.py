"""The formulas, against a published worked example and against the straightforward way.

The example: five questions of the Law School Admission Test, 1,000 candidates (Bock & Lieberman
1970, Psychometrika 35, 179–197; the table of answers also in Rizopoulos 2006, Journal of
Statistical Software 17(5), section 3.1). Rizopoulos prints, for `descript(LSAT)`: Cronbach's alpha
0.2950; point-biserial correlation of each question with the total score without the question itself
("Excluded") 0.1128 0.1532 0.1728 0.1444 0.1216.
"""

import random
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from statistics import correlation as plain_correlation
from statistics import stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.analysis import statistics
from quizzes.analysis.figures import question_figures, quiz_figures
from quizzes.domain.increments import (
    BANDS,
    CountedAttempt,
    CountedItem,
    Increments,
    increments_of,
)
from quizzes.domain.scoring import ScoredItem, score
from quizzes.domain.tallying import QUESTIONS, QUIZZES
from quizzes.models import QuestionTally, QuizTally
from quizzes.question_types.base import Counted

LSAT = """
00000 3 00001 6 00010 2 00011 11 00100 1 00101 1 00110 3 00111 4 01000 1 01001 8 01011 16 01101 3
01110 2 01111 15 10000 10 10001 29 10010 14 10011 81 10100 3 10101 28 10110 15 10111 80 11000 16
11001 56 11010 21 11011 173 11100 11 11101 61 11110 28 11111 298
"""
_WORDS = LSAT.split()
CANDIDATES = [
    [int(mark) for mark in pattern]
    for pattern, count in zip(_WORDS[::2], _WORDS[1::2], strict=True)
    for _ in range(int(count))
]
START = datetime(2026, 11, 20, tzinfo=UTC)


def sums_of(learners: list[list[int]]) -> tuple[list[QuizTally], list[QuestionTally], Increments]:
    """What the platform keeps of these answers, question by question 1 or 0."""
    total = Increments()
    for marks in learners:
        result = score(
            (
                ScoredItem(place, Fraction(mark), Decimal(1))
                for place, mark in enumerate(marks, start=1)
            ),
            pass_percent=Decimal(80),
        )
        total.add(
            increments_of(
                CountedAttempt(
                    quiz_id=1,
                    number=1,
                    percent=result.percent,
                    is_passed=result.is_passed,
                    started_at=START,
                    items=[
                        CountedItem(place, Decimal(mark), Decimal(1), ["b" if mark else "a"], None)
                        for place, mark in enumerate(marks, start=1)
                    ],
                )
            )
        )
    quizzes = [
        QuizTally(**dict(zip((*QUIZZES.keys, *QUIZZES.counts), (*key, *row), strict=True)))
        for key, row in total.quizzes.items()
    ]
    questions = [
        QuestionTally(**dict(zip((*QUESTIONS.keys, *QUESTIONS.counts), (*key, *row), strict=True)))
        for key, row in sorted(total.questions.items())
    ]
    return quizzes, questions, total


def test_published_example() -> None:
    quizzes, questions, _ = sums_of(CANDIDATES)

    figures = quiz_figures(quizzes, questions, dict.fromkeys(range(1, 6), 100))
    excluded = [
        statistics.correlation(
            each.asked_count,
            each.share_sum,
            each.share_square_sum,
            each.rest_sum,
            each.rest_square_sum,
            each.product_sum,
        )
        for each in questions
    ]

    assert figures.first_count == 1000
    assert [each.share_sum / 10_000_000 for each in questions] == [
        0.924,
        0.709,
        0.553,
        0.763,
        0.870,
    ]
    assert excluded == pytest.approx([0.1128, 0.1532, 0.1728, 0.1444, 0.1216], abs=0.00005)
    assert figures.reliability == pytest.approx(0.2950, abs=0.00005)


@given(st.randoms(use_true_random=False), st.integers(2, 8), st.integers(30, 60))
def test_random_answers_agree_with_the_straightforward_formulas(
    source: random.Random, size: int, count: int
) -> None:
    learners = [[int(source.random() < 0.7) for _ in range(size)] for _ in range(count)]
    quizzes, questions, _ = sums_of(learners)

    figures = quiz_figures(quizzes, questions, dict.fromkeys(range(1, size + 1), 100))

    totals = [sum(marks) for marks in learners]
    percents = [100 * total / size for total in totals]
    assert figures.mean_percent == pytest.approx(sum(percents) / count, abs=0.01)
    assert figures.spread == pytest.approx(stdev(percents), abs=0.01)
    for place, question in enumerate(questions):
        marks = [each[place] for each in learners]
        rests = [sum(each) - each[place] for each in learners]
        found = statistics.correlation(
            question.asked_count,
            question.share_sum,
            question.share_square_sum,
            question.rest_sum,
            question.rest_square_sum,
            question.product_sum,
        )
        if len(set(marks)) == 1 or len(set(rests)) == 1:
            assert found is None
        else:
            assert found == pytest.approx(plain_correlation(marks, rests), abs=0.001)
    if variance(totals):
        by_hand = (
            size
            / (size - 1)
            * (
                1
                - sum(variance(column) for column in zip(*learners, strict=True)) / variance(totals)
            )
        )
        assert figures.reliability == pytest.approx(by_hand, abs=0.002)


def test_intervals_of_textbooks() -> None:
    """Fisher: r = 0.5 of 28 lies between 0.16 and 0.74. Wilson: 15 of 30, 0.33 to 0.67."""
    assert statistics.correlation_interval(0.5, 28) == pytest.approx((0.156, 0.736), abs=0.001)
    assert statistics.share_interval(0.5, 30) == pytest.approx((0.332, 0.668), abs=0.001)


def test_nobody_and_no_difference_cannot_be_told() -> None:
    assert statistics.mean(0, 0) is None
    assert statistics.deviation(1, 5, 25) is None
    assert statistics.correlation(3, 3, 3, 1, 1, 1) is None
    assert statistics.correlation_interval(0.9, 3) == (-1.0, 1.0)
    assert statistics.correlation_interval(1.0, 100) == (-1.0, 1.0)
    assert statistics.share_interval(0, 0) == (0.0, 1.0)
    assert statistics.alpha([0.2], 1) is None
    assert statistics.alpha([0.2, 0.2], 0) is None


def test_ends_are_27_percent_and_the_band_at_the_border_counts_by_its_part() -> None:
    lower, upper = statistics.end_weights([10, 30, 0, 20, 40]) or ([], [])

    assert lower == pytest.approx([1, 17 / 30, 0, 0, 0])
    assert upper == pytest.approx([0, 0, 0, 0, 27 / 40])
    assert statistics.end_weights([0, 9, 0]) is None


@given(st.lists(st.integers(0, 50), min_size=BANDS, max_size=BANDS))
def test_ends_never_overlap(asked: list[int]) -> None:
    weights = statistics.end_weights(asked)

    if weights is not None:
        lower, upper = weights
        assert all(low + high <= 1.000001 for low, high in zip(lower, upper, strict=True))
        for side in weights:
            part = sum(weight * count for weight, count in zip(side, asked, strict=True))
            assert part == pytest.approx(0.27 * sum(asked))


def test_draws_of_different_questions_have_no_reliability() -> None:
    quizzes, questions, _ = sums_of(CANDIDATES[:100])
    questions[0].asked_count -= 1

    figures = quiz_figures(quizzes, questions, dict.fromkeys(range(1, 6), 100))

    assert (figures.is_same_for_all, figures.reliability, figures.error) == (False, None, None)


def test_of_combinations_only_those_that_were_made_or_are_right_are_listed() -> None:
    figures = question_figures(
        QuestionTally(asked_count=1, answered_count=1),
        None,
        {"": [1, *[0] * 9], "a=b": [1, *[0] * 9]},
        labels={f"{term}={answer}": "" for term in "abc" for answer in "abc"},
        right_keys=frozenset(["a=a", "b=b", "c=c"]),
        has_rest=True,
        counted=Counted.COMBINED,
    )

    assert [each.key for each in figures.choices] == ["a=a", "a=b", "b=b", "c=c"]
    assert figures.chance is None


def test_shares_of_weak_and_strong_come_from_the_ends() -> None:
    tally = QuestionTally(asked_count=100, answered_count=100, share_sum=500_000)
    counts = {
        "": [50, *[0] * 8, 50],
        "a": [40, *[0] * 8, 0],
        "b": [10, *[0] * 8, 50],
        "=": [10, *[0] * 8, 50],
    }

    figures = question_figures(
        tally, None, counts, labels={"a": "A", "b": "B"}, right_keys=frozenset("b"), has_rest=True
    )

    assert [(each.key, each.weak, each.strong) for each in figures.choices] == [
        ("a", pytest.approx(0.8), 0.0),
        ("b", pytest.approx(0.2), 1.0),
    ]
    assert figures.chance == 0.5
    assert figures.facility == 0.5
