"""Words of names, and which of them somebody may have meant. Pure.

A word is found again by its *keys*: itself, itself without any one letter, and how it sounds. Two
words that differ by a letter left out, added, changed or swapped with its neighbor share one of
them, so a mistyped word is looked up by equality, which every index can do.
"""

import re
from collections.abc import Iterable
from typing import Final

from ce_platform.core.text import fold

LONGEST_WORD: Final = 40
SHORTEST_WITH_SLIP: Final = 4
"""Letters of a word in which one may be missing: "Li" without one is half of all names."""
SHORTEST_WITH_TWO: Final = 6
_SHORTEST_SOUND: Final = 3
_APOSTROPHES: Final = re.compile("['’‘ʼ`´]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile("[a-z]+")


def words_of(name: str) -> list[str]:
    """Folded; an apostrophe stands inside a word, everything else ends it."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(_APOSTROPHES.sub("", fold(name)))]


def keys_of(word: str) -> set[str]:
    keys = {word}
    if len(word) >= SHORTEST_WITH_SLIP:
        keys |= {word[:place] + word[place + 1 :] for place in range(len(word))}
    sound = sound_of(word)
    if sound:
        keys.add(f"~{sound}")
    return keys


_SPELLINGS: Final = (
    (re.compile("^(kn|gn|pn)"), "n"),
    (re.compile("^wr"), "r"),
    (re.compile("^x"), "s"),
    (re.compile("ph"), "f"),
    (re.compile("sch|sh|sz|cz|tz"), "s"),
    (re.compile("ch|ck|kh|q"), "k"),
    (re.compile("th"), "t"),
    (re.compile("gh"), ""),
    (re.compile("c(?=[eiy])"), "s"),
    (re.compile("g(?=[eiy])"), "j"),
    (re.compile("c"), "k"),
    (re.compile("x"), "ks"),
    (re.compile("z"), "s"),
    (re.compile("v"), "f"),
    (re.compile("[hw]"), ""),
)
_DOUBLE: Final = re.compile(r"(.)\1+")
_VOWELS: Final = re.compile("[aeiouy]+")


def sound_of(word: str) -> str:
    """The consonants, one spelling each: Kathryn is Catherine, Jonson is Johnson. Empty where too
    few are left to mean anything."""
    if not _LATIN.fullmatch(word):
        return ""
    sound = word
    for spelling, letters in _SPELLINGS:
        sound = spelling.sub(letters, sound)
    first = "a" if word[0] in "aeiouy" else ""
    sound = _DOUBLE.sub(r"\1", first + _VOWELS.sub("", sound))
    return sound if len(sound) >= _SHORTEST_SOUND else ""


def slips(one: str, other: str) -> int:
    """Letters left out, added or changed, neighbors swapped, that make one word of the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for place, against in enumerate(other, start=1):
            cost = min(line[-1] + 1, last[place] + 1, last[place - 1] + (letter != against))
            if row > 1 and place > 1 and letter == other[place - 2] and one[row - 2] == against:
                cost = min(cost, before[place - 2] + 1)
            line.append(cost)
        before, last = last, line
    return last[-1]


def meant(typed: str, candidates: Iterable[str], *, most: int = 30) -> list[str]:
    """Of words that share a key with what was typed, those that may have been meant: the closest,
    and those that sound the same."""
    sound = sound_of(typed)
    ranked: list[tuple[int, str]] = []
    for word in candidates:
        count = slips(typed, word)
        is_slip = count <= 1 or (count == 2 and min(len(typed), len(word)) >= SHORTEST_WITH_TWO)
        sounds_alike = (
            bool(sound)
            and sound == sound_of(word)
            and count <= max(2, max(len(typed), len(word)) // 2)
        )
        if is_slip or sounds_alike:
            ranked.append((0 if count == 0 else 1 if sounds_alike else count, word))
    ranked.sort()
    closest = ranked[0][0] if ranked else 0
    return [word for rank, word in ranked if rank <= max(closest, 1)][:most]
