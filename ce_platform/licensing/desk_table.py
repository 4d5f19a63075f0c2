"""All submissions as one table, on the page and as a file: every fact, letters, last message."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import F, Q, QuerySet

from ce_platform.core.templatetags.wording import plain_number
from ce_platform.licensing import desk
from ce_platform.licensing.desk import DeskRow
from ce_platform.licensing.models import Submission, SubmissionEvent

Status = Submission.Status
PAGE_SIZE: Final = 25
# Nobody turns so many pages; a larger number in the address is a mistake or worse.
MOST_PAGES: Final = 10_000
# Rows that are fetched together for a file.
_AT_ONCE: Final = 500

COLUMNS: Final = (
    "body",
    "body code",
    "course",
    "edition",
    "status",
    "number",
    "hours granted",
    "title as approved",
    "category",
    "valid from",
    "valid to",
    "due",
    "due on",
    "sent through",
    "reference",
    "submitted on",
    "decided on",
    "through the list of",
    "letters",
    "last message on",
    "last message",
)


@dataclass(frozen=True)
class TableRow:
    desk: DeskRow
    letter_count: int
    last_message: SubmissionEvent | None

    @property
    def submission(self) -> Submission:
        return self.desk.submission


@dataclass(frozen=True)
class TablePage:
    rows: Sequence[TableRow]
    number: int
    has_more: bool


def in_order(rows: QuerySet[Submission], *, sort: str, today: date) -> QuerySet[Submission]:
    """`due`: the soonest day first, then what has none; else the newest first."""
    if sort != "due":
        return rows.order_by("-pk")
    return rows.annotate(due_on=desk.due_day(today)).order_by(
        F("due_on").asc(nulls_last=True), "-pk"
    )


def page_of(rows: QuerySet[Submission], *, number: str, today: date) -> TablePage:
    """Three queries. The order is not that of a key, so pages are counted; submissions are few."""
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    page = min(max(page, 1), MOST_PAGES)
    found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    return TablePage(
        rows=table_rows(found[:PAGE_SIZE], today=today),
        number=page,
        has_more=len(found) > PAGE_SIZE,
    )


def table_rows(rows: Sequence[Submission], *, today: date) -> list[TableRow]:
    """Two queries for any number: titles of editions, letters and messages."""
    letters: dict[int, set[str]] = {
        row.pk: {row.letter.sha256} if row.letter else set() for row in rows
    }
    last: dict[int, SubmissionEvent] = {}
    for event in (
        SubmissionEvent.objects.filter(submission__in=list(letters))
        .filter(Q(facts_json__contains='"letter":"') | ~Q(direction=""))
        .order_by("pk")
    ):
        letter = json.loads(event.facts_json).get("letter")
        if letter:
            letters[event.submission_id].add(letter)
        if event.direction:
            last[event.submission_id] = event
    return [
        TableRow(
            desk=row,
            letter_count=len(letters[row.submission.pk]),
            last_message=last.get(row.submission.pk),
        )
        for row in desk.desk_rows(rows, today=today)
    ]


def lines(rows: QuerySet[Submission], *, today: date) -> Iterator[list[str]]:
    """Every row as texts, in the order of `COLUMNS`; days as 2026-11-20."""
    begin = 0
    while part := list(rows[begin : begin + _AT_ONCE]):
        yield from (_line(row) for row in table_rows(part, today=today))
        begin += _AT_ONCE


def _line(row: TableRow) -> list[str]:
    file, due, message = row.submission, row.desk.due, row.last_message
    return [
        file.body.place,
        file.body.code,
        row.desk.title,
        str(file.edition),
        str(file.get_status_display()),
        file.number,
        plain_number(file.hours_granted) if file.hours_granted is not None else "",
        file.title_approved,
        file.category,
        _day(file.valid_from),
        _day(file.valid_to),
        due.sentence if due else "",
        _day(due.on) if due else "",
        file.channel,
        file.reference,
        _day(file.submitted_on),
        _day(file.decided_on),
        file.through.place if file.through else "",
        str(row.letter_count),
        _day(message.happened_on or message.at.date()) if message else "",
        message.note if message else "",
    ]


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
