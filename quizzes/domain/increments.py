"""What one graded attempt adds to the running sums. Pure: stored rows in, whole numbers out.

Shares come from the grade and not from grading again, so that the sums always count what was
graded last, whatever the key was. A first try is the attempt with the number 1: one that the
office set aside has been seen all the same, so its place does not pass to the next.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Final

from quizzes.question_types.base import OTHER_ANSWER

# A share of the points is counted in ten-thousandths, a percentage in hundredths of a percent.
WHOLE: Final = 10_000
BANDS: Final = 10
# Attempts from this number on are counted together.
LAST_NUMBER: Final = 5
# Longer than this nobody thinks about one question: they were away.
LONGEST_SECONDS: Final = 600

# Of a column.
LONGEST_KEY: Final = 80

# Beside the answers of its type every question has three keys, which no type uses as its own:
ASKED: Final = ""
"""Everybody who was asked."""
RIGHT: Final = "="
"""Everybody who earned all points."""
OTHER: Final = OTHER_ANSWER
"""Answers that the type has no name for, so that their number is bounded."""

Key = tuple[int | str | bool, ...]
Amounts = tuple[int, ...]


@dataclass(frozen=True)
class CountedItem:
    """One question of a graded attempt."""

    revision_id: int
    points: Decimal
    points_possible: Decimal
    keys: Sequence[str] | None
    """As its type counts the answer; None: not answered."""
    saved_at: datetime | None


@dataclass(frozen=True)
class CountedAttempt:
    quiz_id: int
    number: int
    percent: Decimal
    is_passed: bool
    started_at: datetime
    items: Sequence[CountedItem]


@dataclass
class Increments:
    """Per table: key → amounts, in the order of the columns named in `tallying`."""

    quizzes: dict[Key, Amounts] = field(default_factory=dict)
    """(quiz, attempt number)"""
    questions: dict[Key, Amounts] = field(default_factory=dict)
    """(quiz, revision, is first)"""
    choices: dict[Key, Amounts] = field(default_factory=dict)
    """(quiz, revision, key, band)"""

    def add(self, other: "Increments", *, sign: int = 1) -> None:
        """Rows that come to nothing are left out."""
        for mine, theirs in (
            (self.quizzes, other.quizzes),
            (self.questions, other.questions),
            (self.choices, other.choices),
        ):
            for key, amounts in theirs.items():
                known = mine.get(key)
                summed = (
                    tuple(sign * amount for amount in amounts)
                    if known is None
                    else tuple(a + sign * b for a, b in zip(known, amounts, strict=True))
                )
                if any(summed):
                    mine[key] = summed
                else:
                    mine.pop(key, None)


def increments_of(attempt: CountedAttempt) -> Increments:
    found = Increments()
    percent = int(attempt.percent * 100)
    number = min(attempt.number, LAST_NUMBER)
    found.quizzes[attempt.quiz_id, number] = (1, int(attempt.is_passed), percent, percent * percent)
    is_first = attempt.number == 1
    points = {item.revision_id: _hundredths(item.points) for item in attempt.items}
    possible = {item.revision_id: _hundredths(item.points_possible) for item in attempt.items}
    all_points, all_possible = sum(points.values()), sum(possible.values())
    seconds = seconds_of(attempt)
    for item in attempt.items:
        mine, whole = points[item.revision_id], possible[item.revision_id]
        share = mine * WHOLE // whole
        others = all_possible - whole
        rest = (all_points - mine) * WHOLE // others if others else 0
        took = seconds.get(item.revision_id)
        found.questions[attempt.quiz_id, item.revision_id, is_first] = (
            1,
            int(item.keys is not None),
            int(mine == whole),
            share,
            share * share,
            rest,
            rest * rest,
            share * rest,
            int(took is not None),
            took or 0,
        )
        if is_first:
            band = min(BANDS - 1, rest * BANDS // WHOLE)
            keys = {ASKED, *(item.keys or ())}
            if mine == whole:
                keys.add(RIGHT)
            for key in keys:
                found.choices[attempt.quiz_id, item.revision_id, key, band] = (1,)
    return found


def seconds_of(attempt: CountedAttempt) -> Mapping[int, int]:
    """Revision id → from the answer saved before, or the start, to the last save of this one.

    Answers that were sent together have no time: nobody knows which of them took how long.
    """
    answered = [
        (item.saved_at, item.revision_id)
        for item in attempt.items
        if item.saved_at is not None and item.keys is not None
    ]
    together = Counter(saved_at for saved_at, _ in answered)
    found: dict[int, int] = {}
    before = attempt.started_at
    for saved_at, revision_id in sorted(answered):
        if together[saved_at] == 1:
            passed = int((saved_at - before).total_seconds())
            found[revision_id] = max(0, min(passed, LONGEST_SECONDS))
        before = saved_at
    return found


def named_keys(keys: Iterable[str], labels: Mapping[str, str]) -> list[str]:
    """The keys that the item analysis can name; all others are one."""
    return sorted({stored_key(key) if key in labels else OTHER for key in keys})


def stored_key(key: str) -> str:
    """A key of a type as it is stored: one that does not fit the column, or is one of ours, by its
    hash."""
    if len(key) <= LONGEST_KEY and key not in (ASKED, RIGHT, OTHER):
        return key
    return f"#{sha256(key.encode()).hexdigest()[:32]}"


def _hundredths(points: Decimal) -> int:
    return int(points * 100)
