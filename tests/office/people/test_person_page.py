"""The page of a person: what it tells, and what it costs."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import put_in_outbox
from courses.models import LessonProgress
from quizzes.domain.attempts import start_attempt, submit_attempt
from tests.factories.certificates import BodyFactory, LicenseFactory, make_certificate
from tests.factories.courses import EnrollmentFactory, LessonFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def lead_a_life(user: User, now: datetime) -> None:
    """A course with a lesson and an attempt, a certificate, a license, a mail, an event."""
    lesson = LessonFactory()
    quiz = quiz_with(1, version=lesson.version, module=lesson.module)
    enrollment = EnrollmentFactory(user=user, version=lesson.version)
    LessonProgress.objects.create(
        enrollment=enrollment,
        lesson=lesson,
        lesson_key=lesson.key,
        opened_at=now,
        finished_at=now,
    )
    submit_attempt(start_attempt(enrollment, quiz, by=user, now=now), by=user, now=now)
    make_certificate(user=user)
    LicenseFactory(user=user, body=BodyFactory(code=f"US-{lesson.pk}"))
    put_in_outbox(
        subject=f"Message {lesson.pk}",
        body="Hello.\n",
        to_email=user.email,
        to_user_id=user.pk,
        now=now,
    )
    audit.record("password.changed", subject_type="user", subject_id=user.uid, by=user, now=now)


def test_page_asks_as_often_for_three_of_everything_as_for_one(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(registrar)
    url = reverse("office:person-detail", args=[owner.uid])
    counts = []
    for _ in range(3):
        lead_a_life(owner, now)
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url)
        assert "Finished 1 lesson of" in answer.content.decode()
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


def test_timeline_is_paged_without_losing_or_repeating_anything(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    for number in range(70):
        put_in_outbox(
            subject=f"Message {number:02}",
            body="Hello.\n",
            to_email=owner.email,
            to_user_id=owner.pk,
            # Three at a time, so that pages end between events of one moment.
            now=now + timedelta(minutes=number // 3),
        )
    client = client_of(registrar)
    url = reverse("office:person-detail", args=[owner.uid])
    seen: list[str] = []
    query = {"kind": "mail"}

    while True:
        timeline = client.get(url, query).context["timeline"]
        seen += [event.sentence for event in timeline.events]
        if not timeline.older_before:
            break
        query["before"] = timeline.older_before

    assert sorted(seen) == [f"Mail: Message {number:02}" for number in range(70)]


def test_strange_cursor_and_kind_show_the_newest(
    owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    put_in_outbox(subject="Only one", body="", to_email=owner.email, to_user_id=owner.pk, now=now)

    answer = client_of(registrar).get(
        reverse("office:person-detail", args=[owner.uid]),
        {"kind": "no-such", "before": "2026-13-45T99:00:00Z\0"},
    )

    assert "Mail: Only one" in answer.content.decode()
