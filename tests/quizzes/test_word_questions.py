"""Questions pasted from Word: what is understood, and what is named with its line."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.markdown import parse
from quizzes.question_types import type_named
from quizzes.word import FoundQuestion, ReadQuestions, read_questions


def only(text: str) -> FoundQuestion:
    read = read_questions(text)
    assert read.problems == []
    (question,) = read.questions
    cleaned = type_named(question.type).clean(question.content)
    assert (cleaned.problems, cleaned.content) == ([], question.content)
    return question


def right(question: FoundQuestion) -> list[str]:
    return [each["text"] for each in question.content["choices"] if each["correct"]]


def short(read: ReadQuestions) -> list[tuple[str, object]]:
    """Type, and the right answers."""
    return [
        (each.type, each.content["answer"] if each.type == "true-false" else right(each))
        for each in read.questions
    ]


# ------------------------------------------------------------------------- spellings

STEMS = [
    "1. Where is it?",
    "1) Where is it?",
    "(1) Where is it?",
    "1.\tWhere is it?",
    "Q1: Where is it?",
    "Q1. Where is it?",
    "q1) Where is it?",
    "Question 1: Where is it?",
    "Question 1\nWhere is it?",
    "Question 1 of 10\nWhere is it?",
    "QUESTION #1 - Where is it?",
    "**1. Where is it?**",
    "**Question 1:** Where is it?",
    "____ 1. Where is it?",
    "Q: Where is it?",
    "Where is it?",
]


@pytest.mark.parametrize("stem", STEMS)
def test_every_way_to_begin_a_question_is_understood(stem: str) -> None:
    question = only(f"{stem}\na) Ear\nb) Eye\nAnswer: b")

    assert (question.type, question.content["stem"], right(question)) == (
        "single-choice",
        "Where is it?",
        ["Eye"],
    )


@pytest.mark.parametrize(
    "choices",
    [
        "a) Ear\nb) Eye",
        "A. Ear\nB. Eye",
        "(a) Ear\n(b) Eye",
        "a.\tEar\nb.\tEye",
        "  A)  Ear\n\n  B)  Eye\n",
        "• Ear\n• Eye",
        "- Ear\n- Eye",
        "o\tEar\no\tEye",
        "a) Ear b) Eye",
    ],
)
@pytest.mark.parametrize(
    "answer",
    [
        "Answer: b",
        "Ans. B",
        "ANS: b",
        "Answer - B",
        "Answer – b.",
        "answer = b",
        "Correct answer: b",
        "The correct answer is b",
        "The correct answer is: B.",
        "Correct: b",
        "(Answer: b)",
        "**Answer:** b",
        "Answer:\nb",
        "Answer: Eye",
        "Answer: b) Eye",
        "Answer: B. eye",
        "Answer key: 1. b",
        "Answer Key\n1. b",
        "ANSWERS\n1) B",
        "Answers:\n1-b",
    ],
)
def test_every_way_to_write_choices_and_answers_is_understood(choices: str, answer: str) -> None:
    question = only(f"1. Where?\n{choices}\n{answer}")

    assert question.type == "single-choice"
    assert [each["text"] for each in question.content["choices"]] == ["Ear", "Eye"]
    assert [each["id"] for each in question.content["choices"]] == ["a", "b"]
    assert right(question) == ["Eye"]


@pytest.mark.parametrize(
    "marked",
    [
        "*b) Eye",
        "* b) Eye",
        "b)* Eye",
        "b) *Eye",
        "b) Eye*",
        "b) Eye *",
        "b) **Eye**",
        "**b) Eye**",
        "**b)** **Eye**",
        "✓ b) Eye",
        "b) Eye ✔",
        "b) Eye (correct)",
        "b) Eye [Correct answer]",
    ],
)
def test_every_way_to_mark_the_right_choice_is_understood(marked: str) -> None:
    question = only(f"1. Where?\na) Ear\n{marked}\nc) Chin")

    assert [each["text"] for each in question.content["choices"]] == ["Ear", "Eye", "Chin"]
    assert right(question) == ["Eye"]


@pytest.mark.parametrize("box", ["[x]", "[X]", "☑", "☒"])
def test_a_ticked_box_marks_the_right_choice(box: str) -> None:
    empty = "☐" if box in "☑☒" else "[ ]"

    assert right(only(f"1. Where?\n{empty} Ear\n{box} Eye")) == ["Eye"]


def test_numbered_choices_below_a_named_question_are_choices() -> None:
    question = only("Question 7: Where?\n1) Ear\n2) Eye\n3) Chin\nAnswer: 2")

    assert right(question) == ["Eye"]


@pytest.mark.parametrize(
    "answer",
    ["Answer: b, d", "Correct answers: b and d", "Answers: B & D", "Answer: BD", "Ans: b d"],
)
def test_several_right_answers_make_a_multiple_choice_question(answer: str) -> None:
    question = only(f"1. Which?\na) w\nb) x\nc) y\nd) z\n{answer}")

    assert (question.type, right(question)) == ("multiple-choice", ["x", "z"])
    assert question.content["scoring"] == "all-or-nothing"


def test_all_that_apply_is_multiple_choice_even_with_one_answer() -> None:
    question = only("1. Choose all that apply.\na) x\nb) y\nAnswer: b")

    assert question.type == "multiple-choice"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1. Nodes hurt.\nAnswer: True", True),
        ("1. Nodes hurt.\nAns: F", False),
        ("1. Nodes hurt. (T/F)\nAnswer: false.", False),
        ("1. True or False: Nodes hurt.\nAnswer: True", True),
        ("1. T/F: Nodes hurt.\nAnswer: T", True),
        ("1. Nodes hurt.\nTrue / False\nAnswer: True", True),
        ("1. Nodes hurt.\nTrue\nFalse\nAnswer: False", False),
        ("1. Nodes hurt.\na) True\nb) False\nAnswer: b", False),
        ("1. Nodes hurt.\nA. False\nB. True\nAnswer: B", True),
        ("1. Nodes hurt.\na) True\nb) False\nAnswer: F", False),
        ("1. Nodes hurt.\n**True**\nFalse", True),
        ("1. Nodes hurt.\na) True\n*b) False", False),
        ("1. Nodes hurt.\nAnswer key: 1. True", True),
        ("1. Nodes hurt.\nAnswer key: 1. F", False),
    ],
)
def test_true_and_false_are_understood(text: str, answer: bool) -> None:
    question = only(text)

    assert (question.type, question.content["stem"], question.content["answer"]) == (
        "true-false",
        "Nodes hurt.",
        answer,
    )


# ------------------------------------------------------------------------- text


@pytest.mark.parametrize("label", ["Explanation:", "Rationale:", "Feedback -", "**Rationale:**"])
def test_an_explanation_may_have_several_lines(label: str) -> None:
    question = only(f"1. Where?\na) Ear\nb) Eye\nAnswer: b\n{label} Because.\nAnd so.")

    assert question.content["explanation"] == "Because.\\\nAnd so."


def test_answer_and_explanation_may_share_a_line() -> None:
    question = only("1. Where?\na) Ear\nb) Eye\nAnswer: B. Rationale: Because of it.")

    assert (right(question), question.content["explanation"]) == (["Eye"], "Because of it.")


def test_stems_and_choices_may_have_several_lines() -> None:
    question = only(
        "1. A client says:\n“It hurts.”\n\nWhat now?\na) Press\nharder\nb) Stop\nat once\nAnswer: b"
    )

    assert question.content["stem"] == "A client says:\\\n“It hurts.”\n\nWhat now?"
    assert [each["text"] for each in question.content["choices"]] == [
        "Press harder",
        "Stop at once",
    ]


def test_text_is_taken_at_its_word_and_bold_letters_stay() -> None:
    question = only("1. Is 2 < 3 **not** _true_ at [1]? ____\na) 5*3\nb) `x`\nAnswer: a")

    assert question.content["stem"] == "Is 2 \\< 3 **not** \\_true\\_ at \\[1\\]? \\_\\_\\_\\_"
    assert question.content["choices"][0]["text"] == "5\\*3"
    assert parse(question.content["stem"]).problems == []


def test_a_whole_quiz_with_a_key_at_the_end() -> None:
    read = read_questions(
        "1. First?\na. x\nb. y\n\n2. Second?\na. x\nb. y\nc. z\n\n3. It is so.\n\n"
        "Answer key:\n1. b 2. a, c\n3. True"
    )

    assert read.problems == []
    assert short(read) == [
        ("single-choice", ["y"]),
        ("multiple-choice", ["x", "z"]),
        ("true-false", True),
    ]


def test_questions_without_numbers_are_told_apart_by_blank_lines() -> None:
    read = read_questions("One?\na) x\nb) y\nAnswer: a\n\nTwo?\na) x\nb) y\nAnswer: b\n")

    assert read.problems == []
    assert [(each.content["stem"], each.line) for each in read.questions] == [
        ("One?", 1),
        ("Two?", 6),
    ]


def test_a_heading_of_the_choices_is_no_answer() -> None:
    assert right(only("1. Where?\nAnswers:\na) Ear\nb) Eye\nAnswer: a")) == ["Ear"]


def test_word_ends_of_lines_and_invisible_letters_do_no_harm() -> None:
    question = only("1.\u00a0Where?\r\na)\u00a0Ear\u200b\r\nb)\u00a0Eye\r\nAnswer:\u00a0b\r\n")

    assert (question.content["stem"], right(question)) == ("Where?", ["Eye"])


# ------------------------------------------------------------------------- nothing is guessed


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("1. Where?\na) Ear\nb) Eye", 1, "does not say which answer is right"),
        ("1. Where?\n**a) Ear**\n**b) Eye**", 1, "does not say which answer is right"),
        ("1. Where?\na) Ear\nb) Eye\nAnswer: c", 4, "none of the choices"),
        ("1. Where?\na) Ear\nb) Eye\nAnswer: the nose", 4, "none of the choices"),
        ("1. Where?\na) Ear\nb) Eye\nAnswer: b) Ear", 4, "none of the choices"),
        ("1. Group?\na) B\nb) A\nAnswer: A", 4, "may mean two"),
        ("1. Where?\n*a) Ear\nb) Eye\nAnswer: b", 1, "marks another choice"),
        ("1. Where?\na) Ear\nb) Eye\nAnswer: a\nAnswer: b", 5, "two different answers"),
        ("1. Where?\na) Ear\nb) Eye\nAnswer: a\nAnswer key: 1. b", 5, "two different answers"),
        ("1. Where?\na) Ear\nc) Eye\nAnswer: a", 3, "does not follow"),
        ("1. Where?\na) Ear\nAnswer: a", 1, "needs 2 to 10 choices"),
        ("1. Where?\nAnswer: the ear", 1, "no choices"),
        ("1. Where?", 1, "no choices"),
        ("1.\na) Ear\nb) Eye\nAnswer: a", 1, "has no text"),
        ("1. So.\nTrue / False", 1, "whether it is true or false"),
        ("1. So.\n**True**\n**False**", 1, "both true and false"),
        ("1. So.\nAnswer: True\nAnswer: False", 1, "both true and false"),
        ("1. Where?\n- Ear\n* Eye\n- Chin", 1, "what the asterisk means"),
        ("1. Where?\na) Ear\n• Eye\nAnswer: a", 1, "with letters and choices without"),
        ("1. W?\na) x\nb) y\nAnswer: a\nmore words", 5, "belongs to no question"),
        ("Hello\n1. W?\na) x\nb) y\nAnswer: a", 1, "neither a question nor an answer"),
        ("Answer: a", 1, "belongs to no question"),
        ("1. W?\na) x\nb) y\nAnswer: a\na) z\nb) q", 5, "belongs to no question"),
        ("1. W?\na) x\nb) y\na) z\nb) q\nAnswer: a", 4, "begin with “a” again"),
        ("1. W?\na) x\nb) y\nAnswer key\n1. b 2. c", 5, "names question 2"),
        ("1. W?\na) x\nb) y\nAnswer key\n1. b, maybe", 5, "is not understood"),
        (
            "1. W?\na) x\nb) y\n1. V?\na) x\nb) y\nAnswer key\n1. b",
            8,
            "2 questions with the number 1",
        ),
        (
            "1. W?\n" + "".join(f"{x}) c{x}\n" for x in "abcdefghij") + "k) ck\nAnswer: b",
            12,
            "does not follow",
        ),
        ("1. " + "x" * 9_000 + "\na) x\nb) y\nAnswer: a", 1, "longer than"),
        ("1. W?\na) x\nb) " + "y" * 1_200 + "\nAnswer: a", 3, "longer than"),
    ],
)
def test_what_is_not_understood_is_named_with_its_line(text: str, line: int, said: str) -> None:
    read = read_questions(text)

    assert [said in sentence for number, sentence in read.problems if number == line] == [True]
    assert all(sentence.endswith(".") for _, sentence in read.problems)


@pytest.mark.parametrize("index", range(10))
def test_a_question_that_is_not_understood_leaves_the_others_alone(index: int) -> None:
    questions = [f"{n}. Where?\na) Ear\nb) Eye\nAnswer: b\n" for n in range(1, 11)]
    questions[index] = f"{index + 1}. Where?\na) Ear\nb) Eye\n"

    read = read_questions("\n".join(questions))

    assert len(read.questions) == 9
    assert len(read.problems) == 1


def test_no_text_is_no_question() -> None:
    assert read_questions("") == ReadQuestions([], [])
    assert read_questions(" \n\t\n") == ReadQuestions([], [])


_LINES = [
    *("1. Where?", "2) What", "Q3: Who", "Question 4", "a) x", "b) y", "*c) z", "• w", "A. **q**"),
    *("Answer: b", "Ans. True", "Answer key", "1. b 2. c", "True", "T/F", "", "Explanation: e"),
    *("some text", "**bold**", "*", "**", "Answer:", "(correct)", "[x] a", "Answers", "- - -"),
]
_lines = st.lists(st.sampled_from(_LINES), max_size=20).map("\n".join)


@given(_lines | st.text(max_size=200))
@settings(max_examples=500, deadline=None)
def test_any_text_gives_questions_without_problems_and_problems_with_lines(text: str) -> None:
    read = read_questions(text)
    count = text.count("\n") + text.count("\r") + 10

    for question in read.questions:
        cleaned = type_named(question.type).clean(question.content)
        assert (cleaned.problems, cleaned.content) == ([], question.content)
        assert parse(question.content["stem"]).problems == []
    assert all(1 <= line <= count + text.count("\u2028") * 2 for line, _ in read.problems)


names = st.lists(st.text("abcdefg xyz", max_size=12), min_size=2, max_size=8)


@given(names, st.data())
@settings(max_examples=200, deadline=None)
def test_a_plain_question_is_always_understood(choices: list[str], data: st.DataObject) -> None:
    choices = [" ".join(f"choice {n} {each}".split()) for n, each in enumerate(choices)]
    place = data.draw(st.integers(0, len(choices) - 1))
    lines = "".join(f"{chr(97 + n)}) {each}\n" for n, each in enumerate(choices))

    question = only(f"1. Which?\n{lines}Answer: {chr(97 + place)}")

    assert [each["text"] for each in question.content["choices"]] == choices
    assert [each["correct"] for each in question.content["choices"]].index(True) == place


HOSTILE = [
    *("*" * 100_000, "a) " * 50_000, "1. b " * 50_000, "Answer key: " + "1 " * 50_000),
    *("**a" * 50_000, "(" * 100_000, "Answer: " + "a " * 50_000 + "x", "_" * 100_000),
    *("a)\n" * 50_000, "1.\n" * 50_000, "Answer: a\n" * 20_000, "1. " + "x\n" * 100_000),
    *("1. " + "**a** " * 40_000, "1. " + " " * 200_000 + "x", "Q" + " " * 100_000 + "1"),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_does_not_take_long(text: str) -> None:
    started = time.process_time()

    read_questions(text)

    assert time.process_time() - started < 5
