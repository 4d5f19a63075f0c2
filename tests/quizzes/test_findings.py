"""What the figures say, in words."""

from typing import Any

import pytest

from quizzes.analysis.figures import ChoiceFigures, QuestionFigures, QuizFigures
from quizzes.analysis.findings import findings_of, reliability_sentence
from quizzes.question_types.base import Counted


def choice(
    key: str, share: float, *, strong: float, is_right: bool = False, asked: int = 200
) -> ChoiceFigures:
    return ChoiceFigures(
        key=key,
        label=key.upper(),
        is_right=is_right,
        count=round(share * asked),
        share=share,
        weak=share,
        strong=strong,
    )


def sound(**changes: Any) -> QuestionFigures:
    """Seven of ten are right, the strong more often, and every choice works."""
    values: dict[str, Any] = {
        "asked": 200,
        "answered": 200,
        "facility": 0.7,
        "discrimination": 0.45,
        "discrimination_interval": (0.33, 0.55),
        "choices": [
            choice("a", 0.15, strong=0.05),
            choice("b", 0.7, strong=0.9, is_right=True),
            choice("c", 0.15, strong=0.05),
        ],
        "strong_count": 54.0,
        "chance": 1 / 3,
        "right_keys": frozenset("b"),
    }
    return QuestionFigures(**{**values, **changes})


def codes(figures: QuestionFigures) -> list[str]:
    return [finding.code for finding in findings_of(figures)]


def test_sound_question_has_no_finding() -> None:
    assert codes(sound()) == []


@pytest.mark.parametrize("counted", [Counted.TYPED, Counted.COMBINED])
def test_what_is_not_offered_need_not_be_taken(counted: Counted) -> None:
    choices = [choice("a", 0.0, strong=0.0), choice("b", 0.7, strong=0.9, is_right=True)]

    assert codes(sound(choices=choices)) == ["never"]
    assert codes(sound(choices=choices, counted=counted, chance=None)) == []


def test_of_several_typed_answers_that_are_right_everybody_writes_one() -> None:
    choices = [choice(key, 0.35, strong=0.4, is_right=True) for key in "ab"]

    typed = sound(choices=choices, counted=Counted.TYPED, chance=None)

    assert codes(typed) == []


def test_strong_learners_who_write_what_is_not_accepted() -> None:
    choices = [choice("*", 0.8, strong=0.8), choice("b", 0.2, strong=0.2, is_right=True)]
    typed = sound(choices=choices, counted=Counted.TYPED, chance=None)

    [finding] = findings_of(typed)

    assert finding.sentence == (
        "Most strong learners take an answer that is not on the list, which counts as wrong: "
        "check the key."
    )
    assert findings_of(typed, is_mended=True) == []


def test_too_few_answers_say_nothing_whatever_the_figures() -> None:
    (finding,) = findings_of(sound(asked=12, answered=2, facility=0.0))

    assert finding.sentence == "Too few answers to say (12 of at least 30)."
    assert finding.weight == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {
                "choices": [
                    choice("b", 0.4, strong=0.2, is_right=True),
                    choice("c", 0.6, strong=0.8),
                ],
                "facility": 0.4,
            },
            "key",
        ),
        ({"facility": 0.2, "chance": 0.5}, "below-chance"),
        ({"discrimination": -0.3, "discrimination_interval": (-0.4, -0.1)}, "backwards"),
        ({"discrimination": 0.02, "discrimination_interval": (-0.12, 0.16)}, "flat"),
        ({"answered": 160}, "unanswered"),
        ({"facility": 0.25, "chance": None}, "hard"),
        ({"facility": 0.97}, "easy"),
        (
            {
                "choices": [
                    choice("b", 1.0, strong=1.0, is_right=True),
                    choice("c", 0, strong=0),
                ]
            },
            "never",
        ),
        (
            {
                "choices": [
                    choice("b", 0.97, strong=1.0, is_right=True),
                    choice("c", 0.03, strong=0),
                ]
            },
            "hardly",
        ),
    ],
)
def test_each_fault_is_named(changes: dict[str, Any], expected: str) -> None:
    assert codes(sound(**changes))[0] == expected


def test_chance_is_no_finding() -> None:
    """A flat question of few answers may well separate; a close race is no wrong key."""
    assert codes(sound(discrimination=0.1, discrimination_interval=(-0.2, 0.4))) == []
    close = [choice("b", 0.5, strong=0.48, is_right=True), choice("c", 0.5, strong=0.52)]
    assert "key" not in codes(sound(choices=close))


def test_several_right_answers_are_judged_one_by_one() -> None:
    figures = sound(
        chance=None,
        right_keys=frozenset("ab"),
        choices=[
            choice("a", 0.2, strong=0.1, is_right=True),
            choice("b", 0.9, strong=0.95, is_right=True),
            choice("c", 0.8, strong=0.9),
        ],
    )

    assert [finding.sentence for finding in findings_of(figures)] == [
        "Most strong learners take “C”, which counts as wrong: check the key.",
        "Most strong learners leave out “A”, which counts as right: check the key.",
    ]


def test_where_everybody_has_the_points_the_key_is_no_matter() -> None:
    figures = sound(chance=None, right_keys=frozenset(), facility=1.0, choices=[])

    assert codes(figures) == ["easy"]


def test_weightiest_comes_first() -> None:
    figures = sound(
        answered=150,
        choices=[
            choice("a", 0, strong=0),
            choice("b", 0.4, strong=0.2, is_right=True),
            choice("c", 0.6, strong=0.8),
        ],
    )

    assert codes(figures) == ["key", "unanswered", "never"]


@pytest.mark.parametrize(
    ("figures", "questions", "beginning"),
    [
        ((12, True, 0.9), 5, "Too few first tries"),
        ((100, False, None), 5, "Not told: learners are asked different"),
        ((100, True, None), 1, "Not told: it needs two"),
        ((100, True, None), 5, "Not told: all learners have the same"),
        ((100, True, -0.2), 5, "Below zero"),
        ((100, True, 0.5), 5, "Low"),
        ((100, True, 0.75), 5, "Enough"),
        ((100, True, 0.85), 5, "Good"),
    ],
)
def test_reliability_in_words(
    figures: tuple[int, bool, float | None], questions: int, beginning: str
) -> None:
    count, is_same, reliability = figures

    sentence = reliability_sentence(
        QuizFigures(
            tries=[],
            first_count=count,
            mean_percent=70.0,
            spread=10.0,
            is_same_for_all=is_same,
            reliability=reliability,
            error=None,
        ),
        questions,
    )

    assert sentence.startswith(beginning)
