"""The answer a type calls right earns everything and survives the way through the form."""

from fractions import Fraction

import pytest

from quizzes.question_types import type_named
from tests.factories.quizzes import EVERY_TYPE

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
        *[(name, make()) for name, make in EVERY_TYPE.items()],
        ("short-text", {"answers": [{"text": "sub * nodes"}], "exact_case": True}),
        ("numeric", {"value": "-1234.5678", "tolerance": "0"}),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_right_response_earns_all_points(name: str, own: dict[str, object], seed: int) -> None:
    kind = type_named(name)
    content = kind.clean({"stem": "?", "explanation": "", **own}).content

    right = kind.right_response(content)

    assert kind.grade(content, right) == Fraction(1)
    assert kind.clean_response(kind.raw_of(right, content, seed), content, seed) == right
