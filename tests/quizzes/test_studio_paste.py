"""The studio: questions pasted from Word into a quiz."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.text import sha256_text
from courses.models import CourseVersion
from quizzes.domain import authoring_questions
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.views.studio_paste import EXAMPLE
from quizzes.word import read_questions
from tests.factories.courses import VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
HALF_UNDERSTOOD = f"{EXAMPLE}\n3. Which oil?\na) Almond\nb) Olive\n"
NOT_UNDERSTOOD = "3. Which oil?\na) Almond\nb) Olive\n"


@pytest.fixture
def quiz(instructor: User) -> Quiz:
    draft = VersionFactory(status="draft", course__slug="drafted", course__owner=instructor)
    return quiz_with(0, version=draft)


@pytest.fixture
def author(instructor: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(instructor)


def url(name: str, quiz: Quiz) -> str:
    return reverse(f"quizzes:studio-quiz-{name}", args=["drafted", quiz.key])


def look(author: Client, quiz: Quiz, text: str) -> HttpResponse:
    return author.post(url("paste", quiz), {"text": text, "then": "look"})


def add(author: Client, quiz: Quiz, text: str, **options: Any) -> HttpResponse:
    """As the button sends it, on a page that shows this text; browsers end lines their way."""
    data = {
        "text": text.replace("\n", "\r\n"),
        "then": "add",
        "seen": sha256_text(text),
    }
    return author.post(url("paste", quiz), data, **options)


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def asked(quiz: Quiz) -> list[QuestionRevision]:
    items = QuizPoolItem.objects.filter(quiz=quiz).select_related("revision").order_by("position")
    return [item.revision for item in items]


def test_the_quiz_leads_to_the_page_whose_example_is_understood(author: Client, quiz: Quiz) -> None:
    detail = text_of(author.get(url("detail", quiz)))
    page = text_of(author.get(url("paste", quiz)))

    assert url("paste", quiz) in detail
    assert EXAMPLE.splitlines()[0] in page
    read = read_questions(EXAMPLE)
    assert ([each.type for each in read.questions], read.problems) == (
        ["single-choice", "true-false"],
        [],
    )


def test_looking_shows_both_halves_keeps_the_text_and_adds_nothing(
    author: Client, quiz: Quiz
) -> None:
    answer = look(author, quiz, f"\n\n{HALF_UNDERSTOOD}")
    page = text_of(answer)

    assert answer.status_code == 200
    assert f">\n\n\n{HALF_UNDERSTOOD}</textarea>" in page.replace("\r\n", "\n")
    assert "2 questions understood" in page
    assert "Add 2 questions" in page
    right = page[: page.index("Right answer")].rindex("<li")
    assert "Long, light gliding" in page[right : page.index("Right answer")]
    assert "Gliding lets the tissue get used to the hands." in page
    assert page.count("Right answer") == 2
    # Blank lines in front are lines as well.
    (problem,) = read_questions(f"\n\n{HALF_UNDERSTOOD}").problems
    assert f"Line {problem[0]}</b> {problem[1]}" in page
    assert f"\n\n{HALF_UNDERSTOOD}".split("\n")[problem[0] - 1] == "3. Which oil?"
    assert not Question.objects.exists()


def test_added_questions_say_what_the_text_says(author: Client, quiz: Quiz) -> None:
    answer = add(author, quiz, HALF_UNDERSTOOD)

    assert answer["Location"] == url("detail", quiz)
    read = read_questions(HALF_UNDERSTOOD).questions
    assert [(each.type, each.data) for each in asked(quiz)] == [
        (each.type, each.content) for each in read
    ]
    page = text_of(author.get(answer["Location"]))
    assert "2 questions are added." in page
    assert "1 place in the text was not understood" in page


def test_the_button_of_the_page_adds_what_the_page_shows(author: Client, quiz: Quiz) -> None:
    page = text_of(look(author, quiz, EXAMPLE.replace("\n", "\r\n")))

    assert f'name="seen" value="{sha256_text(EXAMPLE)}" form="paste"' in page


def test_a_text_that_changed_since_it_was_seen_is_shown_first(author: Client, quiz: Quiz) -> None:
    answer = author.post(
        url("paste", quiz), {"text": EXAMPLE, "then": "add", "seen": sha256_text("another")}
    )

    assert answer.status_code == 200
    assert "The text was changed since you looked at it." in text_of(answer)
    assert "Add 2 questions" in text_of(answer)
    assert not asked(quiz)


def test_the_same_text_sent_twice_adds_once(author: Client, quiz: Quiz) -> None:
    add(author, quiz, EXAMPLE)
    second = add(author, quiz, EXAMPLE)

    assert len(asked(quiz)) == 2
    page = text_of(author.get(second["Location"]))
    assert "2 questions were in this quiz already and are not added again." in page
    seen_again = text_of(look(author, quiz, EXAMPLE))
    assert seen_again.count("In this quiz already") == 2
    assert 'value="add"' not in seen_again


def test_only_what_is_new_is_added_also_within_a_text(author: Client, quiz: Quiz) -> None:
    add(author, quiz, EXAMPLE)
    another = "9. Is it warm?\na) Yes *\nb) No\n\n"

    assert "Add 1 question<" in text_of(look(author, quiz, another + another + EXAMPLE))
    add(author, quiz, another + another + EXAMPLE)

    assert [each.data["stem"] for each in asked(quiz)][2:] == ["Is it warm?"]


def test_a_text_with_only_problems_adds_nothing(author: Client, quiz: Quiz) -> None:
    answer = add(author, quiz, NOT_UNDERSTOOD)

    assert answer.status_code == 422
    assert "does not say which answer is right" in text_of(answer)
    assert "There is nothing in this text that could be added." in text_of(answer)
    assert 'value="add"' not in text_of(answer)
    assert not Question.objects.exists()


def test_what_cannot_be_added_whole_is_not_added_at_all(
    author: Client, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authoring_questions, "MOST_QUESTIONS", 1)

    answer = add(author, quiz, EXAMPLE)

    assert answer.status_code == 302
    assert "A quiz has at most 1 questions." in text_of(author.get(answer["Location"]))
    assert not Question.objects.exists()


@pytest.mark.parametrize("then", ["look", "add"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste your questions first."),
        (" \r\n ", "Paste your questions first."),
        ("é" * 100_001, "The text is larger than 200 kB. Paste it in parts."),
    ],
    ids=["empty", "blank", "large"],
)
def test_no_text_and_too_much_text_are_refused(
    author: Client, quiz: Quiz, text: str, sentence: str, then: str
) -> None:
    answer = author.post(url("paste", quiz), {"text": text, "then": then})

    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_looking_asks_no_more_queries_for_more_questions(
    author: Client, quiz: Quiz, django_assert_num_queries: Any
) -> None:
    many = "".join(f"{n}. What is {n}?\na) {n} *\nb) Another\n\n" for n in range(1, 60))
    look(author, quiz, EXAMPLE)
    with CaptureQueriesContext(connection) as few:
        look(author, quiz, EXAMPLE)
    with django_assert_num_queries(len(few)):
        look(author, quiz, many)


def test_pasted_markup_stays_text(author: Client, quiz: Quiz) -> None:
    text = "1. Is <script>alert(1)</script> [@who2008] *so*?\na) Yes *\nb) No\n"

    page = look(author, quiz, text).content.decode()

    assert "<script>alert" not in page
    assert add(author, quiz, text).status_code == 302
    assert len(asked(quiz)) == 1


def test_quizzes_of_others_and_of_published_versions_take_nothing(
    author: Client,
    quiz: Quiz,
    stranger: User,
    registrar: User,
    client_of: Callable[[User], Client],
) -> None:
    stranger.groups.add(Group.objects.get(name="instructor"))
    assert client_of(stranger).get(url("paste", quiz)).status_code == 404
    assert add(client_of(stranger), quiz, EXAMPLE).status_code == 404
    assert client_of(registrar).get(url("paste", quiz)).status_code == 200

    CourseVersion.objects.filter(pk=quiz.version_id).update(
        status="published", published_at=quiz.version.created_at, canonical_sha256="x"
    )
    assert add(author, quiz, EXAMPLE).status_code == 403
    assert not asked(quiz)
