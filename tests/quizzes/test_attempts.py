from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain.enrolling import withdraw
from courses.models import Enrollment
from quizzes.domain import attempts
from quizzes.domain.allowance import Allowance, allowance_of
from quizzes.domain.attempts import (
    Answer,
    close_if_overdue,
    save_response,
    save_responses,
    set_flag,
    start_attempt,
    submit_attempt,
    sweep_overdue,
    void_attempt,
)
from quizzes.domain.errors import (
    AttemptClosed,
    AttemptLimitReached,
    CannotStart,
    NoSuchItem,
    StaleResponse,
)
from quizzes.models import Attempt, AttemptItem, Grade, Quiz
from quizzes.question_types.base import BadResponse
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import multiple, quiz_with, single, started, true_false
from tests.quizzes.answering import RIGHT, WRONG, answer, answer_all, fields

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
HALF_HOUR = 1800
pytestmark = pytest.mark.django_db


def first_item(attempt: Attempt) -> AttemptItem:
    item = attempt.items.select_related("revision", "attempt").order_by("position").first()
    assert item is not None
    return item


# ------------------------------------------------------------------------------- starting


def test_start_freezes_items_and_deadline() -> None:
    quiz = quiz_with(5, draw_count=3, time_limit_seconds=HALF_HOUR)

    attempt = started(quiz, now=NOW)

    assert (attempt.number, attempt.status) == (1, "in-progress")
    assert attempt.deadline_at == NOW + timedelta(seconds=HALF_HOUR)
    assert [item.position for item in attempt.items.all()] == [1, 2, 3]
    assert {item.revision_id for item in attempt.items.all()} <= set(
        quiz.pool.values_list("revision_id", flat=True)
    )


def test_start_again_returns_the_open_attempt() -> None:
    quiz = quiz_with(2)
    attempt = started(quiz)

    again = start_attempt(attempt.enrollment, quiz, by=attempt.enrollment.user, now=NOW)

    assert again == attempt
    assert Attempt.objects.count() == 1


def test_start_after_an_overdue_one_closes_that_and_opens_a_new_one() -> None:
    quiz = quiz_with(2, time_limit_seconds=60)
    attempt = started(quiz, now=NOW)

    again = start_attempt(
        attempt.enrollment, quiz, by=attempt.enrollment.user, now=NOW + timedelta(hours=1)
    )

    attempt.refresh_from_db()
    assert (attempt.status, attempt.closed_by) == ("graded", "deadline")
    assert (again.number, again.status) == (2, "in-progress")


def test_a_retry_draws_unseen_questions_first() -> None:
    quiz = quiz_with(6, draw_count=3)
    first = started(quiz)
    submit_attempt(first, by=first.enrollment.user, now=NOW)

    second = start_attempt(first.enrollment, quiz, by=first.enrollment.user, now=NOW)

    seen = {item.revision_id for item in first.items.all()}
    assert {item.revision_id for item in second.items.all()} & seen == set()


def test_attempts_are_limited_and_one_set_aside_does_not_count() -> None:
    quiz = quiz_with(2, attempts_allowed=1)
    attempt = started(quiz)
    learner = attempt.enrollment.user
    submit_attempt(attempt, by=learner, now=NOW)

    assert allowance_of(attempt.enrollment, quiz) == Allowance(used=1, allowed=1)
    with pytest.raises(AttemptLimitReached):
        start_attempt(attempt.enrollment, quiz, by=learner, now=NOW)

    void_attempt(attempt, reason="The power failed.", by=learner, now=NOW)
    assert start_attempt(attempt.enrollment, quiz, by=learner, now=NOW).number == 2


def test_a_quiz_without_questions_does_not_start() -> None:
    with pytest.raises(CannotStart, match="no questions"):
        started(quiz_with(0))


def test_a_quiz_of_another_version_does_not_start() -> None:
    enrollment = EnrollmentFactory()

    with pytest.raises(CannotStart, match="not part"):
        start_attempt(enrollment, quiz_with(2), by=enrollment.user, now=NOW)


@pytest.mark.parametrize("status", ["completed", "withdrawn"])
def test_a_closed_enrollment_does_not_start(status: str) -> None:
    quiz = quiz_with(2)
    done = {}
    if status == "completed":
        done = {"completed_at": NOW, "completed_on": NOW.date(), "completed_zone": "UTC"}
    enrollment = EnrollmentFactory(version=quiz.version, status=status, **done)

    with pytest.raises(CannotStart):
        start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)


# ------------------------------------------------------------------------------- answering


def test_saving_counts_the_response_and_keeps_the_servers_time() -> None:
    attempt = started(quiz_with(1))
    later = NOW + timedelta(minutes=3)

    item = answer(first_item(attempt), now=later)

    stored = first_item(attempt)
    assert item.response_number == 1
    assert (stored.response, stored.response_number, stored.saved_at) == (
        '{"choice":"b"}',
        1,
        later,
    )


def test_the_same_answer_again_is_no_second_response() -> None:
    attempt = started(quiz_with(1))
    item = first_item(attempt)
    raw = fields(item, RIGHT["single-choice"])

    for _ in range(2):  # The confirmation of the first was lost, so the number is an old one.
        saved = save_response(attempt, position=1, answer=Answer(raw, number=0), now=NOW)

    assert saved.response_number == 1


def test_a_stale_form_is_shown_the_newer_answer_and_changes_nothing() -> None:
    attempt = started(quiz_with(1))
    item = first_item(attempt)
    answer(item, now=NOW)
    stale = Answer(fields(item, WRONG["single-choice"]), number=0)

    with pytest.raises(StaleResponse) as refused:
        save_response(attempt, position=1, answer=stale, now=NOW)

    assert refused.value.item.response == '{"choice":"b"}'
    assert first_item(attempt).response == '{"choice":"b"}'


def test_an_answer_can_be_taken_back() -> None:
    attempt = started(quiz_with([("multiple-choice", multiple())]))
    answer(first_item(attempt), now=NOW)

    save_response(attempt, position=1, answer=Answer({}, number=1), now=NOW)

    stored = first_item(attempt)
    assert (stored.response, stored.response_number) == ("", 2)


def test_what_is_no_answer_is_refused() -> None:
    attempt = started(quiz_with(1))

    with pytest.raises(BadResponse):
        save_response(attempt, position=1, answer=Answer({"choice": ["77"]}, number=0), now=NOW)


def test_a_question_that_is_not_there_is_refused() -> None:
    attempt = started(quiz_with(1))

    with pytest.raises(NoSuchItem):
        save_response(attempt, position=2, answer=Answer({}, number=0), now=NOW)
    with pytest.raises(NoSuchItem):
        set_flag(attempt, position=2, is_flagged=True, now=NOW)


def test_answers_of_one_form_stand_for_themselves() -> None:
    attempt = started(quiz_with(3, is_shuffled=False))
    items = {item.position: item for item in attempt.items.select_related("revision", "attempt")}
    answer(items[1], now=NOW)

    saved = save_responses(
        attempt,
        {
            1: Answer(fields(items[1], WRONG["single-choice"]), number=0),
            2: Answer(fields(items[2], RIGHT["single-choice"]), number=0, is_flagged=True),
            3: Answer({"choice": ["99"]}, number=0),
        },
        now=NOW,
    )

    assert {place: type(each.problem) for place, each in saved.items()} == {
        1: StaleResponse,
        2: type(None),
        3: BadResponse,
    }
    assert list(attempt.items.values_list("response", "is_flagged")) == [
        ('{"choice":"b"}', False),
        ('{"choice":"b"}', True),
        ("", False),
    ]


def test_flag_is_set_and_taken_away() -> None:
    attempt = started(quiz_with(1))

    assert set_flag(attempt, position=1, is_flagged=True, now=NOW).is_flagged
    assert first_item(attempt).is_flagged
    assert not set_flag(attempt, position=1, is_flagged=False, now=NOW).is_flagged


# ------------------------------------------------------------------------------- submitting


def test_submit_grades_and_remembers() -> None:
    quiz = quiz_with(
        [
            ("single-choice", single()),
            ("multiple-choice", multiple()),
            ("true-false", true_false()),
        ]
    )
    attempt = started(quiz)
    answer_all(attempt, now=NOW)

    submitted = submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    grade = Grade.objects.get()
    assert (submitted.status, submitted.closed_by, submitted.submitted_at) == (
        "graded",
        "learner",
        NOW,
    )
    assert (submitted.percent, submitted.is_passed) == (Decimal(100), True)
    assert (grade.number, grade.points, grade.points_possible, grade.pass_percent) == (1, 3, 3, 80)
    assert grade.items_json == '{"1":"1.00","2":"1.00","3":"1.00"}'
    assert [event.action for event in AuditEvent.objects.filter(subject_type="attempt")] == [
        "attempt.started",
        "attempt.submitted",
    ]


def test_unanswered_questions_count() -> None:
    attempt = started(quiz_with(5))
    answer(first_item(attempt), now=NOW)

    submitted = submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    assert (submitted.percent, submitted.is_passed) == (Decimal(20), False)


def test_submit_twice_is_once() -> None:
    attempt = started(quiz_with(2))
    learner = attempt.enrollment.user

    first = submit_attempt(attempt, by=learner, now=NOW)
    second = submit_attempt(attempt, by=learner, now=NOW + timedelta(minutes=1))

    assert second.submitted_at == first.submitted_at == NOW
    assert Grade.objects.count() == 1


def test_submit_in_the_seconds_of_grace_is_the_learners() -> None:
    attempt = started(quiz_with(2, time_limit_seconds=60))

    submitted = submit_attempt(attempt, by=attempt.enrollment.user, now=NOW + timedelta(seconds=64))

    assert (submitted.closed_by, submitted.submitted_at) == ("learner", NOW + timedelta(seconds=64))


def test_submit_after_that_counts_what_was_saved_at_the_deadline() -> None:
    attempt = started(quiz_with(1, time_limit_seconds=60))
    answer(first_item(attempt), now=NOW)

    submitted = submit_attempt(attempt, by=attempt.enrollment.user, now=NOW + timedelta(hours=2))

    assert (submitted.closed_by, submitted.submitted_at, submitted.is_passed) == (
        "deadline",
        NOW + timedelta(seconds=60),
        True,
    )


@pytest.mark.parametrize(("seconds", "is_taken"), [(59, True), (65, True), (66, False)])
def test_answers_are_taken_until_the_grace_ends(seconds: int, is_taken: bool) -> None:
    attempt = started(quiz_with(1, time_limit_seconds=60))
    late = NOW + timedelta(seconds=seconds)

    if is_taken:
        assert answer(first_item(attempt), now=late).response_number == 1
    else:
        with pytest.raises(AttemptClosed, match="Time was up"):
            answer(first_item(attempt), now=late)
        attempt.refresh_from_db()
        assert attempt.status == "graded"


def test_any_reader_closes_an_overdue_attempt_the_same_way() -> None:
    attempt = started(quiz_with(1, time_limit_seconds=60))

    closed = close_if_overdue(attempt, now=NOW + timedelta(days=3))

    assert (closed.status, closed.submitted_at) == ("graded", NOW + timedelta(seconds=60))
    assert Grade.objects.get().graded_at == NOW + timedelta(seconds=60)


def test_sweep_closes_what_nobody_came_back_to() -> None:
    quiz = quiz_with(1, time_limit_seconds=60)
    overdue = [started(quiz), started(quiz)]
    running = started(quiz, now=NOW + timedelta(seconds=30))

    assert sweep_overdue(NOW + timedelta(seconds=66)) == 2
    assert sweep_overdue(NOW + timedelta(seconds=66)) == 0
    for attempt in overdue:
        attempt.refresh_from_db()
        assert (attempt.status, attempt.closed_by) == ("graded", "deadline")
    running.refresh_from_db()
    assert running.status == "in-progress"


# ------------------------------------------------------------------------------- completion


def test_the_last_step_completes_the_enrollment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The call is what matters here; what it asks for is tested in courses."""
    asked: list[tuple[int, datetime]] = []
    monkeypatch.setattr(
        attempts,
        "complete_if_met",
        lambda enrollment, *, now: asked.append((enrollment.pk, now)),
    )
    quiz = quiz_with(1, time_limit_seconds=60)
    passed, failed, late = started(quiz), started(quiz), started(quiz)
    for attempt, is_right in ((passed, True), (failed, False), (late, True)):
        answer(first_item(attempt), is_right=is_right, now=NOW)

    submit_attempt(passed, by=passed.enrollment.user, now=NOW)
    submit_attempt(failed, by=failed.enrollment.user, now=NOW)
    close_if_overdue(late, now=NOW + timedelta(days=1))

    assert asked == [
        (passed.enrollment_id, NOW),
        (late.enrollment_id, NOW + timedelta(seconds=60)),
    ]


# ---------------------------------------------------------------- every state × every action

ACTIONS: dict[str, Callable[[Attempt], object]] = {
    "save": lambda attempt: answer(first_item(attempt), is_right=False, now=NOW),
    "flag": lambda attempt: set_flag(attempt, position=1, is_flagged=True, now=NOW),
    "submit": lambda attempt: submit_attempt(attempt, by=attempt.enrollment.user, now=NOW),
    "close": lambda attempt: close_if_overdue(attempt, now=NOW + timedelta(days=1)),
    "void": lambda attempt: void_attempt(
        attempt, reason="Mistake.", by=attempt.enrollment.user, now=NOW
    ),
    "start": lambda attempt: start_attempt(
        attempt.enrollment, attempt.quiz, by=attempt.enrollment.user, now=NOW
    ),
}
TABLE = [
    # state        save    flag    submit  close   void    start: status afterwards, or "refused"
    ("in-progress", "in-progress", "in-progress", "graded", "graded", "voided", "in-progress"),
    ("submitted", "refused", "refused", "submitted", "submitted", "voided", "submitted"),
    ("graded", "refused", "refused", "graded", "graded", "voided", "graded"),
    ("voided", "refused", "refused", "refused", "voided", "voided", "voided"),
    ("left", "refused", "refused", "refused", "graded", "voided", "in-progress"),
]


@pytest.mark.parametrize(
    ("state", "action", "expected"),
    [
        (line[0], action, expected)
        for line in TABLE
        for action, expected in zip(ACTIONS, line[1:], strict=True)
    ],
)
def test_every_state_and_every_action(state: str, action: str, expected: str) -> None:
    attempt = started(quiz_with(1, time_limit_seconds=600))
    learner: User = attempt.enrollment.user
    if state == "submitted":
        Attempt.objects.filter(pk=attempt.pk).update(
            status="submitted", submitted_at=NOW, closed_by="learner"
        )
    elif state == "graded":
        submit_attempt(attempt, by=learner, now=NOW)
    elif state == "voided":
        void_attempt(attempt, reason="Mistake.", by=learner, now=NOW)
    elif state == "left":
        withdraw(attempt.enrollment_id, by=learner, now=NOW)
    attempt.refresh_from_db()
    before = list(attempt.items.values_list("response", "is_flagged"))

    if expected == "refused":
        with pytest.raises(AttemptClosed):
            ACTIONS[action](attempt)
        assert list(attempt.items.values_list("response", "is_flagged")) == before
    else:
        ACTIONS[action](attempt)
        attempt.refresh_from_db()
        assert attempt.status == expected


def test_the_table_of_moves_is_kept() -> None:
    allowed = {(before, after) for before, afters in Attempt.MOVES.items() for after in afters}

    for before in Attempt.Status.values:
        for after in Attempt.Status.values:
            attempt = Attempt(status=before)
            if (before, after) in allowed:
                attempts._move(attempt, after)
                assert attempt.status == after
            else:
                with pytest.raises(AttemptClosed):
                    attempts._move(attempt, after)


# ---------------------------------------------------------------- the database refuses


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return True
    return False


def test_what_was_asked_answered_and_graded_is_never_rewritten() -> None:
    quiz = quiz_with(1)
    attempt = started(quiz)
    item = first_item(attempt)
    answer(item, now=NOW)
    revision = item.revision

    assert refused(lambda: AttemptItem.objects.update(seed=1))
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    assert refused(lambda: AttemptItem.objects.update(response='{"choice":"other"}'))
    assert refused(lambda: AttemptItem.objects.all().delete())
    assert refused(lambda: Grade.objects.update(percent=Decimal(1)))
    assert refused(lambda: Grade.objects.all().delete())
    assert refused(lambda: type(revision).objects.update(content="{}"))
    assert refused(lambda: type(revision).objects.filter(pk=revision.pk)._raw_delete("default"))
    assert refused(
        lambda: Attempt.objects.update(status="in-progress", submitted_at=None, closed_by="")
    )
    assert refused(lambda: Attempt.objects.update(seed=1))
    assert refused(lambda: Attempt.objects.filter(pk=attempt.pk)._raw_delete("default"))
    assert refused(lambda: Quiz.objects.update(pass_percent=Decimal(1)))
    assert refused(lambda: quiz.pool.all().delete())
    assert refused(lambda: quiz.pool.update(position=9999))


def test_there_is_one_open_attempt_at_most() -> None:
    attempt = started(quiz_with(1))

    assert refused(
        lambda: Attempt.objects.create(
            enrollment=attempt.enrollment, quiz=attempt.quiz, number=2, seed=1, started_at=NOW
        )
    )


def test_enrollment_is_not_touched_by_saving() -> None:
    attempt = started(quiz_with(1))
    before = Enrollment.objects.values().get()

    answer(first_item(attempt), now=NOW + timedelta(minutes=5))

    assert Enrollment.objects.values().get() == before
