"""The office's page of one learner's quizzes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from courses.models import Enrollment
from quizzes.domain.attempts import submit_attempt
from quizzes.models import Attempt, AttemptRequest, TimeGrant
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import quiz_with, started

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def attempt(owner: User) -> Attempt:
    quiz = quiz_with(1, attempts_allowed=1, time_limit_seconds=1800, title="Final exam")
    return submit_attempt(started(quiz, user=owner), by=owner, now=NOW)


@pytest.fixture
def office(registrar: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(registrar)


def url(name: str, enrollment: Enrollment, *more: object) -> str:
    return reverse(f"quizzes:office-learner-{name}", args=[enrollment.uid, *more])


@pytest.mark.parametrize("words", ["", "olivia", "OWNER oliv", "owner@example"])
def test_a_learner_is_found_by_a_part_of_name_or_address(
    attempt: Attempt, office: Client, words: str
) -> None:
    EnrollmentFactory(user__name_on_certificates="Somebody Else")

    page = office.get(reverse("quizzes:office-learner-list"), {"q": words}).content.decode()

    assert "Olivia Owner" in page
    assert ("Somebody Else" in page) == (words == "")


def test_nobody_found_says_so(office: Client) -> None:
    page = office.get(reverse("quizzes:office-learner-list"), {"q": "Zoë 😀"}).content.decode()

    assert "Nobody found" in page


def test_an_attempt_is_given_once_however_often_the_button_is_pressed(
    attempt: Attempt, office: Client
) -> None:
    enrollment = attempt.enrollment
    sent = {f"a{attempt.quiz_id}-left": "0", f"a{attempt.quiz_id}-answer": "Good luck."}

    first = office.post(url("attempt", enrollment, attempt.quiz.key), sent, follow=True)
    again = office.post(url("attempt", enrollment, attempt.quiz.key), sent, follow=True)

    assert "One more attempt is given" in first.content.decode()
    assert "has 1 left by now" in again.content.decode()
    assert AttemptRequest.objects.count() == 1
    assert "1 of 2 attempts left" in again.content.decode()


def test_time_is_given_with_a_reason(attempt: Attempt, office: Client) -> None:
    enrollment = attempt.enrollment

    refused = office.post(url("time", enrollment), {"extra_percent": "50", "reason": " "})
    given = office.post(
        url("time", enrollment), {"extra_percent": "50", "reason": "Asked."}, follow=True
    )

    assert refused.status_code == 422
    assert TimeGrant.objects.get().reason == "Asked."
    assert "has 50 % more time" in given.content.decode()

    taken = office.post(
        url("time", enrollment), {"extra_percent": "0", "reason": "Withdrawn."}, follow=True
    )

    assert "the learner gets a mail" in given.content.decode()
    assert "the learner gets a mail" not in taken.content.decode()
    assert OutgoingMail.objects.filter(to_user_id=enrollment.user_id).count() == 1


def test_an_attempt_set_aside_counts_no_more(attempt: Attempt, office: Client) -> None:
    address = reverse("quizzes:office-attempt-void", args=[attempt.uid])

    refused = office.post(address, {})
    answer = office.post(
        address, {f"v{attempt.pk}-reason": "Somebody else sat there."}, follow=True
    )

    attempt.refresh_from_db()
    assert refused.status_code == 422
    assert attempt.status == "voided"
    assert "1 of 1 attempts left" in answer.content.decode()


def test_a_quiz_of_another_course_is_not_found(attempt: Attempt, office: Client) -> None:
    other = quiz_with(1)

    assert office.post(url("attempt", attempt.enrollment, other.key)).status_code == 404


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_queries_do_not_grow(attempt: Attempt, office: Client) -> None:
    enrollment = attempt.enrollment
    list_url = reverse("quizzes:office-learner-list")
    queries(office, list_url)  # The first page of all keeps what every page shows.
    before = queries(office, list_url), queries(office, url("detail", enrollment))
    EnrollmentFactory.create_batch(3)
    for number in range(3):
        quiz = quiz_with(1, version=enrollment.version, title=f"Quiz {number}")
        Attempt.objects.create(enrollment=enrollment, quiz=quiz, number=1, seed=1, started_at=NOW)

    after = queries(office, list_url), queries(office, url("detail", enrollment))

    assert after == before
