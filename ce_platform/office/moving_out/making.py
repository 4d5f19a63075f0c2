"""The background job: writes the archive into a file without a name and keeps it when it is whole.
Cut off at any moment it starts again; what it had written is gone."""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from ce_platform.core import audit, keeping, mail
from ce_platform.core.errors import DomainError
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import StoredFile
from ce_platform.office.moving_out.archive import Written, steps, write_archive
from ce_platform.office.moving_out.archives import kept_for
from ce_platform.office.moving_out.kept import files_to_keep
from ce_platform.office.moving_out.models import Archive
from ce_platform.office.moving_out.snapshot import Outside, snapshot

CONTENT_TYPE: Final = "application/zip"
_TELL_EVERY: Final = 1.0
"""Seconds between two words about the progress."""
_COPIES: Final = 2
"""The file that is written, and the one that is kept of it."""


class NoRoom(DomainError):
    """The disk would be full before the archive is whole."""


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    archive = Archive.objects.get(uid=parameters["archive"])
    if archive.made_at is not None:
        return  # It was done, and the worker died before it could say so.
    keeping.discard(archive, archive.unfinished_sha256)
    check_room(keeping.workplace(), copies=_COPIES)
    with keeping.nameless_file() as file:
        with snapshot() as outside:
            ticker = Ticker(progress, outside)
            ticker.begin(steps())
            written = write_archive(
                file,
                name=archive.name,
                now=timezone.now(),
                workplace=keeping.workplace(),
                step=ticker.step,
            )
            ticker.say()
        keeping.keep(
            archive,
            file,
            content_type=CONTENT_TYPE,
            kept_for=kept_for(),
            progress=progress,
            tell=lambda stored, now: _tell(archive, stored, written, now),
            **asdict(written),
        )


class Ticker:
    """Counts steps and says so once in a while, on the connection that may write."""

    def __init__(
        self, progress: JobProgress, outside: Outside, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._progress = progress
        self._outside = outside
        self._clock = clock
        self._said_at = clock()
        self._unsaid = 0
        self._left = 0

    def begin(self, total: int) -> None:
        self._left = total
        with self._outside():
            self._progress.total(total)

    def step(self, count: int) -> None:
        self._unsaid += count
        if self._clock() - self._said_at > _TELL_EVERY:
            self.say()

    def say(self) -> None:
        """Never more than the whole: what is read was counted a moment before."""
        count = min(self._unsaid, self._left)
        self._left -= count
        self._unsaid = 0
        with self._outside():
            self._progress.advance(count)
        self._said_at = self._clock()


def check_room(folder: Path, *, copies: int) -> None:
    """Kept files are nearly all of it, and hardly get smaller. Errors: NoRoom."""
    size = files_to_keep().aggregate(size=Sum("size_bytes"))["size"] or 0
    free = shutil.disk_usage(folder).free
    if free < copies * size:
        raise NoRoom(
            f"The archive needs about {filesizeformat(copies * size)} on the disk while it is "
            f"made, and {filesizeformat(free)} are free."
        )


def _tell(archive: Archive, stored: StoredFile, written: Written, now: datetime) -> None:
    audit.record(
        "archive.made",
        subject_type="archive",
        subject_id=archive.uid,
        by=None,
        now=now,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        **asdict(written),
    )
    mail.write_mail(
        "archive_ready",
        to_email=archive.created_by_label,
        to_user_id=archive.created_by_id,
        cause=f"archive-ready:{archive.uid.hex}",
        now=now,
        size=stored.size_bytes,
        missing_count=written.missing_count,
        kept_until=now + kept_for(),
        url=reverse("office:archive-detail", args=[archive.uid]),
    )
