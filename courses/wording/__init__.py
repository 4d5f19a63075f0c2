"""Words a course may not assert: what they are, where they may stand, what to write instead.

Pure: text in, findings out. Who asks it about a course is `courses.domain.wording`.
"""

from courses.wording.checking import (
    Finding,
    check_markdown,
    check_statement,
    check_title,
    examines_a_claim,
)
from courses.wording.patterns import PATTERNS, Pattern

__all__ = [
    "PATTERNS",
    "Finding",
    "Pattern",
    "check_markdown",
    "check_statement",
    "check_title",
    "examines_a_claim",
]
