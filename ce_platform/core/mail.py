"""Outgoing mail: a row in the transaction of its cause, sent afterwards, resendable."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from ce_platform.core import audit
from ce_platform.core.models import MailAttachment, OutgoingMail, StoredFile
from ce_platform.core.queue import wake_after_commit

logger = logging.getLogger(__name__)
MOST_TRIES = 8


def write_mail(
    template: str,
    *,
    to_email: str,
    now: datetime,
    to_user_id: int | None = None,
    cause: str | None = None,
    is_secret: bool = False,
    attachments: list[tuple[StoredFile, str]] | None = None,
    **context: Any,
) -> OutgoingMail:
    """Write a message from `templates/mail/<template>.txt`; its first line is the subject.

    With a `cause` the message exists once: writing it again returns the first one.
    Errors: TemplateDoesNotExist.
    """
    from ce_platform.core.models import Provider

    provider = Provider.objects.filter(pk=1).first()
    text = render_to_string(
        f"mail/{template}.txt",
        {"provider": provider, "base_url": settings.PUBLIC_BASE_URL, **context},
    )
    subject, _, body = text.strip().partition("\n")
    return put_in_outbox(
        subject=subject.strip(),
        body=body.strip() + "\n",
        to_email=to_email,
        to_user_id=to_user_id,
        cause=cause,
        is_secret=is_secret,
        attachments=attachments,
        now=now,
    )


def put_in_outbox(
    *,
    subject: str,
    body: str,
    to_email: str,
    now: datetime,
    to_user_id: int | None = None,
    cause: str | None = None,
    is_secret: bool = False,
    attachments: list[tuple[StoredFile, str]] | None = None,
) -> OutgoingMail:
    values = {
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
    not send the same message at once; after a crash in between it is sent again after the wait.
    """
    with transaction.atomic():
        mail = OutgoingMail.objects.select_for_update().get(pk=mail_id)
        if mail.status != OutgoingMail.Status.QUEUED or mail.next_try_at > now:
            return mail.status == OutgoingMail.Status.SENT
        mail.tries += 1
        mail.next_try_at = now + timedelta(minutes=2 ** min(mail.tries, 8))
        mail.save(update_fields=["tries", "next_try_at"])
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        to=[mail.to_email],
        headers={"Message-ID": f"<{mail.uid}@{settings.PUBLIC_BASE_URL.split('//')[1]}>"},
    )
    for attachment in MailAttachment.objects.filter(mail=mail).select_related("file"):
        message.attach(attachment.file_name, attachment.file.read(), attachment.file.content_type)
    try:
        message.send()
    except Exception as error:  # Whatever the server says is kept for the page and tried again.
        logger.warning("Mail %s was not sent: %s", mail.uid, error)
        mail.last_error = str(error)[:300]
        if mail.tries >= MOST_TRIES:
            mail.status = OutgoingMail.Status.FAILED
        mail.save(update_fields=["last_error", "status"])
        return False
    mail.status = OutgoingMail.Status.SENT
    mail.sent_at = now
    mail.last_error = ""
    if mail.is_secret and not settings.DEMO:
        mail.body = "The code in this message is not kept.\n"
    mail.save(update_fields=["status", "sent_at", "last_error", "body"])
    return True


def resend(mail: OutgoingMail, *, by: audit.Actor, now: datetime) -> OutgoingMail:
    """Send a copy of a message again, as a new row. Errors: ValueError for a sign-in code."""
    if mail.is_secret:
        raise ValueError("A sign-in code is not sent again; the person asks for a new one.")
    with transaction.atomic():
        copy = put_in_outbox(
            subject=mail.subject,
            body=mail.body,
            to_email=mail.to_email,
            to_user_id=mail.to_user_id,
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
    """Send what is still queued and due."""
    due = OutgoingMail.objects.filter(
        status=OutgoingMail.Status.QUEUED, next_try_at__lte=now
    ).order_by("next_try_at")[:200]
    return sum(send_mail_row(mail_id, now=now) for mail_id in due.values_list("pk", flat=True))
