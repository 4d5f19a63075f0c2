"""Tables for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

# What a spreadsheet takes for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
ROSTER: Final = (
    "Name",
    "License number",
    "State or body",
    "Course",
    "Course number of the body",
    "Edition",
    "CE hours",
    "Completed on",
    "Delivery",
    "Certificate",
    "Standing",
    "SHA-256 of the PDF",
)


def csv_lines(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """With a byte order mark, without which a spreadsheet spoils accents."""
    yield b"\xef\xbb\xbf"
    yield _line(heading)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(value) for value in row])
    return out.getvalue().encode()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
