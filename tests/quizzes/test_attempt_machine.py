"""The life of attempts, tried in every order: a model beside the real thing.

The model knows only what the learner was told: which answers were saved, which attempts were
closed, and when. Whatever order things happen in, the rows must agree with it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ce_platform.accounts.models import User
from courses.domain.enrolling import withdraw
from courses.models import Enrollment
from quizzes.domain.attempts import (
    GRACE,
    Answer,
    close_if_overdue,
    is_overdue,
    save_response,
    start_attempt,
    submit_attempt,
    sweep_overdue,
    void_attempt,
)
from quizzes.domain.errors import (
    AttemptClosed,
    AttemptLimitReached,
    CannotStart,
    GrantRefused,
    StaleResponse,
)
from quizzes.domain.extra_time import grant_time
from quizzes.domain.requests import grant_another
from quizzes.models import Attempt, Grade, Quiz
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import quiz_with
from tests.quizzes.answering import fields

START = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
LIMIT = timedelta(minutes=30)
QUESTIONS = 3
ALLOWED = 2
RIGHT, WRONG = {"choice": "b"}, {"choice": "a"}
positions = st.integers(1, QUESTIONS)


@dataclass
class Told:
    """What the learner knows of one attempt."""

    attempt: Attempt
    deadline: datetime
    answers: dict[int, bool] = field(default_factory=dict)
    """Position → whether the saved answer is right."""
    numbers: dict[int, int] = field(default_factory=dict)
    closed_at: datetime | None = None
    is_voided: bool = False

    def closes(self, now: datetime) -> None:
        """What must have happened by now, whether somebody looked or not."""
        if self.closed_at is None and not self.is_voided and now > self.deadline + GRACE:
            self.closed_at = self.deadline

    @property
    def is_open(self) -> bool:
        return self.closed_at is None and not self.is_voided


class Attempts(RuleBasedStateMachine):
    quiz: Quiz
    office: User

    def __init__(self) -> None:
        super().__init__()
        self._rolled_back = transaction.atomic()
        self._rolled_back.__enter__()
        self.now = START
        self.enrollment: Enrollment = EnrollmentFactory(version=self.quiz.version)
        self.told: list[Told] = []
        self.granted = 0
        self.extra = 0
        self.has_left = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._rolled_back.__exit__(None, None, None)

    # ---- helpers
    def pass_time(self) -> None:
        for told in self.told:
            told.closes(self.now)

    @property
    def open(self) -> Told | None:
        return next((told for told in self.told if told.is_open), None)

    @property
    def used(self) -> int:
        return sum(not told.is_voided for told in self.told)

    def answer_of(self, told: Told, position: int, *, is_right: bool, number: int) -> Answer:
        item = told.attempt.items.select_related("revision").get(position=position)
        return Answer(raw=fields(item, RIGHT if is_right else WRONG), number=number)

    # ---- what happens
    @rule(seconds=st.sampled_from([-1, 0, 5, 6, 60, 2400]))
    def time_runs_out(self, seconds: int) -> None:
        """To the deadline, or that much beyond it."""
        end = self.open.deadline if self.open is not None else self.now
        self.now = max(self.now, end + timedelta(seconds=seconds))
        self.pass_time()

    @initialize()
    def begin(self) -> None:
        self.start()

    @rule()
    def start(self) -> None:
        before = self.open
        may = not self.has_left and self.used < ALLOWED + self.granted
        try:
            attempt = start_attempt(
                self.enrollment, self.quiz, by=self.enrollment.user, now=self.now
            )
        except AttemptLimitReached:
            assert before is None
            assert not may
        except CannotStart:
            assert before is None
            assert self.has_left
        else:
            if before is not None:
                assert attempt == before.attempt
                return
            assert may
            length = LIMIT * (100 + self.extra) / 100
            assert attempt.deadline_at == self.now + length
            assert attempt.number == len(self.told) + 1
            self.told.append(Told(attempt, deadline=self.now + length))

    @precondition(lambda self: self.told)
    @rule(
        position=positions, is_right=st.booleans(), back=st.integers(0, 2), which=st.integers(0, 9)
    )
    def answer(self, position: int, is_right: bool, back: int, which: int) -> None:
        """From the form as it was `back` answers ago."""
        told = self.told[which % len(self.told)]
        known = told.numbers.get(position, 0)
        number = max(0, known - back)
        is_same = told.answers.get(position) == is_right
        answer = self.answer_of(told, position, is_right=is_right, number=number)
        try:
            item = save_response(told.attempt, position=position, answer=answer, now=self.now)
        except StaleResponse:
            assert told.is_open
            assert number != known
            assert not is_same
        except AttemptClosed:
            assert not told.is_open or self.has_left
        else:
            assert told.is_open
            assert not self.has_left
            assert is_same or number == known
            told.answers[position] = is_right
            told.numbers[position] = item.response_number
            assert item.response_number == known + (0 if is_same else 1)

    @precondition(lambda self: self.open is not None and not self.has_left)
    @rule(position=positions)
    def answer_in_two_windows(self, position: int) -> None:
        """Both show what was saved last; the second to send is told, whatever it sends."""
        told = self.open
        assert told is not None
        known = told.numbers.get(position, 0)
        is_right = not told.answers.get(position, False)
        first = self.answer_of(told, position, is_right=is_right, number=known)
        second = self.answer_of(told, position, is_right=not is_right, number=known)
        save_response(told.attempt, position=position, answer=first, now=self.now)
        told.answers[position] = is_right
        told.numbers[position] = known + 1
        with pytest.raises(StaleResponse):
            save_response(told.attempt, position=position, answer=second, now=self.now)

    @precondition(lambda self: self.told)
    @rule(times=st.integers(1, 3), which=st.integers(0, 9))
    def submit(self, times: int, which: int) -> None:
        told = self.told[which % len(self.told)]
        for _ in range(times):
            try:
                closed = submit_attempt(told.attempt, by=self.enrollment.user, now=self.now)
            except AttemptClosed:
                assert told.is_voided or self.has_left
                return
            if told.closed_at is None:
                told.closed_at = self.now
            assert closed.submitted_at == told.closed_at

    @rule()
    def sweep(self) -> None:
        sweep_overdue(self.now)
        assert sweep_overdue(self.now) == 0

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 9))
    def set_aside(self, which: int) -> None:
        told = self.told[which % len(self.told)]
        attempt = close_if_overdue(told.attempt, now=self.now)
        void_attempt(attempt, reason="Tried.", by=self.office, now=self.now)
        told.is_voided = True

    @rule()
    def get_another(self) -> None:
        left = max(0, ALLOWED + self.granted - self.used)
        try:
            grant_another(
                self.enrollment,
                self.quiz,
                left_before=left,
                answer="",
                by=self.office,
                now=self.now,
            )
        except GrantRefused:
            assert self.has_left or left >= 5
        else:
            assert not self.has_left
            self.granted += 1

    @rule(percent=st.sampled_from([0, 50, 100]))
    def get_time(self, percent: int) -> None:
        running = self.open
        try:
            grant_time(
                self.enrollment,
                extra_percent=percent,
                reason="Tried.",
                by=self.office,
                now=self.now,
            )
        except GrantRefused:
            assert self.has_left or (percent == 0 and self.extra == 0)
            return
        is_new = percent != self.extra
        self.extra = percent
        if running is not None and is_new and self.now <= running.deadline:
            started = running.attempt.started_at
            running.deadline = max(running.deadline, started + LIMIT * (100 + percent) / 100)

    @precondition(lambda self: not self.has_left)
    @rule()
    def leave(self) -> None:
        withdraw(self.enrollment.pk, by=self.enrollment.user, now=self.now)
        self.has_left = True

    # ---- what holds
    @invariant()
    def rows_say_what_the_learner_was_told(self) -> None:
        attempts = Attempt.objects.filter(enrollment=self.enrollment).order_by("number")
        rows = {attempt.pk: attempt for attempt in attempts}
        assert list(rows) == [told.attempt.pk for told in self.told]
        for told in self.told:
            row = rows[told.attempt.pk]
            items = {item.position: item for item in row.items.all()}
            assert {
                position: item.response == '{"choice":"b"}'
                for position, item in items.items()
                if item.response
            } == told.answers
            if told.is_voided:
                assert row.status == "voided"
                continue
            if row.status == "in-progress" and told.closed_at == told.deadline:
                # Nobody has looked since: closing is a pure function of what is stored.
                assert is_overdue(row, now=self.now)
                continue
            assert row.status == ("in-progress" if told.closed_at is None else "graded")
            assert row.submitted_at == told.closed_at
            assert row.grades.count() == (0 if told.closed_at is None else 1)
            if told.closed_at is not None:
                right = sum(told.answers.values())
                grade = Grade.objects.get(attempt=row)
                assert grade.points == right
                assert row.is_passed == grade.is_passed == (right == QUESTIONS)

    @invariant()
    def one_attempt_is_open_at_most(self) -> None:
        assert sum(told.is_open for told in self.told) <= 1


@pytest.mark.django_db
def test_attempts_hold_in_every_order() -> None:
    Attempts.quiz = quiz_with(
        QUESTIONS, attempts_allowed=ALLOWED, time_limit_seconds=LIMIT.seconds, extra_time="office"
    )
    Attempts.office = UserFactory()

    run_state_machine_as_test(
        Attempts,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            # A shorter story of the same failure would take minutes to find.
            phases=[Phase.reuse, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
