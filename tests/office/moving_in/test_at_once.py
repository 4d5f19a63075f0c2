"""Two of the office at the same import, or the same list, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AuditEvent, BackgroundJob, OutgoingMail
from ce_platform.office.moving_in import running
from ce_platform.office.moving_in.models import ImportRun
from ce_platform.office.people import lists
from ce_platform.office.people.models import PeopleList
from tests.factories.accounts import UserFactory
from tests.office.moving_in.brought import bring

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = b"E-mail,Name\nmaria@example.com,Maria Lopez\nli@example.com,Li Wei\n"


@pytest.fixture(autouse=True)
def _workers_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job is not done before whoever pressed second has looked."""
    monkeypatch.setattr(jobs, "wake_after_commit", lambda *_arguments: None)


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returned, or why it was refused."""
    gate = Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return work()
        except (DomainError, ObjectDoesNotExist) as refusal:
            return type(refusal).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_an_import_that_two_bring_in_at_once_comes_in_once(now: datetime) -> None:
    registrar, colleague = UserFactory(), UserFactory()
    run = bring("people", PEOPLE, by=registrar, now=now)

    begun = at_once(
        *[lambda by=by: running.apply(run, by=by, now=now).job_id for by in (registrar, colleague)]
        * 2
    )
    # And two workers take it up at once.
    at_once(*[lambda: jobs.run(begun[0], now=now)] * 2)

    assert len(set(begun)) == 1
    assert AuditEvent.objects.filter(action="import.started").count() == 1
    assert ImportRun.objects.get().state == "done"
    assert User.objects.filter(email__in=["maria@example.com", "li@example.com"]).count() == 2


def test_looked_through_anew_and_brought_in_at_once_is_one_of_both(now: datetime) -> None:
    registrar = UserFactory()
    run = bring("people", PEOPLE, by=registrar, now=now)

    at_once(
        lambda: running.apply(run, by=registrar, now=now),
        lambda: running.check(run, by=registrar, now=now),
    )

    # Whoever is second finds it at work.
    assert BackgroundJob.objects.count() == 2  # the first is of bringing the file


def test_a_list_is_begun_or_thrown_away_and_never_both(now: datetime) -> None:
    registrar = UserFactory()
    kept = lists.keep_list(lists.read_people(PEOPLE), course=None, note="", by=registrar, now=now)

    begun, gone = at_once(
        lambda: lists.start_list(kept, by=registrar, now=now).pk,
        lambda: lists.discard_list(kept, by=registrar, now=now),
    )

    assert (begun, gone) in ((kept.pk, "ListBegun"), ("DoesNotExist", None))
    assert PeopleList.objects.count() == BackgroundJob.objects.count()


def test_a_list_that_two_begin_at_once_invites_everybody_once(now: datetime) -> None:
    registrar, colleague = UserFactory(), UserFactory()
    kept = lists.keep_list(lists.read_people(PEOPLE), course=None, note="", by=registrar, now=now)

    begun = at_once(
        *[
            lambda by=by: lists.start_list(kept, by=by, now=now).job_id
            for by in (registrar, colleague)
        ]
        * 2
    )
    at_once(*[lambda: jobs.run(begun[0], now=now)] * 2)

    assert len(set(begun)) == 1
    assert sorted(kept.lines.values_list("email", "outcome")) == [
        ("li@example.com", "done"),
        ("maria@example.com", "done"),
    ]
    assert OutgoingMail.objects.filter(kind="account_invited").count() == 2
