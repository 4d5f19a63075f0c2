"""Tables for spreadsheets, as CSV that no spreadsheet takes for a program."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

# What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
# Without it a spreadsheet spoils accents.
_BYTE_ORDER_MARK: Final = "\ufeff"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """All of it at once."""
    return _BYTE_ORDER_MARK + "".join([_line(columns), *map(_line, rows)])


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Line by line, for a table that is larger than memory should be."""
    yield _BYTE_ORDER_MARK.encode()
    yield _line(columns).encode()
    for row in rows:
        yield _line(row).encode()


def _line(row: Sequence[Any]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_safe(value) for value in row])
    return out.getvalue()


def _safe(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
