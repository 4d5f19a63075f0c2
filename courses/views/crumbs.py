"""The way back from a page of courses."""

from django.urls import reverse
from django.utils.translation import gettext as _

from courses.models import CourseVersion, Enrollment

Crumbs = list[dict[str, str]]


def course_crumbs(version: CourseVersion, here: str = "") -> Crumbs:
    crumbs = [
        {"label": _("Courses"), "url": reverse("courses:course-list")},
        {"label": version.title, "url": version.course.get_absolute_url()},
    ]
    return [*crumbs, {"label": here, "url": ""}] if here else crumbs


def enrollment_crumbs(enrollment: Enrollment, here: str = "") -> Crumbs:
    crumbs = [
        {"label": _("My learning"), "url": reverse("pages:learning")},
        {"label": enrollment.version.title, "url": enrollment.get_absolute_url()},
    ]
    return [*crumbs, {"label": here, "url": ""}] if here else crumbs
