"""Valid certificates as credits of the renewal planner.

How the course stands with a body is what the certificate prints, and its date is the learner's
local one. Bodies without a decision of their own are printed only for people who held their
license that day; for somebody who has noted it since, how things stood that day is looked up.
What was printed as undecided stays so on paper; here the decision that came since is told, because
"pending" is not true any more. A yes counts when it is in force on the day of completion.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Prefetch

from ce_platform.accounts.models import User
from ce_platform.core.text import fold
from ce_platform.licensing.domain.printing import PENDING, was_approved_for
from ce_platform.licensing.models import License, Submission
from ce_platform.licensing.planner.sources import NOTHING_SENT, SeenCredit
from ce_platform.licensing.planner.standings import (
    NumbersByDay,
    approvers_of,
    standing,
    standings_on,
    submissions_at,
)
from ce_platform.licensing.renewal import (
    CourseStanding,
    Credit,
    Delivery,
    Standing,
    Subject,
    hours_by_subject,
)
from certificates.domain.record import ACHIEVEMENT
from certificates.models import Certificate, CertificateBody
from courses.models import CourseVersion

MOST: Final = 300
"""Certificates looked at, newest first: more than any three cycles hold."""
_WITHOUT_DECISION: Final = frozenset({Standing.ACCEPTS_LIST, Standing.NO_PREAPPROVAL})
# The certificate prints the words; one whose words we no longer have is read as home study, of
# which bodies count least.
_DELIVERIES: Final[Mapping[str, str]] = {
    str(label): value for value, label in CourseVersion.Delivery.choices
}


def credits_of_certificates(user: User) -> Sequence[SeenCredit]:
    """Four queries, whatever the number of certificates.

    A certificate prints fifty bodies; a plan asks about those of the person's licenses.
    """
    held = License.objects.filter(user=user, removed_at__isnull=True).values("body__code")
    certificates = list(
        Certificate.objects.filter(user=user, status=Certificate.Status.ISSUED)
        .select_related("enrollment")
        .prefetch_related(
            Prefetch("bodies", queryset=CertificateBody.objects.filter(body_code__in=held))
        )
        .order_by("-completed_on", "-pk")[:MOST]
    )
    if not certificates:
        return []
    submissions = submissions_at(map(_edition, certificates), user=user)
    numbers = NumbersByDay()
    return [_seen(row, submissions[_edition(row)], numbers) for row in certificates]


def _edition(row: Certificate) -> tuple[int, int]:
    """(course id, edition), as printed: "1.0" is edition 1. (0, 0): of an earlier system."""
    edition = row.course_edition.partition(".")[0]
    if row.enrollment is None:
        return 0, 0
    return row.enrollment.course_id, int(edition) if edition.isdecimal() else 0


def _seen(row: Certificate, submissions: Sequence[Submission], numbers: NumbersByDay) -> SeenCredit:
    that_day = standings_on(
        submissions,
        numbers=numbers.on(row.completed_on),
        course_hours=row.credit_hours,
        on=row.completed_on,
    )
    unprinted = {
        code: each
        for code, each in that_day.items()
        if each.kind in _WITHOUT_DECISION or each.kind == Standing.DENIED
    }
    by_code = {each.body.code: each for each in submissions}
    # Issued again with the approvals of a later day, it does not print those of this one.
    tells_that_day = row.as_of == row.completed_on
    categories = {words: Decimal(hours) for words, hours in json.loads(row.credits_json)}
    return SeenCredit(
        credit=Credit(
            key=row.serial,
            title=row.course_title,
            hours=hours_by_subject(categories) or {Subject.OTHER: row.credit_hours},
            delivery=Delivery(_DELIVERIES.get(row.delivery, Delivery.HOME_STUDY)),
            standing=NOTHING_SENT,
            course_key=_course_key(row),
            completed_on=row.completed_on,
            completed_at=row.completed_at,
            has_exam=row.heading == ACHIEVEMENT,
        ),
        standings=unprinted
        | {
            body.body_code: _as_printed(body, by_code, on=row.completed_on)
            for body in row.bodies.all()
        }
        if tells_that_day
        else {
            code: _decided_later(each, by_code[code], on=row.completed_on)
            for code, each in that_day.items()
        },
        approvers=approvers_of(submissions, on=row.completed_on),
        url=row.get_absolute_url(),
    )


def _course_key(row: Certificate) -> str:
    """By which two completions of one course are told from those of two courses."""
    if row.enrollment is None:
        return f"record:{fold(row.course_title)}"
    return f"course:{row.enrollment.course_id}"


def _as_printed(
    body: CertificateBody, by_code: Mapping[str, Submission], *, on: date
) -> CourseStanding:
    submission = by_code.get(body.body_code)
    printed = standing(
        body.status, hours=body.credit_hours, number=body.number, submission=submission
    )
    return printed if submission is None else _decided_later(printed, submission, on=on)


def _decided_later(that_day: CourseStanding, submission: Submission, *, on: date) -> CourseStanding:
    if that_day.kind != Standing.PENDING:
        return that_day
    return _decided_since(submission, on=on) or that_day


def _decided_since(submission: Submission, *, on: date) -> CourseStanding | None:
    """What became of a question that was open on the day; None while it still is."""
    if was_approved_for(submission, on):
        return standing(
            Submission.Status.APPROVED,
            hours=submission.hours_granted,
            number=submission.number,
            submission=submission,
        )
    if submission.status in PENDING:
        return None
    is_denied = submission.status == Submission.Status.DENIED
    return CourseStanding(Standing.DENIED) if is_denied else NOTHING_SENT
