"""Dates, hours and files from outside; no database."""

import io
from datetime import date

import pytest

from ce_platform.office.moving_in.archive import Archive
from ce_platform.office.moving_in.cells import MONTH_FIRST, CellRefused, day, hours
from ce_platform.office.moving_in.errors import ImportRefused
from tests.office.moving_in.brought import zipped


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2024-03-04", "", date(2024, 3, 4)),
        ("2024-03-04 14:20:03", "", date(2024, 3, 4)),
        ("March 4, 2024", "", date(2024, 3, 4)),
        ("Mar 4, 2024 2:20 pm", "", date(2024, 3, 4)),
        ("3/14/2024", "", date(2024, 3, 14)),
        ("3/3/2024", "", date(2024, 3, 3)),
        ("3/4/2024", MONTH_FIRST, date(2024, 3, 4)),
    ],
)
def test_dates_that_are_clear(text: str, order: str, expected: date) -> None:
    assert day(text, order=order) == expected


@pytest.mark.parametrize(
    "text", ["3/4/2024", "14/3/2024", "3/4/24", "2024-02-30", "soon", "45000", "2024", ""]
)
def test_dates_that_are_not_clear_are_refused(text: str) -> None:
    with pytest.raises(CellRefused, match="2024-03-04"):
        day(text)


def test_hours() -> None:
    assert [str(hours(each)) for each in ("3", "1,5", "2 CE hours", "0.5", 3)] == [
        *("3.0", "1.5", "2.0", "0.5", "3.0"),
    ]
    for bad in ("0", "-1", "nan", "1.25", "many", "1e9"):
        with pytest.raises(CellRefused):
            hours(bad)


@pytest.mark.parametrize("name", ["../a.pdf", "/a.pdf", "b\\a.pdf", "C:a.pdf", "a\u202e.pdf"])
def test_zip_that_points_out_is_refused(name: str) -> None:
    with pytest.raises(ImportRefused):
        Archive(io.BytesIO(zipped({name: b"x"})))


def test_zip_with_one_name_twice_or_too_much_in_it_is_refused() -> None:
    with pytest.raises(ImportRefused, match="twice"):
        Archive(io.BytesIO(zipped({"a.pdf": b"x", "A.pdf": b"y"})))
    with pytest.raises(ImportRefused, match="grows more than"):
        list(Archive(io.BytesIO(zipped({"a": b"\0" * 9_000_000}))).pieces("a", most=10_000_000))
    with pytest.raises(ImportRefused, match="cannot be read"):
        Archive(io.BytesIO(zipped({"a": b"x"})[:-9]))
