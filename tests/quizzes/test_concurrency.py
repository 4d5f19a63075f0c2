"""Races on real threads and a real database file."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from ce_platform.core import jobs, verification
from ce_platform.core.models import BackgroundJob
from quizzes.domain.attempts import (
    Answer,
    save_response,
    start_attempt,
    submit_attempt,
    void_attempt,
)
from quizzes.domain.errors import AttemptClosed, StaleResponse
from quizzes.domain.recounting import KIND as COUNTING
from quizzes.domain.recounting import recount_sums
from quizzes.domain.regrading import KIND, apply_regrade
from quizzes.models import (
    Attempt,
    AttemptItem,
    ChoiceTally,
    Grade,
    QuestionRevision,
    QuizTally,
)
from tests.factories.accounts import UserFactory
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


def test_twenty_learners_who_submit_at_once_are_all_counted() -> None:
    """Beside a regrade, and some who are set aside: nobody waits for ever, no sum is lost."""
    registrar = UserFactory()
    quiz = quiz_with(6)
    attempts = [started(quiz) for _ in range(PEOPLE)]
    for place, attempt in enumerate(attempts):
        answer_all(attempt, right=place % 7, now=NOW)
    early, late = attempts[:4], attempts[4:]
    for attempt in early:
        submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)
    wrong = quiz.pool.select_related("revision__question")[0].revision
    regrade = apply_regrade(wrong, None, reason="No answer was right.", by=registrar, now=NOW)
    job = BackgroundJob.objects.get(kind=KIND)

    def work(number: int) -> None:
        if number < len(late):
            submit_attempt(late[number], by=late[number].enrollment.user, now=NOW)
        elif number == len(late):
            jobs.run(job.pk, now=NOW)
        else:
            void_attempt(early[number - len(late)], reason="Sick.", by=registrar, now=NOW)

    at_once(work, len(late) + 3)

    regrade.refresh_from_db()
    assert regrade.finished_at is not None
    assert sum(QuizTally.objects.values_list("attempt_count", flat=True)) == PEOPLE - 2
    assert list(recount_sums(False)) == []
    assert list(verification.run("grades", verification.Tally())) == []
    before = list(ChoiceTally.objects.order_by("revision", "key", "band").values_list("count"))
    ChoiceTally.objects.all().delete()
    filling = jobs.start(COUNTING, title="Counting", now=NOW)
    jobs.run(filling.pk, now=NOW)
    filling.refresh_from_db()
    after = list(ChoiceTally.objects.order_by("revision", "key", "band").values_list("count"))
    assert (filling.status, after) == ("done", [row for row in before if row != (0,)])
    newest = [each.grades.latest("number") for each in late]
    assert all(json.loads(each.items_json)[place_of(each, wrong)] == "1.00" for each in newest)


def place_of(grade: Grade, revision: QuestionRevision) -> str:
    return str(grade.attempt.items.get(revision=revision).position)


def test_two_people_who_apply_at_once_make_one_regrade() -> None:
    registrar = UserFactory()
    wrong = quiz_with(1).pool.select_related("revision__question").get().revision

    made = at_once(
        lambda number: apply_regrade(wrong, None, reason=f"{number}", by=registrar, now=NOW).pk
    )

    assert len(set(made)) == 1
    assert BackgroundJob.objects.filter(kind=KIND).count() == 1
