"""Who may look at and who may write a course in the studio.

The office may do everything. An instructor has the courses they own or were asked to work on: a
co-author writes, a reviewer reads and comments. Every other course is not there for them.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_registrar, is_staff_member
from courses.models import Course, CourseMember, CourseVersion, long_texts

_UNSEALED = ("canonical_text", "search_text")


def courses_of(user: User) -> QuerySet[Course]:
    """The courses this person sees in the studio."""
    if is_registrar(user):
        return Course.objects.all()
    return Course.objects.filter(
        Q(owner=user) | Q(pk__in=CourseMember.objects.filter(user=user).values("course_id"))
    )


def role_in(user: User, course: Course) -> str:
    """owner | office | co-author | reviewer; empty: none."""
    if course.owner_id == user.pk:
        return "owner"
    if is_registrar(user):
        return "office"
    member = CourseMember.objects.filter(course=course, user=user).first()
    return member.role if member else ""


def studio_course_or_404(request: HttpRequest, slug: str) -> Course:
    """A course this person may look at, with `studio_role` at hand."""
    if not isinstance(request.user, User) or not is_staff_member(request.user):
        raise Http404
    course = Course.objects.select_related("owner").filter(slug=slug).first()
    role = role_in(request.user, course) if course else ""
    if course is None or not role:
        raise Http404
    course.studio_role = role  # type: ignore[attr-defined]
    return course


def may_write(course: Course) -> bool:
    """Of a course fetched here."""
    return getattr(course, "studio_role", "") in ("owner", "office", CourseMember.Role.CO_AUTHOR)


def may_manage(course: Course) -> bool:
    """Publish, retire, ask others to take part."""
    return getattr(course, "studio_role", "") in ("owner", "office")


def draft_or_404(request: HttpRequest, slug: str) -> CourseVersion:
    """The open draft, to be written in. 404: not theirs. 403: may only read, or no draft."""
    course = studio_course_or_404(request, slug)
    if not may_write(course):
        raise PermissionDenied("You read and comment on this course; its authors write it.")
    version = newest_of(course)
    if version is None or version.is_frozen:
        raise PermissionDenied("What is published is never changed. Begin a draft first.")
    return version


def version_or_404(request: HttpRequest, slug: str) -> CourseVersion:
    """The draft, or what was published last when there is none: to be looked at."""
    version = newest_of(studio_course_or_404(request, slug))
    if version is None:
        raise Http404
    return version


def newest_of(course: Course) -> CourseVersion | None:
    """With the course at hand and without the long texts that nobody edits."""
    version = (
        course.versions.defer(*set(long_texts()) & set(_UNSEALED))
        .order_by("-edition", "-revision")
        .first()
    )
    if version is not None:
        version.course = course
    return version
