"""The office: learners who ask for another attempt."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from quizzes import wording
from quizzes.domain.requests import answer_request
from quizzes.forms import AnswerRequestForm
from quizzes.models import AttemptRequest
from quizzes.queries import attempt_requests, attempts_by_request


@require_http_methods(["GET", "HEAD"])
@registrar_only
def office_request_list(request: PersonRequest) -> HttpResponse:
    return _page(request)


@require_POST
@registrar_only
def office_request_answer(request: PersonRequest, uid: UUID) -> HttpResponse:
    asked = get_object_or_404(AttemptRequest, uid=uid)
    form = AnswerRequestForm(request.POST, prefix=f"r{asked.pk}")
    if not form.is_valid():
        return _page(request, bound={asked.pk: form}, status=422)
    try:
        answer_request(
            asked,
            is_granted=form.cleaned_data["decision"] == "grant",
            answer=form.cleaned_data["answer"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Your answer is stored; the learner gets a mail.")
    return redirect("quizzes:office-request-list")


def _page(
    request: PersonRequest,
    *,
    bound: dict[int, AnswerRequestForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    is_answered = request.GET.get("show") == "answered"
    page = newest_first(attempt_requests(is_answered=is_answered), after=request.GET.get("after"))
    attempts = attempts_by_request(page.rows)
    here = reverse("quizzes:office-request-list")
    show = "show=answered&" if is_answered else ""
    return render(
        request,
        "quizzes/office_request_list.html",
        {
            "rows": [
                {
                    "request": row,
                    "attempts": [
                        (each, wording.percent(each.percent, mark=each.quiz.pass_percent))
                        for each in attempts[row.enrollment_id, row.quiz.key]
                    ],
                    "form": (bound or {}).get(row.pk)
                    or AnswerRequestForm(prefix=f"r{row.pk}", initial={"decision": "grant"}),
                }
                for row in page.rows
            ],
            "is_answered": is_answered,
            "older_url": f"{here}?{show}after={page.older_after}" if page.older_after else "",
            "newer_url": "" if page.is_first else f"{here}?{show}".rstrip("?&"),
        },
        status=status,
    )
