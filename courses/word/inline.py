"""Runs of text to the inline Markdown of our dialect, so that our parser reads the same back.

What is written is read back at once by the parser itself. Where the pretty spelling means
something else, a safer one is taken; the last of them is bare text with every mark escaped.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final
from urllib.parse import quote

from markdown_it.token import Token

from ce_platform.core.text import clean
from courses.markdown import parse
from courses.markdown.parser import MARKDOWN

_ALWAYS = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|:(?=::)|(?<=:):")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_LINE_START = re.compile(
    r"^(?:(?P<mark>#{1,6}(?=\s|$)|>|[-+](?=\s|$)|=+\s*$|-+\s*$|~~~|\|)"
    r"|(?P<number>\d{1,9})(?P<end>[.)])(?=\s|$)"
    r"|(?P<rule>[-:](?=[-:|\s]*$)))"
)
_WHITE = re.compile(r"[ \t\n]+")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_QUOTES = str.maketrans("“”‘’", "\"\"''")
_Escape = Callable[[str], str]
LONGEST_HREF: Final = 2_000
# What may stand in an address as it is; everything else is written with percent signs.
_IN_ADDRESSES: Final = "-._~:/?#@!$&'+,;=%"


@dataclass(frozen=True)
class Span:
    """A piece of text with its looks; a line break is the text ``\\n``."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    href: str = ""
    language: str = ""
    note: str = ""
    """The label of a footnote whose mark stands here instead of text."""


def address(href: str) -> str:
    """An https or mail address that fits into Markdown; empty when it is none."""
    href = href.strip()
    if not href.startswith(("https://", "mailto:")) or len(href) > LONGEST_HREF:
        return ""
    try:
        # As the parser will write it: names of hosts in their ASCII form, lone percent signs coded.
        return quote(MARKDOWN.normalizeLink(href), safe=_IN_ADDRESSES)
    except ValueError:
        return ""


def plain(spans: Iterable[Span]) -> str:
    """The words alone, on one line."""
    return " ".join("".join(span.text for span in spans).split())


def markdown(spans: Sequence[Span], *, prefix: str = "") -> tuple[str, bool]:
    """A paragraph, or a heading when `prefix` says so; and whether all its looks are in it.

    Empty when there is no text.
    """
    spans = _tidy(spans)
    if not spans:
        return "", True
    for wanted in _simpler(spans):
        for italic in ("*", "_"):
            for escape in (_escaped, _escaped_all):
                written = _at_line_starts(_written(wanted, escape, italic))
                if _reads_back(written, wanted, prefix):
                    return written, wanted is spans
            if not any(span.is_italic for span in wanted):
                break
    return _at_line_starts(_written(_bare(spans), _escaped_all, "*")), False


def _simpler(spans: list[Span]) -> Iterable[list[Span]]:
    """The same text with fewer and fewer looks."""
    yield spans
    yield _merged([replace(span, is_italic=False) for span in spans])
    yield _merged([replace(span, is_italic=False, is_bold=False) for span in spans])
    yield _bare(spans)


def _bare(spans: list[Span]) -> list[Span]:
    return _merged([Span(span.text, note=span.note) for span in spans])


# ---------------------------------------------------------------- tidying


def _tidy(spans: Sequence[Span]) -> list[Span]:
    """Single spaces, none at the ends of lines, and no looks on spaces at the edge of looks."""
    cut: list[Span | str] = []
    """Spans without white space at their ends, and the white space between them."""
    for span in spans:
        if span.note:
            cut.append(span)
            continue
        text = unicodedata.normalize("NFC", clean(f"x{span.text}x")[1:-1])
        text = _WHITE.sub(lambda found: "\n" if "\n" in found[0] else " ", text)
        words = text.strip(" \n")
        start = text.find(words) if words else len(text)
        for piece in (text[:start], replace(span, text=words), text[start + len(words) :]):
            if isinstance(piece, str) and piece and cut and isinstance(cut[-1], str):
                cut[-1] = "\n" if "\n" in (piece, cut[-1]) else " "
            elif piece if isinstance(piece, str) else words:
                cut.append(piece)
    tidy: list[Span] = []
    for index, each in enumerate(cut):
        if isinstance(each, Span):
            tidy.append(each)
            continue
        before, after = cut[index - 1 : index], cut[index + 1 : index + 2]
        if before and after and isinstance(before[0], Span) and isinstance(after[0], Span):
            tidy.append(_between(before[0], after[0], each))
    return _without_edges(_merged(tidy))


def _between(before: Span, after: Span, space: str) -> Span:
    """A space with the looks that go on over it. Looks are nested as `_written` nests them."""
    has_link = before.href == after.href
    has_language = has_link and before.language == after.language
    has_weight = has_language and before.is_bold == after.is_bold
    return Span(
        space,
        is_bold=has_weight and before.is_bold,
        is_italic=has_weight and before.is_italic and after.is_italic,
        href=before.href if has_link else "",
        language=before.language if has_language else "",
    )


def _without_edges(spans: list[Span]) -> list[Span]:
    """Other white space at the ends is cut off by every reader of Markdown."""
    while spans and not spans[0].note and not spans[0].text.strip():
        spans = spans[1:]
    while spans and not spans[-1].note and not spans[-1].text.strip():
        spans = spans[:-1]
    if spans and not spans[0].note:
        spans = [replace(spans[0], text=spans[0].text.lstrip()), *spans[1:]]
    if spans and not spans[-1].note:
        spans = [*spans[:-1], replace(spans[-1], text=spans[-1].text.rstrip())]
    return spans


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in spans:
        if merged and not span.note and not merged[-1].note and _looks(merged[-1]) == _looks(span):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        else:
            merged.append(span)
    return merged


def _looks(span: Span) -> tuple[bool, bool, str, str]:
    return span.is_bold, span.is_italic, span.href, span.language


# ---------------------------------------------------------------- writing


def _escaped(text: str) -> str:
    return _ALWAYS.sub(lambda found: "\\" + found[0], text)


def _escaped_all(text: str) -> str:
    return _PUNCTUATION.sub(lambda found: "\\" + found[0], text)


def _at_line_starts(text: str) -> str:
    return "\n".join(_line(each) for each in text.split("\n"))


def _line(line: str) -> str:
    found = _LINE_START.match(line)
    if found is None:
        return line
    if found["number"]:
        return f"{found['number']}\\{line[found.end('number') :]}"
    return f"\\{line}"


@dataclass
class _Piece:
    text: str
    kind: str
    """text | open | close (of bold or italic letters) | other"""


class _Marks:
    """Text and marks in a row. Marks stick to the right side by what stands beside them."""

    def __init__(self) -> None:
        self.pieces: list[_Piece] = []

    def add(self, text: str, kind: str = "other") -> None:
        if text:
            self.pieces.append(_Piece(text, kind))

    def __str__(self) -> str:
        for index, piece in enumerate(self.pieces):
            before = self.pieces[index - 1] if index else _Piece("", "other")
            after = self.pieces[index + 1] if index + 1 < len(self.pieces) else _Piece("", "other")
            # Between a letter and a punctuation mark, asterisks look to the wrong side, and
            # underscores do beside any letter. A letter written as a number is a punctuation
            # mark to the parser and the letter to the reader.
            inner, outer = (
                (after.text[:1], before) if piece.kind == "open" else (before.text[-1:], after)
            )
            if outer.kind != "text" or not (_is_mark(inner) or piece.text == "_"):
                continue
            if piece.kind == "open" and outer.text[-1].isalnum():
                outer.text = f"{outer.text[:-1]}&#{ord(outer.text[-1])};"
            elif piece.kind == "close" and outer.text[0].isalnum():
                outer.text = f"&#{ord(outer.text[0])};{outer.text[1:]}"
        return "".join(piece.text for piece in self.pieces)


def _is_mark(letter: str) -> bool:
    return bool(letter) and unicodedata.category(letter)[0] in "PS"


def _written(spans: list[Span], escape: _Escape, italic: str) -> str:
    marks = _Marks()
    for href, linked in groupby(spans, key=lambda span: span.href):
        if href:
            # An exclamation mark before a link would make it a picture.
            if marks.pieces and marks.pieces[-1].text.endswith("!"):
                marks.pieces[-1].text = f"{marks.pieces[-1].text[:-1]}\\!"
            marks.add("[")
        for language, foreign in groupby(linked, key=lambda span: span.language):
            if language:
                marks.add("[")
            _write_looks(list(foreign), escape, italic, marks)
            if language:
                marks.add(f"]{{lang={language}}}")
        if href:
            marks.add(f"]({_ENTITY.sub('&amp;', href)})")
    return str(marks)


def _write_looks(spans: list[Span], escape: _Escape, italic: str, marks: _Marks) -> None:
    for is_bold, bold in groupby(spans, key=lambda span: span.is_bold):
        if is_bold:
            marks.add("**", "open")
        for is_italic, slanted in groupby(bold, key=lambda span: span.is_italic):
            if is_italic:
                marks.add(italic, "open")
            for span in slanted:
                if span.note:
                    marks.add(f"[^{span.note}]")
                else:
                    marks.add(escape(span.text).replace("\n", "\\\n"), "text")
            if is_italic:
                marks.add(italic, "close")
        if is_bold:
            marks.add("**", "close")


# ---------------------------------------------------------------- reading back


def _reads_back(written: str, spans: list[Span], prefix: str) -> bool:
    labels = dict.fromkeys(span.note for span in spans if span.note)
    notes = "".join(f"\n\n[^{label}]: x" for label in labels)
    parsed = parse(f"{prefix}{written}{notes}")
    tokens = parsed.tokens
    opener = "heading_open" if prefix else "paragraph_open"
    if parsed.problems or len(tokens) < 3 or tokens[0].type != opener:
        return False
    if len(tokens) > 3 and tokens[3].type != "footnote_block_open":
        return False
    read = _read(tokens[1].children or [])
    return read is not None and _comparable(read) == _comparable(spans)


def _comparable(spans: list[Span]) -> list[Span]:
    # Straight quotes come out curly, as in every text of the platform.
    return _merged([replace(span, text=span.text.translate(_QUOTES)) for span in spans])


def _read(children: Sequence[Token]) -> list[Span] | None:
    """The spans that the parser found; None where it found something else."""
    spans: list[Span] = []
    bold = italic = 0
    href = language = ""
    for token in children:
        kind = token.type
        if kind in ("strong_open", "strong_close"):
            bold += token.nesting
        elif kind in ("em_open", "em_close"):
            italic += token.nesting
        elif kind == "link_open":
            href = str(token.attrs.get("href", ""))
        elif kind == "link_close":
            href = ""
        elif kind == "span_open":
            language = str(token.attrs.get("lang", ""))
        elif kind == "span_close":
            language = ""
        elif kind in ("text", "text_special", "softbreak", "hardbreak", "footnote_ref"):
            note = str(token.meta["label"]) if kind == "footnote_ref" else ""
            text = "\n" if kind == "hardbreak" else "" if note else token.content
            if text or note:
                span = Span(text, bold > 0, italic > 0, href, language, note)
                spans.append(span)
        else:
            return None
    return spans
