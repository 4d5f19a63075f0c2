"""Outgoing mail: a row in the transaction of its cause, sent afterwards, resendable.

What a message says: core/mail_text.py. How it looks: core/mail_html.py. Whether somebody wants it:
core/mail_preferences.py. What comes back: core/mail_bounces.py.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet

from ce_platform.core import audit, mail_bounces, mail_preferences, mail_text
from ce_platform.core.errors import DomainError
from ce_platform.core.mail_html import html_of
from ce_platform.core.mail_kinds import MailKind, kind_named
from ce_platform.core.models import MailAttachment, OutgoingMail, Provider, StoredFile
from ce_platform.core.provider import provider_facts
from ce_platform.core.queue import wake_after_commit

logger = logging.getLogger(__name__)
MOST_TRIES = 8
# As long as a code works (settings, ACCOUNT_…_TIMEOUT): later it is of no use to anybody.
CODE_LIFE = timedelta(minutes=10)
# A mail server that does not answer must not hold up the rest of the sweep.
LONGEST_SWEEP = timedelta(seconds=30)
BLANKED = "The code in this message is not kept.\n"


class NotSentAgain(DomainError):
    """This message is not one to send a copy of."""


class NoSuchKind(LookupError):
    """A message of a kind that nobody has registered (core/mail_kinds.py)."""


def write_mail(
    code: str,
    /,
    *,
    to_email: str,
    now: datetime,
    to_user_id: int | None = None,
    cause: str | None = None,
    attachments: list[tuple[StoredFile, str]] | None = None,
    **context: Any,
) -> OutgoingMail | None:
    """Write a message of this kind; None when the person has switched the kind off.

    With a `cause` the message exists once: writing it again returns the first one.
    Errors: NoSuchKind, TemplateDoesNotExist.
    """
    kind = kind_named(code)
    if kind is None:
        raise NoSuchKind(code)
    if not mail_preferences.is_wanted(kind, to_user_id):
        return None
    provider = Provider.objects.filter(pk=1).first()
    subject, body = mail_text.written(kind, context, provider=provider)
    stop_url = mail_preferences.stop_url(to_user_id, kind)
    return put_in_outbox(
        kind=kind,
        subject=subject,
        body=mail_text.with_footer(body, kind, provider=provider, stop_url=stop_url),
        to_email=to_email,
        to_user_id=to_user_id,
        cause=cause,
        is_secret=kind.is_secret,
        attachments=attachments,
        now=now,
    )


def put_in_outbox(
    *,
    subject: str,
    body: str,
    to_email: str,
    now: datetime,
    kind: MailKind | None = None,
    to_user_id: int | None = None,
    cause: str | None = None,
    is_secret: bool = False,
    attachments: list[tuple[StoredFile, str]] | None = None,
) -> OutgoingMail:
    values = {
        "kind": kind.code if kind else "",
        "subject": subject[:200],
        "body": body,
        "to_email": to_email,
        "to_user_id": to_user_id,
        "is_secret": is_secret,
        "created_at": now,
        "next_try_at": now,
    }
    with transaction.atomic():
        if cause is None:
            mail, is_new = OutgoingMail.objects.create(**values), True
        else:
            mail, is_new = OutgoingMail.objects.get_or_create(cause=cause, defaults=values)
        if is_new:
            for file, file_name in attachments or []:
                MailAttachment.objects.create(mail=mail, file=file, file_name=file_name)
            from ce_platform.core.tasks import send_mail_task  # tasks import this module

            wake_after_commit(send_mail_task, mail.pk)
    return mail


def send_mail_row(mail_id: int, *, now: datetime) -> bool:
    """Send one queued message; True when it is sent now or was already.

    The claim (tries, next try) is committed before the server is spoken to, so two workers do
    not send the same message at once; after a crash in between it is sent again after the wait,
    with the same Message-ID.
    """
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.status != OutgoingMail.Status.QUEUED or mail.next_try_at > now:
            return mail.status == OutgoingMail.Status.SENT
        if mail.tries >= MOST_TRIES:  # Cut off during the last try.
            _give_up(mail, mail.last_error or "The work was cut off each time.")
            return False
        if mail.is_secret and mail.created_at + CODE_LIFE <= now:
            _give_up(mail, mail.last_error or "The code had expired before it could be sent.")
            return False
        if mail_bounces.must_wait(mail):
            _waiting(mail).update(status=OutgoingMail.Status.HELD)
            return False
        mail.tries += 1
        mail.next_try_at = now + timedelta(minutes=2 ** min(mail.tries, 8))
        mail.save(update_fields=["tries", "next_try_at"])
    return _send_claimed(mail, now=now)


def send_at_once(
    code: str, /, *, to_email: str, to_user_id: int | None, now: datetime, **context: Any
) -> OutgoingMail:
    """Write an essential message and send it here, once; the row says what the server said.

    For a test that somebody waits for: one that arrived an hour later would only puzzle. Takes as
    long as the server does (EMAIL_TIMEOUT); never inside a transaction.
    """
    with transaction.atomic():
        mail = write_mail(code, to_email=to_email, to_user_id=to_user_id, now=now, **context)
        if mail is None:
            raise NoSuchKind(f"{code} can be switched off")
        # Claimed from the start and for its last try, so that no worker sends it as well.
        mail.tries = MOST_TRIES
        mail.next_try_at = now + timedelta(minutes=5)
        mail.save(update_fields=["tries", "next_try_at"])
    _send_claimed(mail, now=now)
    mail.refresh_from_db()
    return mail


def _send_claimed(mail: OutgoingMail, *, now: datetime) -> bool:
    try:
        _check_server()
        _message(mail).send()
    except Exception as error:  # Whatever the server says is kept for the page and tried again.
        logger.warning("Mail %s was not sent: %s", mail.uid, error)
        refused = mail_bounces.refusal_of(error)
        if refused:
            _refused(mail, refused, now=now)
        elif mail.tries >= MOST_TRIES:
            _give_up(mail, mail_bounces.words_of(error))
        else:
            _waiting(mail).update(last_error=mail_bounces.words_of(error)[:300])
        return False
    _waiting(mail).update(
        status=OutgoingMail.Status.SENT,
        sent_at=now,
        last_error="",
        body=BLANKED if mail.is_secret and not settings.DEMO else mail.body,
    )
    return True


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    host = urlsplit(settings.PUBLIC_BASE_URL).hostname
    sender = provider_facts()
    headers = {"Message-ID": f"<{mail.uid}@{host}>", "Auto-Submitted": "auto-generated"}
    stop_url = mail_preferences.stop_url(mail.to_user_id, kind_named(mail.kind))
    if stop_url:  # Mail programs show a button of their own for these two (RFC 8058).
        headers["List-Unsubscribe"] = f"<{stop_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to_email],
        reply_to=[sender.email] if sender.email else [],
        headers=headers,
    )
    message.attach_alternative(html_of(mail.subject, mail.body, sender=sender.name), "text/html")
    for attachment in MailAttachment.objects.filter(mail=mail).select_related("file"):
        message.attach(attachment.file_name, attachment.file.read(), attachment.file.content_type)
    return message


def _check_server() -> None:
    """Outside a demo, a message that goes nowhere must not be shown as sent."""
    if settings.EMAIL_BACKEND.endswith("dummy.EmailBackend") and not settings.DEMO:
        raise RuntimeError("No mail server is set (MAIL_URL).")


def _waiting(mail: OutgoingMail) -> QuerySet[OutgoingMail]:
    """The row, unless somebody else has concluded it: a slow worker never undoes that."""
    return OutgoingMail.objects.filter(pk=mail.pk, status=OutgoingMail.Status.QUEUED)


def _give_up(mail: OutgoingMail, said: str) -> None:
    _waiting(mail).update(
        status=OutgoingMail.Status.FAILED,
        last_error=said[:300],
        body=BLANKED if mail.is_secret and not settings.DEMO else mail.body,
    )


def _refused(mail: OutgoingMail, said: str, *, now: datetime) -> None:
    """The server knows no such mailbox: another try would be refused as well."""
    with transaction.atomic():
        _give_up(mail, said)
        mail.refresh_from_db()
        if mail.status == OutgoingMail.Status.FAILED:
            mail_bounces.note_bounce(mail, reason=said, by=None, now=now)


def resend(
    mail: OutgoingMail, *, by: audit.Actor, now: datetime, to_email: str = ""
) -> OutgoingMail:
    """Send a copy of a message again, as a new row; a second click in the same minute adds none.

    `to_email`: the address that the same person has now; empty: where it went before.

    Errors: NotSentAgain for a sign-in code, for a message that still waits, and for one to an
    account that was closed.
    """
    if mail.is_secret:
        raise NotSentAgain("A sign-in code is not sent again; the person asks for a new one.")
    if not to_email and not mail.has_address:
        raise NotSentAgain("The account was closed, and the address is erased.")
    if mail.status == OutgoingMail.Status.QUEUED:
        raise NotSentAgain("This message is still waiting to be sent; it is tried by itself.")
    if mail.status == OutgoingMail.Status.HELD:
        raise NotSentAgain(
            "This message waits until the address is mended; then it goes by itself."
        )
    cause = f"resent:{mail.uid.hex}:{now:%Y-%m-%dT%H:%M}"
    with transaction.atomic():
        known = OutgoingMail.objects.filter(cause=cause).first()
        if known is not None:
            return known
        copy = put_in_outbox(
            kind=kind_named(mail.kind),
            subject=mail.subject,
            body=mail.body,
            to_email=to_email or mail.to_email,
            to_user_id=mail.to_user_id,
            cause=cause,
            attachments=[
                (item.file, item.file_name)
                for item in MailAttachment.objects.filter(mail=mail).select_related("file")
            ],
            now=now,
        )
        audit.record(
            "mail.resent",
            subject_type="mail",
            subject_id=mail.uid,
            by=by,
            now=now,
            copy=copy.uid.hex,
        )
    return copy


def sweep_mail(now: datetime) -> int:
    """Send what is still queued and due, for as long as a sweep may take."""
    due = OutgoingMail.objects.filter(
        status=OutgoingMail.Status.QUEUED, next_try_at__lte=now
    ).order_by("next_try_at")[:200]
    begun = time.monotonic()
    count = 0
    for mail_id in list(due.values_list("pk", flat=True)):
        # A claim must be dated when it is made: dated earlier it would end while it is in use.
        passed = timedelta(seconds=time.monotonic() - begun)
        if passed > LONGEST_SWEEP:
            break
        count += send_mail_row(mail_id, now=now + passed)
    return count
