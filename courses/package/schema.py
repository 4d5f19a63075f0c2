"""Reading tables of TOML: each value has a type, a length and a line; nothing unknown passes."""

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol
from uuid import UUID

from ce_platform.core.text import clean
from courses.markdown.grammar import LANGUAGE

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
ANY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
# Texts up to this length (titles, names, codes) stand in one line: they come into headings of
# certificates and into subjects of mails.
LONGEST_LINE = 300
MOST_UNKNOWN_KEYS = 20


class TableLayout(Protocol):
    def key(self, name: str, *, after: int) -> int | None: ...


class TableSource(Protocol):
    """Where tables come from, and who is told what is wrong in them: a package, or a form."""

    def line_of(self, path: str, needle: str, nth: int = 0) -> int: ...

    def layout(self, path: str) -> TableLayout: ...

    def problem(self, path: str, line: int, sentence: str) -> None: ...


class Table:
    """One table of a file; asks for values by name and remembers which it was asked for."""

    def __init__(
        self,
        source: TableSource,
        path: str,
        values: Mapping[str, Any],
        *,
        header: str = "",
        nth: int = 0,
        first_line: int = 1,
        what: str = "",
    ) -> None:
        self.source = source
        self.path = path
        self.values = values
        self.first_line = source.line_of(path, header, nth) if header else first_line
        self.has_header = bool(header)
        self.what = what
        self._known: set[str] = set()

    def line(self, name: str) -> int:
        """Where this key stands; the table's own line when it does not."""
        above = self.first_line if self.has_header else self.first_line - 1
        return self.source.layout(self.path).key(name, after=above) or self.first_line

    def problem(self, name: str, sentence: str) -> None:
        self.source.problem(self.path, self.line(name), sentence)

    def raw(self, name: str) -> Any:
        self._known.add(name)
        return self.values.get(name)

    def text(
        self, name: str, *, most: int, is_required: bool = False, of: Collection[str] = ()
    ) -> str:
        given = self.raw(name)
        if given is None:
            if is_required:
                self.problem(name, f"‘{name}’ is missing{self.what}")
            return ""
        if not isinstance(given, str):
            self.problem(name, f"‘{name}’ must be text in quotation marks")
            return ""
        value = clean(given)
        if is_required and not value:
            self.problem(name, f"‘{name}’ is empty{self.what}")
        elif len(value) > most:
            self.problem(name, f"‘{name}’ is longer than {most:,} characters")
        elif most <= LONGEST_LINE and "\n" in value:
            self.problem(name, f"‘{name}’ must be one line of text")
        elif of and value and value not in of:
            self.problem(name, f"‘{name}’ must be one of: {', '.join(of)}{_hint(value, of)}")
        return value[:most]

    def key(self) -> UUID:
        """The UUID that stays the same from version to version."""
        text = self.text("key", most=40, is_required=True)
        try:
            key = UUID(text)
        except ValueError:
            key = UUID(int=0)
        if text and not key.int:
            self.problem("key", "‘key’ must be a UUID")
        return key

    def identifier(self, name: str, *, pattern: re.Pattern[str] = SLUG, most: int = 60) -> str:
        value = self.text(name, most=most, is_required=True)
        if value and not pattern.fullmatch(value):
            self.problem(name, f"‘{name}’ is made of small letters, digits and hyphens")
        return value

    def language(self, name: str = "language", *, default: str = "") -> str:
        value = self.text(name, most=35) or default
        if value and not LANGUAGE.fullmatch(value):
            self.problem(name, f"‘{value}’ is not a language tag like en-US or zh-Latn")
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.problem(name, f"‘{name}’ must be true or false")
            return default
        return value

    def whole(
        self, name: str, *, lowest: int, highest: int, default: int | None = None
    ) -> int | None:
        value = self.raw(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            self.problem(name, f"‘{name}’ must be a whole number from {lowest} to {highest:,}")
            return default
        return value

    def number(self, name: str, *, lowest: float, highest: float) -> float | None:
        value = self.raw(name)
        if value is None:
            self.problem(name, f"‘{name}’ is missing{self.what}")
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            self.problem(name, f"‘{name}’ must be a number")
            return None
        if not lowest <= value <= highest:
            self.problem(name, f"‘{name}’ must be from {lowest:g} to {highest:g}")
            return None
        return float(value)

    def decimal(self, name: str, *, highest: int, places: int = 1) -> Decimal | None:
        """In quotation marks, so that no binary fraction comes near a credit hour."""
        value = self.raw(name)
        if value is None:
            return None
        try:
            # Turning a whole number of a million digits into a decimal one takes minutes.
            if isinstance(value, (bool, float)) or (isinstance(value, int) and value > highest):
                raise InvalidOperation
            number = Decimal(value)
            if number.is_finite() and 0 <= number <= highest:
                rounded = number.quantize(Decimal(1).scaleb(-places))
                if rounded == number:
                    return rounded
        except (InvalidOperation, TypeError, ValueError):
            pass
        self.problem(
            name,
            f'‘{name}’ must be a number from 0 to {highest} in quotation marks, like "0.5", '
            f"with at most {places} decimal{'' if places == 1 else 's'}",
        )
        return None

    def texts(self, name: str, *, most: int, longest: int = 200) -> list[str]:
        """A list of texts, each once."""
        value = self.raw(name)
        if value is None:
            return []
        if (
            not isinstance(value, list)
            or len(value) > most
            or not all(isinstance(each, str) and 0 < len(each) <= longest for each in value)
            or not all(_is_line(clean(each)) for each in value)
        ):
            self.problem(name, f"‘{name}’ must be a list of at most {most} short texts")
            return []
        cleaned = [clean(each) for each in value]
        for each in cleaned:
            if cleaned.count(each) > 1:
                self.problem(name, f"‘{each}’ stands twice in ‘{name}’")
                break
        return list(dict.fromkeys(cleaned))

    def inner(self, name: str) -> "Table":
        """A table `[name]` of this file."""
        value = self.raw(name)
        if value is not None and not isinstance(value, dict):
            self.problem(name, f"‘{name}’ must be a table: [{name}]")
            value = None
        return Table(self.source, self.path, value or {}, header=f"[{name}]")

    def tables(self, name: str, *, most: int) -> list["Table"]:
        """Tables `[[name]]` of this file."""
        value = self.raw(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.problem(name, f"‘{name}’ must be tables: [[{name}]]")
            return []
        found = [
            Table(self.source, self.path, each, header=f"[[{name}]]", nth=index)
            for index, each in enumerate(value[: most + 10])
        ]
        if len(value) > most:
            line = found[most].first_line
            self.source.problem(self.path, line, f"there are more than {most} [[{name}]]")
        return found

    def nothing_else(self) -> None:
        """Every key that nobody asked for is a mistake, most likely a misspelled one."""
        unknown = [name for name in self.values if name not in self._known]
        for name in unknown[:MOST_UNKNOWN_KEYS]:
            self.problem(name, f"unknown key ‘{name[:60]}’{_hint(name[:60], self._known)}")


def _is_line(text: str) -> bool:
    return bool(text) and "\n" not in text


def _hint(given: str, known: Collection[str]) -> str:
    close: Sequence[str] = difflib.get_close_matches(given, list(known), n=1)
    return f"; did you mean ‘{close[0]}’?" if close else ""


class Keys:
    """UUIDs of one kind, each once in a package."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, UUID], str] = {}

    def once(self, kind: str, table: Table, key: UUID) -> None:
        """Call it once for each thing: what comes with a known key is another thing."""
        if key == UUID(int=0):
            return
        known = self._seen.get((kind, key))
        if known is not None:
            table.problem("key", f"this key stands already in {known}; every {kind} has its own")
            return
        self._seen[kind, key] = f"{table.path}, line {table.line('key')}"
