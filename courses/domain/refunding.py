"""The money was paid back: the code is canceled, and who came in by it leaves.

A completed course is a record, and its certificate an own decision: both stay, and it is said so.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.access import cancel_code
from courses.domain.access_errors import AccessRefused
from courses.domain.completion import lock_enrollment
from courses.domain.enrolling import leave
from courses.models import AccessCode, AccessCodeUse, Enrollment, EnrollmentRefund


@dataclass(frozen=True)
class Refunded:
    refunds: list[EnrollmentRefund]
    stayed_count: int
    """People who left and have started again since, by another right."""

    @property
    def completed_count(self) -> int:
        return sum(refund.was_completed for refund in self.refunds)


def refund_code(code: AccessCode, *, reason: str, by: User | None, now: datetime) -> Refunded:
    """Cancel a code, then refund whoever used it. Repeating it finishes what was cut off.

    Two transactions on purpose: once the code is canceled nobody new comes in by it, and the
    enrollments can be locked without it; an enrollment is always locked before what it rests on.
    Errors: AccessRefused.
    """
    cancel_code(code, reason=reason, by=by, now=now, is_refund=True)
    enrollments = AccessCodeUse.objects.filter(code=code).values_list("enrollment_id", flat=True)
    refunds, stayed_count = [], 0
    for pk in enrollments.order_by("pk"):
        try:
            refunds.append(refund_enrollment(pk, reason=reason, by=by, now=now))
        except AccessRefused:
            stayed_count += 1
    return Refunded(refunds, stayed_count)


@transaction.atomic
def refund_enrollment(
    enrollment_id: int, *, reason: str, by: User | None, now: datetime
) -> EnrollmentRefund:
    """Who is in the course leaves it. Doing it twice is one refund. Errors: AccessRefused."""
    reason = " ".join(clean(reason).split())[:300]
    if not reason:
        raise AccessRefused("Write why: the reason is kept.")
    enrollment = lock_enrollment(enrollment_id)
    known = EnrollmentRefund.objects.filter(enrollment=enrollment, undone_at=None).first()
    if known is not None:
        return known
    newest = (
        Enrollment.objects.filter(user=enrollment.user_id, course=enrollment.course_id)
        .order_by("-pk")
        .values_list("pk", flat=True)
        .first()
    )
    if newest != enrollment.pk and enrollment.status == Enrollment.Status.WITHDRAWN:
        raise AccessRefused("They have started the course again since. Look at the newer start.")
    if enrollment.status == Enrollment.Status.OPEN:
        leave(enrollment, by=by, now=now)
    refund = EnrollmentRefund.objects.create(
        enrollment=enrollment,
        reason=reason,
        refunded_at=now,
        refunded_by_id=by.pk if by else None,
        was_completed=enrollment.status == Enrollment.Status.COMPLETED,
    )
    audit.record(
        "enrollment.refunded",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
        was_completed=refund.was_completed,
    )
    return refund


@transaction.atomic
def undo_refund(enrollment_id: int, *, by: User, now: datetime) -> None:
    """It was a mistake: who left may come back. They are not put back in by this."""
    enrollment = lock_enrollment(enrollment_id)
    is_undone = EnrollmentRefund.objects.filter(enrollment=enrollment, undone_at=None).update(
        undone_at=now, undone_by_id=by.pk
    )
    if is_undone:
        audit.record(
            "enrollment.refund_undone",
            subject_type="enrollment",
            subject_id=enrollment.uid,
            by=by,
            now=now,
        )
