"""The files that leave, opened again by another reader than the one that wrote them."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime

from openpyxl import load_workbook

from certificates.reports.channels import CHANNELS, ROSTER_COLUMNS, ReportRow, roster_csv

MADE_AT = datetime(2026, 11, 20, 17, 30, 5, tzinfo=UTC)
# A spreadsheet knows no time zones.
DAY, OTHER_DAY = datetime(2026, 11, 20), datetime(2026, 2, 28)  # noqa: DTZ001
ROW = ReportRow(
    body_code="US-FL",
    state="FL",
    holder_name="Maya Delgado-Ortiz",
    license_number="MA 98214",
    provider_number="01234",
    profession_code="07",
    course_title="Facial Massage",
    course_number="000123",
    is_own_number=False,
    publishing_number="",
    credit_hours="1.5",
    delivery="Home study",
    completed_on="2026-11-20",
    serial="0123456789ABCDEFG",
)


def test_ce_broker_spreadsheet_has_its_columns_types_and_dates() -> None:
    own = replace(
        ROW,
        license_number="=HYPERLINK(1)",
        course_number="FACE-1",
        is_own_number=True,
        publishing_number="77",
        completed_on="2026-02-28",
        state="GA",
    )

    content = CHANNELS["ce-broker"].file_of([ROW, own], made_at=MADE_AT)

    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["01234", "000123", None, None, "MA 98214", DAY, "State=FL", "Profession=07"],
        ["01234", None, "FACE-1", "77", "=HYPERLINK(1)", OTHER_DAY, "State=GA", "Profession=07"],
    ]
    kinds = [[cell.data_type for cell in row if cell.value is not None] for row in sheet.rows]
    # s: text, also where it looks like a number or a formula; d: a date of the spreadsheet.
    assert kinds == [["s", "s", "s", "d", "s", "s"], ["s", "s", "s", "s", "d", "s", "s"]]
    assert {sheet["A1"].number_format, sheet["E2"].number_format} == {"@"}
    assert sheet["F1"].is_date
    assert sheet["F1"].number_format == "mm/dd/yyyy"


def test_same_rows_give_the_same_bytes() -> None:
    channel = CHANNELS["ce-broker"]

    assert channel.file_of([ROW], made_at=MADE_AT) == channel.file_of([ROW], made_at=MADE_AT)


def test_roster_is_utf8_and_runs_no_formula() -> None:
    content = roster_csv([replace(ROW, holder_name="=cmd|' /C calc'!A0"), ROW])

    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0] == list(ROSTER_COLUMNS)
    assert rows[1][0] == "'=cmd|' /C calc'!A0"
    assert rows[2] == [getattr(ROW, name) for name in ROSTER_COLUMNS.values()]
