"""Reading: a lesson, finishing it, and the time the page was visible."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.templatetags.wording import long_date, minutes_of
from courses.domain import progress
from courses.domain.errors import EnrollmentNotOpen
from courses.forms import TimeReport
from courses.models import Enrollment, Lesson
from courses.rules import enrollment_or_404
from courses.views.crumbs import enrollment_crumbs
from courses.views.lesson_page import LessonPage, lesson_page
from courses.views.margin import margin_of

# Permille of the text: whoever stopped at its head or its foot is not thrown about.
WORTH_RESUMING = (40, 970)


@require_safe
def lesson_detail(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    now = timezone.now()
    enrollment = enrollment_or_404(request, uid)
    page = lesson_page(enrollment.version, slug, enrollment=enrollment)
    if _is_news(enrollment, page) or now - enrollment.last_activity_at > progress.ACTIVITY_GRAIN:
        progress.open_lesson(enrollment, page.lesson, now=now)
    return render(request, "courses/lesson_detail.html", reader_page(enrollment, page))


def reader_page(enrollment: Enrollment, page: LessonPage) -> dict[str, object]:
    return {
        "enrollment": enrollment,
        "is_open": enrollment.status == Enrollment.Status.OPEN,
        "version": enrollment.version,
        "course": enrollment.course,
        "crumbs": enrollment_crumbs(enrollment, page.lesson.title),
        "page": page,
        "resume_at": _resume_at(page),
        "finished_label": _finished_label(page),
        "time_text": _time_text(page),
        "margin": margin_of(enrollment, page.lesson),
    }


@require_POST
def lesson_finish(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    """Tick the lesson off and turn the page: to what comes next in the course."""
    enrollment, lesson = _lesson_or_404(request, uid, slug)
    if request.POST.get("version", enrollment.version.number) != enrollment.version.number:
        # A window from before they took a newer version: this is not the text they have read.
        messages.warning(
            request,
            _("You study %(label)s now. This is the lesson as it reads there.")
            % {"label": enrollment.version.label},
        )
        return redirect("courses:lesson-detail", uid, slug)
    page = lesson_page(enrollment.version, slug, enrollment=enrollment)
    try:
        progress.finish_lesson(enrollment, lesson, now=timezone.now())
    except EnrollmentNotOpen as error:
        messages.error(request, str(error))
        return redirect(enrollment)
    if page.next is None or not page.next.url:
        messages.success(request, _("That was the last lesson."))
        return redirect(enrollment)
    return redirect(page.next.url)


@require_POST
def lesson_unfinish(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    enrollment, lesson = _lesson_or_404(request, uid, slug)
    try:
        progress.unfinish_lesson(enrollment, lesson, now=timezone.now())
    except EnrollmentNotOpen as error:
        messages.error(request, str(error))
        return redirect(enrollment)
    return redirect("courses:lesson-detail", uid, slug)


@require_POST
def lesson_time(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    """What the open page reports about itself. It never holds anybody up."""
    enrollment, lesson = _lesson_or_404(request, uid, slug)
    form = TimeReport(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    progress.add_time(
        enrollment,
        lesson,
        seconds=form.cleaned_data["seconds"],
        scroll_permille=form.cleaned_data["scroll"],
        now=timezone.now(),
    )
    return HttpResponse(status=204)


def _lesson_or_404(request: PersonRequest, uid: UUID, slug: str) -> tuple[Enrollment, Lesson]:
    enrollment = enrollment_or_404(request, uid)
    lesson = get_object_or_404(
        Lesson.objects.defer("body", "body_html"), version=enrollment.version_id, slug=slug
    )
    return enrollment, lesson


def _resume_at(page: LessonPage) -> int:
    """How far down the learner was, 0 to 1000; 0 when there is nothing to go back to."""
    if page.progress is None or page.is_finished:
        return 0
    place = page.progress.scroll_permille
    return place if WORTH_RESUMING[0] <= place <= WORTH_RESUMING[1] else 0


def _finished_label(page: LessonPage) -> str:
    if page.progress is None or page.progress.finished_at is None:
        return ""
    return _("You finished this lesson on %(day)s") % {"day": long_date(page.progress.finished_at)}


def _time_text(page: LessonPage) -> str:
    seconds = page.progress.seconds_visible if page.progress else 0
    return minutes_of(seconds) if seconds else ""


def _is_news(enrollment: Enrollment, page: LessonPage) -> bool:
    """Whether this visit says something that is not written yet."""
    return page.progress is None or enrollment.last_lesson_id != page.lesson.pk
