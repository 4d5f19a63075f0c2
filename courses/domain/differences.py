"""What is different between two texts, word by word. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

# Words, with the punctuation that hangs on them; blanks between them stay with the word before.
_WORD: Final = re.compile(r"\S+\s*|\s+")
_PARAGRAPH: Final = re.compile(r"(?:.+\n?)+|\n+")
# Comparing takes time that grows with the square of the words.
_MOST_WORDS: Final = 4_000
# Which paragraph became which is looked for among so many pairs; of more, they go by their order.
_MOST_PAIRS: Final = 900
_ALIKE: Final = 0.5
"""From here on two paragraphs are one that was changed, and not one gone and another come."""


@dataclass(frozen=True)
class Block:
    """A paragraph as it is read, or as it is written."""

    text: str
    form: str = "text"
    """text | heading | item"""
    mark: str = field(default="", compare=False)
    """What stands before an item of a list. A line further down its number is no difference."""


@dataclass(frozen=True)
class Piece:
    kind: str
    """same | added | removed"""
    text: str

    @property
    def words(self) -> str:
        return self.text.rstrip()

    @property
    def blank(self) -> str:
        """What is left of `text` after the words: it is not marked as come or gone."""
        return self.text[len(self.words) :]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the differences; `is_same`: nothing in it changed."""

    pieces: tuple[Piece, ...]
    form: str = "text"
    mark: str = ""

    @property
    def is_same(self) -> bool:
        return self.kind == "same"

    @property
    def kind(self) -> str:
        """same | added | removed: all of it; or changed: some of it."""
        kinds = {piece.kind for piece in self.pieces}
        return kinds.pop() if len(kinds) == 1 else "changed"


def differences(before: str, after: str) -> list[Paragraph]:
    """Paragraph by paragraph, and inside a changed paragraph word by word."""
    return differences_of([Block(text) for text in _paragraphs(before)],
                          [Block(text) for text in _paragraphs(after)])  # fmt: skip


def differences_of(old: Sequence[Block], new: Sequence[Block]) -> list[Paragraph]:
    """The same of texts that were cut into blocks before."""
    found: list[Paragraph] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for action, a1, a2, b1, b2 in matcher.get_opcodes():
        if action == "equal":
            found += [_whole("same", block) for block in new[b1:b2]]
            continue
        for one, other in _paired(old[a1:a2], new[b1:b2]):
            if one and other:
                pieces = tuple(_words(one.text, other.text))
                found.append(Paragraph(pieces, other.form, other.mark))
            elif one:
                found.append(_whole("removed", one))
            elif other:
                found.append(_whole("added", other))
    return found


def _whole(kind: str, block: Block) -> Paragraph:
    return Paragraph((Piece(kind, block.text),), block.form, block.mark)


def _paired(
    old: Sequence[Block], new: Sequence[Block]
) -> Iterator[tuple[Block | None, Block | None]]:
    """Which became which, both in their order. Alone stands what is gone, or has come."""
    if len(old) == len(new) == 1 and old[0].form == new[0].form:
        yield old[0], new[0]
        return
    if len(old) * len(new) > _MOST_PAIRS:
        alike = {(place, place) for place in range(min(len(old), len(new)))}
    else:
        alike = _most_alike(old, new)
    last_old = last_new = 0
    for place, other in [*sorted(alike), (len(old), len(new))]:
        yield from ((block, None) for block in old[last_old:place])
        yield from ((None, block) for block in new[last_new:other])
        if place < len(old):
            yield old[place], new[other]
        last_old, last_new = place + 1, other + 1


def _most_alike(old: Sequence[Block], new: Sequence[Block]) -> set[tuple[int, int]]:
    """The pairs, none crossing another, that are alike in most."""
    # best[i][j]: how alike, and by which pairs, of what comes from old[i] and new[j] on.
    best: list[list[tuple[float, frozenset[tuple[int, int]]]]] = [
        [(0.0, frozenset())] * (len(new) + 1) for _row in range(len(old) + 1)
    ]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            found = max(best[i + 1][j], best[i][j + 1], key=lambda each: each[0])
            likeness = _likeness(old[i], new[j])
            score, pairs = best[i + 1][j + 1]
            if likeness >= _ALIKE and score + likeness > found[0]:
                found = (score + likeness, pairs | {(i, j)})
            best[i][j] = found
    return set(best[0][0][1])


def _likeness(one: Block, other: Block) -> float:
    """0 to 1, by the words in it, whatever their order."""
    if one.form != other.form:
        return 0.0
    words, others = Counter(one.text.split()), Counter(other.text.split())
    return 2 * (words & others).total() / ((words.total() + others.total()) or 1)


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
