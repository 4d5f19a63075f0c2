"""Cases: one text about a client, with several questions that stay together. Pure.

The case stands inside the content of each of its questions, so that a revision shows for ever what
it showed. Content without a case has no such key: hashes made before there were cases stay right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ce_platform.core.text import canonical_json, sha256_text

if TYPE_CHECKING:
    from quizzes.models import QuestionRevision
    from quizzes.question_types.base import Content, TableReader

KEY: Final = "case"
LONGEST_ID: Final = 40
LONGEST_TITLE: Final = 200
CASE_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Case:
    id: str
    """The same in all its questions, and in the package."""
    title: str
    text: str
    """Markdown."""

    @property
    def table(self) -> dict[str, str]:
        return {"id": self.id, "title": self.title, "text": self.text}

    @property
    def digest(self) -> str:
        """Two cases with one digest say the same."""
        return sha256_text(canonical_json(self.table))


def read_case(reader: "TableReader") -> "Content":
    """The `case` table of a question's content, as a part of the canonical content; empty when
    there is none."""
    reader.known.add(KEY)
    value = reader.table.get(KEY)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        reader.problem(KEY, f"“{KEY}” must be a table with id, title and text.")
        return {}
    return {KEY: case_in(type(reader)(value, reader.problems, (*reader.where, KEY))).table}


def case_in(reader: "TableReader") -> Case:
    """A case out of its own table; every mistake goes to the reader."""
    name = reader.text("id", is_required=True, most=LONGEST_ID)
    if name and not CASE_ID.fullmatch(name):
        reader.problem("id", "“id” is made of small letters, digits and hyphens.")
    title = " ".join(reader.text("title", is_required=True, most=LONGEST_TITLE).split())
    text = reader.text("text", is_required=True)
    reader.nothing_else()
    return Case(name, title, text)


def case_of(content: Mapping[str, Any]) -> Case | None:
    """The case inside canonical content."""
    table = content.get(KEY)
    return None if table is None else Case(table["id"], table["title"], table["text"])


def with_case(content: Mapping[str, object], case: Case | None) -> dict[str, object]:
    """The content with this case and no other."""
    bare = {name: value for name, value in content.items() if name != KEY}
    return bare if case is None else {**bare, KEY: case.table}


def with_case_of(revision: "QuestionRevision", content: Mapping[str, object]) -> dict[str, object]:
    """What an author wrote, with the case of the revision they wrote on: the form of a question
    does not show it."""
    return dict(content) if KEY in content else with_case(content, case_of(revision.data))


def worded_twice(cases: Sequence[Case]) -> list[Case]:
    """The first of every case that is there in two wordings."""
    first: dict[str, Case] = {}
    found: dict[str, Case] = {}
    for case in cases:
        if first.setdefault(case.id, case) != case:
            found[case.id] = first[case.id]
    return list(found.values())
