"""A list of people: in any order of columns, and every unclear row with its sentence."""

import io

import pytest
from openpyxl import Workbook

from ce_platform.licensing.models import LicensingBody
from certificates.group.errors import ListUnreadable
from certificates.group.reading import MOST_PEOPLE, Person, ReadList, read_list
from courses.models import LiveSession

SESSION = LiveSession(minutes=180)
FLORIDA = LicensingBody(
    pk=1,
    code="US-FL",
    kind="state-board",
    jurisdiction="Florida",
    name="Board",
    license_format="MA #####",
)


def read(content: str | bytes) -> ReadList:
    return read_list(content, session=SESSION, bodies=[FLORIDA])


ANA = Person(
    row=1,
    name="Ana Pérez",
    email="ana@example.com",
    body=FLORIDA,
    license_number="MA 12345",
    minutes=180,
)


@pytest.mark.parametrize("state", ["FL", "us-fl", " florida ", "FLORIDA"])
def test_columns_stand_as_usual_without_headings(state: str) -> None:
    assert read(f"Ana Pérez, ANA@example.com, {state}, MA 12345, 180").people == [ANA]


def test_headings_may_stand_in_any_order_and_tables_be_pasted() -> None:
    pasted = (
        "Minutes\tE-mail\tLicense number\tLicense state\tName\r\n"
        "180\tana@example.com\tMA 12345\tFL\tAna  Pérez\r\n\r\n"
        "\tb@example.com\t\t\tBo Li\r\n"
    )

    found = read(pasted)

    assert [(each.row, each.name, each.email, each.minutes) for each in found.people] == [
        (2, "Ana Pérez", "ana@example.com", 180),
        (4, "Bo Li", "b@example.com", None),
    ]


def test_a_workbook_is_read_as_the_same() -> None:
    book, buffer = Workbook(), io.BytesIO()
    book.active.append(["Ana Pérez", "ana@example.com", "FL", "MA 12345", 180])  # type: ignore[union-attr]
    book.save(buffer)

    assert read(buffer.getvalue()).people == [ANA]


def test_namesakes_are_different_people() -> None:
    assert len(read("Ana Li, a@example.com\nAna Li, b@example.com").people) == 2


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Ana Pérez, ana.example.com", "“ana.example.com” is no e-mail address."),
        ("Ana Pérez", "The e-mail is missing."),
        (", ana@example.com", "The name is missing."),
        ("Ana 🦄, ana@example.com", "Remove: 🦄"),
        ("12345, ana@example.com", "Write your name in letters."),
        ("Ana, ana@example.com, Narnia, 1", "There is no state “Narnia”."),
        ("Ana, ana@example.com, , MA 1", "Say of which state the license MA 1 is."),
        ("Ana, ana@example.com, FL, " + "9" * 61, "at most 60 letters"),
        ("Ana, ana@example.com, FL, MA 1, soon", "“soon” is no number of minutes."),
        ("Ana, ana@example.com, FL, MA 1, -5", "“-5” is no number of minutes."),
        ("Ana, ana@example.com, FL, MA 1, 0", "“0” is no number of minutes."),
        ("Ana, ana@example.com, FL, MA 1, ٣", "is no number of minutes."),
    ],
)
def test_a_row_that_is_not_clear(line: str, sentence: str) -> None:
    found = read(f"Bo Li, bo@example.com\n{line}")

    assert [row for row, _ in found.problems] == [2]
    assert sentence in found.problems[0][1]


def test_an_address_that_stands_twice_is_told_with_both_rows() -> None:
    found = read("Ana, a@example.com\nBo, b@example.com\nAna Other, A@Example.com")

    assert found.problems == [(3, "The address a@example.com stands in row 1 already.")]


def test_a_name_of_sixty_letters_is_fine() -> None:
    assert read(f"{'Maria-Elena ' * 5}, m@example.com").problems == []


def test_a_table_of_excel_on_windows_is_read() -> None:
    found = read("Name;E-mail\nJosé Peña;jose@example.com\n".encode("cp1252"))

    assert [person.name for person in found.people] == ["José Peña"]


def test_a_strange_number_is_a_hint_and_stops_nothing() -> None:
    found = read("Ana, ana@example.com, FL, 12")

    assert (len(found.people), found.problem_count) == (1, 0)
    assert found.hints["ana@example.com"] == ["Florida numbers usually look like MA 12345."]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("", "nobody"),
        ("Name, E-mail\n", "nobody"),
        ("Name, State\nAna, FL", "lacks the heading: E-mail"),
        (b"\xff\xfe\x00", "neither a .csv"),
        (b"PK\x03\x04 not a zip", "spreadsheet|zip|read"),
        ("\n".join(f"Ana, a{n}@example.com" for n in range(10_000)), "more than 2,000 people"),
        ("\n".join(f"A, a{n}@example.com" for n in range(MOST_PEOPLE + 1)), "more than 2,000"),
    ],
)
def test_a_list_that_cannot_be_taken(content: str | bytes, word: str) -> None:
    with pytest.raises(ListUnreadable, match=word):
        read(content)


def test_only_the_first_problems_are_told_and_all_are_counted() -> None:
    found = read("\n".join("Ana, nothing" for _ in range(80)))

    assert (found.problem_count, len(found.problems)) == (80, 50)
