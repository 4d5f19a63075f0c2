"""Where things stand in one text file: lines of keys and of tables, found in one pass.

A package is not trusted: a file of many short lines must not cost a pass for each question asked.
"""

import re
from bisect import bisect_left

_HEADER = re.compile(r"""\s*\[\[?\s*[A-Za-z_][\w."' -]*\]\]?\s*(?:#.*)?""")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=#\[]+))\s*=""")


class Layout:
    """Lines count from 1."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._headers: list[int] = []
        self._keys: dict[str, list[int]] = {}
        self._beginnings: dict[str, list[int]] = {}
        for number, line in enumerate(self._lines, start=1):
            if _HEADER.fullmatch(line):
                self._headers.append(number)
            elif key := _KEY.match(line):
                name = key[1] or key[2] or key[3] or ""
                self._keys.setdefault(name, []).append(number)

    def begins_with(self, needle: str, nth: int) -> int | None:
        """The `nth` line (from 0) that begins with `needle`, spaces aside."""
        if needle not in self._beginnings:
            self._beginnings[needle] = [
                number
                for number, line in enumerate(self._lines, start=1)
                if line.lstrip().startswith(needle)
            ]
        found = self._beginnings[needle]
        return found[nth] if nth < len(found) else None

    def key(self, name: str, *, after: int) -> int | None:
        """The first line below `after` that sets this key, before the next table begins."""
        lines = self._keys.get(name, [])
        place = bisect_left(lines, after + 1)
        if place == len(lines):
            return None
        header = bisect_left(self._headers, after + 1)
        if header < len(self._headers) and self._headers[header] < lines[place]:
            return None
        return lines[place]
