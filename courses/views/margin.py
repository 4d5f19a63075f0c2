"""Questions in the margin of a lesson, as its learner sees and asks them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.core.ratelimit import Limit
from courses.domain import margin
from courses.forms import MarginQuestionForm
from courses.models import Enrollment, Lesson, MarginQuestion
from courses.queries import margin_questions
from courses.rules import enrollment_or_404
from courses.views.crumbs import enrollment_crumbs

# Five may be open at a time; this stops whoever sends one after the other as they are answered.
LIMIT: Final = Limit("margin-question", count=10, seconds=3600)
# A lesson page keeps its bytes however much was asked: the newest few, and they cut short.
SHOWN_WITH_LESSON: Final = 3
LONGEST_WITH_LESSON: Final = 240


@dataclass(frozen=True)
class MarginEntry:
    """A question as a learner sees it: never who asked, except their own."""

    text: str
    answer: str
    answered_by: str
    is_own: bool
    is_shown: bool


@dataclass(frozen=True)
class Margin:
    entries: list[MarginEntry]
    is_cut: bool
    """There is more to read on the page of all questions."""
    url: str
    may_ask: bool


def margin_of(enrollment: Enrollment, lesson: Lesson) -> Margin:
    """What the lesson page shows of its margin. One query."""
    rows = list(
        margin_questions(enrollment, lesson)
        .only("text", "answer", "answered_by_name", "asked_by_id", "is_shown")
        .order_by("-pk")[: SHOWN_WITH_LESSON + 1]
    )
    shown = rows[:SHOWN_WITH_LESSON]
    if enrollment.preview is not None:
        # What every learner is told; nobody asks here.
        return Margin(entries_of(shown, enrollment), is_cut=False, url="", may_ask=False)
    return Margin(
        entries=entries_of(shown, enrollment, longest=LONGEST_WITH_LESSON),
        is_cut=len(rows) > len(shown)
        or any(len(text) > LONGEST_WITH_LESSON for row in shown for text in (row.text, row.answer)),
        url=reverse("courses:lesson-questions", args=[enrollment.uid, lesson.slug]),
        may_ask=enrollment.status != Enrollment.Status.WITHDRAWN,
    )


def entries_of(
    rows: Iterable[MarginQuestion], enrollment: Enrollment, *, longest: int | None = None
) -> list[MarginEntry]:
    def cut(text: str) -> str:
        return text if longest is None or len(text) <= longest else Truncator(text).chars(longest)

    return [
        MarginEntry(
            text=cut(row.text),
            answer=cut(row.answer),
            answered_by=row.answered_by_name,
            is_own=row.asked_by_id == enrollment.user_id,
            is_shown=row.is_shown,
        )
        for row in rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def lesson_questions(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    """Everything asked about a lesson, newest first; asked by POST, here and from the lesson."""
    enrollment = enrollment_or_404(request, uid)
    lesson = get_object_or_404(
        Lesson.objects.defer("body", "body_html"), version=enrollment.version_id, slug=slug
    )
    form = MarginQuestionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if LIMIT.is_exceeded(str(request.user.pk), now=timezone.now()):
            return _too_many(request)
        if form.is_valid() and _asked(request, enrollment, lesson, form):
            return redirect("courses:lesson-questions", uid, slug)
    page = newest_first(margin_questions(enrollment, lesson), after=request.GET.get("after"))
    return render(
        request,
        "courses/lesson_questions.html",
        {
            "enrollment": enrollment,
            "version": enrollment.version,
            "lesson": lesson,
            "lesson_url": reverse("courses:lesson-detail", args=[uid, slug]),
            "crumbs": enrollment_crumbs(enrollment, _("Questions")),
            "entries": entries_of(page.rows, enrollment),
            "page": page,
            "form": form,
            "may_ask": enrollment.status != Enrollment.Status.WITHDRAWN,
        },
        status=422 if form.is_bound else 200,
    )


def _asked(
    request: PersonRequest, enrollment: Enrollment, lesson: Lesson, form: MarginQuestionForm
) -> bool:
    try:
        margin.ask(
            enrollment,
            lesson,
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as error:
        form.add_error("text", str(error))
        return False
    messages.success(request, _("Your question is on its way. You get a mail when it is answered."))
    return True


def _too_many(request: PersonRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(LIMIT.seconds)
    return response
