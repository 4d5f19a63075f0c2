"""A table with one question per row: .xlsx or .csv, made from a template."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from ce_platform.core.text import fold
from quizzes.interchange.errors import InterchangeRefused, NotRepresented
from quizzes.interchange.files import unzipped
from quizzes.interchange.found import ONE, Collector, Item, Reading, decimal, letter, short_text
from quizzes.interchange.gift import matching_content
from quizzes.interchange.markup import from_plain
from quizzes.question_types import editable_types, type_named
from quizzes.question_types.base import Content

NAME: Final = "spreadsheet"
MOST_CHOICES: Final = 12
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
CHOICES: Final = tuple(f"Choice {number}" for number in range(1, MOST_CHOICES + 1))
COLUMNS: Final = (
    *("Type", "Question", "Right answer", *CHOICES, "Explanation", "Points", "Tags"),
    *("Tolerance", "Unit", "Text with gaps"),
)
# One row for each type, in the words of the columns.
EXAMPLES: Final[tuple[dict[str, str], ...]] = (
    {
        "Type": "Single choice",
        "Question": "Which stroke usually begins a session?",
        "Right answer": "2",
        "Choice 1": "Tapping",
        "Choice 2": "Long, light gliding",
        "Choice 3": "Deep friction",
        "Explanation": "Gliding lets the tissue get used to the hands.",
    },
    {
        "Type": "Multiple choice",
        "Question": "Which of these are signs to stop?",
        "Right answer": "1, 3",
        "Choice 1": "Numbness",
        "Choice 2": "Warmth",
        "Choice 3": "Sharp pain",
        "Points": "2",
    },
    {
        "Type": "True or false",
        "Question": "Strong pressure is always better.",
        "Right answer": "False",
    },
    {
        "Type": "Short answer",
        "Question": "Which muscle closes the lips?",
        "Right answer": "orbicularis oris",
        "Choice 1": "musculus orbicularis oris",
    },
    {
        "Type": "Number",
        "Question": "For how many seconds is a point held?",
        "Right answer": "10",
        "Tolerance": "2",
        "Unit": "seconds",
    },
    {
        "Type": "Ordering",
        "Question": "Put the steps in order.",
        "Choice 1": "Contact",
        "Choice 2": "Gliding",
        "Choice 3": "Kneading",
    },
    {
        "Type": "Matching",
        "Question": "Which nodes drain which region?",
        "Choice 1": "Chin = Submental nodes",
        "Choice 2": "Cheek = Submandibular nodes",
    },
    {
        "Type": "Fill in the gaps",
        "Question": "Complete the sentence.",
        "Text with gaps": "Lymph flows from the cheek to the [submandibular|occipital] nodes.",
    },
)
_GAP: Final = re.compile(r"\[([^\[\]|]{1,80}(?:\|[^\[\]|]{1,80}){1,7})\]")
_ALIASES: Final = {
    "right": "Right answer",
    "correct": "Right answer",
    "correct answer": "Right answer",
    "answer": "Right answer",
    "stem": "Question",
    "feedback": "Explanation",
    "rationale": "Explanation",
    "tag": "Tags",
    "text": "Text with gaps",
}
_XML: Final = (".xml", ".rels")
_Rows = Iterator[tuple[int, Sequence[str]]]


def read_csv(text: str) -> Reading:
    return _read(csv_rows(text))


def read_xlsx(content: bytes) -> Reading:
    return _read(_xlsx_rows(content))


def _read(rows: _Rows) -> Reading:
    collector = Collector(NAME, unit="Row")
    columns: dict[int, str] | None = None
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if columns is None:
            columns = _columns(cells, number, collector)
            continue
        row: dict[str, str] = {}
        item = Item(number)
        for place, cell in enumerate(cells):
            if not cell.strip():
                continue
            if place in columns:
                row[columns[place]] = cell.strip()
            else:
                item.leave(f"The cell “{short_text(cell)}” stands under no column that is known.")
        item.title = short_text(row.get("Question", row.get("Text with gaps", "")), most=60)
        collector.take(item, lambda each, row=row: _question(row, each))  # type: ignore[misc]
    if columns is None:
        raise InterchangeRefused("The table is empty.")
    return collector.reading()


def _columns(cells: Sequence[str], number: int, collector: Collector) -> dict[int, str]:
    known = {fold(name): name for name in COLUMNS} | _ALIASES
    found: dict[int, str] = {}
    for place, cell in enumerate(cells):
        name = known.get(fold(cell))
        if name is None:
            if cell.strip():
                collector.leave(number, f"The column “{short_text(cell)}” is not known.")
        elif name in found.values():
            collector.leave(number, f"The column “{short_text(cell)}” stands there twice.")
        else:
            found[place] = name
    if not {"Question", "Text with gaps"} & set(found.values()):
        raise InterchangeRefused(
            "The first row does not name the columns. Begin with the template, which has “Type”, "
            "“Question”, “Right answer”, “Choice 1” and so on."
        )
    return found


# ------------------------------------------------------------------------------- one row


def _question(row: dict[str, str], item: Item) -> tuple[str, Content]:
    item.set_points(row.pop("Points", "1"))
    item.tags += [each.strip()[:80] for each in row.pop("Tags", "").split(",") if each.strip()]
    type_name = _type(row)
    content: Content = {
        "stem": from_plain(row.pop("Question", "")),
        "explanation": from_plain(row.pop("Explanation", "")),
    }
    own = _READERS[type_name](row, item)
    for name, cell in row.items():
        item.leave(f"“{name}” says “{short_text(cell)}”, which this type does not use.")
    return type_name, {**content, **own}


def _type(row: dict[str, str]) -> str:
    said = fold(row.pop("Type", ""))
    for kind in editable_types():
        if said in (fold(kind.name), fold(str(kind.label))) and kind.name in _READERS:
            return kind.name
    if said:
        names = ", ".join(str(type_named(name).label) for name in _READERS)
        raise NotRepresented(
            f"The type “{short_text(said, most=30)}” is not known; known are {names}."
        )
    right = fold(row.get("Right answer", ""))
    if right in ("true", "false"):
        return "true-false"
    return "multiple-choice" if re.search(r"[,;]", right) else "single-choice"


def _cells(row: dict[str, str]) -> list[str]:
    """The choices in order. An empty cell in the middle moves the others up."""
    return [row.pop(name) for name in CHOICES if name in row]


def _choices(row: dict[str, str], item: Item) -> Content:
    texts = {name: row.pop(name) for name in CHOICES if name in row}
    right = _right(row.pop("Right answer", ""), texts)
    return {
        "choices": [
            {"id": letter(place), "text": from_plain(text, is_line=True), "correct": name in right}
            for place, (name, text) in enumerate(texts.items())
        ]
    }


def _right(said: str, texts: dict[str, str]) -> set[str]:
    """`2`, `B`, `1, 3`, or the words of a choice."""
    same = [name for name, text in texts.items() if fold(text) == fold(said)]
    if said and len(same) == 1:
        return set(same)
    found = set()
    for word in re.split(r"[,;\s]+|\band\b", said.strip()):
        if not word:
            continue
        number = int(word) if word.isascii() and word.isdigit() and len(word) < 4 else 0
        if len(word) == 1 and word.isalpha() and word.isascii():
            number = ord(word.upper()) - ord("A") + 1
        name = f"Choice {number}"
        if name not in texts:
            raise NotRepresented(
                f"The right answer “{short_text(said, most=40)}” is none of its choices."
            )
        found.add(name)
    if not found:
        raise NotRepresented("It does not say which answer is right.")
    return found


def _truth(row: dict[str, str], item: Item) -> Content:
    said = fold(row.pop("Right answer", ""))
    if said not in ("true", "false", "t", "f", "yes", "no", "1", "0"):
        raise NotRepresented("The right answer must be True or False.")
    return {"answer": said in ("true", "t", "yes", "1")}


def _short_text(row: dict[str, str], item: Item) -> Content:
    return {"answers": [{"text": text} for text in (row.pop("Right answer", ""), *_cells(row))]}


def _numeric(row: dict[str, str], item: Item) -> Content:
    tolerance = row.pop("Tolerance", "0")
    is_percent = tolerance.endswith("%")
    return {
        "value": row.pop("Right answer", ""),
        "tolerance": tolerance.rstrip("% "),
        "tolerance_in": "percent" if is_percent else "absolute",
        "unit": row.pop("Unit", ""),
    }


def _ordering(row: dict[str, str], item: Item) -> Content:
    return {
        "items": [
            {"id": letter(place), "text": from_plain(text, is_line=True)}
            for place, text in enumerate(_cells(row))
        ]
    }


def _matching(row: dict[str, str], item: Item) -> Content:
    pairs: list[Content] = []
    extras: list[str] = []
    for text in _cells(row):
        term, sign, answer = (each.strip() for each in text.partition("="))
        if not sign:
            raise NotRepresented(f"“{short_text(text, most=40)}” is no pair like “term = answer”.")
        written = from_plain(answer, is_line=True)
        if term:
            term = from_plain(term, is_line=True)
            pairs.append({"id": letter(len(pairs)), "term": term, "answer": written})
        else:
            extras.append(written)
    return matching_content(pairs, extras)


def _fill_in(row: dict[str, str], item: Item) -> Content:
    gaps: list[Content] = []

    def take(found: re.Match[str]) -> str:
        right, *others = (" ".join(each.split()) for each in found[1].split("|"))
        gaps.append({"id": letter(len(gaps)), "right": right, "others": others})
        return f"[[{gaps[-1]['id']}]]"

    return {"text": _GAP.sub(take, row.pop("Text with gaps", "")), "gaps": gaps}


_READERS: Final = {
    "single-choice": _choices,
    "multiple-choice": _choices,
    "true-false": _truth,
    "short-text": _short_text,
    "numeric": _numeric,
    "ordering": _ordering,
    "matching": _matching,
    "fill-in": _fill_in,
}


# ------------------------------------------------------------------------------- files


def csv_rows(text: str) -> _Rows:
    """Row number and cells of a table as text. Errors: InterchangeRefused."""
    first = text.split("\n", 1)[0]
    # Excel writes semicolons or tabs where a comma is the decimal sign.
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            yield before + 1, row[:MOST_COLUMNS]
            before = reader.line_num
            if before > MOST_ROWS:
                raise InterchangeRefused(f"The table has more than {MOST_ROWS:,} lines.")
    except csv.Error as error:
        raise InterchangeRefused(
            f"Line {before + 1} of the table cannot be read: {error}."
        ) from None


def _xlsx_rows(content: bytes) -> _Rows:
    for number, row in xlsx_values(content):
        yield number, [_cell(value, number) for value in row]


def xlsx_values(content: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    """Row number and values of the first sheet of a workbook from outside.

    Errors: InterchangeRefused.
    """
    from openpyxl import load_workbook

    # Counted and checked first: openpyxl believes what the zip says.
    files = unzipped(content)
    if any(name.lower().endswith("vbaproject.bin") for name in files):
        raise InterchangeRefused("This file holds macros, which are programs. Save it as .xlsx.")
    if any(_has_declarations(part) for name, part in files.items() if name.endswith(_XML)):
        raise InterchangeRefused("The file declares entities, which no spreadsheet does.")
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1):
            if number > MOST_ROWS:
                raise InterchangeRefused(f"The table has more than {MOST_ROWS:,} lines.")
            yield number, row
    except (InterchangeRefused, NotRepresented):
        raise
    except Exception:
        # Damaged workbooks break openpyxl in more ways than it names.
        raise InterchangeRefused(
            "The spreadsheet cannot be read. Open it, save it once more as .xlsx, and bring that."
        ) from None


def _has_declarations(part: bytes) -> bool:
    """Also where it hides them in another coding: what spreadsheets write is UTF-8."""
    return b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\x00" in part


def _cell(value: Any, number: int) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, float):
        written = decimal(repr(value))
        return f"{written.normalize() + ONE * 0:f}" if written is not None else repr(value)
    if isinstance(value, (int, str)):
        return str(value)
    raise InterchangeRefused(
        f"Row {number} has a cell that the spreadsheet took for a date or a time. Format the cell "
        "as text, and write it again."
    )


def template_csv() -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for example in EXAMPLES:
        writer.writerow([example.get(name, "") for name in COLUMNS])
    # The mark by which Excel knows UTF-8.
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def template_xlsx() -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("A new workbook has a sheet.")
    sheet.title = "Questions"
    sheet.append(list(COLUMNS))
    for example in EXAMPLES:
        sheet.append([example.get(name) for name in COLUMNS])
    for place, name in enumerate(COLUMNS, start=1):
        head = sheet.cell(row=1, column=place)
        head.font = Font(bold=True)
        width = 40 if name in ("Question", "Explanation", "Text with gaps") else 20
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row in sheet.iter_rows(min_row=1):
        for cell in row:
            # As text, so that a spreadsheet makes no date of “1-2”.
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
