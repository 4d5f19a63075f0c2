"""Which new spelling of a name is a slip, and which may be another person. Pure.

A rule for what is granted without a person looking, so it is drawn narrowly and names what is
allowed; everything else (a married name, another first name, a middle name left out) is right as
often, but a person looks at it: a certificate that changes its owner is worth money. One letter
makes Maria a Mario, John a Joan and Daniel a Daniela, so another letter is a slip only in a family
name. The direction matters: `before` is what was looked at, `after` what is wanted.
"""

import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

SHORTEST_WITH_SWAP: Final = 4
"""Letters of a word in which two neighbors may change places or a letter may be doubled. In a
shorter one that makes another name: Amy and May, Ana and Anna."""
SHORTEST_WITH_OTHER: Final = 5
"""Letters of a last word that may have another letter or one more."""


def is_small_name_change(before: str, after: str) -> bool:
    if _is_same(before, after) or _is_same(_turned(before), _turned(after)):
        return True
    old, new = name_words(before), name_words(after)
    return _has_one_more_middle(old, new) or _differ_by_one_slip(old, new)


def name_words(name: str) -> list[str]:
    """Without accents, case and punctuation."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold())
        if not _is_accent(letter) and unicodedata.category(letter) != "Cf"
    )
    # Put together again: one syllable of Hangul is one letter, as it is to those who write it.
    whole = unicodedata.normalize("NFC", _joined(plain))
    spaced = "".join(
        letter if letter.isalnum() or unicodedata.category(letter).startswith("M") else " "
        for letter in whole
    )
    return spaced.split()


def _is_accent(letter: str) -> bool:
    """Of Latin, Greek and Cyrillic. Marks of other scripts are vowels, and part of the name."""
    return "\u0300" <= letter <= "\u036f"


def _joined(name: str) -> str:
    """An apostrophe stands inside a word: O’Neil is ONeil."""
    return "".join(letter for letter in name if letter not in "'’‘ʼ`´")


def _turned(name: str) -> str:
    """Given name first: "Lopez, Maria" is Maria Lopez. Without a comma the order is a name's own:
    Thomas James is not James Thomas."""
    family, comma, given = name.partition(",")
    return f"{given} {family}" if comma else name


def _is_same(before: str, after: str) -> bool:
    """But for accents, case, punctuation and where spaces stand."""
    old = "".join(name_words(before))
    return old != "" and old == "".join(name_words(after))


def _has_one_more_middle(old: Sequence[str], new: Sequence[str]) -> bool:
    """A middle name or initial was added, and nothing else is different."""
    return len(old) >= 2 and any(
        [*new[:place], *new[place + 1 :]] == list(old) for place in range(1, len(new) - 1)
    )


def _differ_by_one_slip(old: Sequence[str], new: Sequence[str]) -> bool:
    if len(old) != len(new) or len(old) < 2:
        return False
    places = [place for place, word in enumerate(old) if word != new[place]]
    if len(places) != 1:
        return False
    place = places[0]
    one, other = old[place], new[place]
    if min(len(one), len(other)) < SHORTEST_WITH_SWAP:
        return False
    return (
        _is_swapped(one, other)
        or _is_doubled(one, other)
        or _is_doubled(other, one)
        or (
            place == len(old) - 1
            and len(one) >= SHORTEST_WITH_OTHER
            and (_is_one_other(one, other) or _is_one_more(one, other))
        )
    )


def _is_swapped(one: str, other: str) -> bool:
    """Two neighbors changed places."""
    return len(one) == len(other) and any(
        other == one[:place] + one[place + 1] + one[place] + one[place + 2 :]
        for place in range(len(one) - 1)
    )


def _is_doubled(one: str, other: str) -> bool:
    return _is_one_more(one, other) and any(
        first == second and other[:place] + other[place + 1 :] == one
        for place, (first, second) in enumerate(pairwise(other))
    )


def _is_one_other(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _is_one_more(one: str, other: str) -> bool:
    return len(other) == len(one) + 1 and any(
        other[:place] + other[place + 1 :] == one for place in range(len(other))
    )
