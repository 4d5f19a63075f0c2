"""What a draft promises to teach. Lessons and questions hold on to an objective by its key, so
its code may change and nothing comes apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from ce_platform.accounts.models import User
from ce_platform.core.text import clean
from courses.domain.drafting import locked_draft, record_change
from courses.domain.errors import ObjectiveRefused
from courses.domain.unseen import is_news, state_of, texts_of
from courses.domain.using import Place, lesson_url
from courses.models import CourseVersion, Objective
from courses.parts import parts

MOST_OBJECTIVES: Final = 100
LONGEST_OBJECTIVE: Final = 600
TEXTS: Final = ("text",)
_NUMBERED: Final = re.compile(r"O(\d{1,4})")


@dataclass(frozen=True)
class ObjectiveUses:
    lessons: Sequence[Place] = ()
    questions: Sequence[Place] = ()

    @property
    def is_taught(self) -> bool:
        return bool(self.lessons)

    @property
    def is_tested(self) -> bool:
        return bool(self.questions)


def objective_uses(version: CourseVersion) -> Mapping[UUID, ObjectiveUses]:
    """By key: the lessons that teach each objective and the questions that ask for it. Constant
    queries."""
    slug = version.course.slug
    lessons: dict[UUID, list[Place]] = {}
    for lesson in version.lessons.defer("body", "body_html").prefetch_related("objectives"):
        for objective in lesson.objectives.all():
            place = Place(lesson.title, lesson_url(slug, lesson))
            lessons.setdefault(objective.key, []).append(place)
    questions: dict[str, list[Place]] = {}
    for part in parts():
        for key, lines in part.objective_uses(version).items():
            questions.setdefault(key, []).extend(
                Place(f"{line.title}: {line.detail}", line.url) for line in lines
            )
    return {
        key: ObjectiveUses(lessons.get(key, []), questions.get(str(key), []))
        for key in version.objectives.values_list("key", flat=True)
    }


@transaction.atomic
def add_objective(version: CourseVersion, *, text: str, by: User, now: datetime) -> Objective:
    """One more objective, at the end; its code goes on from the highest number there is.

    Errors: NotADraft, ObjectiveRefused.
    """
    version = locked_draft(version)
    objectives = list(version.objectives.all())
    if len(objectives) >= MOST_OBJECTIVES:
        raise ObjectiveRefused(f"A course has at most {MOST_OBJECTIVES} objectives.")
    last = version.objectives.aggregate(last=Max("position"))["last"] or 0
    objective = Objective.objects.create(
        version=version,
        position=last + 1,
        code=_next_code([each.code for each in objectives]),
        text=_text(text),
    )
    record_change("objective.added", version, by=by, now=now, code=objective.code)
    return objective


@transaction.atomic
def save_objective(
    version: CourseVersion, key: UUID, *, text: str, based_on: str = "", by: User, now: datetime
) -> Objective:
    """What it says; its code stays. Errors: NotADraft, ObjectiveRefused, ChangedMeanwhile."""
    version = locked_draft(version)
    objective = _objective(version, key)
    before = texts_of(objective, TEXTS)
    objective.text = _text(text)
    if is_news(objective, before, based_on=based_on, by=by):
        objective.save(update_fields=["text"])
        record_change(
            "objective.changed",
            version,
            by=by,
            now=now,
            code=objective.code,
            state=state_of(objective, TEXTS),
        )
    return objective


@transaction.atomic
def move_objective(
    version: CourseVersion, key: UUID, *, place: int, by: User, now: datetime
) -> Objective:
    """Put an objective at `place` (from 1); its code stays. Errors: NotADraft,
    ObjectiveRefused."""
    version = locked_draft(version)
    objective = _objective(version, key)
    objectives = [each for each in version.objectives.all() if each.pk != objective.pk]
    objectives.insert(max(0, place - 1), objective)
    _number(objectives)
    record_change("objective.moved", version, by=by, now=now, code=objective.code, place=place)
    return objective


@transaction.atomic
def remove_objective(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> str:
    """Take an objective out: no lesson teaches it then, and questions about it are about none.

    Gives its code. Errors: NotADraft, ObjectiveRefused.
    """
    version = locked_draft(version)
    objective = _objective(version, key)
    objective.lessons.clear()
    objective.delete()
    _number(list(version.objectives.all()))
    record_change(
        "objective.removed", version, by=by, now=now, code=objective.code, text=objective.text
    )
    return objective.code


@transaction.atomic
def renumber_objectives(version: CourseVersion, *, by: User, now: datetime) -> int:
    """Call them O1, O2, … in their order; gives how many codes changed. Lessons and questions are
    tied by key and follow. Errors: NotADraft."""
    version = locked_draft(version)
    moved = [
        (each, f"O{place}")
        for place, each in enumerate(version.objectives.all(), start=1)
        if each.code != f"O{place}"
    ]
    if not moved:
        return 0
    # A code may pass from one to another, and at no moment two may have the same.
    for each, _ in moved:
        each.code = f"~{each.position}"
    Objective.objects.bulk_update([each for each, _ in moved], ["code"])
    for each, code in moved:
        each.code = code
    Objective.objects.bulk_update([each for each, _ in moved], ["code"])
    record_change("objectives.renumbered", version, by=by, now=now, count=len(moved))
    return len(moved)


def _next_code(codes: Sequence[str]) -> str:
    numbers = [int(found[1]) for code in codes if (found := _NUMBERED.fullmatch(code))]
    return f"O{max(numbers, default=0) + 1}"


def _text(text: str) -> str:
    text = " ".join(clean(text).split())
    if not text:
        raise ObjectiveRefused("Say what the learner will be able to do.")
    if len(text) > LONGEST_OBJECTIVE:
        raise ObjectiveRefused(f"An objective has at most {LONGEST_OBJECTIVE} letters.")
    return text


def _objective(version: CourseVersion, key: UUID) -> Objective:
    objective = Objective.objects.filter(version=version, key=key).first()
    if objective is None:
        raise ObjectiveRefused("That objective is not there any more.")
    return objective


def _number(objectives: list[Objective]) -> None:
    for place, each in enumerate(objectives, start=1):
        each.position = place
    Objective.objects.bulk_update(objectives, ["position"])
