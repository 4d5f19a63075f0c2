"""Questions on the page of a person, in their own data, in the mail of the day."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from ce_platform.core.files import let_go
from ce_platform.core.staff_digest import StaffMember, Waiting
from ce_platform.office.asking.domain import attach_by_address
from ce_platform.office.asking.models import Thread, ThreadMessage
from ce_platform.office.asking.queries import waited
from ce_platform.office.people.asked import has, rows_of
from ce_platform.office.people.parts import Event, Panel, PersonPart
from courses.domain.handout import EXTENSIONS

_ON_THE_PAGE: Final = 8
_MOST: Final = 60
_IN_THE_MAIL: Final = 8
_SENTENCES: Final = {
    ThreadMessage.Author.PERSON: "Asked the office",
    ThreadMessage.Author.OFFICE: "The office answered",
    ThreadMessage.Author.NOTE: "Note of the office",
}


def _panel(user: User, now: datetime) -> Panel:
    return Panel(
        "office/asking/person_panel.html",
        {"threads": [(row, waited(row.waiting_since, now=now)) for row in _threads(user)]},
        order=30,
    )


def _threads(user: User) -> list[Thread]:
    """Those last spoken in."""
    said = _newest(user)
    if len(said) == _MOST:  # There may be more than these speak of.
        threads = Thread.objects.filter(user=user).defer("search_text")
        return list(threads.order_by("-last_at", "-pk")[:_ON_THE_PAGE])
    found = {row.thread_id: row.thread for row in said}
    by_time = sorted(found.values(), key=lambda row: (row.last_at, row.pk), reverse=True)
    return by_time[:_ON_THE_PAGE]


def _events(user: User, most: int, before: datetime | None) -> list[Event]:
    if before is None or not has(user, "questions"):
        rows = _newest(user)
    else:
        rows = list(_said(user).filter(at__lt=before)[:most])
    return [
        Event(
            at=row.at,
            sentence=_sentence(row),
            kind="question",
            url=reverse("office:office-question-detail", args=[row.thread.uid]),
            note=row.text[:300],
            actor=row.by.get_full_name() if row.by and row.by_id != user.pk else "",
        )
        for row in rows[:most]
    ]


def _newest(user: User) -> list[ThreadMessage]:
    return rows_of(user, "questions", lambda: _said(user)[:_MOST])


def _said(user: User) -> QuerySet[ThreadMessage]:
    """With what is shown of the thread, the newest first."""
    return (
        ThreadMessage.objects.filter(thread__user=user)
        .select_related("thread", "by")
        .only(
            *("at", "author", "channel", "text", "by__name_on_certificates", "by__email"),
            *("thread__uid", "thread__title", "thread__status"),
            *("thread__waiting_since", "thread__last_at"),
        )
        .order_by("-at", "-pk")
    )


def _sentence(row: ThreadMessage) -> str:
    words = _SENTENCES[ThreadMessage.Author(row.author)]
    by_other_ways = row.channel != ThreadMessage.Channel.PAGE
    return f"{words} {row.get_channel_display()}" if by_other_ways else words


def _erase(user: User, *, now: datetime) -> None:
    """Texts and attachments go; that something was asked and answered, and when, stays.

    Also of what was asked as a visitor, from an address that the person has proved, or from that of
    the account: whom the office has brought in may never have proved it.
    """
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    theirs = {user.email.lower(), *(each.lower() for each in proved)}
    as_visitor = Q(user__isnull=True, email__in=theirs)
    ids = list(Thread.objects.filter(Q(user=user) | as_visitor).values_list("pk", flat=True))
    threads = Thread.objects.filter(pk__in=ids)
    said = ThreadMessage.objects.filter(thread__in=ids).select_related("file")
    files = [row.file for row in said if row.file is not None]
    said.update(text="", file=None, file_name="", mail=None)
    threads.update(
        title="Erased", name="", email="", search_text="", page="", erased_at=now, certificate=None
    )
    for file in {row.pk: row for row in files}.values():
        let_go(file, now=now)


def _move(old: User, into: User, *, now: datetime) -> None:
    Thread.objects.filter(user=old).update(user=into)
    ThreadMessage.objects.filter(by=old).update(by=into)
    Thread.objects.filter(assigned_to=old).update(assigned_to=into)


def _export(user: User) -> Mapping[str, Any]:
    """Without the notes of the office."""
    rows = list(
        ThreadMessage.objects.filter(thread__user=user)
        .exclude(author=ThreadMessage.Author.NOTE)
        .select_related("thread", "file")
        .order_by("thread_id", "pk")
    )
    threads: dict[int, dict[str, Any]] = {}
    files: dict[str, Any] = {}
    for row in rows:
        thread = threads.setdefault(
            row.thread_id,
            {
                "title": row.thread.title,
                "state": row.thread.get_status_display(),
                "page": row.thread.page,
                "messages": [],
            },
        )
        name = ""
        if row.file is not None:
            name = f"office-questions/{row.uid}.{EXTENSIONS.get(row.file.content_type, 'bin')}"
            files[name] = row.file.read()
        thread["messages"].append(
            {
                "at": row.at.isoformat(),
                "from": "you" if row.author == ThreadMessage.Author.PERSON else "the office",
                "came": row.get_channel_display(),
                "text": row.text,
                "file": name,
            }
        )
    return {"office-questions.json": list(threads.values()), **files} if threads else {}


def questions_waiting(member: StaffMember) -> list[Waiting]:
    """For the mail of the day: what nobody has answered, the longest waiting first."""
    if not member.is_office:
        return []
    waiting = Thread.objects.filter(status=Thread.Status.OPEN)
    count = waiting.count()
    if not count:
        return []
    words = "1 question" if count == 1 else f"{count} questions"
    rows = waiting.select_related("user").order_by("waiting_since", "pk")[:_IN_THE_MAIL]
    return [
        Waiting(
            words=f"{words} to the office",
            text=f"{words} to the office {'waits' if count == 1 else 'wait'} for an answer:",
            label="Go to the questions",
            path=reverse("office:office-question-list"),
            details=tuple(
                f"{row.asker}, waiting {waited(row.waiting_since, now=member.now)}: {row.title}"
                for row in rows
            ),
        )
    ]


def address_proved(email_address: EmailAddress, **_: Any) -> None:
    """django-allauth tells of a confirmed address by a signal, its only way."""
    attach_by_address(email_address.user, email_address.email, now=timezone.now())


PART = PersonPart(
    "office-questions",
    panel=_panel,
    events=_events,
    rows={"questions": lambda: [ThreadMessage.objects.filter(thread__user=OuterRef("pk"))]},
)
SHARE = Share("office-questions", erase=_erase, move=_move, export=_export)
