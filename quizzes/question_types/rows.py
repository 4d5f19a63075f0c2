"""Rows of an author's form: the choices, pairs, items, gaps or accepted answers of a question.

A row is called by a number, its token: `row` lists the tokens in the order of the page, and
`text-3` is the text of row 3. A row in which nothing stands is not there.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any, ClassVar, Final

from quizzes.question_types.base import (
    Content,
    ContentProblem,
    Fields,
    QuestionType,
    Raw,
    Shown,
    TableReader,
    first,
    is_of_answers,
)

# Whoever sends more than this did not use our form.
_MOST_ROWS: Final = 40
_TOKEN: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,19}", re.ASCII)


@dataclass(frozen=True)
class RowField:
    """One field of a row."""

    name: str
    label: str
    most: int = 1_000
    is_short: bool = False
    """One line, narrow."""
    is_note: bool = False
    """Folded away while it is empty."""
    hint: str = ""


@dataclass(frozen=True)
class RowTable:
    """A list of tables in the content, and its rows in the author's form."""

    name: str
    """In the content, e.g. `pairs`."""
    word: str
    """What the author calls one of them: "Pair"."""
    legend: str
    hint: str
    fields: tuple[RowField, ...]
    most: int
    first_rows: int = 4
    is_named: bool = True
    """Each has an id of its own, which the form carries along."""

    # ---- from the form
    def filled(self, raw: Raw) -> list[str]:
        """The tokens of the rows in which something stands."""
        return [
            token
            for token in row_tokens(raw)
            if any(first(raw, f"{field.name}-{token}") for field in self.fields)
        ]

    def tables(self, raw: Raw) -> list[Content]:
        """In package form; a new row gets the next free letter as id."""
        tokens = self.filled(raw)
        taken = {first(raw, f"id-{token}") for token in tokens}
        tables: list[Content] = []
        for token in tokens:
            table: Content = {}
            if self.is_named:
                table["id"] = first(raw, f"id-{token}") or free_name(taken)
                taken.add(table["id"])
            tables.append(
                table | {field.name: first(raw, f"{field.name}-{token}") for field in self.fields}
            )
        return tables

    def rearranged(self, raw: Raw, step: str) -> Fields:
        """After one of the buttons of the rows ("add", "up:2")."""
        return rearranged_rows(raw, step, most=self.most)

    # ---- to the form
    def raw_of(self, tables: Sequence[Content]) -> Fields:
        fields: Fields = {"row": []}
        for place, table in enumerate(tables):
            fields["row"].append(str(place))
            if self.is_named:
                fields[f"id-{place}"] = [table["id"]]
            for field in self.fields:
                fields[f"{field.name}-{place}"] = [table[field.name]]
        return with_blank_rows(fields, 1, most=self.most)

    def blank(self) -> Fields:
        return with_blank_rows({}, self.first_rows, most=self.most)

    def view(
        self,
        raw: Raw,
        problems: Sequence[ContentProblem],
        *,
        others: Callable[[ContentProblem], str | None] = lambda problem: None,
    ) -> Shown:
        """What the template of the rows shows, every problem at its field.

        `others`: the id of the field that a problem of no row belongs to; None: of the rows in
        general.
        """
        filled = self.filled(raw)
        general = f"rows-{self.name}"
        names = {field.name for field in self.fields}
        found: list[dict[str, str]] = []
        for problem in problems:
            if not is_of_answers(problem):
                continue
            match problem.where:
                case (self.name, int(index), *rest) if index < len(filled):
                    name = rest[0] if rest and rest[0] in names else self.fields[0].name
                    place = f"{name}-{filled[index]}"
                case _:
                    place = others(problem) or general
            found.append({"id": place, "sentence": problem.sentence})
        tokens = row_tokens(raw)
        return {
            "table": self,
            "id": general,
            "rows": [self._row(raw, tokens, place, found) for place in range(len(tokens))],
            "may_add": len(tokens) < self.most,
            "most": self.most,
            "problems": found,
            "general": [each["sentence"] for each in found if each["id"] == general],
        }

    def _row(
        self, raw: Raw, tokens: Sequence[str], index: int, found: Sequence[dict[str, str]]
    ) -> dict[str, Any]:
        token = tokens[index]
        fields = []
        for field in self.fields:
            identity = f"{field.name}-{token}"
            fields.append(
                {
                    "field": field,
                    "id": identity,
                    "value": first(raw, identity),
                    "problems": [each["sentence"] for each in found if each["id"] == identity],
                }
            )
        return {
            "token": token,
            "place": index + 1,
            "id": first(raw, f"id-{token}"),
            "fields": fields,
            "has_problems": any(each["problems"] for each in fields),
            "is_first": index == 0,
            "is_last": index == len(tokens) - 1,
        }


class RowsEditor(QuestionType):
    """Types whose form in the studio is a list of rows, and maybe a field or two beside it."""

    rows: ClassVar[RowTable]
    beside_rows: ClassVar[Mapping[str, str]] = {}
    """Of texts of the content that have a field of their own: name → id of the field."""

    def blank_editor(self) -> Fields:
        return self.rows.blank()

    def rearranged(self, raw: Raw, step: str) -> Fields:
        return self.rows.rearranged(raw, step)

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        view = self.rows.view(
            raw,
            problems,
            others=lambda problem: (
                self.beside_rows.get(str(problem.where[0])) if problem.where else None
            ),
        )
        for name, identity in self.beside_rows.items():
            view[name] = first(raw, name)
            view[f"{name}_problems"] = [
                each["sentence"] for each in view["problems"] if each["id"] == identity
            ]
        return view


def read_name(table: TableReader, others: Sequence[Content], *, word: str) -> str:
    """The id of a table, which no other of its list has."""
    name = table.text("id", is_required=True)
    if name and not _NAME.fullmatch(name):
        table.problem("id", "“id” may have small letters, digits and dashes, at most 20.")
    elif name in {other["id"] for other in others}:
        table.problem("id", f"Two {word} have the id “{name}”.")
    return name


# ------------------------------------------------------------------------------- tokens and names


def row_tokens(raw: Raw) -> list[str]:
    """The tokens of all rows, in the order of the page, each once."""
    tokens = [token for token in dict.fromkeys(raw.get("row", ())) if _TOKEN.fullmatch(token)]
    return tokens[:_MOST_ROWS]


def with_blank_rows(fields: Fields, count: int, *, most: int) -> Fields:
    """That many more rows, while a question may have them."""
    tokens = row_tokens(fields)
    next_token = max((int(token) for token in tokens), default=-1) + 1
    new = [str(next_token + step) for step in range(max(0, min(count, most - len(tokens))))]
    return {**fields, "row": [*tokens, *new]}


def rearranged_rows(raw: Raw, step: str, *, most: int) -> Fields:
    fields = {name: list(values) for name, values in raw.items()}
    tokens = row_tokens(raw)
    action, _, token = step.partition(":")
    if action == "add":
        return with_blank_rows(fields, 1, most=most)
    if token not in tokens:
        return fields
    place = tokens.index(token)
    tokens.pop(place)
    if action == "up":
        tokens.insert(max(0, place - 1), token)
    elif action == "down":
        tokens.insert(place + 1, token)
    fields["row"] = tokens
    return fields


def free_name(taken: set[str]) -> str:
    """The letter after the last one in use, so that ids of removed rows rest for a while."""
    letters = [name for name in taken if len(name) == 1 and name in ascii_lowercase]
    start = ascii_lowercase.index(max(letters)) + 1 if letters else 0
    names: list[str] = [*ascii_lowercase[start:], *ascii_lowercase, *map(str, range(1, 100))]
    return next(name for name in names if name not in taken)
