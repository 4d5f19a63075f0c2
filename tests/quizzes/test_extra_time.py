from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from courses.models import Enrollment
from quizzes.domain.attempts import close_if_overdue, start_attempt, submit_attempt
from quizzes.domain.errors import CannotStart, GrantRefused
from quizzes.domain.extra_time import grant_time
from quizzes.domain.requests import grant_another
from quizzes.models import Attempt, AttemptRequest, Quiz, TimeGrant
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import quiz_with

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def timed(**settings: object) -> Quiz:
    return quiz_with(1, **{"time_limit_seconds": 3600, **settings})


def learner_of(quiz: Quiz) -> Enrollment:
    enrollment: Enrollment = EnrollmentFactory(version=quiz.version)
    return enrollment


def start(enrollment: Enrollment, quiz: Quiz, extra_percent: int = 0) -> Attempt:
    return start_attempt(enrollment, quiz, by=enrollment.user, now=NOW, extra_percent=extra_percent)


def give(enrollment: Enrollment, registrar: User, percent: int, now: datetime = NOW) -> TimeGrant:
    return grant_time(enrollment, extra_percent=percent, reason="Asked.", by=registrar, now=now)


@pytest.mark.parametrize(
    ("chosen", "granted", "extra", "minutes"),
    [(0, 0, 0, 60), (50, 0, 50, 90), (100, 0, 100, 120), (25, 50, 50, 90), (100, 50, 100, 120)],
)
def test_the_larger_of_chosen_and_given_time_counts(
    registrar: User, chosen: int, granted: int, extra: int, minutes: int
) -> None:
    quiz = timed()
    enrollment = learner_of(quiz)
    if granted:
        give(enrollment, registrar, granted)

    attempt = start(enrollment, quiz, chosen)

    assert attempt.extra_percent == extra
    assert attempt.deadline_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("settings", "chosen"), [({"extra_time": "office"}, 25), ({}, 26), ({}, 300)]
)
def test_time_that_is_not_offered_is_refused(settings: dict[str, str], chosen: int) -> None:
    quiz = timed(**settings)
    enrollment = learner_of(quiz)

    with pytest.raises(CannotStart, match="given by the office"):
        start(enrollment, quiz, chosen)

    assert not Attempt.objects.exists()


def test_a_quiz_without_a_limit_needs_no_more_time() -> None:
    quiz = quiz_with(1)

    attempt = start(learner_of(quiz), quiz, 50)

    assert (attempt.extra_percent, attempt.deadline_at) == (0, None)


def test_time_given_meanwhile_lengthens_the_attempt_under_way(registrar: User) -> None:
    quiz = timed(extra_time="office", title="Final exam")
    enrollment = learner_of(quiz)
    attempt = start(enrollment, quiz)

    give(enrollment, registrar, 50, now=NOW + timedelta(minutes=59))

    attempt.refresh_from_db()
    assert attempt.deadline_at == NOW + 1.5 * HOUR
    mail = OutgoingMail.objects.get()
    assert "50 percent more time" in mail.body
    # New York, where the learner lives.
    assert "“Final exam”" in mail.body or '"Final exam"' in mail.body
    assert "goes on until 2:00 PM" in mail.body
    assert AuditEvent.objects.filter(action="quiz-time.granted").count() == 1


def test_time_given_after_the_deadline_opens_nothing_again(registrar: User) -> None:
    quiz = timed(extra_time="office")
    enrollment = learner_of(quiz)
    attempt = start(enrollment, quiz)
    late = NOW + HOUR + timedelta(seconds=1)

    give(enrollment, registrar, 100, now=late)

    attempt.refresh_from_db()
    assert attempt.deadline_at == NOW + HOUR
    assert close_if_overdue(attempt, now=late + timedelta(minutes=1)).status == "graded"


def test_giving_less_shortens_no_deadline(registrar: User) -> None:
    quiz = timed()
    enrollment = learner_of(quiz)
    give(enrollment, registrar, 100)
    attempt = start(enrollment, quiz)

    give(enrollment, registrar, 0)

    attempt.refresh_from_db()
    assert attempt.deadline_at == NOW + 2 * HOUR
    assert start_attempt(enrollment, quiz, by=enrollment.user, now=NOW) == attempt


def test_giving_the_same_twice_is_giving_once(registrar: User) -> None:
    enrollment = learner_of(timed())

    assert give(enrollment, registrar, 50) == give(enrollment, registrar, 50)

    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "percent"), [("open", 301), ("open", -1), ("open", 0), ("withdrawn", 50)]
)
def test_what_cannot_be_given_is_refused(registrar: User, status: str, percent: int) -> None:
    enrollment: Enrollment = EnrollmentFactory(status=status)

    with pytest.raises(GrantRefused):
        give(enrollment, registrar, percent)

    assert not TimeGrant.objects.exists()


def test_a_grant_is_never_rewritten(registrar: User) -> None:
    grant = give(learner_of(timed()), registrar, 50)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        TimeGrant.objects.filter(pk=grant.pk).update(extra_percent=200)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        TimeGrant.objects.filter(pk=grant.pk).delete()


# ------------------------------------------------------------------------------- attempts


def test_one_more_attempt_is_given_without_being_asked_and_once(registrar: User) -> None:
    quiz = quiz_with(1, attempts_allowed=1)
    enrollment = learner_of(quiz)
    submit_attempt(start(enrollment, quiz), by=enrollment.user, now=NOW)

    grant_another(enrollment, quiz, left_before=0, answer="", by=registrar, now=NOW)
    with pytest.raises(GrantRefused, match="has 1 left by now"):
        grant_another(enrollment, quiz, left_before=0, answer="", by=registrar, now=NOW)

    assert AttemptRequest.objects.get().is_granted
    assert start(enrollment, quiz).number == 2
    assert OutgoingMail.objects.count() == 1


def test_giving_an_attempt_answers_the_request_that_waits(registrar: User) -> None:
    quiz = quiz_with(1, attempts_allowed=1)
    enrollment = learner_of(quiz)
    submit_attempt(start(enrollment, quiz), by=enrollment.user, now=NOW)
    waiting = AttemptRequest.objects.create(enrollment=enrollment, quiz=quiz, asked_at=NOW)

    grant_another(enrollment, quiz, left_before=0, answer="Good luck.", by=registrar, now=NOW)

    waiting.refresh_from_db()
    assert (waiting.is_granted, waiting.answer, AttemptRequest.objects.count()) == (
        True,
        "Good luck.",
        1,
    )
