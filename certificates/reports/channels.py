"""How completions leave: one class for each channel, behind one interface.

A channel makes a file from frozen rows. CE Broker also takes XML messages; the schema of their
roster message is not public, so none is written here. Whoever has the vendor's specification
adds a class with the same three methods and registers it below; outbox, checks, receipts and
pages stay as they are (docs/reporting.md).
"""

import csv
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from certificates.models import ReportChannel
from certificates.reports.numbers import tracking_number

# What a spreadsheet takes for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_SAVED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_DAY: Final = "mm/dd/yyyy"
_TEXT: Final = "@"


@dataclass(frozen=True)
class ReportRow:
    """What a batch says of one completion; frozen with the batch, every value as text."""

    body_code: str
    state: str
    holder_name: str
    license_number: str
    provider_number: str
    profession_code: str
    course_title: str
    course_number: str
    is_own_number: bool
    publishing_number: str
    credit_hours: str
    delivery: str
    completed_on: str
    """ISO, e.g. 2026-11-20."""
    serial: str


class Channel(Protocol):
    """A way for completions to leave."""

    kind: ReportChannel
    ending: str
    content_type: str

    def course_number(self, number: str, *, is_own: bool) -> str:
        """The number as the channel wants it; empty: it cannot be one."""

    def provider_number(self, number: str) -> str:
        """Ours as the channel wants it; empty: it cannot be one."""

    def file_of(self, rows: Sequence[ReportRow], *, made_at: datetime) -> bytes:
        """The same rows and time give the same bytes."""


class CeBrokerSpreadsheet:
    """Columns A to J of CE Broker's public help page for Excel files, full credit.

    A provider without `50-`, B course without `20-`, C own course id instead of B, D publishing
    number, E license, F completion as a date, G `State=FL`, H `Profession=…`; I and J are for
    partial credit and stay empty. No heading row: the page shows none.
    """

    kind = ReportChannel.CE_BROKER
    ending = "xlsx"
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def course_number(self, number: str, *, is_own: bool) -> str:
        return number.strip() if is_own else tracking_number(number, prefix="20-")

    def provider_number(self, number: str) -> str:
        return tracking_number(number, prefix="50-")

    def file_of(self, rows: Sequence[ReportRow], *, made_at: datetime) -> bytes:
        from openpyxl import Workbook  # slow to import, and only an export needs it
        from openpyxl.cell.cell import Cell

        book = Workbook()
        sheet = book.active
        if sheet is None:
            raise RuntimeError("A new workbook has a sheet.")
        sheet.title = "Completions"
        for number, row in enumerate(rows, start=1):
            texts = {
                1: row.provider_number,
                2: "" if row.is_own_number else row.course_number,
                3: row.course_number if row.is_own_number else "",
                4: row.publishing_number,
                5: row.license_number,
                7: f"State={row.state}",
                8: f"Profession={row.profession_code}",
            }
            for column, text in texts.items():
                if text:
                    cell = sheet.cell(row=number, column=column)
                    if isinstance(cell, Cell):
                        # As text even where it begins like a formula, and zeros in front stay.
                        cell.value = text
                        cell.data_type = "s"
                        cell.number_format = _TEXT
            day = sheet.cell(row=number, column=6, value=date.fromisoformat(row.completed_on))
            day.number_format = _DAY
        for letter, width in {"E": 18, "F": 14, "G": 12, "H": 16}.items():
            sheet.column_dimensions[letter].width = width
        book.properties.creator = ""
        book.properties.created = made_at.replace(tzinfo=None, microsecond=0)
        buffer = io.BytesIO()
        book.save(buffer)
        return _with_times(buffer.getvalue(), made_at)


class RosterCsv:
    """A roster that a person reads: what the rules name, one line for each completion."""

    kind = ReportChannel.ROSTER
    ending = "csv"
    content_type = "text/csv; charset=utf-8"

    def course_number(self, number: str, *, is_own: bool) -> str:
        return number.strip()

    def provider_number(self, number: str) -> str:
        return number.strip()

    def file_of(self, rows: Sequence[ReportRow], *, made_at: datetime) -> bytes:
        return roster_csv(rows)


ROSTER_COLUMNS: Final[Mapping[str, str]] = {
    "Name": "holder_name",
    "License number": "license_number",
    "State": "state",
    "Provider number": "provider_number",
    "Course title": "course_title",
    "Course number": "course_number",
    "CE hours": "credit_hours",
    "Delivery": "delivery",
    "Completed on": "completed_on",
    "Certificate number": "serial",
}


def roster_csv(rows: Sequence[ReportRow]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(ROSTER_COLUMNS)
    for row in rows:
        writer.writerow([_plain(str(getattr(row, name))) for name in ROSTER_COLUMNS.values()])
    # The mark by which a spreadsheet knows UTF-8.
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _plain(text: str) -> str:
    """A name must not be run as a formula by whoever opens the file."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _with_times(content: bytes, made_at: datetime) -> bytes:
    """The workbook's zip with one time in it, so that making it again gives the same bytes."""
    moment = made_at.timetuple()[:6]
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            part = zipfile.ZipInfo(entry.filename, date_time=moment)
            part.compress_type = zipfile.ZIP_DEFLATED
            content = source.read(entry)
            if entry.filename == "docProps/core.xml":
                # The library writes the time of saving here, whatever it was told.
                content = _SAVED.sub(made_at.strftime(r"\g<1>%Y-%m-%dT%H:%M:%SZ").encode(), content)
            target.writestr(part, content)
    return buffer.getvalue()


CHANNELS: Final[Mapping[str, Channel]] = {
    channel.kind: channel for channel in (CeBrokerSpreadsheet(), RosterCsv())
}
