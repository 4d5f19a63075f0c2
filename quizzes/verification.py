"""Whether question revisions and grades still say what they said when they were written."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from django.db.models import Prefetch

from ce_platform.core.verification import Finding, Tally
from quizzes.domain.grading import Mended, items_text, score_of
from quizzes.domain.mended import keys_of
from quizzes.models import Attempt, AttemptItem, Grade, QuestionRevision, Regrade
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

    Mended keys count, in the order in which they came; one that is being applied may not have
    reached the attempt yet. A grade with a reason and no regrade was given by a person; it is
    compared with the lists alone.
    """
    regrades = list(Regrade.objects.select_related("better").order_by("pk"))
    attempts = (
        Attempt.objects.filter(status=Attempt.Status.GRADED)
        .select_related("quiz", "enrollment__user")
        .prefetch_related(
            Prefetch("grades", queryset=Grade.objects.order_by("number")),
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
        grades = list(attempt.grades.all())
        if not grades:
            yield Finding(what, "is graded but has no grade")
            continue
        grade = grades[-1]
        if (grade.percent, grade.is_passed) != (attempt.percent, attempt.is_passed):
            yield Finding(what, "does not show what its newest grade says")
        if any(
            later.regrade_id and later.points < earlier.points
            for earlier, later in pairwise(grades)
        ):
            yield Finding(what, "was graded anew and lost points")
        is_by_hand = grade.reason and grade.regrade_id is None
        if not is_by_hand and not _is_erased(attempt) and not _agrees(grade, attempt, regrades):
            yield Finding(what, "has a grade that its answers do not give")


def _is_erased(attempt: Attempt) -> bool:
    """Its person has closed their account, and the answers proved nothing (quizzes/share.py)."""
    return attempt.enrollment.user.closed_at is not None and not any(
        item.response for item in attempt.items.all()
    )


def _agrees(grade: Grade, attempt: Attempt, regrades: Sequence[Regrade]) -> bool:
    asked = {item.revision_id for item in attempt.items.all()}
    of_attempt = [each for each in regrades if each.revision_id in asked]
    if _gives(grade, attempt, keys_of(of_attempt)):
        return True
    applied = [
        each for each in of_attempt if each.finished_at is not None or each.pk == grade.regrade_id
    ]
    return len(applied) < len(of_attempt) and _gives(grade, attempt, keys_of(applied))


def _gives(grade: Grade, attempt: Attempt, mended: Mended) -> bool:
    pass_percent = attempt.quiz.pass_percent
    try:
        right = score_of(attempt.items.all(), pass_percent=pass_percent, mended=mended)
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
