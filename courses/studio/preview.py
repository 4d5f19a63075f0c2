"""The one way into every page of a preview, also for the apps above."""

from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.rules import PersonRequest
from courses.models import Enrollment
from courses.preview import previewed_enrollment
from courses.studio.rules import version_or_404


def previewed_or_404(request: PersonRequest, slug: str) -> Enrollment:
    """The newest version of a course this person may look at in the studio, as its learner has
    it: draft, in review or published. Nothing is saved."""
    return previewed_enrollment(
        version_or_404(request, slug), user=request.user, query=request.GET, now=timezone.now()
    )


def band(enrollment: Enrollment) -> dict[str, object]:
    """For the band above every page of a preview."""
    return {
        # Not `preview`: that is a question in the editor of quizzes.
        "course_preview": enrollment.preview,
        "studio_url": reverse("courses:studio-outline", args=[enrollment.course.slug]),
    }
