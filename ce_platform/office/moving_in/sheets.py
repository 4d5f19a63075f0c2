"""Tables that the page offers: templates with an example, and what is to be mended."""

import io
import json
from collections.abc import Iterator
from typing import Final

from ce_platform.core.csv_text import csv_lines, csv_text
from ce_platform.office.moving_in.kinds import Kind
from ce_platform.office.moving_in.models import ImportLine, ImportRun

PROBLEM_COLUMNS: Final = ("Row", "Column", "Value", "What is wrong")


def template_csv(kind: Kind) -> bytes:
    shown = [column for column in kind.columns if column.example or column.is_required]
    return csv_text(
        [column.label for column in shown], [[column.example for column in shown]]
    ).encode()


def template_xlsx(kind: Kind) -> bytes:
    """The table with one example line, and a sheet that says what each column holds."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("A new workbook has a sheet.")
    sheet.title = kind.title[:31]
    shown = [column for column in kind.columns if column.example or column.is_required]
    sheet.append([column.label for column in shown])
    sheet.append([column.example for column in shown])
    notes = book.create_sheet("Notes")
    notes.append(["Column", "Needed", "What it holds"])
    for column in kind.columns:
        notes.append([column.label, "yes" if column.is_required else "", column.help])
    notes.append([])
    notes.append([f"A line is known again by: {kind.key_words}."])
    notes.append(["The second line of the table is an example. Write over it."])
    for each, widths in ((sheet, [22] * len(shown)), (notes, [24, 10, 80])):
        for place, width in enumerate(widths, start=1):
            each.column_dimensions[get_column_letter(place)].width = width
            each.cell(row=1, column=place).font = Font(bold=True)
        each.freeze_panes = "A2"
    # As text, so that a spreadsheet makes no date of “1-2”.
    for row in sheet.iter_rows(min_row=1, max_row=200, max_col=len(shown)):
        for cell in row:
            cell.number_format = "@"
            cell.alignment = Alignment(vertical="top")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def problem_lines(run: ImportRun) -> Iterator[bytes]:
    return csv_lines(PROBLEM_COLUMNS, _problems(run))


def _problems(run: ImportRun) -> Iterator[tuple[object, ...]]:
    bad = run.lines.filter(action=ImportLine.Action.BAD).order_by("row")
    for row, problems in bad.values_list("row", "problems_json").iterator(chunk_size=500):
        for column, value, sentence in json.loads(problems):
            yield row, column, value, sentence
