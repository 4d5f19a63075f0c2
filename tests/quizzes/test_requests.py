from datetime import UTC, datetime

import pytest

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail, Provider
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.domain.errors import AlreadyAnswered, NothingToAsk
from quizzes.domain.requests import answer_request, request_another
from quizzes.models import Attempt, AttemptRequest
from tests.factories.quizzes import quiz_with, started
from tests.quizzes.answering import answer_all

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def used_up(owner: User) -> Attempt:
    Provider.objects.create(pk=1, name="School", email="office@example.com")
    attempt = started(quiz_with(2, attempts_allowed=1, title="Final exam"), user=owner)
    return submit_attempt(attempt, by=owner, now=NOW)


def asked(attempt: Attempt, message: str = "The power failed.") -> AttemptRequest:
    return request_another(
        attempt.enrollment, attempt.quiz, message=message, by=attempt.enrollment.user, now=NOW
    )


def test_asking_tells_the_office_once(used_up: Attempt) -> None:
    request = asked(used_up)

    assert asked(used_up, "Again!") == request
    mail = OutgoingMail.objects.get()
    assert mail.to_email == "office@example.com"
    assert mail.subject == "Another attempt? Olivia Owner, Final exam"
    assert "The power failed." in mail.body
    assert "/office/attempt-requests/" in mail.body


def test_asking_is_refused_while_an_attempt_is_left() -> None:
    attempt = started(quiz_with(2, attempts_allowed=2))
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    with pytest.raises(NothingToAsk, match="still have an attempt"):
        asked(attempt)


def test_asking_is_refused_after_passing() -> None:
    attempt = started(quiz_with(1, attempts_allowed=1))
    answer_all(attempt, now=NOW)
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)

    with pytest.raises(NothingToAsk, match="passed"):
        asked(attempt)


def test_granting_gives_one_more_attempt_and_a_mail(used_up: Attempt, registrar: User) -> None:
    request = answer_request(
        asked(used_up), is_granted=True, answer="Good luck.", by=registrar, now=NOW
    )

    assert (request.is_granted, request.answered_by_id) == (True, registrar.pk)
    mail = OutgoingMail.objects.get(to_email="owner@example.com")
    assert mail.subject == "You have another attempt: Final exam"
    assert "Good luck." in mail.body
    attempt = start_attempt(used_up.enrollment, used_up.quiz, by=registrar, now=NOW)
    assert attempt.number == 2
    assert AuditEvent.objects.filter(action="attempt-request.granted").count() == 1


def test_declining_says_why(used_up: Attempt, registrar: User) -> None:
    answer_request(asked(used_up), is_granted=False, answer="Too late.", by=registrar, now=NOW)

    mail = OutgoingMail.objects.get(to_email="owner@example.com")
    assert mail.subject == "About your question: Final exam"
    assert "Too late." in mail.body


def test_the_same_answer_twice_is_one_and_another_is_refused(
    used_up: Attempt, registrar: User
) -> None:
    request = asked(used_up)
    for _ in range(2):
        answer_request(request, is_granted=True, answer="Yes.", by=registrar, now=NOW)

    assert OutgoingMail.objects.filter(to_email="owner@example.com").count() == 1
    with pytest.raises(AlreadyAnswered):
        answer_request(request, is_granted=False, answer="No.", by=registrar, now=NOW)
