"""Asking for a transcript, making its file, and trying to change what was made."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import files, jobs
from ce_platform.core.models import AuditEvent, BackgroundJob, OutgoingMail, StoredFile
from certificates.models import SigningCertificate, Transcript
from certificates.transcript import asking, making
from certificates.transcript.asking import ask_for_transcript, make_again
from certificates.transcript.document import Made
from certificates.transcript.periods import DATES, Choice
from tests.certificates.readers import run
from tests.factories.certificates import make_certificate, make_provider

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 pages"


@pytest.fixture(autouse=True)
def _printer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages themselves are held by test_pdf."""
    monkeypatch.setattr(
        making, "signed_transcript", lambda record, now: Made(PDF + record.code.encode(), 3)
    )


@pytest.fixture
def learner(owner: User, now: datetime) -> User:
    make_provider()
    make_certificate(now=now, user=owner)
    return owner


def ask(user: User, now: datetime, by: User | None = None, **choice: Any) -> Transcript:
    return ask_for_transcript(user, choice=Choice(**choice), by=by or user, now=now)


def made(user: User, now: datetime, **choice: Any) -> Transcript:
    row = ask(user, now, **choice)
    jobs.run(row.job_id, now=now)
    row.refresh_from_db()
    return row


def test_made_from_the_kept_text_with_log_and_mail(learner: User, now: datetime) -> None:
    row = made(learner, now)

    content = PDF + making.record_of(row).code.encode()
    assert (row.file.read(), row.file_sha256, row.page_count, row.unfinished_sha256) == (
        content,
        hashlib.sha256(content).hexdigest(),
        3,
        "",
    )
    assert [
        event.action for event in AuditEvent.objects.filter(subject_id=row.uid).order_by("id")
    ] == ["transcript.asked", "transcript.made"]
    mail = OutgoingMail.objects.get(cause=f"transcript-ready:{row.uid.hex}")
    assert (mail.to_email, row.get_absolute_url() in mail.body) == ("owner@example.com", True)
    call_command("verify_records", only="transcripts")


def test_file_is_signed_and_allows_no_change(
    learner: User, now: datetime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    row = made(learner, now)

    path = tmp_path / "transcript.pdf"
    path.write_bytes(row.file.read())
    said = run("pdfsig", str(path))
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert row.signer == SigningCertificate.objects.get()
    assert "Tagged:          yes" in run("pdfinfo", str(path))


def test_asked_twice_is_made_once(learner: User, now: datetime) -> None:
    first = ask(learner, now)

    assert ask(learner, now + timedelta(seconds=50)) == first
    jobs.run(first.job_id, now=now)
    assert ask(learner, now + timedelta(seconds=59)) == first
    assert ask(learner, now + timedelta(seconds=61)) != first
    assert ask(learner, now, period=DATES, last=now.date()) != first


def test_limit_per_person_and_day_whoever_asks(
    learner: User, registrar: User, now: datetime
) -> None:
    for number in range(asking.MOST_A_DAY):
        made(learner, now + timedelta(minutes=2 * number))

    with pytest.raises(asking.TooManyTranscripts):
        ask(learner, now + timedelta(hours=1), by=registrar)
    assert ask(learner, now + timedelta(days=1, minutes=1)) is not None


def test_nothing_on_record_and_no_name_are_refused(
    stranger: User, learner: User, now: datetime
) -> None:
    with pytest.raises(asking.NothingOnRecord):
        ask(stranger, now)
    with pytest.raises(asking.NothingOnRecord):
        ask(learner, now, period=DATES, last=now.date() - timedelta(days=400))
    assert not Transcript.objects.exists()


def test_crash_while_keeping_leaves_no_bytes(
    learner: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(learner, now)
    monkeypatch.setattr(making, "_say_made", _cut_off)
    jobs.run(row.job_id, now=now)

    row.refresh_from_db()
    assert (row.made_at, row.unfinished_sha256, row.job.status) == (None, "", "failed")
    assert not StoredFile.objects.filter(content_type="application/pdf").exists()

    monkeypatch.undo()
    monkeypatch.setattr(making, "signed_transcript", lambda record, now: Made(PDF, 1))
    again = make_again(row, by=learner, now=now)
    assert make_again(row, by=learner, now=now).job_id == again.job_id
    jobs.run(again.job_id, now=now)
    row.refresh_from_db()
    assert row.file.read() == PDF


def test_killed_between_bytes_and_row_starts_again_clean(learner: User, now: datetime) -> None:
    row = ask(learner, now)
    left = files.store_bytes(
        b"half", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=now
    )
    Transcript.objects.filter(pk=row.pk).update(unfinished_sha256=left.sha256)
    BackgroundJob.objects.filter(pk=row.job_id).update(status="running", lease_until=now)

    jobs.sweep_jobs(now + timedelta(minutes=5))

    row.refresh_from_db()
    assert row.made_at is not None
    assert not left.storage.exists(left.path)


def _cut_off(*args: object, **kwargs: object) -> None:
    raise RuntimeError("cut off")


@pytest.mark.parametrize(
    "change",
    [
        {"record_json": "{}"},
        {"sha256": "0" * 64},
        {"code": "00000000000000000"},
        {"user_id": 999_999},
        {"file_sha256": "0" * 64},
        {"page_count": 1},
        {"made_at": None, "file": None, "file_sha256": "", "size_bytes": None, "page_count": None},
        {"asked_by_label": "somebody@example.com"},
        {"job": None},
        {"last_on": "2020-01-01"},
    ],
)
def test_database_refuses_to_change_what_was_made(
    learner: User, now: datetime, change: dict[str, Any]
) -> None:
    row = made(learner, now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Transcript.objects.filter(pk=row.pk).update(**change)


def test_database_refuses_another_text_before_the_file(learner: User, now: datetime) -> None:
    row = ask(learner, now)

    for attack in (
        lambda: Transcript.objects.filter(pk=row.pk).update(record_json="{}"),
        lambda: Transcript.objects.filter(pk=row.pk).delete(),
    ):
        _refused(attack)
    # Closing an account blanks the address, before and after.
    assert Transcript.objects.filter(pk=row.pk).update(asked_by_label="") == 1


def _refused(attack: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        attack()
