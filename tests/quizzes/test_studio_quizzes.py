"""The studio's pages of quizzes and of the bank."""

from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.models import CourseVersion
from quizzes.models import Question, Quiz, QuizPoolItem
from tests.factories.courses import (
    GlossaryTermFactory,
    ModuleFactory,
    ObjectiveFactory,
    VersionFactory,
)
from tests.factories.quizzes import (
    PoolItemFactory,
    RevisionFactory,
    multiple,
    quiz_with,
    single,
    true_false,
)

pytestmark = pytest.mark.django_db
KINDS = [
    ("single-choice", single()),
    ("multiple-choice", multiple()),
    ("true-false", true_false()),
]


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


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def items(quiz: Quiz) -> list[QuizPoolItem]:
    return list(QuizPoolItem.objects.filter(quiz=quiz).select_related("revision__question"))


def keys(quiz: Quiz) -> list[Any]:
    return [item.revision.question.key for item in items(quiz)]


# ---------------------------------------------------------------- the list


def test_the_list_shows_every_place_and_what_is_not_tested(
    author: Client, draft: CourseVersion
) -> None:
    module = ModuleFactory(version=draft, title="Points of the face", position=1)
    ModuleFactory(version=draft, title="The neck", position=2)
    quiz_with(3, version=draft, module=module, title="Quiz: points", draw_count=2)
    ObjectiveFactory(version=draft, code="O7", text="Say what is known.")

    text = text_of(author.get(url("list")))

    assert "Quiz: points" in text
    assert "3 questions, 2 asked" in text
    assert text.count("Add a quiz") == 1
    assert "Add a final exam" in text
    assert "O7: Say what is known." in text


def test_one_click_adds_a_quiz(author: Client, draft: CourseVersion) -> None:
    module = ModuleFactory(version=draft, title="The neck")

    answer = author.post(url("add"), {"module": str(module.key)})

    quiz = Quiz.objects.get()
    assert (quiz.title, quiz.module) == ("Quiz: The neck", module)
    assert answer["Location"] == url("detail", quiz)
    assert author.post(url("add"), {"module": ""}).status_code == 302
    assert Quiz.objects.get(module=None).title == "Final exam"


@pytest.mark.parametrize("module", ["nonsense", "6f2c1f0e-3f0b-4a3e-9a54-7b1d2c3e4f50"])
def test_a_module_that_is_not_there_gets_no_quiz(
    author: Client, draft: CourseVersion, module: str
) -> None:
    answer = author.post(url("add"), {"module": module}, follow=True)

    assert "This module is not there any more." in text_of(answer)
    assert not Quiz.objects.exists()


def test_a_removed_quiz_can_be_put_back(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(2, version=draft, title="Quiz: points")
    asked = keys(quiz)

    removed = author.post(url("remove", quiz), follow=True)
    assert "“Quiz: points” is removed" in text_of(removed)
    assert not Quiz.objects.exists()
    assert "Undo" not in text_of(author.get(url("list")))
    again = author.post(url("restore"), follow=True)

    assert "is back with its questions" in text_of(again)
    assert keys(Quiz.objects.get()) == asked
    assert "nothing to put back" in text_of(author.post(url("restore"), follow=True))


# ---------------------------------------------------------------- one quiz


def test_the_page_of_a_quiz_shows_questions_and_what_is_missing(
    author: Client, draft: CourseVersion
) -> None:
    objective = ObjectiveFactory(version=draft, code="O7")
    quiz = quiz_with(
        [("single-choice", single(stem="Is it *really* so?", explanation=""))],
        version=draft,
        draw_count=2,
        pass_percent=60,
    )
    revision = RevisionFactory(
        question__course=draft.course, objective_key=objective.key, points=Decimal("2.50")
    )
    QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=2)

    text = text_of(author.get(url("detail", quiz)))

    assert "Is it really so?" in text
    assert "Single choice · 2.5 points" in " ".join(text.split())
    assert "3.5 points in all" in text
    assert ">O7</span>" in text
    assert "1 question has no explanation." in text
    assert "pass mark of 70 % at least" in text
    assert "only 1" not in text
    assert "It has no questions yet." in text_of(
        author.get(url("detail", quiz_with(0, version=draft)))
    )


SETTINGS = {
    "title": "Quiz:  points",
    "introduction": "Take your time.",
    "pass_percent": "75",
    "attempts_allowed": "3",
    "time_limit_minutes": "20",
    "draw_count": "2",
    "review": "after-pass",
}


def test_settings_are_saved(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(3, version=draft)

    answer = author.post(url("settings", quiz), SETTINGS, follow=True)

    assert "The settings are saved." in text_of(answer)
    quiz.refresh_from_db()
    assert (
        quiz.title,
        quiz.introduction,
        quiz.pass_percent,
        quiz.attempts_allowed,
        quiz.time_limit_seconds,
        quiz.draw_count,
        quiz.is_shuffled,
        quiz.review,
    ) == ("Quiz: points", "Take your time.", Decimal(75), 3, 1200, 2, False, "after-pass")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": " "}, "Give the quiz a title."),
        ({"pass_percent": "0"}, "greater than or equal to 0.01"),
        ({"pass_percent": "101"}, "less than or equal to 100"),
        ({"attempts_allowed": "0"}, "greater than or equal to 1"),
        ({"review": "always"}, "Select a valid choice"),
        ({"introduction": "See [@nobody]."}, "This course has no reference “nobody”."),
    ],
)
def test_settings_that_cannot_be_are_refused_at_their_field(
    author: Client, draft: CourseVersion, change: dict[str, str], sentence: str
) -> None:
    quiz = quiz_with(3, version=draft)

    answer = author.post(url("settings", quiz), SETTINGS | change)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    before = quiz.title
    quiz.refresh_from_db()
    assert quiz.title == before


def test_a_quiz_moves_to_a_free_place(author: Client, draft: CourseVersion) -> None:
    free, taken = ModuleFactory.create_batch(2, version=draft)
    quiz = quiz_with(1, version=draft)
    quiz_with(1, version=draft, module=taken, title="Quiz: taken")

    author.post(url("move", quiz), {"module": str(free.key)})
    quiz.refresh_from_db()
    assert quiz.module == free
    refused = author.post(url("move", quiz), {"module": str(taken.key)}, follow=True)

    assert "This module has a quiz already: “Quiz: taken”" in text_of(refused)


def test_questions_move_double_and_go_and_come_back(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(3, version=draft)
    first, second, third = keys(quiz)

    author.post(url("question-move", quiz, question=first), {"to": "down"})
    assert keys(quiz) == [second, first, third]
    author.post(url("question-move", quiz, question=third), {"to": "1"})
    assert keys(quiz) == [third, second, first]
    nonsense = author.post(url("question-move", quiz, question=third), {"to": "0"}, follow=True)
    assert "Say to which place" in text_of(nonsense)
    author.post(url("question-duplicate", quiz, question=third))
    assert keys(quiz)[0] == third
    assert len(keys(quiz)) == 4
    before = keys(quiz)
    removed = author.post(url("question-remove", quiz, question=second), follow=True)
    assert "is out of this quiz" in text_of(removed)
    assert len(keys(quiz)) == 3
    assert author.post(url("question-remove", quiz, question=second)).status_code == 302
    author.post(url("question-restore", quiz))
    assert keys(quiz) == before


def test_taking_a_question_out_of_practice_says_what_it_means(
    author: Client, draft: CourseVersion
) -> None:
    graded, practice = quiz_with(1, version=draft), quiz_with(1, version=draft, purpose="practice")
    (key,) = keys(practice)
    warning = "Once it is out of practice, graded quizzes may draw it."

    assert warning not in text_of(author.get(url("detail", graded)))
    assert warning in text_of(author.get(url("detail", practice)))
    out = url("question-remove", practice, question=key)
    page = text_of(author.post(out, {"then": "retire"}, follow=True))

    assert "is out of this quiz and retired" in page
    assert Question.objects.get(key=key).retired_at is not None
    author.post(url("question-restore", practice))
    assert (keys(practice), Question.objects.get(key=key).retired_at) == ([key], None)


# ---------------------------------------------------------------- the bank


def test_the_bank_is_searched_by_every_word(author: Client, draft: CourseVersion) -> None:
    RevisionFactory(
        question__course=draft.course, content_data=single(stem="Wo liegt die Schläfe?")
    )
    RevisionFactory(question__course=draft.course, content_data=single(stem="Where is ST4?"))
    RevisionFactory(content_data=single(stem="Of another course"))

    everything = text_of(author.get(url("bank")))
    found = text_of(author.get(url("bank"), {"q": "SCHLAFE forehead"}))
    nothing = text_of(author.get(url("bank"), {"q": "schläfe nowhere"}))

    assert "Schläfe" in everything
    assert "Where is ST4?" in everything
    assert "Of another course" not in everything
    assert "Schläfe" in found
    assert "Where is ST4?" not in found
    assert "Nothing found" in nothing


def test_the_bank_tells_where_a_question_is_asked_and_adds_it(
    author: Client, draft: CourseVersion
) -> None:
    here = quiz_with(1, version=draft, title="Quiz: here")
    old = VersionFactory(course=draft.course, edition=0, title="Old")
    old_quiz = quiz_with(0, version=old, title="Quiz: old")
    PoolItemFactory(quiz=old_quiz, revision=items(here)[0].revision)
    revision = RevisionFactory(question__course=draft.course, content_data=single(stem="Free?"))

    text = text_of(author.get(url("bank"), {"quiz": str(here.key)}))
    assert "In “Quiz: here”" in text
    assert "Also in 1 quiz of other versions." in text
    assert "Not in this draft." in text
    author.post(url("question-from-bank", here), {"question": str(revision.question.key)})
    assert keys(here)[1] == revision.question.key
    again = author.post(
        url("question-from-bank", here), {"question": str(revision.question.key)}, follow=True
    )
    assert "is in “Quiz: here” already" in text_of(again)
    author.post(
        url("question-from-bank", here),
        {"question": str(revision.question.key), "as": "copy"},
    )
    assert len(keys(here)) == 3
    bad = author.post(url("question-from-bank", here), {"question": "nonsense"}, follow=True)
    assert "Choose a question from the list." in text_of(bad)


def test_the_bank_comes_in_pages(author: Client, draft: CourseVersion) -> None:
    for number in range(30):
        RevisionFactory(
            question__course=draft.course, content_data=single(stem=f"Question number {number}?")
        )

    first = author.get(url("bank"))
    assert text_of(first).count("Question number") == 25
    rest = author.get(url("bank"), {"after": first.context["page"].older_after})

    assert text_of(rest).count("Question number") == 5


def test_retired_questions_stand_apart(author: Client, draft: CourseVersion) -> None:
    revision = RevisionFactory(question__course=draft.course, content_data=single(stem="Old?"))
    key = revision.question.key

    author.post(url("bank-retire", question=key), {"action": "retire"})
    assert "Old?" not in text_of(author.get(url("bank")))
    assert "Old?" in text_of(author.get(url("bank"), {"show": "retired"}))
    author.post(url("bank-retire", question=key), {"action": "bring-back"})
    assert "Old?" in text_of(author.get(url("bank")))


def test_the_history_shows_what_changed(
    author: Client, draft: CourseVersion, instructor: User
) -> None:
    objective = ObjectiveFactory(version=draft, code="O7", text="Find it.")
    first = RevisionFactory(question__course=draft.course)
    RevisionFactory(
        question=first.question,
        number=2,
        content_data=single(stem="Where does ST4 lie?"),
        objective_key=objective.key,
        created_by_id=instructor.pk,
    )
    page = url("bank-question", question=first.question.key)

    newest = text_of(author.get(page))
    alone = text_of(author.get(page, {"from": "1", "to": "1"}))

    assert "Where does <del>ST3 </del><ins>ST4 </ins>lie?" in newest
    assert "<ins>O7: Find it.</ins>" in newest
    assert instructor.get_full_name() in newest
    assert "<ins>" not in alone
    assert "Where does ST3 lie?" in alone
    assert author.get(page, {"from": "77", "to": "x"}).status_code == 200


# ---------------------------------------------------------------- counts


@pytest.mark.parametrize("page", ["list", "detail", "bank", "question", "bank-question"])
def test_pages_ask_the_same_queries_for_one_and_for_three(
    author: Client, draft: CourseVersion, page: str
) -> None:
    exam = quiz_with(KINDS[:1], version=draft)
    key = keys(exam)[0]
    GlossaryTermFactory(version=draft)
    author.get(url("list"))  # Facts about the provider are fetched once.
    counts = []
    for number in range(1, 4):
        module = ModuleFactory(version=draft)
        quiz_with(KINDS, version=draft, module=module)
        ObjectiveFactory(version=draft)
        revision = RevisionFactory(question__course=draft.course)
        QuizPoolItem.objects.create(quiz=exam, revision=revision, position=10 + number)
        RevisionFactory(question_id=items(exam)[0].revision.question_id, number=1 + number)
        address = {
            "list": url("list"),
            "detail": url("detail", exam),
            "bank": url("bank", None) + f"?quiz={exam.key}",
            "question": url("question", exam, question=key),
            "bank-question": url("bank-question", question=key),
        }[page]
        with CaptureQueriesContext(connection) as captured:
            assert author.get(address).status_code == 200
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts
    assert counts[0] <= 14


def test_a_draft_of_somebody_else_is_not_there(
    draft: CourseVersion, client_of: Callable[[User], Client], registrar: User, stranger: User
) -> None:
    quiz = quiz_with(1, version=draft)

    assert client_of(stranger).get(url("detail", quiz)).status_code == 404
    assert client_of(registrar).get(url("detail", quiz)).status_code == 200
    CourseVersion.objects.filter(pk=draft.pk).update(
        status="published", published_at=draft.created_at, canonical_sha256="x"
    )
    assert client_of(registrar).get(url("detail", quiz)).status_code == 403


def test_pages_of_quizzes_lead_back_to_the_course(author: Client, draft: CourseVersion) -> None:
    page = text_of(author.get(url("list")))

    outline = reverse("courses:studio-outline", args=["drafted"])
    assert f'<a href="{outline}">{draft.title}</a>' in page
    assert f'href="{reverse("courses:studio-questions", args=["drafted"])}"' in page
