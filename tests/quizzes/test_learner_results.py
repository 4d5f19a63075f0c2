"""What the quizzes know of how learners did: counted right, nobody's name."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from courses.models import Enrollment
from courses.parts import LearnerResults
from quizzes.domain.attempts import (
    Answer,
    save_response,
    start_attempt,
    submit_attempt,
    void_attempt,
)
from quizzes.models import Attempt, Quiz
from quizzes.results import learner_results
from tests.conftest import NOW
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.quizzes import multiple, quiz_with, single, true_false
from tests.quizzes.answering import answer_all, fields

pytestmark = pytest.mark.django_db


def take(quiz: Quiz, *, right: int = 0, enrollment: Enrollment | None = None) -> Attempt:
    """A graded attempt with that many right answers, the others wrong."""
    learner = enrollment or EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
    answer_all(attempt, right=right, now=NOW)
    return submit_attempt(attempt, by=learner.user, now=NOW)


def choose(quiz: Quiz, choice: str | None) -> Attempt:
    """A graded attempt at a quiz of one single choice; None: no answer."""
    learner = EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
    item = attempt.items.select_related("revision", "attempt").get()
    if choice is not None:
        save_response(
            attempt,
            position=1,
            answer=Answer(raw=fields(item, {"choice": choice}), number=0),
            now=NOW,
        )
    return submit_attempt(attempt, by=learner.user, now=NOW)


def results(quiz: Quiz) -> LearnerResults:
    return learner_results([quiz.version])[quiz.version_id]


def test_version_without_a_quiz_has_nothing_to_say() -> None:
    version = VersionFactory()

    assert learner_results([version]) == {version.pk: LearnerResults()}


def test_quiz_nobody_took_has_zeros() -> None:
    quiz = quiz_with(2, title="Points")

    found = results(quiz)

    assert [asdict(each) for each in found.quizzes] == [
        {
            "title": "Points",
            "pass_percent": Decimal(80),
            "attempt_count": 0,
            "first_count": 0,
            "passed_first_count": 0,
            "mean_percent": None,
            "url": f"/studio/{quiz.version.course.slug}/quizzes/analysis/1.0/{quiz.key}/",
            "is_practice": False,
        }
    ]
    assert found.questions == []


def test_one_attempt() -> None:
    quiz = quiz_with(1, title="Points")
    choose(quiz, "a")

    (result,) = results(quiz).quizzes
    (question,) = results(quiz).questions

    assert (result.attempt_count, result.first_count, result.passed_first_count) == (1, 1, 0)
    assert result.mean_percent == 0
    assert (question.text, question.quiz_titles) == ("Where does ST3 lie?", ["Points"])
    assert (question.asked_count, question.right_count, question.right_percent) == (1, 0, 0)
    assert (question.wrong_choice, question.wrong_choice_count) == ("On the forehead", 1)


def test_many_attempts() -> None:
    quiz = quiz_with(4)
    for right in (4, 4, 2):
        take(quiz, right=right)
    again = EnrollmentFactory(version=quiz.version)
    take(quiz, right=1, enrollment=again)
    take(quiz, right=4, enrollment=again)

    (result,) = results(quiz).quizzes

    assert (result.attempt_count, result.first_count, result.passed_first_count) == (5, 4, 2)
    assert result.mean_percent == 75
    assert sum(each.wrong_count for each in results(quiz).questions) == 5, "of first tries"


def test_only_graded_attempts_count(registrar: User) -> None:
    quiz = quiz_with(1)
    learner = EnrollmentFactory(version=quiz.version)
    void_attempt(take(quiz, enrollment=learner), reason="Power cut.", by=registrar, now=NOW)
    take(quiz, right=1, enrollment=learner)
    open_one = EnrollmentFactory(version=quiz.version)
    start_attempt(open_one, quiz, by=open_one.user, now=NOW)

    (result,) = results(quiz).quizzes

    # Whoever met the questions before has no first try any more.
    assert (result.attempt_count, result.first_count, result.passed_first_count) == (1, 0, 0)
    assert results(quiz).questions == []


def test_no_answer_is_wrong_but_no_choice() -> None:
    quiz = quiz_with(1)
    choose(quiz, None)

    (question,) = results(quiz).questions

    assert (question.wrong_count, question.wrong_choice, question.wrong_choice_count) == (1, "", 0)


@pytest.mark.parametrize(
    ("taken", "most", "count"), [("aac", "On the forehead", 2), ("acc", "On the chin", 2)]
)
def test_wrong_choice_taken_most(taken: str, most: str, count: int) -> None:
    quiz = quiz_with(1)
    for choice in taken + "b":
        choose(quiz, choice)

    (question,) = results(quiz).questions

    assert (question.wrong_choice, question.wrong_choice_count) == (most, count)
    assert (question.right_count, question.asked_count, question.right_percent) == (1, 4, 25)


def test_right_choices_of_a_partly_right_answer_are_no_wrong_ones() -> None:
    quiz = quiz_with([("multiple-choice", multiple())])
    learner = EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
    item = attempt.items.select_related("revision", "attempt").get()
    save_response(
        attempt,
        position=1,
        answer=Answer(raw=fields(item, {"choices": ["a", "b", "d"]}), number=0),
        now=NOW,
    )
    submit_attempt(attempt, by=learner.user, now=NOW)

    (question,) = results(quiz).questions

    assert (question.right_count, question.wrong_choice) == (0, "GB14")


def test_true_or_false_names_what_was_taken() -> None:
    quiz = quiz_with([("true-false", true_false())])
    take(quiz)

    (question,) = results(quiz).questions

    assert question.wrong_choice == "True"


def test_text_is_plain_and_short() -> None:
    long = single(stem=f"Where *does* **ST3** lie[@deadman], and {'why ' * 80}?")
    quiz = quiz_with([("single-choice", long)])
    take(quiz)

    (question,) = results(quiz).questions

    assert question.text.startswith("Where does ST3 lie, and why")
    assert len(question.text) <= 160


def test_ten_questions_most_often_wrong_come_in_order() -> None:
    """One wrong answer of one learner does not stand before many of many."""
    often = quiz_with([("single-choice", single(stem="Often?"))])
    once = quiz_with(12, version=often.version)
    for choice in "aaab":
        choose(often, choice)
    take(once)

    texts = [each.text for each in results(often).questions]

    assert len(texts) == 10
    assert texts[0] == "Often?"
    assert set(texts[1:]) == {"Where does ST3 lie?"}


def test_versions_do_not_mix_and_ask_the_same_whatever_their_number() -> None:
    quizzes: Sequence[Quiz] = [quiz_with(1) for _ in range(3)]
    for quiz in quizzes:
        choose(quiz, "a")
    choose(quizzes[2], "a")

    counts = []
    for number in (1, 3):
        versions = [quiz.version for quiz in quizzes[:number]]
        learner_results(versions)
        with CaptureQueriesContext(connection) as captured:
            found = learner_results(versions)
        counts.append(len(captured))

    assert [found[quiz.version_id].quizzes[0].attempt_count for quiz in quizzes] == [1, 1, 2]
    assert [found[quiz.version_id].questions[0].asked_count for quiz in quizzes] == [1, 1, 2]
    assert counts == [4, 4]
