"""The second step of a closing: texts that mention the person without being theirs.

Looked through by the sweep and not in the transaction of the closing, because these tables are the
longest there are. It may be cut off at any moment and begins anew; what is done is not found again.
"""

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Final

from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import shares
from ce_platform.core.erasing import redacted, without
from ce_platform.core.models import (
    AccountEnding,
    AuditEvent,
    AuditPack,
    BackgroundJob,
    OutgoingMail,
)
from ce_platform.core.text import fold
from ce_platform.office.asking.models import SavedReply, Thread, ThreadMessage
from ce_platform.office.moving_in.models import ImportRun
from ce_platform.office.people.models import CourseMessage, PeopleList
from courses.models import AccessCode, CourseInvitation, EnrollmentRefund, ShopCall, ShopSale

LONGEST_WAIT: Final = timedelta(days=1)
"""For the last message to leave; after that it is not sent any more."""
_AT_A_TIME: Final = 5
_PIECE: Final = 500
# Texts of somebody else in which the office, a shop or another person may have named them: what
# was said stays, the name goes. A sentence that both have written is still the other one's.
_NAMED_IN: Final[tuple[tuple[type[models.Model], tuple[str, ...]], ...]] = (
    (AccessCode, ("note", "cancel_reason")),
    (CourseInvitation, ("note",)),
    (CourseMessage, ("subject", "body")),
    (EnrollmentRefund, ("reason",)),
    (ImportRun, ("file_name", "undone_reason")),
    (PeopleList, ("note",)),
    (ShopCall, ("sentence",)),
    (ShopSale, ("buyer_name",)),
    (Thread, ("title", "name")),
    (ThreadMessage, ("text",)),
)
_FOLDED: Final = (AccessCode, Thread)
"""Have a `search_text`, without capitals and accents."""
GONE: Final = "This message spoke of somebody who has closed their account; its text is erased.\n"


def sweep_endings(now: datetime) -> int:
    """Finish closings that were begun."""
    begun = AccountEnding.objects.filter(finished_at__isnull=True, into_id__isnull=True)
    count = 0
    for ending in begun.order_by("pk")[:_AT_A_TIME]:
        count += finish(ending, now=now)
    return count


def finish(ending: AccountEnding, *, now: datetime) -> bool:
    """False: the last message has not left yet, or another sweep was quicker."""
    if ending.finished_at is not None:
        return False
    user = User.objects.get(pk=ending.user_id)
    last = OutgoingMail.objects.filter(to_user_id=user.pk, status=OutgoingMail.Status.QUEUED)
    if now - ending.began_at < LONGEST_WAIT and last.exists():
        return False
    # Once more: what was on its way when the account was closed, and the last message itself.
    with transaction.atomic():
        for share in reversed(list(shares())):
            share.erase(user, now=now)
    looked_for = json.loads(ending.looked_for_json)
    words = looked_for["words"]
    _search_mail(words)
    _search_lines(BackgroundJob, ("title", "parameters", "result_name", "error"), words)
    _search_lines(AuditPack, ("title", "reference"), words)
    _search_lines(SavedReply, ("title", "text"), words)
    _search_lines(LogEntry, ("object_repr", "change_message"), words)
    _search_names(looked_for.get("names", words))
    _search_log(user, words, worked_here=looked_for["worked_here"])
    AccountEnding.objects.filter(pk=ending.pk, finished_at__isnull=True).update(
        finished_at=now, looked_for_json="[]"
    )
    return True


def _search_mail(words: Collection[str]) -> None:
    """Messages to others: they quote and name, so the whole text goes."""
    for mail in _mentioning(OutgoingMail, ("subject", "body", "last_error"), words):
        OutgoingMail.objects.filter(pk=mail.pk).update(
            subject=without(mail.subject, words)[:200],
            body=GONE,
            last_error=without(mail.last_error, words)[:300],
        )


def _search_lines(
    model: type[models.Model], columns: tuple[str, ...], words: Collection[str]
) -> None:
    fields = {field.name: field for field in model._meta.concrete_fields}
    for row in _mentioning(model, columns, words):
        values = {
            column: without(getattr(row, column), words)[: fields[column].max_length]
            for column in columns
        }
        model._default_manager.filter(pk=row.pk).update(**values)


def _search_names(names: Collection[str]) -> None:
    for model, columns in _NAMED_IN:
        _search_lines(model, columns, names)
    for model in _FOLDED:
        _search_lines(model, ("search_text",), [fold(name) for name in names])


def _search_log(user: User, words: Collection[str], *, worked_here: bool) -> None:
    theirs = Q(subject_type="user", subject_id=str(user.uid))
    if not worked_here:  # What somebody of the office did as their work is not about them.
        theirs |= Q(actor_id=user.pk)
    after = 0
    rows = AuditEvent.objects.filter(theirs).exclude(detail="{}").order_by("pk")
    while piece := list(rows.filter(pk__gt=after)[:_PIECE]):
        after = piece[-1].pk
        for event in piece:
            _redact(event, redacted(event.detail, words, is_theirs=True))
    for event in _mentioning(AuditEvent, ("detail",), words):
        _redact(event, redacted(event.detail, words, is_theirs=False))


def _redact(event: AuditEvent, detail: str) -> None:
    if detail != event.detail:
        with transaction.atomic():
            AuditEvent.objects.filter(pk=event.pk).update(detail=detail)


def _mentioning(
    model: type[models.Model], columns: tuple[str, ...], words: Collection[str]
) -> list[Any]:
    conditions = [Q(**{f"{column}__icontains": word}) for column in columns for word in words]
    return list(model._default_manager.filter(reduce(or_, conditions)).order_by("pk"))
