"""Starting a course, leaving it, coming back to it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_registrar
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.completion import complete_if_met, lock_enrollment
from courses.domain.errors import EnrollmentNotOpen, NotOnSale, NotYours, ReasonMissing
from courses.domain.locking import locked_course
from courses.models import Course, Enrollment
from courses.parts import parts

LONGEST_REASON: Final = 300


@transaction.atomic
def enroll(user: User, course: Course, *, now: datetime, by: User | None = None) -> Enrollment:
    """Put a therapist into the version on sale. Doing it twice returns the same enrollment.

    Somebody who left the course comes back to where they were, as long as that version is still
    the one on sale. After completion a new enrollment is a retake. `by`: the office, which enrolls
    somebody who attended; None: the therapist. Errors: NotOnSale.
    """
    # One enrollment per course at a time: two clicks must not make two.
    course = locked_course(course.pk)
    mine = Enrollment.objects.filter(user=user, course=course)
    enrollment = mine.filter(status=Enrollment.Status.OPEN).first()
    if enrollment is not None:
        return enrollment
    if course.on_sale_version_id is None:
        raise NotOnSale
    left = (
        mine.filter(status=Enrollment.Status.WITHDRAWN, version_id=course.on_sale_version_id)
        .order_by("-pk")
        .first()
    )
    if left is not None:
        return _reopen(left, by=by or user, now=now)
    enrollment = Enrollment.objects.create(
        user=user,
        course=course,
        version_id=course.on_sale_version_id,
        started_at=now,
        last_activity_at=now,
    )
    Course.objects.filter(pk=course.pk).update(enrollment_count=F("enrollment_count") + 1)
    audit.record(
        "enrollment.opened",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by or user,
        now=now,
        course=course.slug,
        version=enrollment.version_id,
    )
    for part in parts():
        part.enrolled(enrollment, now=now)
    return enrollment


def _reopen(left: Enrollment, *, by: User, now: datetime) -> Enrollment:
    """Going back in may be the last step: a quiz can have been closed, and passed, meanwhile.

    The course is locked already, and completing locks the other way round. They cannot wait for
    each other: only an open enrollment is completed, and this one is not open before we commit.
    """
    enrollment = lock_enrollment(left.pk)
    enrollment.status = Enrollment.Status.OPEN
    enrollment.last_activity_at = now
    enrollment.save(update_fields=["status", "last_activity_at"])
    audit.record(
        "enrollment.reopened",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
    )
    complete_if_met(enrollment, now=now)
    return enrollment


@transaction.atomic
def withdraw(enrollment_id: int, *, by: User, now: datetime, reason: str = "") -> Enrollment:
    """Leave a course. Progress is kept for coming back.

    The therapist, or the office with a `reason`, which the log keeps. Doing it twice keeps the
    first. Errors: NotYours, EnrollmentNotOpen, ReasonMissing.
    """
    enrollment = lock_enrollment(enrollment_id)
    is_own = enrollment.user_id == by.pk
    if not is_own and not is_registrar(by):
        raise NotYours
    reason = " ".join(clean(reason).split())[:LONGEST_REASON]
    if not is_own and not reason:
        raise ReasonMissing
    if enrollment.status == Enrollment.Status.WITHDRAWN:
        return enrollment
    if enrollment.status != Enrollment.Status.OPEN:
        raise EnrollmentNotOpen(enrollment.status)
    enrollment.status = Enrollment.Status.WITHDRAWN
    enrollment.save(update_fields=["status"])
    audit.record(
        "enrollment.withdrawn",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
        **({"reason": reason} if reason else {}),
    )
    return enrollment
