"""Taking somebody's name, addresses and words out of texts that are kept."""

import json
import re
from collections.abc import Collection
from typing import Any, Final

from ce_platform.core.text import canonical_json

ERASED: Final = "[erased]"
_SHORTEST_TEXT: Final = 12
_LONGEST_NEEDLE: Final = 120
# Dates, numbers, codes and states in small letters say nothing of a person that its row does not.
_FACT: Final = re.compile(r"[a-z0-9.:+_-]{0,64}|[0-9]{4}-[0-9T:.+Z-]{6,40}|[A-Z0-9-]{16,40}")


def names_to_look_for(names: Collection[str]) -> list[str]:
    """Names of one word would be found in everybody's texts; they are not looked for."""
    return sorted({name.strip() for name in names if len(name.split()) > 1})


def needle_of(text: str) -> str:
    """The longest line of a text: a message that quotes the text has it on one line."""
    line = max((each.strip() for each in text.splitlines()), key=len, default="")
    return line[:_LONGEST_NEEDLE].rstrip() if len(line) >= _SHORTEST_TEXT else ""


def without(text: str, words: Collection[str]) -> str:
    """The text with each of the words replaced, whatever its case; whole words only."""
    for word in sorted(words, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", ERASED, text, flags=re.IGNORECASE)
    return text


def redacted(detail: str, words: Collection[str], *, is_theirs: bool) -> str:
    """The detail of an event, canonical JSON, without what it says of a person.

    `is_theirs`: by them or about them; then every text goes that is not plainly a fact.
    """

    def cleaned(value: Any) -> Any:
        match value:
            case dict():
                return {without(key, words): cleaned(each) for key, each in value.items()}
            case list():
                return [cleaned(each) for each in value]
            case str():
                left = without(value, words)
                return ERASED if is_theirs and not _FACT.fullmatch(left) else left
        return value

    before = json.loads(detail)
    after = cleaned(before)
    if after == before:
        return detail
    return canonical_json(after | {"erased": True})
