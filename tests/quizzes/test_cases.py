"""Cases: one text above several questions, in the content, the studio, the attempt and the
package."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.models import CourseVersion
from quizzes.cases import Case, case_of, worded_twice
from quizzes.domain.authoring import add_question, save_question
from quizzes.domain.authoring_cases import case_in_quiz, save_case
from quizzes.domain.errors import CaseMoved, CaseRefused, ContentRefused, Elsewhere
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem
from quizzes.parts import QuizzesPart
from quizzes.question_types import all_types, type_named
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.quizzes import (
    PoolItemFactory,
    RevisionFactory,
    multiple,
    quiz_with,
    single,
    started,
    true_false,
)

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
CASE = {"id": "ortiz", "title": "Mrs. Ortiz, 58", "text": "She has a *stiff* jaw."}
CONTENTS = {
    "single-choice": single(),
    "multiple-choice": multiple(),
    "true-false": true_false(),
}
database = pytest.mark.django_db


# ---------------------------------------------------------------- content


@pytest.mark.parametrize("name", CONTENTS)
def test_every_type_takes_a_case_and_says_nothing_of_it_without_one(name: str) -> None:
    kind = type_named(name)

    without = kind.clean(CONTENTS[name])
    with_one = kind.clean({**CONTENTS[name], "case": CASE})

    assert (without.problems, with_one.problems) == ([], [])
    assert "case" not in without.content
    assert with_one.content == {**without.content, "case": CASE}
    assert kind.clean(with_one.content).content == with_one.content
    assert "case" not in kind.package_answers(with_one.content)


@pytest.mark.parametrize(
    ("case", "where"),
    [
        ("ortiz", ("case",)),
        ({**CASE, "id": "Mrs. O"}, ("case", "id")),
        ({**CASE, "text": ""}, ("case", "text")),
        ({**CASE, "title": "x" * 201}, ("case", "title")),
        ({**CASE, "age": "58"}, ("case", "age")),
    ],
)
def test_what_is_no_case_is_told_with_its_place(case: Any, where: tuple[str, ...]) -> None:
    for kind in all_types():
        found = kind.clean({"stem": "?", "case": case}).problems
        assert where in [problem.where for problem in found]


def test_a_case_in_two_wordings_is_found() -> None:
    one, other = Case("a", "A", "Text."), Case("a", "A", "Another.")

    assert worded_twice([one, one, Case("b", "B", "Text.")]) == []
    assert worded_twice([one, other]) == [one]


# ---------------------------------------------------------------- writing


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    version: CourseVersion = VersionFactory(
        status="draft", course__slug="drafted", course__owner=instructor
    )
    return version


def lettered(version: CourseVersion, letters: str = "ABCD", **kwargs: Any) -> Quiz:
    kinds = [("single-choice", single(stem=letter)) for letter in letters]
    return quiz_with(kinds, version=version, **kwargs)


def items(quiz: Quiz) -> list[QuizPoolItem]:
    return list(QuizPoolItem.objects.filter(quiz=quiz).select_related("revision__question", "quiz"))


def cased(quiz: Quiz) -> list[tuple[str, str]]:
    """Stem and the text of the case, in order."""
    found = [(item.revision.data, case_of(item.revision.data)) for item in items(quiz)]
    return [(content["stem"], case.text if case else "") for content, case in found]


def saved(quiz: Quiz, letters: str, by: User, **told: Any) -> Case | None:
    keys = [
        item.revision.question.key for item in items(quiz) if item.revision.data["stem"] in letters
    ]
    given: dict[str, Any] = {"title": "Mrs. Ortiz, 58", "text": "Stiff.", "questions": keys}
    return save_case(quiz, **{**given, **told}, by=by, now=NOW)


@database
def test_questions_of_a_case_come_to_stand_together_in_new_revisions(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft)
    before = list(QuestionRevision.objects.values("pk", "content", "sha256"))

    case = saved(quiz, "BD", instructor)

    assert case == Case("mrs-ortiz-58", "Mrs. Ortiz, 58", "Stiff.")
    assert cased(quiz) == [("A", ""), ("B", "Stiff."), ("D", "Stiff."), ("C", "")]
    assert [item.revision.number for item in items(quiz)] == [1, 2, 2, 1]
    assert list(QuestionRevision.objects.filter(number=1).values("pk", "content", "sha256")) == (
        before
    )
    assert AuditEvent.objects.filter(action="case.saved").count() == 1


@database
def test_the_text_is_changed_once_for_all_its_questions(
    draft: CourseVersion, instructor: User
) -> None:
    quiz, exam = lettered(draft), lettered(draft, "E", title="Exam")
    case = saved(quiz, "AB", instructor)
    assert case is not None
    told: Any = {"case_id": case.id, "expected": case.digest}
    for stem in "EF":  # One that another quiz asks, one of the bank alone.
        revision = RevisionFactory(
            question__course=draft.course, content_data=single(stem=stem, case=case.table)
        )
        if stem == "E":
            PoolItemFactory(quiz=exam, revision=revision)

    newer = saved(quiz, "AC", instructor, text="Stiff neck.", **told)

    assert newer is not None
    assert cased(quiz)[:3] == [("A", "Stiff neck."), ("C", "Stiff neck."), ("B", "")]
    assert cased(exam) == [("E", ""), ("E", "Stiff neck.")]
    in_bank = QuestionRevision.objects.filter(question__revisions__content__contains='"stem":"F"')
    newest = case_of(in_bank.latest("number").data)
    assert newest is not None
    assert newest.text == "Stiff neck."
    with pytest.raises(CaseMoved):
        saved(quiz, "AC", instructor, text="Mine.", **told)
    count = QuestionRevision.objects.count()
    told["expected"] = newer.digest
    saved(quiz, "AC", instructor, text="Stiff neck.", **told)
    assert QuestionRevision.objects.count() == count
    assert saved(quiz, "", instructor, text="Stiff neck.", **told) is None
    assert {text for _stem, text in cased(quiz)} == {""}
    assert case_in_quiz(quiz, case.id) is None


@database
def test_what_cannot_be_a_case_is_refused(draft: CourseVersion, instructor: User) -> None:
    quiz = lettered(draft)
    saved(quiz, "A", instructor)

    with pytest.raises(CaseRefused):
        saved(quiz, "", instructor)
    with pytest.raises(CaseRefused, match="another case"):
        saved(quiz, "AB", instructor)
    with pytest.raises(Elsewhere):
        saved(quiz, "B", instructor, questions=[uuid4()])
    with pytest.raises(ContentRefused):
        saved(quiz, "B", instructor, text="See [@nobody].")
    second = saved(quiz, "B", instructor)
    assert second is not None
    assert second.id == "mrs-ortiz-58-2"
    # A title without a letter that fits into a name.
    third = saved(quiz, "C", instructor, title="💆")
    assert third is not None
    assert third.id == "case"


@database
def test_writing_a_question_keeps_its_case(draft: CourseVersion, instructor: User) -> None:
    quiz = lettered(draft, "")
    who: Any = {"by": instructor, "now": NOW}
    item = add_question(quiz, "single-choice", single(case=CASE), **who)

    item = save_question(
        item,
        single(stem="New"),
        points=item.revision.points,
        objective_key=None,
        lesson_key=None,
        expected_number=1,
        **who,
    )

    assert cased(quiz) == [("New", "She has a *stiff* jaw.")]


@database
def test_cases_that_do_not_fit_a_draw_stop_publishing(
    draft: CourseVersion, instructor: User
) -> None:
    quiz = lettered(draft, "ABC", draw_count=2, title="Quiz")
    saved(quiz, "ABC", instructor)
    sentence = "In “Quiz” 2 questions per attempt cannot be: cases stay together, so it would be 3."

    part = QuizzesPart()

    assert [
        item.sentence for item in part.missing(draft) if item.code == "quiz-draw-impossible"
    ] == [sentence]
    PoolItemFactory(
        quiz=quiz,
        revision=RevisionFactory(
            question__course=draft.course,
            content_data=single(case={"id": "mrs-ortiz-58", "title": "x", "text": "Other."}),
        ),
    )
    assert "two wordings" in " ".join(item.sentence for item in part.missing(draft))


# ---------------------------------------------------------------- pages


@database
def test_the_studio_writes_a_case(
    draft: CourseVersion, instructor: User, client_of: Callable[[User], Client]
) -> None:
    author = client_of(instructor)
    quiz = lettered(draft, "AB", title="Quiz")
    add = reverse("quizzes:studio-quiz-case-add", args=["drafted", quiz.key])
    page = reverse("quizzes:studio-quiz-detail", args=["drafted", quiz.key])
    told = {
        "title": "Mrs. Ortiz,  58",
        "text": "She has a stiff jaw.",
        "questions": [str(item.revision.question.key) for item in items(quiz)],
    }

    assert author.post(add, {**told, "questions": []}).status_code == 422
    assert author.post(add, {**told, "questions": [str(uuid4())]}).status_code == 422
    assert author.post(add, {**told, "text": "See [@nobody]."}).status_code == 422
    assert author.post(add, told).headers["Location"] == page
    case = reverse("quizzes:studio-quiz-case", args=["drafted", quiz.key, "mrs-ortiz-58"])
    assert f'href="{case}"' in author.get(page).content.decode()
    form = unescape(author.get(case).content.decode())
    assert "Mrs. Ortiz, 58" in form
    stale = author.post(case, {**told, "text": "Mine.", "expected": "x"})
    assert stale.status_code == 409
    shown = stale.content.decode()
    assert ">\nMine.</textarea>" in shown
    assert "<p>She has a stiff jaw.</p>" in shown
    author.post(case, {**told, "questions": [], "expected": _digest(quiz)})
    assert author.get(case).status_code == 404
    assert author.post(case, told).status_code == 302


def _digest(quiz: Quiz) -> str:
    found = case_in_quiz(quiz, "mrs-ortiz-58")
    assert found is not None
    return found[0].digest


@database
def test_the_editor_of_a_question_shows_its_case(
    draft: CourseVersion, instructor: User, client_of: Callable[[User], Client]
) -> None:
    author = client_of(instructor)
    quiz = quiz_with([("true-false", true_false(case=CASE))], version=draft)
    key = items(quiz)[0].revision.question.key
    preview = reverse("quizzes:studio-quiz-preview", args=["drafted"])
    told = {"type": "true-false", "stem": "So?", "answer": "true"}

    page = author.get(reverse("quizzes:studio-quiz-question", args=["drafted", quiz.key, key]))
    shown = author.post(f"{preview}?question={key}", told).content.decode()
    alone = author.post(f"{preview}?question=x", told).content.decode()

    text = "She has a <em>stiff</em> jaw."
    assert page.content.decode().count(text) == 1
    assert f'data-preview-url="{preview}?question={key}"' in page.content.decode()
    assert (shown.count(text), alone.count(text)) == (1, 0)


@database
def test_learners_see_a_case_once_above_its_questions(
    client_of: Callable[[User], Client],
) -> None:
    kinds = [
        ("single-choice", single(stem="Before")),
        ("single-choice", single(stem="First", case=CASE)),
        ("true-false", true_false(stem="Second", case=CASE)),
        ("single-choice", single(stem="After")),
    ]
    quiz = quiz_with(kinds, is_shuffled=False)
    attempt = started(quiz)
    learner = client_of(attempt.enrollment.user)

    page = learner.get(attempt.get_absolute_url()).content.decode()
    learner.post(reverse("quizzes:attempt-submit", args=[attempt.uid]))
    review = learner.get(reverse("quizzes:attempt-review", args=[attempt.uid])).content.decode()

    for text in (page, review):
        assert text.count("She has a <em>stiff</em> jaw.") == 1
        assert text.count('<section class="case" aria-labelledby="c2t">') == 1
        assert "Questions 2 to 3 are about this case." in text
        places = [text.index(stem) for stem in ("Before", "stiff", "First", "Second", "After")]
        assert places == sorted(places)
        # Each question names its case, and the others none.
        assert text.count("· Mrs. Ortiz, 58") == 2
    assert page.index("</section>", page.index("Second")) < page.index("After")


@database
def test_a_shuffled_attempt_keeps_a_case_together() -> None:
    kinds = [("single-choice", single(stem=stem)) for stem in "ABCD"]
    kinds += [("single-choice", single(stem=stem, case=CASE)) for stem in "XYZ"]
    quiz = quiz_with(kinds, draw_count=5)

    for _ in range(5):
        attempt = started(quiz, user=EnrollmentFactory().user)
        stems = "".join(
            item.revision.data["stem"] for item in attempt.items.select_related("revision")
        )
        assert len(stems) == 5
        assert "XYZ" in stems or not set("XYZ") & set(stems)
