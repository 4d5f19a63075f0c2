"""Content-addressed files: put bytes in, get a row that names them by SHA-256."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import ProtectedError

from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.core.text import canonical_json
from ce_platform.core.verification import Finding, Tally

_PIECE: Final = 64 * 1024
LET_GO: Final = "erase-file"
TRIAL: Final = timedelta(hours=1)


def store_bytes(
    content: bytes, *, area: StoredFile.Area, content_type: str, now: datetime
) -> StoredFile:
    """Keep `content` and return its row. Storing the same bytes again returns the same row.

    The file is written before the row: a crash between the two leaves an unnamed file, never a
    row without bytes. Call it outside a transaction when the content is large.
    """
    return _keep(
        ContentFile(content),
        hashlib.sha256(content).hexdigest(),
        len(content),
        area=area,
        content_type=content_type,
        now=now,
    )


def store_file(
    path: Path, *, area: StoredFile.Area, content_type: str, now: datetime
) -> StoredFile:
    """The same for a file too large for memory; it is read in pieces and stays where it is."""
    with path.open("rb") as file:
        return _keep(
            File(file),
            sha256_of(path),
            path.stat().st_size,
            area=area,
            content_type=content_type,
            now=now,
        )


def store_open_file(
    file: IO[bytes],
    sha256: str,
    *,
    area: StoredFile.Area,
    content_type: str,
    now: datetime,
    while_copying: Callable[[], None],
) -> StoredFile:
    """The same for an open file that has no name. `while_copying` is called after every piece of
    64 kB, for whoever must show that they are still at work."""
    return _keep(
        _WatchedFile(file, while_copying),
        sha256,
        file.seek(0, 2),
        area=area,
        content_type=content_type,
        now=now,
    )


class _WatchedFile(File):  # type: ignore[type-arg]
    def __init__(self, file: IO[bytes], while_copying: Callable[[], None]) -> None:
        super().__init__(file)
        self._while_copying = while_copying

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        for piece in super().chunks(chunk_size):
            self._while_copying()
            yield piece


def erase(sha256: str, *, area: StoredFile.Area) -> None:
    """Take row and bytes away, if they are there. A crash in between leaves the row, to try again
    with. Errors: ProtectedError when another row refers to the file; then the bytes stay too.
    """
    with transaction.atomic():
        row = StoredFile.objects.filter(area=area, sha256=sha256).first() or StoredFile(
            area=area, sha256=sha256
        )
        if row.pk is not None:
            row.delete()
        row.storage.delete(row.path)


def let_go(stored: StoredFile | None, *, now: datetime) -> None:
    """Nothing of the caller's refers to the file any more. Erased after the transaction, unless
    another row refers to it: bytes do not come back when a transaction is taken back."""
    if stored is not None:
        let_go_bytes(stored.sha256, area=StoredFile.Area(stored.area), now=now)


def let_go_bytes(sha256: str, *, area: StoredFile.Area, now: datetime) -> None:
    """The same for bytes that may lie there without a row, after a crash."""
    if sha256:
        jobs.start(LET_GO, title="Erase a file", now=now, area=area, sha256=sha256)


def on_trial(sha256: str, *, area: StoredFile.Area, now: datetime) -> BackgroundJob:
    """Before bytes are stored that a row will name: unless one does within the hour, they go again.

    The caller deletes the job in the transaction that writes the row.
    """
    return BackgroundJob.objects.create(
        kind=LET_GO,
        title="Erase a file",
        parameters=canonical_json({"area": area, "sha256": sha256}),
        created_at=now + TRIAL,
    )


def erase_let_go(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    with suppress(ProtectedError):
        erase(parameters["sha256"], area=StoredFile.Area(parameters["area"]))


def pieces_of(stored: StoredFile) -> Iterator[bytes]:
    """For an answer that hands a large file on."""
    with stored.storage.open(stored.path) as file:
        while piece := file.read(_PIECE):
            yield piece


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(
    content: "File[bytes]",
    sha256: str,
    size_bytes: int,
    *,
    area: StoredFile.Area,
    content_type: str,
    now: datetime,
) -> StoredFile:
    row = StoredFile.objects.filter(area=area, sha256=sha256).first() or StoredFile(
        area=area,
        sha256=sha256,
        size_bytes=size_bytes,
        content_type=content_type,
        created_at=now,
    )
    if not _is_kept(row, size_bytes):
        saved = row.storage.save(row.path, content)
        if saved != row.path:  # Two writers at once: the other one's bytes are the same.
            row.storage.delete(saved)
    if row.pk is None:
        row, _ = StoredFile.objects.get_or_create(
            area=area,
            sha256=sha256,
            defaults={
                "size_bytes": row.size_bytes,
                "content_type": content_type,
                "created_at": now,
            },
        )
    return row


def check_files(tally: Tally) -> Iterator[Finding]:
    """The bytes of every kept file have the SHA-256 that names them."""
    for row in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        tally.count += 1
        try:
            with row.storage.open(row.path) as file:
                is_whole = _digest(file) == row.sha256
        except OSError:
            yield Finding(f"file {row.sha256}", "is not there")
            continue
        if not is_whole:
            yield Finding(f"file {row.sha256}", "its bytes are not what its name says")


def _digest(file: "File[bytes]") -> str:
    digest = hashlib.sha256()
    for piece in file.chunks():
        digest.update(piece)
    return digest.hexdigest()


def _is_kept(row: StoredFile, size_bytes: int) -> bool:
    """All of the bytes are there; a file that was cut short by somebody's copy is not."""
    return row.storage.exists(row.path) and row.storage.size(row.path) == size_bytes
