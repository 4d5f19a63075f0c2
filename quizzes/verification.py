"""Whether question revisions and grades still say what they said when they were written."""

from collections.abc import Iterator
from typing import Final

from ce_platform.core.verification import Finding, Tally
from quizzes.models import Attempt, QuestionRevision
from quizzes.package.model import content_sha256

_PIECE: Final = 500


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
    """What lists show of an attempt is what its newest grade says."""
    attempts = (
        Attempt.objects.filter(status=Attempt.Status.GRADED)
        .prefetch_related("grades")
        .order_by("pk")
    )
    for attempt in attempts.iterator(chunk_size=_PIECE):
        tally.count += 1
        grade = max(attempt.grades.all(), key=lambda each: each.number, default=None)
        if grade is None:
            yield Finding(f"attempt {attempt.uid}", "is graded but has no grade")
        elif (grade.percent, grade.is_passed) != (attempt.percent, attempt.is_passed):
            yield Finding(f"attempt {attempt.uid}", "does not show what its newest grade says")
