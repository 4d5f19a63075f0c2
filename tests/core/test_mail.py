from datetime import datetime, timedelta

import pytest
from django.core import mail as sent_mail
from django.db import IntegrityError, transaction
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.core import mail
from ce_platform.core.files import store_bytes
from ce_platform.core.models import AuditEvent, OutgoingMail, StoredFile

pytestmark = pytest.mark.django_db


def write(now: datetime, **changes: object) -> OutgoingMail:
    values = {
        "subject": "Hello",
        "body": "A line.\n",
        "to_email": "a@example.com",
        "now": now,
    } | changes
    return mail.put_in_outbox(**values)


def sent(row: OutgoingMail, now: datetime) -> OutgoingMail:
    mail.send_mail_row(row.pk, now=now)
    row.refresh_from_db()
    return row


def refuse(self: object) -> None:
    raise OSError("no route to the mail server")


def test_mail_is_written_in_the_transaction_of_its_cause(now: datetime) -> None:
    @transaction.atomic
    def write_and_fail() -> None:
        write(now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()

    assert OutgoingMail.objects.count() == 0
    assert sent_mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_mail_is_sent_after_the_commit(now: datetime) -> None:
    row = write(now)

    row.refresh_from_db()
    assert row.status == "sent"
    assert [message.subject for message in sent_mail.outbox] == ["Hello"]
    assert sent_mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{row.uid}@")


def test_mail_with_a_cause_exists_once(now: datetime) -> None:
    first = write(now, cause="certificate-issued:X")

    second = write(now, cause="certificate-issued:X", body="Another text.")

    assert second == first
    assert OutgoingMail.objects.count() == 1


def test_mail_already_sent_is_not_sent_again(now: datetime) -> None:
    row = write(now)

    outcomes = [mail.send_mail_row(row.pk, now=now) for _ in range(3)]

    assert outcomes == [True, True, True]
    assert len(sent_mail.outbox) == 1


def test_mail_carries_its_attachment(now: datetime) -> None:
    file = store_bytes(
        b"%PDF-", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=now
    )
    row = write(now, attachments=[(file, "certificate.pdf")])

    mail.send_mail_row(row.pk, now=now)

    assert sent_mail.outbox[0].attachments == [("certificate.pdf", b"%PDF-", "application/pdf")]


def test_mail_that_fails_is_tried_again_later_and_finally_given_up(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    row = write(now)

    tried = []
    for _ in range(mail.MOST_TRIES):
        row.refresh_from_db()
        tried.append(mail.send_mail_row(row.pk, now=row.next_try_at))
    row.refresh_from_db()

    assert tried == [False] * mail.MOST_TRIES
    assert (row.status, row.last_error) == ("failed", "no route to the mail server")


def test_sweep_sends_what_is_due_and_leaves_what_is_not(now: datetime) -> None:
    due = write(now)
    later = write(now, to_email="b@example.com")
    OutgoingMail.objects.filter(pk=later.pk).update(next_try_at=now + timedelta(hours=1))

    assert mail.sweep_mail(now) == 1
    due.refresh_from_db()
    later.refresh_from_db()
    assert (due.status, later.status) == ("sent", "queued")


def test_sign_in_code_is_blanked_after_sending_and_never_resent(
    now: datetime, registrar: User
) -> None:
    row = write(now, body="Your code is QK7P2M.\n", is_secret=True)

    mail.send_mail_row(row.pk, now=now)

    row.refresh_from_db()
    assert "QK7P2M" in sent_mail.outbox[0].body
    assert "QK7P2M" not in row.body
    with pytest.raises(mail.NotSentAgain, match="not sent again"):
        mail.resend(row, by=registrar, now=now)


def test_resend_is_a_new_row_with_an_audit_event(now: datetime, registrar: User) -> None:
    row = sent(write(now), now)

    copy = mail.resend(row, by=registrar, now=now)

    assert (copy.pk != row.pk, copy.body, copy.to_email) == (True, row.body, row.to_email)
    assert AuditEvent.objects.filter(action="mail.resent", subject_id=row.uid).count() == 1


def test_database_refuses_a_sent_mail_without_a_time(now: datetime) -> None:
    row = write(now)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=row.pk).update(status="sent", sent_at=None)


def test_resend_twice_in_a_minute_adds_one_copy(now: datetime, registrar: User) -> None:
    row = sent(write(now), now)

    copies = [mail.resend(row, by=registrar, now=now) for _ in range(2)]
    later = mail.resend(row, by=registrar, now=now + timedelta(minutes=1))

    assert copies[0] == copies[1] != later
    assert AuditEvent.objects.filter(action="mail.resent").count() == 2


def test_resend_refuses_what_still_waits(now: datetime, registrar: User) -> None:
    row = write(now)

    with pytest.raises(mail.NotSentAgain, match="waiting"):
        mail.resend(row, by=registrar, now=now)
    assert OutgoingMail.objects.count() == 1


def test_attachment_that_is_gone_counts_as_a_try_and_stops_no_sweep(now: datetime) -> None:
    file = store_bytes(b"gone", area=StoredFile.Area.PRIVATE, content_type="text/plain", now=now)
    broken = write(now, attachments=[(file, "gone.txt")])
    file.storage.delete(file.path)
    whole = write(now, to_email="b@example.com")

    served = mail.sweep_mail(now)

    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (served, broken.status, broken.tries, whole.status) == (1, "queued", 1, "sent")
    assert "No such file" in broken.last_error


def test_slow_worker_does_not_undo_what_another_one_concluded(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write(now)

    def fail_after_the_other(self: object) -> None:
        OutgoingMail.objects.filter(pk=row.pk).update(status="sent", sent_at=now)
        raise OSError("timed out")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail_after_the_other)

    assert mail.send_mail_row(row.pk, now=now) is False
    row.refresh_from_db()
    assert (row.status, row.last_error) == ("sent", "")


def test_mail_cut_off_at_its_last_try_is_given_up(now: datetime) -> None:
    row = write(now)
    OutgoingMail.objects.filter(pk=row.pk).update(tries=mail.MOST_TRIES)

    assert mail.send_mail_row(row.pk, now=now) is False
    row.refresh_from_db()
    assert (row.status, len(sent_mail.outbox)) == ("failed", 0)


def test_code_that_has_expired_is_not_sent_and_not_kept(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write(now, body="Your code is QK7P2M.\n", is_secret=True)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.EmailMessage.send", refuse)
        mail.send_mail_row(row.pk, now=now)

    mail.sweep_mail(now + mail.CODE_LIFE)

    row.refresh_from_db()
    assert (row.status, row.last_error) == ("failed", "no route to the mail server")
    assert "QK7P2M" not in row.body
    assert sent_mail.outbox == []


def test_code_is_given_up_when_it_expires(settings: Settings) -> None:
    lives = {
        settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
        settings.ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT,
    }

    assert lives == {mail.CODE_LIFE.total_seconds()}


def test_sweep_dates_each_claim_when_it_is_made_and_ends_in_time(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 20))  # Each message takes 20 seconds.
    monkeypatch.setattr(mail.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    rows = [write(now) for _ in range(3)]

    mail.sweep_mail(now)

    claims = [OutgoingMail.objects.get(pk=row.pk).next_try_at for row in rows]
    assert claims == [now + timedelta(seconds=20, minutes=2), now, now]


def test_mail_without_a_server_is_never_called_sent_outside_a_demo(
    now: datetime, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    row = write(now)

    outside = mail.send_mail_row(row.pk, now=now)
    settings.DEMO = True
    inside = mail.send_mail_row(row.pk, now=now + timedelta(hours=1))

    assert (outside, inside) == (False, True)


def test_message_id_has_a_host_and_no_port(now: datetime, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    row = sent(write(now), now)

    assert sent_mail.outbox[0].extra_headers["Message-ID"] == f"<{row.uid}@localhost>"


def test_sweep_and_task_at_once_send_one_message(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write(now)
    sends: list[int] = []

    def send_while_another_tries(self: object) -> None:
        sends.append(1)
        mail.send_mail_row(row.pk, now=now)  # The claim is committed before the server is asked.

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send_while_another_tries)
    mail.sweep_mail(now)

    assert sends == [1]


def test_name_with_an_apostrophe_is_written_as_it_is(now: datetime, owner: User) -> None:
    owner.name_on_certificates = "Siobhán O'Brien & Sons"

    row = mail.write_mail(
        "attempt_request_asked",
        to_email="office@example.com",
        now=now,
        learner=owner,
        quiz={"title": "Quiz"},
        course_title="Course",
        message="",
    )

    assert "Siobhán O'Brien & Sons" in row.body
