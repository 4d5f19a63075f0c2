"""Counts days, months and years anew from the rows.

Everything is read again each time: what was brought in with an old date, or moved to another time
zone, is then counted right without anybody thinking of it. Only counts that differ are written.
"""

import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Sum

from ce_platform.accounts.models import zone_named
from ce_platform.core.models import Provider
from ce_platform.core.text import canonical_json
from ce_platform.office.numbers.models import Counting, NumberCount
from courses.models import Course, Enrollment
from quizzes.models import Attempt, Grade, Quiz

_SHARE: Final = 100
"""Counting takes at most one part in a hundred of the worker's time: a second of work every hundred
seconds, however large the installation is."""
_STEP: Final = 5_000
_COLUMNS: Final = (
    "enrolled_count",
    "completed_count",
    "tried_count",
    "passed_count",
    "days_json",
)
Span = NumberCount.Span

Key = tuple[str, date, int | None]
"""Span, its first day, course."""


@dataclass
class _Found:
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    days: Counter[int] = field(default_factory=Counter)

    def add(self, other: "_Found") -> None:
        self.counts = [one + more for one, more in zip(self.counts, other.counts, strict=True)]
        self.days.update(other.days)

    @property
    def values(self) -> tuple[int | str, ...]:
        days = {str(days): count for days, count in self.days.items()}
        return (*self.counts, canonical_json(days))


def sweep_numbers(now: datetime) -> int:
    """Count again if anything has happened and the last time is long enough ago."""
    last = Counting.objects.filter(pk=1).first()
    if last is not None:
        rest = timedelta(milliseconds=_SHARE * last.milliseconds)
        if now < last.counted_at + rest or last.seen == what_there_is(now):
            return 0
    recount(now)
    return 1


def provider_zone() -> ZoneInfo:
    name = Provider.objects.filter(pk=1).values_list("time_zone", flat=True).first()
    return zone_named(name or "UTC")


def what_there_is(now: datetime) -> str:
    """A text that changes when something was enrolled, completed or graded, and once a day."""
    zone = provider_zone()
    sums = Course.objects.aggregate(
        enrolled=Sum("enrollment_count"), completed=Sum("completion_count")
    )
    return json.dumps(
        [
            str(now.astimezone(zone).date()),
            zone.key,
            Enrollment.objects.aggregate(last=Max("pk"))["last"],
            Grade.objects.aggregate(last=Max("pk"))["last"],
            sums["enrolled"],
            sums["completed"],
        ]
    )


def recount(now: datetime) -> None:
    """Safe to run at any time, and beside another one."""
    began = time.perf_counter()
    seen = what_there_is(now)
    found = _rolled_up(_read(provider_zone()))
    with transaction.atomic():
        counting, _ = Counting.objects.select_for_update().get_or_create(
            pk=1, defaults={"counted_at": now, "seen": "", "milliseconds": 0}
        )
        _write(found)
        counting.counted_at, counting.seen = now, seen
        counting.milliseconds = round(1000 * (time.perf_counter() - began))
        counting.save()


def _read(zone: ZoneInfo) -> dict[tuple[int, date], _Found]:
    found: dict[tuple[int, date], _Found] = defaultdict(_Found)
    enrollments = Enrollment.objects.order_by().values_list(
        "course_id", "started_at", "completed_at"
    )
    for course_id, started_at, completed_at in enrollments.iterator(chunk_size=_STEP):
        found[course_id, started_at.astimezone(zone).date()].counts[0] += 1
        if completed_at is not None:
            day = found[course_id, completed_at.astimezone(zone).date()]
            day.counts[1] += 1
            day.days[max((completed_at - started_at).days, 0)] += 1
    attempts = (
        Attempt.objects.filter(
            number=1, status=Attempt.Status.GRADED, quiz__purpose=Quiz.Purpose.GRADED
        )
        .order_by()
        .values_list("enrollment__course_id", "submitted_at", "is_passed")
    )
    for course_id, submitted_at, is_passed in attempts.iterator(chunk_size=_STEP):
        if submitted_at is None:  # Of what is graded it never is.
            continue
        day = found[course_id, submitted_at.astimezone(zone).date()]
        day.counts[2] += 1
        day.counts[3] += is_passed
    return found


def _rolled_up(found: dict[tuple[int, date], _Found]) -> dict[Key, _Found]:
    """Of each course and of all, by day, month and year."""
    rolled: dict[Key, _Found] = defaultdict(_Found)
    for (course_id, on), day in found.items():
        for of in (course_id, None):
            rolled[Span.DAY, on, of].add(day)
            rolled[Span.MONTH, on.replace(day=1), of].add(day)
            rolled[Span.YEAR, date(on.year, 1, 1), of].add(day)
    return rolled


def _write(found: dict[Key, _Found]) -> None:
    gone: list[int] = []
    changed: list[NumberCount] = []
    rows = NumberCount.objects.values_list("pk", "span", "on", "course_id", *_COLUMNS)
    for pk, span, on, course_id, *values in rows.iterator(chunk_size=_STEP):
        wanted = found.pop((span, on, course_id), None)
        if wanted is None:
            gone.append(pk)
        elif list(wanted.values) != values:
            changed.append(NumberCount(pk=pk, **_named(wanted)))
    for at in range(0, len(gone), 500):
        NumberCount.objects.filter(pk__in=gone[at : at + 500]).delete()
    NumberCount.objects.bulk_update(changed, _COLUMNS, batch_size=100)
    NumberCount.objects.bulk_create(
        (
            NumberCount(span=span, on=on, course_id=course_id, **_named(each))
            for (span, on, course_id), each in found.items()
        ),
        batch_size=_STEP,
    )


def _named(found: _Found) -> dict[str, Any]:
    return dict(zip(_COLUMNS, found.values, strict=True))
