"""Files as an office brings them, and the work of the background done at once."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.office.moving_in import running
from ce_platform.office.moving_in.kinds import kind_named
from ce_platform.office.moving_in.models import ImportRun


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pdf(words: str) -> bytes:
    return f"%PDF-1.4\n% {words}\n%%EOF\n".encode()


def bring(
    kind: str, content: bytes, *, by: User, now: datetime, name: str = "table.csv", **options: Any
) -> ImportRun:
    """Brought and looked through."""
    wanted = kind_named(kind)
    assert wanted is not None
    run = running.bring_file(
        io.BytesIO(content),
        kind=wanted,
        name=name,
        source="",
        options={"dates": "", "hours": {}, "fixed": {}} | options,
        by=by,
        now=now,
    )
    return finish(run, now=now)


def apply(run: ImportRun, *, by: User, now: datetime) -> ImportRun:
    return finish(running.apply(run, by=by, now=now), now=now)


def finish(run: ImportRun, *, now: datetime) -> ImportRun:
    run.refresh_from_db()
    if run.job_id is not None:
        jobs.run(run.job_id, now=now)
    return ImportRun.objects.get(pk=run.pk)


def told(run: ImportRun) -> list[tuple[int, list[str]]]:
    """Row and sentences of what is to be mended."""
    return [
        (line.row, [sentence for _, _, sentence in line.problems])
        for line in run.lines.filter(action="bad").order_by("row")
    ]
