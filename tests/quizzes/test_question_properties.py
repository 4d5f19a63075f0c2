"""What is true of every question and every answer."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from quizzes.question_types import type_named
from quizzes.question_types.base import Content, Response

seeds = st.integers(min_value=0, max_value=2**62)
names = [chr(ord("a") + place) for place in range(10)]


@st.composite
def choice_questions(draw: st.DrawFn) -> tuple[str, Content]:
    kind = draw(st.sampled_from(["single-choice", "multiple-choice"]))
    count = draw(st.integers(2, 10))
    if kind == "single-choice":
        place = draw(st.integers(0, count - 1))
        right = [index == place for index in range(count)]
    else:
        right = draw(st.lists(st.booleans(), min_size=count, max_size=count).filter(any))
    content: dict[str, Any] = {
        "stem": "Which?",
        "choices": [
            {"id": names[index], "text": f"Choice {index}", "correct": right[index]}
            for index in range(count)
        ],
    }
    if kind == "multiple-choice":
        content["scoring"] = draw(st.sampled_from(["all-or-nothing", "partial"]))
    cleaned = type_named(kind).clean(content)
    assert cleaned.problems == []
    return kind, cleaned.content


@st.composite
def answered(draw: st.DrawFn) -> tuple[str, Content, Response | None]:
    kind, content = draw(choice_questions())
    ids = [choice["id"] for choice in content["choices"]]
    if kind == "single-choice":
        chosen = draw(st.none() | st.sampled_from(ids))
        return kind, content, None if chosen is None else {"choice": chosen}
    several = draw(st.sets(st.sampled_from(ids)))
    return kind, content, {"choices": sorted(several)} if several else None


@given(answered())
def test_a_grade_is_from_0_to_1(question: tuple[str, Content, Response | None]) -> None:
    kind, content, response = question

    assert 0 <= type_named(kind).grade(content, response) <= 1


@given(choice_questions())
def test_the_right_answer_earns_everything(question: tuple[str, Content]) -> None:
    kind, content = question
    right = [choice["id"] for choice in content["choices"] if choice["correct"]]
    response = {"choice": right[0]} if kind == "single-choice" else {"choices": right}

    assert type_named(kind).grade(content, response) == 1


@given(answered(), st.data())
def test_adding_a_right_choice_never_lowers(
    question: tuple[str, Content, Response | None], data: st.DataObject
) -> None:
    kind, content, response = question
    right = [choice["id"] for choice in content["choices"] if choice["correct"]]
    added = data.draw(st.sampled_from(right))
    more: Response = {"choice": added}
    if kind == "multiple-choice":
        more = {"choices": sorted({added, *(response or {"choices": []})["choices"]})}

    question_type = type_named(kind)
    assert question_type.grade(content, more) >= question_type.grade(content, response)


@given(answered(), seeds, st.randoms(use_true_random=False))
def test_an_answer_survives_the_form_in_any_order(
    question: tuple[str, Content, Response | None], seed: int, shuffler: Any
) -> None:
    kind, content, response = question
    question_type = type_named(kind)
    raw = question_type.raw_of(response, content, seed)
    shuffler.shuffle(raw["choice"])

    assert question_type.clean_response(raw, content, seed) == response


@given(choice_questions(), seeds)
def test_the_same_seed_presents_the_same(question: tuple[str, Content], seed: int) -> None:
    kind, content = question
    question_type = type_named(kind)
    shown = question_type.present(content, seed)

    assert shown == question_type.present(content, seed)
    assert sorted(option["text"] for option in shown["options"]) == sorted(
        choice["text"] for choice in content["choices"]
    )


@given(st.booleans(), st.none() | st.booleans(), seeds)
def test_true_false_is_all_or_nothing(right: bool, given_answer: bool | None, seed: int) -> None:
    question_type = type_named("true-false")
    content = question_type.clean({"stem": "So?", "answer": right}).content
    response = None if given_answer is None else {"answer": given_answer}

    assert question_type.grade(content, response) == int(given_answer is right)
    raw = question_type.raw_of(response, content, seed)
    assert question_type.clean_response(raw, content, seed) == response
