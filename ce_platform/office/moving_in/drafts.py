"""A line while it is looked through, and what all kinds of lines need to know."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.crypto import salted_hmac

from ce_platform.accounts.models import User
from ce_platform.core.text import fold
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.queries import license_bodies
from ce_platform.office.moving_in.cells import CellRefused
from ce_platform.office.moving_in.models import ImportLine, ImportRun
from courses.models import Course

Action = ImportLine.Action
_SALT: Final = "moving-in.person"


@dataclass
class Draft:
    """`place` of a kind decides `action`; a line with a problem is `BAD` whatever it decides."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[tuple[str, str, str]] = field(default_factory=list)
    """(column, value, sentence)"""
    notes: list[str] = field(default_factory=list)
    action: str = Action.NEW
    key: str = ""
    pdf_name: str = ""
    pdf_sha256: str = ""
    user: User | None = None

    def refuse(self, column: str, value: Any, sentence: str) -> None:
        self.problems.append((column, str(value)[:120], sentence))

    @property
    def refused(self) -> set[str]:
        """The columns with a problem."""
        return {column for column, _, _ in self.problems}

    @property
    def owner(self) -> User:
        """Once accounts are made."""
        if self.user is None:
            raise RuntimeError(f"Row {self.row} has no account.")
        return self.user

    @property
    def email(self) -> str:
        return str(self.values.get("email", ""))

    @property
    def person_key(self) -> str:
        return person_key(self.email) if self.email else ""


def person_key(email: str) -> str:
    """Tells the same address again without telling the address."""
    return salted_hmac(_SALT, email.strip().lower(), algorithm="sha256").hexdigest()


class Cells:
    """The cells of one line by our columns; what cannot be read is noted with its column."""

    def __init__(self, draft: Draft, cells: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        self._draft = draft
        self._cells = cells
        self._labels = labels

    def has(self, name: str) -> bool:
        return bool(self.text(name))

    def text(self, name: str) -> str:
        return str(self._cells.get(name, "") or "").strip()

    def line(self, name: str, *, most: int, is_required: bool = False) -> str:
        text = self.text(name)
        if len(text) > most:
            self.refuse(name, f"It has {len(text)} letters; at most {most} fit.")
            return ""
        if is_required and not text:
            self.refuse(name, f"{self._labels[name]} is missing.")
        return text

    def read(self, name: str, how: Callable[[Any], Any], *, is_required: bool = False) -> Any:
        """None where it is empty or refused."""
        value = self._cells.get(name)
        if value is None or value == "":
            if is_required:
                self.refuse(name, f"{self._labels[name]} is missing.")
            return None
        try:
            return how(value)
        except CellRefused as refusal:
            self.refuse(name, str(refusal))
            return None

    def refuse(self, name: str, sentence: str) -> None:
        self._draft.refuse(self._labels[name], self.text(name), sentence)


@dataclass
class Context:
    """What is known while a run is looked through or brought in. One for a whole pass."""

    run: ImportRun
    options: Mapping[str, Any]
    today: date
    now: datetime
    by: User | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    """Name in the zip by its folded name, and by its last part alone where that is clear."""
    rows: dict[str, int] = field(default_factory=dict)
    """Row by key: what stands twice in the file."""
    bodies: Mapping[str, LicensingBody] = field(default_factory=dict)
    courses: dict[str, Course | None] = field(default_factory=dict)
    """By the address; None: there is none. See course_cells.py."""
    documents: dict[str, int] = field(default_factory=dict)
    """Row by SHA-256 of the PDF."""

    @classmethod
    def of(cls, run: ImportRun, **values: Any) -> "Context":
        return cls(run=run, options=run.options, bodies=bodies_by_word(license_bodies()), **values)

    @property
    def actor(self) -> User:
        """Whoever brings it in; nobody while it is only looked through."""
        if self.by is None:
            raise RuntimeError("Nothing is written while a file is looked through.")
        return self.by

    def body(self, value: Any) -> LicensingBody:
        """Errors: CellRefused."""
        found = self.bodies.get(fold(str(value)))
        if found is None:
            raise CellRefused(
                f"There is no licensing body “{str(value)[:40]}”. Write its code or state, like "
                "US-FL, FL or Florida."
            )
        return found

    def is_twice(self, draft: Draft, column: str, value: str) -> bool:
        first = self.rows.setdefault(draft.key, draft.row)
        if first != draft.row:
            draft.refuse(column, value, f"It stands in row {first} of this file already.")
        return first != draft.row


def bodies_by_word(bodies: Iterable[LicensingBody]) -> dict[str, LicensingBody]:
    """By code, by the two letters of a state, by its name."""
    found: dict[str, LicensingBody] = {}
    for body in bodies:
        for word in (
            body.code,
            body.code.rpartition("-")[2],
            body.jurisdiction,
            body.place,
            body.name,
        ):
            if word:
                found.setdefault(fold(word), body)
    return found
