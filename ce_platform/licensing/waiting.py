"""Approvals that run out and answers that bodies wait for, for the office's mail of the day."""

from typing import Final

from django.urls import reverse

from ce_platform.core.staff_digest import StaffMember, Waiting
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing import desk

DAYS_AHEAD: Final = 30


def submissions_waiting(member: StaffMember) -> list[Waiting]:
    """What the desk shows as due within thirty days, or as past its day."""
    if not member.is_office:
        return []
    rows = [
        row
        for row in desk.due_rows(today=member.today)
        if row.due is not None and (row.due.days_left is None or row.due.days_left <= DAYS_AHEAD)
    ]
    if not rows:
        return []
    words = "1 deadline" if len(rows) == 1 else f"{len(rows)} deadlines"
    return [
        Waiting(
            words=f"{words} of licensing bodies",
            text=f"{words} of licensing bodies within 30 days:",
            label="Go to the submissions",
            path=reverse("licensing:office-submission-list"),
            details=tuple(_detail(row) for row in rows),
        )
    ]


def _detail(row: desk.DeskRow) -> str:
    due = row.due
    day = f", {long_date(due.on)}" if due is not None and due.on else ""
    return f"{row.place}: {due.sentence if due is not None else ''}{day}. {row.title}"
