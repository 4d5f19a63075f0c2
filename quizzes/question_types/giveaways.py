"""Whether a text tells the name that a question asks for. Pure.

It finds what can be found: the code in any spelling, and the whole name. What else could help
somebody is for the author to see.
"""

import re
from collections.abc import Iterable
from typing import Final

from ce_platform.core.text import fold

_ASIDE: Final = re.compile(r"\s*\([^)]*\)")
# What many things of a kind are called; the word before it is the name.
_KIND: Final = re.compile(
    r"\s+(?:nodes?|muscles?|points?|arter(?:y|ies)|veins?|nerves?|bones?|glands?)$"
)
_CODE: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)[ -]?(\d+)")
_LATIN: Final = re.compile("[a-z0-9]")
_SHORTEST_WORD: Final = 3


def giveaway_in(text: str, names: Iterable[str]) -> str:
    """The first of the names (codes are names too) that the text tells; empty: none."""
    folded = fold(text)
    for name in names:
        if any(pattern.search(folded) for pattern in _patterns(name)):
            return name
    return ""


def _patterns(name: str) -> list[re.Pattern[str]]:
    bare = fold(_ASIDE.sub("", name)).strip(" .,;:")
    if not bare:
        return []
    code = _CODE.fullmatch(bare)
    if code is not None:
        letters = re.escape(code[1]).replace(r"\-", "[ -]?")
        return [re.compile(rf"(?<![a-z0-9]){letters}[ -]?{code[2]}(?![0-9])")]
    found = []
    for words in {bare, _KIND.sub("", bare)}:
        # A single letter is a word of its own in any sentence; a Chinese sign is a name, and no
        # space stands around it.
        if not _LATIN.search(words):
            found.append(re.compile(re.escape(words)))
        elif len(words) >= _SHORTEST_WORD:
            found.append(re.compile(rf"(?<!\w){re.escape(words)}(?!\w)"))
    return found
