"""Counters and running sums, counted again from the rows. There must be no drift."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Model, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from courses.models import Course, Enrollment


@dataclass(frozen=True)
class Drift:
    """A stored counter that disagrees with the rows it counts."""

    what: str
    field: str
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"{self.what}: {self.field} says {self.stored}, the rows say {self.counted}"


Recounter = Callable[[bool], Iterable[Drift]]
_recounters: list[Recounter] = []


def register(recounter: Recounter) -> None:
    """For sums of the apps above; `True` asks it to set wrong ones right."""
    _recounters.append(recounter)


def recount(*, fix: bool = False) -> list[Drift]:
    """Compare every counter with its rows; with `fix` the counters are set right.

    Learners go on meanwhile: nothing is locked but one wrong row at a time, counted once more.
    """
    found = _recount_courses(fix=fix)
    for recounter in _recounters:
        found += recounter(fix)
    return found


def _recount_courses(*, fix: bool) -> list[Drift]:
    courses = Course.objects.annotate(
        counted_enrollment_count=Count("enrollments", distinct=True),
        counted_completion_count=Count(
            "enrollments",
            filter=Q(enrollments__status=Enrollment.Status.COMPLETED),
            distinct=True,
        ),
    )
    enrollments = Enrollment.objects.annotate(
        counted_finished_lesson_count=Count(
            "progress", filter=Q(progress__finished_at__isnull=False)
        ),
        counted_seconds_on_task=Coalesce(Sum("progress__seconds_visible"), 0),
    )
    return _compare(courses, ("enrollment_count", "completion_count"), fix=fix) + _compare(
        enrollments, ("finished_lesson_count", "seconds_on_task"), fix=fix
    )


def _compare(
    rows: "QuerySet[Course] | QuerySet[Enrollment]", fields: tuple[str, ...], *, fix: bool
) -> list[Drift]:
    found = []
    wrong_ids = []
    row: Model
    for row in rows.order_by("pk").iterator(chunk_size=2000):
        right = _counted(row, fields)
        wrong = {name: count for name, count in right.items() if getattr(row, name) != count}
        for name, count in wrong.items():
            found.append(
                Drift(
                    what=f"{row._meta.verbose_name} {row.pk}",
                    field=name,
                    stored=getattr(row, name),
                    counted=count,
                )
            )
        if wrong:
            wrong_ids.append(row.pk)
    for row_id in wrong_ids if fix else ():
        with transaction.atomic():
            rows.model._base_manager.select_for_update().get(pk=row_id)
            fresh: Model = rows.get(pk=row_id)
            rows.model._base_manager.filter(pk=row_id).update(**_counted(fresh, fields))
    return found


def _counted(row: Model, fields: tuple[str, ...]) -> dict[str, int]:
    return {name: getattr(row, f"counted_{name}") for name in fields}
