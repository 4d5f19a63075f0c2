"""Writing questions in the studio. A revision is never changed: a saved change is a new one, and
the quiz of the draft points at it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import User
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion
from quizzes.cases import with_case_of
from quizzes.domain.authoring_bank import bring_back_question, retire_question
from quizzes.domain.drafting import check_not_asked, finish, pool_of, put_in, renumber
from quizzes.domain.errors import (
    Elsewhere,
    QuestionMoved,
    QuestionRetired,
    TooManyQuestions,
)
from quizzes.domain.revising import ONE, Facts, checked, copy_of, revise, revised
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem

# A course package takes no more either.
MOST_QUESTIONS: Final = 500


@dataclass(frozen=True)
class Removed:
    """What `put_back_question` needs."""

    revision_id: int
    position: int
    retired_at: datetime | None = None
    """Of the question, at that moment."""
    is_retired: bool = False
    """It was retired in the same breath, so Undo takes that back too."""


@transaction.atomic
def add_question(
    quiz: Quiz,
    type_name: str,
    content: Mapping[str, object],
    *,
    points: Decimal = ONE,
    objective_key: UUID | None = None,
    lesson_key: UUID | None = None,
    tags: Sequence[str] = (),
    difficulty: str = "",
    by: User,
    now: datetime,
) -> QuizPoolItem:
    """A new question of the bank, at the end of the quiz; `content` as in a course package.

    Errors: NotADraft, Elsewhere, ContentRefused, TooManyQuestions, UnknownQuestionType.
    """
    version, quiz = _locked(quiz)
    canonical = checked(version, type_name, content)
    pool = pool_of(quiz)
    _check_room(pool)
    revision = revise(
        Question.objects.create(course=version.course),
        type_name,
        canonical,
        Facts(points, objective_key, lesson_key, tuple(tags), difficulty),
        number=1,
        by=by,
        now=now,
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
    tags: Sequence[str] | None = None,
    difficulty: str | None = None,
    expected_number: int,
    takes_over: bool = False,
    by: User,
    now: datetime,
) -> QuizPoolItem:
    """Make a new revision and let the quiz ask it; saving what is there already changes nothing.

    `expected_number`: the revision that the author had before them. Tags and difficulty that are
    not told stay, and so does the case, which is written for all its questions at once.
    `takes_over`: charts and figures that were changed since are shown as they are now; else they
    stay as they were. Errors: NotADraft, QuestionMoved when somebody else saved meanwhile,
    ContentRefused.
    """
    version = locked_draft(item.quiz.version)
    current = _item_as_now(item)
    if current is None or current.revision.number != expected_number:
        raise QuestionMoved(current)
    before = current.revision
    kept = None if takes_over else before.data
    revision = revised(
        before,
        checked(version, before.type, with_case_of(before, content), kept=kept),
        Facts(
            points,
            objective_key,
            lesson_key,
            tuple(before.tag_list if tags is None else tags),
            before.difficulty if difficulty is None else difficulty,
        ),
        by=by,
        now=now,
    )
    if revision == before:
        return current
    current.revision = revision
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
        revision=copy_of(current.revision, version, by=by, now=now),
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
def remove_question(
    item: QuizPoolItem, *, is_retired: bool = False, by: User, now: datetime
) -> Removed:
    """Take a question out of the quiz; it stays in the bank. `is_retired`: there it is retired, so
    that no draw takes what learners have seen in practice with its answer.

    Errors: NotADraft, QuestionMoved.
    """
    version, current, pool = _locked_pool(item)
    place = pool.index(current) + 1
    pool.remove(current)
    QuizPoolItem.objects.filter(pk=current.pk).delete()
    renumber(pool)
    question = current.revision.question
    if is_retired:
        question = retire_question(version, question, by=by, now=now)
    _note("question.removed", current, version, by=by, now=now)
    return Removed(current.revision_id, place, question.retired_at, is_retired)


@transaction.atomic
def put_back_question(quiz: Quiz, removed: Removed, *, by: User, now: datetime) -> QuizPoolItem:
    """Undo `remove_question`: the same revision in its place; what is there already stays.

    Errors: NotADraft, Elsewhere, AlreadyAsked, QuestionRetired when that came after, and
    TooManyQuestions.
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
    check_not_asked(version, revision.question)
    _check_room(pool)
    if revision.question.retired_at not in (None, removed.retired_at):
        raise QuestionRetired("This question was retired meanwhile. Bring it back first.")
    if removed.is_retired:
        bring_back_question(version, revision.question, by=by, now=now)
    item = put_in(quiz, revision, position=len(pool) + 1)
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
        check_not_asked(version, question)
    pool = pool_of(quiz)
    _check_room(pool)
    if as_copy:
        revision = copy_of(revision, version, by=by, now=now)
    item = put_in(quiz, revision, position=len(pool) + 1)
    renumber([*pool, item])
    _note("question.added-from-bank", item, version, by=by, now=now)
    return item


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


def _check_room(pool: list[QuizPoolItem]) -> None:
    if len(pool) >= MOST_QUESTIONS:
        raise TooManyQuestions(f"A quiz has at most {MOST_QUESTIONS} questions.")


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
