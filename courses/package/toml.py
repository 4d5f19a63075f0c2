"""Values → TOML as an author would write it: long texts over several lines, a table for each thing.

What is None, an empty text or an empty list is left out: the format reads that as the same.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import tomlkit
from tomlkit.items import Item, String, StringType, Table, Trivia

from courses.package.source import MANY_DOTS

Values = Mapping[str, Any]
"""Texts, whole numbers, fractions, flags, lists of them; a mapping is a table of its own."""
LONGEST_LIST = 90


class Rows(list[Values]):
    """Tables of one name, each under its own `[[name]]`. A plain list stays in one line."""


def write_toml(values: Values) -> str:
    document = tomlkit.document()
    _fill(document, values)
    # Rows that come first would have an empty line above them.
    return tomlkit.dumps(document).lstrip("\n")


def decimal_text(value: Decimal) -> str:
    """1.50 → 1.5 and 10.0 → 10, for numbers that stand in quotation marks."""
    return f"{value.normalize():f}"


def number(value: float) -> float | int:
    """A whole number without its `.0`."""
    return int(value) if value == int(value) else value


def _fill(table: tomlkit.TOMLDocument | Table, values: Values) -> None:
    for name, value in values.items():
        if value is None or value == "" or value == []:
            continue
        if isinstance(value, Rows):
            rows = tomlkit.aot()
            for each in value:
                rows.append(_table(each))
            table.add(name, rows)
        elif isinstance(value, Mapping):
            table.add(name, _table(value))
        else:
            table.add(name, _item(value))


def _table(values: Values) -> Table:
    table = tomlkit.table()
    _fill(table, values)
    return table


def _item(value: Any) -> Item:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return _inline(value)
    if isinstance(value, Sequence):
        return _list(value)
    item: Item = tomlkit.item(value)
    return item


def _inline(values: Values) -> Item:
    inside = ", ".join(f"{name} = {_item(value).as_string()}" for name, value in values.items())
    return tomlkit.value(f"{{ {inside} }}")


def _list(values: Sequence[Any]) -> Item:
    items = [_item(value).as_string() for value in values]
    line = f"[{', '.join(items)}]"
    if len(line) > LONGEST_LIST and len(items) > 1:
        lines = [""]
        for value, item in zip(values, items, strict=True):
            is_full = len(lines[-1]) + len(item) > LONGEST_LIST or isinstance(value, Mapping)
            if is_full and lines[-1]:
                lines.append("")
            lines[-1] += f" {item},"
        line = "[\n" + "".join(f" {each}\n" for each in lines) + "]"
    return tomlkit.value(line)


def _text(value: str) -> String:
    kind = _kind(value)
    written = tomlkit.string(
        value,
        literal=kind is StringType.SLL,
        multiline=kind is StringType.MLB,
    ).as_string()
    quotes = len(kind.value)
    inside = written[quotes:-quotes]
    if kind is StringType.MLB and not value.startswith("\n"):
        # The first line of the text begins at the margin like all others.
        inside = f"\n{inside}"
    if MANY_DOTS.search(written):
        # The reader takes it for a key of too many parts, and only such text: 1.2.3.4.5.6.7.…
        kind, inside = _without_dots(value)
    return String(kind, value, inside, Trivia())


def _kind(value: str) -> StringType:
    if "\n" in value and "\r" not in value:
        return StringType.MLB
    if ('"' in value or "\\" in value) and "'" not in value and value.isprintable():
        return StringType.SLL
    return StringType.SLB


def _without_dots(value: str) -> tuple[StringType, str]:
    return StringType.SLB, tomlkit.string(value).as_string()[1:-1].replace(".", "\\u002e")
