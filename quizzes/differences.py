"""What changed between two revisions of a question, word by word. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from quizzes.question_types.base import Said

Kind = Literal["same", "added", "removed"]
# A word with the space after it, so that nothing is lost when the pieces are put together.
_WORD: Final = re.compile(r"\S+\s*|\s+")
# Comparing takes the square of the length; a text this long was hardly written for one question.
_MOST_WORDS: Final = 3_000


@dataclass(frozen=True)
class Piece:
    kind: Kind
    text: str


@dataclass(frozen=True)
class Difference:
    """One line of a question before and after."""

    label: str
    pieces: list[Piece]
    is_changed: bool


def word_pieces(old: str, new: str) -> list[Piece]:
    """The two texts in one, in pieces as long as possible.

    Without the added pieces it is the old text, without the removed ones the new text.
    """
    if old == new:
        return [Piece("same", new)] if new else []
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) > _MOST_WORDS or len(after) > _MOST_WORDS:
        return _both(old, new)
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(after[j1:j2])))
        else:
            pieces += _both("".join(before[i1:i2]), "".join(after[j1:j2]))
    return pieces


def _both(old: str, new: str) -> list[Piece]:
    pieces: list[Piece] = []
    if old:
        pieces.append(Piece("removed", old))
    if new:
        pieces.append(Piece("added", new))
    return pieces


def differences(old: Sequence[Said], new: Sequence[Said]) -> list[Difference]:
    """Line by line, found by key: in the new order, what is gone at its old neighbor."""
    before = {line.key: line for line in old}
    after = {line.key: line for line in new}
    found = []
    for key in _in_order([line.key for line in old], [line.key for line in new]):
        old_text = before[key].text if key in before else ""
        new_text = after[key].text if key in after else ""
        if old_text or new_text:
            label = (after.get(key) or before[key]).label
            found.append(Difference(label, word_pieces(old_text, new_text), old_text != new_text))
    return found


def _in_order(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The new keys, each key that is gone after the one it stood behind."""
    keys = list(new)
    for index, key in enumerate(old):
        if key not in new:
            place = keys.index(old[index - 1]) + 1 if index else 0
            keys.insert(place, key)
    return keys
