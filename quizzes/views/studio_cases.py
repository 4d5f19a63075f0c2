"""The studio: cases, one text above several questions of a quiz."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from courses.studio.rules import draft_or_404
from quizzes.cases import Case, case_of
from quizzes.domain.authoring_cases import case_in_quiz, save_case
from quizzes.domain.drafting import pool_of
from quizzes.domain.errors import CaseMoved
from quizzes.models import Quiz, QuizPoolItem
from quizzes.rules import draft_quiz_or_404
from quizzes.studio_forms import CaseForm
from quizzes.studio_queries import stem_line
from quizzes.views.studio import crumbs_of, quiz_url, studio_page


@require_http_methods(["GET", "HEAD", "POST"])
def studio_case_add(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    return _write(request, version, draft_quiz_or_404(version, quiz), None, [])


@require_http_methods(["GET", "HEAD", "POST"])
def studio_case(request: PersonRequest, slug: str, quiz: UUID, case: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    found = case_in_quiz(row, case)
    if found is None:
        if request.method == "POST":  # Taken apart meanwhile, or sent twice.
            messages.warning(request, _("This case is not in the quiz any more."))
            return redirect(quiz_url(version, row))
        raise Http404("No such case in this quiz.")
    return _write(request, version, row, *found)


def _write(
    request: PersonRequest,
    version: CourseVersion,
    quiz: Quiz,
    case: Case | None,
    members: list[QuizPoolItem],
) -> HttpResponse:
    choices = [
        (str(item.revision.question.key), f"{place}. {stem_line(item.revision)}")
        for place, item in enumerate(pool_of(quiz), start=1)
        if _is_free(item, case)
    ]
    form = CaseForm(
        request.POST if request.method == "POST" else None,
        version=version,
        choices=choices,
        case=case,
        chosen=[str(item.revision.question.key) for item in members],
    )
    if request.method != "POST":
        return _page(request, version, quiz, case, form)
    if not form.is_valid():
        return _page(request, version, quiz, case, form, status=422)
    try:
        saved = save_case(
            quiz,
            case_id=case.id if case else "",
            expected=form.cleaned_data["expected"],
            title=form.cleaned_data["title"],
            text=form.cleaned_data["text"],
            questions=form.question_keys,
            by=request.user,
            now=timezone.now(),
        )
    except CaseMoved as moved:
        # What was written stays in the form; saving again puts it in place of theirs.
        sent = request.POST.copy()
        sent["expected"] = case.digest if case else ""
        form = CaseForm(sent, version=version, choices=choices, case=case)
        return _page(request, version, quiz, case, form, moved=moved, status=409)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(quiz_url(version, quiz))
    messages.success(
        request,
        _("The case stands above its questions.")
        if saved
        else _("The case is taken apart; its questions stay in the quiz."),
    )
    return redirect(quiz_url(version, quiz))


def _is_free(item: QuizPoolItem, case: Case | None) -> bool:
    """Of this case, or of none."""
    own = case_of(item.revision.data)
    return own is None or (case is not None and own.id == case.id)


def _page(
    request: PersonRequest,
    version: CourseVersion,
    quiz: Quiz,
    case: Case | None,
    form: CaseForm,
    *,
    moved: CaseMoved | None = None,
    status: int = 200,
) -> HttpResponse:
    heading = _("Change a case") if case else _("A case with several questions")
    return studio_page(
        request,
        "quizzes/studio_case.html",
        version,
        {
            "quiz": quiz,
            "case": case,
            "form": form,
            "heading": heading,
            "moved": moved,
            "quiz_url": quiz_url(version, quiz),
        },
        crumbs=crumbs_of(version, heading, quiz=quiz),
        status=status,
    )
