"""Background jobs with progress that a person can watch, leave and find again."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.core.queue import wake_after_commit
from ce_platform.core.text import canonical_json

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
MOST_STARTS: Final = 8
"""Work that was cut off so often, and never told why, is likely what kills its worker."""
CUT_OFF: Final = f"The work was cut off {MOST_STARTS} times, so it is not begun again by itself."


@dataclass(frozen=True)
class State:
    """How something that a job makes is called on pages."""

    word: str
    tone: str


def state_of(job: BackgroundJob) -> State:
    match job.status:
        case BackgroundJob.Status.DONE:
            return State("Done", "good")
        case BackgroundJob.Status.FAILED:
            return State("Stopped", "bad")
        case BackgroundJob.Status.QUEUED:
            return State("Waiting", "wait")
    return State("At work", "accent")


class LeaseLost(Exception):
    """Another worker has taken the job up after a silence longer than its lease, or a person has
    stopped it."""


class JobProgress:
    """Handed to the work: reports progress and keeps the lease alive.

    Every report is refused when another worker has taken the job up meanwhile, so that of two
    workers only one goes on, and when a person has stopped it. Errors: LeaseLost, which the work
    lets through.

    Whose the job is says the number of its starts, not the time of the lease: a report in a
    transaction that is taken back takes its lease along, and the worker must not lose the job by
    that.
    """

    def __init__(self, job: BackgroundJob) -> None:
        self.job = job
        self._start = job.start_count

    def total(self, count: int) -> None:
        self._report(total_count=count, done_count=0)

    def advance(self, count: int = 1) -> None:
        self._report(done_count=F("done_count") + count)

    def result(self, file: StoredFile, name: str) -> None:
        self._report(result_file=file, result_name=name, unfinished_sha256="")

    def unfinished(self, sha256: str) -> None:
        self._report(unfinished_sha256=sha256)

    def conclude(self, status: BackgroundJob.Status, *, error: str = "") -> None:
        self._mine().update(
            status=status, error=error[:500], finished_at=timezone.now(), lease_until=None
        )

    def _report(self, **values: Any) -> None:
        if not self._mine().update(lease_until=timezone.now() + LEASE, **values):
            raise LeaseLost

    def _mine(self) -> QuerySet[BackgroundJob]:
        return BackgroundJob.objects.filter(
            pk=self.job.pk, status=BackgroundJob.Status.RUNNING, start_count=self._start
        )


Work = Callable[[dict[str, Any], JobProgress], None]
_kinds: dict[str, Work] = {}
_of_the_office: set[str] = set()


def register(kind: str, work: Work, *, is_of_the_office: bool = False) -> None:
    """`work` must be safe to start again after it was cut off. `is_of_the_office`: what it makes is
    about no person, and stays when the account of whoever asked for it ends."""
    _kinds[kind] = work
    if is_of_the_office:
        _of_the_office.add(kind)


def kinds_of_the_office() -> frozenset[str]:
    return frozenset(_of_the_office)


def start(
    kind: str,
    *,
    title: str,
    now: datetime,
    created_by_id: int | None = None,
    **parameters: Any,
) -> BackgroundJob:
    with transaction.atomic():
        job = BackgroundJob.objects.create(
            kind=kind,
            title=title,
            parameters=canonical_json(parameters),
            created_at=now,
            created_by_id=created_by_id,
        )
        from ce_platform.core.tasks import run_job_task  # tasks import this module

        wake_after_commit(run_job_task, job.pk)
    return job


def run(job_id: int, *, now: datetime) -> None:
    """Do the work of one job unless somebody else is at it."""
    claimed = (
        BackgroundJob.objects.filter(pk=job_id)
        .filter(
            Q(status=BackgroundJob.Status.QUEUED)
            | Q(status=BackgroundJob.Status.RUNNING, lease_until__lt=now)
        )
        .update(
            status=BackgroundJob.Status.RUNNING,
            lease_until=now + LEASE,
            start_count=F("start_count") + 1,
        )
    )
    if not claimed:
        return
    job = BackgroundJob.objects.get(pk=job_id)
    progress = JobProgress(job)
    if job.start_count > MOST_STARTS:
        logger.error("Job %s was cut off %s times; it is not started again.", job.uid, MOST_STARTS)
        progress.conclude(BackgroundJob.Status.FAILED, error=CUT_OFF)
        return
    try:
        _kinds[job.kind](json.loads(job.parameters), progress)
    except LeaseLost:
        logger.warning("Job %s was taken up by another worker, or stopped; it ends here.", job.uid)
    except Exception as error:
        logger.exception("Job %s failed", job.uid)
        said = str(error) if isinstance(error, DomainError) else "Something went wrong here."
        progress.conclude(BackgroundJob.Status.FAILED, error=said)
    else:
        progress.conclude(BackgroundJob.Status.DONE)


def stop(job_id: int, *, said: str, now: datetime) -> bool:
    """End a job that waits or runs; False: it has ended by itself.

    Its worker notices at the next report, which is refused, and keeps nothing.
    """
    return bool(
        BackgroundJob.objects.filter(
            pk=job_id, status__in=[BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING]
        ).update(
            status=BackgroundJob.Status.FAILED,
            error=said[:500],
            finished_at=now,
            lease_until=None,
        )
    )


def sweep_jobs(now: datetime) -> int:
    """Start jobs that nobody started, and jobs whose worker died."""
    waiting = BackgroundJob.objects.filter(
        Q(status=BackgroundJob.Status.QUEUED, created_at__lt=now - timedelta(seconds=30))
        | Q(status=BackgroundJob.Status.RUNNING, lease_until__lt=now)
    ).values_list("pk", flat=True)[:20]
    count = 0
    for job_id in waiting:
        run(job_id, now=timezone.now())
        count += 1
    return count
