from datetime import datetime, timedelta

import pytest
from django.core import mail as sent_mail
from django.db import IntegrityError, transaction

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


def test_mail_is_written_in_the_transaction_of_its_cause(now: datetime) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(now)
        raise RuntimeError

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
    def refuse(self: object) -> None:
        raise OSError("no route to the mail server")

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
    with pytest.raises(ValueError, match="not sent again"):
        mail.resend(row, by=registrar, now=now)


def test_resend_is_a_new_row_with_an_audit_event(now: datetime, registrar: User) -> None:
    row = write(now)

    copy = mail.resend(row, by=registrar, now=now)

    assert (copy.pk != row.pk, copy.body, copy.to_email) == (True, row.body, row.to_email)
    assert AuditEvent.objects.filter(action="mail.resent", subject_id=row.uid).count() == 1


def test_database_refuses_a_sent_mail_without_a_time(now: datetime) -> None:
    row = write(now)

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=row.pk).update(status="sent", sent_at=None)
