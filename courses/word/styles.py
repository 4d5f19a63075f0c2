"""What a paragraph style means: title, heading, quotation, contents. Names differ by program.

Word and Google Docs say `heading 1` whatever the language of the program, LibreOffice `Heading 1`;
a style of one's own counts by the one it is based on, or by its outline level.
"""

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from courses.word.names import W, child, switch, value, whole

_HEADING = re.compile(r"heading ?([1-9])")
_CONTENTS = re.compile(r"(?:toc|contents|index|table of figures) ?[0-9]*|(?:toc|contents) heading")
_LIST = re.compile(r"list (?:bullet|number|continue) ([2-9])")
_QUOTES = ("quote", "intense quote", "quotations", "block text", "block quotation")
_LONGEST_CHAIN = 20


@dataclass(frozen=True)
class Style:
    name: str
    based_on: str
    outline: int | None
    """From 0; 9 means body text."""
    number_id: str | None
    number_level: int | None
    is_bold: bool | None
    is_italic: bool | None
    is_hidden: bool | None


class Styles:
    def __init__(self, tree: Element | None) -> None:
        self._styles: dict[tuple[str, str], Style] = {}
        self._default = ""
        for each in tree if tree is not None else ():
            if each.tag != W + "style":
                continue
            kind, name = each.get(W + "type", "paragraph"), each.get(W + "styleId", "")
            self._styles.setdefault((kind, name), _style(each))
            if kind == "paragraph" and each.get(W + "default") in ("1", "true", "on"):
                self._default = name

    def _chain(self, kind: str, name: str) -> list[Style]:
        """The style and what it is based on."""
        found: list[Style] = []
        while (style := self._styles.get((kind, name))) and len(found) < _LONGEST_CHAIN:
            found.append(style)
            name = style.based_on
        return found

    def meaning(self, name: str) -> tuple[str, int]:
        """(title | subtitle | heading | quote | contents | text, level of the heading)."""
        chain = self._chain("paragraph", name or self._default)
        if not chain:
            # A style that the file does not define counts by its id, as programs do.
            spaced = re.sub(r"(?<=[a-zA-Z])(?=[0-9])", " ", name)
            chain = [Style(spaced.lower(), "", None, None, None, None, None, None)]
        for style in chain:
            if style.name in ("title", "subtitle"):
                return style.name, 0
            if heading := _HEADING.fullmatch(style.name):
                return "heading", int(heading[1])
            if _CONTENTS.fullmatch(style.name):
                return "contents", 0
            if style.name in _QUOTES:
                return "quote", 0
            if style.outline is not None:
                return ("heading", style.outline + 1) if style.outline < 9 else ("text", 0)
        return "text", 0

    def number(self, name: str) -> tuple[str | None, int | None]:
        """(list id, level) that the paragraph style brings."""
        number_id: str | None = None
        level: int | None = None
        for style in self._chain("paragraph", name or self._default):
            number_id = style.number_id if number_id is None else number_id
            level = style.number_level if level is None else level
        return number_id, level

    def list_depth(self, name: str) -> int:
        """`List Bullet 2` is a list of its own, set further in: the second level to its reader."""
        for style in self._chain("paragraph", name):
            if found := _LIST.fullmatch(style.name):
                return int(found[1]) - 1
        return 0

    def list_of_style(self, name: str) -> str | None:
        """The list id of a numbering style."""
        return next((each.number_id for each in self._chain("numbering", name)), None)

    def character(self, name: str) -> tuple[bool, bool, bool]:
        """(bold, italic, hidden) that a character style brings."""
        chain = self._chain("character", name)
        return (
            next((each.is_bold for each in chain if each.is_bold is not None), False),
            next((each.is_italic for each in chain if each.is_italic is not None), False),
            next((each.is_hidden for each in chain if each.is_hidden is not None), False),
        )


def _style(element: Element) -> Style:
    paragraph, run = child(element, "pPr"), child(element, "rPr")
    outline, level = value(paragraph, "outlineLvl"), value(paragraph, "numPr", "ilvl")
    return Style(
        name=" ".join((value(element, "name") or "").lower().split()),
        based_on=value(element, "basedOn") or "",
        outline=None if outline is None else whole(outline, default=9),
        number_id=value(paragraph, "numPr", "numId"),
        number_level=None if level is None else whole(level, default=0, highest=8),
        is_bold=switch(run, "b"),
        is_italic=switch(run, "i"),
        is_hidden=switch(run, "vanish"),
    )
