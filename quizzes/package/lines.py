"""Where in a quiz file a mistake stands: line numbers of tables and keys."""

import re
from dataclasses import dataclass, field

_HEADER = re.compile(r"\s*\[\[\s*questions(?:\.([a-z_]+))?\s*\]\]")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_FENCES = ('"""', "'''")


@dataclass
class _Table:
    line: int
    keys: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list["_Table"]] = field(default_factory=dict)
    """Tables inside it (`choices`, `places`), in the order of the file."""


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
            if header and header[1] is None:
                table = _Table(line=number)
                self.questions.append(table)
            elif header and self.questions:
                table = _Table(line=number)
                self.questions[-1].rows.setdefault(header[1], []).append(table)
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
        table, name = self.questions[index], ""
        for step in where:
            if isinstance(step, int):
                rows = table.rows.get(name, [])
                if step >= len(rows):
                    return table.keys.get(name, table.line)
                table = rows[step]
            elif step in table.keys:
                return table.keys[step]
            else:
                name = step
        return table.line
