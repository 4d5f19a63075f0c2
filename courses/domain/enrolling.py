"""Starting a course, leaving it, coming back to it."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_registrar
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.access_errors import NeedsInvitation, NotLetIn
from courses.domain.completion import complete_if_met, lock_enrollment
from courses.domain.entering import (
    Way,
    entry_of,
    newest_of,
    not_completed_since,
    not_refunded,
)
from courses.domain.errors import (
    AccountEnded,
    AccountSwitchedOff,
    EnrollmentNotOpen,
    NotOnSale,
    NotYours,
    ReasonMissing,
)
from courses.domain.locking import locked_course
from courses.models import AccessCodeUse, Course, CourseInvitation, Enrollment
from courses.parts import parts

LONGEST_REASON: Final = 300


@transaction.atomic
def enroll(
    user: User,
    course: Course,
    *,
    now: datetime,
    by: User | None = None,
    has_code: bool = False,
) -> Enrollment:
    """Put a therapist into the version on sale. Doing it twice returns the same enrollment.

    Somebody who left the course comes back to where they were, as long as that version is still
    the one on sale. After completion a new enrollment is a retake. `by`: the office, which may
    enroll anyone; None: the therapist, who must be let in (courses.domain.entering). `has_code`:
    they are, by a code that the caller uses up in this transaction. Errors: NotOnSale, NotLetIn,
    AccountEnded, AccountSwitchedOff.
    """
    # One enrollment per course at a time: two clicks must not make two.
    course = locked_course(course.pk)
    mine = Enrollment.objects.filter(user=user, course=course)
    last = _locked_if_left(newest_of(mine))
    _refuse_if_gone(user)
    enrollment = mine.filter(status=Enrollment.Status.OPEN).first()
    if enrollment is not None:
        return enrollment
    version_id = course.on_sale_version_id
    if version_id is None:
        raise NotOnSale
    is_office = by is not None and by.pk != user.pk
    entry = None
    if not is_office and not has_code:
        found = entry_of(user, course, last=last, now=now)
        if isinstance(found, NotLetIn):
            raise found
        entry = found
    left = newest_of(
        mine.filter(
            not_refunded(),
            not_completed_since(),
            status=Enrollment.Status.WITHDRAWN,
            version_id=version_id,
        )
    )
    if left is not None:
        enrollment = _reopen(left, by=by or user, now=now)
    else:
        enrollment = _start(user, course, version_id, by=by or user, now=now)
    if entry is not None and entry.way == Way.BACK and last is not None and last != enrollment:
        # In a newer version, by the same right.
        AccessCodeUse.objects.filter(enrollment=last).update(enrollment=enrollment)
        CourseInvitation.objects.filter(enrollment=last).update(enrollment=enrollment)
    if entry is not None and entry.invitation is not None:
        _accept(entry.invitation, enrollment, now=now)
    return enrollment


def _refuse_if_gone(user: User) -> None:
    """The account may be closed or merged at this very moment: the row is held until we are done.

    After the course and the enrollment, as whoever closes an account takes the enrollments first.
    """
    row = User.objects.select_for_update(no_key=True).only("closed_at", "is_active").get(pk=user.pk)
    if row.closed_at is not None:
        raise AccountEnded
    if not row.is_active:
        raise AccountSwitchedOff


def _locked_if_left(last: Enrollment | None) -> Enrollment | None:
    """The money may be paid back at this very moment, which locks the enrollment first.

    Who has left does not complete meanwhile, so nobody who holds this row waits for the course.
    """
    if last is None or last.status != Enrollment.Status.WITHDRAWN:
        return last
    return lock_enrollment(last.pk)


def _accept(waiting: CourseInvitation, enrollment: Enrollment, *, now: datetime) -> None:
    """Errors: NotLetIn, for one that was withdrawn at this moment and had been needed."""
    is_accepted = CourseInvitation.objects.filter(
        pk=waiting.pk, accepted_at=None, withdrawn_at=None
    ).update(accepted_at=now, accepted_by=enrollment.user, enrollment=enrollment)
    if is_accepted:
        audit.record(
            "invitation.accepted",
            subject_type="course-invitation",
            subject_id=waiting.uid,
            by=enrollment.user,
            now=now,
            enrollment=enrollment.uid.hex,
        )
    elif enrollment.course.access != Course.Access.OPEN:
        raise NeedsInvitation


def _start(user: User, course: Course, version_id: int, *, by: User, now: datetime) -> Enrollment:
    enrollment = Enrollment.objects.create(
        user=user,
        course=course,
        version_id=version_id,
        started_at=now,
        last_activity_at=now,
    )
    Course.objects.filter(pk=course.pk).update(enrollment_count=F("enrollment_count") + 1)
    audit.record(
        "enrollment.opened",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
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
    leave(enrollment, by=by, now=now, reason=reason)
    return enrollment


def leave(enrollment: Enrollment, *, by: User | None, now: datetime, reason: str = "") -> None:
    """Of an open enrollment whose row is locked. `by` None: a shop paid the money back."""
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
