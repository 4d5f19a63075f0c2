"""Taking a quiz: the questions, saving, looking over, submitting, looking back."""

from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from courses.queries import next_step
from quizzes import wording
from quizzes.domain.attempts import (
    close_if_overdue,
    save_response,
    save_responses,
    submit_attempt,
)
from quizzes.domain.errors import AttemptClosed, NoSuchItem, StaleResponse
from quizzes.forms import answers_in
from quizzes.models import Attempt, AttemptItem
from quizzes.presenting import (
    fields_of,
    lessons_to_read_again,
    question_views,
    review_views,
)
from quizzes.queries import items_of
from quizzes.question_types.base import BadResponse
from quizzes.rules import attempt_or_404, may_review, own_attempt_or_404
from quizzes.views.quiz import crumbs


@require_http_methods(["GET", "HEAD", "POST"])
def attempt_detail(request: PersonRequest, uid: UUID) -> HttpResponse:
    """All questions in one form. Without a script the whole form is saved by its buttons."""
    attempt = close_if_overdue(attempt_or_404(request, uid), now=timezone.now())
    if request.method == "POST":
        return _save_form(request, attempt)
    if attempt.status != Attempt.Status.IN_PROGRESS:
        return _to_result(request, attempt)
    return _questions(request, attempt)


def _save_form(request: PersonRequest, attempt: Attempt) -> HttpResponse:
    try:
        saved = save_responses(attempt, answers_in(request.POST), now=timezone.now())
    except AttemptClosed as refusal:
        messages.warning(request, str(refusal))
        attempt.refresh_from_db()
        return _to_result(request, attempt)
    refused = {
        position: str(each.problem) for position, each in saved.items() if each.problem is not None
    }
    if refused:
        return _questions(request, attempt, refused=refused, status=422)
    if request.POST.get("then") == "overview":
        return redirect("quizzes:attempt-submit", uid=attempt.uid)
    messages.success(request, "Your answers are saved.")
    return redirect(attempt)


def _questions(
    request: PersonRequest,
    attempt: Attempt,
    *,
    refused: dict[int, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    questions = question_views(items_of(attempt), attempt.enrollment.version, messages=refused)
    return render(
        request,
        "quizzes/attempt_detail.html",
        {
            **_common(attempt),
            "questions": questions,
            "answered": sum(question.is_answered for question in questions),
            "refused": sorted(refused or ()),
            "crumbs": crumbs(attempt.enrollment, attempt.quiz, f"Attempt {attempt.number}"),
        },
        status=status,
    )


@require_POST
def item_save(request: PersonRequest, uid: UUID, position: int) -> JsonResponse:
    """One answer, sent by the script as soon as it is given."""
    now = timezone.now()
    attempt = own_attempt_or_404(request, uid)
    answer = answers_in(request.POST).get(position)
    if answer is None:
        return JsonResponse({"problem": "refused", "sentence": "No answer was sent."}, status=422)
    try:
        item = save_response(attempt, position=position, answer=answer, now=now)
    except StaleResponse as stale:
        return JsonResponse(
            {"problem": "stale", "sentence": str(stale), **_state(stale.item)}, status=409
        )
    except AttemptClosed as refusal:
        return JsonResponse({"problem": "closed", "sentence": str(refusal)}, status=409)
    except BadResponse as refusal:
        return JsonResponse({"problem": "refused", "sentence": str(refusal)}, status=422)
    except NoSuchItem as refusal:
        return JsonResponse({"problem": "refused", "sentence": str(refusal)}, status=404)
    return JsonResponse({**_state(item), "server_now": _milliseconds(now)})


def _state(item: AttemptItem) -> dict[str, Any]:
    return {
        "number": item.response_number,
        "fields": fields_of(item),
        "is_answered": bool(item.response),
        "is_flagged": item.is_flagged,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def attempt_submit(request: PersonRequest, uid: UUID) -> HttpResponse:
    """GET: what is unanswered or flagged, and the button. POST: submit; twice is once."""
    now = timezone.now()
    attempt = attempt_or_404(request, uid)
    if request.method == "POST":
        was_open = attempt.status == Attempt.Status.IN_PROGRESS
        try:
            attempt = submit_attempt(attempt, by=request.user, now=now)
        except AttemptClosed as refusal:
            messages.warning(request, str(refusal))
            attempt.refresh_from_db()
        else:
            if was_open and attempt.closed_by == Attempt.ClosedBy.DEADLINE:
                messages.warning(
                    request,
                    "Time was up before you submitted. Everything saved until then was counted.",
                )
        return _to_result(request, attempt)
    attempt = close_if_overdue(attempt, now=now)
    if attempt.status != Attempt.Status.IN_PROGRESS:
        return _to_result(request, attempt)
    items = items_of(attempt)
    return render(
        request,
        "quizzes/attempt_overview.html",
        {
            **_common(attempt),
            "total": len(items),
            "unanswered": [item for item in items if not item.response],
            "flagged": [item for item in items if item.is_flagged],
            "items": items,
            "crumbs": crumbs(attempt.enrollment, attempt.quiz, "Check your answers"),
        },
    )


@require_http_methods(["GET", "HEAD"])
def attempt_review(request: PersonRequest, uid: UUID) -> HttpResponse:
    attempt = close_if_overdue(attempt_or_404(request, uid), now=timezone.now())
    if attempt.status == Attempt.Status.IN_PROGRESS:
        return redirect(attempt)
    grades = list(attempt.grades.select_related("regrade").order_by("number"))
    if attempt.status == Attempt.Status.VOIDED or not grades:
        return _to_result(request, attempt)
    grade = grades[-1]
    questions = []
    if may_review(attempt):
        questions = review_views(
            items_of(attempt),
            grade,
            attempt.enrollment,
            notes={each.regrade.revision_id: each.reason for each in grades if each.regrade},
        )
    attempt.enrollment.user = request.user
    return render(
        request,
        "quizzes/attempt_review.html",
        {
            **_common(attempt),
            "grade": grade,
            "raised": [
                {
                    "grade": later,
                    "before": wording.percent(earlier.percent, mark=earlier.pass_percent),
                    "after": wording.percent(later.percent, mark=later.pass_percent),
                }
                for earlier, later in pairwise(grades)
                if later.regrade_id
            ],
            "percent": wording.percent(grade.percent, mark=grade.pass_percent),
            "questions": questions,
            "read_again": lessons_to_read_again(questions),
            "next": next_step(attempt.enrollment) if grade.is_passed else None,
            "crumbs": crumbs(
                attempt.enrollment, attempt.quiz, f"Result of attempt {attempt.number}"
            ),
        },
    )


def _to_result(request: PersonRequest, attempt: Attempt) -> HttpResponse:
    """Where a closed attempt is looked at. An open one (the learner left the course) and one set
    aside have no result, so the page of the quiz is shown."""
    if attempt.status in (Attempt.Status.SUBMITTED, Attempt.Status.GRADED):
        return redirect("quizzes:attempt-review", uid=attempt.uid)
    if attempt.status == Attempt.Status.VOIDED and request.method != "POST":
        messages.warning(request, "The office set this attempt aside. It counts neither way.")
    return redirect("quizzes:quiz-detail", uid=attempt.enrollment.uid, slug=attempt.quiz.slug)


def _common(attempt: Attempt) -> dict[str, Any]:
    now = timezone.now()
    deadline = attempt.deadline_at
    return {
        "attempt": attempt,
        "quiz": attempt.quiz,
        "enrollment": attempt.enrollment,
        "quiz_url": reverse(
            "quizzes:quiz-detail", args=[attempt.enrollment.uid, attempt.quiz.slug]
        ),
        "server_now": _milliseconds(now),
        "deadline": _milliseconds(deadline) if deadline else None,
        "seconds_left": max(0, int((deadline - now).total_seconds())) if deadline else None,
    }


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
