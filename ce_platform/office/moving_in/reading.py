"""Tables from outside, line by line: .csv, .xlsx, or a zip that holds one of them and PDFs.

A file is read from the disk and never whole: memory stays where it is, whatever the file holds.
"""

import codecs
import csv
import hashlib
import io
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import IO, Any, Final

from ce_platform.core.keeping import nameless_file
from ce_platform.core.models import StoredFile
from ce_platform.core.text import cell_text, clean
from ce_platform.office.moving_in.archive import Archive
from ce_platform.office.moving_in.errors import ImportRefused

MOST_LINES: Final = 50_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 2_000
MOST_SHEET_BYTES: Final = 50_000_000
_SHEETS: Final = (".csv", ".xlsx", ".txt")
_SNIFF: Final = 64 * 1024
# A workbook of 50,000 lines has some tens of megabytes of XML.
_MOST_PARTS: Final = 200
_MOST_UNPACKED: Final = 400_000_000

# A first line by which Excel is told what stands between the cells.
_NAMED_DELIMITER: Final = re.compile(r"sep=([,;\t|])[\r\n]*", re.IGNORECASE)

Line = tuple[int, Sequence[Any]]


class Source:
    """What was brought, open: its sheet, and the files beside it."""

    def __init__(self, sheet: IO[bytes], archive: Archive | None, sheet_name: str) -> None:
        self._sheet = sheet
        self.archive = archive
        self.sheet_name = sheet_name

    def lines(self) -> Iterator[Line]:
        """Row number and cells, empty lines left out. Errors: ImportRefused."""
        self._sheet.seek(0)
        is_workbook = self._sheet.read(2) == b"PK"
        self._sheet.seek(0)
        rows = _workbook_lines(self._sheet) if is_workbook else _text_lines(self._sheet)
        count = 0
        for number, cells in rows:
            if not any(not _is_empty(cell) for cell in cells):
                continue
            count += 1
            if count > MOST_LINES + 1:
                raise ImportRefused(f"The table has more than {MOST_LINES:,} lines. Bring parts.")
            yield number, cells


@contextmanager
def opened(stored: StoredFile) -> Iterator[Source]:
    """A copy on the disk: a storage elsewhere cannot be read here and there. Errors:
    ImportRefused."""
    with ExitStack() as stack:
        copy = stack.enter_context(nameless_file())
        with stored.storage.open(stored.path) as kept:
            shutil.copyfileobj(kept, copy)
        yield _source(copy, stack)


def source_of(file: IO[bytes], stack: ExitStack) -> Source:
    """Of a file that was just brought. Errors: ImportRefused."""
    return _source(file, stack)


def _source(file: IO[bytes], stack: ExitStack) -> Source:
    file.seek(0)
    if file.read(2) != b"PK":
        return Source(file, None, "")
    archive = Archive(file)
    if archive.is_workbook:
        return Source(file, None, "")
    sheets = [
        name
        for name in archive.names
        if name.lower().endswith(_SHEETS) and not PurePosixPath(name).name.startswith("~$")
    ]
    if len(sheets) != 1:
        said = ", ".join(sheets[:4]) or "none"
        raise ImportRefused(
            f"The zip must hold exactly one table, .csv or .xlsx, beside the PDFs. Found: {said}."
        )
    sheet = stack.enter_context(nameless_file())
    for piece in archive.pieces(sheets[0], most=MOST_SHEET_BYTES):
        sheet.write(piece)
    return Source(sheet, archive, sheets[0])


def text_of_cell(value: Any) -> str:
    """As a person reads it; of a date the day."""
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == value.min.time() else value.isoformat(" ")
        )
    if isinstance(value, date):
        return value.isoformat()
    return cell_text(value)[:LONGEST_CELL]


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


# ---------------------------------------------------------------- .csv


def _text_lines(file: IO[bytes]) -> Iterator[Line]:
    encoding = _encoding_of(file)
    file.seek(0)
    # Windows-1252 leaves five bytes without a letter.
    text = io.TextIOWrapper(
        file, encoding=encoding, newline="", errors="replace" if encoding == "cp1252" else "strict"
    )
    try:
        start = text.readline(_SNIFF)
        named = _NAMED_DELIMITER.fullmatch(start)
        before = skipped = 1 if named else 0
        while start and not start.strip(",;\t\r\n "):  # Empty lines above the headings.
            start = text.readline(_SNIFF)
        # Excel writes semicolons or tabs where a comma is the decimal sign.
        delimiter = named[1] if named else max(",;\t", key=start.count)
        if not named:
            text.seek(0)
        reader = csv.reader(text, delimiter=delimiter)
        for cells in reader:
            yield before + 1, [clean(cell) for cell in cells[:MOST_COLUMNS]]
            before = skipped + reader.line_num
    except csv.Error as error:
        raise ImportRefused(f"Line {before + 1} of the table cannot be read: {error}.") from None
    finally:
        if not file.closed:  # Cut off in the middle, the file may go before its reader.
            text.detach()


def _encoding_of(file: IO[bytes]) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else what Excel writes on Windows."""
    file.seek(0)
    start = file.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(_SNIFF):
            if b"\x00" in piece:
                raise ImportRefused("This is neither a .csv table nor an .xlsx workbook.")
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


# ---------------------------------------------------------------- .xlsx


def _workbook_lines(file: IO[bytes]) -> Iterator[Line]:
    from openpyxl import load_workbook

    _check_workbook(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(
                sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1
            ):
                if number > 4 * MOST_LINES:
                    raise ImportRefused(
                        f"The table has more than {MOST_LINES:,} lines. Bring parts."
                    )
                yield number, row
        finally:
            book.close()
    except ImportRefused:
        raise
    except Exception:
        # Damaged workbooks break openpyxl in more ways than it names.
        raise ImportRefused(
            "The workbook cannot be read. Open it, save it once more as .xlsx, and bring that."
        ) from None


def _check_workbook(file: IO[bytes]) -> None:
    """Counted and checked first: openpyxl believes what the zip says."""
    archive = Archive(file, most_files=_MOST_PARTS, most_bytes=_MOST_UNPACKED, is_any_name=True)
    for name in archive.names:
        if name.lower().endswith("vbaproject.bin"):
            raise ImportRefused("This workbook holds macros, which are programs. Save it as .xlsx.")
        if not name.endswith((".xml", ".rels")):
            continue
        tail = b""
        for piece in archive.pieces(name, most=_MOST_UNPACKED):
            seen = tail + piece
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen or b"\x00" in piece:
                raise ImportRefused("The workbook declares entities, which no spreadsheet does.")
            tail = seen[-16:]


def sha256_of(pieces: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()
