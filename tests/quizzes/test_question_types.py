from fractions import Fraction

import pytest

from quizzes.question_types import UnknownQuestionType, all_types, type_named
from quizzes.question_types.base import AUTHORED_ORDER, BadResponse, ContentProblem
from tests.factories.pictures import WRITTEN
from tests.factories.quizzes import EVERY_TYPE as CONTENT
from tests.factories.quizzes import true_false

CHOICES = ["single-choice", "multiple-choice", "true-false"]


def cleaned(name: str, **changes: object) -> dict:
    result = type_named(name).clean(CONTENT[name](**changes))
    assert result.problems == []
    return result.content


def test_every_type_registers_itself() -> None:
    assert [kind.name for kind in all_types()] == sorted({*CONTENT, *WRITTEN})


def test_unknown_type_names_the_known_ones() -> None:
    with pytest.raises(UnknownQuestionType, match="true-false"):
        type_named("essay")


@pytest.mark.parametrize("name", CONTENT)
def test_cleaning_twice_changes_nothing_more(name: str) -> None:
    once = cleaned(name)

    again = type_named(name).clean(once)

    assert (again.content, again.problems) == (once, [])


@pytest.mark.parametrize(
    ("name", "changes", "where", "words"),
    [
        ("single-choice", {"stem": " "}, ("stem",), "missing"),
        ("single-choice", {"stem": 3}, ("stem",), "must be text"),
        ("single-choice", {"explantion": "x"}, ("explantion",), "means nothing here"),
        ("single-choice", {"choices": []}, ("choices",), "2 to 10 choices"),
        ("single-choice", {"choices": "x"}, ("choices",), "list of tables"),
        (
            "single-choice",
            {"choices": [{"id": "a", "text": "x"}, {"id": "b", "text": "y"}]},
            ("choices",),
            "here none is",
        ),
        (
            "single-choice",
            {
                "choices": [
                    {"id": "a", "text": "x", "correct": True},
                    {"id": "b", "text": "y", "correct": True},
                ]
            },
            ("choices",),
            "here 2 are",
        ),
        (
            "single-choice",
            {"choices": [{"id": "a", "text": "x", "correct": True}, {"id": "a", "text": "y"}]},
            ("choices", 1, "id"),
            "Two choices have the id",
        ),
        (
            "single-choice",
            {"choices": [{"id": "A b", "text": "x", "correct": True}, {"id": "b", "text": "y"}]},
            ("choices", 0, "id"),
            "small letters",
        ),
        (
            "multiple-choice",
            {"choices": [{"id": "a", "text": "x"}, {"id": "b", "text": "y", "correct": 1}]},
            ("choices", 1, "correct"),
            "true or false",
        ),
        ("multiple-choice", {"scoring": "half"}, ("scoring",), "all-or-nothing, partial"),
        ("true-false", {"answer": "no"}, ("answer",), "true or false"),
    ],
)
def test_mistakes_are_named_with_their_place(
    name: str, changes: dict, where: tuple, words: str
) -> None:
    problems = type_named(name).clean(CONTENT[name](**changes)).problems

    assert [problem.where for problem in problems if words in problem.sentence] == [where]


def test_missing_answer_of_true_false_is_a_mistake() -> None:
    content = true_false()
    del content["answer"]

    assert type_named("true-false").clean(content).problems == [
        ContentProblem(("answer",), "“answer” must be true or false.")
    ]


@pytest.mark.parametrize("name", CHOICES)
def test_presentation_says_nothing_about_what_is_right(name: str) -> None:
    shown = type_named(name).present(cleaned(name), 7)

    assert set(shown) == {"stem", "hint", "input", "options"}
    assert all(set(option) == {"value", "text"} for option in shown["options"])


def test_choices_are_called_by_their_place_and_not_by_the_authors_id() -> None:
    shown = type_named("single-choice").present(cleaned("single-choice"), 7)

    assert [option["value"] for option in shown["options"]] == ["1", "2", "3"]


def test_without_shuffling_the_authors_order_stays() -> None:
    shown = type_named("multiple-choice").present(cleaned("multiple-choice"), AUTHORED_ORDER)

    assert [option["text"] for option in shown["options"]] == ["ST2", "ST3", "SI18", "GB14", "CV24"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("single-choice", {"choice": ["9"]}),
        ("single-choice", {"choice": ["b"]}),
        ("single-choice", {"choice": ["1", "2"]}),
        ("multiple-choice", {"choice": ["1", "0"]}),
        ("true-false", {"choice": ["maybe"]}),
        ("true-false", {"choice": ["true", "false"]}),
    ],
)
def test_what_is_no_answer_is_refused(name: str, raw: dict) -> None:
    with pytest.raises(BadResponse):
        type_named(name).clean_response(raw, cleaned(name), 3)


@pytest.mark.parametrize("name", CONTENT)
def test_nothing_sent_is_no_answer_and_earns_nothing(name: str) -> None:
    kind, content = type_named(name), cleaned(name)

    assert kind.clean_response({}, content, 3) is None
    assert {value for values in kind.raw_of(None, content, 3).values() for value in values} <= {""}
    assert kind.grade(content, None) == 0
    assert kind.review(content, None, 3)["is_answered"] is False


@pytest.mark.parametrize(
    ("scoring", "chosen", "share"),
    [
        ("partial", "abc", Fraction(1)),
        ("partial", "ab", Fraction(2, 3)),
        ("partial", "abd", Fraction(1, 3)),
        ("partial", "ade", Fraction(0)),
        ("partial", "abcde", Fraction(1, 3)),
        ("all-or-nothing", "abc", Fraction(1)),
        ("all-or-nothing", "ab", Fraction(0)),
        ("all-or-nothing", "abcd", Fraction(0)),
    ],
)
def test_multiple_choice_credit(scoring: str, chosen: str, share: Fraction) -> None:
    content = cleaned("multiple-choice", scoring=scoring)

    assert type_named("multiple-choice").grade(content, {"choices": list(chosen)}) == share


def test_review_shows_own_answer_right_answer_and_feedback() -> None:
    review = type_named("single-choice").review(
        cleaned("single-choice"), {"choice": "a"}, AUTHORED_ORDER
    )

    assert review["options"] == [
        {
            "text": "On the forehead",
            "feedback": "That is GB14.",
            "is_right": False,
            "is_chosen": True,
        },
        {"text": "Under the pupil", "feedback": "Yes.", "is_right": True, "is_chosen": False},
        {"text": "On the chin", "feedback": "", "is_right": False, "is_chosen": False},
    ]
    assert review["explanation"] == "Level with the lower edge of the nostril wing."


def test_hooks_for_statistics_and_search_have_defaults() -> None:
    kind, content = type_named("multiple-choice"), cleaned("multiple-choice")

    assert kind.statistic_keys(content, {"choices": ["b", "a"]}) == ["a", "b"]
    assert kind.statistic_labels(content)["d"] == "GB14"
    assert "SI18" in kind.search_text(content)
    assert kind.used_files(content) == set()
