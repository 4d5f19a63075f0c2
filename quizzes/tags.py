"""Tags of questions: short words, in one spelling, by which an author finds them again. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final

from ce_platform.core.text import clean, fold

MOST_TAGS: Final = 10
LONGEST_TAG: Final = 40


def fold_tags(values: Iterable[str]) -> list[str]:
    """Without case, accents and doubles, sorted. “Jōmon” and “jomon” are one tag."""
    return sorted({fold(clean(value)) for value in values} - {""})


def tags_in(text: str) -> list[str]:
    """What an author wrote into one field, with commas between."""
    # Some letters become commas only when they are folded, so the text is folded first.
    return fold_tags(fold(clean(text)).split(","))


def tags_text(tags: Iterable[str]) -> str:
    """`tags_in` backwards."""
    return ", ".join(tags)


def problem_with(tags: Sequence[str]) -> str:
    """A sentence when folded tags are too many or no words; empty when they are fine."""
    if len(tags) > MOST_TAGS:
        return f"A question has at most {MOST_TAGS} tags; here are {len(tags)}."
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            return f"A tag has at most {LONGEST_TAG} characters; “{tag[:LONGEST_TAG]}…” has more."
        if "," in tag:
            return f"A tag has no comma in it; “{tag}” would be two."
    return ""
