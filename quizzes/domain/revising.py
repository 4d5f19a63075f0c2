"""Making revisions of questions. A revision is never changed: what is new is a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db.models import Max, OuterRef, QuerySet, Subquery

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json
from courses.models import CourseVersion
from quizzes.domain.checking import check_content
from quizzes.domain.errors import ContentRefused
from quizzes.models import Question, QuestionRevision
from quizzes.package.model import content_sha256
from quizzes.question_types.base import Content

ONE: Final = Decimal(1)


@dataclass(frozen=True)
class Facts:
    """What a revision says besides its content."""

    points: Decimal = ONE
    objective_key: UUID | None = None
    lesson_key: UUID | None = None
    tags: Sequence[str] = ()
    """Folded and sorted, as `quizzes.tags` makes them."""
    difficulty: str = ""


def facts_of(revision: QuestionRevision) -> Facts:
    return Facts(
        points=revision.points,
        objective_key=revision.objective_key,
        lesson_key=revision.lesson_key,
        tags=tuple(revision.tag_list),
        difficulty=revision.difficulty,
    )


def revise(
    question: Question,
    type_name: str,
    content: Content,
    facts: Facts,
    *,
    number: int,
    by: User,
    now: datetime,
) -> QuestionRevision:
    """The row, with its hash; `content` is canonical."""
    text = canonical_json(content)
    return QuestionRevision.objects.create(
        question=question,
        number=number,
        type=type_name,
        content=text,
        sha256=content_sha256(type_name, text),
        points=facts.points,
        objective_key=facts.objective_key,
        lesson_key=facts.lesson_key,
        tags=canonical_json(list(facts.tags)),
        difficulty=facts.difficulty,
        created_at=now,
        created_by_id=by.pk,
    )


def revised(
    before: QuestionRevision, content: Content, facts: Facts, *, by: User, now: datetime
) -> QuestionRevision:
    """A new revision; what says the same as `before` is `before`."""
    sha256 = content_sha256(before.type, canonical_json(content))
    if before.sha256 == sha256 and facts_of(before) == facts:
        return before
    # Another version may have gone on with a newer revision of the same question.
    newest = before.question.revisions.aggregate(newest=Max("number"))["newest"]
    return revise(before.question, before.type, content, facts, number=newest + 1, by=by, now=now)


def copy_of(
    revision: QuestionRevision, version: CourseVersion, *, by: User, now: datetime
) -> QuestionRevision:
    """The first revision of a new question that says the same."""
    return revise(
        Question.objects.create(course=version.course),
        revision.type,
        revision.data,
        facts_of(revision),
        number=1,
        by=by,
        now=now,
    )


def checked(
    version: CourseVersion,
    type_name: str,
    content: Mapping[str, object],
    *,
    kept: Content | None = None,
) -> Content:
    """The content in canonical form. `kept`: what a revision shows stays as it is there.
    Errors: ContentRefused, UnknownQuestionType."""
    cleaned = check_content(version, type_name, dict(content), kept=kept)
    if cleaned.problems:
        raise ContentRefused(cleaned.problems)
    return cleaned.content


def newest_revisions(course_id: int) -> QuerySet[QuestionRevision]:
    """One of every question in the bank of a course."""
    newest = QuestionRevision.objects.filter(question=OuterRef("question")).order_by("-number")
    return QuestionRevision.objects.filter(
        question__course=course_id, pk=Subquery(newest.values("pk")[:1])
    )
