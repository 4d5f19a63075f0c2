"""For the mail of the day: questions of learners that wait for the authors of a course, and for
the office sales that were refused."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse

from ce_platform.core.staff_digest import StaffMember, Waiting
from courses.models import Course, CourseMember, ShopCall


def questions_waiting(member: StaffMember) -> list[Waiting]:
    """One line per course that they own or write with others. One query."""
    if member.user_id is None:
        return []
    writes = CourseMember.objects.filter(
        user_id=member.user_id, role=CourseMember.Role.CO_AUTHOR
    ).values("course_id")
    courses = (
        Course.objects.filter(Q(owner_id=member.user_id) | Q(pk__in=writes))
        .annotate(open_count=Count("margin_questions", Q(margin_questions__answered_at=None)))
        .filter(open_count__gt=0)
        .order_by("slug")
    )
    return [_of(course.slug, course.open_count) for course in courses]


def _of(slug: str, count: int) -> Waiting:
    words = "1 question" if count == 1 else f"{count} questions"
    return Waiting(
        words=f"{words} of learners",
        text=f"{words} of learners wait{'s' if count == 1 else ''} for an answer in “{slug}”.",
        label=f"Answer in {slug}",
        path=reverse("courses:studio-questions", args=[slug]),
    )


def refused_sales(member: StaffMember) -> list[Waiting]:
    """Calls with a key of ours that were refused since yesterday: behind each may stand a buyer
    without a code. One query."""
    if not member.is_office:
        return []
    since = member.now - timedelta(days=1)
    refused = ShopCall.objects.filter(at__gte=since, status__gte=300)
    count = refused.exclude(shop_name="").count()
    if not count:
        return []
    words = "1 refused call" if count == 1 else f"{count} refused calls"
    return [
        Waiting(
            words=f"{words} of a shop",
            text=f"{words} of a shop since yesterday: a buyer may be waiting for a code.",
            label="See why",
            path=f"{reverse('office:access-shop-desk')}?show=refused",
        )
    ]
