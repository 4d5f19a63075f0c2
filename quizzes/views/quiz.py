"""A quiz before and after its attempts."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.templatetags.wording import minutes_of
from courses.models import Enrollment
from courses.queries import next_step
from courses.rules import enrollment_or_404
from quizzes import wording
from quizzes.addresses import quiz_url
from quizzes.domain.attempts import close_if_overdue, start_attempt
from quizzes.domain.extra_time import CHOICES, granted_percent
from quizzes.domain.requests import request_another
from quizzes.forms import AskForAttemptForm, StartForm
from quizzes.models import AttemptItem, Quiz
from quizzes.presenting import Renderer
from quizzes.queries import QuizPage, quiz_page
from quizzes.question_types.base import Block
from quizzes.rules import quiz_or_404


@require_http_methods(["GET", "HEAD"])
def quiz_detail(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    enrollment = enrollment_or_404(request, uid)
    quiz = quiz_or_404(enrollment, slug)
    return _page(request, enrollment, quiz, AskForAttemptForm())


@require_POST
def attempt_start(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    enrollment = enrollment_or_404(request, uid)
    quiz = quiz_or_404(enrollment, slug)
    form = StartForm(request.POST)
    try:
        attempt = start_attempt(
            enrollment,
            quiz,
            by=request.user,
            now=timezone.now(),
            extra_percent=form.extra_percent,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("quizzes:quiz-detail", uid=uid, slug=slug)
    return redirect(attempt)


@require_POST
def attempt_request(request: PersonRequest, uid: UUID, slug: str) -> HttpResponse:
    enrollment = enrollment_or_404(request, uid)
    quiz = quiz_or_404(enrollment, slug)
    form = AskForAttemptForm(request.POST)
    if not form.is_valid():
        return _page(request, enrollment, quiz, form, status=422)
    try:
        request_another(
            enrollment,
            quiz,
            message=form.cleaned_data["message"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Your question is with the office. The answer comes by mail.")
    return redirect("quizzes:quiz-detail", uid=uid, slug=slug)


def _page(
    request: HttpRequest,
    enrollment: Enrollment,
    quiz: Quiz,
    form: AskForAttemptForm,
    *,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    page = quiz_page(enrollment, quiz)
    if page.open_attempt and close_if_overdue(page.open_attempt, now=now) is not page.open_attempt:
        page = quiz_page(enrollment, quiz)
        enrollment.refresh_from_db(fields=["status"])
    answered = 0
    if page.open_attempt:
        answered = (
            AttemptItem.objects.filter(attempt=page.open_attempt).exclude(response="").count()
        )
    return render(
        request,
        "quizzes/quiz_detail.html",
        {
            **quiz_facts(enrollment, quiz, page),
            "form": form,
            "answered": answered,
            "next": next_step(enrollment) if page.is_passed else None,
        },
        status=status,
    )


@dataclass(frozen=True)
class MoreTime:
    """For whoever needs it, in a quiz with a time limit."""

    granted_percent: int
    """By the office."""
    choices: list[tuple[int, str]]
    """Percent and the time it makes; empty where the office gives it."""
    limit: str
    """With what the office gave."""


def _more_time(enrollment: Enrollment, quiz: Quiz) -> MoreTime | None:
    """One query for a quiz with a time limit, none without."""
    seconds = quiz.time_limit_seconds
    if seconds is None:
        return None
    # A preview is nobody's.
    granted = 0 if enrollment.preview else granted_percent(enrollment)
    offered = CHOICES if quiz.extra_time == Quiz.ExtraTime.LEARNER else ()
    return MoreTime(
        granted_percent=granted,
        choices=[
            (percent, minutes_of(seconds * (100 + percent) // 100))
            for percent in offered
            if percent > granted
        ],
        limit=minutes_of(seconds * (100 + granted) // 100),
    )


def quiz_facts(enrollment: Enrollment, quiz: Quiz, page: QuizPage) -> dict[str, object]:
    """What the page of a quiz says, whoever looks."""
    return {
        "quiz": quiz,
        "enrollment": enrollment,
        "page": page,
        "attempts": [
            (each, wording.percent(each.percent, mark=each.quiz.pass_percent))
            for each in page.attempts
        ],
        "is_practice": quiz.purpose == Quiz.Purpose.PRACTICE,
        "more_time": _more_time(enrollment, quiz),
        "introduction": Renderer(enrollment.version).html(Block(quiz.introduction)),
        "facts": wording.facts(quiz, count=page.question_count, allowed=page.allowed),
        "review_rule": wording.review_rule(quiz),
        "is_open": enrollment.status == Enrollment.Status.OPEN,
        "crumbs": crumbs(enrollment, quiz),
    }


def crumbs(enrollment: Enrollment, quiz: Quiz, *further: str) -> list[dict[str, str]]:
    """Course, quiz, and what stands below it."""
    return [
        {"label": enrollment.version.title, "url": enrollment.get_absolute_url()},
        {"label": quiz.title, "url": quiz_url(enrollment, quiz)},
        *({"label": label, "url": ""} for label in further),
    ]
