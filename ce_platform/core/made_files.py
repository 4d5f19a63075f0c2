"""What a background job made, once it is there: how it is called on pages, handing it out, deleting
it, and whose time is over. How it gets there: keeping.py.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import ProtectedError
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from ce_platform.core import files, jobs
from ce_platform.core.models import AuditEvent, BackgroundJob, MadeFile, StoredFile

MOST_EVENTS: Final = 200
_SWEEP_SIZE: Final = 20
Row = TypeVar("Row", bound=MadeFile)


def state_of(made: MadeFile, job: BackgroundJob) -> jobs.State:
    if made.deleted_at is not None:
        return jobs.State("Deleted", "")
    if made.made_at is not None:
        return jobs.State("Ready", "good")
    return jobs.state_of(job)


def events_of(
    subject_type: str, uid: UUID, words: Mapping[str, Any], *, order: str = "id"
) -> list[dict[str, Any]]:
    """What happened to it and who had it; the earliest first unless `order` says otherwise."""
    events = AuditEvent.objects.filter(subject_type=subject_type, subject_id=str(uid))
    return [
        {"event": event, "words": words.get(event.action, event.action)}
        for event in events.order_by(order)[:MOST_EVENTS]
    ]


def file_of(made: MadeFile) -> StoredFile | None:
    """None also when the row says it is there and its bytes are not."""
    if made.file is None or not made.file.storage.exists(made.file.path):
        return None
    return made.file


def handed_out(stored: StoredFile, name: str) -> StreamingHttpResponse:
    """The file in pieces, to be saved under this name and kept by nobody on the way."""
    answer = StreamingHttpResponse(files.pieces_of(stored), content_type=stored.content_type)
    answer["Content-Length"] = str(stored.size_bytes)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def delete_file(
    row: MadeFile, *, now: datetime, tell: Callable[[str], object] = lambda sha256: None
) -> None:
    """The row stays. It has a file and is locked in the caller's transaction. `tell` writes the
    log: before the bytes go, for they do not come back when the transaction is taken back."""
    assert row.file is not None  # noqa: S101 – the callers refuse a row without one
    sha256 = row.file.sha256
    row.file, row.deleted_at = None, now
    row.save(update_fields=["file", "deleted_at"])
    tell(sha256)
    # Another row may have the same bytes: the same table asked for twice. Then they are its own.
    with suppress(ProtectedError):
        files.erase(sha256, area=StoredFile.Area.PRIVATE)


def over(model: type[Row], *, now: datetime) -> list[Row]:
    """Those whose file has been kept long enough."""
    rows = model._default_manager.filter(file__isnull=False, kept_until__lte=now)
    return list(rows.order_by("kept_until")[:_SWEEP_SIZE])
