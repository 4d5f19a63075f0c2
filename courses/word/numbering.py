"""Lists of Word: every item knows its own number, whatever stands between the items."""

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from courses.word.names import W, child, value, whole
from courses.word.styles import Styles

DEEPEST_LIST: Final = 9
_PLAIN: Final = ("decimal", "decimalZero", "ordinal", "cardinalText", "ordinalText")


@dataclass(frozen=True)
class ListItem:
    level: int
    is_numbered: bool
    number: int
    is_relabeled: bool
    """Letters or Roman numerals, which become digits."""


@dataclass(frozen=True)
class _Level:
    kind: str
    start: int
    style: str


class Numbering:
    """Counts while the paragraphs of a document go by in order."""

    def __init__(self, tree: Element | None, styles: Styles) -> None:
        self._styles = styles
        self._kinds: dict[str, dict[int, _Level]] = {}
        self._linked: dict[str, str] = {}
        self._lists: dict[str, str] = {}
        self._overrides: dict[str, dict[int, _Level]] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        for each in tree if tree is not None else ():
            if each.tag == W + "abstractNum":
                name = each.get(W + "abstractNumId", "")
                self._kinds[name] = _levels(each)
                if link := value(each, "numStyleLink"):
                    self._linked[name] = link
            elif each.tag == W + "num":
                name = each.get(W + "numId", "")
                self._lists[name] = value(each, "abstractNumId") or ""
                self._overrides[name] = _overrides(each)
                self._restarts[name] = _restarts(each)

    def item(self, paragraph: Element, style: str) -> ListItem | None:
        """The place of this paragraph in its list; None when it stands in none."""
        properties = child(paragraph, "pPr", "numPr")
        number_id = value(properties, "numId")
        given_level = value(properties, "ilvl")
        of_style, level_of_style = self._styles.number(style)
        if number_id is None:
            number_id = of_style
        if number_id in (None, "", "0"):
            return None
        abstract = self._abstract(number_id or "")
        levels = self._kinds.get(abstract, {}) | self._overrides.get(number_id or "", {})
        level = (
            whole(given_level, default=0, highest=DEEPEST_LIST - 1)
            if given_level is not None
            else self._level_of_style(levels, style, level_of_style or 0)
        )
        kind = levels.get(level)
        # An unknown list still looks like one to its author.
        name = kind.kind if kind else "bullet"
        if name == "none":
            return None
        number = self._count(number_id or "", abstract, level, kind.start if kind else 1)
        # LibreOffice repeats at the paragraph which list its style brings.
        if level == 0 and (given_level is None or number_id == of_style):
            level = min(self._styles.list_depth(style), DEEPEST_LIST - 1)
        return ListItem(level, name != "bullet", number, name not in ("bullet", *_PLAIN))

    def _abstract(self, number_id: str) -> str:
        name = self._lists.get(number_id, "")
        if not self._kinds.get(name) and name in self._linked:
            real = self._styles.list_of_style(self._linked[name])
            return self._lists.get(real or "", name)
        return name

    def _level_of_style(self, levels: dict[int, _Level], style: str, default: int) -> int:
        return next((n for n, each in levels.items() if style and each.style == style), default)

    def _count(self, number_id: str, abstract: str, level: int, start: int) -> int:
        counts = self._counts.setdefault(abstract or f"list {number_id}", {})
        restarts = self._restarts.get(number_id, {})
        if level in restarts:
            # A list that restarts does so once, at its first item of that level.
            counts[level] = restarts.pop(level)
        else:
            counts[level] = counts[level] + 1 if level in counts else start
        for deeper in [each for each in counts if each > level]:
            del counts[deeper]
        return counts[level]


def _levels(element: Element) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for each in element.findall(W + "lvl"):
        found.setdefault(
            _number_of(each),
            _Level(
                kind=value(each, "numFmt") or "decimal",
                start=whole(value(each, "start"), default=1, highest=99_999_999),
                style=value(each, "pStyle") or "",
            ),
        )
    return found


def _overrides(element: Element) -> dict[int, _Level]:
    """Levels that one list has otherwise than the lists it was made of.

    LibreOffice writes bullets inside a numbered list so, and names each level a second time with
    nothing in it, which takes nothing back.
    """
    found: dict[int, _Level] = {}
    for each in element.findall(W + "lvlOverride"):
        # The level that is overridden counts, not the one that its replacement calls itself.
        for level in _levels(each).values():
            found.setdefault(_number_of(each), level)
    return found


def _restarts(element: Element) -> dict[int, int]:
    found = {}
    for each in element.findall(W + "lvlOverride"):
        start = value(each, "startOverride")
        if start is not None:
            found[_number_of(each)] = whole(start, default=1, highest=99_999_999)
    return found


def _number_of(level: Element) -> int:
    return whole(level.get(W + "ilvl"), default=0, highest=DEEPEST_LIST - 1)
