"""The converted document as blocks: headings, texts in Markdown, figures."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

from courses.markdown.grammar import LONGEST_PARAGRAPH
from courses.word import inline
from courses.word.inline import Span
from courses.word.notes import Notes
from courses.word.preparing import ITEM_MARK, LANGUAGE_MARK, MOST_COLUMNS

_HEADINGS: Final = tuple(f"h{level}" for level in range(1, 10))
# Marks and escapes make a paragraph longer; the parser counts them.
_LONGEST: Final = LONGEST_PARAGRAPH // 3
_NOTE_PREFIXES: Final = ("#footnote-", "#endnote-")
# All that `ce_platform.core.text.clean` takes for a new line.
_LINE_ENDS = re.compile("[\n\r\v\f\x85\u2028\u2029]")
_CHECKBOXES: Final = {True: "☑", False: "☐"}


@dataclass
class Block:
    kind: str
    """title | heading | text | list | figure"""
    text: str
    """Markdown; the words of a title or heading; the slug of a figure."""
    level: int = 0
    markdown: str = ""
    """Of a heading: its text with marks."""
    labels: list[str] = field(default_factory=list)
    """Footnotes that the text names, in order."""


def note_label(number: object) -> str:
    """What a footnote is called until it gets its number in its lesson."""
    return f"note-{number}"


@dataclass
class _Found:
    """What one paragraph holds."""

    spans: list[Span] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)
    begins_with_figure: bool = False


class BlockReader:
    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._labels: dict[str, str] = {}
        self.footnotes: dict[str, list[str]] = {}
        """Label → paragraphs in Markdown."""

    def read(self, top: Sequence[Element]) -> Iterator[tuple[int, Block]]:
        """Blocks, each with the place of its element."""
        self._notes.place = Notes().place
        body = [(index, each) for index, each in enumerate(top) if not _is_notes(each)]
        for each in top:
            if _is_notes(each):
                self._read_footnotes(each)
        for index, element in body:
            for block in self._blocks(element):
                yield index, block

    def _blocks(self, element: Element) -> Iterator[Block]:
        tag = element.tag
        if tag in _HEADINGS:
            yield from self._heading(element)
        elif tag == "p":
            yield from self._paragraph(element)
        elif tag in ("ul", "ol"):
            yield from _ListWriter(self).blocks(element)
        elif tag == "table":
            yield from self._table(element)
        elif tag == "blockquote":
            yield from self._quotation(element)

    def markdown(self, spans: list[Span], *, prefix: str = "") -> str:
        text, is_whole = inline.markdown(spans, prefix=prefix)
        if not is_whole:
            self._notes.tell("bold, italic or a link was left out where it could not be written")
        return text

    def _heading(self, element: Element) -> Iterator[Block]:
        found = self.found(element)
        spans = [_without_bold(each) for each in _on_one_line(found.spans)]
        words = inline.plain(spans)
        if words:
            is_title = element.get("class") == "title"
            self._notes.enter(words)
            yield Block(
                "title" if is_title else "heading",
                words,
                level=0 if is_title else int(element.tag[1:]),
                markdown=self.markdown(spans, prefix="## "),
                labels=_labels(spans),
            )
        yield from _figures(found)

    def _paragraph(self, element: Element) -> Iterator[Block]:
        found = self.found(element)
        if element.get("class") == "subtitle":
            self._notes.tell(f"the subtitle ‘{inline.plain(found.spans)[:80]}’ was left out")
            return
        if found.begins_with_figure:
            yield from _figures(found)
        for spans in self.pieces(found.spans):
            if text := self.markdown(spans):
                yield Block("text", text, labels=_labels(spans))
        if not found.begins_with_figure:
            yield from _figures(found)

    def pieces(self, spans: list[Span]) -> Iterator[list[Span]]:
        """A paragraph that is too long for one is cut between sentences, or where it must be."""
        if sum(len(span.text) for span in spans) <= _LONGEST:
            yield spans
            return
        self._notes.tell("a very long paragraph was cut into several")
        piece: list[Span] = []
        room = _LONGEST
        for span in spans:
            text = span.text
            start = 0
            while len(text) - start > room:
                end = text.rfind(". ", start, start + room) + 1
                end = end or max(text.rfind(" ", start, start + room), start)
                if end == start and not piece:
                    end = start + room
                yield [*piece, _with_text(span, text[start:end])]
                piece, room, start = [], _LONGEST, end
            piece.append(_with_text(span, text[start:]))
            room -= len(text) - start
        yield piece

    def _quotation(self, element: Element) -> Iterator[Block]:
        paragraphs: list[str] = []
        labels: list[str] = []
        figures: list[Block] = []
        for each in element:
            found = self.found(each)
            figures += _figures(found)
            for spans in self.pieces(found.spans):
                if text := self.markdown(spans):
                    paragraphs.append(text)
                    labels += _labels(spans)
        if paragraphs:
            lines = "\n\n".join(paragraphs).split("\n")
            text = "\n".join(f"> {line}".rstrip() for line in lines)
            yield Block("text", text, labels=labels)
        yield from figures

    # ------------------------------------------------------------ tables

    def _table(self, element: Element) -> Iterator[Block]:
        rows: list[list[str]] = []
        labels: list[str] = []
        figures: list[Block] = []
        # Column → how many more rows a cell from above reaches down.
        reaching: dict[int, int] = {}
        for row in element.iter("tr"):
            cells: list[str] = []
            for cell in row:
                cells += self._reached(reaching, len(cells))
                spans, found = self._cell(cell)
                figures += found
                labels += _labels(spans)
                across = min(int(cell.get("colspan", "1")), MOST_COLUMNS)
                down = int(cell.get("rowspan", "1")) - 1
                for column in range(len(cells), len(cells) + across):
                    if down:
                        reaching[column] = down
                cells.append(self.markdown(spans).replace("|", "\\|"))
                cells += [""] * (across - 1)
            cells += self._reached(reaching, len(cells))
            rows.append(cells[:MOST_COLUMNS])
        width = max((len(row) for row in rows), default=0)
        if any(any(row) for row in rows):
            rows = [row + [""] * (width - len(row)) for row in rows]
            lines = [_row(rows[0]), _row(["---"] * width), *(_row(row) for row in rows[1:])]
            yield Block("text", "\n".join(lines), labels=labels)
        if figures:
            self._notes.tell("pictures of a table were put below it")
        yield from figures

    def _reached(self, reaching: dict[int, int], column: int) -> list[str]:
        """Empty cells for the columns that a cell from above still covers."""
        empty: list[str] = []
        while reaching.get(column + len(empty), 0) > 0:
            reaching[column + len(empty)] -= 1
            empty.append("")
        return empty

    def _cell(self, cell: Element) -> tuple[list[Span], list[Block]]:
        """A cell is one line of text; several paragraphs in it run on."""
        spans: list[Span] = []
        figures: list[Block] = []
        lines = 0
        for each in _lines_of_cell(cell):
            found = self.found(each)
            figures += _figures(found)
            if inline.plain(found.spans) or any(span.note for span in found.spans):
                lines += 1
                bullet = [Span("• ")] if each.tag == "li" else []
                spans += [*([Span(" ")] if spans else []), *bullet, *_on_one_line(found.spans)]
        if lines > 1:
            self._notes.tell("several paragraphs in a cell of a table were joined to one line")
        length = sum(len(span.text) for span in spans)
        if length > _LONGEST:
            self._notes.tell("a very long cell of a table was cut off")
            spans = next(iter(self.pieces(spans)))
        return spans, figures

    # ------------------------------------------------------------ footnotes

    def _read_footnotes(self, element: Element) -> None:
        for index, item in enumerate(element.findall("li"), start=1):
            label = note_label(index)
            self._labels[f"#{item.get('id', '')}"] = label
            _drop_way_back(item)
            paragraphs = []
            for each in item.iter():
                if each.tag in ("p", "li") and each is not item:
                    for spans in self.pieces(self.found(each).spans):
                        if text := self.markdown(spans):
                            paragraphs.append(text)
            self.footnotes[label] = paragraphs or ["–"]

    # ------------------------------------------------------------ inside a paragraph

    def found(self, element: Element, *, skip: tuple[str, ...] = ()) -> _Found:
        found = _Found()
        self._collect(element, Span(""), found, skip)
        return found

    def _collect(self, element: Element, looks: Span, found: _Found, skip: tuple[str, ...]) -> None:
        if element.text:
            found.spans.append(_with_text(looks, element.text))
        for each in element:
            if each.tag not in skip:
                self._inline(each, looks, found, skip)
            if each.tail:
                found.spans.append(_with_text(looks, each.tail))

    def _inline(self, element: Element, looks: Span, found: _Found, skip: tuple[str, ...]) -> None:
        tag = element.tag
        if tag == "br":
            found.spans.append(_with_text(looks, "\n"))
        elif tag == "img":
            if not found.figures and not inline.plain(found.spans):
                found.begins_with_figure = True
            found.figures.append(element.get("src", ""))
        elif tag == "input":
            found.spans.append(_with_text(looks, _CHECKBOXES[element.get("checked") is not None]))
        elif tag == "a":
            self._anchor(element, looks, found, skip)
        else:
            self._collect(
                element,
                Span(
                    "",
                    is_bold=looks.is_bold or tag == "strong",
                    is_italic=looks.is_italic or tag == "em",
                    href=looks.href,
                    language=looks.language,
                ),
                found,
                skip,
            )

    def _anchor(self, element: Element, looks: Span, found: _Found, skip: tuple[str, ...]) -> None:
        href = element.get("href", "")
        if element.get("id", "") and href.startswith(_NOTE_PREFIXES):
            if label := self._labels.get(href):
                found.spans.append(Span("", note=label))
            return
        language = looks.language
        target = looks.href
        if href.startswith(f"#{LANGUAGE_MARK}"):
            language = href.removeprefix(f"#{LANGUAGE_MARK}")
        elif href and not href.startswith("#"):
            target = inline.address(href)
            if not target and inline.plain(self.found(element).spans):
                self._notes.tell(
                    f"the link ‘{href[:60]}’ was left out, because it does not begin with https://"
                )
        self._collect(
            element, Span("", looks.is_bold, looks.is_italic, target, language), found, skip
        )


class _ListWriter:
    """One list of the top level. A picture in it ends the text; the list then goes on counting."""

    def __init__(self, reader: BlockReader) -> None:
        self._reader = reader
        self._labels: list[str] = []
        self._figures: list[Block] = []

    def blocks(self, element: Element) -> Iterator[Block]:
        lines: list[str] = []
        counter = _Counter(element)
        for item in _items(element):
            if counter.restarts_at(item) and lines:
                yield self._flushed(lines)
                lines = []
            lines += self._item(item, counter.bullet(item), "")
            if self._figures:
                yield self._flushed(lines)
                yield from self._figures
                lines, self._figures = [], []
        if lines:
            yield self._flushed(lines)

    def _flushed(self, lines: list[str]) -> Block:
        block = Block("list", "\n".join(lines), labels=self._labels)
        self._labels = []
        return block

    def _item(self, item: Element, bullet: str, indent: str) -> list[str]:
        found = self._reader.found(item, skip=("ul", "ol"))
        self._figures += _figures(found)
        inner = indent + " " * (len(bullet) + 1)
        lines: list[str] = []
        paragraphs = []
        for spans in self._reader.pieces(found.spans):
            if text := self._reader.markdown(spans):
                paragraphs.append(text)
                self._labels += _labels(spans)
        nested = [each for each in item if each.tag in ("ul", "ol")]
        if paragraphs:
            first, *others = "\n\n".join(paragraphs).split("\n")
            lines.append(f"{indent}{bullet} {first}")
            lines += [f"{inner}{line}".rstrip() for line in others]
        # An item of nothing but a deeper list is no item of its own.
        below = inner if paragraphs else indent
        for each in nested:
            counter = _Counter(each)
            for deeper in _items(each):
                counter.restarts_at(deeper)
                lines += self._item(deeper, counter.bullet(deeper), below)
        return lines


class _Counter:
    """The numbers of one list, with another delimiter after each restart: `1.`, then `1)`."""

    def __init__(self, element: Element) -> None:
        self._is_numbered = element.tag == "ol"
        self._last: int | None = None
        self._delimiters = ".)"

    def restarts_at(self, item: Element) -> bool:
        number = _number(item)
        if not self._is_numbered or number is None or self._last is None:
            return False
        is_restart = number != self._last + 1
        if is_restart:
            self._delimiters = self._delimiters[::-1]
        return is_restart

    def bullet(self, item: Element) -> str:
        if not self._is_numbered:
            return "-"
        number = _number(item)
        self._last = number if number is not None else (self._last or 0) + 1
        return f"{self._last}{self._delimiters[0]}"


def _items(element: Element) -> list[Element]:
    return element.findall("li")


def _number(item: Element) -> int | None:
    """The number that the preparation has hung on the item."""
    for each in item.iter("a"):
        name = each.get("id", "")
        if name.startswith(ITEM_MARK):
            return int(name.removeprefix(ITEM_MARK))
    return None


def _is_notes(element: Element) -> bool:
    first = element.find("li") if element.tag == "ol" else None
    return first is not None and f"#{first.get('id', '')}".startswith(_NOTE_PREFIXES)


def _drop_way_back(item: Element) -> None:
    """mammoth ends every note with an arrow back to its mark; our renderer makes its own."""
    for parent in list(item.iter()):
        for each in list(parent):
            if each.tag == "a" and each.get("href", "").startswith(
                ("#footnote-ref-", "#endnote-ref-")
            ):
                parent.remove(each)


def _lines_of_cell(cell: Element) -> Iterator[Element]:
    """Paragraphs and list items of a cell; deeper lists are read out of their items."""
    for each in cell:
        if each.tag in ("ul", "ol"):
            for item in each.iter("li"):
                flat = Element("li")
                flat.text = item.text
                flat.extend(inner for inner in item if inner.tag not in ("ul", "ol"))
                yield flat
        elif each.tag == "blockquote":
            yield from each
        else:
            yield each


def _figures(found: _Found) -> list[Block]:
    return [Block("figure", slug) for slug in dict.fromkeys(found.figures) if slug]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _labels(spans: list[Span]) -> list[str]:
    return [span.note for span in spans if span.note]


def _with_text(looks: Span, text: str) -> Span:
    if looks.note:
        return looks
    return Span(text, looks.is_bold, looks.is_italic, looks.href, looks.language)


def _without_bold(span: Span) -> Span:
    return span if span.note else Span(span.text, False, span.is_italic, span.href, span.language)


def _on_one_line(spans: list[Span]) -> list[Span]:
    return [_with_text(span, _LINE_ENDS.sub(" ", span.text)) for span in spans]
