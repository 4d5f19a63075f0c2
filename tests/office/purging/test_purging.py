"""Records go when their time is over, of one person at a time; the database refuses the rest."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, models, transaction

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import INSTRUCTOR, OPERATOR, REGISTRAR
from ce_platform.core import jobs, verification
from ce_platform.core.files import LET_GO
from ce_platform.core.models import (
    AuditEvent,
    BackgroundJob,
    OutgoingMail,
    PurgeDoor,
    RecordPurge,
    StoredFile,
)
from ce_platform.core.purged import purged
from ce_platform.core.refusals import is_past
from ce_platform.office.closing.closing import close_account, completed_before, last_day_kept
from ce_platform.office.closing.search import sweep_endings
from ce_platform.office.purging.holding import lift_hold, set_hold
from ce_platform.office.purging.purging import (
    CannotPurge,
    in_the_way,
    past_their_time,
    purge_person,
)
from certificates.domain.documents import ensure_document
from certificates.models import Certificate
from courses.domain.counters import recount
from courses.models import Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate
from tests.office.closing.traces import found_in_files, found_in_tables

LONG_AGO = datetime(2015, 3, 4, 17, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def closed(user: User, *, now: datetime = NOW) -> User:
    close_account(user, by=user, now=now)
    OutgoingMail.objects.filter(kind="account_closed").update(status="sent", sent_at=now)
    sweep_endings(now + timedelta(minutes=1))
    user.refresh_from_db()
    return user


def person(name: str = "Zyxqua Purgeable", *, when: datetime = LONG_AGO) -> Certificate:
    user = UserFactory(name_on_certificates=name, email=f"{name.split()[0].lower()}@example.com")
    return make_certificate(now=when, user=user)


def _groups() -> None:
    """Tests that commit find the tables empty."""
    for role in (INSTRUCTOR, REGISTRAR, OPERATOR):
        Group.objects.get_or_create(name=role)


def test_the_day_of_the_list_is_the_day_that_closing_shows() -> None:
    today = date(2026, 1, 1)
    while today < date(2036, 1, 1):
        for back in range(-3, 4):
            completed = completed_before(today) + timedelta(days=back)
            assert (completed < completed_before(today)) == (last_day_kept(completed) < today)
        today += timedelta(days=1)


@pytest.mark.django_db
def test_the_database_knows_the_same_day() -> None:
    today = datetime.now(tz=UTC).date()
    past = completed_before(today)
    found = []
    with connection.cursor() as cursor:
        for day in (past - timedelta(days=1), past, None):
            value = "CAST(NULL AS date)" if day is None else f"CAST('{day}' AS text)"
            cursor.execute(f"SELECT {is_past(value)}")
            found.append(bool(cursor.fetchone()[0]))
    assert found == [True, False, False]


@pytest.mark.django_db
def test_an_open_door_lets_nothing_of_anybody_else_go(registrar: User) -> None:
    mine, other = person(), person("Living Person")
    ensure_document(other, now=NOW)
    closed(mine.user)
    held = [
        (model, row.pk)
        for model in _guarded()
        for row in model._base_manager.all()
        if _person_of(row) == other.user_id
    ]
    assert len({model for model, _pk in held}) >= 5

    door = PurgeDoor.objects.create(user_id=mine.user_id)
    for model, pk in held:
        delete = f"DELETE FROM {model._meta.db_table} WHERE id = {pk}"
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(delete)
    door.delete()
    # And without a door, not even of the person whose time is past.
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEvent.objects.filter(actor_id=mine.user_id).delete()


def _guarded() -> list[type[models.Model]]:
    from django.apps import apps

    tables = {
        each.table
        for each in verification._guards
        if each.event == "DELETE" and "core_purgedoor" in each.when
    }
    return [model for model in apps.get_models() if model._meta.db_table in tables]


def _person_of(row: models.Model) -> int | None:
    for path in (
        "user_id",
        "certificate.user_id",
        "enrollment.user_id",
        "attempt.enrollment.user_id",
        "root.user_id",
        "line.root.user_id",
    ):
        value: object = row
        for name in path.split("."):
            value = getattr(value, name, None)
        if isinstance(value, int):
            return value
    return None


@pytest.mark.django_db
def test_no_door_opens_before_the_time(registrar: User) -> None:
    young = person("Too Young", when=NOW)
    closed(young.user)
    living = person("Living Person")
    held = person("Held Person")
    closed(held.user)
    set_hold(held.user, reason="Audit of the Texas board", by=registrar, now=NOW)
    nothing = closed(UserFactory())
    both = person("Two Times")
    make_certificate(now=NOW, user=both.user)
    closed(both.user)

    for user in (young.user, living.user, held.user, nothing, both.user):
        with pytest.raises(IntegrityError), transaction.atomic():
            PurgeDoor.objects.create(user_id=user.pk)
        with pytest.raises(CannotPurge):
            purge_person(user, reason="Time", by=registrar, now=NOW)
    assert list(past_their_time(NOW).values_list("user_id", flat=True)) == [held.user_id]
    lift_hold(held.user, reason="The audit is closed", by=registrar, now=NOW)
    assert in_the_way(held.user, now=NOW) == []


@pytest.mark.django_db(transaction=True)
def test_a_door_cannot_be_committed() -> None:
    _groups()
    gone = person()
    closed(gone.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        PurgeDoor.objects.create(user_id=gone.user_id)
    assert PurgeDoor.objects.count() == 0


@pytest.mark.django_db
def test_nothing_of_the_person_is_left(registrar: User) -> None:
    certificate, other = person(), person("Living Person")
    ensure_document(certificate, now=NOW)
    user = closed(certificate.user)
    recount(fix=True)  # Factories do not count.
    serial = certificate.serial
    words = (user.uid.hex, str(user.uid), "zyxqua", serial.lower())
    assert len(found_in_tables(words)) >= 8
    assert found_in_files(words) != set()

    purge = purge_person(user, reason="Seven years are over", by=registrar, now=NOW)
    for job in BackgroundJob.objects.filter(kind=LET_GO):
        jobs.run(job.pk, now=NOW)

    assert found_in_tables(words) == {}
    assert not User.objects.filter(uid=user.uid).exists()
    assert found_in_files(words) == set()
    assert purge is not None
    assert (purge.closed_on, purge.kept_until) == (date(2026, 11, 20), date(2022, 3, 4))
    assert RecordPurge.objects.get().record_count > 8
    assert AuditEvent.objects.get(action="records.purged").subject_id == str(purge.uid)
    known = purged(serial)
    assert known is not None
    assert (known.of, known.purged_on) == ("certificate", date(2026, 11, 20))
    # Everybody else's is whole.
    assert Certificate.objects.get() == other
    assert recount() == []
    tally = verification.Tally()
    checkers = set(verification.names()) - {"versions"}
    assert [str(each) for name in checkers for each in verification.run(name, tally)] == []
    assert verification.missing_triggers() == []
    assert purge_person(user, reason="Once more", by=registrar, now=NOW) is None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_purge_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time.")
    _groups()
    user, registrar = closed(person().user), UserFactory()
    together, found = Barrier(2), []

    def purge() -> None:
        try:
            together.wait()
            found.append(purge_person(user, reason="Time", by=registrar, now=NOW))
        finally:
            connection.close()

    threads = [Thread(target=purge) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each is None for each in found) == [False, True]
    assert RecordPurge.objects.count() == 1
    assert Enrollment.objects.count() == StoredFile.objects.count() == 0
