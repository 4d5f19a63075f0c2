"""Two accounts of one person with the same course under way in both: which of the two goes on.

That is why people call: they began with one address and went on with the other. The office chooses;
the other enrollment is withdrawn and stays in the history with its attempts. Progress does not move
from one into the other: whose answers earned the hours stays as it was.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from ce_platform.accounts.models import User
from courses.domain.enrolling import leave
from courses.models import Attendance, Enrollment, long_texts
from courses.parts import Item
from quizzes.models import Attempt
from quizzes.queries import graded, quizzes_by_version, standings

WITHDRAWN: Final = "The accounts were merged, and the other enrollment in this course goes on."


@dataclass(frozen=True)
class Begun:
    """One of the two, and what would be lost if the other one went on."""

    enrollment: Enrollment
    passed: list[str]
    """Titles of its quizzes that are passed."""
    lost: list[str]
    """What it has and the other one has not: passed quizzes, a session that was attended, a try
    against the clock. Nobody does that twice because of two addresses."""


@dataclass(frozen=True)
class Twice:
    """A course under way in both accounts."""

    course_id: int
    title: str
    ends: Begun
    stays: Begun

    @property
    def may_go_on(self) -> list[Begun]:
        """Those that can be chosen: with nothing lost in the other one."""
        return [
            one
            for one, other in ((self.stays, self.ends), (self.ends, self.stays))
            if not other.lost
        ]

    @property
    def in_the_way(self) -> list[Item]:
        if self.may_go_on:
            return []
        return [
            Item(
                "open-twice",
                f"Both are studying “{self.title}”, and each has something that the other has "
                f"not: {self.ends.enrollment.user.email} {_listed(self.ends.lost)}, "
                f"{self.stays.enrollment.user.email} {_listed(self.stays.lost)}. It would be "
                "lost. Let the person finish the course in one of the two accounts, or do in "
                "one what is done in the other; then merge.",
            )
        ]


def courses_twice(old: User, into: User, *, now: datetime) -> list[Twice]:
    """In the order of their beginning; a constant number of queries."""
    rows = list(
        Enrollment.objects.filter(user__in=[old, into], status=Enrollment.Status.OPEN)
        .select_related("user", "version")
        .defer(*long_texts("version"))
        .order_by("pk")
    )
    by_course: dict[int, dict[int, Enrollment]] = {}
    for row in rows:
        by_course.setdefault(row.course_id, {})[row.user_id] = row
    pairs = [(found[old.pk], found[into.pk]) for found in by_course.values() if len(found) == 2]
    if not pairs:
        return []
    has = _what_counts([row for pair in pairs for row in pair], now=now)
    return [
        Twice(
            course_id=into_row.course_id,
            title=into_row.version.title,
            ends=_begun(old_row, has[old_row.pk], has[into_row.pk]),
            stays=_begun(into_row, has[into_row.pk], has[old_row.pk]),
        )
        for old_row, into_row in pairs
    ]


def unchosen(twice: Iterable[Twice], going_on: Collection[UUID]) -> list[Item]:
    """Courses for which none of the two that may go on was chosen, or both."""
    return [
        Item("open-twice", f"Both are studying “{each.title}”. Choose which of the two goes on.")
        for each in twice
        if len([one for one in each.may_go_on if one.enrollment.uid in going_on]) != 1
    ]


def let_one_go_on(
    twice: Iterable[Twice], going_on: Collection[UUID], *, by: User, now: datetime
) -> None:
    """With both rows locked, and one of each chosen."""
    for each in twice:
        goes_on, ends = each.stays.enrollment, each.ends.enrollment
        if ends.uid in going_on:
            goes_on, ends = ends, goes_on
        leave(ends, by=by, now=now, reason=WITHDRAWN)
        # From now on it is the newest of this course, whichever was begun or opened last.
        goes_on.last_activity_at = now
        goes_on.save(update_fields=["last_activity_at"])


def _what_counts(
    rows: list[Enrollment], *, now: datetime
) -> dict[int, dict[str, tuple[str, bool]]]:
    """Enrollment id → what it has, by a name that both share: its words, and whether it is a
    passed quiz."""
    found: dict[int, dict[str, tuple[str, bool]]] = {row.pk: {} for row in rows}
    quizzes = quizzes_by_version(row.version for row in rows)
    known = standings(rows, now=now)
    timed = set(
        Attempt.objects.filter(
            enrollment__in=rows, status=Attempt.Status.IN_PROGRESS, deadline_at__gt=now
        ).values_list("enrollment_id", "quiz__key")
    )
    attended = set(
        Attendance.objects.filter(enrollment__in=rows, is_whole=True).values_list(
            "enrollment_id", flat=True
        )
    )
    for row in rows:
        for quiz in graded(quizzes[row.version_id]):
            standing = known.get((row.pk, quiz.key))
            if standing is not None and standing.is_passed:
                found[row.pk][str(quiz.key)] = (f"“{quiz.title}”", True)
            elif (row.pk, quiz.key) in timed:
                found[row.pk][str(quiz.key)] = (f"a try at “{quiz.title}” that runs now", False)
        if row.pk in attended:
            found[row.pk]["attendance"] = ("a session that was attended", False)
    return found


def _begun(
    row: Enrollment, own: dict[str, tuple[str, bool]], of_other: dict[str, tuple[str, bool]]
) -> Begun:
    return Begun(
        enrollment=row,
        passed=[words for words, is_quiz in own.values() if is_quiz],
        lost=[
            f"has passed {words}" if is_passed else f"has {words}"
            for name, (words, is_passed) in own.items()
            # Passed counts more than a try that runs.
            if name not in of_other or (is_passed and not of_other[name][1])
        ],
    )


def _listed(lost: list[str]) -> str:
    return " and ".join(lost)
