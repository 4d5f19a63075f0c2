"""Who may write in the draft of a course."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_instructor, is_registrar
from courses.models import CourseVersion, long_texts


def draft_or_404(request: HttpRequest, slug: str) -> CourseVersion:
    """The open draft of a course that the person may write in, with its course.

    404 for courses of others, 403 when the course has no draft.
    """
    user = request.user
    newest = (
        CourseVersion.objects.filter(course__slug=slug)
        .select_related("course")
        .defer(*long_texts())
        .order_by("-edition", "-revision")
        .first()
    )
    if newest is None or not isinstance(user, User):
        raise Http404
    if not is_registrar(user) and not (is_instructor(user) and newest.course.owner_id == user.pk):
        raise Http404
    if newest.is_frozen:
        raise PermissionDenied("This course has no draft. Start a new version to change it.")
    return newest
