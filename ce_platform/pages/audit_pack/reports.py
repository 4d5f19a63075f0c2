"""What was reported to licensing bodies, for the pack: the one place that knows of reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from ce_platform.core import codes
from certificates.models import Certificate


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


KEEPS_REPORTS = False
"""Whether this installation keeps a log of reports at all."""


def reporting_log_of(certificates: Sequence[Certificate]) -> Mapping[int, list[ReportEntry]]:
    """By certificate id. Nothing is kept yet, and the index of the pack says so."""
    return {}


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
