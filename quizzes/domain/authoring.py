"""Writing quizzes in the studio: the quiz itself. Questions: `authoring_questions`.

Everything here locks the version, refuses when it is no draft (NotADraft), notes who did it and
counts anew what the lists show. What is published is never touched; the database refuses it too.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction

from ce_platform.accounts.models import User
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion, Module
from quizzes.domain.authoring_bank import bring_back_question, retire_question
from quizzes.domain.authoring_questions import (
    Removed,
    add_from_bank,
    add_question,
    duplicate_question,
    move_question,
    put_back_question,
    remove_question,
    save_question,
)
from quizzes.domain.drafting import arrange_quizzes, check_place, finish, pool_of
from quizzes.domain.errors import Elsewhere
from quizzes.domain.filling import fill_draws
from quizzes.models import QuestionRevision, Quiz, QuizDraw, QuizPoolItem

__all__ = [
    "QuizSettings",
    "Removed",
    "add_from_bank",
    "add_question",
    "add_quiz",
    "arrange_quizzes",
    "bring_back_question",
    "duplicate_question",
    "move_question",
    "move_quiz",
    "put_back_question",
    "put_back_quiz",
    "quiz_state",
    "remove_question",
    "remove_quiz",
    "retire_question",
    "save_question",
    "save_quiz_settings",
    "without_asked",
    "write_quiz_state",
]

# What most boards and approvers ask for; the author may change it.
USUAL_PASS_PERCENT: Final = Decimal(80)
_GRADED: Final = Quiz.Purpose.GRADED


@dataclass(frozen=True)
class QuizSettings:
    title: str
    introduction: str = ""
    pass_percent: Decimal = USUAL_PASS_PERCENT
    attempts_allowed: int | None = None
    time_limit_seconds: int | None = None
    draw_count: int | None = None
    is_shuffled: bool = True
    review: str = Quiz.Review.AFTER_SUBMIT
    extra_time: str = Quiz.ExtraTime.LEARNER


@transaction.atomic
def add_quiz(
    version: CourseVersion,
    module: Module | None,
    *,
    title: str,
    purpose: str = Quiz.Purpose.GRADED,
    by: User,
    now: datetime,
) -> Quiz:
    """A quiz without questions: of a module, or (None) the final exam; or practice questions.

    Errors: NotADraft, PlaceTaken, Elsewhere.
    """
    version = locked_draft(version)
    _check_module(version, module)
    check_place(version, module, besides=None, purpose=purpose)
    key = uuid4()
    quiz = Quiz.objects.create(
        version=version,
        module=module,
        key=key,
        position=version.quizzes.count() + 1,
        slug=str(key),
        title=title,
        pass_percent=USUAL_PASS_PERCENT,
        purpose=purpose,
    )
    arrange_quizzes(version)
    quiz.refresh_from_db()
    finish(version, "quiz.added", subject=quiz, by=by, now=now)
    return quiz


@transaction.atomic
def save_quiz_settings(quiz: Quiz, settings: QuizSettings, *, by: User, now: datetime) -> Quiz:
    """Saving what is there already changes nothing. Errors: NotADraft, Elsewhere."""
    version = locked_draft(quiz.version)
    quiz = _as_now(quiz)
    changed = [name for name, value in asdict(settings).items() if getattr(quiz, name) != value]
    if not changed:
        return quiz
    for name in changed:
        setattr(quiz, name, getattr(settings, name))
    quiz.save(update_fields=changed)
    finish(version, "quiz.settings-saved", subject=quiz, by=by, now=now, changed=changed)
    return quiz


@transaction.atomic
def move_quiz(quiz: Quiz, module: Module | None, *, by: User, now: datetime) -> Quiz:
    """To the end of a module, or (None) of the course. Errors: NotADraft, PlaceTaken, Elsewhere."""
    version = locked_draft(quiz.version)
    quiz = _as_now(quiz)
    _check_module(version, module)
    if quiz.module_id == (module.pk if module else None):
        return quiz
    check_place(version, module, besides=quiz, purpose=quiz.purpose)
    quiz.module = module
    quiz.save(update_fields=["module"])
    arrange_quizzes(version)
    quiz.refresh_from_db()
    finish(version, "quiz.moved", subject=quiz, by=by, now=now)
    return quiz


@transaction.atomic
def remove_quiz(quiz: Quiz, *, by: User, now: datetime) -> dict[str, Any]:
    """Take a quiz out of the draft; its questions stay in the bank of the course.

    Gives what `put_back_quiz` needs. Errors: NotADraft, Elsewhere.
    """
    version = locked_draft(quiz.version)
    quiz = _as_now(quiz)
    state = quiz_state(quiz, pool_of(quiz), list(quiz.draws.all()))
    quiz.pool.all().delete()
    quiz.draws.all().delete()
    Quiz.objects.filter(pk=quiz.pk).delete()
    arrange_quizzes(version)
    finish(version, "quiz.removed", subject=quiz, by=by, now=now)
    return state


@transaction.atomic
def put_back_quiz(
    version: CourseVersion, state: dict[str, Any], *, by: User, now: datetime
) -> Quiz:
    """Undo `remove_quiz`; what is there already stays, and a question that another quiz asks
    meanwhile stays there. One that was retired stays out.

    Errors: NotADraft, PlaceTaken, Elsewhere when its module is gone.
    """
    version = locked_draft(version)
    found = Quiz.objects.filter(version=version, key=UUID(state["key"])).first()
    if found is not None:
        return found
    modules = {str(module.key): module for module in Module.objects.filter(version=version)}
    if state["module"] and state["module"] not in modules:
        raise Elsewhere("The module of this quiz is not there any more.")
    check_place(
        version, modules.get(state["module"]), besides=None, purpose=state.get("purpose", _GRADED)
    )
    others = [quiz_state(each, pool_of(each)) for each in version.quizzes.select_related("module")]
    quiz = write_quiz_state(version, without_asked([state], others), modules)[0]
    arrange_quizzes(version)
    quiz.refresh_from_db()
    finish(version, "quiz.put-back", subject=quiz, by=by, now=now)
    return quiz


# ------------------------------------------------------------------------------- plain data


def quiz_state(
    quiz: Quiz, pool: Sequence[QuizPoolItem], draws: Sequence[QuizDraw] = ()
) -> dict[str, Any]:
    """Everything a quiz of a draft is, as plain data that fits into JSON. The pool is what the
    author put in; what the draws take follows from the bank."""
    return {
        "key": str(quiz.key),
        "module": str(quiz.module.key) if quiz.module else "",
        "position": quiz.position,
        "slug": quiz.slug,
        "title": quiz.title,
        "introduction": quiz.introduction,
        "pass_percent": str(quiz.pass_percent),
        "attempts_allowed": quiz.attempts_allowed,
        "time_limit_seconds": quiz.time_limit_seconds,
        "draw_count": quiz.draw_count,
        "is_shuffled": quiz.is_shuffled,
        "review": quiz.review,
        "purpose": quiz.purpose,
        "extra_time": quiz.extra_time,
        "pool": [[item.position, item.revision_id] for item in pool],
        "draws": [
            [str(draw.key), draw.count, draw.tag, str(draw.objective_key or "")] for draw in draws
        ],
    }


def write_quiz_state(
    version: CourseVersion, states: list[dict[str, Any]], modules: dict[str, Module]
) -> list[Quiz]:
    """The rows for what `quiz_state` gave, in a number of queries that does not grow."""
    quizzes = Quiz.objects.bulk_create(
        Quiz(
            version=version,
            module=modules[state["module"]] if state["module"] else None,
            key=UUID(state["key"]),
            pass_percent=Decimal(state["pass_percent"]),
            **{name: state[name] for name in _PLAIN},
            # States of Undo that were kept before there was anything else.
            purpose=state.get("purpose", _GRADED),
            extra_time=state.get("extra_time", Quiz.ExtraTime.LEARNER),
        )
        for state in states
    )
    QuizPoolItem.objects.bulk_create(
        QuizPoolItem(quiz=quiz, position=position, revision_id=revision_id)
        for quiz, state in zip(quizzes, states, strict=True)
        for position, revision_id in state["pool"]
    )
    QuizDraw.objects.bulk_create(
        QuizDraw(
            quiz=quiz,
            key=UUID(key),
            position=position,
            count=count,
            tag=tag,
            objective_key=UUID(objective) if objective else None,
        )
        for quiz, state in zip(quizzes, states, strict=True)
        for position, (key, count, tag, objective) in enumerate(state.get("draws", ()), start=1)
    )
    fill_draws(version)
    return quizzes


def without_asked(
    states: list[dict[str, Any]], others: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The states without the questions that these others ask, in whatever revision: a question
    stands in one quiz of a version at most. Nor with those that were retired meanwhile: what
    comes back by Undo is put into a quiz anew."""
    if not states:
        return states
    questions: dict[int, int] = {}
    retired = set()
    for pk, question, retired_at in QuestionRevision.objects.filter(
        pk__in={revision for state in (*states, *others) for _place, revision in state["pool"]}
    ).values_list("pk", "question_id", "question__retired_at"):
        questions[pk] = question
        if retired_at is not None:
            retired.add(question)
    out = retired | {questions[revision] for state in others for _place, revision in state["pool"]}
    found = []
    for state in states:
        kept = [revision for _place, revision in state["pool"] if questions[revision] not in out]
        pool = [[place, revision] for place, revision in enumerate(kept, start=1)]
        found.append({**state, "pool": pool} if len(kept) < len(state["pool"]) else state)
    return found


_PLAIN: Final = (
    "position",
    "slug",
    "title",
    "introduction",
    "attempts_allowed",
    "time_limit_seconds",
    "draw_count",
    "is_shuffled",
    "review",
)


def _as_now(quiz: Quiz) -> Quiz:
    found = Quiz.objects.filter(pk=quiz.pk).select_related("module").first()
    if found is None:
        raise Elsewhere("This quiz was removed meanwhile.")
    return found


def _check_module(version: CourseVersion, module: Module | None) -> None:
    if module is not None and module.version_id != version.pk:
        raise Elsewhere("This module belongs to another version.")
