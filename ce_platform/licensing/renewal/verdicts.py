"""The possible answers about hours of a course at one body."""

from enum import StrEnum


class Verdict(StrEnum):
    COUNTS = "counts"
    IN_PART = "counts-in-part"
    ASK = "ask"
    """Hours are worked out, but by a rule that this office has not checked, or for a first
    renewal of which nobody knows what it asks: probably, please confirm."""
    PENDING = "pending"
    """Submitted, not decided."""
    DOES_NOT_COUNT = "does-not-count"
    NOT_KNOWN = "not-known"
    BESIDES = "besides"
    """Fulfills training that is due on top of the hours."""
    NOTHING_DUE = "nothing-due"
    """The body asks for no hours, or for none at this renewal."""


VERDICT_WORDS = {
    Verdict.COUNTS: "Counts",
    Verdict.IN_PART: "Counts in part",
    Verdict.ASK: "Probably; please confirm",
    Verdict.PENDING: "Submitted, not decided",
    Verdict.DOES_NOT_COUNT: "Does not count",
    Verdict.NOT_KNOWN: "Not known",
    Verdict.BESIDES: "Counts besides the hours",
    Verdict.NOTHING_DUE: "No hours due",
}


def verdict_words(verdict: Verdict, *, is_checked: bool) -> str:
    """By a rule that nobody in the office has checked not even “nothing is due” is plain."""
    if verdict == Verdict.NOTHING_DUE and not is_checked:
        return "Probably no hours due"
    return VERDICT_WORDS[verdict]
