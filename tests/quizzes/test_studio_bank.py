"""The studio's pages of the bank: finding, writing, drawing, and what is alike."""

from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import canonical_json
from courses.models import CourseVersion
from quizzes.alike import alike_pairs, alike_to
from quizzes.models import KeptPair, Question, QuestionRevision, Quiz, QuizPoolItem
from tests.factories.courses import ObjectiveFactory, VersionFactory
from tests.factories.quizzes import RevisionFactory, multiple, quiz_with, single, true_false

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(instructor: User) -> CourseVersion:
    version: CourseVersion = VersionFactory(
        status="draft", course__slug="drafted", course__owner=instructor
    )
    return version


@pytest.fixture
def author(instructor: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(instructor)


def url(name: str, quiz: Quiz | None = None, **kwargs: Any) -> str:
    if quiz is not None:
        kwargs["quiz"] = quiz.key
    return reverse(f"quizzes:studio-quiz-{name}", kwargs={"slug": "drafted", **kwargs})


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def banked(version: CourseVersion, stem: str, *tags: str, **fields: Any) -> Question:
    revision = RevisionFactory(
        question__course=version.course,
        tags=canonical_json(sorted(tags)),
        content_data=single(stem=stem),
        **fields,
    )
    question: Question = revision.question
    return question


def newest(question: Question) -> QuestionRevision:
    return QuestionRevision.objects.filter(question=question).latest("number")


# ---------------------------------------------------------------- finding


def test_the_bank_is_searched_by_everything_a_question_has(
    author: Client, draft: CourseVersion
) -> None:
    objective = ObjectiveFactory(version=draft, code="O7")
    banked(draft, "Where is it?", "points", "face", difficulty="hard")
    banked(draft, "Why there?", "points", objective_key=objective.key)
    RevisionFactory(
        question__course=draft.course,
        type="true-false",
        content_data=true_false(stem="How so?", case={"id": "a", "title": "A", "text": "Tooth."}),
    )
    stems = {"Where is it?", "Why there?", "How so?"}

    def found(**asked: str) -> set[str]:
        page = text_of(author.get(url("bank"), asked))
        return {stem for stem in stems if f">{stem}</a>" in page}

    assert found() == stems
    assert found(tag="points") == {"Where is it?", "Why there?"}
    assert found(tag=" Points ") == {"Where is it?", "Why there?"}
    assert found(tag="points", difficulty="hard") == {"Where is it?"}
    assert found(objective=str(objective.key)) == {"Why there?"}
    assert found(type="true-false") == {"How so?"}
    assert found(q="tooth") == {"How so?"}
    assert found(tag="nothing") == found(objective=str(uuid4())) == found(type="essay") == set()
    # What is no key at all is not asked.
    assert found(objective="x") == stems


@pytest.mark.parametrize("page", ["bank", "bank-alike", "detail"])
def test_pages_ask_as_many_queries_for_five_hundred_questions_as_for_one(
    author: Client, draft: CourseVersion, page: str
) -> None:
    quiz = quiz_with(1, version=draft)
    author.post(url("draw-add", quiz), {"count": "1", "source": _objective_source(draft)})
    author.get(url("list"))
    address = url(page, quiz if page == "detail" else None)
    counts = []
    for size in (1, 499):
        questions = Question.objects.bulk_create(Question(course=draft.course) for _ in range(size))
        QuestionRevision.objects.bulk_create(
            QuestionRevision(
                question=question,
                number=1,
                type="single-choice",
                content=canonical_json(_distinct(number)),
                sha256="0" * 64,
                tags=f'["tag {number % 50}"]',
                created_at=draft.created_at,
            )
            for number, question in enumerate(questions)
        )
        with CaptureQueriesContext(connection) as captured:
            assert author.get(address).status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 15


def _objective_source(draft: CourseVersion) -> str:
    return f"objective:{ObjectiveFactory(version=draft).key}"


def _distinct(number: int) -> dict[str, Any]:
    words = " ".join(f"{number * prime % 9973:04d}" for prime in (7, 11, 13, 17, 19, 23))
    return {
        "stem": words,
        "explanation": "",
        "choices": [
            {"id": name, "text": f"{words[::-1]} {name}", "correct": name == "a", "feedback": ""}
            for name in "ab"
        ],
    }


# ---------------------------------------------------------------- writing


def form_of(question: Question | None = None, **changes: str) -> dict[str, Any]:
    return {
        "type": "true-false",
        "stem": "The B-cun is the client's.",
        "answer": "true",
        "explanation": "Yes.",
        "points": "1",
        "tags": "Points, lymph flow,points",
        "difficulty": "easy",
        "number": str(newest(question).number if question else 0),
        **changes,
    }


def test_a_question_is_written_into_the_bank_and_changed_there(
    author: Client, draft: CourseVersion
) -> None:
    assert author.get(url("bank-add"), {"type": "true-false"}).status_code == 200
    assert author.get(url("bank-add"), {"type": "essay"}).status_code == 404
    too_many = ",".join(str(n) for n in range(11))
    assert author.post(url("bank-add"), form_of(tags=too_many)).status_code == 422
    author.post(url("bank-add"), form_of())

    question = Question.objects.get(course=draft.course)
    revision = newest(question)
    assert (revision.tag_list, revision.difficulty) == (["lymph flow", "points"], "easy")
    assert not QuizPoolItem.objects.exists()
    edit = url("bank-edit", question=question.key)
    assert 'value="lymph flow, points"' in text_of(author.get(edit))
    author.post(edit, form_of(question))
    assert newest(question) == revision
    author.post(edit, form_of(question, tags="points"))
    stale = author.post(edit, form_of(question, number="1", tags="lymph"))

    assert newest(question).tag_list == ["points"]
    assert stale.status_code == 409
    assert "<del>points</del><ins>lymph</ins>" in text_of(stale)
    history = text_of(author.get(url("bank-question", question=question.key)))
    assert "<del>lymph flow, </del>points" in history


def test_tags_of_a_question_in_a_quiz_are_a_revision_of_their_own(
    author: Client, draft: CourseVersion
) -> None:
    quiz = quiz_with([("true-false", true_false())], version=draft)
    banked(draft, "Why?", "face")
    question = quiz.pool.get().revision.question
    page = url("question", quiz, question=question.key)

    assert '<span class="tag" data-tag>face</span>' in text_of(author.get(page))
    author.post(page, form_of(question))

    item = quiz.pool.select_related("revision").get()
    assert (item.revision.number, item.revision.tag_list) == (2, ["lymph flow", "points"])
    # It is written where it is asked.
    author.post(url("bank-edit", question=question.key), form_of(question, stem="Other"))
    assert newest(question).number == 2


# ---------------------------------------------------------------- draws


def test_draws_are_written_on_the_page_of_the_quiz(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(1, version=draft)
    for stem in "ABC":
        banked(draft, stem, "points", "a & b")
    add = url("draw-add", quiz)

    assert author.post(add, {"count": "0", "source": "tag:points"}).status_code == 422
    assert author.post(add, {"count": "1", "source": "tag:nothing"}).status_code == 422
    assert author.post(add, {"count": "1", "source": "objective:x"}).status_code == 422
    author.post(add, {"count": "2", "source": "tag:points"})
    author.post(add, {"count": "1", "source": "tag:points"})  # A double click adds no other.
    author.post(add, {"count": "5", "source": "tag:a & b"})
    page = text_of(author.get(url("detail", quiz)))

    assert "2 questions tagged “points”" in page
    assert "3 questions to draw from" in page
    assert "The draw of 5 from “a & b” finds no question." in page
    assert f'href="{url("bank")}?tag=a%20%26%20b"' in page
    first, second = quiz.draws.all()
    one = url("draw", quiz, draw=first.key)
    author.post(one, {"count": "3", "source": "tag:points", "action": "save"})
    assert author.post(one, {"count": "x", "source": "tag:points"}).status_code == 422
    author.post(url("draw", quiz, draw=second.key), {"action": "up"})
    assert list(quiz.draws.values_list("count", "tag")) == [(5, "a & b"), (3, "points")]
    for _ in range(2):
        assert author.post(one, {"action": "remove"}).status_code == 302
    assert quiz.draws.get() == second
    assert author.post(url("draw", quiz, draw=uuid4()), {"action": "up"}).status_code == 404


def test_a_removed_draw_comes_back_to_its_place(author: Client, draft: CourseVersion) -> None:
    quiz, other = quiz_with(1, version=draft), quiz_with(1, version=draft)
    banked(draft, "A", "points", "face")
    for tag in ("points", "face"):
        author.post(url("draw-add", quiz), {"count": "1", "source": f"tag:{tag}"})
    before = list(quiz.draws.values_list("key", "position", "count", "tag"))
    first = quiz.draws.get(tag="points")
    remove = url("draw", quiz, draw=first.key)

    page = text_of(author.post(remove, {"action": "remove"}, follow=True))
    assert "The draw is removed; its questions are in the bank." in page
    assert "nothing to put back" in text_of(author.post(url("draw-restore", other), follow=True))
    author.post(url("draw-restore", quiz))
    assert list(quiz.draws.values_list("key", "position", "count", "tag")) == before
    assert "nothing to put back" in text_of(author.post(url("draw-restore", quiz), follow=True))

    author.post(remove, {"action": "remove"})
    author.post(url("draw-add", quiz), {"count": "3", "source": "tag:points"})
    refused = text_of(author.post(url("draw-restore", quiz), follow=True))
    assert "This quiz draws from there already." in refused
    assert list(quiz.draws.values_list("count", "tag")) == [(1, "face"), (3, "points")]


def test_a_quiz_may_ask_nothing_but_what_it_draws(author: Client, draft: CourseVersion) -> None:
    quiz = quiz_with(0, version=draft)
    empty = text_of(author.get(url("detail", quiz)))
    banked(draft, "A", "points")
    author.post(url("draw-add", quiz), {"count": "1", "source": "tag:points"})

    page = text_of(author.get(url("detail", quiz)))

    assert "It has no questions yet." in empty
    assert "To draw, give questions of this course tags" in empty
    assert "Every question of this quiz is drawn from the bank." in page
    assert "Before it can be published" not in page
    listed = text_of(author.get(url("list")))
    assert "0 questions, 1 drawn from the bank" in listed
    assert "Complete" in listed


def test_the_page_of_a_question_says_who_asks_and_who_draws_it(
    author: Client, draft: CourseVersion
) -> None:
    quiz, exam = quiz_with(1, version=draft, title="Quiz"), quiz_with(0, version=draft)
    question = banked(draft, "A", "points")
    author.post(url("draw-add", exam), {"count": "1", "source": "tag:points"})
    author.post(url("question-from-bank", quiz), {"question": str(question.key)})

    page = text_of(author.get(url("bank-question", question=question.key)))

    assert f'href="{url("detail", quiz)}#question-{question.key}"' in page
    assert f'href="{url("detail", exam)}#draws"' in page
    assert page.count("may be drawn") == 1
    # Drawing it is no asking: there it is not written.
    assert author.get(url("question", exam, question=question.key)).status_code == 404
    retire = url("bank-retire", question=question.key)
    author.post(retire, {"action": "retire"})
    question.refresh_from_db()
    assert question.retired_at is None  # The quiz asks it.


# ---------------------------------------------------------------- alike


def test_questions_that_are_nearly_the_same_are_pointed_out(
    author: Client, draft: CourseVersion
) -> None:
    quiz = quiz_with([("single-choice", single()), ("multiple-choice", multiple())], version=draft)
    one, _other = (item.revision.question for item in quiz.pool.select_related("revision"))
    almost = banked(draft, "Where does the ST3 lie?")
    retired = banked(draft, "Where does the ST3 lie ?")
    Question.objects.filter(pk=retired.pk).update(retired_at=draft.created_at)

    (pair,) = alike_pairs(draft).open
    page = text_of(author.get(url("bank-alike")))
    compared = url("bank-compare", question=one.key, other=almost.key)

    assert {pair.one.question, pair.other.question} == {one, almost}
    assert f'href="{compared}"' in page
    text = text_of(author.get(compared))
    assert "Where does <ins>the </ins>ST3 lie?" in text
    assert author.get(url("bank-compare", question=one.key, other=uuid4())).status_code == 404


def test_the_same_question_with_other_choices_is_alike(draft: CourseVersion) -> None:
    for stem, text in (
        ("Where exactly does ST3 lie?", "Here"),
        ("Where exactly does ST3 lie, then?", "Away"),
    ):
        choices = [
            {"id": name, "text": f"{text} {name * 9}", "correct": name == "a"} for name in "abc"
        ]
        RevisionFactory(
            question__course=draft.course,
            content_data=single(stem=stem, choices=choices),
        )
    for text in ("One", "Another"):
        choices = [{"id": name, "text": text * 9, "correct": name == "a"} for name in "ab"]
        content = single(stem="Which is right?", choices=choices)
        RevisionFactory(question__course=draft.course, content_data=content)

    assert [(pair.one_stem, pair.other_stem) for pair in alike_pairs(draft).open] == [
        ("Where exactly does ST3 lie?", "Where exactly does ST3 lie, then?")
    ]


def test_two_that_are_meant_alike_are_pointed_out_no_more_until_it_is_undone(
    author: Client, draft: CourseVersion
) -> None:
    one = banked(draft, "Where exactly does ST3 lie?")
    other = banked(draft, "Where exactly does the ST3 lie?")
    asked = {"question": other.key, "other": one.key}

    for keys in (asked, {"question": one.key, "other": other.key}, asked):
        author.post(url("bank-keep", **keys), {"action": "keep"})

    pairs = alike_pairs(draft)
    assert (pairs.open, len(pairs.kept), KeptPair.objects.count()) == ([], 1, 1)
    assert alike_to(draft, newest(one)) == alike_to(draft, newest(other)) == []
    assert "Meant so" in text_of(author.get(url("bank-alike")))
    assert "Point them out again" in text_of(author.get(url("bank-compare", **asked)))

    for _ in range(2):
        author.post(url("bank-keep", **asked), {"action": "undo"})

    assert len(alike_pairs(draft).open) == 1
    assert not KeptPair.objects.exists()
    kept = AuditEvent.objects.filter(subject_type="question").order_by("pk")
    assert list(kept.values_list("action", flat=True)) == [
        "questions.kept-both",
        "questions.pointed-out-again",
    ]


def test_a_pair_is_of_two_questions_of_one_course(author: Client, draft: CourseVersion) -> None:
    one = banked(draft, "Where exactly does ST3 lie?")
    foreign = RevisionFactory().question
    keep = url("bank-keep", question=one.key, other=foreign.key)

    assert author.post(keep, {"action": "keep"}).status_code == 404
    author.post(url("bank-keep", question=one.key, other=one.key), {"action": "keep"})

    assert not KeptPair.objects.exists()
    lower, upper = sorted([one.key, foreign.key])
    with pytest.raises(IntegrityError), transaction.atomic():
        KeptPair.objects.create(
            course=draft.course,
            lower_key=upper,
            upper_key=lower,
            kept_at=draft.created_at,
            kept_by_id=1,
        )


def test_saving_what_is_there_already_is_told_and_not_refused(
    author: Client, draft: CourseVersion
) -> None:
    author.post(url("bank-add"), form_of())

    page = author.post(url("bank-add"), form_of(), follow=True)

    first, second = Question.objects.order_by("pk")
    assert "It is nearly the same as “The B-cun is the client's.”." in text_of(page)
    compared = url("bank-compare", question=second.key, other=first.key)
    assert f'<a href="{compared}">Compare the two</a>' in text_of(page)


def test_other_courses_keep_their_questions(author: Client, draft: CourseVersion) -> None:
    theirs = RevisionFactory().question
    mine = banked(draft, "A")
    quiz = quiz_with(1, version=draft)
    other = quiz_with(1, version=VersionFactory(status="draft"))

    assert author.get(url("bank-edit", question=theirs.key)).status_code == 404
    assert author.get(url("bank-compare", question=mine.key, other=theirs.key)).status_code == 404
    told = {"count": "1", "source": f"objective:{ObjectiveFactory().key}"}
    assert author.post(url("draw-add", quiz), told).status_code == 422
    assert author.post(url("draw-add", other), told).status_code == 404
