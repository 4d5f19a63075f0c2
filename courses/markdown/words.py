"""The running text of a lesson: what is counted for credit hours, and nothing else."""

from collections.abc import Sequence

from markdown_it.token import Token

# Everything between these is left out. Titles of blocks are no tokens, so they never appear.
_LEFT_OUT = {
    "heading_open": "heading_close",
    "chart_open": "chart_close",
    "recording_open": "recording_close",
    "footnote_block_open": "footnote_block_close",
}


def counted_text(tokens: Sequence[Token]) -> str:
    """Paragraphs, list items, table cells and callout texts, as plain text."""
    pieces = []
    waiting_for = ""
    for token in tokens:
        if waiting_for:
            if token.type == waiting_for:
                waiting_for = ""
        elif token.type in _LEFT_OUT:
            waiting_for = _LEFT_OUT[token.type]
        elif token.type == "inline":
            pieces.append(inline_text(token.children or []))
    return "\n".join(pieces)


def inline_text(children: Sequence[Token]) -> str:
    """The words of a paragraph: no code, no citations, no footnote marks, no pictures."""
    pieces = []
    for child in children:
        if child.type == "text":
            pieces.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append(" ")
        elif child.type == "text_special":
            pieces.append(child.content)
    return "".join(pieces)
