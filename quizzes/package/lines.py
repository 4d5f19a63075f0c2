"""Where in a quiz file a mistake stands: line numbers of tables and keys."""

import re
from dataclasses import dataclass, field

# Questions, and the one list of tables that each type has: choices, pairs, items, …
_HEADER = re.compile(r"\s*\[\[\s*(questions(?:\.[a-z_]+)?)\s*\]\]")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_FENCES = ('"""', "'''")


@dataclass
class _Table:
    line: int
    keys: dict[str, int] = field(default_factory=dict)
    rows: list["_Table"] = field(default_factory=list)


class QuizLines:
    """Reads the layout of TOML that the format asks for; what it does not understand (inline
    tables) gets the line of the question instead."""

    def __init__(self, text: str) -> None:
        self.top = _Table(line=1)
        self.questions: list[_Table] = []
        table, fence = self.top, ""
        for number, line in enumerate(text.splitlines(), start=1):
            if fence:
                fence = "" if fence in line else fence
                continue
            header = _HEADER.match(line)
            key = _KEY.match(line)
            if header and header[1] == "questions":
                table = _Table(line=number)
                self.questions.append(table)
            elif header and self.questions:
                table = _Table(line=number)
                self.questions[-1].rows.append(table)
            elif key:
                table.keys.setdefault(key[1], number)
            # A text over several lines may hold anything, also what looks like a header.
            fence = next((mark for mark in _FENCES if line.count(mark) == 1), "")

    def of_quiz(self, key: str | int | None = None) -> int:
        return self.top.keys.get(str(key), self.top.line)

    def of_question(self, index: int, where: tuple[str | int, ...] = ()) -> int:
        """`where` as in a ContentProblem: ("stem",), ("choices", 2, "text"), …"""
        if index >= len(self.questions):
            return self.top.keys.get("questions", self.top.line)
        table = self.questions[index]
        for before, step in zip(("", *where), where, strict=False):
            if isinstance(step, int):
                if step >= len(table.rows):
                    return table.keys.get(str(before), table.line)
                table = table.rows[step]
            elif step in table.keys:
                return table.keys[step]
        return table.line
