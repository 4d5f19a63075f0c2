"""Background jobs with progress that a person can watch, leave and find again."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.core.queue import wake_after_commit
from ce_platform.core.text import canonical_json

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)


class JobProgress:
    """Handed to the work: reports progress and keeps the lease alive."""

    def __init__(self, job: BackgroundJob) -> None:
        self.job = job

    def total(self, count: int) -> None:
        BackgroundJob.objects.filter(pk=self.job.pk).update(total_count=count, done_count=0)

    def advance(self, count: int = 1) -> None:
        BackgroundJob.objects.filter(pk=self.job.pk).update(
            done_count=F("done_count") + count, lease_until=timezone.now() + LEASE
        )

    def result(self, file: StoredFile, name: str) -> None:
        BackgroundJob.objects.filter(pk=self.job.pk).update(result_file=file, result_name=name)


Work = Callable[[dict[str, Any], JobProgress], None]
_kinds: dict[str, Work] = {}


def register(kind: str, work: Work) -> None:
    """`work` must be safe to start again after it was cut off."""
    _kinds[kind] = work


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
    import json

    claimed = (
        BackgroundJob.objects.filter(pk=job_id)
        .filter(
            Q(status=BackgroundJob.Status.QUEUED)
            | Q(status=BackgroundJob.Status.RUNNING, lease_until__lt=now)
        )
        .update(status=BackgroundJob.Status.RUNNING, lease_until=now + LEASE)
    )
    if not claimed:
        return
    job = BackgroundJob.objects.get(pk=job_id)
    try:
        _kinds[job.kind](json.loads(job.parameters), JobProgress(job))
    except Exception as error:
        logger.exception("Job %s failed", job.uid)
        said = str(error) if isinstance(error, DomainError) else "Something went wrong here."
        BackgroundJob.objects.filter(pk=job_id).update(
            status=BackgroundJob.Status.FAILED, error=said[:500], finished_at=timezone.now()
        )
        return
    BackgroundJob.objects.filter(pk=job_id).update(
        status=BackgroundJob.Status.DONE, finished_at=timezone.now(), lease_until=None
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
