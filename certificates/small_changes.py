"""Which new spelling of a name is a slip, and which may be another person. Pure.

A rule for what is granted without a person looking, so it is drawn narrowly: accents, case,
hyphens, the order of words, one middle name more or less, and one slip of a key in a longer word.
Everything else (a married name, another first name) is right as often, but a person looks at it:
a certificate that changes its owner is worth money.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import permutations
from typing import Final

SHORTEST_WITH_SLIP: Final = 4
"""Letters. In a shorter word one letter makes another name: Ana and Ann, Lee and Leo."""
MOST_WORDS: Final = 6
"""More are compared in their order only; trying all orders would take too long."""


def is_small_name_change(before: str, after: str) -> bool:
    old, new = name_words(before), name_words(after)
    if not old or not new:
        return False
    if Counter(old) == Counter(new) or "".join(old) == "".join(new):
        return True
    return any(
        _differ_by_slips(one, other)
        for one, other in (
            (old, new),
            *((_without(old, place), new) for place in _middle(old)),
            *((old, _without(new, place)) for place in _middle(new)),
        )
    )


def name_words(name: str) -> list[str]:
    """Without accents, case and punctuation."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name.casefold())
        if not unicodedata.combining(letter)
    )
    spaced = "".join(letter if letter.isalnum() else " " for letter in _joined(plain))
    return spaced.split()


def _joined(name: str) -> str:
    """An apostrophe stands inside a word: O’Neil is ONeil."""
    return "".join(letter for letter in name if letter not in "'’‘ʼ`´")


def _middle(words: Sequence[str]) -> range:
    """Places of words that may come or go: never the first, never the last."""
    return range(1, len(words) - 1)


def _without(words: Sequence[str], place: int) -> list[str]:
    return [*words[:place], *words[place + 1 :]]


def _differ_by_slips(old: Sequence[str], new: Sequence[str]) -> bool:
    """Word for word the same but for slips, in any order of the words; one stays as it was."""
    if len(old) != len(new):
        return False
    orders = permutations(new) if len(new) <= MOST_WORDS else [tuple(new)]
    return any(
        all(_is_slip(one, other) for one, other in zip(old, order, strict=True))
        and any(one == other for one, other in zip(old, order, strict=True))
        for order in orders
    )


def _is_slip(one: str, other: str) -> bool:
    """The same, or one letter more, less or different, or two neighbors swapped."""
    if one == other:
        return True
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < SHORTEST_WITH_SLIP or len(longer) - len(shorter) > 1:
        return False
    start = next(
        (place for place, letter in enumerate(shorter) if letter != longer[place]), len(shorter)
    )
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    rest, other_rest = shorter[start:], longer[start:]
    return rest[1:] == other_rest[1:] or (
        rest[1::-1] == other_rest[:2] and rest[2:] == other_rest[2:]
    )
