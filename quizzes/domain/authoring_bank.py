"""Writing in the bank of a course: questions that no quiz of the draft asks, or not yet. What a
quiz asks is written there (`authoring_questions`)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion
from quizzes.cases import with_case_of
from quizzes.domain.drafting import check_not_asked, settle
from quizzes.domain.errors import Elsewhere, QuestionMoved
from quizzes.domain.revising import Facts, checked, revise, revised
from quizzes.models import Question, QuestionRevision


@transaction.atomic
def add_bank_question(
    version: CourseVersion,
    type_name: str,
    content: Mapping[str, object],
    *,
    facts: Facts,
    by: User,
    now: datetime,
) -> QuestionRevision:
    """A question for draws, or for later.

    Errors: NotADraft, ContentRefused, UnknownQuestionType.
    """
    version = locked_draft(version)
    canonical = checked(version, type_name, content)
    question = Question.objects.create(course=version.course)
    revision = revise(question, type_name, canonical, facts, number=1, by=by, now=now)
    _note("question.added-to-bank", question, version, by=by, now=now)
    return revision


@transaction.atomic
def save_bank_question(
    version: CourseVersion,
    question: Question,
    content: Mapping[str, object],
    *,
    facts: Facts,
    expected_number: int,
    takes_over: bool = False,
    by: User,
    now: datetime,
) -> QuestionRevision:
    """Make a new revision; saving what is there already changes nothing. `takes_over` as in
    `authoring_questions.save_question`.

    Errors: NotADraft, Elsewhere, ContentRefused, QuestionMoved when somebody saved meanwhile,
    AlreadyAsked when a quiz of the draft asks it: it is written there.
    """
    version = locked_draft(version)
    question = _as_now(version, question)
    check_not_asked(version, question)
    before = question.revisions.select_related("question").latest("number")
    if before.number != expected_number:
        raise QuestionMoved(None, revision=before)
    canonical = checked(
        version,
        before.type,
        with_case_of(before, content),
        kept=None if takes_over else before.data,
    )
    revision = revised(before, canonical, facts, by=by, now=now)
    if revision != before:
        _note("question.saved-in-bank", question, version, by=by, now=now)
    return revision


@transaction.atomic
def retire_question(
    version: CourseVersion, question: Question, *, by: User, now: datetime
) -> Question:
    """No quiz takes it any more; published quizzes go on with it. Twice is once.

    Errors: NotADraft, Elsewhere, AlreadyAsked while a quiz of the draft asks it.
    """
    version = locked_draft(version)
    question = _as_now(version, question)
    if question.retired_at is None:
        check_not_asked(version, question)
        question.retired_at = now
        question.save(update_fields=["retired_at"])
        _note("question.retired", question, version, by=by, now=now)
    return question


@transaction.atomic
def bring_back_question(
    version: CourseVersion, question: Question, *, by: User, now: datetime
) -> Question:
    """Undo `retire_question`. Errors: NotADraft, Elsewhere."""
    version = locked_draft(version)
    question = _as_now(version, question)
    if question.retired_at is not None:
        question.retired_at = None
        question.save(update_fields=["retired_at"])
        _note("question.brought-back", question, version, by=by, now=now)
    return question


# ------------------------------------------------------------------------------- helpers


def _as_now(version: CourseVersion, question: Question) -> Question:
    found = Question.objects.filter(pk=question.pk, course=version.course_id).first()
    if found is None:
        raise Elsewhere("This question belongs to another course.")
    return found


def _note(
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
    settle(version)
