"""The way back from a page of courses."""

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import CourseVersion, Enrollment
from courses.preview import Preview

Crumbs = list[dict[str, str]]


def course_crumbs(
    version: CourseVersion, here: str = "", *, preview: Preview | None = None
) -> Crumbs:
    if preview is not None:
        return _previewed({"label": version.title, "url": preview.course_url}, here)
    crumbs = [
        {"label": _("Courses"), "url": reverse("courses:course-list")},
        {"label": version.title, "url": version.course.get_absolute_url()},
    ]
    return [*crumbs, {"label": here, "url": ""}] if here else crumbs


def enrollment_crumbs(enrollment: Enrollment, here: str = "") -> Crumbs:
    if enrollment.preview is not None:
        return _previewed(
            {"label": enrollment.version.title, "url": enrollment.get_absolute_url()}, here
        )
    crumbs = [
        {"label": _("My learning"), "url": reverse("pages:learning")},
        {"label": enrollment.version.title, "url": enrollment.get_absolute_url()},
    ]
    return [*crumbs, {"label": here, "url": ""}] if here else crumbs


def _previewed(course: dict[str, str], here: str) -> Crumbs:
    """A preview is not in the catalogue and not in anybody's learning."""
    return [course, {"label": here, "url": ""}] if here else [course]
