"""A quiz before and after its attempts."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import Enrollment
from courses.queries import next_step
from courses.rules import enrollment_or_404
from quizzes import wording
from quizzes.domain.attempts import close_if_overdue, start_attempt
from quizzes.domain.requests import request_another
from quizzes.forms import AskForAttemptForm
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
    try:
        attempt = start_attempt(enrollment, quiz, by=request.user, now=timezone.now())
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


def quiz_facts(enrollment: Enrollment, quiz: Quiz, page: QuizPage) -> dict[str, object]:
    """What the page of a quiz says, whoever looks."""
    return {
        "quiz": quiz,
        "enrollment": enrollment,
        "page": page,
        "attempts": [
            (each, wording.percent(each.percent, mark=quiz.pass_percent)) for each in page.attempts
        ],
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
        {
            "label": quiz.title,
            "url": enrollment.address("quizzes:quiz-detail", quiz.slug),
        },
        *({"label": label, "url": ""} for label in further),
    ]
