"""A list of people as an office keeps it: pasted, or a .csv or .xlsx file.

Either its first row names the columns, in any order, or there is no such row and the columns stand
as in `COLUMNS`. Every mistake is told with its row; a list with one is not begun at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ce_platform.core.text import cell_text, clean, fold
from ce_platform.licensing.card_hints import number_warning
from ce_platform.licensing.models import LicensingBody
from certificates.forms import NameForm
from certificates.group.errors import ListUnreadable
from courses.models import LiveSession
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.spreadsheet import csv_rows, xlsx_values

MOST_PEOPLE: Final = 2_000
MOST_LETTERS: Final = 1_000_000
MOST_BYTES: Final = 2_000_000
MOST_SAID: Final = 50
LONGEST_NUMBER: Final = 60
MOST_MINUTES: Final = 50_000
COLUMNS: Final = ("name", "email", "state", "number", "minutes")
HEADINGS: Final[Mapping[str, str]] = {
    "name": "name",
    "full name": "name",
    "attendee": "name",
    "participant": "name",
    "email": "email",
    "e-mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "state": "state",
    "license state": "state",
    "body": "state",
    "license number": "number",
    "license": "number",
    "license no.": "number",
    "number": "number",
    "minutes": "minutes",
    "minutes attended": "minutes",
}


@dataclass(frozen=True)
class Person:
    row: int
    name: str
    email: str
    body: LicensingBody | None
    license_number: str
    minutes: int | None


@dataclass
class ReadList:
    people: list[Person] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)
    """(row, sentence); at most MOST_SAID."""
    problem_count: int = 0
    hints: dict[str, list[str]] = field(default_factory=dict)
    """By e-mail: what is worth a look and stops nothing."""

    def refuse(self, row: int, sentence: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_SAID:
            self.problems.append((row, sentence))


def read_list(
    content: str | bytes, *, session: LiveSession, bodies: Sequence[LicensingBody]
) -> ReadList:
    """Who is on the list, and every row that is not clear. Errors: ListUnreadable."""
    found = ReadList()
    by_word = _bodies_by_word(bodies)
    rows_of: dict[str, int] = {}
    for row, cells in people_rows(content):
        person = _person(found, row, cells, by_word, session=session)
        if person is None:
            continue
        first = rows_of.setdefault(person.email, row)
        if first != row:
            found.refuse(row, f"The address {person.email} stands in row {first} already.")
            continue
        found.people.append(person)
    if not found.people and not found.problem_count:
        raise ListUnreadable("There is nobody on the list.")
    return found


def hint_of(body: LicensingBody | None, number: str) -> str:
    """Empty, or that a number looks unlike those of its body. It stops nothing."""
    if body is None or not number:
        return ""
    return number_warning(body.license_format, place=body.place, number=number).split(". ")[0]


# ---------------------------------------------------------------- rows


def people_rows(content: str | bytes) -> Iterator[tuple[int, dict[str, str]]]:
    columns: Mapping[str, int] | None = None
    count = 0
    for row, cells in _rows(content):
        texts = [cell_text(cell) for cell in cells]
        if not any(texts):
            continue
        if columns is None:
            columns = _columns(texts)
            if columns is not None:
                continue
            columns = {name: place for place, name in enumerate(COLUMNS)}
        count += 1
        if count > MOST_PEOPLE:
            raise ListUnreadable(
                f"The list has more than {MOST_PEOPLE:,} people. Bring it in parts."
            )
        yield (
            row,
            {name: texts[place] if place < len(texts) else "" for name, place in columns.items()},
        )


def _rows(content: str | bytes) -> Iterable[tuple[int, Sequence[Any]]]:
    try:
        if isinstance(content, bytes):
            if content.startswith(b"PK"):
                return _told(xlsx_values(content))
            content = _text(content)
        if content.count("\n") > 2 * MOST_PEOPLE or len(content) > MOST_LETTERS:
            raise ListUnreadable(
                f"The list has more than {MOST_PEOPLE:,} people. Bring it in parts."
            )
        return _told(csv_rows(clean(content)))
    except UnicodeDecodeError:
        raise ListUnreadable(
            "This is neither a .csv file nor an .xlsx workbook. Save it as one of them."
        ) from None
    except InterchangeRefused as refusal:
        raise ListUnreadable(str(refusal)) from None


def _text(content: bytes) -> str:
    """UTF-8, or what Excel on Windows writes when it is asked for plain .csv. Errors:
    UnicodeDecodeError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        if b"\x00" in content:
            raise
        return content.decode("cp1252")


def _told(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        yield from rows
    except InterchangeRefused as refusal:
        raise ListUnreadable(str(refusal)) from None


def _columns(texts: Sequence[str]) -> Mapping[str, int] | None:
    """None: the first row is a person already."""
    columns: dict[str, int] = {}
    for place, text in enumerate(texts):
        name = HEADINGS.get(fold(text))
        if name is not None:
            columns.setdefault(name, place)
    if not columns or any("@" in text for text in texts):
        return None
    missing = [
        word for name, word in (("name", "Name"), ("email", "E-mail")) if name not in columns
    ]
    if missing:
        raise ListUnreadable(f"The first row lacks the heading: {', '.join(missing)}.")
    return columns


# ---------------------------------------------------------------- one person


def _person(
    found: ReadList,
    row: int,
    cells: Mapping[str, str],
    by_word: Mapping[str, LicensingBody],
    *,
    session: LiveSession,
) -> Person | None:
    before = found.problem_count
    name = name_in(found, row, cells["name"])
    email = email_in(found, row, cells["email"])
    body = _body(found, row, cells.get("state", ""), by_word)
    number = cells.get("number", "")
    if len(number) > LONGEST_NUMBER:
        found.refuse(row, f"A license number has at most {LONGEST_NUMBER} letters.")
    if number and not cells.get("state"):
        found.refuse(row, f"Say of which state the license {number[:LONGEST_NUMBER]} is.")
    minutes = _minutes(found, row, cells.get("minutes", ""))
    if found.problem_count > before:
        return None
    hints = []
    if body is not None and not number:
        hints.append(f"{body.place} without a license number: none is printed.")
    if hint := hint_of(body, number):
        hints.append(f"{hint}.")
    if minutes is not None and minutes < session.minutes:
        hints.append(f"{minutes} of {session.minutes} minutes: no certificate.")
    if hints:
        found.hints[email] = hints
    return Person(
        row=row, name=name, email=email, body=body, license_number=number, minutes=minutes
    )


def name_in(found: ReadList, row: int, value: str) -> str:
    if not value:
        found.refuse(row, "The name is missing.")
        return ""
    form = NameForm({"name": value})
    if not form.is_valid():
        found.refuse(row, f"“{value[:60]}”: {' '.join(map(str, form.errors['name']))}")
        return ""
    return str(form.cleaned_data["name"])


def email_in(found: ReadList, row: int, value: str) -> str:
    email = value.lower()
    try:
        validate_email(email)
    except ValidationError:
        said = f"“{value[:60]}” is no e-mail address." if value else "The e-mail is missing."
        found.refuse(row, said)
        return ""
    if len(email) > 254:
        found.refuse(row, "The e-mail address is too long.")
    return email


def _body(
    found: ReadList, row: int, value: str, by_word: Mapping[str, LicensingBody]
) -> LicensingBody | None:
    if not value:
        return None
    body = by_word.get(fold(value))
    if body is None:
        found.refuse(row, f"There is no state “{value[:40]}”. Write it like FL or Florida.")
    return body


def _minutes(found: ReadList, row: int, value: str) -> int | None:
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and 0 < int(value[:9]) <= MOST_MINUTES):
        found.refuse(row, f"“{value[:20]}” is no number of minutes.")
        return None
    return int(value)


def _bodies_by_word(bodies: Sequence[LicensingBody]) -> dict[str, LicensingBody]:
    """By code, by the two letters of a state, by its name."""
    found: dict[str, LicensingBody] = {}
    for body in bodies:
        for word in (body.code, body.code.rpartition("-")[2], body.jurisdiction, body.place):
            if word:
                found.setdefault(fold(word), body)
    return found
