"""Questions of a course on their way to other systems."""

import json
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import OuterRef, Subquery

from ce_platform.core.models import StoredFile
from courses.models import Course, CourseVersion
from quizzes.domain.drafting import pool_of
from quizzes.interchange import formats
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.outgoing import Outgoing, Written
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem


def questions_of(quiz: Quiz) -> list[Outgoing]:
    """In the order of the author; one query."""
    return [_outgoing(item.revision) for item in pool_of(quiz)]


def questions_of_version(version: CourseVersion) -> list[Outgoing]:
    """Of all its quizzes, in their order, also what is drawn; each once. One query."""
    items = QuizPoolItem.objects.filter(quiz__version=version).select_related("revision__question")
    revisions = {
        item.revision_id: item.revision
        for item in items.order_by("quiz__position", "position", "pk")
    }
    return [_outgoing(revision) for revision in revisions.values()]


def questions_of_bank(course: Course) -> list[Outgoing]:
    """Every question of the bank that is not retired, as it reads today. One query."""
    newest = (
        QuestionRevision.objects.filter(question=OuterRef("question"))
        .order_by("-number")
        .values("pk")[:1]
    )
    revisions = QuestionRevision.objects.filter(
        question__course=course, question__retired_at__isnull=True, pk=Subquery(newest)
    )
    return [_outgoing(each) for each in revisions.select_related("question").order_by("pk")]


def written(format_name: str, questions: Sequence[Outgoing], *, is_look: bool = False) -> Written:
    """The file; with `is_look` only what it would leave behind, and no picture is read or drawn.

    One query for each picture. Errors: InterchangeRefused.
    """
    if not is_look:
        questions = [replace(each, files=_media) for each in questions]
    return formats.write(format_name, questions)


def _media(sha256: str) -> bytes:
    file = StoredFile.objects.filter(area=StoredFile.Area.COURSE_MEDIA, sha256=sha256).first()
    if file is None:
        raise NotRepresented("A picture of it is not kept any more.")
    try:
        return file.read()
    except OSError:
        raise NotRepresented("A picture of it cannot be read at the moment.") from None


def _outgoing(revision: QuestionRevision) -> Outgoing:
    return Outgoing(
        revision.type,
        revision.data,
        points=revision.points,
        key=str(revision.question.key),
        has_objective=revision.objective_key is not None or revision.lesson_key is not None,
        tags=tuple(json.loads(revision.tags)),
    )
