"""Several authors in one draft: nothing is lost, nothing stands twice."""

from datetime import UTC, datetime

import pytest

from quizzes.domain.authoring import add_question, add_quiz, move_question, save_question
from quizzes.domain.errors import PlaceTaken, QuestionMoved
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem
from tests.factories.accounts import UserFactory
from tests.factories.courses import VersionFactory
from tests.factories.quizzes import quiz_with, single
from tests.quizzes.test_concurrency import at_once

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
AUTHORS = 8
pytestmark = pytest.mark.django_db(transaction=True)


def draft_quiz(count: int) -> Quiz:
    return quiz_with(count, version=VersionFactory(status="draft"))


def positions(quiz: Quiz) -> list[int]:
    return list(quiz.pool.values_list("position", flat=True))


def test_of_eight_savings_one_wins_and_the_others_are_told() -> None:
    quiz, author = draft_quiz(1), UserFactory()
    item = QuizPoolItem.objects.select_related("quiz__version", "revision").get(quiz=quiz)

    def save(number: int) -> str:
        try:
            save_question(
                item,
                single(stem=f"Wording {number}"),
                points=item.revision.points,
                objective_key=None,
                lesson_key=None,
                expected_number=1,
                by=author,
                now=NOW,
            )
        except QuestionMoved as moved:
            return str(moved.item.revision.data["stem"]) if moved.item else "gone"
        return "saved"

    results = at_once(save, AUTHORS)

    stored = QuestionRevision.objects.get(number=2).data["stem"]
    assert QuestionRevision.objects.count() == 2
    assert sorted(results) == sorted(["saved", *[stored] * (AUTHORS - 1)])


def test_eight_new_questions_all_have_their_own_place() -> None:
    quiz, author = draft_quiz(0), UserFactory()

    at_once(
        lambda number: (
            add_question(
                quiz, "single-choice", single(stem=f"Question {number}"), by=author, now=NOW
            ).pk
        ),
        AUTHORS,
    )

    assert positions(quiz) == list(range(1, AUTHORS + 1))
    quiz.version.refresh_from_db()
    assert quiz.version.question_count == AUTHORS


def test_moving_at_once_loses_no_question() -> None:
    quiz, author = draft_quiz(AUTHORS), UserFactory()
    items = list(QuizPoolItem.objects.select_related("quiz__version").filter(quiz=quiz))

    at_once(lambda number: move_question(items[number], to=1, by=author, now=NOW).pk, AUTHORS)

    assert positions(quiz) == list(range(1, AUTHORS + 1))
    assert set(quiz.pool.values_list("pk", flat=True)) == {item.pk for item in items}


def test_a_course_gets_one_final_exam() -> None:
    version, author = VersionFactory(status="draft"), UserFactory()

    def add(_: int) -> bool:
        try:
            add_quiz(version, None, title="Final exam", by=author, now=NOW)
        except PlaceTaken:
            return False
        return True

    assert sum(at_once(add, AUTHORS)) == 1
    assert Quiz.objects.filter(version=version).count() == 1
