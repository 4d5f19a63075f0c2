"""Erase one question that belongs to no account, with everything that quotes it.

What an account has asked goes when the account is closed (`parts.py`). A visitor has none, and may
ask for the same. That something was asked, answered and erased, when and why, stays.
"""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final

from django.db import transaction
from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.erasing import names_to_look_for, needle_of, without
from ce_platform.core.files import let_go
from ce_platform.core.models import BouncedAddress, MailAttachment, OutgoingMail, StoredFile
from ce_platform.core.text import clean
from ce_platform.office.asking.domain import ThreadRefused
from ce_platform.office.asking.models import Thread, ThreadMessage

ERASED: Final = "Erased"
GONE: Final = "This message spoke of a question that was erased; its text is erased too.\n"
_NOT_SENT: Final = "The question was erased."
LONGEST_REASON: Final = 300
Status = OutgoingMail.Status


@transaction.atomic
def erase_question(thread: Thread, *, reason: str, by: User, now: datetime) -> None:
    """Name, address, texts, files and mails. `reason` is kept and may name nobody.

    Twice is once. Errors: ThreadRefused where it belongs to an account.
    """
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    if thread.user_id is not None:
        raise ThreadRefused("It belongs to an account: it goes when the account is closed.")
    if thread.erased_at is not None:
        return
    said = list(thread.messages.select_related("file").order_by("pk"))
    words = _words(thread, said)
    files = [row.file for row in said if row.file is not None]
    files += _erase_mails(thread, said)
    _erase_where_it_is_quoted(thread, words)
    thread.messages.update(text="", file=None, file_name="", mail=None)
    address = thread.email
    thread.title, thread.name, thread.email = ERASED, "", ""
    thread.search_text = thread.page = ""
    thread.certificate = None
    thread.status, thread.waiting_since = Thread.Status.CLOSED, None
    thread.erased_at = now
    thread.save()
    if address and not _is_known(address):
        BouncedAddress.objects.filter(email=address, user_id=None).delete()
    for file in {row.pk: row for row in files}.values():
        let_go(file, now=now)
    audit.record(
        "question.erased",
        subject_type="question",
        subject_id=thread.uid,
        by=by,
        now=now,
        reason=without(" ".join(clean(reason).split()), words)[:LONGEST_REASON],
    )


def _words(thread: Thread, said: list[ThreadMessage]) -> list[str]:
    """What copies of it are known by: see `needle_of`."""
    texts = {needle_of(text) for text in (thread.title.rstrip("…"), *(row.text for row in said))}
    names = names_to_look_for([thread.name])
    return [*([thread.email] if thread.email else []), *names, *sorted(texts - {""})]


def _erase_mails(thread: Thread, said: list[ThreadMessage]) -> list[StoredFile]:
    """The answers, as often as they were sent; returns what hung on them."""
    ids: set[int] = set()
    found = list(OutgoingMail.objects.filter(pk__in=[row.mail_id for row in said if row.mail_id]))
    while found:  # An answer that was sent again may have been sent again.
        ids |= {mail.pk for mail in found}
        again = reduce(or_, [Q(cause__startswith=f"resent:{mail.uid.hex}:") for mail in found])
        found = list(OutgoingMail.objects.filter(again).exclude(pk__in=ids))
    attached = MailAttachment.objects.filter(mail__in=ids).select_related("file")
    files = [each.file for each in attached]
    attached.delete()
    mails = OutgoingMail.objects.filter(pk__in=ids)
    mails.update(last_error="")
    mails.filter(status__in=[Status.QUEUED, Status.HELD]).update(
        status=Status.FAILED, last_error=_NOT_SENT
    )
    mails.update(
        to_email=f"erased-{thread.uid}@invalid",
        subject="",
        body="",
        bounced_at=None,
        bounce_reason="",
    )
    return files


def _erase_where_it_is_quoted(thread: Thread, words: list[str]) -> None:
    """The office was told of it at once and in the mail of the day. Only mail that is younger."""
    quotes = [Q(body__contains=str(thread.uid))]
    for word in words:
        quotes += [Q(subject__icontains=word), Q(body__icontains=word)]
    mails = OutgoingMail.objects.filter(reduce(or_, quotes), created_at__gte=thread.created_at)
    for mail in mails.order_by("pk"):
        OutgoingMail.objects.filter(pk=mail.pk).update(
            subject=without(mail.subject, words)[:200], body=GONE
        )


def _is_known(address: str) -> bool:
    """Somebody's, or of another question."""
    return (
        User.objects.filter(email=address).exists()
        or Thread.objects.filter(email=address, erased_at=None).exists()
    )
