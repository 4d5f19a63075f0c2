"""HTML of other systems to our Markdown, and our Markdown to plain XHTML.

The Markdown is written by the same hand as that of Word documents: `courses.word`.
"""

import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from markdown_it.token import Token

from ce_platform.core.text import clean
from courses.markdown import parse, parse_inline
from courses.word.blocks import BlockReader
from courses.word.inline import Span, markdown
from courses.word.notes import Notes
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Item
from quizzes.interchange.shelf import WORDS, WRITTEN, alt_of, written

LONGEST_HTML: Final = 100_000
_DEEPEST: Final = 40
_MOST_ELEMENTS: Final = 5_000
_TAG: Final = re.compile(r"</?[A-Za-z][^<>]{0,2000}>|&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|\w{2,20});")
# The address has no spaces: those of file names are written with percent signs.
_IMAGE: Final = re.compile(
    rf"{WORDS}\(<?([^()\s<>]{{1,2000}})>?(?:[ \t]{{1,9}}\"[^\"\n]{{0,300}}\")?\)"
)
# A picture that was pasted into a text is longer than any text.
_INLINE_PICTURE: Final = re.compile(r"(\bsrc\s{0,9}=\s{0,9}[\"'])(data:image/[^\"'<>]{200,})")
_MOVED: Final = "A picture inside a paragraph stands by itself here."
_SPAN: Final = re.compile("[1-9]", re.ASCII)
_BREAKS: Final = re.compile(r"[ \t\n\r\f]+")
_BOLD: Final = {"b", "strong"}
_ITALIC: Final = {"i", "em", "cite", "dfn", "var"}
_HEADINGS: Final = {"h1", "h2", "h3", "h4", "h5", "h6"}
_PARAGRAPHS: Final = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "figure"),
    *("figcaption", "address", "center", "dl", "dt", "dd", "form", "fieldset", "pre"),
}
_FLAT: Final = {"span", "font", "small", "big", "abbr", "label", "tbody", "thead", "tfoot", "nobr"}
_FLOWING: Final = ("body", "blockquote", "td", "th")
_SILENT: Final = {"html", "head", "body", "title", "meta", "link", "colgroup", "col", "wbr"}
_FOREIGN: Final = {
    **dict.fromkeys(("video", "audio", "source", "track"), "a recording"),
    **dict.fromkeys(("iframe", "object", "embed", "param", "applet"), "an embedded page"),
    **dict.fromkeys(("math", "svg", "canvas"), "a formula or drawing"),
    **dict.fromkeys(("script", "style", "template", "noscript"), "a program or style"),
    **dict.fromkeys(("input", "select", "textarea", "button"), "a field of a form"),
}
_VOID: Final = {
    *("br", "hr", "img", "input", "meta", "link", "col", "wbr", "source", "track", "embed"),
    *("param", "area", "base"),
}


def looks_like_html(text: str) -> bool:
    return _TAG.search(text) is not None


def from_html(html: str, item: Item, *, is_line: bool = False) -> str:
    """Our Markdown; what it cannot say is noted. `is_line`: everything on one line."""
    html = _INLINE_PICTURE.sub(lambda found: f"{found[1]}{item.put_aside(found[2])}", html)
    if len(html) > LONGEST_HTML:
        raise NotRepresented(f"A text of it is longer than {LONGEST_HTML:,} characters.")
    reader = _Reader(item, is_line=is_line)
    reader.feed(html)
    reader.close()
    notes = Notes()
    blocks = BlockReader(notes)
    # The source of a picture is its Markdown already.
    found = [block for _place, block in blocks.read(list(reader.root)) if block.text]
    pictures = [block.text for block in found if block.kind == "figure"]
    texts = [block.text for block in found if not is_line or block.kind != "figure"]
    if is_line:
        texts = [_line_with("\n\n".join(texts), pictures, item)]
    for sentence in notes.sentences():
        sentence = sentence.removeprefix("At the beginning: ")
        item.changed(f"{sentence[:1].upper()}{sentence[1:]}")
    return clean("\n\n".join(texts))


def from_markdown(text: str, item: Item, *, is_line: bool = False) -> str:
    """Our Markdown out of that of others: pictures become figures, which stand alone."""
    if "![" not in text:
        return clean(text)
    if len(text) > LONGEST_HTML:
        raise NotRepresented(f"A text of it is longer than {LONGEST_HTML:,} characters.")
    paragraphs = []
    for paragraph in re.split(r"\n[ \t]*\n", text):
        pictures: list[str] = []

        def take(found: re.Match[str], pictures: list[str] = pictures) -> str:
            if found[2].startswith("figure:"):
                return found[0]
            alt = plain_of(found[1])
            if name := item.picture(found[2], alt=alt):
                pictures.append(written(name, alt))
            return ""

        words = _IMAGE.sub(take, paragraph)
        if not pictures:
            paragraphs.append(words)
        elif is_line:
            paragraphs.append(_line_with(words.strip(), pictures, item))
        else:
            if words.strip():
                item.changed(_MOVED)
            paragraphs += [each for each in (words.strip(" \t"), *pictures) if each.strip()]
    return clean("\n\n".join(paragraphs))


def _line_with(words: str, pictures: list[str], item: Item) -> str:
    """A choice or a note: words, or one picture alone."""
    kept = "" if words else "".join(pictures[:1])
    for each in pictures[0 if words else 1 :]:
        found = WRITTEN.fullmatch(each)
        name = item.pictures[found[2]].file_name if found else ""
        item.lose_picture(
            plain_of(found[1] if found else "") or name or "without a name",
            "does not come along: a choice or a note is words or one picture here, and it stands "
            "beside words or another picture",
        )
    return words or kept


def from_plain(text: str, *, is_line: bool = False) -> str:
    """Text that has no marks, word for word. It stays as it is where Markdown reads the same."""
    text = clean(text)
    if is_line:
        text = " ".join(text.split())
    if not text or plain_of(text, is_line=is_line) == text:
        return text
    paragraphs = re.split(r"\n[ \t]*\n", text)
    return "\n\n".join(markdown([Span(each)])[0] for each in paragraphs if each.strip())


def plain_of(text: str, *, is_line: bool = True) -> str:
    """The words of our Markdown, without marks. Quotes stay straight."""
    tokens = (parse_inline(text) if is_line else parse(text)).tokens
    blocks = []
    for token in tokens:
        if token.type == "inline":
            blocks.append("".join(_plain(child) for child in token.children or []))
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content)
    words = "\n\n".join(blocks).translate(_STRAIGHT if not set("“”‘’") & set(text) else {})
    return words.strip()


_STRAIGHT: Final = str.maketrans("“”‘’", "\"\"''")


def _plain(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    if token.type == "image":
        return str(token.content)
    if token.type == "citation":
        return f"[{', '.join(token.meta['slugs'])}]"
    return token.content if token.type in ("text", "text_special", "code_inline") else ""


# ------------------------------------------------------------------------------- from HTML


class _Reader(HTMLParser):
    """Builds the few elements that `BlockReader` knows."""

    def __init__(self, item: Item, *, is_line: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self._item = item
        self._is_line = is_line
        self._stack: list[tuple[str, Element]] = [("body", self.root)]
        """The tag as the file writes it, and the element that stands for it."""
        self._skipped: list[str] = []
        self._count = 0
        if is_line:
            self._stack.append(("p", SubElement(self.root, "p")))

    # ---- events
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count += 1
        if self._count > _MOST_ELEMENTS:
            raise NotRepresented("A text of it has too many elements.")
        values = {name: value or "" for name, value in attrs}
        if self._skipped:
            if tag == self._skipped[-1] and tag not in _VOID:
                self._skipped.append(tag)
            return
        if tag in _FOREIGN:
            self._item.leave(
                f"It holds {_FOREIGN[tag]} (<{tag}>), which no question here can show."
            )
            if tag not in _VOID:
                self._skipped.append(tag)
        elif tag == "img":
            self._picture(values)
        elif tag == "br":
            self._break()
        elif tag == "hr":
            self._item.changed("A rule across the text was left out.")
        elif tag not in _SILENT:
            self._open(tag, values)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped:
            if tag == self._skipped[-1]:
                self._skipped.pop()
            return
        least = 2 if self._is_line else 1
        for place in range(len(self._stack) - 1, least - 1, -1):
            if self._stack[place][0] == tag:
                del self._stack[place:]
                return

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        if any(tag == "pre" for tag, _element in self._stack):
            for place, line in enumerate(data.split("\n")):
                if place:
                    self._break()
                self._text(line)
            return
        self._text(_BREAKS.sub(" ", data))

    # ---- building
    def _picture(self, values: dict[str, str]) -> None:
        alt = alt_of(values.get("alt", ""))
        name = self._item.picture(values.get("src", ""), alt=alt)
        if not name:
            return
        self._into_paragraph()
        top = self._top
        if not self._is_line and ((top.text or "").strip() or len(top)):
            self._item.changed(_MOVED)
        SubElement(top, "img", src=written(name, alt))

    @property
    def _top(self) -> Element:
        return self._stack[-1][1]

    def _text(self, text: str) -> None:
        if not text or (
            not text.strip() and self._top.tag in (*_FLOWING, "ul", "ol", "table", "tr")
        ):
            return
        self._into_paragraph()
        top = self._top
        if len(top):
            top[-1].tail = (top[-1].tail or "") + text
        else:
            top.text = (top.text or "") + text

    def _break(self) -> None:
        if self._is_line:
            self._item.changed("A line break became a space.")
            self._text(" ")
            return
        self._into_paragraph()
        SubElement(self._top, "br")

    def _into_paragraph(self) -> None:
        """Text in a place where only blocks may stand begins a paragraph."""
        top = self._top
        if top.tag in _FLOWING:
            self._stack.append(("", SubElement(top, "p")))
        elif top.tag in ("ul", "ol"):
            self._stack.append(("", SubElement(top, "li")))
        elif top.tag in ("table", "tr"):
            row = top if top.tag == "tr" else SubElement(top, "tr")
            self._stack.append(("", SubElement(row, "td")))
            self._into_paragraph()

    def _open(self, tag: str, values: dict[str, str]) -> None:
        if len(self._stack) > _DEEPEST:
            return
        if tag in _BOLD or tag in _ITALIC:
            self._into_paragraph()
            self._push(tag, "strong" if tag in _BOLD else "em")
        elif tag == "a":
            self._into_paragraph()
            self._push(tag, "a", href=values.get("href", ""))
        elif tag in _FLAT:
            pass
        elif self._is_line:
            self._line_block(tag)
        elif tag in _PARAGRAPHS or tag in _HEADINGS:
            self._paragraph(tag)
        elif tag in ("ul", "ol", "table", "blockquote"):
            self._close_paragraph()
            if self._top.tag in ("td", "th", "table", "tr") or (
                self._top.tag == "li" and tag not in ("ul", "ol")
            ):
                self._item.changed(f"A <{tag}> inside a list or table became plain text.")
                return
            self._push(tag, tag)
        elif tag in ("li", "tr", "td", "th"):
            self._part(tag, values)
        else:
            self._item.changed(f"The look or meaning of <{tag[:20]}> was left out.")

    def _line_block(self, tag: str) -> None:
        if (self._top.text or len(self._top)) and tag in (
            *_PARAGRAPHS, *_HEADINGS, "ul", "ol", "li", "table", "tr", "td", "th", "blockquote",
        ):  # fmt: skip
            self._item.changed("Several paragraphs became one line.")
            self._text(" ")
        elif tag not in (*_PARAGRAPHS, *_HEADINGS):
            self._item.changed(f"The look or meaning of <{tag[:20]}> was left out.")

    def _paragraph(self, tag: str) -> None:
        self._close_paragraph()
        if tag in _HEADINGS:
            self._item.changed("A heading became a bold line.")
        if self._top.tag == "li":
            if self._top.text or len(self._top):
                SubElement(self._top, "br")
            return
        if self._top.tag not in _FLOWING:
            return
        self._push(tag, "p")
        if tag in _HEADINGS:
            self._push(tag, "strong")

    def _part(self, tag: str, values: dict[str, str]) -> None:
        """A part of a list or a table ends the part before it, also where the file forgot to."""
        ends = {"li": ("ul", "ol"), "tr": ("table",), "td": ("tr",), "th": ("tr",)}[tag]
        place = len(self._stack) - 1
        while place > 0 and self._stack[place][1].tag not in (*ends, "blockquote"):
            place -= 1
        if self._stack[place][1].tag not in ends:
            self._paragraph("p")
            return
        del self._stack[place + 1 :]
        spans = {name: values[name] for name in ("colspan", "rowspan") if name in values}
        if any(each != "1" for each in spans.values()):
            self._item.changed("Joined cells of a table were parted.")
        # More cells than a table of ours has columns are no table.
        self._push(
            tag, tag, **{name: each for name, each in spans.items() if _SPAN.fullmatch(each)}
        )

    def _close_paragraph(self) -> None:
        while self._top.tag in ("p", "strong", "em", "a"):
            self._stack.pop()

    def _push(self, tag: str, name: str, **values: str) -> None:
        self._stack.append((tag, SubElement(self._top, name, values)))


# ------------------------------------------------------------------------------- to XHTML

_BLOCKS: Final = {
    "paragraph": "p", "bullet_list": "ul", "ordered_list": "ol", "list_item": "li",
    "blockquote": "blockquote", "table": "table", "thead": "thead", "tbody": "tbody", "tr": "tr",
    "th": "th", "td": "td",
}  # fmt: skip
_INLINE: Final = {"strong": "strong", "em": "em"}


Draw = Callable[[str, str], str]
"""From the name of a figure, and the words in its brackets, to an element."""


def to_html(text: str, losses: list[str], *, draw: Draw, is_line: bool = False) -> str:
    """XHTML of plain elements; what it cannot say stays as words, and is noted."""
    is_figure = is_line and "(figure:" in text
    tokens = (parse_inline(text) if is_line and not is_figure else parse(text)).tokens
    html = (
        draw(str(token.meta["slug"]), str(token.meta["alt"]))
        if token.type == "figure"
        else _html(token, losses)
        for token in tokens
    )
    if is_line:
        return "".join(html)
    return "".join(
        f"<p>{each}</p>" if token.type == "figure" else each
        for token, each in zip(tokens, html, strict=True)
    )


def _html(token: Token, losses: list[str]) -> str:
    kind, _, side = token.type.rpartition("_")
    if token.type == "inline":
        return "".join(_inline_html(child, losses) for child in token.children or [])
    if side in ("open", "close") and kind in _BLOCKS:
        if token.hidden:
            return ""
        return f"<{'/' if side == 'close' else ''}{_BLOCKS[kind]}>"
    if kind == "heading":
        return "<p><strong>" if side == "open" else "</strong></p>"
    if token.type in ("fence", "code_block"):
        return f"<pre>{escape(token.content)}</pre>"
    if token.type == "hr":
        return "<hr/>"
    if side != "close":
        _note(losses, "A block that only our lessons have became plain text.")
    return ""


def _inline_html(token: Token, losses: list[str]) -> str:
    kind, _, side = token.type.rpartition("_")
    if token.type in ("text", "text_special"):
        return escape(token.content, quote=False)
    if token.type == "softbreak":
        return "\n"
    if token.type == "hardbreak":
        return "<br/>"
    if token.type == "code_inline":
        return f"<code>{escape(token.content, quote=False)}</code>"
    if side in ("open", "close") and kind in _INLINE:
        return f"<{'/' if side == 'close' else ''}{_INLINE[kind]}>"
    if kind == "link":
        href = str(token.attrs.get("href", ""))
        return "</a>" if side == "close" else f'<a href="{escape(href)}">'
    if side == "close":
        return ""
    if token.type == "citation":
        _note(losses, "A reference to a source became the name of the source in brackets.")
        return escape(_plain(token), quote=False)
    _note(losses, "A mark that only our texts have (a term, a language) was left out.")
    return escape(token.content, quote=False) if side != "open" else ""


def _note(losses: list[str], sentence: str) -> None:
    if sentence not in losses:
        losses.append(sentence)
