"""Content-addressed files: put bytes in, get a row that names them by SHA-256."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.core.files.base import ContentFile

from ce_platform.core.models import StoredFile
from ce_platform.core.verification import Finding, Tally


def store_bytes(
    content: bytes, *, area: StoredFile.Area, content_type: str, now: datetime
) -> StoredFile:
    """Keep `content` and return its row. Storing the same bytes again returns the same row.

    The file is written before the row: a crash between the two leaves an unnamed file, never a
    row without bytes. Call it outside a transaction when the content is large.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    row = StoredFile.objects.filter(area=area, sha256=sha256).first() or StoredFile(
        area=area,
        sha256=sha256,
        size_bytes=len(content),
        content_type=content_type,
        created_at=now,
    )
    if not _is_kept(row, len(content)):
        saved = row.storage.save(row.path, ContentFile(content))
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
            is_whole = hashlib.sha256(row.read()).hexdigest() == row.sha256
        except OSError:
            yield Finding(f"file {row.sha256}", "is not there")
            continue
        if not is_whole:
            yield Finding(f"file {row.sha256}", "its bytes are not what its name says")


def _is_kept(row: StoredFile, size_bytes: int) -> bool:
    """All of the bytes are there; a file that was cut short by somebody's copy is not."""
    return row.storage.exists(row.path) and row.storage.size(row.path) == size_bytes
