"""Replies that the office writes again and again: kept, changed and taken away."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.office.asking.models import SavedReply

MOST_REPLIES: Final = 100


class ReplyRefused(DomainError):
    """It is not kept; says why."""


def saved_replies() -> list[SavedReply]:
    """By title. One query."""
    return sorted(SavedReply.objects.all()[:MOST_REPLIES], key=lambda row: row.title.casefold())


def keep_reply(
    reply: SavedReply | None, *, title: str, text: str, by: User, now: datetime
) -> SavedReply:
    """A new one, or `reply` changed. Errors: ReplyRefused."""
    row = reply or SavedReply()
    row.title, row.text, row.changed_at, row.changed_by_id = title, text, now, by.pk
    if reply is None and SavedReply.objects.count() >= MOST_REPLIES:
        raise ReplyRefused(f"There are {MOST_REPLIES} already. Take one away first.")
    try:
        with transaction.atomic():
            row.save()
            audit.record(
                "saved_reply.kept",
                subject_type="saved-reply",
                subject_id=row.uid,
                by=by,
                now=now,
                title=title,
            )
    except IntegrityError:
        raise ReplyRefused(f"There is a reply “{title}” already.") from None
    return row


@transaction.atomic
def remove_reply(reply: SavedReply, *, by: User, now: datetime) -> None:
    """Answers that began with it stay as they were sent. Twice is once."""
    if SavedReply.objects.filter(pk=reply.pk).delete()[0]:
        audit.record(
            "saved_reply.removed",
            subject_type="saved-reply",
            subject_id=reply.uid,
            by=by,
            now=now,
            title=reply.title,
        )
