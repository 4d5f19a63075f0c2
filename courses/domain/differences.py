"""What is different between two texts, word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

# Words, with the punctuation that hangs on them; blanks between them stay with the word before.
_WORD: Final = re.compile(r"\S+\s*|\s+")
_PARAGRAPH: Final = re.compile(r"(?:.+\n?)+|\n+")
# Comparing takes time that grows with the square of the words.
_MOST_WORDS: Final = 4_000


@dataclass(frozen=True)
class Piece:
    kind: str
    """same | added | removed"""
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the differences; `is_same`: nothing in it changed."""

    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        return all(piece.kind == "same" for piece in self.pieces)


def differences(before: str, after: str) -> list[Paragraph]:
    """Paragraph by paragraph, and inside a changed paragraph word by word."""
    old, new = _paragraphs(before), _paragraphs(after)
    found: list[Paragraph] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for action, a1, a2, b1, b2 in matcher.get_opcodes():
        if action == "equal":
            found += [Paragraph((Piece("same", text),)) for text in old[a1:a2]]
            continue
        pairs = min(a2 - a1, b2 - b1)
        for place in range(pairs):
            found.append(Paragraph(tuple(_words(old[a1 + place], new[b1 + place]))))
        found += [Paragraph((Piece("removed", text),)) for text in old[a1 + pairs : a2]]
        found += [Paragraph((Piece("added", text),)) for text in new[b1 + pairs : b2]]
    return found


def folded(paragraphs: Sequence[Paragraph], *, around: int = 1) -> list[Paragraph | None]:
    """Only what changed with `around` unchanged paragraphs beside it; None stands for a gap."""
    near = {
        index + step
        for index, paragraph in enumerate(paragraphs)
        if not paragraph.is_same
        for step in range(-around, around + 1)
    }
    shown: list[Paragraph | None] = []
    for index, paragraph in enumerate(paragraphs):
        if index in near:
            shown.append(paragraph)
        elif shown[-1:] != [None]:
            shown.append(None)
    return shown


def _paragraphs(text: str) -> list[str]:
    return [found for found in (each.strip("\n") for each in _PARAGRAPH.findall(text)) if found]


def _words(before: str, after: str) -> list[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > _MOST_WORDS:
        return [Piece("removed", before), Piece("added", after)]
    pieces = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for action, a1, a2, b1, b2 in matcher.get_opcodes():
        if action == "equal":
            pieces.append(Piece("same", "".join(old[a1:a2])))
            continue
        if a2 > a1:
            pieces.append(Piece("removed", "".join(old[a1:a2])))
        if b2 > b1:
            pieces.append(Piece("added", "".join(new[b1:b2])))
    return pieces
