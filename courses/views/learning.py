"""A therapist's own course: where they are, the printable course, the evaluation, leaving."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses import queries
from courses.domain import moving
from courses.domain.completion import checklist, unmet_items
from courses.domain.enrolling import withdraw
from courses.domain.evaluation import submit_evaluation
from courses.domain.live import sessions_of, sessions_to_come
from courses.forms import EvaluationForm
from courses.frozen import remember
from courses.models import (
    Attendance,
    CourseVersion,
    Enrollment,
    EnrollmentRefund,
    Evaluation,
    Lesson,
    Module,
)
from courses.parts import parts
from courses.reading import course_references, lesson_segments, reference_html
from courses.rules import enrollment_or_404
from courses.views.crumbs import enrollment_crumbs
from courses.views.panels import rendered


@require_safe
def enrollment_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    enrollment = enrollment_or_404(request, uid)
    panels = [panel for part in parts() for panel in part.enrollment_panels(enrollment)]
    return render(
        request,
        "courses/enrollment_detail.html",
        course_home(enrollment) | {"panels": rendered(request, panels)},
    )


def course_home(enrollment: Enrollment) -> dict[str, object]:
    lines = checklist(enrollment)
    newer = moving.newer_version(enrollment)
    return {
        "enrollment": enrollment,
        "version": enrollment.version,
        "course": enrollment.course,
        "crumbs": enrollment_crumbs(enrollment),
        "outline": queries.outline(enrollment.version, enrollment),
        "next_step": queries.next_step(enrollment),
        "lines": lines,
        "open_count": sum(not line.is_met for line in lines),
        **_dates(enrollment),
        **_left(enrollment),
        "newer": newer,
        "is_declined": newer is not None and moving.declined_at(enrollment, newer) is not None,
    }


def _left(enrollment: Enrollment) -> dict[str, object]:
    """Of a course that was left: whether the money was paid back, and where it goes on."""
    if enrollment.status != Enrollment.Status.WITHDRAWN:
        return {}
    return {
        "refund": EnrollmentRefund.objects.filter(enrollment=enrollment, undone_at=None).first(),
        "goes_on": Enrollment.objects.filter(
            user=enrollment.user_id, course=enrollment.course_id, status=Enrollment.Status.OPEN
        ).first(),
    }


def _dates(enrollment: Enrollment) -> dict[str, object]:
    """Of a live course: what was attended, else what is still to come."""
    if not enrollment.version.is_live:
        return {}
    attendance = Attendance.objects.filter(enrollment=enrollment).select_related("session").first()
    sessions = sessions_to_come(sessions_of(enrollment.version), now=timezone.now())
    return {"attendance": attendance, "sessions": [] if attendance else sessions}


@require_POST
def enrollment_withdraw(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Leave the course. The course page then offers the way back in."""
    enrollment = enrollment_or_404(request, uid)
    try:
        withdraw(enrollment.pk, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(enrollment)
    messages.success(
        request,
        _("You left “%(title)s”. What you finished is kept, should you come back.")
        % {"title": enrollment.version.title},
    )
    if enrollment.course.on_sale_version_id is None:
        return redirect("courses:course-list")
    return redirect(enrollment.course)


@require_http_methods(["GET", "HEAD", "POST"])
def evaluation(request: PersonRequest, uid: UUID) -> HttpResponse:
    """Six questions. It may be answered at any time; most people answer it at the end."""
    enrollment = enrollment_or_404(request, uid)
    given = Evaluation.objects.filter(enrollment=enrollment).first()
    form = EvaluationForm(request.POST or None)
    status = 200
    if request.method == "POST" and given is None:
        status = 422
        if form.is_valid():
            try:
                submit_evaluation(
                    enrollment.pk, answers=form.cleaned_data, by=request.user, now=timezone.now()
                )
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                return _to_next_step(request, enrollment)
    elif request.method == "POST":
        return _to_next_step(request, enrollment)
    return render(
        request,
        "courses/evaluation.html",
        evaluation_page(enrollment, form, given=given),
        status=status,
    )


def evaluation_page(
    enrollment: Enrollment, form: EvaluationForm, *, given: Evaluation | None
) -> dict[str, object]:
    codes = [item.code for item in unmet_items([enrollment])[enrollment.pk]]
    before = codes.index("evaluation-missing") if "evaluation-missing" in codes else 0
    return {
        "enrollment": enrollment,
        "version": enrollment.version,
        "crumbs": enrollment_crumbs(enrollment, _("Evaluation")),
        "form": form,
        "given": given,
        "is_open": enrollment.status == Enrollment.Status.OPEN,
        "before_count": before,
        "objectives": list(enrollment.version.objectives.all()),
    }


@dataclass(frozen=True)
class PrintedLesson:
    module: Module | None
    """Of the first lesson of a module: what is printed above it."""
    module_number: int
    number: str
    lesson: Lesson
    body: SafeString


@require_safe
def course_print(request: PersonRequest, uid: UUID) -> HttpResponse:
    """The whole course on one page, for paper."""
    enrollment = enrollment_or_404(request, uid)
    return render(
        request,
        "courses/course_print.html",
        {
            "enrollment": enrollment,
            "version": enrollment.version,
            "crumbs": enrollment_crumbs(enrollment, _("Printable course")),
            "authors": list(enrollment.version.authors.all()),
            "objectives": list(enrollment.version.objectives.all()),
            **remember(
                enrollment.version, "printable course", lambda: _printable(enrollment.version)
            ),
        },
    )


def _printable(version: CourseVersion) -> dict[str, object]:
    modules = queries.modules_of(version)
    lessons = {lesson.pk: lesson for lesson in Lesson.objects.filter(version=version)}
    printed = []
    listed: set[str] = set()
    for module_number, module in enumerate(modules, start=1):
        for number, lesson in enumerate(module.lessons.all(), start=1):
            segments = lesson_segments(lessons[lesson.pk])
            # A chart that came before is drawn again, but its long list is not printed twice.
            charts = [segment.chart for segment in segments if segment.chart]
            again = [chart.id for chart in charts if chart.slug in listed]
            listed |= {chart.slug for chart in charts}
            body = render_to_string(
                "courses/_segments.html", {"segments": segments, "listed_before": again}
            )
            printed.append(
                PrintedLesson(
                    module=module if number == 1 else None,
                    module_number=module_number,
                    number=f"{module_number}.{number}",
                    lesson=lesson,
                    body=body,
                )
            )
    references = course_references(version, list(lessons.values()))
    return {
        "lessons": printed,
        "references": [(line.number, reference_html(line)) for line in references],
    }


def _to_next_step(request: PersonRequest, enrollment: Enrollment) -> HttpResponse:
    """Where the course goes on after the evaluation: what is unmet first, else the overview."""
    fresh = enrollment_or_404(request, enrollment.uid)
    messages.success(request, _("Thank you. Your evaluation is kept."))
    return redirect(queries.next_step(fresh).url)
