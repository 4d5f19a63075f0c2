"""Who may start a course by themselves: the one place that decides it.

A course is open, or opened by a code or an invitation. Whoever is in stays in: an open enrollment
needs nothing, and who left comes back, unless the money was paid back. Completing uses the right
up: a retake earns new hours, so it asks for a new code or invitation. Taking a newer version
(courses.domain.moving) is the same enrollment, and asks for nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet

from ce_platform.accounts.models import DEFAULT_ZONE, User, zone_named
from ce_platform.core.models import Provider
from courses.domain.access_errors import NeedsCode, NeedsInvitation, NotLetIn
from courses.models import Course, CourseInvitation, Enrollment, EnrollmentRefund


class Way(StrEnum):
    OPEN = "open"
    BACK = "back"
    """They were in and left."""
    INVITED = "invited"


@dataclass(frozen=True)
class Entry:
    way: Way
    invitation: CourseInvitation | None = None


def provider_day(now: datetime) -> date:
    """The calendar date in the provider's office: codes and invitations end with a day there."""
    zone = Provider.objects.filter(pk=1).values_list("time_zone", flat=True).first()
    return now.astimezone(zone_named(zone or DEFAULT_ZONE)).date()


def is_refunded(enrollment: Enrollment) -> bool:
    return EnrollmentRefund.objects.filter(enrollment=enrollment, undone_at=None).exists()


def not_refunded() -> Q:
    """Of enrollments."""
    return ~Q(pk__in=EnrollmentRefund.objects.filter(undone_at=None).values("enrollment_id"))


def newest_of(enrollments: QuerySet[Enrollment]) -> Enrollment | None:
    """Of one person in one course the one in which most lately something was done.

    Not the one that was begun last: when two accounts become one, the enrollment that goes on may
    be the older one.
    """
    return enrollments.order_by("-last_activity_at", "-pk").first()


def not_completed_since() -> Q:
    """Of enrollments that were left: nothing of the same person and course was completed after.

    A retake earns new hours, and begins at the beginning.
    """
    later = Q(last_activity_at__gt=OuterRef("last_activity_at")) | Q(
        last_activity_at=OuterRef("last_activity_at"), pk__gt=OuterRef("pk")
    )
    return Q(
        ~Exists(
            Enrollment.objects.filter(
                later,
                user=OuterRef("user"),
                course=OuterRef("course"),
                status=Enrollment.Status.COMPLETED,
            )
        )
    )


def entry_of(
    user: User, course: Course, *, last: Enrollment | None, now: datetime
) -> Entry | NotLetIn:
    """How somebody without an open enrollment comes in, or why not. `last`: their newest one."""
    invitation = invitations_of(user, now=now).filter(course=course).first()
    if course.access == Course.Access.OPEN:
        return Entry(Way.OPEN, invitation)
    if last is not None and last.status == Enrollment.Status.WITHDRAWN and not is_refunded(last):
        return Entry(Way.BACK)
    if invitation is not None:
        return Entry(Way.INVITED, invitation)
    return NeedsCode() if course.access == Course.Access.CODE else NeedsInvitation()


def invitations_of(user: User, *, now: datetime) -> QuerySet[CourseInvitation]:
    """Those that wait for an address that this person has proved to be theirs."""
    return (
        CourseInvitation.objects.filter(
            email__in=EmailAddress.objects.filter(user=user, verified=True).values("email"),
            accepted_at=None,
            withdrawn_at=None,
        )
        .filter(Q(expires_on=None) | Q(expires_on__gte=provider_day(now)))
        .order_by("pk")
    )
