"""One way to write the history of a line."""

from datetime import datetime
from typing import Any, Final

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json, clean
from certificates.models import ReportEvent, ReportLine
from certificates.reports.domain.errors import ReportReasonMissing

LONGEST_REASON: Final = 300


def event_of(
    line: ReportLine,
    *,
    before: str,
    by: User | None,
    now: datetime,
    note: str = "",
    **facts: Any,
) -> ReportEvent:
    """Not saved yet. `line.status` is where it stands now; `by` None: the platform itself."""
    return ReportEvent(
        line=line,
        at=now,
        by_id=by.pk if by is not None else None,
        by_label=by.email if by is not None else "",
        from_status=before,
        to_status=line.status,
        note=note,
        facts_json=canonical_json(facts),
    )


def reason_of(text: str) -> str:
    """Errors: ReportReasonMissing."""
    reason = " ".join(clean(text).split())[:LONGEST_REASON]
    if not reason:
        raise ReportReasonMissing
    return reason
