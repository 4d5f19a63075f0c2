"""What of certificates and reports waits for the office, for its mail of the day."""

from datetime import date, timedelta
from typing import Final

from django.urls import reverse

from ce_platform.core.staff_digest import StaffMember, Waiting
from ce_platform.core.templatetags.wording import long_date
from certificates.models import CorrectionRequest, ReportLine

DAYS_AHEAD: Final = 7
MOST_NAMED: Final = 40
_Status = ReportLine.Status


def reports_waiting(member: StaffMember) -> list[Waiting]:
    """What a body sent back is owed as much as what has not left yet. One query."""
    if not member.is_office:
        return []
    due = list(
        ReportLine.objects.filter(
            status__in=[_Status.PENDING, _Status.REJECTED],
            due_on__lte=member.today + timedelta(days=DAYS_AHEAD),
        )
        .select_related("certificate", "body")
        .order_by("due_on", "pk")[: MOST_NAMED + 1]
    )
    if not due:
        return []
    named = due[:MOST_NAMED]
    more = " and more" if len(due) > MOST_NAMED else ""
    noun = "completion" if len(named) == 1 else "completions"
    return [
        Waiting(
            words=f"{len(named)}{more} {noun} to report",
            text=f"{len(named)}{more} {noun} to report to licensing bodies within 7 days:",
            label="See what stops them, and send the rest",
            path=reverse("certificates:office-report-list"),
            details=tuple(_detail(line, member.today) for line in named),
        )
    ]


def _detail(line: ReportLine, today: date) -> str:
    marks = [
        (line.due_on is not None and line.due_on < today, "overdue"),
        (line.is_renewing_soon, "renewing soon"),
        (line.status == _Status.REJECTED, "sent back"),
    ]
    said = "".join(f" ({words})" for holds, words in marks if holds)
    certificate = line.certificate
    return (
        f"{long_date(line.due_on)}{said}: {certificate.holder_name}, {line.body.place} "
        f"{line.license_number}, {certificate.course_title}"
    )


def corrections_waiting(member: StaffMember) -> list[Waiting]:
    if not member.is_office:
        return []
    count = CorrectionRequest.objects.filter(status=CorrectionRequest.Status.ASKED).count()
    if not count:
        return []
    words = "1 correction" if count == 1 else f"{count} corrections"
    return [
        Waiting(
            words=f"{words} to decide",
            text=f"Holders of certificates asked for {words}.",
            label="Compare and answer",
            path=reverse("certificates:office-certificate-correction-list"),
        )
    ]
