"""Whether question revisions and grades still say what they said when they were written."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Prefetch

from ce_platform.core.verification import Finding, Tally
from quizzes.domain.grading import items_text, score_of
from quizzes.models import Attempt, AttemptItem, Grade, QuestionRevision
from quizzes.package.model import content_sha256

_PIECE: Final = 200


def check_revisions(tally: Tally) -> Iterator[Finding]:
    """The content of every revision agrees with its hash."""
    rows = QuestionRevision.objects.only("question_id", "number", "type", "content", "sha256")
    for revision in rows.order_by("pk").iterator(chunk_size=_PIECE):
        tally.count += 1
        if content_sha256(revision.type, revision.content) != revision.sha256:
            yield Finding(
                f"revision {revision.number} of question {revision.question_id}",
                "its content is not what its hash says",
            )


def check_grades(tally: Tally) -> Iterator[Finding]:
    """The newest grade of an attempt is what its answers give and what lists show of it.

    A grade with a reason was given anew by a person; it is compared with the lists alone.
    """
    attempts = (
        Attempt.objects.filter(status=Attempt.Status.GRADED)
        .select_related("quiz")
        .prefetch_related(
            "grades",
            Prefetch(
                "items",
                queryset=AttemptItem.objects.select_related("revision").order_by("position"),
            ),
        )
        .order_by("pk")
    )
    for attempt in attempts.iterator(chunk_size=_PIECE):
        tally.count += 1
        what = f"attempt {attempt.uid}"
        grade = max(attempt.grades.all(), key=lambda each: each.number, default=None)
        if grade is None:
            yield Finding(what, "is graded but has no grade")
            continue
        if (grade.percent, grade.is_passed) != (attempt.percent, attempt.is_passed):
            yield Finding(what, "does not show what its newest grade says")
        if not grade.reason and not _agrees(grade, attempt):
            yield Finding(what, "has a grade that its answers do not give")


def _agrees(grade: Grade, attempt: Attempt) -> bool:
    pass_percent = attempt.quiz.pass_percent
    try:
        right = score_of(attempt.items.all(), pass_percent=pass_percent)
    except (ValueError, KeyError, TypeError, ArithmeticError):
        return False
    return (
        grade.pass_percent,
        grade.points,
        grade.points_possible,
        grade.percent,
        grade.is_passed,
        grade.items_json,
    ) == (
        pass_percent,
        right.points,
        right.points_possible,
        right.percent,
        right.is_passed,
        items_text(right),
    )
