"""The mail of the day for whoever works here."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import cache

from ce_platform.accounts.models import User
from ce_platform.core import mail_preferences
from ce_platform.core.mail_kinds import kind_named
from ce_platform.core.models import OutgoingMail
from ce_platform.pages.staff_mail import sweep_staff_digest
from courses.models import MarginQuestion
from tests.factories.certificates import make_provider
from tests.factories.courses import LessonFactory

pytestmark = pytest.mark.django_db


def failed(now: datetime) -> OutgoingMail:
    return OutgoingMail.objects.create(
        to_email="therapist@example.com",
        subject="Your transcript",
        body="Hello.\n",
        status="failed",
        last_error="no route",
        created_at=now,
        next_try_at=now,
    )


def asked(owner: User, learner: User, now: datetime) -> None:
    lesson = LessonFactory(module__version__course__owner=owner)
    MarginQuestion.objects.create(
        course=lesson.version.course,
        version=lesson.version,
        lesson_key=lesson.key,
        text="How hard?",
        asked_at=now,
        asked_by=learner,
    )


def digests() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.filter(kind="staff_digest").order_by("to_email")
    return [(row.to_email, row.subject) for row in rows]


def test_each_of_the_staff_gets_what_waits_for_them_once_a_day(
    registrar: User, instructor: User, owner: User, now: datetime
) -> None:
    make_provider()
    failed(now)
    asked(instructor, owner, now)
    early = now.replace(hour=11, minute=59)  # 6:59 in New York

    assert sweep_staff_digest(early) == 0
    assert sweep_staff_digest(now) == 2
    cache.clear()  # The note of the day may be lost.
    assert sweep_staff_digest(now) == 0

    assert digests() == [
        ("instructor@example.com", "What waits today: 1 question of learners"),
        ("registrar@example.com", "What waits today: 1 message not sent"),
    ]
    body = OutgoingMail.objects.get(to_email="registrar@example.com").body
    assert "- Your transcript, to therapist@example.com\n→ Look at the mail: " in body


def test_nothing_waits_no_mail_and_who_wants_none_gets_none(registrar: User, now: datetime) -> None:
    make_provider()
    assert sweep_staff_digest(now) == 0

    kind = kind_named("staff_digest")
    assert kind is not None
    mail_preferences.switch(registrar.pk, among=[kind], wanted=[], by=registrar, now=now)
    failed(now)
    assert sweep_staff_digest(now + timedelta(days=1)) == 0
    assert digests() == []


def test_office_address_gets_it_while_nobody_works_in_the_office(now: datetime) -> None:
    provider = make_provider()
    failed(now)

    assert sweep_staff_digest(now) == 1
    assert digests() == [(provider.email, "What waits today: 1 message not sent")]


def test_quiet_day_asks_little_once_it_is_done(registrar: User, now: datetime) -> None:
    make_provider()
    sweep_staff_digest(now)
    failed(now)

    assert sweep_staff_digest(now + timedelta(hours=1)) == 0  # Tomorrow it is told.
    assert sweep_staff_digest(now + timedelta(days=1)) == 1
