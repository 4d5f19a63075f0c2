"""Lines leave in a batch: claimed once under a lock, then put into a file from what was kept."""

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction

from ce_platform.accounts.models import User, zone_named
from ce_platform.core import audit
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json
from ce_platform.licensing.models import LicensingBody
from certificates.models import (
    ReportBatch,
    ReportBatchLine,
    ReportChannel,
    ReportEvent,
    ReportLine,
)
from certificates.reports import preflight
from certificates.reports.channels import CHANNELS, ReportRow
from certificates.reports.domain.errors import NothingToReport
from certificates.reports.domain.events import event_of

logger = logging.getLogger(__name__)

Status = ReportLine.Status
# What one file carries; the rest leaves with the next press.
MOST_LINES: Final = 2_000
_CHUNK: Final = 500
_LOOK_AT: Final = 20_000


def make_batch(
    channel: ReportChannel, *, body: LicensingBody | None, by: User, now: datetime
) -> ReportBatch:
    """Send every clean line of a channel (of one body) and return the batch with its file.

    The lines are locked in the order of their ids before they are looked at, and one that
    somebody else has just sent is not pending any more: two people who press the button together
    get two different batches or a refusal, never the same line. The file is made after that
    transaction; should the process die in between, the next download or the sweep makes it.
    Errors: NothingToReport.
    """
    with transaction.atomic():
        clean = list(_clean_lines(channel, body))[:MOST_LINES]
        if not clean:
            raise NothingToReport
        batch = ReportBatch.objects.create(
            channel=channel,
            made_at=now,
            made_by_id=by.pk,
            made_by_label=by.email,
            line_count=len(clean),
            file_name=_file_name(channel, body, now=now, by=by),
        )
        ReportBatchLine.objects.bulk_create(
            ReportBatchLine(
                batch=batch,
                line=checked.line,
                position=position,
                row_json=canonical_json(asdict(checked.row)),
            )
            for position, checked in enumerate(clean, start=1)
        )
        for checked in clean:
            line = checked.line
            line.status = Status.EXPORTED
            line.batch = batch
            line.exported_at = now
            line.course_number = checked.row.course_number
        # What all lines get alike is written at once; row by row it takes half of the export.
        lines = [checked.line for checked in clean]
        for start in range(0, len(lines), _CHUNK):
            ReportLine.objects.filter(
                pk__in=[line.pk for line in lines[start : start + _CHUNK]]
            ).update(status=Status.EXPORTED, batch=batch, exported_at=now)
        ReportLine.objects.bulk_update(lines, ["course_number"], batch_size=_CHUNK)
        ReportEvent.objects.bulk_create(
            event_of(
                checked.line,
                before=Status.PENDING,
                by=by,
                now=now,
                batch=batch.uid.hex,
                number=checked.row.license_number,
                course_number=checked.row.course_number,
            )
            for checked in clean
        )
        audit.record(
            "report-batch.made",
            subject_type="report-batch",
            subject_id=batch.uid,
            by=by,
            now=now,
            channel=channel,
            body=body.code if body is not None else None,
            lines=len(clean),
        )
    ensure_file(batch, now=now)
    return batch


def _clean_lines(channel: ReportChannel, body: LicensingBody | None) -> Iterator[preflight.Checked]:
    """Locked, in chunks, the oldest first; lines that are stopped do not stand in the way."""
    pending = ReportLine.objects.filter(status=Status.PENDING, channel=channel)
    if body is not None:
        pending = pending.filter(body=body)
    ids = list(pending.order_by("pk").values_list("pk", flat=True)[:_LOOK_AT])
    found = 0
    for start in range(0, len(ids), _CHUNK):
        # Asked again under the lock: what somebody else sent meanwhile is not pending any more.
        chunk = (
            pending.select_for_update(of=("self",))
            .filter(pk__in=ids[start : start + _CHUNK])
            .select_related("certificate", "body__report_channel")
            .order_by("pk")
        )
        for checked in preflight.check(list(chunk)):
            if checked.is_clean:
                found += 1
                yield checked
        if found >= MOST_LINES:
            return


def _file_name(
    channel: ReportChannel, body: LicensingBody | None, *, now: datetime, by: User
) -> str:
    local = now.astimezone(zone_named(by.time_zone))
    parts = [str(channel), body.code if body is not None else "all", f"{local:%Y-%m-%d-%H%M%S}"]
    return f"{'-'.join(parts)}.{CHANNELS[channel].ending}"


def rows_of(batch: ReportBatch) -> list[ReportRow]:
    """The rows as they left."""
    return [
        ReportRow(**json.loads(row_json))
        for row_json in batch.lines.order_by("position").values_list("row_json", flat=True)
    ]


def ensure_file(batch: ReportBatch, *, now: datetime) -> StoredFile:
    """The file of a batch, made if there is none; whoever asks gets the same bytes."""
    if batch.file is not None:
        return batch.file
    channel = CHANNELS[batch.channel]
    file = store_bytes(
        channel.file_of(rows_of(batch), made_at=batch.made_at),
        area=StoredFile.Area.PRIVATE,
        content_type=channel.content_type,
        now=now,
    )
    ReportBatch.objects.filter(pk=batch.pk, file__isnull=True).update(file=file)
    batch.refresh_from_db(fields=["file"])
    return batch.file or file


def sweep_batches(now: datetime) -> int:
    """Make the files that a process did not live to make."""
    count = 0
    for batch in ReportBatch.objects.filter(file__isnull=True).order_by("pk")[:20]:
        try:
            ensure_file(batch, now=now)
            count += 1
        except Exception:  # One file that cannot be made must not hold up the others.
            logger.exception("The file of batch %s was not made.", batch.uid)
    return count
