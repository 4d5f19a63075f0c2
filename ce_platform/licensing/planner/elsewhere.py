"""Hours earned elsewhere as credits: the therapist's own notes, with a proof of their own."""

from collections.abc import Sequence

from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.text import fold
from ce_platform.licensing.domain.credits import MOST_CREDITS, credits_of
from ce_platform.licensing.models import ExternalCredit, LicensingBody
from ce_platform.licensing.planner.sources import SeenCredit
from ce_platform.licensing.renewal import CourseStanding, Credit, Delivery, Standing

OWN_PROOF = CourseStanding(Standing.OWN_PROOF)
KEY = "elsewhere:"
"""How the course keys of these credits begin."""


def external_credits(user: User) -> Sequence[SeenCredit]:
    """Four queries, whatever the number of courses."""
    return [_seen(row) for row in credits_of(user)[:MOST_CREDITS]]


def _seen(row: ExternalCredit) -> SeenCredit:
    approvals = list(row.approvals.all())
    return SeenCredit(
        credit=Credit(
            key=row.uid.hex,
            title=row.title,
            hours={line.subject: line.credit_hours for line in row.hours.all()},
            delivery=Delivery(row.delivery),
            standing=OWN_PROOF,
            # The same title of the same provider is taken for the same course.
            course_key=f"{KEY}{fold(row.provider)}:{fold(row.title)}",
            completed_on=row.completed_on,
            has_exam=row.has_exam,
            hands_on_percent=row.hands_on_percent,
        ),
        standings={
            approval.body.code: CourseStanding(
                Standing.OWN_PROOF, is_listed=True, number=approval.number
            )
            for approval in approvals
        },
        approvers=frozenset(
            approval.body.short_name
            for approval in approvals
            if approval.body.kind == LicensingBody.Kind.APPROVER
        ),
        otherwise=OWN_PROOF,
        url=reverse("licensing:credit-change", args=[row.uid]),
    )
