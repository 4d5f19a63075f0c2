"""Pages that mix apps ask as often for three rows as for one. Other lists: beside their app."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.core.mail import put_in_outbox
from courses import frozen
from courses.models import Enrollment, Evaluation
from quizzes.domain.attempts import start_attempt, submit_attempt
from tests.factories.certificates import BodyFactory, make_certificate
from tests.factories.courses import (
    CourseAuthorFactory,
    EnrollmentFactory,
    LessonFactory,
    VersionFactory,
)
from tests.factories.licensing import LicenseFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def asked(client: Client, url: str, *, showing: str) -> int:
    """Queries of a page that shows this, in a process that keeps nothing yet."""
    assert showing in client.get(url).content.decode()
    frozen.forget()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def study(user: User, now: datetime) -> Enrollment:
    """An open course with a lesson and a quiz, and a license."""
    lesson = LessonFactory()
    quiz_with(1, version=lesson.version, module=lesson.module)
    LicenseFactory(user=user, body=BodyFactory(code=f"US-{lesson.pk}"), expires_on=now.date())
    return EnrollmentFactory(user=user, version=lesson.version, last_lesson=lesson)


def same(counts: list[int]) -> bool:
    return len(counts) == 3 and len(set(counts)) == 1


def test_home(owner: User, client_of: ClientOf, now: datetime) -> None:
    client = client_of(owner)
    counts = []
    for _ in range(3):
        enrollment = study(owner, now)
        certificate = make_certificate(user=owner)
        counts.append(asked(client, reverse("pages:home"), showing=enrollment.version.title))
        assert certificate.serial in client.get(reverse("pages:home")).content.decode()

    assert same(counts), counts


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_home_of_somebody_new(
    is_signed_in: bool, owner: User, client: Client, client_of: ClientOf
) -> None:
    client = client_of(owner) if is_signed_in else client
    counts = []
    for _ in range(3):
        version = VersionFactory()
        counts.append(asked(client, reverse("pages:home"), showing=version.title))

    assert same(counts), counts


def test_learning(owner: User, client_of: ClientOf, now: datetime) -> None:
    client = client_of(owner)
    counts = []
    for _ in range(3):
        make_certificate(user=owner)
        title = study(owner, now).version.title
        counts.append(asked(client, reverse("pages:learning"), showing=title))

    assert same(counts), counts


def test_teach_desk(instructor: User, client_of: ClientOf, now: datetime) -> None:
    client = client_of(instructor)
    counts = []
    for _ in range(3):
        CourseAuthorFactory(user=instructor, version=VersionFactory(status="draft"))
        version = CourseAuthorFactory(user=instructor).version
        Evaluation.objects.create(
            enrollment=EnrollmentFactory(version=version),
            submitted_at=now,
            objectives_met=4,
            content_accurate=4,
            useful_in_practice=4,
            free_of_bias=4,
            minutes_taken=240,
        )
        counts.append(asked(client, reverse("pages:teach"), showing=version.title))

    assert same(counts), counts


def test_demo_mailbox(owner: User, client_of: ClientOf, now: datetime, settings: Settings) -> None:
    settings.DEMO = True
    client = client_of(owner)
    counts = []
    for number in range(3):
        put_in_outbox(
            subject=f"Message {number}", body="Hello.\n", to_email="a@example.com", now=now
        )
        counts.append(asked(client, reverse("pages:demo-mailbox"), showing=f"Message {number}"))

    assert same(counts), counts


def test_page_of_a_quiz(owner: User, client_of: ClientOf, now: datetime) -> None:
    quiz = quiz_with(1)
    enrollment = EnrollmentFactory(user=owner, version=quiz.version)
    url = reverse("quizzes:quiz-detail", args=[enrollment.uid, quiz.slug])
    client = client_of(owner)
    counts = []
    for number in range(1, 4):
        at = now + timedelta(minutes=number)
        submit_attempt(start_attempt(enrollment, quiz, by=owner, now=at), by=owner, now=at)
        counts.append(asked(client, url, showing=f"Attempt {number}"))

    assert same(counts), counts
