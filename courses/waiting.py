"""Questions of learners that wait for the authors of a course, for their mail of the day."""

from django.db.models import Count, Q
from django.urls import reverse

from ce_platform.core.staff_digest import StaffMember, Waiting
from courses.models import Course, CourseMember


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
