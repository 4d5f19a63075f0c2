"""Quizzes in an author's preview: drawn, answered and looked back at, and kept nowhere."""

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.traces import leaves_no_trace
from courses.models import Enrollment
from courses.queries import NextStep, outline
from courses.studio.preview import band, previewed_or_404
from courses.studio.rules import may_write
from quizzes.domain.errors import TrialGone
from quizzes.domain.trying import Trial, answer_trial, begin_trial, grade_trial, read_trial
from quizzes.forms import answers_in
from quizzes.models import Attempt, Quiz
from quizzes.queries import QuizPage, asked_count
from quizzes.question_types.base import Fields
from quizzes.rules import may_review, quiz_or_404
from quizzes.views.attempt import questions_page, review_page
from quizzes.views.quiz import quiz_facts


@require_safe
@leaves_no_trace
def preview_quiz_detail(request: PersonRequest, slug: str, quiz: str) -> HttpResponse:
    enrollment = previewed_or_404(request, slug)
    previewed = quiz_or_404(enrollment, quiz)
    allowed = previewed.attempts_allowed
    page = QuizPage(
        attempts=[],
        open_attempt=None,
        is_passed=False,
        question_count=asked_count(previewed),
        allowed=allowed,
        left=allowed,
        waiting=None,
        declined=None,
    )
    return render(
        request,
        "quizzes/quiz_detail.html",
        {
            **_band(enrollment, previewed),
            **quiz_facts(enrollment, previewed, page),
            "start_url": enrollment.address("quizzes:attempt-detail", previewed.slug),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@leaves_no_trace
def preview_attempt_detail(request: PersonRequest, slug: str, quiz: str) -> HttpResponse:
    """GET draws anew, after the questions of the try named by `after`. POST grades: there is
    nothing to redirect to, the result is this answer."""
    now = timezone.now()
    enrollment = previewed_or_404(request, slug)
    previewed = quiz_or_404(enrollment, quiz)
    try:
        if request.method == "POST":
            trial = read_trial(previewed, request.POST.get("trial", ""))
        else:
            trial = begin_trial(previewed, after=request.GET.get("after", ""))
    except TrialGone as gone:
        messages.warning(request, str(gone))
        return redirect(enrollment.address("quizzes:attempt-detail", previewed.slug))
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(enrollment.address("quizzes:quiz-detail", previewed.slug))
    attempt = Attempt(
        enrollment=enrollment, quiz=previewed, number=trial.number, started_at=now, seed=0
    )
    if request.method != "POST":
        return _questions(request, attempt, trial)
    answers = answers_in(request.POST)
    refused = answer_trial(trial, answers, now=now)
    # A button inside a question moves something there and does not end the try.
    if refused or any("move" in answer.raw for answer in answers.values()):
        # What is no answer yet stays to be mended.
        sent = {
            position: {name: list(values) for name, values in answers[position].raw.items()}
            for position in refused
        }
        return _questions(
            request, attempt, trial, refused=refused, sent=sent, status=422 if refused else 200
        )
    return _result(request, attempt, trial, now=now)


def _questions(
    request: PersonRequest,
    attempt: Attempt,
    trial: Trial,
    *,
    refused: dict[int, str] | None = None,
    sent: dict[int, Fields] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "quizzes/attempt_detail.html",
        {
            **_band(attempt.enrollment, attempt.quiz),
            **questions_page(attempt, trial.items, refused=refused, sent=sent),
            "trial_token": trial.token,
            "trial_url": _attempt_url(attempt),
        },
        status=status,
    )


def _result(
    request: PersonRequest, attempt: Attempt, trial: Trial, *, now: datetime
) -> HttpResponse:
    grade = grade_trial(trial, attempt, now=now)
    items = trial.items if may_review(attempt) else []
    return render(
        request,
        "quizzes/attempt_review.html",
        {
            **_band(attempt.enrollment, attempt.quiz),
            **review_page(attempt, items, [grade]),
            "next": _following(attempt.enrollment, attempt.quiz) if grade.is_passed else None,
            "again_url": _with_query(_attempt_url(attempt), after=trial.token),
        },
    )


def _following(enrollment: Enrollment, quiz: Quiz) -> NextStep:
    """What stands after the quiz in the course; at the end the evaluation."""
    steps = outline(enrollment.version, enrollment).steps
    here = enrollment.address("quizzes:quiz-detail", quiz.slug)
    place = next((place for place, step in enumerate(steps) if step.url == here), len(steps))
    label = _("Go to the next step")
    for step in steps[place + 1 : place + 2]:
        return NextStep(label, step.url, step.title)
    return NextStep(label, enrollment.address("courses:evaluation"), _("Answer the evaluation"))


def _attempt_url(attempt: Attempt) -> str:
    return attempt.enrollment.address("quizzes:attempt-detail", attempt.quiz.slug)


def _with_query(url: str, **query: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _band(enrollment: Enrollment, quiz: Quiz) -> dict[str, object]:
    """Back to where the quiz is written, for whoever writes it."""
    version = enrollment.version
    if version.is_frozen or not may_write(version.course):
        return band(enrollment)
    url = reverse("quizzes:studio-quiz-detail", args=[version.course.slug, quiz.key])
    return {**band(enrollment), "studio_url": url}
