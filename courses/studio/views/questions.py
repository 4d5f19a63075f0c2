"""What learners ask in the margin, and the answers. Nobody here sees who asked."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from courses.domain import margin
from courses.models import Course, Lesson, MarginQuestion
from courses.studio.forms_margin import AnswerForm
from courses.studio.rules import may_write, newest_of, studio_course_or_404
from courses.studio.views.common import say_refusal, studio_page

# Each open question brings its form; more of them come up as these are answered.
MOST_OPEN: Final = 25


@staff_only
@require_safe
def questions(request: PersonRequest, slug: str) -> HttpResponse:
    return _page(request, _answered_course_or_404(request, slug))


@staff_only
@require_POST
def question_answer(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    course = _answered_course_or_404(request, slug)
    question = get_object_or_404(MarginQuestion, course=course, uid=uid)
    form = AnswerForm(request.POST, prefix=_prefix(question))
    if not form.is_valid():
        if question.answered_at is None:
            return _page(request, course, bound={question.pk: form}, status=422)
        return redirect("courses:studio-questions", slug=slug)
    try:
        margin.answer(
            question,
            text=form.cleaned_data["answer"],
            is_shown=form.cleaned_data["is_shown"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Your answer is kept, and the learner gets it by mail."))
    return redirect("courses:studio-questions", slug=slug)


@staff_only
@require_POST
def question_show(request: PersonRequest, slug: str, uid: UUID) -> HttpResponse:
    """`shown=yes` shows an answered question to every learner; anything else hides it."""
    course = _answered_course_or_404(request, slug)
    question = get_object_or_404(MarginQuestion, course=course, uid=uid)
    is_shown = request.POST.get("shown") == "yes"
    try:
        margin.show(question, is_shown=is_shown, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(
            request,
            _("Every learner of the lesson sees it now.")
            if is_shown
            else _("Only the learner who asked sees it now."),
        )
    return redirect("courses:studio-questions", slug=slug)


def _answered_course_or_404(request: PersonRequest, slug: str) -> Course:
    course = studio_course_or_404(request, slug)
    if not may_write(course):
        raise PermissionDenied("You read and comment on this course; its authors answer learners.")
    return course


def _prefix(question: MarginQuestion) -> str:
    return f"q{question.pk}"


def _page(
    request: PersonRequest,
    course: Course,
    *,
    bound: dict[int, AnswerForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Open ones first, the longest waiting on top; below, what is answered, newest first."""
    version = newest_of(course)
    if version is None:
        raise Http404
    page = newest_first(
        MarginQuestion.objects.filter(course=course, answered_at__isnull=False),
        after=request.GET.get("after"),
    )
    waiting = (
        list(
            MarginQuestion.objects.filter(course=course, answered_at__isnull=True).order_by("pk")[
                : MOST_OPEN + 1
            ]
        )
        if page.is_first
        else []
    )
    shown = waiting[:MOST_OPEN]
    # A question sent just now may stand beyond the page; what was typed as its answer must not go.
    shown += MarginQuestion.objects.filter(pk__in=set(bound or ()) - {each.pk for each in shown})
    # The newest version's title last, so that it is the one shown.
    lessons = {
        lesson.key: lesson
        for lesson in Lesson.objects.filter(
            version__course=course, key__in={each.lesson_key for each in [*shown, *page.rows]}
        )
        .only("key", "title", "version_id")
        .order_by("version__edition", "version__revision")
    }

    def line(question: MarginQuestion) -> dict[str, object]:
        lesson = lessons.get(question.lesson_key)
        is_here = lesson is not None and lesson.version_id == version.pk
        return {
            "question": question,
            "lesson": lesson.title if lesson else _("A lesson that is gone"),
            "lesson_url": reverse(
                "courses:studio-lesson-preview", args=[course.slug, question.lesson_key]
            )
            if is_here
            else "",
        }

    return studio_page(
        request,
        "studio/questions.html",
        version,
        {
            "waiting": [
                {
                    **line(each),
                    "form": (bound or {}).get(each.pk) or AnswerForm(prefix=_prefix(each)),
                }
                for each in shown
            ],
            "more_wait": len(waiting) > MOST_OPEN,
            "answered": [line(each) for each in page.rows],
            "page": page,
        },
        here=_("Margin questions"),
        status=status,
    )
