"""Which printed facts are not in the text of a file, and which words of it we did not print.

Help for the eye of whoever compares, and no more: a text can be read in many orders, and what is
drawn may not be what can be read. Pure: texts in, differences out.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Final

from certificates.sheet import Sheet

# A file with more strange words than this is another text; listing them would help nobody.
MOST_STRANGE: Final = 12
_NOTHING: Final = "–"


@dataclass(frozen=True)
class Missing:
    label: str
    printed: str
    """What we issued, and the file does not seem to say, or not as often."""


@dataclass(frozen=True)
class Differences:
    is_readable: bool
    """There is a text to compare with."""
    missing: tuple[Missing, ...] = ()
    strange: tuple[str, ...] = ()
    """Words of the file that are not, or not as often, in what we issued."""


def differences(text: str | None, *, sheet: Sheet, issued_text: str | None) -> Differences:
    """`issued_text` is read from the document as issued, the same way as `text`; None: there is
    none, and strange words are not looked for."""
    found = _squeezed(text or "")
    if not found:
        return Differences(is_readable=False)
    issued = _squeezed(issued_text or "")
    missing = tuple(
        Missing(label=label, printed=value)
        for label, value in printed_facts(sheet)
        # The hours stand on the page several times: one of them may have been changed.
        if found.count(_squeezed(value)) < max(1, issued.count(_squeezed(value)))
    )
    return Differences(
        is_readable=True, missing=missing, strange=_strange(text or "", issued_text or "")
    )


def printed_facts(sheet: Sheet) -> list[tuple[str, str]]:
    """Label and value of everything that a forger may want to change, in the order of the page."""
    facts = [
        ("Document", sheet.heading),
        ("Certificate number", sheet.serial),
        ("Name", sheet.name),
        ("Licenses", sheet.license_line),
        ("Course", sheet.title),
        *((fact.label, fact.value) for fact in sheet.facts),
        *((line.where, line.sentence) for block in sheet.blocks for line in block.lines),
        *(("Signed by", signature.name) for signature in sheet.signatures),
    ]
    return [(label, value) for label, value in facts if value and value != _NOTHING]


def _strange(text: str, issued: str) -> tuple[str, ...]:
    if not issued:
        return ()
    more = Counter(_words(text)) - Counter(_words(issued))
    return tuple(more) if len(more) <= MOST_STRANGE else ()


def _words(text: str) -> list[str]:
    words = (word.strip(".,;:·–-()“”\"'") for word in unicodedata.normalize("NFKC", text).split())
    return [word[:60] for word in words if word]


def _squeezed(text: str) -> str:
    """Without spaces and capitals: where a line is broken, and whether a label is printed in
    small capitals, differs from one maker of PDFs to the next."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
