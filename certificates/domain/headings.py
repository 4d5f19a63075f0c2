"""Bodies that call the document of a live course by a word of their own, each with its source.

Everything else is headed as NCBTMB tells completion and achievement apart; see `record`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class BodyWord:
    in_words: str
    """As it stands in a sentence: "certificate of attendance"."""
    source: str
    """Key of the source and its address."""

    @property
    def heading(self) -> str:
        return " ".join(
            word if word == "of" else word.capitalize() for word in self.in_words.split()
        )


# Facts of the field 1.1, read on November 20, 2026.
WORDS: Final[Mapping[str, BodyWord]] = {
    "US-TX": BodyWord(
        in_words="certificate of attendance",
        source="TX-34: 16 TAC 117.34, http://txrules.elaws.us/rule/title16_chapter117_sec.117.34",
    ),
    "US-FL": BodyWord(
        in_words="certificate of attendance",
        source=(
            "FL-96: Fla. Admin. Code 64B7-28.0096, https://regulations.justia.com/states/florida/"
            "64/64b7/chapter-64b7-28/section-64b7-28-0096"
        ),
    ),
}
