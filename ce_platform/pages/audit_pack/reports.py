"""What was reported to licensing bodies, for the pack: the one place that knows of reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Prefetch

from ce_platform.core import codes
from ce_platform.core.templatetags.wording import moment
from certificates.models import Certificate, ReportEvent, ReportLine


@dataclass(frozen=True)
class ReportEntry:
    """One completion at one body: what was owed, what left, what came back."""

    body: str
    license_number: str
    channel: str
    status: str
    due_on: date | None
    sent: str
    """When and in which file, in words; empty: not sent."""
    history: Sequence[str]
    """Each move with its day and what the body answered, the earliest first."""


def reporting_log_of(
    certificates: Sequence[Certificate], *, body_code: str = ""
) -> Mapping[int, list[ReportEntry]]:
    """By certificate id, in a pack for one body of that body alone; two queries.

    What was reported from a certificate that was replaced since stands with that one when it is
    in the pack, and else with another one of the same enrollment.
    """
    of_enrollment = {row.enrollment_id: row.pk for row in certificates if row.enrollment_id}
    known = {row.pk for row in certificates}
    lines = (
        ReportLine.objects.filter(root__enrollment__in=of_enrollment)
        .select_related("body", "root", "batch")
        .prefetch_related(Prefetch("events", queryset=ReportEvent.objects.order_by("pk")))
        .order_by("pk")
    )
    if body_code:
        lines = lines.filter(body__code=body_code)
    found: dict[int, list[ReportEntry]] = {}
    for line in lines:
        where = line.certificate_id
        if where not in known:
            where = of_enrollment[line.root.enrollment_id or 0]
        found.setdefault(where, []).append(_entry(line))
    return found


def _entry(line: ReportLine) -> ReportEntry:
    sent = ""
    if line.batch is not None and line.exported_at is not None:
        sent = f"{moment(line.exported_at)}, {line.batch.file_name}"
    return ReportEntry(
        body=line.body.name,
        license_number=line.license_number,
        channel=str(line.get_channel_display()),
        status=str(line.get_status_display()),
        due_on=line.due_on,
        sent=sent,
        history=[_told(event) for event in line.events.all()],
    )


def _told(event: ReportEvent) -> str:
    status = str(ReportLine.Status(event.to_status).label)
    said = f"{moment(event.at)}: {status}"
    return f"{said}, {event.note}" if event.note else said


COLUMNS: Final = (
    "Certificate",
    "Name",
    "Body",
    "License number",
    "Channel",
    "Status",
    "Due on",
    "Sent",
    "History",
)


def row_of(certificate: Certificate, entry: ReportEntry) -> list[str]:
    return [
        codes.dashed(certificate.serial),
        certificate.holder_name,
        entry.body,
        entry.license_number,
        entry.channel,
        entry.status,
        entry.due_on.isoformat() if entry.due_on else "",
        entry.sent,
        "; ".join(entry.history),
    ]
