"""What the author's form sends, and back: pure functions of the question types."""

from typing import Any

import pytest

from quizzes.question_types import editable_types, type_named
from quizzes.question_types.base import Fields
from tests.factories.quizzes import EVERY_TYPE

ROW_FIELDS = ["text", "term", "answer", "share", "id", "right", "others", "feedback"]
CONTENTS = {name: make() for name, make in EVERY_TYPE.items()}


def test_the_usual_types_come_first() -> None:
    assert [kind.name for kind in editable_types()] == list(CONTENTS)


@pytest.mark.parametrize(("name", "content"), CONTENTS.items())
def test_the_form_of_a_content_gives_the_content(name: str, content: dict[str, Any]) -> None:
    kind = type_named(name)
    canonical = kind.clean(content).content

    sent = kind.content_of_editor(kind.raw_of_content(canonical))

    assert kind.clean(sent).problems == []
    assert kind.clean(sent).content == canonical


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"row": ["x", "-1", "1", "1"], "correct": ["9"], "id-1": [""], "text-1": []},
        {"row": [str(number) for number in range(500)], "correct": ["0"]},
        {"answer": ["maybe"], "scoring": ["none"], "id-1": ["Ä"], "row": ["1"], "correct": ["1"]},
        {
            "row": ["0", "1"],
            **{f"{name}-{token}": ["Ä" * 90] for name in ROW_FIELDS for token in "01"},
            **{name: ["Ä" * 90] for name in ("text", "extras", "value", "unit", "tolerance_in")},
        },
    ],
)
def test_whatever_is_sent_is_shown_again(name: str, raw: Fields) -> None:
    kind = type_named(name)

    problems = kind.clean(kind.content_of_editor(raw)).problems

    assert problems
    assert kind.editor_view(raw, problems)["problems"]
    assert not kind.is_answerable(problems)


def rows(raw: Fields) -> list[str]:
    return raw["row"]


def four() -> Fields:
    return {
        "row": ["0", "1", "2", "3"],
        "id-0": ["a"],
        "id-1": ["b"],
        "text-0": ["On the chin"],
        "text-1": ["Under the pupil"],
        "correct": ["1"],
    }


def test_empty_rows_are_no_choices_and_new_ones_get_the_next_letter() -> None:
    raw = four() | {"text-3": ["On the forehead"]}

    choices = type_named("single-choice").content_of_editor(raw)["choices"]

    assert [(each["id"], each["text"], each["correct"]) for each in choices] == [
        ("a", "On the chin", False),
        ("b", "Under the pupil", True),
        ("c", "On the forehead", False),
    ]


def test_a_problem_stands_at_its_row_although_empty_rows_lie_between() -> None:
    kind = type_named("single-choice")
    raw = four() | {"feedback-3": ["A note to nothing"]}

    view = kind.editor_view(raw, kind.clean(kind.content_of_editor(raw)).problems)

    assert [bool(row["problems"]) for row in view["rows"]] == [False, False, False, True]
    assert [each["id"] for each in view["problems"]] == ["choice-3"]


def test_no_right_answer_is_a_problem_of_the_choices() -> None:
    kind = type_named("single-choice")
    raw = four() | {"correct": []}

    view = kind.editor_view(raw, kind.clean({**kind.content_of_editor(raw), "stem": "?"}).problems)

    assert view["general"] == ["Exactly one choice must be correct; here none is."]


@pytest.mark.parametrize(
    ("step", "after"),
    [
        ("up:1", ["1", "0", "2", "3"]),
        ("up:0", ["0", "1", "2", "3"]),
        ("down:0", ["1", "0", "2", "3"]),
        ("down:3", ["0", "1", "2", "3"]),
        ("remove:0", ["1", "2", "3"]),
        ("add", ["0", "1", "2", "3", "4"]),
        ("up:77", ["0", "1", "2", "3"]),
        ("save", ["0", "1", "2", "3"]),
    ],
)
def test_buttons_arrange_the_rows(step: str, after: list[str]) -> None:
    assert rows(type_named("single-choice").rearranged(four(), step)) == after


def test_a_removed_row_is_not_right_any_more() -> None:
    assert type_named("multiple-choice").rearranged(four(), "remove:1")["correct"] == []


def test_a_question_never_has_more_than_ten_rows() -> None:
    raw: Fields = {"row": [str(number) for number in range(10)]}

    assert len(rows(type_named("single-choice").rearranged(raw, "add"))) == 10


def test_an_unanswered_true_or_false_says_so_at_the_answer() -> None:
    kind = type_named("true-false")
    raw: Fields = {"stem": ["It holds."]}

    view = kind.editor_view(raw, kind.clean(kind.content_of_editor(raw)).problems)

    assert [each["id"] for each in view["problems"]] == ["id_answer"]
    assert [answer["is_right"] for answer in view["answers"]] == [False, False]


@pytest.mark.parametrize(("name", "content"), CONTENTS.items())
def test_said_tells_everything_with_different_keys(name: str, content: dict[str, Any]) -> None:
    kind = type_named(name)

    lines = kind.said(kind.clean(content).content)

    assert len({line.key for line in lines}) == len(lines)
    text = "\n".join(line.text for line in lines)
    assert content["stem"] in text
    assert content["explanation"] in text
    assert "right" in text.lower() or "False" in text
