"""The same thing sent several times at the same moment, with real threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from ce_platform.accounts.models import User
from ce_platform.core.models import BackgroundJob, OutgoingMail
from ce_platform.licensing.domain import licenses, submissions
from ce_platform.licensing.domain.errors import RuleOvertaken
from ce_platform.licensing.domain.readings import save_rule
from ce_platform.licensing.models import BodyRule, License, Submission, SubmissionEvent
from ce_platform.licensing.planner import document, reminders
from tests.factories.accounts import UserFactory
from tests.factories.courses import VersionFactory
from tests.factories.licensing import (
    TODAY,
    BodyFactory,
    LicenseFactory,
    RuleFactory,
    SubmissionFactory,
)

TIMES = 6
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person() -> User:
    return UserFactory()


def at_once(work: Callable[[], Any]) -> list[Any]:
    gate = Barrier(TIMES)

    def run(_: int) -> Any:
        gate.wait()
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        return list(pool.map(run, range(TIMES)))


def test_one_license(person: User, now: datetime) -> None:
    body = BodyFactory()

    made = at_once(
        lambda: (
            licenses.add_license(
                user=person, body=body, number="MA 1", expires_on=None, by=person, now=now
            ).pk
        )
    )

    assert set(made) == {License.objects.get().pk}


def test_one_reminder_and_one_document(person: User, now: datetime) -> None:
    LicenseFactory(user=person, expires_on=TODAY + timedelta(days=30))

    written = at_once(lambda: reminders.sweep_reminders(now))
    begun = at_once(lambda: document.start_document(person, now=now).pk)

    assert sum(written) == OutgoingMail.objects.count() == 1
    assert set(begun) == {BackgroundJob.objects.get().pk}


def test_one_file(person: User, now: datetime) -> None:
    version, body = VersionFactory(), BodyFactory()

    made = at_once(
        lambda: (
            submissions.record_submission(
                course=version.course, edition=1, body=body, by=person, now=now
            ).pk
        )
    )

    assert set(made) == {Submission.objects.get().pk}
    assert SubmissionEvent.objects.count() == 1


def test_one_move(person: User, now: datetime) -> None:
    submission = SubmissionFactory()

    made = at_once(
        lambda: (
            submissions.move_submission(
                submission,
                to=Submission.Status.SUBMITTED,
                facts={"submitted_on": TODAY},
                by=person,
                now=now,
            ).status
        )
    )

    assert set(made) == {"submitted"}
    assert SubmissionEvent.objects.count() == 1


def test_one_reading_of_a_rule(now: datetime) -> None:
    """The same person pressing twice finds the first; somebody else is told."""
    rule = RuleFactory()
    people = [UserFactory(), UserFactory()]
    turn = count()

    def save() -> int | str:
        try:
            return save_rule(
                rule.body,
                based_on=rule.pk,
                changes={"ce_hours": 20},
                valid_from=TODAY,
                reason="A letter.",
                is_checked=False,
                by=people[next(turn) % 2],
                now=now,
            ).rule.pk
        except RuleOvertaken:
            return "told"

    said = at_once(save)

    written = BodyRule.objects.exclude(pk=rule.pk).get()
    assert sorted(said, key=str) == [written.pk] * (TIMES // 2) + ["told"] * (TIMES // 2)
