"""Asking, answering, noting what was said elsewhere, closing, handing over.

Every function locks the thread and looks again, so that a form sent twice says a thing once.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.models import OutgoingMail
from ce_platform.core.text import fold
from ce_platform.office.asking.context import Context
from ce_platform.office.asking.models import Thread, ThreadMessage
from ce_platform.office.asking.telling import Attachment, mail_answer, tell_office

Status = Thread.Status
Author = ThreadMessage.Author
Channel = ThreadMessage.Channel

LONGEST_TEXT: Final = 8_000
MOST_MESSAGES: Final = 300
"""In one thread; then a new one is begun."""
_LONGEST_TITLE: Final = 120
_SHORTEST_TITLE: Final = 20


class ThreadRefused(DomainError):
    """It cannot be written there; says why."""


class SaidMeanwhile(DomainError):
    """Somebody wrote while the answer was being typed."""


class NoAddress(DomainError):
    """There is nowhere to send an answer to."""


def title_of(text: str) -> str:
    """How the question begins: its first line, more where that is only a greeting."""
    first = " ".join(text.strip().split("\n")[0].split())
    words = first if len(first) >= _SHORTEST_TITLE else " ".join(text.split())
    if len(words) <= _LONGEST_TITLE:
        return words
    cut = words[: _LONGEST_TITLE - 1]
    at = cut.rfind(" ")
    return (cut[:at] if at > _LONGEST_TITLE // 2 else cut) + "…"


def ask(
    *,
    uid: UUID,
    text: str,
    context: Context,
    now: datetime,
    user: User | None = None,
    email: str = "",
    name: str = "",
    attachment: Attachment | None = None,
) -> Thread:
    """A new question of a person, or of a visitor at an address that nobody has proved.

    `uid` comes from the form: the same one again is the same question. The office is told by mail.
    """
    known = _asked_before(uid, user=user, email=email)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            thread = _begin(text=text, context=context, now=now, user=user, email=email, name=name)
            _say(
                thread,
                uid=uid,
                author=Author.PERSON,
                text=text,
                by=user,
                attachment=attachment,
                now=now,
            )
            _record("question.asked", thread, by=user, now=now)
            tell_office(thread, text, now=now)
            return thread
    except IntegrityError:  # Sent twice at the same moment, or a stranger's uid.
        known = _asked_before(uid, user=user, email=email)
        if known is not None:
            return known
    return ask(
        uid=uuid4(),
        text=text,
        context=context,
        now=now,
        user=user,
        email=email,
        name=name,
        attachment=attachment,
    )


def log_contact(
    *,
    uid: UUID,
    text: str,
    channel: str,
    by: User,
    now: datetime,
    user: User | None = None,
    email: str = "",
    name: str = "",
) -> Thread:
    """What somebody said by phone or mail, typed in by the office as a thread of its own."""

    def logged() -> Thread | None:
        known = ThreadMessage.objects.filter(uid=uid, by=by).select_related("thread").first()
        return known.thread if known else None

    thread = logged()
    if thread is not None:
        return thread
    try:
        with transaction.atomic():
            thread = _begin(
                text=text, context=Context(), now=now, user=user, email=email, name=name
            )
            _say(thread, uid=uid, author=Author.PERSON, channel=channel, text=text, by=by, now=now)
            _record("question.logged", thread, by=by, now=now, channel=channel)
    except IntegrityError:  # Sent twice at the same moment.
        thread = logged()
        if thread is None:
            raise ThreadRefused("This form was used already. Open it again.") from None
    return thread


@transaction.atomic
def write_on(
    thread: Thread,
    *,
    uid: UUID,
    text: str,
    by: User,
    now: datetime,
    attachment: Attachment | None = None,
) -> ThreadMessage:
    """The person says more on the page; the thread waits for the office again."""
    thread = _locked(thread)
    known, uid = _sent_before(thread, uid)
    if known is not None:
        return known
    message = _say(
        thread, uid=uid, author=Author.PERSON, text=text, by=by, attachment=attachment, now=now
    )
    _reopen(thread, now=now)
    _record("question.written-on", thread, by=by, now=now)
    tell_office(thread, text, now=now)
    return message


@transaction.atomic
def note_said(
    thread: Thread, *, uid: UUID, text: str, channel: str, by: User, now: datetime
) -> ThreadMessage:
    """What the person answered by mail or phone, pasted in by the office."""
    thread = _not_erased(thread)
    known, uid = _sent_before(thread, uid)
    if known is not None:
        return known
    message = _say(
        thread, uid=uid, author=Author.PERSON, channel=channel, text=text, by=by, now=now
    )
    _reopen(thread, now=now)
    _record("question.said-elsewhere", thread, by=by, now=now, channel=channel)
    return message


@transaction.atomic
def answer(
    thread: Thread,
    *,
    uid: UUID,
    text: str,
    seen: int,
    by: User,
    now: datetime,
    channel: str = Channel.PAGE,
    attachment: Attachment | None = None,
) -> ThreadMessage:
    """Answer: by mail and on the person's page; by phone it is only noted.

    `seen`: the newest message on the page. Errors: SaidMeanwhile, NoAddress, ThreadRefused.
    """
    thread = _not_erased(thread)
    known, uid = _sent_before(thread, uid)
    if known is not None:
        return known
    newest = thread.messages.exclude(author=Author.NOTE).order_by("-pk").first()
    if newest is not None and newest.pk > seen:
        raise SaidMeanwhile(
            "Somebody wrote while you were typing: it stands above. Your answer is still below."
        )
    if channel != Channel.PHONE and not thread.can_be_mailed:
        raise NoAddress(
            "There is no address to send an answer to. Call, and note it as “by phone”."
        )
    mail = None
    if channel != Channel.PHONE:
        mail = mail_answer(thread, text, by=by, attachment=attachment, now=now)
    message = _say(
        thread,
        uid=uid,
        author=Author.OFFICE,
        channel=channel,
        text=text,
        by=by,
        attachment=attachment,
        mail=mail,
        now=now,
    )
    thread.status, thread.waiting_since = Status.ANSWERED, None
    thread.save(update_fields=["status", "waiting_since", "last_at"])
    _record("question.answered", thread, by=by, now=now, channel=channel)
    return message


@transaction.atomic
def add_note(thread: Thread, *, uid: UUID, text: str, by: User, now: datetime) -> ThreadMessage:
    """For colleagues; neither state nor time of the thread changes."""
    thread = _not_erased(thread)
    known, uid = _sent_before(thread, uid)
    if known is not None:
        return known
    message = _say(thread, uid=uid, author=Author.NOTE, text=text, by=by, now=now, is_news=False)
    _record("question.noted", thread, by=by, now=now)
    return message


@transaction.atomic
def close(thread: Thread, *, by: User, now: datetime) -> None:
    """Nothing is left to do, answered or not."""
    thread = _locked(thread)
    if thread.status == Status.CLOSED:
        return
    thread.status, thread.waiting_since = Status.CLOSED, None
    thread.save(update_fields=["status", "waiting_since"])
    _record("question.closed", thread, by=by, now=now)


@transaction.atomic
def reopen(thread: Thread, *, by: User, now: datetime) -> None:
    thread = _not_erased(thread)
    if thread.status == Status.OPEN:
        return
    _reopen(thread, now=now)
    _record("question.reopened", thread, by=by, now=now)


@transaction.atomic
def assign(thread: Thread, *, to: User | None, by: User, now: datetime) -> None:
    thread = _locked(thread)
    if thread.assigned_to_id == (to.pk if to else None):
        return
    thread.assigned_to = to
    thread.save(update_fields=["assigned_to"])
    _record("question.assigned", thread, by=by, now=now, to=to.email if to else "")


@transaction.atomic
def attach_to(thread: Thread, user: User, *, by: User, now: datetime) -> None:
    """The office has found out whose question it is. Errors: ThreadRefused."""
    thread = _locked(thread)
    if thread.user_id == user.pk:
        return
    if thread.user_id is not None:
        raise ThreadRefused("This question stands at a person already.")
    if user.closed_at is not None:
        raise ThreadRefused("This account is closed.")
    _give(thread, user)
    _record("question.attached", thread, by=by, now=now, person=str(user.uid))


@transaction.atomic
def attach_by_address(user: User, email: str, *, now: datetime) -> int:
    """An address is proved: what was asked from it becomes the person's. How many."""
    threads = list(
        Thread.objects.select_for_update().filter(
            user__isnull=True, email=email.strip().lower(), erased_at__isnull=True
        )
    )
    for thread in threads:
        _give(thread, user)
        _record("question.attached", thread, by=None, now=now, person=str(user.uid))
    return len(threads)


def newest_of(thread: Thread) -> int:
    """The `seen` of a page that shows everything."""
    row = thread.messages.order_by("-pk").first()
    return row.pk if row else 0


# ---- inside


def _give(thread: Thread, user: User) -> None:
    thread.user = user
    thread.save(update_fields=["user"])


def _begin(
    *,
    text: str,
    context: Context,
    now: datetime,
    user: User | None,
    email: str,
    name: str,
) -> Thread:
    title = title_of(text)
    email = "" if user else email.strip().lower()
    return Thread.objects.create(
        user=user,
        email=email,
        name="" if user else name,
        title=title,
        # The name of a person may change; it is looked for where it stands.
        search_text=fold(f"{'' if user else name} {email} {title}"),
        waiting_since=now,
        created_at=now,
        last_at=now,
        page=context.page,
        course=context.course,
        certificate=context.certificate,
    )


def _asked_before(uid: UUID, *, user: User | None, email: str) -> Thread | None:
    """The thread that this form has begun, if it was the same person's."""
    known = (
        ThreadMessage.objects.filter(uid=uid, author=Author.PERSON).select_related("thread").first()
    )
    if known is None:
        return None
    thread = known.thread
    if user is not None:
        return thread if known.by_id == user.pk else None
    is_same = known.by_id is None and thread.email == email.strip().lower()
    return thread if is_same else None


def _sent_before(thread: Thread, uid: UUID) -> tuple[ThreadMessage | None, UUID]:
    """What this form said already; and the id to use, another one where a stranger's was sent."""
    known = ThreadMessage.objects.filter(uid=uid).first()
    if known is None:
        return None, uid
    return (known, uid) if known.thread_id == thread.pk else (None, uuid4())


def _say(
    thread: Thread,
    *,
    uid: UUID,
    author: str,
    text: str,
    by: User | None,
    now: datetime,
    channel: str = Channel.PAGE,
    attachment: Attachment | None = None,
    mail: OutgoingMail | None = None,
    is_news: bool = True,
) -> ThreadMessage:
    if thread.messages.count() >= MOST_MESSAGES:
        raise ThreadRefused("This conversation is very long by now. Begin a new question, please.")
    file, file_name = attachment or (None, "")
    if is_news:
        thread.last_at = now
        thread.save(update_fields=["last_at"])
    return ThreadMessage.objects.create(
        uid=uid,
        thread=thread,
        author=author,
        channel=channel,
        by=by,
        at=now,
        text=text,
        file=file,
        file_name=file_name,
        mail=mail,
    )


def _reopen(thread: Thread, *, now: datetime) -> None:
    if thread.status != Status.OPEN:
        thread.status, thread.waiting_since = Status.OPEN, now
        thread.save(update_fields=["status", "waiting_since"])


def _locked(thread: Thread) -> Thread:
    return Thread.objects.select_for_update().get(pk=thread.pk)


def _not_erased(thread: Thread) -> Thread:
    """What is written there now would be erased no more. Errors: ThreadRefused."""
    thread = _locked(thread)
    if thread.erased_at is not None:
        raise ThreadRefused("What was said here is erased, and nothing can be added to it.")
    return thread


def _record(action: str, thread: Thread, *, by: User | None, now: datetime, **detail: Any) -> None:
    audit.record(action, subject_type="question", subject_id=thread.uid, by=by, now=now, **detail)
