"""Every version of a course, and what is different between two of them."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, is_registrar, staff_only
from ce_platform.core import audit
from courses.domain.differences import Paragraph, differences, folded
from courses.models import Course, CourseVersion, Lesson, long_texts
from courses.package.exporting import export_zip
from courses.package.plan import changes_between
from courses.studio.rules import may_write, newest_of, studio_course_or_404
from courses.studio.views.common import studio_page
from courses.views.wording import shown_change


@dataclass(frozen=True)
class LessonDifference:
    title: str
    paragraphs: list[Paragraph | None]


@staff_only
@require_safe
def versions(request: PersonRequest, slug: str) -> HttpResponse:
    course = studio_course_or_404(request, slug)
    newest = newest_of(course)
    if newest is None:
        raise Http404
    return studio_page(
        request,
        "studio/versions.html",
        newest,
        {
            "rows": _rows(course),
            "is_office": is_registrar(request.user),
            "may_export": may_write(course),
        },
        here=_("Versions"),
    )


def _rows(course: Course) -> list[dict[str, object]]:
    """Newest first, each with the one before it."""
    found = list(
        CourseVersion.objects.filter(course=course)
        .defer(*long_texts())
        .order_by("-edition", "-revision")
    )
    return [
        {"version": row, "before": before}
        for row, before in zip(found, [*found[1:], None], strict=True)
    ]


@staff_only
@require_safe
def version_differences(request: PersonRequest, slug: str, old: str, new: str) -> HttpResponse:
    """`old` and `new` are written like 1.0."""
    course = studio_course_or_404(request, slug)
    before, after = _version_or_404(course, old), _version_or_404(course, new)
    changes = [each for each in changes_between(before, after) if each.action != "keep"]
    return studio_page(
        request,
        "studio/differences.html",
        after,
        {
            "before": before,
            "after": after,
            "changes": [shown_change(each) for each in changes],
            "lessons": _lessons(before, after),
        },
        here=_("Differences"),
    )


@staff_only
@require_POST
def version_export(request: PersonRequest, slug: str, number: str) -> HttpResponse:
    """The version as a course package. It names its authors' addresses, so only who may write the
    course gets it, and it is noted who took it."""
    course = studio_course_or_404(request, slug)
    if not may_write(course):
        raise PermissionDenied("You read and comment on this course; its authors take it along.")
    version = _version_or_404(course, number)
    content = export_zip(version)
    audit.record(
        "package.exported",
        subject_type="version",
        subject_id=version.pk,
        by=request.user,
        now=timezone.now(),
        course=course.slug,
        label=version.label,
    )
    answer = HttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{course.slug}-{number}.zip"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _version_or_404(course: Course, label: str) -> CourseVersion:
    edition, _dot, revision = label.partition(".")
    version = get_object_or_404(
        CourseVersion, course=course, edition=int(edition), revision=int(revision)
    )
    version.course = course
    return version


def _lessons(before: CourseVersion, after: CourseVersion) -> list[LessonDifference]:
    """Lesson by lesson, found by key, in the order of the newer version."""
    old: dict[UUID, Lesson] = {each.key: each for each in Lesson.objects.filter(version=before)}
    found = []
    for lesson in Lesson.objects.filter(version=after):
        twin = old.get(lesson.key)
        if twin is not None and (twin.title, twin.body) != (lesson.title, lesson.body):
            found.append(
                LessonDifference(lesson.title, folded(differences(twin.body, lesson.body)))
            )
    return found
