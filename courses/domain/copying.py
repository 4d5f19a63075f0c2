"""A version copied into a new draft of its course: same keys, so that everything finds its twin."""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import models

from courses.models import (
    Chart,
    ChartPoint,
    ChartView,
    CourseAuthor,
    CourseVersion,
    CreditHours,
    Figure,
    GlossaryTerm,
    Handout,
    Lesson,
    Module,
    Objective,
    Recording,
    Reference,
    WordText,
)
from courses.parts import parts

Row = TypeVar("Row", bound=models.Model)

# What belongs to the version itself and not to the number it has.
_OWN = frozenset(
    {"id", "edition", "revision", "status", "created_at", "published_at", "published_by_id",
     "canonical_text", "canonical_sha256"}
)  # fmt: skip


def copy_version(
    old: CourseVersion, *, edition: int, revision: int, now: datetime
) -> CourseVersion:
    """A draft that says what `old` says, parts included. In the caller's transaction."""
    values = {
        field.attname: getattr(old, field.attname)
        for field in CourseVersion._meta.concrete_fields
        if field.attname not in _OWN
    }
    new = CourseVersion.objects.create(**values, edition=edition, revision=revision, created_at=now)
    new.subjects.set(old.subjects.all())
    for model in (CreditHours, CourseAuthor, Reference, GlossaryTerm, Figure, Recording, Handout,
                  WordText):  # fmt: skip
        _copy(model._default_manager.filter(version=old), version=new)
    _copy_modules(old, new)
    _copy_charts(old, new)
    for part in parts():
        part.copy(old, new, now=now)
    return new


def _copy_modules(old: CourseVersion, new: CourseVersion) -> None:
    objectives = _copy(Objective.objects.filter(version=old), version=new)
    modules = _copy(Module.objects.filter(version=old), version=new)
    through = Lesson.objectives.through
    links = list(through.objects.filter(lesson__version=old))
    old_lessons = list(Lesson.objects.filter(version=old))
    lessons = {}
    for lesson in old_lessons:
        before = lesson.pk
        lessons[before] = _renewed(lesson, version=new, module=modules[lesson.module_id])
    Lesson.objects.bulk_create(lessons.values())
    through.objects.bulk_create(
        through(lesson=lessons[link.lesson_id], objective=objectives[link.objective_id])
        for link in links
    )


def _copy_charts(old: CourseVersion, new: CourseVersion) -> None:
    charts = _copy(Chart.objects.filter(version=old), version=new)
    ChartView.objects.bulk_create(
        _renewed(view, chart=charts[view.chart_id])
        for view in ChartView.objects.filter(chart__version=old)
    )
    ChartPoint.objects.bulk_create(
        _renewed(point, version=new, chart=charts[point.chart_id])
        for point in ChartPoint.objects.filter(version=old)
    )


def _copy(rows: Iterable[Row], **values: object) -> dict[int, Row]:
    """New rows like these, by the id of the old one."""
    copies = {row.pk: _renewed(row, **values) for row in rows}
    if copies:
        type(next(iter(copies.values())))._default_manager.bulk_create(copies.values())
    return copies


def _renewed(row: Row, **values: object) -> Row:
    row.pk = None
    row._state.adding = True
    for name, value in values.items():
        setattr(row, name, value)
    return row
