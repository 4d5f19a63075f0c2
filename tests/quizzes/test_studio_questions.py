"""The studio's editor of one question."""

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import CourseVersion
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem
from tests.factories.courses import (
    GlossaryTermFactory,
    LessonFactory,
    ModuleFactory,
    ObjectiveFactory,
    ReferenceFactory,
    VersionFactory,
)
from tests.factories.quizzes import RevisionFactory, multiple, quiz_with, single, true_false

pytestmark = pytest.mark.django_db
KINDS = {
    "single-choice": single(),
    "multiple-choice": multiple(),
    "true-false": true_false(),
}


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="drafted", course__owner=instructor)


@pytest.fixture
def author(instructor: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(instructor)


def url(name: str, quiz: Quiz | None = None, **kwargs: Any) -> str:
    if quiz is not None:
        kwargs["quiz"] = quiz.key
    return reverse(f"quizzes:studio-quiz-{name}", kwargs={"slug": "drafted", **kwargs})


def editor_url(quiz: Quiz) -> str:
    return url("question", quiz, question=only(quiz).revision.question.key)


def only(quiz: Quiz) -> QuizPoolItem:
    return QuizPoolItem.objects.select_related("revision__question").get(quiz=quiz)


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def fields_in(answer: HttpResponse) -> dict[str, Any]:
    """What a browser would send for the editor on this page, without pressing a button."""
    page = answer.content.decode()
    form = page[
        page.index("data-question-editor") : page.index(
            "</form>", page.index("data-question-editor")
        )
    ]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        if name is None or (re.search(r'type="(radio|checkbox)"', tag) and " checked" not in tag):
            continue
        fields.setdefault(unescape(name[1]), []).append(unescape(value[1]) if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name] = [unescape(text).removeprefix("\r\n").removeprefix("\n")]
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = [chosen[1] if chosen else ""]
    return fields


FILLED = {
    "type": "single-choice",
    "number": "0",
    "stem": "Where does ST4 lie?",
    "explanation": "Beside the corner of the mouth.",
    "row": ["0", "1", "2", "3"],
    "text-0": "On the chin",
    "text-1": "Beside the mouth",
    "correct": "1",
    "feedback-1": "Yes.",
    "points": "1",
}


@pytest.mark.parametrize(("name", "content"), KINDS.items())
def test_saving_an_untouched_form_changes_nothing(
    author: Client, draft: CourseVersion, name: str, content: dict[str, Any]
) -> None:
    quiz = quiz_with([(name, content)], version=draft)
    before = only(quiz).revision

    shown = author.get(editor_url(quiz))
    saved = author.post(editor_url(quiz), fields_in(shown))

    assert saved.status_code == 302, text_of(saved)
    assert only(quiz).revision == before
    assert QuestionRevision.objects.count() == 1


def test_a_new_question_is_written_with_all_it_has(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(0, version=draft)
    objective = ObjectiveFactory(version=draft)
    lesson = LessonFactory(module=ModuleFactory(version=draft))

    blank = author.get(url("question-add", quiz), {"type": "single-choice"})
    answer = author.post(
        url("question-add", quiz),
        FILLED | {"objective": str(objective.key), "lesson": str(lesson.key), "points": "2.5"},
    )

    assert text_of(blank).count('name="row"') == 4
    revision = only(quiz).revision
    assert answer["Location"] == f"{url('detail', quiz)}#question-{revision.question.key}"
    assert (revision.points, revision.objective_key, revision.lesson_key) == (
        Decimal("2.5"),
        objective.key,
        lesson.key,
    )
    assert revision.data == {
        "stem": "Where does ST4 lie?",
        "explanation": "Beside the corner of the mouth.",
        "choices": [
            {"id": "a", "text": "On the chin", "correct": False, "feedback": ""},
            {"id": "b", "text": "Beside the mouth", "correct": True, "feedback": "Yes."},
        ],
    }


def test_saving_may_lead_to_the_next_question(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(0, version=draft)

    answer = author.post(url("question-add", quiz), FILLED | {"then": "save-next"})

    assert answer["Location"] == f"{url('question-add', quiz)}?type=single-choice"
    assert "The question is saved." in text_of(author.get(answer["Location"]))


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"stem": " "}, "id_stem", "Write the question."),
        ({"stem": "See [@nobody]."}, "id_stem", "This course has no reference “nobody”."),
        ({"explanation": "x" * 8001}, "id_explanation", "at most 8000 characters"),
        ({"points": "0"}, "id_points", "greater than or equal to 0.01"),
        ({"points": "many"}, "id_points", "Enter a number."),
        ({"objective": "other"}, "id_objective", "Select a valid choice"),
        ({"correct": []}, "choices", "Exactly one choice must be correct; here none is."),
        ({"text-1": ""}, "choice-1", "Write what this choice says, or remove it."),
        ({"text-0": "x" * 1001}, "choice-0", "“Choice” is longer than 1,000 characters."),
        ({"text-0": "![](figure:face)"}, "choice-0", "There is no figure “face”"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    author: Client,
    draft: CourseVersion,
    change: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    quiz = quiz_with(0, version=draft)

    answer = author.post(url("question-add", quiz), FILLED | change)

    text = text_of(answer)
    assert answer.status_code == 422
    assert sentence in text
    assert f'href="#{field}"' in text
    assert f'id="{field}"' in text
    assert text.count("Yes.") >= 1
    assert not QuizPoolItem.objects.exists()


def test_an_unanswered_true_or_false_leads_to_its_answer(
    author: Client, draft: CourseVersion
) -> None:
    quiz = quiz_with(0, version=draft)

    answer = author.post(
        url("question-add", quiz),
        {"type": "true-false", "number": "0", "points": "1", "stem": "It holds."},
    )

    assert answer.status_code == 422
    assert "Say whether the statement is true or false." in text_of(answer)


@pytest.mark.parametrize(
    ("then", "after"),
    [
        ("add", ["0", "1", "2", "3", "4"]),
        ("up:1", ["1", "0", "2", "3"]),
        ("remove:0", ["1", "2", "3"]),
    ],
)
def test_without_a_script_buttons_arrange_the_rows_and_keep_the_words(
    author: Client, draft: CourseVersion, then: str, after: list[str]
) -> None:
    quiz = quiz_with(0, version=draft)

    answer = author.post(url("question-add", quiz), FILLED | {"then": then})

    fields = fields_in(answer)
    assert answer.status_code == 200
    assert fields["row"] == after
    assert fields["text-1"] == ["Beside the mouth"]
    assert fields["correct"] == ["1"]
    assert "error-summary" not in text_of(answer)
    assert not QuizPoolItem.objects.exists()


def test_without_a_script_the_preview_is_a_button(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(0, version=draft)

    answer = author.post(url("question-add", quiz), FILLED | {"then": "preview"})

    text = text_of(answer)
    assert "As learners see it" in text
    assert "Your answer, right" in text
    assert not QuizPoolItem.objects.exists()


# ---------------------------------------------------------------- the preview


def test_the_preview_is_what_learners_see(author: Client, draft: CourseVersion) -> None:
    ReferenceFactory(version=draft, slug="known")
    GlossaryTermFactory(version=draft, slug="fascia", definition="A sheet.")
    sent = FILLED | {
        "stem": "Is [fascia](glossary:fascia) *one* sheet?",
        "explanation": "So they say [@known].",
    }

    fragment = text_of(author.post(url("preview"), sent))

    assert "<html" not in fragment
    assert "<em>one</em>" in fragment
    assert fragment.count("A sheet.") == 2
    ids = re.findall(r' id="([^"]+)"', fragment)
    assert len(ids) == len(set(ids))
    assert "Yes." in fragment


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(
    ("sent", "shows"),
    [
        ({}, "Begin to write"),
        ({"stem": "Is it so?"}, "Say which answer is right"),
        ({"stem": "x", "row": ["0", "z"], "correct": ["0", "9"], "text-0": "a"}, "Say which"),
        ({"stem": "<script>alert(1)</script>"}, "<p><script>"),
    ],
)
def test_a_preview_of_half_a_question_shows_what_there_is(
    author: Client, draft: CourseVersion, name: str, sent: dict[str, Any], shows: str
) -> None:
    answer = author.post(url("preview"), {"type": name, **sent})

    assert answer.status_code == 200
    assert b"<script" not in answer.content
    assert shows in text_of(answer)


def test_a_preview_of_an_unknown_type_is_not_there(author: Client, draft: CourseVersion) -> None:
    assert author.post(url("preview"), {"type": "essay"}).status_code == 404
    quiz = quiz_with(0, version=draft)
    assert author.get(url("question-add", quiz), {"type": "essay"}).status_code == 404


def test_a_preview_writes_nothing(author: Client, draft: CourseVersion) -> None:
    author.post(url("preview"), FILLED)

    assert not QuestionRevision.objects.exists()


# ---------------------------------------------------------------- two authors


def test_the_second_author_keeps_the_words_and_sees_the_difference(
    author: Client, draft: CourseVersion, client_of: Callable[[User], Client], registrar: User
) -> None:
    quiz = quiz_with([("single-choice", single())], version=draft)
    mine = fields_in(author.get(editor_url(quiz)))
    theirs = mine | {"stem": ["Where does ST9 lie?"]}
    client_of(registrar).post(editor_url(quiz), theirs)

    answer = author.post(editor_url(quiz), mine | {"explanation": ["Mine alone."]})

    text = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody else saved this question while you were writing." in text
    assert "<del>ST9 </del><ins>ST3 </ins>" in text
    assert "Mine alone.</textarea>" in text
    assert only(quiz).revision.data["stem"] == "Where does ST9 lie?"
    again = author.post(editor_url(quiz), fields_in(answer))
    assert again.status_code == 302
    assert only(quiz).revision.data["explanation"] == "Mine alone."
    assert only(quiz).revision.number == 3


def test_a_question_taken_out_meanwhile_is_not_lost(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with([("single-choice", single())], version=draft)
    address = editor_url(quiz)
    mine = fields_in(author.get(address))
    QuizPoolItem.objects.all().delete()

    answer = author.post(address, mine | {"stem": ["Mine?"]})

    text = text_of(answer)
    assert answer.status_code == 409
    assert "took this question out of the quiz" in text
    assert f'action="{url("question-add", quiz)}"' in text
    author.post(url("question-add", quiz), fields_in(answer))
    assert only(quiz).revision.data["stem"] == "Mine?"
    assert author.get(address).status_code == 404


def test_an_objective_that_is_gone_is_shown_as_none(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(0, version=draft)
    gone = ObjectiveFactory()
    revision = RevisionFactory(question__course=draft.course, objective_key=gone.key)
    QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=1)

    author.post(editor_url(quiz), fields_in(author.get(editor_url(quiz))))

    assert only(quiz).revision.objective_key is None
