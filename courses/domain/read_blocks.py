"""A text cut into what its reader sees: headings, paragraphs, lines of lists. Pure."""

from collections.abc import Sequence

from markdown_it.token import Token

from courses.domain.differences import Block, Paragraph, differences_of
from courses.markdown import parse


def differences_as_read(before: str, after: str) -> list[Paragraph]:
    """Between two texts in Markdown, without its marks.

    Where a link leads is part of what is read: it may change and its words stay. Only bold and
    italics are not seen.
    """
    return differences_of(read_blocks(before), read_blocks(after))


def read_blocks(text: str) -> list[Block]:
    found: list[Block] = []
    form, mark = "text", ""
    cells: list[str] | None = None
    for token in parse(text).tokens:
        match token.type:
            case "heading_open":
                form = "heading"
            case "list_item_open":
                form, mark = "item", f"{token.info}." if token.info else "•"
            case "callout_open":
                found.append(Block(token.meta.get("title", ""), "heading"))
            case "fence" | "code_block":
                found.append(Block(token.content.strip()))
            case "tr_open":
                cells = []
            case "tr_close":
                found.append(Block(" | ".join(cells or [])))
                cells = None
            case "inline" if cells is not None:
                cells.append(_words(token.children or []))
            case "inline":
                found.append(Block(_words(token.children or []), form, mark))
                # What follows in the same item is a paragraph of its own.
                form, mark = "text", ""
    return [block for block in found if block.text]


def _words(children: Sequence[Token]) -> str:
    pieces: list[str] = []
    leading: list[tuple[str, int]] = []
    for child in children:
        match child.type:
            case "softbreak" | "hardbreak":
                pieces.append(" ")
            case "link_open":
                leading.append((str(child.attrs.get("href", "")), len(pieces)))
            case "link_close":
                href, since = leading.pop()
                address = href.removeprefix("mailto:")
                if address and address != "".join(pieces[since:]):
                    pieces.append(f" ({address})")
            case _:
                # Words, code, what a picture shows.
                pieces.append(child.content)
    return " ".join("".join(pieces).split())
