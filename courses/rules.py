"""Who may see what of a course, as one-line fetches that answer 404 to everybody else."""

from uuid import UUID

from django.db.models import F
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from ce_platform.accounts.models import User
from courses.frozen import version_by_id
from courses.models import Course, CourseVersion, Enrollment
from courses.queries import on_sale


def enrollment_or_404(request: HttpRequest, uid: UUID) -> Enrollment:
    """The signed-in person's own enrollment, with course, version and person at hand.

    Of the version neither the long texts are there, which no page of a learner shows, nor a
    status of this moment: see `frozen.version_by_id`.
    """
    if not isinstance(request.user, User):
        raise Http404
    enrollment = get_object_or_404(
        Enrollment.objects.select_related("course"), uid=uid, user=request.user
    )
    # The person is known already; a join would fetch the row a second time.
    enrollment.user = request.user
    enrollment.version = version_by_id(enrollment.version_id)
    enrollment.version.course = enrollment.course
    return enrollment


def onsale_course_or_404(slug: str) -> Course:
    """A course that new learners can start, with its version on sale."""
    return get_object_or_404(on_sale(), slug=slug)


def onsale_version_or_404(slug: str) -> CourseVersion:
    """The version on sale, with all its texts and its course."""
    return get_object_or_404(
        CourseVersion.objects.select_related("course").defer("canonical_text", "search_text"),
        course__slug=slug,
        course__on_sale_version=F("pk"),
    )
