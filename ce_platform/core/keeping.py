"""Keeps what a background job has made, whole or not at all.

The job writes into a file without a name; a worker that dies leaves nothing of it. Before the bytes
get a name the row knows it, so that they are found again and taken away after a crash; file, log
and mail then appear in one transaction, and only for the worker that still has the job.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError, Q, QuerySet
from django.utils import timezone

from ce_platform.core import files, sweep
from ce_platform.core.jobs import JobProgress, LeaseLost
from ce_platform.core.models import BackgroundJob, MadeFile, StoredFile

AREA: Final = StoredFile.Area.PRIVATE
_PIECE: Final = 1024 * 1024
# Well below a lease.
_ALIVE_EVERY: Final = 15.0

Tell = Callable[[StoredFile, datetime], None]
"""Writes log and mail, in the transaction in which the file appears."""


def workplace() -> Path:
    """A folder on the disk: the usual place for temporary files may be in memory."""
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def nameless_file() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile(dir=workplace()) as file:
        yield file


def keep_alive(progress: JobProgress) -> Callable[[], None]:
    """Keeps the lease while there is nothing to count."""
    said = time.monotonic()

    def alive() -> None:
        nonlocal said
        if time.monotonic() - said > _ALIVE_EVERY:
            progress.advance(0)
            said = time.monotonic()

    return alive


def keep(
    row: MadeFile,
    file: IO[bytes],
    *,
    content_type: str,
    kept_for: timedelta,
    progress: JobProgress,
    tell: Tell,
    **counts: Any,
) -> None:
    """Store the bytes as the file of the row. `counts`: further columns that are known now.

    Errors: LeaseLost, with nothing left behind.
    """
    alive = keep_alive(progress)
    sha256 = _sha256_of(file, alive)
    with transaction.atomic():
        progress.advance(0)
        _rows(row).filter(pk=row.pk).update(unfinished_sha256=sha256)
    try:
        stored = files.store_open_file(
            file,
            sha256,
            area=AREA,
            content_type=content_type,
            now=timezone.now(),
            while_copying=alive,
        )
        say_made(row, stored, kept_for=kept_for, progress=progress, tell=tell, **counts)
    except BaseException:
        discard(row, sha256)
        raise


def say_made(
    row: MadeFile,
    stored: StoredFile,
    *,
    kept_for: timedelta,
    progress: JobProgress,
    tell: Tell,
    **counts: Any,
) -> None:
    now = timezone.now()
    with transaction.atomic():
        progress.advance(0)  # Another worker has it by now: this one's file is not wanted.
        _rows(row).filter(pk=row.pk).update(
            file=stored,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            unfinished_sha256="",
            made_at=now,
            kept_until=now + kept_for,
            **counts,
        )
        tell(stored, now)


def discard(row: MadeFile, sha256: str) -> None:
    """Bytes that were to become this row's file and did not."""
    if not sha256:
        return
    others = Q(unfinished_sha256=sha256) & ~Q(pk=row.pk)
    if not _rows(row).filter(Q(file__sha256=sha256) | others).exists():
        # Somebody else's file may have the same bytes; then it is theirs.
        with suppress(ProtectedError):
            files.erase(sha256, area=AREA)
    _rows(row).filter(pk=row.pk, unfinished_sha256=sha256).update(unfinished_sha256="")


# ---------------------------------------------------------------- the result of a job


def keep_result(
    progress: JobProgress, content: bytes, *, content_type: str, name: str, tell: Tell | None = None
) -> None:
    """Store the bytes as what the job made, together with what `tell` writes, or nothing of both.

    Errors: LeaseLost. What a worker leaves lying that is killed here is taken away by the next one
    or, when there is none, by `sweep_unfinished`.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    _discard_result(progress.job.unfinished_sha256, progress.job.pk)
    progress.unfinished(sha256)
    try:
        now = timezone.now()
        stored = files.store_bytes(content, area=AREA, content_type=content_type, now=now)
        with transaction.atomic():
            progress.result(stored, name)  # Another worker has it by now: refused before `tell`.
            if tell is not None:
                tell(stored, now)
    except LeaseLost:
        # Other bytes than those that the other worker keeps, or is about to.
        mine = BackgroundJob.objects.filter(pk=progress.job.pk, unfinished_sha256=sha256)
        if not mine.exists():
            _discard_result(sha256, progress.job.pk)
        raise


def _discard_result(sha256: str, job_id: int) -> None:
    others = BackgroundJob.objects.filter(unfinished_sha256=sha256).exclude(pk=job_id)
    if sha256 and not others.exists():
        with suppress(ProtectedError):
            files.erase(sha256, area=AREA)
    BackgroundJob.objects.filter(pk=job_id, unfinished_sha256=sha256).update(unfinished_sha256="")


# ---------------------------------------------------------------- after a crash


def sweep_unfinished(now: datetime) -> int:
    """Bytes that lie there of work that has ended without them: its worker was killed while it
    kept them, and it was stopped or given up before another one could begin."""
    count = 0
    ended = [BackgroundJob.Status.DONE, BackgroundJob.Status.FAILED]
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if not {"unfinished_sha256", "job"} <= names:
            continue
        rows: QuerySet[Any] = model._default_manager.all()
        some = rows.filter(sweep.next_slice(f"core.unfinished.{model._meta.label}", rows))
        for row in some.filter(job__status__in=ended).exclude(unfinished_sha256=""):
            discard(row, row.unfinished_sha256)
            count += 1
    jobs = BackgroundJob.objects.all()
    few = jobs.filter(sweep.next_slice("core.unfinished.jobs", jobs))
    for job in few.filter(status__in=ended).exclude(unfinished_sha256=""):
        _discard_result(job.unfinished_sha256, job.pk)
        count += 1
    return count


def _rows(row: MadeFile) -> Any:
    return type(row)._default_manager


def _sha256_of(file: IO[bytes], alive: Callable[[], None]) -> str:
    file.flush()
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(_PIECE):
        digest.update(piece)
        alive()
    return digest.hexdigest()
