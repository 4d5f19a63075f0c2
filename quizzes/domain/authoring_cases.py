"""Writing cases: one text for several questions of a quiz. Each of them gets a new revision, for a
revision holds everything that it shows."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from ce_platform.accounts.models import User
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion
from quizzes.cases import LONGEST_ID, Case, case_of, with_case
from quizzes.domain.checking import TextChecker
from quizzes.domain.drafting import finish, pool_of, renumber
from quizzes.domain.errors import CaseMoved, CaseRefused, ContentRefused, Elsewhere
from quizzes.domain.revising import checked, facts_of, newest_revisions, revised
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem
from quizzes.question_types import type_named
from quizzes.question_types.base import ContentProblem

MOST_IN_A_CASE: Final = 20


@transaction.atomic
def save_case(
    quiz: Quiz,
    *,
    case_id: str = "",
    expected: str = "",
    title: str,
    text: str,
    questions: Collection[UUID],
    by: User,
    now: datetime,
) -> Case | None:
    """Put these questions of the quiz (by key), and of its questions no others, into a case with
    this title and text; they come to stand together. Without questions the case is taken apart.

    Questions of the case that stand elsewhere in the course get the new text too. `case_id` and
    `expected` (the digest that the author had before them): of the case that is changed; empty
    for a new one. Saving what is there already changes nothing.

    Errors: NotADraft, Elsewhere, CaseRefused, CaseMoved, ContentRefused.
    """
    version = locked_draft(quiz.version)
    pool = pool_of(quiz)
    bank = {
        revision.question_id: revision
        for revision in newest_revisions(version.course_id).select_related("question")
    }
    before = _case_among(case_id, (item.revision for item in pool)) if case_id else None
    if case_id and (before is None or before.digest != expected):
        raise CaseMoved
    _check_text(version, text)
    members = _members(pool, questions, case_id)
    if not members and not case_id:
        raise CaseRefused("Choose the questions of this case.")
    case = Case(case_id or _free_id(title, bank.values()), title, text)
    count = 0
    for item in pool:
        is_member = item in members
        if is_member or _id_of(item.revision) == case.id:
            count += _put(item, case if is_member else None, version, by=by, now=now)
    in_pool = {item.revision.question_id for item in pool}
    for revision in bank.values():
        if revision.question_id not in in_pool and _id_of(revision) == case.id:
            count += _rewrite(revision, case, version, by=by, now=now)
    renumber(_together(pool, members))
    if count:
        finish(version, "case.saved", subject=quiz, by=by, now=now, case=case.id, questions=count)
    return case if members else None


def case_in_quiz(quiz: Quiz, case_id: str) -> tuple[Case, list[QuizPoolItem]] | None:
    """A case with its questions in a quiz."""
    items = [item for item in pool_of(quiz) if _id_of(item.revision) == case_id]
    case = case_of(items[0].revision.data) if items else None
    return None if case is None else (case, items)


# ------------------------------------------------------------------------------- helpers


def _members(
    pool: list[QuizPoolItem], questions: Collection[UUID], case_id: str
) -> list[QuizPoolItem]:
    """Errors: Elsewhere, CaseRefused."""
    members = [item for item in pool if item.revision.question.key in questions]
    if len(members) != len(set(questions)):
        raise Elsewhere("One of these questions was taken out of the quiz meanwhile.")
    if len(members) > MOST_IN_A_CASE:
        raise CaseRefused(f"A case has at most {MOST_IN_A_CASE} questions.")
    for item in members:
        if _id_of(item.revision) not in ("", case_id):
            raise CaseRefused("One of these questions has another case. Take it out there first.")
    return members


def _put(
    item: QuizPoolItem, case: Case | None, version: CourseVersion, *, by: User, now: datetime
) -> bool:
    revision = _with(item.revision, case, version, by=by, now=now)
    if revision == item.revision:
        return False
    # Other versions keep the revision they have; other quizzes of this one do not ask it.
    item.revision = revision
    item.save(update_fields=["revision"])
    return True


def _rewrite(
    revision: QuestionRevision, case: Case, version: CourseVersion, *, by: User, now: datetime
) -> bool:
    """A question of another quiz of the version, or of the bank alone."""
    items = QuizPoolItem.objects.filter(
        quiz__version=version, draw__isnull=True, revision__question=revision.question
    ).select_related("revision__question")
    asked = items.first()
    if asked is not None:
        return _put(asked, case, version, by=by, now=now)
    return _with(revision, case, version, by=by, now=now) != revision


def _with(
    revision: QuestionRevision,
    case: Case | None,
    version: CourseVersion,
    *,
    by: User,
    now: datetime,
) -> QuestionRevision:
    if case_of(revision.data) == case:
        return revision
    named = type_named(revision.type).named(revision.data)
    content = checked(version, revision.type, with_case(named, case), kept=revision.data)
    return revised(revision, content, facts_of(revision), by=by, now=now)


def _together(pool: list[QuizPoolItem], members: list[QuizPoolItem]) -> list[QuizPoolItem]:
    """The questions of the case where the first of them stands."""
    if not members:
        return pool
    place = pool.index(members[0])
    rest = [item for item in pool if item not in members]
    before = sum(item in rest for item in pool[:place])
    return [*rest[:before], *members, *rest[before:]]


def _case_among(case_id: str, revisions: Iterable[QuestionRevision]) -> Case | None:
    cases = (case_of(revision.data) for revision in revisions)
    return next((case for case in cases if case is not None and case.id == case_id), None)


def _id_of(revision: QuestionRevision) -> str:
    case = case_of(revision.data)
    return case.id if case else ""


def _free_id(title: str, revisions: Iterable[QuestionRevision]) -> str:
    """Short and readable, and of no other case of the course: it names the case in packages."""
    taken = {_id_of(revision) for revision in revisions}
    wanted = slugify(title)[: LONGEST_ID - 4].strip("-_").replace("_", "-") or "case"
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _check_text(version: CourseVersion, text: str) -> None:
    problems = [
        ContentProblem(("case", "text"), each) for each in TextChecker(version).problems(text)
    ]
    if problems:
        raise ContentRefused(problems)
