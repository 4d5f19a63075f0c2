"""Phrases of word stems, found in a sentence in time that grows with its length only.

A phrase is written as words with gaps between them:

    flush*|drain* ~ toxins|waste*      either of these, up to four words, either of those
    lift* ~the brow*                   only small words between: “lift the client’s left brow”
    # minutes a day                    # is a number, @ a point by its code or name
    boost* <> collagen                 in either order, up to four words between
    press ~on closed eye*              small words and those of place and manner between
    reduce medication !error*          not when this follows

`*` ends a stem. Nothing here backtracks over more than a few words, so no text makes it slow.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final


def words_of(text: str) -> frozenset[str]:
    return frozenset(text.split())


GAP: Final = 4
_SMALL: Final = words_of(
    "the a an your you my our her his their its this these those that any all some more and "
    "or both each every own very whole entire upper lower outer inner left right deep fine "
    "facial tired sagging loose mature aging ageing client's clients' client clients chronic"
)
_PLACING: Final = _SMALL | words_of(
    "on over onto into upon at against to directly gently firmly lightly hard down straight "
    "slowly pressure side sides two finger fingers thumbs"
)
_GAPS: Final[Mapping[str, tuple[int, frozenset[str] | None]]] = {
    "~": (GAP, None),
    **{f"~{number}": (number, None) for number in range(1, 7)},
    "~the": (4, _SMALL),
    "~on": (5, _PLACING),
}
_POINT: Final = re.compile(
    r"(?:st|li|gb|bl|te|tb|sj|si|cv|gv|du|sp|lr|ht|pc|lu|ki|ub)\d{1,2}|acupoints?|points?|tsubo"
    r"|yintang"
)
_NUMBER: Final = re.compile(
    r"\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty|thirty"
    r"|forty|fifty|sixty"
)
SHORTEST_STEM: Final = 2


@dataclass(frozen=True)
class Group:
    """Words of which one stands at a place of a phrase."""

    words: frozenset[str]
    stems: tuple[str, ...]
    is_number: bool = False
    is_point: bool = False

    def has(self, word: str) -> bool:
        return (
            word in self.words
            or word.startswith(self.stems)
            or (self.is_number and _NUMBER.fullmatch(word) is not None)
            or (self.is_point and _POINT.fullmatch(word) is not None)
        )


def group(text: str) -> Group:
    words = text.split("|")
    return Group(
        words=frozenset(word for word in words if not word.endswith("*") and word not in "#@"),
        stems=tuple(word[:-1] for word in words if word.endswith("*")),
        is_number="#" in words,
        is_point="@" in words,
    )


@dataclass(frozen=True)
class Phrase:
    """Groups in their order; before each but the first, what may stand between."""

    groups: tuple[Group, ...]
    gaps: tuple[tuple[int, frozenset[str] | None], ...]
    not_followed_by: Group | None = None

    def end_from(self, words: Sequence[str], start: int) -> int | None:
        """Where the phrase ends (exclusive) that begins at `start`; None when none does."""
        ends = {start + 1}
        for part, (most, between) in zip(self.groups[1:], self.gaps, strict=True):
            found = set()
            for end in ends:
                for place in range(end, min(end + most + 1, len(words))):
                    if part.has(words[place]):
                        found.add(place + 1)
                    if between is not None and words[place] not in between:
                        break
            if not found:
                return None
            ends = found
        if self.not_followed_by is not None:
            other = self.not_followed_by
            ends = {end for end in ends if end == len(words) or not other.has(words[end])}
        return min(ends, default=None)


@cache
def phrases(text: str) -> tuple[Phrase, ...]:
    """One phrase, or two where the order is free."""
    if "<>" in text:
        first, second = (side.strip() for side in text.split("<>"))
        return (*phrases(f"{first} ~ {second}"), *phrases(f"{second} ~ {first}"))
    groups: list[Group] = []
    gaps: list[tuple[int, frozenset[str] | None]] = []
    waiting: tuple[int, frozenset[str] | None] = (0, None)
    other = None
    for piece in text.split():
        if piece.startswith("!"):
            other = group(piece[1:])
            continue
        if piece in _GAPS:
            waiting = _GAPS[piece]
            continue
        if groups:
            gaps.append(waiting)
        groups.append(group(piece))
        waiting = (0, None)
    return (Phrase(tuple(groups), tuple(gaps), other),)


@dataclass(frozen=True)
class Hit:
    """A phrase of an owner, from word `start` up to word `end` (exclusive)."""

    start: int
    end: int


@dataclass
class Index:
    """All phrases by what they may begin with, so that a word is looked at once and not once for
    every phrase."""

    by_word: dict[str, list[tuple[int, Phrase]]] = field(default_factory=dict)
    by_stem: dict[str, list[tuple[int, Phrase]]] = field(default_factory=dict)
    by_kind: list[tuple[int, Phrase]] = field(default_factory=list)
    """Those that begin with a number or a point."""

    def add(self, owner: int, phrase: Phrase) -> None:
        first = phrase.groups[0]
        for word in first.words:
            self.by_word.setdefault(word, []).append((owner, phrase))
        for stem in first.stems:
            self.by_stem.setdefault(stem, []).append((owner, phrase))
        if first.is_number or first.is_point:
            self.by_kind.append((owner, phrase))

    def hits(self, words: Sequence[str]) -> Iterator[tuple[int, Hit]]:
        """Owner and hit, in the order of the sentence."""
        longest = max((len(stem) for stem in self.by_stem), default=0)
        known: dict[str, list[tuple[int, Phrase]]] = {}
        for start, word in enumerate(words):
            if word not in known:
                known[word] = list(self._beginning(word, longest))
            for owner, phrase in known[word]:
                end = phrase.end_from(words, start)
                if end is not None:
                    yield owner, Hit(start, end)

    def _beginning(self, word: str, longest: int) -> Iterable[tuple[int, Phrase]]:
        yield from self.by_word.get(word, ())
        for length in range(SHORTEST_STEM, min(len(word), longest) + 1):
            yield from self.by_stem.get(word[:length], ())
        for owner, phrase in self.by_kind:
            if phrase.groups[0].has(word):
                yield owner, phrase
