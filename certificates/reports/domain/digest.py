"""The office's mail of the day: what falls due. Nothing due, no mail."""

from datetime import date, datetime, timedelta
from typing import Final

from ce_platform.accounts.models import zone_named
from ce_platform.core import mail
from ce_platform.core.models import OutgoingMail, Provider
from certificates.models import ReportLine

FROM_HOUR: Final = 7
DAYS_AHEAD: Final = 7
MOST_NAMED: Final = 40


def write_digest(now: datetime) -> int:
    """Write today's mail, once, from seven in the morning of the office; part of the sweep."""
    provider = Provider.objects.filter(pk=1).first()
    if provider is None:
        return 0
    local = now.astimezone(zone_named(provider.time_zone))
    today = local.date()
    cause = f"reports-due:{today.isoformat()}"
    if local.hour < FROM_HOUR or OutgoingMail.objects.filter(cause=cause).exists():
        return 0
    due = list(
        ReportLine.objects.filter(
            # What a body sent back is owed as much as what has not left yet.
            status__in=[ReportLine.Status.PENDING, ReportLine.Status.REJECTED],
            due_on__lte=today + timedelta(days=DAYS_AHEAD),
        )
        .select_related("certificate", "body")
        .order_by("due_on", "pk")[: MOST_NAMED + 1]
    )
    if not due:
        return 0
    named = due[:MOST_NAMED]
    mail.write_mail(
        "reports_due",
        to_email=provider.email,
        cause=cause,
        now=now,
        overdue=[line for line in named if _is_overdue(line, today)],
        soon=[line for line in named if not _is_overdue(line, today)],
        count=len(named),
        has_rejected=any(line.status == ReportLine.Status.REJECTED for line in named),
        is_cut=len(due) > MOST_NAMED,
    )
    return 1


def _is_overdue(line: ReportLine, today: date) -> bool:
    return line.due_on is not None and line.due_on < today
