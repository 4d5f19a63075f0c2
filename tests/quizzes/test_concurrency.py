"""Races on real threads and a real database file."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from quizzes.domain.attempts import Answer, save_response, start_attempt, submit_attempt
from quizzes.domain.errors import AttemptClosed, StaleResponse
from quizzes.models import Attempt, AttemptItem, Grade
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import quiz_with, started
from tests.quizzes.answering import answer_all, fields

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
PEOPLE = 20
Result = TypeVar("Result")
pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], Result], count: int = PEOPLE) -> list[Result]:
    barrier = Barrier(count)

    def run(number: int) -> Result:
        try:
            barrier.wait(timeout=30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_twenty_starts_make_one_attempt() -> None:
    quiz = quiz_with(3, attempts_allowed=1)
    enrollment = EnrollmentFactory(version=quiz.version)

    made = at_once(lambda _: start_attempt(enrollment, quiz, by=enrollment.user, now=NOW).pk)

    assert len(set(made)) == 1
    assert Attempt.objects.count() == 1
    assert AttemptItem.objects.count() == 3


def test_twenty_submits_make_one_grade() -> None:
    attempt = started(quiz_with(3))
    answer_all(attempt, now=NOW)
    learner = attempt.enrollment.user

    results = at_once(lambda _: submit_attempt(attempt, by=learner, now=NOW))

    assert {(each.status, each.percent) for each in results} == {("graded", 100)}
    assert Grade.objects.count() == 1


def test_of_twenty_different_answers_one_wins_and_the_others_are_told() -> None:
    attempt = started(quiz_with(1))
    item = attempt.items.select_related("revision").get()
    raws = [fields(item, {"choice": name}) for name in "abc"]

    def save(number: int) -> str:
        try:
            saved = save_response(
                attempt, position=1, answer=Answer(raws[number % 3], number=0), now=NOW
            )
        except StaleResponse as stale:
            return f"stale {stale.item.response}"
        return saved.response

    results = at_once(save)

    item.refresh_from_db()
    assert item.response_number == 1
    assert {each for each in results if not each.startswith("stale")} == {item.response}
    assert {each for each in results if each.startswith("stale")} == {f"stale {item.response}"}


def test_an_answer_acknowledged_beside_a_submit_is_in_the_grade() -> None:
    attempt = started(quiz_with(10))
    items = list(attempt.items.select_related("revision"))
    learner = attempt.enrollment.user

    def work(number: int) -> bool:
        if number == 10:
            submit_attempt(attempt, by=learner, now=NOW)
            return False
        try:
            save_response(
                attempt,
                position=items[number].position,
                answer=Answer(fields(items[number], {"choice": "b"}), number=0),
                now=NOW,
            )
        except AttemptClosed:
            return False
        return True

    acknowledged = sum(at_once(work, 11))

    assert Grade.objects.get().points == acknowledged
