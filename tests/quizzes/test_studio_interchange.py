"""The studio: questions out of files, and into files, of other systems."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.models import CourseVersion
from quizzes.domain import importing
from quizzes.interchange import formats
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from tests.factories.courses import FigureFactory, VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "interchange_files"
TWO = (
    "::Stroke::Which stroke usually begins a session?{=Gliding ~Tapping}\n\n"
    "// [tag:Press]\n::Press::Strong pressure is always better.{F}\n"
)


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__slug="drafted", course__owner=instructor)


@pytest.fixture
def quiz(draft: CourseVersion) -> Quiz:
    return quiz_with(0, version=draft, slug="points")


@pytest.fixture
def author(instructor: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(instructor)


def url(name: str, *further: Any) -> str:
    return reverse(f"quizzes:studio-quiz-{name}", args=["drafted", *further])


def look(author: Client, address: str, text: str = TWO, **sent: Any) -> HttpResponse:
    return author.post(address, {"text": text, "then": "look", **sent})


def kept_in(answer: HttpResponse) -> str:
    found = re.search(r'name="kept" value="([^"]+)"', answer.content.decode())
    return found[1] if found else ""


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def asked(quiz: Quiz) -> list[QuestionRevision]:
    items = QuizPoolItem.objects.filter(quiz=quiz).select_related("revision").order_by("position")
    return [item.revision for item in items]


def test_looking_at_a_file_shows_all_that_is_said_and_adds_nothing(
    author: Client, quiz: Quiz
) -> None:
    file = SimpleUploadedFile("moodle.xml", (FILES / "moodle.xml").read_bytes())
    answer = author.post(url("import", quiz.key), {"file": file, "then": "look"})
    page = text_of(answer)

    assert answer.status_code == 200
    assert "3 questions understood" in page
    assert "Read as Moodle XML." in page
    assert "Line 109, “Own words”</b> It asks for a free text (essay)" in page
    assert "The picture “face.png” does not come along. This is not a JPEG" in page
    assert "A picture is missing" in page
    assert "Single choice · Line 15 · 2 points · Points" in page
    assert page.count("Right answer") == 3
    assert not Question.objects.exists()


def test_all_or_the_ticked_ones_are_added_as_they_were_seen(author: Client, quiz: Quiz) -> None:
    kept = kept_in(look(author, url("import", quiz.key)))

    ticked = author.post(url("import", quiz.key), {"kept": kept, "then": "add", "question": ["1"]})
    every = author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})

    assert ticked["Location"] == every["Location"] == url("detail", quiz.key)
    found = formats.read(TWO.encode()).questions
    assert [(each.type, each.data, each.tags) for each in asked(quiz)] == [
        (found[1].type, found[1].content, '["press"]'),
        (found[0].type, found[0].content, "[]"),
    ]
    page = text_of(author.get(every["Location"]))
    assert "1 question is added." in page
    assert "1 question was there already and is not added again." in page
    events = AuditEvent.objects.filter(action="questions.imported")
    assert events.count() == 2


def test_the_same_preview_sent_twice_adds_once(author: Client, quiz: Quiz) -> None:
    kept = kept_in(look(author, url("import", quiz.key)))
    for _ in range(2):
        author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})

    assert len(asked(quiz)) == 2
    again = look(author, url("import", quiz.key))
    assert text_of(again).count("There already, will not be added again") == 2
    assert "add-all" not in text_of(again)


def test_two_tabs_add_what_each_of_them_shows(author: Client, quiz: Quiz) -> None:
    first = kept_in(look(author, url("import", quiz.key)))
    second = kept_in(look(author, url("import", quiz.key), "::Other::Is it warm?{T}"))

    author.post(url("import", quiz.key), {"kept": first, "then": "add-all"})
    author.post(url("import", quiz.key), {"kept": second, "then": "add-all"})

    assert [each.data["stem"] for each in asked(quiz)][-1] == "Is it warm?"
    assert len(asked(quiz)) == 3


@pytest.mark.parametrize("then", ["add", "add-all"])
def test_a_preview_that_was_changed_or_is_of_elsewhere_adds_nothing(
    author: Client, quiz: Quiz, draft: CourseVersion, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = quiz_with(0, version=draft, slug="other")
    kept = kept_in(look(author, url("import", quiz.key)))

    forged = [
        author.post(address, {"kept": each, "then": then, "question": "0"})
        for address, each in (
            (url("import", quiz.key), f"x{kept}"),
            (url("import", quiz.key), ""),
            (url("import", other.key), kept),
            (url("bank-import"), kept),
        )
    ]
    monkeypatch.setattr(importing, "_KEPT_FOR", -1)
    late = author.post(url("import", quiz.key), {"kept": kept, "then": then, "question": "0"})

    for answer in (*forged, late):
        assert answer.status_code == 422
        assert "This preview cannot be used any more." in text_of(answer)
    assert not Question.objects.exists()


@pytest.mark.parametrize("numbers", [[], ["7"], ["-1"], ["x"], ["²"]])
def test_nothing_ticked_adds_nothing_and_keeps_the_preview(
    author: Client, quiz: Quiz, numbers: list[str]
) -> None:
    kept = kept_in(look(author, url("import", quiz.key)))

    answer = author.post(
        url("import", quiz.key), {"kept": kept, "then": "add", "question": numbers}
    )

    assert answer.status_code == 422
    assert not Question.objects.exists()
    assert "Which stroke usually begins a session?" in text_of(answer)
    author.post(url("import", quiz.key), {"kept": kept_in(answer), "then": "add", "question": "1"})
    assert [each.data["stem"] for each in asked(quiz)] == [
        formats.read(TWO.encode()).questions[1].content["stem"]
    ]


def test_what_no_longer_fits_is_told_and_not_called_known(
    author: Client, quiz: Quiz, draft: CourseVersion
) -> None:
    figure = FigureFactory(version=draft, slug="hand")
    own = """[[questions]]
type = "true-false"
stem = "Is it so?\\n\\n![](figure:hand)"
answer = true

[[questions]]
type = "true-false"
stem = "Is it warm?"
answer = true
"""
    kept = kept_in(look(author, url("import", quiz.key), own, format="package"))
    figure.delete()

    answer = author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})

    assert answer.status_code == 422
    assert not Question.objects.exists()
    assert "The course was changed since you looked at the file." in text_of(answer)
    assert "Is it warm?" in text_of(answer)
    author.post(url("import", quiz.key), {"kept": kept_in(answer), "then": "add-all"})
    assert [each.data["stem"] for each in asked(quiz)] == ["Is it warm?"]


@pytest.mark.parametrize("name", ["import", "export", "paste"])
def test_pages_beside_a_quiz_are_dressed_as_the_studio(
    author: Client, quiz: Quiz, name: str
) -> None:
    page = text_of(author.get(url(name, quiz.key)))

    assert page.count("css/studio.css") == page.count("css/studio-quizzes.css") == 1


def test_questions_go_into_the_bank_alone(author: Client, quiz: Quiz) -> None:
    page = look(author, url("bank-import"))
    answer = author.post(url("bank-import"), {"kept": kept_in(page), "then": "add-all"})

    assert answer["Location"] == url("bank")
    assert (Question.objects.count(), asked(quiz)) == (2, [])
    assert "Strong pressure is always better." in text_of(author.get(url("bank")))
    assert "There already" in text_of(look(author, url("bank-import")))


def test_a_question_nearly_the_same_is_marked_and_not_ticked(author: Client, quiz: Quiz) -> None:
    kept = kept_in(look(author, url("import", quiz.key)))
    author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})

    alike = "Which stroke mostly begins a session?{=Gliding ~Tapping}\n\nIs oil warm?{T}\n"
    page = text_of(look(author, url("import", quiz.key), alike))

    assert page.count("Nearly the same as one that is there") == 1
    assert "There already: “Which stroke usually begins a session?”" in page
    assert 'value="0" checked' not in page
    assert 'value="1" checked' in page


def test_what_cannot_be_added_whole_is_not_added_at_all(
    author: Client, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_QUESTIONS", 1)
    kept = kept_in(look(author, url("import", quiz.key)))

    answer = author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})

    assert "A quiz has at most 1 questions" in text_of(author.get(answer["Location"]))
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file or paste a text first."),
        ({"text": "\x00"}, "Null characters are not allowed."),
        ({"text": "é" * 100_001}, "The text is larger than 200 kB."),
        ({"text": TWO, "format": "moodle-xml"}, "no well-formed XML"),
        ({"text": TWO, "format": "word"}, "Select a valid choice."),
        ({"text": "<quiz>"}, "no well-formed XML (line 1)"),
    ],
    ids=["nothing", "nul", "long", "other format", "no format", "broken"],
)
def test_bad_input_answers_422_with_the_form(
    author: Client, quiz: Quiz, sent: dict[str, str], sentence: str
) -> None:
    answer = author.post(url("import", quiz.key), {**sent, "then": "look"})

    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_a_file_and_a_text_at_once_are_refused(author: Client, quiz: Quiz) -> None:
    file = SimpleUploadedFile("a.gift", TWO.encode())

    answer = author.post(url("import", quiz.key), {"text": TWO, "file": file, "then": "look"})

    assert (answer.status_code, "not both at once" in text_of(answer)) == (422, True)


def test_looking_and_adding_ask_no_more_queries_for_five_hundred(
    author: Client, quiz: Quiz, draft: CourseVersion
) -> None:
    many = "\n\n".join(f"What is [@who{n}] {n} times {n}?{{=a{n} ~b}}" for n in range(1, 501))
    other = quiz_with(0, version=draft, slug="other")
    counts = []
    for place, text in ((quiz, TWO), (other, many)):
        address = url("import", place.key)
        look(author, address, text)
        with CaptureQueriesContext(connection) as looking:
            page = look(author, address, text)
        with CaptureQueriesContext(connection) as adding:
            author.post(address, {"kept": kept_in(page), "then": "add-all"})
        counts.append((len(looking), len(adding)))

    assert len(asked(other)) == 500
    assert counts[0][0] == counts[1][0]
    # SQLite takes rows in batches of some eighty.
    assert counts[1][1] - counts[0][1] <= 10


def test_the_template_is_a_file_that_is_understood(author: Client, quiz: Quiz) -> None:
    for ending in ("xlsx", "csv"):
        answer = author.get(url("import-template", ending))
        assert f'filename="questions.{ending}"' in answer["Content-Disposition"]
        assert len(formats.read(answer.content, name=f"a.{ending}").questions) == 8
    assert author.get(url("import-template", "exe")).status_code == 404


def test_the_export_says_what_stays_behind_and_gives_the_files(author: Client, quiz: Quiz) -> None:
    template = author.get(url("import-template", "csv")).content.decode("utf-8-sig")
    kept = kept_in(look(author, url("import", quiz.key), template, format="spreadsheet"))
    author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})

    page = text_of(author.get(url("export", quiz.key)))
    assert "6 of 8 questions" in page
    assert "Left out. GIFT has no question of this type." in page
    for name in formats.WRITTEN:
        answer = author.get(url("export", quiz.key), {"format": name})
        assert 'attachment; filename="points.' in answer["Content-Disposition"]
        found = formats.read(answer.content, format_name=name)
        assert len(found.questions) == (6 if name == "gift" else 8)
    assert author.get(url("export", quiz.key), {"format": "word"}).status_code == 404
