"""What the draws of a draft may take, kept in step with the bank."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from courses.models import CourseVersion
from quizzes.domain.revising import newest_revisions
from quizzes.models import QuestionRevision, Quiz, QuizDraw, QuizPoolItem


@dataclass(frozen=True)
class _Candidate:
    question_id: int
    revision_id: int
    tags: Collection[str]
    objective_key: UUID | None


def fill_draws(version: CourseVersion) -> None:
    """Let every draw of a draft take all questions in use that match: each in the revision that
    the version asks elsewhere, else in its newest.

    Not those that the same quiz asks anyway, nor those that an earlier draw of it takes, nor
    those of practice, which shows their answers. Done twice is done once; three queries when
    nothing changed, six at most, one without draws.
    """
    draws = list(
        QuizDraw.objects.filter(quiz__version=version).order_by("quiz_id", "position", "id")
    )
    if not draws:
        return
    items = list(
        QuizPoolItem.objects.filter(quiz__version=version)
        .select_related("revision", "quiz")
        .only(
            "quiz__purpose",
            "draw_id",
            "position",
            "revision__question_id",
            "revision__tags",
            "revision__objective_key",
        )
        .order_by("quiz__position", "quiz_id", "position", "id")
    )
    asked: dict[int, set[int]] = {}
    last: dict[int, int] = {}
    for item in items:
        if item.draw_id is None:
            asked.setdefault(item.quiz_id, set()).add(item.revision.question_id)
            last[item.quiz_id] = item.position
    candidates = list(_candidates(version, items))
    wanted: dict[tuple[int, int], tuple[int, int]] = {}
    for draw in draws:
        taken = asked.setdefault(draw.quiz_id, set())
        for candidate in candidates:
            if candidate.question_id not in taken and draw.takes(
                candidate.tags, candidate.objective_key
            ):
                taken.add(candidate.question_id)
                # What the author put in stands first.
                position = last[draw.quiz_id] = last.get(draw.quiz_id, 0) + 1
                wanted[draw.quiz_id, candidate.revision_id] = (draw.pk, position)
    _make(wanted, [item for item in items if item.draw_id is not None])


def _candidates(version: CourseVersion, items: Collection[QuizPoolItem]) -> Iterator[_Candidate]:
    """In the order of the course; what no quiz asks comes after it, in the order of writing."""
    newest = {
        revision.question_id: revision
        for revision in newest_revisions(version.course_id)
        .filter(question__retired_at__isnull=True)
        .only("question_id", "tags", "objective_key")
        .order_by("question_id")
    }
    for item in items:
        if item.draw_id is not None or newest.pop(item.revision.question_id, None) is None:
            continue
        if item.quiz.purpose != Quiz.Purpose.PRACTICE:
            yield _candidate(item.revision)
    for revision in newest.values():
        yield _candidate(revision)


def _candidate(revision: QuestionRevision) -> _Candidate:
    return _Candidate(
        revision.question_id, revision.pk, frozenset(revision.tag_list), revision.objective_key
    )


def _make(wanted: dict[tuple[int, int], tuple[int, int]], items: Collection[QuizPoolItem]) -> None:
    """Let the drawn items be these: (quiz, revision) → (draw, position)."""
    stale: list[int] = []
    moved: list[QuizPoolItem] = []
    for item in items:
        place = wanted.pop((item.quiz_id, item.revision_id), None)
        if place is None:
            stale.append(item.pk)
        elif place != (item.draw_id, item.position):
            item.draw_id, item.position = place
            moved.append(item)
    if stale:
        QuizPoolItem.objects.filter(pk__in=stale).delete()
    if moved:
        QuizPoolItem.objects.bulk_update(moved, ["draw", "position"])
    QuizPoolItem.objects.bulk_create(
        QuizPoolItem(quiz_id=quiz_id, revision_id=revision_id, draw_id=draw_id, position=position)
        for (quiz_id, revision_id), (draw_id, position) in wanted.items()
    )
