"""The answer a type calls right earns everything and survives the way through the form."""

from fractions import Fraction

import pytest

from quizzes.question_types import type_named

CHOICES = [
    {"id": "a", "text": "A", "correct": True, "feedback": ""},
    {"id": "b", "text": "B", "correct": False, "feedback": ""},
    {"id": "c", "text": "C", "correct": True, "feedback": ""},
]
ONE = [CHOICES[0], CHOICES[1]]


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("single-choice", {"choices": ONE}),
        ("multiple-choice", {"choices": CHOICES, "scoring": "all-or-nothing"}),
        ("multiple-choice", {"choices": CHOICES, "scoring": "partial"}),
        ("true-false", {"answer": False, "feedback_true": "", "feedback_false": ""}),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_right_response_earns_all_points(name: str, own: dict[str, object], seed: int) -> None:
    kind = type_named(name)
    content = {"stem": "?", "explanation": "", **own}

    right = kind.right_response(content)

    assert kind.grade(content, right) == Fraction(1)
    assert kind.clean_response(kind.raw_of(right, content, seed), content, seed) == right
