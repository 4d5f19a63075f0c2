"""The whole course as visitors and learners will see it, for its authors. Nothing is kept."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.traces import leaves_no_trace
from courses.domain import describing
from courses.domain.completion import unmet_items
from courses.forms import EvaluationForm
from courses.markdown.rendering import safe_piece
from courses.models import CourseVersion, Enrollment, Lesson
from courses.studio.preview import band, previewed_or_404
from courses.studio.rules import may_write
from courses.studio.views.lesson import rendered_body
from courses.views.catalogue import course_page, hours_page
from courses.views.crumbs import course_crumbs
from courses.views.learning import course_home, evaluation_page
from courses.views.lesson_page import LessonPage, lesson_body, lesson_page
from courses.views.reader import reader_page


@require_safe
@leaves_no_trace
def preview_course_detail(request: PersonRequest, slug: str) -> HttpResponse:
    """As a visitor sees it who holds the assumed licenses and has no enrollment."""
    enrollment = previewed_or_404(request, slug)
    version = enrollment.version
    return _shown(
        request,
        "courses/course_detail.html",
        enrollment,
        {
            **course_page(request, version, preview=enrollment.preview),
            "description": safe_piece(
                version.description_html
                if version.is_frozen
                else describing.describe(version, version.description)
            ),
            "is_assumption_open": True,
        },
    )


@require_safe
@leaves_no_trace
def preview_course_hours(request: PersonRequest, slug: str) -> HttpResponse:
    enrollment = previewed_or_404(request, slug)
    return _shown(
        request,
        "courses/course_hours.html",
        enrollment,
        hours_page(enrollment.version, preview=enrollment.preview),
    )


@require_safe
@leaves_no_trace
def preview_lesson_sample(request: PersonRequest, slug: str, lesson: str) -> HttpResponse:
    """A free lesson as a visitor reads it."""
    enrollment = previewed_or_404(request, slug)
    version, preview = enrollment.version, enrollment.preview
    page = lesson_page(version, lesson, enrollment=None, preview=preview, make_body=_body)
    if not page.lesson.is_free:
        raise Http404
    return _shown(
        request,
        "courses/lesson_sample.html",
        enrollment,
        {
            "page": page,
            "version": version,
            "course": version.course,
            "crumbs": course_crumbs(version, page.lesson.title, preview=preview),
            "studio_url": _lesson_url(version, page),
        },
    )


@require_safe
@leaves_no_trace
def preview_enrollment_detail(request: PersonRequest, slug: str) -> HttpResponse:
    enrollment = previewed_or_404(request, slug)
    return _shown(request, "courses/enrollment_detail.html", enrollment, course_home(enrollment))


@require_safe
@leaves_no_trace
def preview_lesson_detail(request: PersonRequest, slug: str, lesson: str) -> HttpResponse:
    enrollment = previewed_or_404(request, slug)
    page = lesson_page(enrollment.version, lesson, enrollment=enrollment, make_body=_body)
    return _shown(
        request,
        "courses/lesson_detail.html",
        enrollment,
        {
            **reader_page(enrollment, page),
            "studio_url": _lesson_url(enrollment.version, page),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@leaves_no_trace
def preview_evaluation(request: PersonRequest, slug: str) -> HttpResponse:
    """POST: checked as for a learner, kept nowhere, and on to what comes after it."""
    enrollment = previewed_or_404(request, slug)
    form = EvaluationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        items = unmet_items([enrollment])[enrollment.pk]
        place = [item.code for item in items].index("evaluation-missing")
        following = items[place + 1 : place + 2]
        return redirect(following[0].url if following else enrollment.get_absolute_url())
    return _shown(
        request,
        "courses/evaluation.html",
        enrollment,
        evaluation_page(enrollment, form, given=None),
        status=422 if request.method == "POST" else 200,
    )


def _shown(
    request: PersonRequest,
    template: str,
    enrollment: Enrollment,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    return render(request, template, {**band(enrollment), **context}, status=status)


def _body(version: CourseVersion, lesson: Lesson) -> SafeString:
    """Of a draft made at this moment: a figure may have changed since the lesson was saved."""
    if version.is_frozen:
        return lesson_body(version, lesson)
    return rendered_body(version, Lesson.objects.get(pk=lesson.pk))


def _lesson_url(version: CourseVersion, page: LessonPage) -> str:
    """Where a lesson is written; for whoever does not write, where remarks are left."""
    is_written = may_write(version.course) and not version.is_frozen
    return reverse(
        "courses:studio-lesson" if is_written else "courses:studio-lesson-preview",
        args=[version.course.slug, page.lesson.key],
    )
