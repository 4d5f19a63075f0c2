"""An archive is made once, whole, fetched under everybody's eyes, and gone after its time."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import jobs, keeping
from ce_platform.core.models import AuditEvent, BackgroundJob, OutgoingMail, StoredFile
from ce_platform.office.moving_out import archives, making
from ce_platform.office.moving_out.making import Ticker
from ce_platform.office.moving_out.models import Archive
from ce_platform.office.moving_out.snapshot import snapshot
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_provider


@pytest.fixture
def archive(registrar: User, now: datetime) -> Archive:
    make_provider()
    return archives.ask_for_archive(by=registrar, now=now)


def made(archive: Archive, now: datetime) -> Archive:
    jobs.run(archive.job_id, now=now)
    return Archive.objects.select_related("job", "file").get(pk=archive.pk)


@pytest.mark.django_db
def test_two_who_ask_at_once_get_the_same_archive(
    archive: Archive, owner: User, now: datetime
) -> None:
    assert archives.ask_for_archive(by=owner, now=now) == archive
    made(archive, now)
    assert archives.ask_for_archive(by=owner, now=now) != archive


@pytest.mark.django_db
def test_archive_that_was_cut_off_is_made_from_the_beginning_and_leaves_nothing(
    archive: Archive, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = making.write_archive

    def dies(file: Any, **values: Any) -> None:
        write(file, **values)
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "write_archive", dies)
    with pytest.raises(KeyboardInterrupt):
        jobs.run(archive.job_id, now=now)
    left = (list(StoredFile.objects.all()), list(keeping.workplace().glob("*")))
    monkeypatch.setattr(making, "write_archive", write)

    finished = made(archive, timezone.now() + timedelta(hours=1))

    assert left == ([], [])
    assert finished.job.status == "done"
    assert finished.job.done_count == finished.job.total_count
    assert finished.file is not None
    assert StoredFile.objects.count() == 1


@pytest.mark.django_db
def test_download_is_written_down_and_told_to_everybody_in_the_office(
    archive: Archive, registrar: User, client_of: Callable[[User], Client], now: datetime
) -> None:
    operator = UserFactory(email="operator@example.com")
    operator.groups.add(Group.objects.get(name="operator"))
    UserFactory(email="therapist@example.com")
    finished = made(archive, now)
    assert finished.file is not None
    address = reverse("office:archive-download", args=[archive.uid])

    answer = client_of(operator).post(address)

    assert b"".join(answer.streaming_content) == finished.file.read()  # type: ignore[attr-defined]
    events = AuditEvent.objects.filter(action="archive.downloaded")
    assert list(events.values_list("actor_label", "subject_id")) == [
        ("operator@example.com", str(archive.uid))
    ]
    told = OutgoingMail.objects.filter(kind="everything_downloaded")
    assert sorted(told.values_list("to_email", flat=True)) == [
        "office@example.com",
        "operator@example.com",
        "registrar@example.com",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["archive-start", "archive-download"])
def test_who_has_not_signed_in_lately_is_asked_again(
    page: str,
    archive: Archive,
    registrar: User,
    client_of: Callable[[User], Client],
    settings: Any,
    now: datetime,
) -> None:
    settings.FRESH_SIGN_IN_SECONDS = 300
    finished = made(archive, now)
    address = reverse(f"office:{page}", args=[] if page == "archive-start" else [finished.uid])

    answer = client_of(registrar).post(address)

    assert (answer.status_code, answer.url.partition("?")[0]) == (  # type: ignore[attr-defined]
        302,
        reverse("account_reauthenticate"),
    )
    assert Archive.objects.count() == 1
    assert not AuditEvent.objects.filter(action="archive.downloaded").exists()


@pytest.mark.django_db
def test_file_goes_after_its_time_and_when_an_account_is_closed(
    archive: Archive, owner: User, registrar: User, now: datetime
) -> None:
    finished = made(archive, now)
    assert finished.file is not None
    assert finished.kept_until is not None
    path, storage = finished.file.path, finished.file.storage

    archives.sweep_archives(finished.kept_until - timedelta(seconds=1))
    assert storage.exists(path)
    archives.forget_person(owner, now=now)
    running = archives.ask_for_archive(by=registrar, now=now)
    archives.forget_person(registrar, now=now)
    archives.sweep_archives(now)

    assert not storage.exists(path)
    finished.refresh_from_db()
    running.job.refresh_from_db()
    assert (finished.deleted_at, finished.created_by_label) == (now, "")
    assert (running.job.status, "Start it again" in running.job.error) == ("failed", True)


@pytest.mark.django_db(transaction=True)
def test_snapshot_sees_one_moment_while_others_write_and_progress_is_told(now: datetime) -> None:
    UserFactory()
    job = BackgroundJob.objects.create(
        kind="x", title="x", created_at=now, status="running", lease_until=now
    )

    def enroll_somebody() -> None:
        UserFactory()
        connections.close_all()

    with snapshot() as outside:
        before = User.objects.count()
        thread = threading.Thread(target=enroll_somebody)
        thread.start()
        thread.join()
        ticker = Ticker(jobs.JobProgress(job), outside)
        ticker.begin(3)
        ticker.step(5)
        ticker.say()
        seen = (before, User.objects.count())
        with pytest.raises(Exception, match=r"read-?only"):
            UserFactory()

    job.refresh_from_db()
    assert seen == (1, 1)
    assert User.objects.count() == 2
    assert (job.done_count, job.total_count) == (3, 3)
