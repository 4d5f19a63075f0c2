"""Writing questions in the studio. A revision is never changed: a saved change is a new one, and
the quiz of the draft points at it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import canonical_json
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion
from quizzes.domain.checking import check_content
from quizzes.domain.drafting import finish, pool_of, renumber
from quizzes.domain.errors import (
    AlreadyAsked,
    ContentRefused,
    Elsewhere,
    QuestionMoved,
    QuestionRetired,
    TooManyQuestions,
)
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.package.model import content_sha256
from quizzes.question_types.base import Content

# A course package takes no more either.
MOST_QUESTIONS: Final = 500
ONE: Final = Decimal(1)


@dataclass(frozen=True)
class Removed:
    """What `put_back_question` needs."""

    revision_id: int
    position: int


@transaction.atomic
def add_question(
    quiz: Quiz,
    type_name: str,
    content: Mapping[str, object],
    *,
    points: Decimal = ONE,
    objective_key: UUID | None = None,
    lesson_key: UUID | None = None,
    by: User,
    now: datetime,
) -> QuizPoolItem:
    """A new question of the bank, at the end of the quiz; `content` as in a course package.

    Errors: NotADraft, Elsewhere, ContentRefused, TooManyQuestions, UnknownQuestionType.
    """
    version, quiz = _locked(quiz)
    canonical = _checked(version, type_name, dict(content))
    pool = pool_of(quiz)
    _check_room(pool)
    question = Question.objects.create(course=version.course)
    revision = _revise(
        question, type_name, canonical, points, objective_key, lesson_key, number=1, by=by, now=now
    )
    item = QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=len(pool) + 1)
    renumber([*pool, item])
    _note("question.added", item, version, by=by, now=now)
    return item


@transaction.atomic
def save_question(
    item: QuizPoolItem,
    content: Mapping[str, object],
    *,
    points: Decimal,
    objective_key: UUID | None,
    lesson_key: UUID | None,
    expected_number: int,
    takes_over: bool = False,
    by: User,
    now: datetime,
) -> QuizPoolItem:
    """Make a new revision and let the quiz ask it; saving what is there already changes nothing.

    `expected_number`: the revision that the author had before them. `takes_over`: charts and
    figures that were changed since are shown as they are now; else they stay as they were.
    Errors: NotADraft, QuestionMoved when somebody else saved meanwhile, ContentRefused.
    """
    version = locked_draft(item.quiz.version)
    current = _item_as_now(item)
    if current is None or current.revision.number != expected_number:
        raise QuestionMoved(current)
    before = current.revision
    kept = None if takes_over else before.data
    canonical = _checked(version, before.type, dict(content), kept=kept)
    sha256 = content_sha256(before.type, canonical_json(canonical))
    if (before.sha256, before.points, before.objective_key, before.lesson_key) == (
        sha256,
        points,
        objective_key,
        lesson_key,
    ):
        return current
    # Another version may have gone on with a newer revision of the same question.
    newest = before.question.revisions.aggregate(newest=Max("number"))["newest"]
    current.revision = _revise(
        before.question,
        before.type,
        canonical,
        points,
        objective_key,
        lesson_key,
        number=newest + 1,
        by=by,
        now=now,
    )
    current.save(update_fields=["revision"])
    _note("question.saved", current, version, by=by, now=now)
    return current


@transaction.atomic
def duplicate_question(item: QuizPoolItem, *, by: User, now: datetime) -> QuizPoolItem:
    """A new question that says the same, right after this one.

    Errors: NotADraft, QuestionMoved, TooManyQuestions.
    """
    version, current, pool = _locked_pool(item)
    _check_room(pool)
    copy = QuizPoolItem.objects.create(
        quiz=current.quiz,
        revision=_copy_of(current.revision, version, by=by, now=now),
        position=len(pool) + 1,
    )
    place = pool.index(current) + 1
    renumber([*pool[:place], copy, *pool[place:]])
    _note("question.duplicated", copy, version, by=by, now=now)
    return copy


@transaction.atomic
def move_question(
    item: QuizPoolItem, *, to: int | Literal["up", "down"], by: User, now: datetime
) -> QuizPoolItem:
    """One place up or down, or to a place counted from 1; beyond the ends means the end.

    Errors: NotADraft, QuestionMoved.
    """
    version, current, pool = _locked_pool(item)
    before = pool.index(current)
    wanted = {"up": before - 1, "down": before + 1}.get(str(to))
    if wanted is None:
        wanted = int(to) - 1
    place = min(max(wanted, 0), len(pool) - 1)
    pool.insert(place, pool.pop(before))
    renumber(pool)
    if place != before:
        _note("question.moved", current, version, by=by, now=now)
    return current


@transaction.atomic
def remove_question(item: QuizPoolItem, *, by: User, now: datetime) -> Removed:
    """Take a question out of the quiz; it stays in the bank. Errors: NotADraft, QuestionMoved."""
    version, current, pool = _locked_pool(item)
    place = pool.index(current) + 1
    pool.remove(current)
    QuizPoolItem.objects.filter(pk=current.pk).delete()
    renumber(pool)
    _note("question.removed", current, version, by=by, now=now)
    return Removed(revision_id=current.revision_id, position=place)


@transaction.atomic
def put_back_question(quiz: Quiz, removed: Removed, *, by: User, now: datetime) -> QuizPoolItem:
    """Undo `remove_question`: the same revision in its place; what is there already stays.

    Errors: NotADraft, Elsewhere, AlreadyAsked, TooManyQuestions.
    """
    version, quiz = _locked(quiz)
    revision = (
        QuestionRevision.objects.filter(pk=removed.revision_id, question__course=version.course_id)
        .select_related("question")
        .first()
    )
    if revision is None:
        raise Elsewhere("This question belongs to another course.")
    pool = pool_of(quiz)
    for item in pool:
        if item.revision.question_id == revision.question_id:
            return item
    _check_not_asked(version, revision.question)
    _check_room(pool)
    item = QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=len(pool) + 1)
    place = min(max(removed.position - 1, 0), len(pool))
    renumber([*pool[:place], item, *pool[place:]])
    _note("question.put-back", item, version, by=by, now=now)
    return item


@transaction.atomic
def add_from_bank(
    quiz: Quiz, question: Question, *, as_copy: bool = False, by: User, now: datetime
) -> QuizPoolItem:
    """The newest revision of a question, at the end of the quiz. As a copy: a new question that
    says the same, since a question stands in one quiz of a version at most.

    Errors: NotADraft, Elsewhere, AlreadyAsked, QuestionRetired, TooManyQuestions.
    """
    version, quiz = _locked(quiz)
    revision = (
        QuestionRevision.objects.filter(question=question, question__course=version.course_id)
        .select_related("question")
        .order_by("-number")
        .first()
    )
    if revision is None:
        raise Elsewhere("This question belongs to another course.")
    if not as_copy:
        if revision.question.retired_at is not None:
            raise QuestionRetired("This question is retired. Bring it back first.")
        _check_not_asked(version, question)
    pool = pool_of(quiz)
    _check_room(pool)
    if as_copy:
        revision = _copy_of(revision, version, by=by, now=now)
    item = QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=len(pool) + 1)
    renumber([*pool, item])
    _note("question.added-from-bank", item, version, by=by, now=now)
    return item


@transaction.atomic
def retire_question(
    version: CourseVersion, question: Question, *, by: User, now: datetime
) -> Question:
    """No quiz takes it any more; published quizzes go on with it. Twice is once.

    Errors: NotADraft, Elsewhere, AlreadyAsked while a quiz of the draft asks it.
    """
    version = locked_draft(version)
    question = _question_as_now(version, question)
    if question.retired_at is None:
        _check_not_asked(version, question)
        question.retired_at = now
        question.save(update_fields=["retired_at"])
        _note_of_bank("question.retired", question, version, by=by, now=now)
    return question


@transaction.atomic
def bring_back_question(
    version: CourseVersion, question: Question, *, by: User, now: datetime
) -> Question:
    """Undo `retire_question`. Errors: NotADraft, Elsewhere."""
    version = locked_draft(version)
    question = _question_as_now(version, question)
    if question.retired_at is not None:
        question.retired_at = None
        question.save(update_fields=["retired_at"])
        _note_of_bank("question.brought-back", question, version, by=by, now=now)
    return question


# ------------------------------------------------------------------------------- helpers


def _locked(quiz: Quiz) -> tuple[CourseVersion, Quiz]:
    version = locked_draft(quiz.version)
    found = Quiz.objects.filter(pk=quiz.pk).first()
    if found is None:
        raise Elsewhere("This quiz was removed meanwhile.")
    found.version = version
    return version, found


def _locked_pool(item: QuizPoolItem) -> tuple[CourseVersion, QuizPoolItem, list[QuizPoolItem]]:
    """The version locked, the item as it is now, and the whole quiz in order, the item in it."""
    version = locked_draft(item.quiz.version)
    pool = pool_of(item.quiz)
    current = next((each for each in pool if each.pk == item.pk), None)
    if current is None:
        raise QuestionMoved(None)
    current.quiz = item.quiz
    return version, current, pool


def _item_as_now(item: QuizPoolItem) -> QuizPoolItem | None:
    return (
        QuizPoolItem.objects.filter(pk=item.pk).select_related("quiz", "revision__question").first()
    )


def _question_as_now(version: CourseVersion, question: Question) -> Question:
    found = Question.objects.filter(pk=question.pk, course=version.course_id).first()
    if found is None:
        raise Elsewhere("This question belongs to another course.")
    return found


def _checked(
    version: CourseVersion, type_name: str, content: Content, *, kept: Content | None = None
) -> Content:
    cleaned = check_content(version, type_name, content, kept=kept)
    if cleaned.problems:
        raise ContentRefused(cleaned.problems)
    return cleaned.content


def _check_room(pool: list[QuizPoolItem]) -> None:
    if len(pool) >= MOST_QUESTIONS:
        raise TooManyQuestions(f"A quiz has at most {MOST_QUESTIONS} questions.")


def _check_not_asked(version: CourseVersion, question: Question) -> None:
    there = (
        QuizPoolItem.objects.filter(quiz__version=version, revision__question=question)
        .select_related("quiz")
        .first()
    )
    if there is not None:
        raise AlreadyAsked(there.quiz.title)


def _revise(
    question: Question,
    type_name: str,
    content: Content,
    points: Decimal,
    objective_key: UUID | None,
    lesson_key: UUID | None,
    *,
    number: int,
    by: User,
    now: datetime,
) -> QuestionRevision:
    text = canonical_json(content)
    return QuestionRevision.objects.create(
        question=question,
        number=number,
        type=type_name,
        content=text,
        sha256=content_sha256(type_name, text),
        points=points,
        objective_key=objective_key,
        lesson_key=lesson_key,
        created_at=now,
        created_by_id=by.pk,
    )


def _copy_of(
    revision: QuestionRevision, version: CourseVersion, *, by: User, now: datetime
) -> QuestionRevision:
    return _revise(
        Question.objects.create(course=version.course),
        revision.type,
        revision.data,
        revision.points,
        revision.objective_key,
        revision.lesson_key,
        number=1,
        by=by,
        now=now,
    )


def _note(
    action: str, item: QuizPoolItem, version: CourseVersion, *, by: User, now: datetime
) -> None:
    finish(
        version,
        action,
        subject=item.quiz,
        by=by,
        now=now,
        question=str(item.revision.question.key),
        revision=item.revision.number,
    )


def _note_of_bank(
    action: str, question: Question, version: CourseVersion, *, by: User, now: datetime
) -> None:
    audit.record(
        action,
        subject_type="question",
        subject_id=question.key,
        by=by,
        now=now,
        course=version.course.slug,
    )
