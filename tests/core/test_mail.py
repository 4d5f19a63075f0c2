import re
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPAuthenticationError, SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail as sent_mail
from django.db import IntegrityError, transaction
from pytest_django import Settings

from ce_platform.accounts.models import User
from ce_platform.core import mail, mail_bounces, mail_kinds, mail_preferences
from ce_platform.core.files import store_bytes
from ce_platform.core.mail_kinds import kind_named
from ce_platform.core.mail_preferences import StopLink, read_stop_token
from ce_platform.core.models import AuditEvent, BouncedAddress, OutgoingMail, StoredFile
from ce_platform.core.provider import forget_provider_facts
from tests.factories.certificates import make_provider
from tests.serving import Mailbox

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


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SMTPDataError(554, b"no such user"), "554 no such user"),
        (SMTPAuthenticationError(535, b"5.7.8 wrong"), "535 5.7.8 wrong"),
        (SMTPRecipientsRefused({"a@example.com": (450, b"later")}), "450 later"),
        (OSError("no route"), "no route"),
    ],
)
def test_what_a_server_said_is_kept_as_people_read_it(error: Exception, words: str) -> None:
    assert mail_bounces.words_of(error) == words


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

    assert row is not None
    assert "Siobhán O'Brien & Sons" in row.body


class Refusing(Mailbox):
    """A mail server that knows nobody, or lets nobody send."""

    def __init__(self, answer: str) -> None:
        super().__init__()
        self.answer = answer

    async def handle_RCPT(self, *_: object) -> str:  # noqa: N802
        return self.answer


def use(mailbox: Mailbox, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port


def written(code: str, user: User, now: datetime) -> OutgoingMail | None:
    kind = kind_named(code)
    assert kind is not None
    return mail.write_mail(
        code, to_email=user.email, to_user_id=user.pk, now=now, **dict(kind.sample())
    )


def test_real_server_gets_text_html_and_the_headers_of_a_mail_that_can_be_stopped(
    now: datetime, owner: User, settings: Settings
) -> None:
    provider = make_provider()
    forget_provider_facts()
    optional, essential = (
        writing(code, owner, now) for code in ("transcript_ready", "certificate_issued")
    )

    with Mailbox() as mailbox:
        use(mailbox, settings)
        for row in (optional, essential):
            assert mail.send_mail_row(row.pk, now=now)
        first, second = mailbox.messages

    assert first["Message-ID"] == f"<{optional.uid}@testserver>"
    assert (first["Auto-Submitted"], first["Reply-To"]) == ("auto-generated", provider.email)
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in first.iter_parts()] == ["text/plain", "text/html"]
    text, page = (part.get_content() for part in first.iter_parts())
    # Written and sent at two times, so the link of the text and that of the header are two.
    (in_text,) = re.findall(r"http://testserver/mail/stop/\S+", text)
    assert in_text in page
    for link in (first["List-Unsubscribe"].strip().strip("<>"), in_text):
        assert link.startswith("http://testserver/mail/stop/")
        token = link.rstrip("/").rpartition("/")[2]
        assert read_stop_token(token) == StopLink(owner.pk, kind_named("transcript_ready"))
    assert (second["List-Unsubscribe"], "cannot be switched off" in essential.body) == (None, True)


@pytest.mark.parametrize(
    ("answer", "status", "is_marked"),
    [
        ("550 5.1.1 no such mailbox", "failed", True),
        # These say nothing about the address: it is tried again.
        ("450 4.2.2 mailbox full", "queued", False),
        ("554 5.7.1 relay access denied", "queued", False),
    ],
)
def test_address_that_the_server_refuses_for_good_is_marked_and_not_tried_again(
    answer: str, status: str, is_marked: bool, now: datetime, owner: User, settings: Settings
) -> None:
    row = writing("transcript_ready", owner, now)

    with Refusing(answer) as mailbox:
        use(mailbox, settings)
        mail.send_mail_row(row.pk, now=now)

    row.refresh_from_db()
    assert (row.status, row.tries, row.bounce_reason) == (status, 1, answer if is_marked else "")
    assert BouncedAddress.objects.filter(email=owner.email).exists() == is_marked


def test_mail_to_a_marked_address_waits_unless_it_is_essential(now: datetime, owner: User) -> None:
    first = sent(writing("transcript_ready", owner, now), now)
    mail_bounces.note_bounce(first, reason="550 gone", by=None, now=now)
    waiting = sent(writing("quiz_time_granted", owner, now), now)
    essential = sent(writing("certificate_issued", owner, now), now)
    assert (waiting.status, essential.status) == ("held", "sent")

    moved = "new@example.com"
    count = mail_bounces.clear_bounce(
        moved, user_id=owner.pk, moved_to=moved, by=owner, now=now + timedelta(days=1)
    )

    waiting.refresh_from_db()
    assert (count, waiting.status, waiting.to_email) == (1, "queued", moved)
    assert sent(waiting, now + timedelta(days=1)).status == "sent"
    assert BouncedAddress.objects.count() == 0


def test_what_waited_too_long_for_an_address_is_not_sent(now: datetime, owner: User) -> None:
    first = sent(writing("transcript_ready", owner, now), now)
    mail_bounces.note_bounce(first, reason="550 gone", by=None, now=now)
    waiting = sent(writing("quiz_time_granted", owner, now), now)

    later = now + mail_bounces.LONGEST_HELD + timedelta(days=1)
    assert mail_bounces.clear_bounce(owner.email, by=None, now=later) == 0

    waiting.refresh_from_db()
    assert waiting.status == "failed"


def test_mail_that_has_not_left_cannot_have_come_back(now: datetime, owner: User) -> None:
    row = writing("transcript_ready", owner, now)

    with pytest.raises(mail_bounces.NotABounce):
        mail_bounces.note_bounce(row, reason="550 gone", by=None, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=row.pk).update(bounced_at=now, bounce_reason="x")


def test_kind_that_is_switched_off_is_not_written_and_asked_by_one_query(
    now: datetime, owner: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    mail_preferences.switch(owner.pk, among=mail_kinds.kinds(), wanted=[], by=owner, now=now)

    with django_assert_num_queries(1):
        assert written("transcript_ready", owner, now) is None
    assert written("certificate_issued", owner, now) is not None


def test_kind_that_nobody_registered_is_refused(now: datetime) -> None:
    with pytest.raises(mail.NoSuchKind):
        mail.write_mail("nonsense", to_email="a@example.com", now=now)


def writing(code: str, user: User, now: datetime) -> OutgoingMail:
    row = written(code, user, now)
    assert row is not None
    return row
