"""Counts days and months anew from the rows.

Everything is read again each time: what was brought in with an old date, or moved to another time
zone, is then counted right without anybody thinking of it. Only counts that differ are written.
"""

import json
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Sum

from ce_platform.accounts.models import zone_named
from ce_platform.core.models import Provider
from ce_platform.office.numbers.models import Counting, DayCount, TimeCount
from courses.models import Course, Enrollment
from quizzes.models import Attempt, Grade, Quiz

_SHARE: Final = 100
"""Counting takes at most one part in a hundred of the worker's time: a second of work every hundred
seconds, however large the installation is."""
_STEP: Final = 5_000
_COUNTS: Final = ("enrolled_count", "completed_count", "tried_count", "passed_count")

Days = dict[tuple[int, date], list[int]]
Times = Counter[tuple[str, date, int, int]]


@dataclass
class _Found:
    days: Days = field(default_factory=dict)
    times: Times = field(default_factory=Counter)

    def add(self, course_id: int, on: date, place: int) -> None:
        self.days.setdefault((course_id, on), [0, 0, 0, 0])[place] += 1


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
    found = _read(provider_zone())
    with transaction.atomic():
        counting, _ = Counting.objects.select_for_update().get_or_create(
            pk=1, defaults={"counted_at": now, "seen": "", "milliseconds": 0}
        )
        _write_days(found.days)
        _write_times(found.times)
        counting.counted_at, counting.seen = now, seen
        counting.milliseconds = round(1000 * (time.perf_counter() - began))
        counting.save()


def _read(zone: ZoneInfo) -> _Found:
    found = _Found()
    enrollments = Enrollment.objects.order_by().values_list(
        "course_id", "started_at", "completed_at"
    )
    for course_id, started_at, completed_at in enrollments.iterator(chunk_size=_STEP):
        found.add(course_id, started_at.astimezone(zone).date(), 0)
        if completed_at is not None:
            on = completed_at.astimezone(zone).date()
            found.add(course_id, on, 1)
            days = max((completed_at - started_at).days, 0)
            found.times[TimeCount.Span.DAY, on, course_id, days] += 1
            found.times[TimeCount.Span.MONTH, on.replace(day=1), course_id, days] += 1
    attempts = (
        Attempt.objects.filter(
            number=1, status=Attempt.Status.GRADED, quiz__purpose=Quiz.Purpose.GRADED
        )
        .order_by()
        .values_list("enrollment__course_id", "submitted_at", "is_passed")
    )
    for course_id, submitted_at, is_passed in attempts.iterator(chunk_size=_STEP):
        on = submitted_at.astimezone(zone).date()
        found.add(course_id, on, 2)
        if is_passed:
            found.add(course_id, on, 3)
    return found


def _write_days(days: Days) -> None:
    gone: list[int] = []
    changed: list[DayCount] = []
    rows = DayCount.objects.values_list("pk", "course_id", "on", *_COUNTS)
    for pk, course_id, on, *counts in rows.iterator(chunk_size=_STEP):
        wanted = days.pop((course_id, on), None)
        if wanted is None:
            gone.append(pk)
        elif wanted != counts:
            changed.append(DayCount(pk=pk, **_named(wanted)))
    _delete(DayCount, gone)
    DayCount.objects.bulk_update(changed, _COUNTS, batch_size=200)
    DayCount.objects.bulk_create(
        (
            DayCount(course_id=course_id, on=on, **_named(counts))
            for (course_id, on), counts in days.items()
        ),
        batch_size=_STEP,
    )


def _write_times(times: Times) -> None:
    gone: list[int] = []
    changed: list[TimeCount] = []
    rows = TimeCount.objects.values_list("pk", "span", "on", "course_id", "days", "count")
    for pk, span, on, course_id, days, count in rows.iterator(chunk_size=_STEP):
        wanted = times.pop((span, on, course_id, days), None)
        if wanted is None:
            gone.append(pk)
        elif wanted != count:
            changed.append(TimeCount(pk=pk, count=wanted))
    _delete(TimeCount, gone)
    TimeCount.objects.bulk_update(changed, ["count"], batch_size=500)
    TimeCount.objects.bulk_create(
        (
            TimeCount(span=span, on=on, course_id=course_id, days=days, count=count)
            for (span, on, course_id, days), count in times.items()
        ),
        batch_size=_STEP,
    )


def _named(counts: list[int]) -> dict[str, int]:
    return dict(zip(_COUNTS, counts, strict=True))


def _delete(model: Any, ids: list[int]) -> None:
    for at in range(0, len(ids), 500):
        model.objects.filter(pk__in=ids[at : at + 500]).delete()
