"""Running sums: kept when an attempt is graded, graded anew or set aside; no drift."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob
from courses.domain.moving import move_to_version
from courses.models import Enrollment
from quizzes.domain.attempts import (
    Answer,
    close_if_overdue,
    save_response,
    start_attempt,
    submit_attempt,
    void_attempt,
)
from quizzes.domain.recounting import KIND, recount_sums
from quizzes.models import Attempt, ChoiceTally, QuestionTally, Quiz, QuizTally
from quizzes.results import learner_results
from tests.conftest import NOW
from tests.factories.courses import EnrollmentFactory
from tests.factories.moving import newer_of
from tests.factories.quizzes import (
    PoolItemFactory,
    QuizFactory,
    multiple,
    numeric,
    quiz_with,
    short_text,
    single,
    started,
    true_false,
)
from tests.quizzes.answering import answer, answer_all, fields

pytestmark = pytest.mark.django_db


def take(quiz: Quiz, *, right: int = 0, enrollment: Enrollment | None = None) -> Attempt:
    learner = enrollment or EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
    answer_all(attempt, right=right, now=NOW + timedelta(seconds=30))
    return submit_attempt(attempt, by=learner.user, now=NOW)


def rows(model: Any, *fields: str) -> list[tuple[Any, ...]]:
    return sorted(model.objects.values_list(*fields))


def sums() -> tuple[list[tuple[Any, ...]], ...]:
    """Everything that is not nothing."""
    return tuple(
        sorted(row[1:] for row in model.objects.values_list() if any(row[-width:]))
        for model, width in ((QuizTally, 4), (QuestionTally, 10), (ChoiceTally, 1))
    )


def no_drift() -> bool:
    return list(recount_sums(False)) == []


def test_graded_attempts_are_counted_by_number() -> None:
    quiz = quiz_with(2)
    take(quiz, right=2)
    again = EnrollmentFactory(version=quiz.version)
    take(quiz, right=1, enrollment=again)
    take(quiz, right=2, enrollment=again)

    assert rows(QuizTally, "attempt_number", "attempt_count", "passed_count", "percent_sum") == [
        (1, 2, 1, 15_000),
        (2, 1, 1, 10_000),
    ]
    assert sorted(
        QuestionTally.objects.values_list(
            "is_first", "asked_count", "answered_count", "right_count"
        )
    ) == [(False, 1, 1, 1), (False, 1, 1, 1), (True, 2, 2, 1), (True, 2, 2, 2)]
    assert no_drift()


def test_choices_of_first_tries_are_counted_by_the_rest() -> None:
    quiz = quiz_with([("true-false", true_false()), ("true-false", true_false())])
    attempt = started(quiz)
    one, two = attempt.items.select_related("revision", "attempt").order_by("position")
    answer(one, now=NOW)
    answer(two, is_right=False, now=NOW)
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    assert sorted(ChoiceTally.objects.values_list("revision", "key", "band", "count")) == sorted(
        [
            (one.revision_id, "", 0, 1),
            (one.revision_id, "=", 0, 1),
            (one.revision_id, "false", 0, 1),
            (two.revision_id, "", 9, 1),
            (two.revision_id, "true", 9, 1),
        ]
    )


def test_what_learners_typed_is_kept_in_no_sum() -> None:
    quiz = quiz_with([("short-text", short_text()), ("numeric", numeric())])
    for word, number in [("my own words", "77"), ("BUCCINATOR", "3.2"), ("Masseter", "2")]:
        attempt = started(quiz)
        sent = {"short-text": {"text": [word]}, "numeric": {"value": [number]}}
        for item in attempt.items.select_related("revision"):
            save_response(
                attempt,
                position=item.position,
                answer=Answer(raw=sent[item.revision.type], number=0),
                now=NOW,
            )
        submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    counted = ChoiceTally.objects.exclude(key__in=["", "="])
    counts: dict[tuple[str, str], int] = {}
    for kind, key, count in counts_of(counted):
        counts[kind, key] = counts.get((kind, key), 0) + count
    assert counts == {
        ("short-text", "*"): 1,
        ("short-text", "Buccinator"): 1,
        ("short-text", "masseter"): 1,
        ("numeric", "*"): 2,
        ("numeric", "3"): 1,
    }
    assert no_drift()


def counts_of(counted: Any) -> list[tuple[str, str, int]]:
    return list(counted.values_list("revision__type", "key", "count"))


def test_practice_is_counted_for_itself() -> None:
    graded = quiz_with(1)
    practice = QuizFactory(version=graded.version, purpose="practice", slug="practice")
    PoolItemFactory(quiz=practice, revision=graded.pool.get().revision)
    take(graded, right=1)
    take(practice)
    results = learner_results([graded.version])[graded.version_id]

    assert {
        (each.is_practice, each.attempt_count, each.mean_percent) for each in results.quizzes
    } == {(False, 1, 100), (True, 1, 0)}
    assert [(each.quiz_titles, each.asked_count) for each in results.questions] == [
        ([practice.title], 1)
    ]
    assert no_drift()


def test_try_in_a_newer_version_is_a_later_try_there() -> None:
    quiz = quiz_with(1)
    learner = EnrollmentFactory(version=quiz.version)
    take(quiz, enrollment=learner)
    newer = QuizFactory(version=newer_of(quiz.version), key=quiz.key, slug=quiz.slug)
    PoolItemFactory(quiz=newer, revision=quiz.pool.get().revision)

    learner = move_to_version(learner.pk, newer.version, by=learner.user, now=NOW)
    take(newer, right=1, enrollment=learner)

    assert rows(QuizTally, "quiz_id", "attempt_number", "passed_count") == sorted(
        [(quiz.pk, 1, 0), (newer.pk, 2, 1)]
    )
    assert rows(QuestionTally, "quiz_id", "is_first") == sorted(
        [(quiz.pk, True), (newer.pk, False)]
    )
    assert no_drift()


def test_closed_by_the_deadline_is_counted_too() -> None:
    attempt = started(quiz_with(1, time_limit_seconds=60))

    close_if_overdue(attempt, now=NOW + timedelta(hours=1))

    assert rows(QuestionTally, "asked_count", "answered_count") == [(1, 0)]
    assert no_drift()


def test_attempt_set_aside_counts_no_more(registrar: User) -> None:
    quiz = quiz_with(2)
    take(quiz, right=2)
    before = sums()
    attempt = take(quiz, right=1)

    for _ in range(2):
        void_attempt(attempt, reason="Power cut.", by=registrar, now=NOW)

    assert sums() == before
    assert no_drift()


def test_open_attempt_set_aside_changes_nothing(registrar: User) -> None:
    attempt = started(quiz_with(1))

    void_attempt(attempt, reason="Power cut.", by=registrar, now=NOW)

    assert sums() == ([], [], [])


def test_first_try_that_was_set_aside_is_nobody_elses_place(registrar: User) -> None:
    quiz = quiz_with(1)
    learner = EnrollmentFactory(version=quiz.version)
    void_attempt(take(quiz, enrollment=learner), reason="Power cut.", by=registrar, now=NOW)

    take(quiz, right=1, enrollment=learner)

    assert [row for row in rows(QuizTally, "attempt_number", "attempt_count") if row[1]] == [(2, 1)]
    assert no_drift()


def test_submitting_asks_the_same_whatever_the_number_of_questions() -> None:
    counts = []
    for count in (2, 12):
        attempt = started(quiz_with(count))
        answer_all(attempt, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_sums_that_drifted_do_not_keep_an_attempt_from_being_set_aside(registrar: User) -> None:
    attempt = take(quiz_with(2), right=2)
    QuizTally.objects.update(percent_sum=0, attempt_count=0)

    void_attempt(attempt, reason="Power cut.", by=registrar, now=NOW)

    assert rows(QuizTally, "attempt_count", "percent_sum") == [(0, 0)]
    assert no_drift()


def test_recount_finds_and_mends_drift(capsys: pytest.CaptureFixture[str]) -> None:
    quiz = quiz_with(2)
    take(quiz, right=1)
    before = sums()
    QuizTally.objects.update(attempt_count=5)
    ChoiceTally.objects.filter(key="=").delete()
    QuestionTally.objects.create(
        quiz=quiz, revision=quiz.pool.all()[0].revision, is_first=False, asked_count=3
    )

    with pytest.raises(CommandError, match="wrong"):
        call_command("recount")
    call_command("recount", "--fix")

    assert (
        f"quiz tally (quiz {quiz.pk}, attempt_number 1): attempt_count says 5, the rows say 1"
        in (capsys.readouterr().out)
    )
    assert sums() == before
    assert no_drift()


def test_what_was_graded_before_there_were_sums_is_counted_in_the_background() -> None:
    take(quiz_with(2), right=1)
    before = sums()
    for model in (QuizTally, QuestionTally, ChoiceTally):
        model.objects.all().delete()
    job = BackgroundJob.objects.create(kind=KIND, title="Counting", created_at=NOW)

    jobs.run(job.pk, now=NOW)

    job.refresh_from_db()
    assert (job.status, job.done_count, job.total_count) == ("done", 1, 1)
    assert sums() == before


@pytest.fixture
def quiz(db: None) -> Quiz:
    return quiz_with(
        [("single-choice", single()), ("multiple-choice", multiple()), ("true-false", true_false())]
    )


steps = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 3),
        st.booleans(),
        st.lists(st.integers(0, 900), max_size=3),
    ),
    max_size=5,
)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_whatever_is_taken_and_set_aside_there_is_no_drift(
    quiz: Quiz, registrar: User, taken: list[tuple[int, int, bool, list[int]]]
) -> None:
    learners = [EnrollmentFactory(version=quiz.version) for _ in range(3)]
    for place, right, is_set_aside, saved in taken:
        learner = learners[place]
        attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
        _answer_some(attempt, right=right, saved=saved)
        attempt = submit_attempt(attempt, by=learner.user, now=NOW)
        if is_set_aside:
            void_attempt(attempt, reason="Power cut.", by=registrar, now=NOW)

    assert no_drift()


def _answer_some(attempt: Attempt, *, right: int, saved: list[int]) -> None:
    items = attempt.items.select_related("revision", "attempt").order_by("position")
    for place, (item, seconds) in enumerate(zip(items, saved, strict=False)):
        answer(item, is_right=place < right, now=_after(seconds))


def _after(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_answer_taken_back_is_no_answer() -> None:
    attempt = started(quiz_with(1))
    item = attempt.items.select_related("revision", "attempt").get()
    answer(item, now=NOW)
    item.refresh_from_db()
    save_response(attempt, position=1, answer=Answer(raw=fields(item, None), number=1), now=NOW)

    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    assert rows(QuestionTally, "asked_count", "answered_count", "timed_count") == [(1, 0, 0)]
