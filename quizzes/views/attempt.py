"""Taking a quiz: the questions, saving, looking over, submitting, looking back."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.queries import next_step
from quizzes import wording
from quizzes.addresses import quiz_now, quiz_url
from quizzes.domain.attempts import (
    close_if_overdue,
    reveal_answer,
    save_response,
    save_responses,
    submit_attempt,
)
from quizzes.domain.errors import AnswerShown, AttemptClosed, NoSuchItem, StaleResponse
from quizzes.forms import answers_in
from quizzes.models import Attempt, AttemptItem, Grade, Quiz
from quizzes.presenting import (
    assets_of,
    fields_of,
    lessons_to_read_again,
    question_views,
    review_views,
)
from quizzes.queries import items_of
from quizzes.question_types.base import BadResponse, Fields
from quizzes.regrade_queries import regrade_notes
from quizzes.rules import attempt_or_404, may_review, own_attempt_or_404, version_of
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
    answers = answers_in(request.POST)
    try:
        saved = save_responses(attempt, answers, now=timezone.now())
    except AttemptClosed as refusal:
        messages.warning(request, str(refusal))
        attempt.refresh_from_db()
        return _to_result(request, attempt)
    refused = {
        position: str(each.problem) for position, each in saved.items() if each.problem is not None
    }
    if refused:
        sent = {
            position: {name: list(values) for name, values in answers[position].raw.items()}
            for position, each in saved.items()
            # A stale form shows the newer answer; what is no answer yet stays to be mended.
            if isinstance(each.problem, BadResponse)
        }
        return _questions(request, attempt, refused=refused, sent=sent, status=422)
    if checked := request.POST.get("check"):
        return _reveal(request, attempt, checked)
    if request.POST.get("then") == "overview":
        return redirect("quizzes:attempt-submit", uid=attempt.uid)
    messages.success(request, "Your answers are saved.")
    pressed = next((position for position in answers if "move" in answers[position].raw), None)
    # A button inside a question leads back to it.
    return redirect(f"{attempt.get_absolute_url()}{f'#q-{pressed}' if pressed else ''}")


def _reveal(request: PersonRequest, attempt: Attempt, checked: str) -> HttpResponse:
    """Practice: the right answer of one question, under the learner's own."""
    position = int(checked) if checked.isascii() and checked.isdigit() and len(checked) < 5 else 0
    try:
        reveal_answer(attempt, position=position, now=timezone.now())
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect(attempt)
    return redirect(f"{attempt.get_absolute_url()}#q-{position}")


def _questions(
    request: PersonRequest,
    attempt: Attempt,
    *,
    refused: dict[int, str] | None = None,
    sent: dict[int, Fields] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(
        request,
        "quizzes/attempt_detail.html",
        questions_page(attempt, items_of(attempt), refused=refused, sent=sent),
        status=status,
    )


def questions_page(
    attempt: Attempt,
    items: Sequence[AttemptItem],
    *,
    refused: dict[int, str] | None = None,
    sent: dict[int, Fields] | None = None,
) -> dict[str, Any]:
    questions = question_views(items, version_of(attempt), messages=refused, sent=sent)
    return {
        **_common(attempt),
        "questions": questions,
        "answered": sum(question.is_answered for question in questions),
        "refused": sorted(refused or ()),
        **assets_of(questions),
        "crumbs": crumbs(attempt.enrollment, attempt.quiz, f"Attempt {attempt.number}"),
    }


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
        told = {"problem": "stale", "sentence": str(stale)}
        return JsonResponse({**told, **_state(stale.item), **_times(attempt, now)}, status=409)
    except AttemptClosed as refusal:
        return JsonResponse({"problem": "closed", "sentence": str(refusal)}, status=409)
    except BadResponse as refusal:
        problem = "shown" if isinstance(refusal, AnswerShown) else "refused"
        return JsonResponse({"problem": problem, "sentence": str(refusal)}, status=422)
    except NoSuchItem as refusal:
        return JsonResponse({"problem": "refused", "sentence": str(refusal)}, status=404)
    return JsonResponse({**_state(item), **_times(attempt, now)})


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
    items = items_of(attempt) if may_review(attempt) else []
    attempt.enrollment.user = request.user
    taken_in = version_of(attempt)
    return render(
        request,
        "quizzes/attempt_review.html",
        {
            **review_page(attempt, items, grades),
            "is_gone": quiz_now(attempt.enrollment, attempt.quiz) is None,
            "earlier": "" if taken_in.pk == attempt.enrollment.version_id else taken_in.label,
            "next": next_step(attempt.enrollment) if _is_pass(attempt) else None,
        },
    )


def _is_pass(attempt: Attempt) -> bool:
    """Practice is never passed, however well it went."""
    return attempt.is_passed and attempt.quiz.purpose == Quiz.Purpose.GRADED


def review_page(
    attempt: Attempt, items: Sequence[AttemptItem], grades: Sequence[Grade]
) -> dict[str, Any]:
    """`items`: those that may be looked back at, so none where the review rule says no. `grades`:
    all of the attempt, the newest last, each with its regrade."""
    grade = grades[-1]
    questions = (
        review_views(
            items,
            grade,
            attempt.enrollment,
            version=version_of(attempt),
            notes=regrade_notes(items, grades),
        )
        if items
        else []
    )
    return {
        **_common(attempt),
        "grade": grade,
        "raised": [] if attempt.quiz.purpose == Quiz.Purpose.PRACTICE else _raised(grades),
        "percent": wording.percent(grade.percent, mark=grade.pass_percent),
        "questions": questions,
        **assets_of(questions),
        "read_again": lessons_to_read_again(questions),
        "crumbs": crumbs(attempt.enrollment, attempt.quiz, f"Result of attempt {attempt.number}"),
    }


def _raised(grades: Sequence[Grade]) -> list[dict[str, Any]]:
    return [
        {
            "grade": later,
            "before": wording.percent(earlier.percent, mark=earlier.pass_percent),
            "after": wording.percent(later.percent, mark=later.pass_percent),
        }
        for earlier, later in pairwise(grades)
        if later.regrade_id
    ]


def _to_result(request: PersonRequest, attempt: Attempt) -> HttpResponse:
    """Where a closed attempt is looked at. An open one (the learner left the course) and one set
    aside have no result, so the page of the quiz is shown."""
    if attempt.status in (Attempt.Status.SUBMITTED, Attempt.Status.GRADED):
        return redirect("quizzes:attempt-review", uid=attempt.uid)
    if attempt.status == Attempt.Status.VOIDED and request.method != "POST":
        messages.warning(request, "The office set this attempt aside. It counts neither way.")
    return redirect(quiz_url(attempt.enrollment, attempt.quiz))


def _common(attempt: Attempt) -> dict[str, Any]:
    now = timezone.now()
    deadline = attempt.deadline_at
    return {
        **_times(attempt, now),
        "attempt": attempt,
        "quiz": attempt.quiz,
        "is_practice": attempt.quiz.purpose == Quiz.Purpose.PRACTICE,
        "enrollment": attempt.enrollment,
        "quiz_url": quiz_url(attempt.enrollment, attempt.quiz),
        "seconds_left": max(0, int((deadline - now).total_seconds())) if deadline else None,
    }


def _times(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """What the clock of the page goes by; each answer saved sets it right again."""
    deadline = attempt.deadline_at
    return {
        "server_now": _milliseconds(now),
        "deadline": _milliseconds(deadline) if deadline else None,
        "until": date_format(timezone.localtime(deadline), "g:i A") if deadline else "",
    }


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
