"""Writing the draws of a quiz: so many questions of the bank, anew for each attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid4

from django.db import transaction

from ce_platform.accounts.models import User
from courses.domain.drafting import locked_draft
from courses.models import CourseVersion, Objective
from quizzes.domain.drafting import finish
from quizzes.domain.errors import DrawRefused, Elsewhere
from quizzes.models import Quiz, QuizDraw, QuizPoolItem

MOST_DRAWS: Final = 20


@dataclass(frozen=True)
class DrawSettings:
    """`count` questions with a tag, or of an objective: one of the two."""

    count: int
    tag: str = ""
    objective_key: UUID | None = None


@dataclass(frozen=True)
class RemovedDraw:
    """What `put_back_draw` needs."""

    key: UUID
    position: int
    settings: DrawSettings


@transaction.atomic
def add_draw(quiz: Quiz, settings: DrawSettings, *, by: User, now: datetime) -> QuizDraw:
    """A draw after those that are there. Errors: NotADraft, Elsewhere, DrawRefused."""
    version, quiz, draws = _locked(quiz)
    draw = _create(version, quiz, settings, draws, key=uuid4())
    _number([*draws, draw])
    finish(version, "draw.added", subject=quiz, by=by, now=now, draw=str(draw.key))
    return draw


@transaction.atomic
def save_draw(draw: QuizDraw, settings: DrawSettings, *, by: User, now: datetime) -> QuizDraw:
    """Saving what is there already changes nothing. Errors: NotADraft, Elsewhere, DrawRefused."""
    version, quiz, draws = _locked(draw.quiz)
    current = _among(draws, draw)
    if _settings_of(current) == settings:
        return current
    _check(version, settings, [each for each in draws if each != current])
    current.count, current.tag = settings.count, settings.tag
    current.objective_key = settings.objective_key
    current.save(update_fields=["count", "tag", "objective_key"])
    finish(version, "draw.saved", subject=quiz, by=by, now=now, draw=str(draw.key))
    return current


@transaction.atomic
def move_draw(draw: QuizDraw, *, to: Literal["up", "down"], by: User, now: datetime) -> QuizDraw:
    """One place up or down: a question that two draws match is taken by the first of them.

    Errors: NotADraft, Elsewhere.
    """
    version, quiz, draws = _locked(draw.quiz)
    current = _among(draws, draw)
    before = draws.index(current)
    place = min(max(before + (-1 if to == "up" else 1), 0), len(draws) - 1)
    if place != before:
        draws.insert(place, draws.pop(before))
        _number(draws)
        finish(version, "draw.moved", subject=quiz, by=by, now=now, draw=str(draw.key))
    return current


@transaction.atomic
def remove_draw(draw: QuizDraw, *, by: User, now: datetime) -> RemovedDraw:
    """The questions stay in the bank. Errors: NotADraft, Elsewhere."""
    version, quiz, draws = _locked(draw.quiz)
    current = _among(draws, draw)
    QuizPoolItem.objects.filter(draw=current).delete()
    QuizDraw.objects.filter(pk=current.pk).delete()
    _number([each for each in draws if each != current])
    finish(version, "draw.removed", subject=quiz, by=by, now=now, draw=str(draw.key))
    return RemovedDraw(current.key, draws.index(current) + 1, _settings_of(current))


@transaction.atomic
def put_back_draw(quiz: Quiz, removed: RemovedDraw, *, by: User, now: datetime) -> QuizDraw:
    """Undo `remove_draw`: in its place; what is there already stays.

    Errors: NotADraft, Elsewhere, DrawRefused when the quiz draws from there by another draw.
    """
    version, quiz, draws = _locked(quiz)
    for each in draws:
        if each.key == removed.key:
            return each
    draw = _create(version, quiz, removed.settings, draws, key=removed.key)
    draws.insert(min(max(removed.position - 1, 0), len(draws)), draw)
    _number(draws)
    finish(version, "draw.put-back", subject=quiz, by=by, now=now, draw=str(draw.key))
    return draw


# ------------------------------------------------------------------------------- helpers


def _locked(quiz: Quiz) -> tuple[CourseVersion, Quiz, list[QuizDraw]]:
    version = locked_draft(quiz.version)
    found = Quiz.objects.filter(pk=quiz.pk).first()
    if found is None:
        raise Elsewhere("This quiz was removed meanwhile.")
    return version, found, list(QuizDraw.objects.filter(quiz=found))


def _among(draws: Sequence[QuizDraw], draw: QuizDraw) -> QuizDraw:
    for each in draws:
        if each.pk == draw.pk:
            return each
    raise Elsewhere("This draw was removed meanwhile.")


def _create(
    version: CourseVersion,
    quiz: Quiz,
    settings: DrawSettings,
    draws: Sequence[QuizDraw],
    *,
    key: UUID,
) -> QuizDraw:
    """After those that are there. Errors: Elsewhere, DrawRefused."""
    _check(version, settings, draws)
    if quiz.purpose == Quiz.Purpose.PRACTICE:
        raise DrawRefused("Practice shows its answers, so it asks questions of its own.")
    if len(draws) >= MOST_DRAWS:
        raise DrawRefused(f"A quiz has at most {MOST_DRAWS} draws.")
    return QuizDraw.objects.create(
        quiz=quiz,
        key=key,
        position=len(draws) + 1,
        count=settings.count,
        tag=settings.tag,
        objective_key=settings.objective_key,
    )


def _settings_of(draw: QuizDraw) -> DrawSettings:
    return DrawSettings(draw.count, draw.tag, draw.objective_key)


def _check(version: CourseVersion, settings: DrawSettings, others: Sequence[QuizDraw]) -> None:
    key = settings.objective_key
    if bool(settings.tag) == (key is not None):
        raise DrawRefused("A draw takes from a tag or from an objective.")
    if key is not None and not Objective.objects.filter(version=version, key=key).exists():
        raise Elsewhere("This objective is not there any more.")
    # The first of two draws from one place would leave nothing to the second.
    if any((each.tag, each.objective_key) == (settings.tag, key) for each in others):
        raise DrawRefused("This quiz draws from there already. Change how many it draws.")


def _number(draws: Sequence[QuizDraw]) -> None:
    moved = []
    for position, draw in enumerate(draws, start=1):
        if draw.position != position:
            draw.position = position
            moved.append(draw)
    QuizDraw.objects.bulk_update(moved, ["position"])
