"""What is true of every question and every answer, whatever its type."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.question_types import all_types, type_named
from quizzes.question_types.base import Content, Response
from tests.factories.quizzes import EVERY_TYPE
from tests.quizzes.any_question import (
    ANSWERS,
    QUESTIONS,
    Answered,
    Question,
    answered,
    bettered,
    is_share,
    questions,
    seeds,
)

# Making up a question with ten pairs may take long on a busy machine.
UNHURRIED = settings(deadline=None)


def test_every_type_is_looked_at_here() -> None:
    names = {kind.name for kind in all_types()}

    assert set(QUESTIONS) == set(ANSWERS) == set(EVERY_TYPE) == names


@UNHURRIED
@given(answered())
def test_a_grade_is_a_share(question: Answered) -> None:
    kind, content, response = question

    assert is_share(type_named(kind).grade(content, response))


@UNHURRIED
@given(questions(), seeds)
def test_the_right_answer_earns_everything(question: Question, seed: int) -> None:
    kind, content = question
    question_type = type_named(kind)
    right = question_type.right_response(content)
    raw = question_type.raw_of(right, content, seed)

    assert question_type.grade(content, right) == 1
    assert question_type.clean_response(raw, content, seed) == right


@UNHURRIED
@given(questions(), seeds)
def test_nothing_done_is_no_answer_and_earns_nothing(question: Question, seed: int) -> None:
    kind, content = question
    question_type = type_named(kind)
    untouched = question_type.raw_of(None, content, seed)

    assert question_type.clean_response(untouched, content, seed) is None
    assert question_type.clean_response({}, content, seed) is None
    assert question_type.grade(content, None) == 0


@UNHURRIED
@given(bettered())
def test_one_thing_more_that_is_right_never_lowers(
    question: tuple[str, Content, Response | None, Response],
) -> None:
    kind, content, response, better = question
    question_type = type_named(kind)

    assert question_type.grade(content, better) >= question_type.grade(content, response)


@UNHURRIED
@given(answered(), seeds, st.randoms(use_true_random=False))
def test_an_answer_survives_the_form_in_any_order(
    question: Answered, seed: int, shuffler: Any
) -> None:
    kind, content, response = question
    question_type = type_named(kind)
    raw = question_type.raw_of(response, content, seed)
    names = list(raw)
    shuffler.shuffle(names)
    for name in names:
        shuffler.shuffle(raw[name])
    again = question_type.clean_response({name: raw[name] for name in names}, content, seed)

    assert again == response


@UNHURRIED
@given(answered(), seeds)
def test_the_same_seed_shows_the_same_and_says_nothing_about_the_answer(
    question: Answered, seed: int
) -> None:
    kind, content, response = question
    question_type = type_named(kind)
    shown = question_type.present(content, seed)

    assert shown == question_type.present(content, seed)
    untold = question_type.present({**content, "explanation": "", "scoring": "partial"}, seed)
    assert shown == untold
    assert question_type.laid_out(shown, question_type.raw_of(response, content, seed))["stem"]


@UNHURRIED
@given(answered(), seeds)
def test_looking_back_and_counting_work_for_every_answer(question: Answered, seed: int) -> None:
    kind, content, response = question
    question_type = type_named(kind)

    reviewed = question_type.review(content, response, seed)

    assert reviewed["is_answered"] is (response is not None)
    assert len({line.key for line in question_type.said(content)}) == len(
        question_type.said(content)
    )
    assert bool(question_type.statistic_keys(content, response)) is (response is not None)
    assert question_type.clean(content) == type(question_type.clean(content))(content, [])


@UNHURRIED
@given(st.booleans(), st.none() | st.booleans(), seeds)
def test_true_false_is_all_or_nothing(right: bool, given_answer: bool | None, seed: int) -> None:
    question_type = type_named("true-false")
    content = question_type.clean({"stem": "So?", "answer": right}).content
    response = None if given_answer is None else {"answer": given_answer}

    assert question_type.grade(content, response) == int(given_answer is right)
