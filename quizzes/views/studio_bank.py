"""The studio: the bank of a course's questions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from courses.models import CourseVersion
from courses.studio.rules import draft_or_404
from quizzes.alike import alike_pairs
from quizzes.bank_queries import BankFilter, bank_page
from quizzes.domain.authoring import add_from_bank
from quizzes.models import QuestionRevision
from quizzes.queries import quizzes_of
from quizzes.question_types import editable_types, type_named
from quizzes.rules import bank_question_or_404, draft_quiz_or_404
from quizzes.studio_queries import stem_line
from quizzes.tags import tags_in
from quizzes.views.studio import bank_url, crumbs_of, quiz_url, studio_page

_LONGEST_SEARCH = 200


@require_http_methods(["GET", "HEAD"])
def studio_bank(request: PersonRequest, slug: str) -> HttpResponse:
    """All questions of the course; with `?quiz=` those that are to be taken into that quiz."""
    version = draft_or_404(request, slug)
    asked = _asked(request.GET)
    quizzes = quizzes_of([version.pk])
    chosen = next((quiz for quiz in quizzes if str(quiz.key) == request.GET.get("quiz")), None)
    page = bank_page(version, asked, after=request.GET.get("after"))
    kept = {
        "q": asked.words,
        "tag": asked.tag,
        "objective": str(asked.objective or ""),
        "type": asked.type,
        "difficulty": asked.difficulty,
        "quiz": str(chosen.key) if chosen else "",
    }
    show = {"show": "retired"} if asked.is_retired else {}
    return studio_page(
        request,
        "quizzes/studio_bank.html",
        version,
        {
            "page": page,
            "asked": asked,
            "is_filtered": any(kept[name] for name in kept if name != "quiz"),
            "chosen": chosen,
            "types": [(name, type_named(name).label) for name in page.types],
            "difficulties": QuestionRevision.Difficulty.choices,
            "editable": editable_types(),
            "bank_url": bank_url(version),
            "all_url": bank_url(version, quiz=kept["quiz"], **show),
            "in_use_url": bank_url(version, **kept),
            "retired_url": bank_url(version, **kept, show="retired"),
            "newer_url": "" if page.is_first else bank_url(version, **kept, **show),
            "older_url": bank_url(version, **kept, **show, after=str(page.older_after))
            if page.older_after
            else "",
        },
        crumbs=crumbs_of(version, _("All questions"), quiz=chosen),
    )


def _asked(sent: QueryDict) -> BankFilter:
    """What makes no sense is not asked."""
    return BankFilter(
        words=clean(sent.get("q", ""))[:_LONGEST_SEARCH],
        tag=next(iter(tags_in(sent.get("tag", "")[:_LONGEST_SEARCH])), ""),
        objective=_uuid(sent.get("objective", "")),
        type=clean(sent.get("type", ""))[:_LONGEST_SEARCH],
        difficulty=clean(sent.get("difficulty", ""))[:_LONGEST_SEARCH],
        is_retired=sent.get("show") == "retired",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "HEAD"])
def studio_bank_alike(request: PersonRequest, slug: str) -> HttpResponse:
    """Questions in use that are nearly the same, the most alike first; below, those meant so."""
    version = draft_or_404(request, slug)
    return studio_page(
        request,
        "quizzes/studio_bank_alike.html",
        version,
        {"pairs": alike_pairs(version), "bank_url": bank_url(version)},
        crumbs=_bank_crumbs(version, _("Alike")),
    )


def _bank_crumbs(version: CourseVersion, label: str) -> list[dict[str, Any]]:
    crumbs = crumbs_of(version, label)
    crumbs.insert(-1, {"label": _("All questions"), "url": bank_url(version)})
    return crumbs


@require_POST
def studio_question_from_bank(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    key = _uuid(request.POST.get("question", ""))
    if key is None:
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
    return redirect(bank_url(version, quiz=str(row.key)))
