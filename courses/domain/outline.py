"""The outline of a draft: modules and lessons in their order, and every change undone.

Each change keeps the outline as it was before (`OutlineStep`). What a lesson says is not in there
but in its revisions, which outlive the lesson: Undo brings text back too.
"""

import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import canonical_json, clean
from courses.domain.drafting import changed, locked_draft, record_change
from courses.domain.errors import OutlineRefused
from courses.domain.lessons import check_length, keep_revision, render_lessons, text_of
from courses.domain.unseen import is_news, state_of, texts_of
from courses.models import CourseVersion, Lesson, LessonRevision, Module, Objective, OutlineStep
from courses.parts import parts

MOST_LESSONS: Final = 300
MOST_MODULES: Final = 60
LONGEST_TITLE: Final = 200
MODULE_TEXTS: Final = ("title", "summary")

Params = ParamSpec("Params")
Result = TypeVar("Result")


def _step(
    change: Callable[Concatenate[CourseVersion, Params], tuple[str, Result]],
) -> Callable[Concatenate[CourseVersion, Params], Result]:
    """Lock the draft, keep its outline, change it, count it, and say what was done."""

    @wraps(change)
    @transaction.atomic
    def stepped(version: CourseVersion, /, *args: Params.args, **kwargs: Params.kwargs) -> Result:
        version = locked_draft(version)
        before = canonical_json(outline_state(version))
        sentence, result = change(version, *args, **kwargs)
        if canonical_json(outline_state(version)) == before:
            return result
        _record(version, sentence, before, **kwargs)
        changed(version)
        return result

    return stepped


def _record(version: CourseVersion, sentence: str, before: str, **kwargs: Any) -> None:
    by: User = kwargs["by"]
    now: datetime = kwargs["now"]
    OutlineStep.objects.create(
        version=version,
        number=_newest_number(version) + 1,
        sentence=sentence[:300],
        before_json=before,
        at=now,
        by_id=by.pk,
        by_label=by.name_on_certificates or by.email,
    )
    audit.record(
        "outline.changed",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        what=sentence,
    )


# ---------------------------------------------------------------- modules


@_step
def add_module(
    version: CourseVersion, *, title: str, by: User, now: datetime
) -> tuple[str, Module]:
    """A new module at the end. Errors: NotADraft, OutlineRefused."""
    title = _title(title)
    count = version.modules.count()
    if count >= MOST_MODULES:
        raise OutlineRefused(f"A course has at most {MOST_MODULES} modules.")
    module = Module.objects.create(
        version=version,
        position=count + 1,
        slug=_free_slug(title, set(version.modules.values_list("slug", flat=True)), "module"),
        title=title,
    )
    return f"Added the module “{title}”", module


@_step
def save_module(
    version: CourseVersion,
    key: UUID,
    *,
    title: str,
    summary: str,
    based_on: str = "",
    by: User,
    now: datetime,
) -> tuple[str, Module]:
    """Title and summary of a module. Errors: NotADraft, OutlineRefused, ChangedMeanwhile."""
    module = _module(version, key)
    before = texts_of(module, MODULE_TEXTS)
    module.title = _title(title)
    module.summary = clean(summary)
    if is_news(module, before, based_on=based_on, by=by):
        module.save(update_fields=MODULE_TEXTS)
        state = state_of(module, MODULE_TEXTS)
        record_change("module.changed", version, by=by, now=now, title=module.title, state=state)
    return f"Changed the module “{module.title}”", module


@_step
def move_module(
    version: CourseVersion, key: UUID, *, place: int, by: User, now: datetime
) -> tuple[str, Module]:
    """Put a module at `place` (from 1; beyond the ends means the end). Errors: NotADraft,
    OutlineRefused."""
    modules = list(version.modules.all())
    module = _module(version, key)
    modules = [each for each in modules if each.pk != module.pk]
    modules.insert(max(0, place - 1), module)
    _renumber(version, modules)
    return f"Moved the module “{module.title}”", module


@_step
def duplicate_module(
    version: CourseVersion, key: UUID, *, by: User, now: datetime
) -> tuple[str, Module]:
    """A copy of a module with copies of its lessons (no quizzes), right behind it."""
    module = _module(version, key)
    title = _copied(module.title)
    copy = Module.objects.create(
        version=version,
        position=module.position,
        slug=_free_slug(title, set(version.modules.values_list("slug", flat=True)), "module"),
        title=title,
        summary=module.summary,
    )
    for lesson in list(module.lessons.all()):
        _copy_lesson(lesson, module=copy, title=lesson.title, by=by, now=now)
    modules = [each for each in version.modules.all() if each.pk != copy.pk]
    modules.insert([each.pk for each in modules].index(module.pk) + 1, copy)
    _renumber(version, modules)
    return f"Duplicated the module “{module.title}”", copy


@_step
def remove_module(
    version: CourseVersion, key: UUID, *, by: User, now: datetime
) -> tuple[str, None]:
    """Take a module out with all its lessons and quizzes. Undo brings them back."""
    module = _module(version, key)
    state = outline_state(version)
    shares = state["parts"]
    for lesson in list(module.lessons.all()):
        keep_revision(lesson, by=by, now=now)
        lesson.delete()
    for part in parts():
        if part.name in shares:
            part.restore_outline(version, part.without_module(shares[part.name], str(key)))
    module.delete()
    _renumber(version, list(version.modules.all()))
    return f"Removed the module “{module.title}”", None


# ---------------------------------------------------------------- lessons


@_step
def add_lesson(
    version: CourseVersion,
    module_key: UUID,
    *,
    title: str,
    by: User,
    now: datetime,
    body: str = "",
) -> tuple[str, Lesson]:
    """A new lesson at the end of a module. Errors: NotADraft, OutlineRefused."""
    module = _module(version, module_key)
    title = _title(title)
    if version.lessons.count() >= MOST_LESSONS:
        raise OutlineRefused(f"A course has at most {MOST_LESSONS} lessons.")
    body = text_of(body)
    check_length(title, body)
    lesson = Lesson.objects.create(
        version=version,
        module=module,
        position=_last_position(version) + 1,
        slug=_free_lesson_slug(version, title),
        title=title,
        body=body,
        is_free=not version.lessons.exists(),
    )
    keep_revision(lesson, by=by, now=now)
    _renumber_lessons(version)
    render_lessons(version, [lesson])
    return f"Added the lesson “{title}”", lesson


@_step
def move_lesson(
    version: CourseVersion,
    key: UUID,
    *,
    module_key: UUID,
    place: int,
    by: User,
    now: datetime,
) -> tuple[str, Lesson]:
    """Put a lesson at `place` (from 1) of a module, its own or another."""
    lesson = _lesson(version, key)
    module = _module(version, module_key)
    lessons = [each for each in module.lessons.all() if each.pk != lesson.pk]
    lessons.insert(max(0, place - 1), lesson)
    lesson.module = module
    lesson.save(update_fields=["module"])
    _renumber_lessons(version, {module.pk: lessons})
    return f"Moved the lesson “{lesson.title}”", lesson


@_step
def duplicate_lesson(
    version: CourseVersion, key: UUID, *, by: User, now: datetime
) -> tuple[str, Lesson]:
    """A copy right behind the lesson."""
    lesson = _lesson(version, key)
    copy = _copy_lesson(lesson, module=lesson.module, title=_copied(lesson.title), by=by, now=now)
    lessons = [each for each in lesson.module.lessons.all() if each.pk != copy.pk]
    lessons.insert([each.pk for each in lessons].index(lesson.pk) + 1, copy)
    _renumber_lessons(version, {lesson.module_id: lessons})
    return f"Duplicated the lesson “{lesson.title}”", copy


@_step
def remove_lesson(
    version: CourseVersion, key: UUID, *, by: User, now: datetime
) -> tuple[str, None]:
    """Take a lesson out. Its text stays in the history; Undo brings it back."""
    lesson = _lesson(version, key)
    keep_revision(lesson, by=by, now=now)
    lesson.delete()
    _renumber_lessons(version)
    return f"Removed the lesson “{lesson.title}”", None


@_step
def save_lesson_settings(
    version: CourseVersion,
    key: UUID,
    *,
    is_free: bool,
    objectives: Sequence[Objective],
    by: User,
    now: datetime,
) -> tuple[str, Lesson]:
    """Whether anybody may read it, and which objectives it teaches."""
    lesson = _lesson(version, key)
    lesson.is_free = is_free
    lesson.save(update_fields=["is_free"])
    lesson.objectives.set([each for each in objectives if each.version_id == version.pk])
    return f"Changed the settings of “{lesson.title}”", lesson


@_step
def tie_objectives(
    version: CourseVersion,
    *,
    added: Iterable[tuple[int, int]],
    removed: Iterable[tuple[int, int]],
    by: User,
    now: datetime,
) -> tuple[str, None]:
    """Which lessons teach which objectives, as (lesson id, objective id). What is in neither list
    stays as it is: two people may tick at once. Ids that are not of this draft are left out.
    """
    lessons = set(version.lessons.values_list("pk", flat=True))
    objectives = set(version.objectives.values_list("pk", flat=True))
    through = Lesson.objectives.through
    there = {
        (link.lesson_id, link.objective_id): link.pk
        for link in through.objects.filter(lesson__version=version)
    }
    through.objects.bulk_create(
        through(lesson_id=lesson, objective_id=objective)
        for lesson, objective in sorted(set(added) - set(there))
        if lesson in lessons and objective in objectives
    )
    gone = [there[pair] for pair in set(removed) if pair in there]
    through.objects.filter(pk__in=gone).delete()
    return "Changed which lessons teach which objectives", None


# ---------------------------------------------------------------- undo


def last_step(version: CourseVersion) -> OutlineStep | None:
    """What Undo would take back now."""
    return version.outline_steps.filter(undone_at__isnull=True).first()


@transaction.atomic
def undo(version: CourseVersion, *, by: User, now: datetime) -> OutlineStep | None:
    """Take the last change of the outline back; None when there is none. What was written
    meanwhile stays, texts and quizzes: only order, titles of modules, and what was added or
    removed go back.
    """
    version = locked_draft(version)
    step = last_step(version)
    if step is None:
        return None
    _restore(version, json.loads(step.before_json), by=by, now=now)
    step.undone_at = now
    step.save(update_fields=["undone_at"])
    audit.record(
        "outline.undone",
        subject_type="version",
        subject_id=version.pk,
        by=by,
        now=now,
        what=step.sentence,
    )
    changed(version)
    return step


def outline_state(version: CourseVersion) -> dict[str, Any]:
    """The outline as plain data: what Undo needs. Texts of lessons are in their revisions."""
    modules = []
    for module in version.modules.prefetch_related("lessons", "lessons__objectives"):
        modules.append(
            {
                "key": str(module.key),
                "slug": module.slug,
                "title": module.title,
                "summary": module.summary,
                "lessons": [
                    {
                        "key": str(lesson.key),
                        "slug": lesson.slug,
                        "title": lesson.title,
                        "is_free": lesson.is_free,
                        "media_minutes": str(lesson.media_minutes),
                        "objectives": sorted(str(each.key) for each in lesson.objectives.all()),
                    }
                    for lesson in module.lessons.all()
                ],
            }
        )
    shares = {part.name: part.outline_state(version) for part in parts()}
    return {
        "modules": modules,
        "parts": {name: share for name, share in shares.items() if share is not None},
    }


def _restore(version: CourseVersion, state: dict[str, Any], *, by: User, now: datetime) -> None:
    modules = {str(each.key): each for each in version.modules.all()}
    lessons = {str(each.key): each for each in version.lessons.all()}
    wanted = {each["key"] for each in state["modules"]}
    revived = wanted - set(modules)
    wanted_lessons = {each["key"] for module in state["modules"] for each in module["lessons"]}
    for key, lesson in list(lessons.items()):
        if key not in wanted_lessons:
            keep_revision(lesson, by=by, now=now)
            lesson.delete()
            del lessons[key]
    _out_of_the_way(modules.values(), lessons.values())
    again: list[Lesson] = []
    for place, told in enumerate(state["modules"], start=1):
        module = modules.get(told["key"]) or Module(version=version, key=UUID(told["key"]))
        module.position = place
        for name in ("slug", "title", "summary"):
            setattr(module, name, told[name])
        module.save()
        modules[told["key"]] = module
    objectives = {str(each.key): each for each in version.objectives.all()}
    position = 0
    for module_told in state["modules"]:
        for told in module_told["lessons"]:
            position += 1
            if told["key"] not in lessons:
                lessons[told["key"]] = _revived(version, told)
                again.append(lessons[told["key"]])
            lesson = lessons[told["key"]]
            lesson.module = modules[module_told["key"]]
            lesson.position = position
            lesson.slug = told["slug"]
            lesson.is_free = told["is_free"]
            lesson.save()
            lesson.objectives.set(
                [objectives[key] for key in told["objectives"] if key in objectives]
            )
    for part in parts():
        if part.name not in state["parts"]:
            continue
        # Quizzes are written without a step of the outline, so theirs is not what it was then.
        share = part.outline_state(version)
        for key in set(modules) - wanted:
            share = part.without_module(share, key)
        share = part.with_modules(share, state["parts"][part.name], revived)
        part.restore_outline(version, share)
    for key, module in modules.items():
        if key not in wanted:
            module.delete()
    render_lessons(version, again)


def _revived(version: CourseVersion, told: dict[str, Any]) -> Lesson:
    """A removed lesson with the text of its newest revision."""
    newest = LessonRevision.objects.filter(version=version, lesson_key=told["key"]).first()
    return Lesson(
        version=version,
        key=UUID(told["key"]),
        title=newest.title if newest else told["title"],
        body=newest.body if newest else "",
        counted_words=newest.counted_words if newest else 0,
        # Of a lesson that stayed its text decides: it may show other recordings by now.
        media_minutes=Decimal(told["media_minutes"]),
    )


def _out_of_the_way(modules: Any, lessons: Any) -> None:
    """Two of a kind may have changed addresses, and an address stands once in a version."""
    for row in (*modules, *lessons):
        row.slug = f"-{row.pk}"
        row.save(update_fields=["slug"])


# ---------------------------------------------------------------- pieces


def _title(title: str) -> str:
    title = " ".join(clean(title).split())
    if not title:
        raise OutlineRefused("Give it a title.")
    if len(title) > LONGEST_TITLE:
        raise OutlineRefused(f"A title has at most {LONGEST_TITLE} letters.")
    return title


def _copied(title: str) -> str:
    return f"{title[: LONGEST_TITLE - 7]} (copy)"


def _module(version: CourseVersion, key: UUID) -> Module:
    module = Module.objects.filter(version=version, key=key).first()
    if module is None:
        raise OutlineRefused("That module is not there any more.")
    return module


def _lesson(version: CourseVersion, key: UUID) -> Lesson:
    lesson = Lesson.objects.select_related("module").filter(version=version, key=key).first()
    if lesson is None:
        raise OutlineRefused("That lesson is not there any more.")
    return lesson


def _copy_lesson(lesson: Lesson, *, module: Module, title: str, by: User, now: datetime) -> Lesson:
    copy = Lesson.objects.create(
        version_id=lesson.version_id,
        module=module,
        key=uuid.uuid4(),
        position=_last_position(lesson.version) + 1,
        slug=_free_lesson_slug(lesson.version, title),
        title=title,
        body=lesson.body,
        body_html=lesson.body_html,
        counted_words=lesson.counted_words,
        media_minutes=lesson.media_minutes,
    )
    copy.objectives.set(lesson.objectives.all())
    keep_revision(copy, by=by, now=now)
    return copy


def _free_lesson_slug(version: CourseVersion, title: str) -> str:
    return _free_slug(title, set(version.lessons.values_list("slug", flat=True)), "lesson")


def _free_slug(title: str, taken: set[str], noun: str) -> str:
    wanted = slugify(title)[:70].strip("-") or noun
    number = 1
    slug = wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _renumber(version: CourseVersion, modules: Sequence[Module]) -> None:
    for place, module in enumerate(modules, start=1):
        module.position = place
    Module.objects.bulk_update(modules, ["position"])
    _renumber_lessons(version)


def _renumber_lessons(
    version: CourseVersion, ordered: dict[int, list[Lesson]] | None = None
) -> None:
    """Positions run through the whole version, module by module."""
    lessons: list[Lesson] = []
    by_module: dict[int, list[Lesson]] = {}
    for lesson in version.lessons.order_by("position", "id").only(
        "id", "version_id", "module_id", "position"
    ):
        by_module.setdefault(lesson.module_id, []).append(lesson)
    by_module.update(ordered or {})
    for module in version.modules.all():
        lessons += by_module.get(module.pk, [])
    for place, lesson in enumerate(lessons, start=1):
        lesson.position = place
    Lesson.objects.bulk_update(lessons, ["position"])


def _last_position(version: CourseVersion) -> int:
    return version.lessons.aggregate(last=Max("position"))["last"] or 0


def _newest_number(version: CourseVersion) -> int:
    return version.outline_steps.aggregate(newest=Max("number"))["newest"] or 0
