"""The studio: questions that come in and go out with their pictures."""

import io
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, StoredFile
from courses.models import CourseVersion, Figure
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from tests.factories.courses import VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db


def png(color: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    """A few kilobytes that would be six thousand pixels wide and high."""
    out = io.BytesIO()
    Image.new("1", (6_000, 6_000)).save(out, "PNG")
    return out.getvalue()


def moodle(stem: str, files: dict[str, bytes], *, choice: str = "On the jaw") -> bytes:
    """One question, with base64 as Moodle writes it, in HTML."""
    hung = "".join(
        f'<file name="{name}" path="/" encoding="base64">{content.decode()}</file>'
        for name, content in files.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><quiz><question type="multichoice">'
        f"<name><text>Hand</text></name><questiontext format='html'><text><![CDATA[{stem}]]></text>"
        f"{hung}</questiontext><single>true</single>"
        f"<answer fraction='100' format='html'><text><![CDATA[{choice}]]></text>{hung}</answer>"
        "<answer fraction='0' format='html'><text>On the neck</text></answer></question></quiz>"
    ).encode()


STEM = '<p>Where is the hand?</p><p><img src="@@PLUGINFILE@@/my%20hand.png" alt="A hand."></p>'
ONE = {"my hand.png": b64encode(png())}


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


def look(author: Client, quiz: Quiz, content: bytes, name: str = "a.xml") -> HttpResponse:
    file = SimpleUploadedFile(name, content)
    return author.post(url("import", quiz.key), {"file": file, "then": "look"})


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def add_all(author: Client, quiz: Quiz, looked: HttpResponse) -> HttpResponse:
    found = re.search(r'name="kept" value="([^"]+)"', looked.content.decode())
    kept = found[1] if found else ""
    return author.post(url("import", quiz.key), {"kept": kept, "then": "add-all"})


def asked(quiz: Quiz) -> list[QuestionRevision]:
    items = QuizPoolItem.objects.filter(quiz=quiz).select_related("revision").order_by("position")
    return [item.revision for item in items]


def shown_in(answer: HttpResponse) -> list[str]:
    """Addresses of the pictures of a preview."""
    return re.findall(r'<img [^>]*src="(/studio/[^"]+)"', answer.content.decode())


def test_a_picture_is_seen_before_anything_is_written_and_then_is_a_figure_of_the_course(
    author: Client, quiz: Quiz, draft: CourseVersion
) -> None:
    page = look(author, quiz, moodle(STEM, ONE, choice='<img src="@@PLUGINFILE@@/my%20hand.png">'))

    (stem, choice) = shown_in(page)
    picture = author.get(stem)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(picture.content)).size == (64, 48)
    assert choice.split("/")[:-1] == stem.split("/")[:-1]
    assert not Figure.objects.exists()
    assert not Question.objects.exists()

    add_all(author, quiz, page)

    (figure,) = Figure.objects.filter(version=draft)
    assert (figure.slug, figure.alt, figure.width) == ("my-hand", "A hand.", 64)
    (revision,) = asked(quiz)
    assert revision.data["stem"] == "Where is the hand?\n\n![](figure:my-hand)"
    assert revision.data["choices"][0]["text"] == "![](figure:my-hand)"
    assert list(revision.data["figures"]) == ["my-hand"]
    assert AuditEvent.objects.filter(action="figure.added").count() == 1


def test_the_same_file_makes_nothing_twice_also_after_its_picture_was_described(
    author: Client, quiz: Quiz
) -> None:
    content = moodle(STEM, ONE)
    first = look(author, quiz, content)
    add_all(author, quiz, first)
    add_all(author, quiz, first)
    Figure.objects.update(alt="A hand on a jaw.", credit="Own photograph")

    again = look(author, quiz, content)
    add_all(author, quiz, again)

    assert "There already, will not be added again" in text_of(again)
    assert (Figure.objects.count(), Question.objects.count()) == (1, 1)


def test_a_picture_without_words_is_among_what_is_missing(author: Client, quiz: Quiz) -> None:
    add_all(author, quiz, look(author, quiz, moodle(STEM.replace('alt="A hand."', ""), ONE)))

    (figure,) = Figure.objects.all()
    page = text_of(author.get(reverse("courses:studio-publish", args=["drafted"])))
    assert f"The picture “{figure.slug}” has no alternative text." in page


@pytest.mark.parametrize(
    ("source", "files", "sentence"),
    [
        ("https://example.org/hand.png", ONE, "outside the file (example.org), and nothing is"),
        ("//example.org/hand.png", ONE, "outside the file (example.org), and nothing is fetched"),
        ("file:///etc/passwd", ONE, "outside the file, and nothing is fetched from there"),
        ("@@PLUGINFILE@@/gone.png", ONE, "“gone.png” does not come along: the file names it and"),
        ("@@PLUGINFILE@@/a.png", {"a.png": b"iVBOR*w0KGgo="}, "its bytes (base64) are damaged"),
        ("@@PLUGINFILE@@/a.png", {"a.png": b64encode(b"<svg/>")}, "This is an SVG drawing"),
        ("@@PLUGINFILE@@/a.png", {"a.png": b64encode(b"hello")}, "not a JPEG, PNG or WebP"),
        ("@@PLUGINFILE@@/a.png", {"a.png": b64encode(bomb())}, "has more than 25 million pixels"),
        ("data:image/png;base64,%%%%", ONE, "its bytes (base64) are damaged"),
    ],
    ids=["http", "no scheme", "disk", "missing", "damaged", "svg", "text", "bomb", "inline"],
)
def test_a_picture_that_cannot_come_is_named_and_its_question_waits_for_a_tick(
    author: Client, quiz: Quiz, source: str, files: dict[str, bytes], sentence: str
) -> None:
    page = look(author, quiz, moodle(f'<p>Where?</p><img src="{source}">', files))

    text = text_of(page)
    assert page.status_code == 200
    assert sentence in text
    assert text.count("A picture is missing") == 1
    assert 'name="question" value="0">' in text
    add_all(author, quiz, page)
    assert [each.data["stem"] for each in asked(quiz)] == ["Where?"]
    assert not Figure.objects.exists()


def test_one_that_is_nearly_the_same_is_named_in_words(author: Client, quiz: Quiz) -> None:
    add_all(author, quiz, look(author, quiz, moodle(STEM, ONE)))

    page = text_of(look(author, quiz, moodle(STEM, ONE, choice="At the jaw")))

    assert "There already: “Where is the hand?”" in page
    assert "figure:" not in page


def test_a_preview_shown_again_says_the_same_of_its_pictures(author: Client, quiz: Quiz) -> None:
    lost = {**ONE, "b.png": b64encode(b"hello")}
    stem = f'{STEM}<img src="@@PLUGINFILE@@/b.png">'
    first = look(author, quiz, moodle(stem, lost))
    found = re.search(r'name="kept" value="([^"]+)"', first.content.decode())
    kept = found[1] if found else ""

    again = author.post(url("import", quiz.key), {"kept": kept, "then": "add"})

    assert len(shown_in(again)) == len(shown_in(first)) == 1
    for page in (first, again):
        assert text_of(page).count("A picture is missing") == 1
        assert text_of(page).count("not a JPEG, PNG or WebP") == 1


@pytest.mark.parametrize(
    ("alt", "is_told"), [("The MASSETER, marked.", True), ("A jaw with an arrow.", False)]
)
def test_words_for_a_picture_that_tell_the_right_answer_are_pointed_out(
    author: Client, quiz: Quiz, alt: str, is_told: bool
) -> None:
    page = look(author, quiz, moodle(STEM.replace("A hand.", alt), ONE, choice="Masseter"))

    assert ("tell the right answer, “Masseter”" in text_of(page)) is is_told


def test_a_picture_that_stands_in_the_text_itself_comes_along(author: Client, quiz: Quiz) -> None:
    large = png("blue", (640, 400)) + bytes(120_000)
    inline = f'<p>Where?</p><img src="data:image/png;base64,{b64encode(large).decode()}">'

    add_all(author, quiz, look(author, quiz, moodle(inline, {})))

    assert [each.data["stem"] for each in asked(quiz)] == ["Where?\n\n![](figure:picture)"]


def test_a_choice_that_was_a_picture_alone_tells_why_it_is_gone(author: Client, quiz: Quiz) -> None:
    page = text_of(
        look(author, quiz, moodle("Which?", {}, choice='<img src="http://example.org/a.png">'))
    )

    assert "0 questions understood" in page
    assert "it stands at an address outside the file (example.org)" in page


def test_pictures_of_a_package_are_found_beside_their_item_and_nowhere_else(
    author: Client, quiz: Quiz
) -> None:
    def item(source: str) -> str:
        return (
            '<assessmentItem identifier="Q" title="Hand"><responseDeclaration identifier="RESPONSE"'
            ' cardinality="single"><correctResponse><value>A</value></correctResponse>'
            f'</responseDeclaration><itemBody><p>{source}?</p><p><img src="{source}" alt="A hand."'
            '/></p><choiceInteraction responseIdentifier="RESPONSE"><simpleChoice identifier="A">'
            'Yes, it is</simpleChoice><simpleChoice identifier="B">No</simpleChoice>'
            "</choiceInteraction></itemBody></assessmentItem>"
        )

    sources = ["../media/hand.png", "../../../etc/passwd", "/media/hand.png", "../media/gone.png"]
    resources = "".join(
        f'<resource type="imsqti_item_xmlv2p1" href="items/{number}.xml"/>'
        for number in range(len(sources))
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("imsmanifest.xml", f"<manifest>{resources}</manifest>")
        archive.writestr("media/hand.png", png())
        for number, source in enumerate(sources):
            archive.writestr(f"items/{number}.xml", item(source))

    page = look(author, quiz, buffer.getvalue(), "a.zip")
    text = text_of(page)

    assert len(shown_in(page)) == 1
    assert text.count("its address leads out of the package") == 2
    assert "“gone.png” does not come along: the package names it and does not hold it" not in text
    assert "the package names it and does not hold it" in text
    assert "was not read" not in text
    add_all(author, quiz, page)
    assert len(asked(quiz)) == 4
    assert [each.slug for each in Figure.objects.all()] == ["hand"]


def test_a_picture_of_a_preview_is_shown_to_nobody_else(
    author: Client, quiz: Quiz, client_of: Callable[[User], Client], stranger: User
) -> None:
    (address,) = shown_in(look(author, quiz, moodle(STEM, ONE)))
    other = VersionFactory(
        status="draft", course__slug="other", course__owner=quiz.version.course.owner
    )

    seen = address.rpartition("/")[2]
    elsewhere = reverse("quizzes:studio-quiz-import-picture", args=[other.course.slug, seen])
    assert author.get(elsewhere).status_code == 404
    assert author.get(f"{address}x").status_code == 404
    assert client_of(stranger).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("MOST_PICTURES", "more than 0 pictures"), ("MOST_PIXELS", "too large to be looked at")],
)
def test_too_many_pictures_are_refused_before_any_is_kept(
    author: Client, quiz: Quiz, monkeypatch: pytest.MonkeyPatch, name: str, sentence: str
) -> None:
    monkeypatch.setattr(f"quizzes.domain.importing_pictures.{name}", 0)

    page = look(author, quiz, moodle(STEM, ONE))

    assert (page.status_code, sentence in text_of(page)) == (422, True)
    assert not StoredFile.objects.exists()


def test_a_course_that_is_full_of_pictures_takes_no_question_of_the_file(
    author: Client, quiz: Quiz, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("courses.domain.picturing.MOST_FIGURES", 0)

    answer = add_all(author, quiz, look(author, quiz, moodle(STEM, ONE)))

    assert "A course has at most 0 pictures" in text_of(author.get(answer["Location"]))
    assert (Figure.objects.count(), Question.objects.count()) == (0, 0)
