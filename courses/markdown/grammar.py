"""The words of the lesson language beyond CommonMark; docs/course-package.md tells them."""

import re
from typing import Final

# How well a statement is supported, strongest first; `tradition` stands apart. Spelled as
# authors write them; the class name of each has hyphens for spaces.
GRADES: Final = (
    "supported",
    "weakly supported",
    "plausible but untested",
    "unsupported",
    "contradicted",
    "unsafe as stated",
    "tradition",
)

CALLOUTS: Final[dict[str, str]] = {
    "caution": "Caution",
    "do-not": "Do not",
    "contraindication": "When not to",
    "try": "Try it",
    "note": "Note",
    "tradition": "Tradition, not tested",
    "claim": "Claim examined",
}
CHART: Final = "chart"
RECORDING: Final = "recording"
# What the address of a link to a handout begins with.
HANDOUT: Final = "handout:"
BLOCKS: Final = (*CALLOUTS, CHART, RECORDING)

# Longer than any lesson, and short enough that no input makes the parser work for long.
LONGEST_TEXT: Final = 200_000
LONGEST_PARAGRAPH: Final = 20_000

SLUG: Final = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}"
_REFS = rf"@{SLUG}(?:[\s,;]{{1,4}}@{SLUG}){{0,19}}"
CITATION: Final = re.compile(rf"\[(?:([^\[\]@:]{{1,40}}):\s{{0,4}})?({_REFS})\]")
BARE_GRADE: Final = re.compile(rf"\[({'|'.join(GRADES)})\](?![(\[{{])")
REFERENCE: Final = re.compile(rf"@({SLUG})")
LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
CLAIM: Final = re.compile(r"C\d{2,3}[a-z]?")


def grade_class(grade: str) -> str:
    return grade.replace(" ", "-")
