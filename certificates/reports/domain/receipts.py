"""Answers of a channel, read back in from a table that the office saved.

Columns, in any order, found by their headings: License number, State, Completed on, Result
(accepted or rejected), and, where there are, Course number and Reason. Described in
docs/reporting.md.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import cell_text, fold
from certificates.models import ReportEvent, ReportLine
from certificates.reports.domain.errors import ReceiptsUnreadable
from certificates.reports.domain.moves import accept_line, reject_line
from certificates.reports.numbers import folded
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.spreadsheet import csv_rows, xlsx_values

Status = ReportLine.Status
HEADINGS: Final = {
    "license number": "license_number",
    "state": "state",
    "completed on": "completed_on",
    "course number": "course_number",
    "result": "result",
    "reason": "reason",
}
NEEDED: Final = ("License number", "State", "Completed on", "Result")
MOST_ROWS: Final = 5_000
MOST_SAID: Final = 20
_RESULTS: Final = {
    "accepted": Status.ACCEPTED,
    "ok": Status.ACCEPTED,
    "rejected": Status.REJECTED,
    "error": Status.REJECTED,
}
_US_DAY: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


@dataclass(frozen=True)
class Receipt:
    row: int
    license_folded: str
    state: str
    completed_on: date
    course_number: str
    result: Status
    reason: str


@dataclass
class Taken:
    """What became of a table of answers."""

    accepted_count: int = 0
    rejected_count: int = 0
    known_count: int = 0
    """Answers that were noted before."""
    problems: list[str] = field(default_factory=list)
    """A sentence for each row that fits no line; at most MOST_SAID."""
    problem_count: int = 0

    def say(self, sentence: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_SAID:
            self.problems.append(sentence)


def take_receipts(content: bytes, *, by: User, now: datetime) -> Taken:
    """Read a .csv or .xlsx file and move the lines it answers. Taking it twice changes nothing.

    A row that fits no line that left is told and changes nothing; the other rows are taken.
    Errors: ReceiptsUnreadable.
    """
    taken = Taken()
    receipts = list(_receipts(_rows(content), taken))
    table = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        _take(receipts, taken, table=table, by=by, now=now)
        audit.record(
            "report-receipts.taken",
            subject_type="report-receipts",
            subject_id=now.isoformat(),
            by=by,
            now=now,
            accepted=taken.accepted_count,
            rejected=taken.rejected_count,
            known=taken.known_count,
            problems=taken.problem_count,
            table=table,
        )
    return taken


def _take(
    receipts: Sequence[Receipt], taken: Taken, *, table: str, by: User, now: datetime
) -> None:
    by_key: dict[tuple[str, str, date], list[ReportLine]] = {}
    for line in (
        ReportLine.objects.select_for_update(of=("self",))
        .filter(
            license_folded__in={receipt.license_folded for receipt in receipts},
            status__in=[Status.EXPORTED, Status.ACCEPTED, Status.REJECTED],
        )
        .order_by("pk")
    ):
        key = (line.state, line.license_folded, line.completed_on)
        by_key.setdefault(key, []).append(line)
    # What this very table said before is no answer to what was sent again since.
    answered = set(
        ReportEvent.objects.filter(
            line__in=[line.pk for of_key in by_key.values() for line in of_key],
            facts_json__contains=f'"table":"{table}"',
        ).values_list("line", flat=True)
    )
    for receipt in receipts:
        found = [
            line
            for line in by_key.get(
                (receipt.state, receipt.license_folded, receipt.completed_on), []
            )
            if receipt.course_number in ("", folded(line.course_number))
        ]
        if len(found) != 1:
            taken.say(
                f"Row {receipt.row}: no line that left has this license, state and day."
                if not found
                else f"Row {receipt.row}: several courses of that day fit. Add the course number."
            )
            continue
        line = found[0]
        if line.status == receipt.result:
            taken.known_count += 1
        elif line.status != Status.EXPORTED:
            taken.say(
                f"Row {receipt.row}: the line stands at “{line.get_status_display()}” already."
            )
        elif line.pk in answered:
            taken.say(
                f"Row {receipt.row}: this table was read before the line was sent again. If the "
                "answer is new, note it on the page of the line."
            )
        elif receipt.result == Status.ACCEPTED:
            accept_line(line, by=by, now=now, receipt_row=receipt.row, table=table)
            line.status = Status.ACCEPTED
            taken.accepted_count += 1
        else:
            reason = receipt.reason or "No reason was given."
            reject_line(line, reason=reason, by=by, now=now, receipt_row=receipt.row, table=table)
            line.status = Status.REJECTED
            taken.rejected_count += 1


def _rows(content: bytes) -> Iterable[tuple[int, Sequence[Any]]]:
    try:
        if content.startswith(b"PK"):
            rows = list(xlsx_values(content))
        else:
            rows = list(csv_rows(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise ReceiptsUnreadable(
            "This is neither a .csv file in UTF-8 nor an .xlsx workbook. Save it as one of them."
        ) from None
    except InterchangeRefused as refusal:
        raise ReceiptsUnreadable(str(refusal)) from None
    if len(rows) > MOST_ROWS:
        raise ReceiptsUnreadable(f"The table has more than {MOST_ROWS:,} rows. Split it.")
    return rows


def _receipts(rows: Iterable[tuple[int, Sequence[Any]]], taken: Taken) -> Iterable[Receipt]:
    columns: dict[str, int] | None = None
    for number, cells in rows:
        if all(cell_text(cell) == "" for cell in cells):
            continue
        if columns is None:
            columns = _columns(cells)
            continue
        places = columns
        values = {
            name: cells[place] if place < len(cells) else "" for name, place in places.items()
        }
        result = _RESULTS.get(cell_text(values["result"]).lower())
        day = _day(values["completed_on"])
        if result is None:
            taken.say(f"Row {number}: the result is neither “accepted” nor “rejected”.")
        elif day is None:
            taken.say(f"Row {number}: the day of completion is no date.")
        else:
            yield Receipt(
                row=number,
                license_folded=folded(cell_text(values["license_number"])),
                state=cell_text(values["state"]).upper().removeprefix("STATE="),
                completed_on=day,
                course_number=folded(
                    cell_text(values.get("course_number", "")).removeprefix("20-")
                ),
                result=result,
                reason=cell_text(values.get("reason", ""))[:300],
            )
    if columns is None:
        raise ReceiptsUnreadable("The table is empty.")


def _columns(cells: Sequence[Any]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = HEADINGS.get(fold(cell_text(cell)))
        if name is not None:
            columns.setdefault(name, place)
    missing = [heading for heading in NEEDED if HEADINGS[heading.lower()] not in columns]
    if missing:
        raise ReceiptsUnreadable(f"The first row lacks the heading: {', '.join(missing)}.")
    return columns


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = cell_text(value)
    found = _US_DAY.fullmatch(text)
    try:
        if found:
            month, day, year = (int(part) for part in found.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        return None
