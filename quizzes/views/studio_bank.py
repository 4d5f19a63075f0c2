"""The studio: the bank of a course's questions, and the history of one question."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from courses.studio.rules import draft_or_404
from quizzes.differences import differences
from quizzes.domain.authoring import add_from_bank, bring_back_question, retire_question
from quizzes.models import QuestionRevision
from quizzes.queries import quizzes_of
from quizzes.rules import bank_question_or_404, draft_quiz_or_404
from quizzes.studio_queries import (
    Names,
    bank_page,
    people_of,
    revisions_of,
    said_by,
    stem_line,
    uses_of,
)
from quizzes.views.studio import crumbs_of, quiz_url, studio_page

_LONGEST_SEARCH = 200


@require_http_methods(["GET", "HEAD"])
def studio_bank(request: PersonRequest, slug: str) -> HttpResponse:
    """All questions of the course; with `?quiz=` those that are to be taken into that quiz."""
    version = draft_or_404(request, slug)
    words = clean(request.GET.get("q", ""))[:_LONGEST_SEARCH]
    is_retired = request.GET.get("show") == "retired"
    quizzes = quizzes_of([version.pk])
    chosen = next((quiz for quiz in quizzes if str(quiz.key) == request.GET.get("quiz")), None)
    page = bank_page(version, words=words, retired=is_retired, after=request.GET.get("after"))
    kept = {"q": words, "quiz": str(chosen.key) if chosen else ""}
    here = reverse("quizzes:studio-quiz-bank", args=[slug])

    def address(**more: Any) -> str:
        asked = {name: value for name, value in {**kept, **more}.items() if value}
        return f"{here}?{urlencode(asked)}" if asked else here

    show = "retired" if is_retired else ""
    return studio_page(
        request,
        "quizzes/studio_bank.html",
        version,
        {
            "page": page,
            "words": words,
            "is_retired": is_retired,
            "quizzes": quizzes,
            "chosen": chosen,
            "bank_url": here,
            "in_use_url": address(),
            "retired_url": address(show="retired"),
            "newer_url": "" if page.is_first else address(show=show),
            "older_url": address(show=show, after=page.older_after) if page.older_after else "",
        },
        crumbs=crumbs_of(version, _("All questions"), quiz=chosen),
    )


@require_http_methods(["GET", "HEAD"])
def studio_bank_question(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    """Every revision, and what differs between two of them: the newest and the one before, or
    those asked for by `?from=` and `?to=`."""
    version = draft_or_404(request, slug)
    row = bank_question_or_404(version, question)
    revisions = revisions_of(row)
    names = Names(version)
    new = _numbered(revisions, request.GET.get("to")) or revisions[0]
    older = next((each for each in revisions if each.number < new.number), None)
    old = _numbered(revisions, request.GET.get("from")) or older
    uses = uses_of(row)
    return studio_page(
        request,
        "quizzes/studio_bank_question.html",
        version,
        {
            "question": row,
            "stem": stem_line(revisions[0]),
            "revisions": revisions,
            "people": people_of(revisions),
            "uses": uses,
            "is_asked": any(item.quiz.version.is_frozen for item in uses),
            "new": new,
            "old": old,
            "lines": differences(said_by(old or new, names), said_by(new, names)),
        },
        crumbs=crumbs_of(version, _("One question")),
    )


@require_POST
def studio_bank_retire(request: PersonRequest, slug: str, question: UUID) -> HttpResponse:
    """`action=bring-back` is the way back."""
    version = draft_or_404(request, slug)
    row = bank_question_or_404(version, question)
    is_back = request.POST.get("action") == "bring-back"
    try:
        if is_back:
            bring_back_question(version, row, by=request.user, now=timezone.now())
        else:
            retire_question(version, row, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The question can be put into quizzes again.")
            if is_back
            else _("The question is retired. Published quizzes keep it; no new one takes it."),
        )
    return redirect("quizzes:studio-quiz-bank-question", slug=slug, question=question)


@require_POST
def studio_question_from_bank(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    try:
        key = UUID(request.POST.get("question", ""))
    except ValueError:
        messages.error(request, _("Choose a question from the list."))
        return redirect(quiz_url(version, row))
    question = bank_question_or_404(version, key)
    try:
        item = add_from_bank(
            row,
            question,
            as_copy=request.POST.get("as") == "copy",
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("“%(stem)s” is in “%(quiz)s” now.")
            % {"stem": stem_line(item.revision), "quiz": row.title},
        )
    bank = reverse("quizzes:studio-quiz-bank", args=[slug])
    return redirect(f"{bank}?{urlencode({'quiz': str(row.key)})}")


def _numbered(revisions: list[QuestionRevision], number: str | None) -> QuestionRevision | None:
    return next((each for each in revisions if str(each.number) == number), None)
