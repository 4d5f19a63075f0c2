"""The mails of a question: to the office that there is one, to the person what the office says."""

from datetime import datetime

from django.conf import settings

from ce_platform.accounts.forms import name_to_greet
from ce_platform.accounts.models import User
from ce_platform.core.mail import write_mail
from ce_platform.core.models import OutgoingMail, Provider, StoredFile
from ce_platform.office.asking.models import Thread, ThreadMessage

Attachment = tuple[StoredFile, str]


def tell_office(thread: Thread, text: str, *, now: datetime) -> None:
    """At once, to the office's own address; without one the mail of the day tells it."""
    provider = Provider.objects.filter(pk=1).first()
    if provider is None or not provider.email:
        return
    write_mail(
        "office_question",
        to_email=provider.email,
        now=now,
        asker=thread.asker,
        address=thread.answer_address,
        is_proved=thread.user_id is not None,
        about=_about(thread),
        text=text,
        path=f"/office/questions/{thread.uid}/",
    )


def mail_answer(
    thread: Thread, text: str, *, by: User, attachment: Attachment | None, now: datetime
) -> OutgoingMail | None:
    asked = thread.messages.filter(author=ThreadMessage.Author.PERSON).order_by("-pk").first()
    return write_mail(
        "office_answer",
        to_email=thread.answer_address,
        to_user_id=thread.user_id,
        now=now,
        name=thread.user.name_on_certificates if thread.user else name_to_greet(thread.name),
        title=thread.title,
        asked_at=asked.at if asked else thread.created_at,
        asked=asked.text[:2_000] if asked else "",
        answer=text,
        answered_by=by.name_on_certificates,
        path=thread.get_absolute_url() if thread.user_id else "",
        attachments=[attachment] if attachment else None,
    )


def _about(thread: Thread) -> str:
    """In words, for the mail."""
    parts = []
    if thread.course is not None and thread.course.on_sale_version is not None:
        parts.append(f"the course “{thread.course.on_sale_version.title}”")
    if thread.certificate is not None:
        parts.append(f"the certificate {thread.certificate.serial}")
    if thread.page:
        parts.append(f"the page {settings.PUBLIC_BASE_URL}{thread.page}")
    return ", ".join(parts)
