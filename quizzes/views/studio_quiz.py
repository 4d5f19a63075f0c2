"""The studio: the quizzes of a draft and their settings."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import CourseVersion, Module
from courses.studio.rules import draft_or_404
from quizzes import wording
from quizzes.bank_queries import source_choices, sources_of
from quizzes.domain.authoring import (
    add_quiz,
    move_quiz,
    put_back_quiz,
    remove_quiz,
    save_quiz_settings,
)
from quizzes.models import Quiz, QuizDraw
from quizzes.package.model import short
from quizzes.queries import asked_count, untested_objectives
from quizzes.question_types import editable_types
from quizzes.readiness import draw_lacks, lacks_in_quiz
from quizzes.rules import draft_quiz_or_404
from quizzes.studio_forms import DrawForm, PlaceForm, QuizSettingsForm
from quizzes.studio_queries import (
    draw_lines,
    drawn_items,
    lacks_of,
    objectives_of,
    pooled_questions,
    quiz_places,
)
from quizzes.views.studio import (
    bank_url,
    crumbs_of,
    forget_undo,
    list_url,
    quiz_url,
    remember_undo,
    studio_page,
    undo_of,
)


@require_http_methods(["GET", "HEAD"])
def studio_quiz_list(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    return studio_page(
        request,
        "quizzes/studio_quiz_list.html",
        version,
        {
            "places": quiz_places(version, lacking=draw_lacks(version)),
            "untested": untested_objectives(version),
            "undo": undo_of(request, version, "quiz") if "removed" in request.GET else None,
        },
        crumbs=crumbs_of(version),
    )


@require_POST
def studio_quiz_add(request: PersonRequest, slug: str) -> HttpResponse:
    """In one click: title and settings are changed on the page of the quiz."""
    version = draft_or_404(request, slug)
    try:
        module = _module_in(request, version)
        is_practice = request.POST.get("purpose") == Quiz.Purpose.PRACTICE
        quiz = add_quiz(
            version,
            module,
            title=short(_title_for(module, is_practice=is_practice), most=200),
            purpose=Quiz.Purpose.PRACTICE if is_practice else Quiz.Purpose.GRADED,
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(list_url(version))
    return redirect(quiz_url(version, quiz))


def _title_for(module: Module | None, *, is_practice: bool) -> str:
    if is_practice:
        return _("Practice: %(module)s") % {"module": module.title} if module else _("Practice")
    return _("Quiz: %(module)s") % {"module": module.title} if module else _("Final exam")


@require_POST
def studio_quiz_restore(request: PersonRequest, slug: str) -> HttpResponse:
    """Undo the removal of a quiz."""
    version = draft_or_404(request, slug)
    undo = undo_of(request, version, "quiz")
    if undo is None:
        messages.warning(request, _("There is nothing to put back any more."))
        return redirect(list_url(version))
    try:
        quiz = put_back_quiz(version, undo["state"], by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(list_url(version))
    forget_undo(request)
    is_whole = quiz.pool.filter(draw__isnull=True).count() >= len(undo["state"]["pool"])
    sentence = (
        _("“%(title)s” is back with its questions.")
        if is_whole
        else _(
            "“%(title)s” is back, without questions that were retired or put into another quiz "
            "meanwhile."
        )
    )
    messages.success(request, sentence % {"title": quiz.title})
    return redirect(list_url(version))


@require_http_methods(["GET", "HEAD"])
def studio_quiz_detail(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    return quiz_page(request, version, draft_quiz_or_404(version, quiz))


@require_POST
def studio_quiz_settings(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    form = QuizSettingsForm(request.POST, quiz=row)
    if not form.is_valid():
        return quiz_page(request, version, row, form, status=422)
    try:
        row = save_quiz_settings(row, form.settings, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The settings are saved."))
    return redirect(quiz_url(version, row))


@require_POST
def studio_quiz_move(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    try:
        row = move_quiz(row, _module_in(request, version), by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("The quiz ends the module “%(title)s” now.") % {"title": row.module.title}
            if row.module
            else _("The quiz ends the course now."),
        )
    return redirect(quiz_url(version, row))


@require_POST
def studio_quiz_remove(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        row = draft_quiz_or_404(version, quiz)
    except Http404:  # Sent twice, or somebody else was faster: it is gone as wished.
        return redirect(list_url(version))
    try:
        state = remove_quiz(row, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(list_url(version))
    remember_undo(request, version, {"kind": "quiz", "title": row.title, "state": state})
    return redirect(f"{list_url(version)}?removed")


def _module_in(request: PersonRequest, version: CourseVersion) -> Module | None:
    """The module that was chosen. Errors: DomainError when there is no such module."""
    form = PlaceForm(request.POST)
    try:
        if form.is_valid():
            return form.place_in(version)
    except Module.DoesNotExist:
        pass
    raise DomainError(_("This module is not there any more."))


def _undo_in(
    request: PersonRequest, version: CourseVersion, quiz: Quiz, kind: str
) -> dict[str, Any] | None:
    """Right after something of this kind was removed from the quiz."""
    undo = undo_of(request, version, kind) if "removed" in request.GET else None
    return undo if undo and undo["quiz"] == str(quiz.key) else None


def quiz_page(
    request: PersonRequest,
    version: CourseVersion,
    quiz: Quiz,
    form: QuizSettingsForm | None = None,
    *,
    draw_form: DrawForm | None = None,
    changed_draw: QuizDraw | None = None,
    status: int = 200,
) -> HttpResponse:
    objectives = objectives_of(version)
    questions = pooled_questions(quiz, objectives)
    draws = draw_lines(quiz, objectives)
    sources = source_choices(*sources_of(version, objectives.values()))
    of_draws = lacks_in_quiz(
        quiz,
        [line.draw for line in draws],
        [*(line.item for line in questions), *drawn_items(quiz, draws)],
        objectives,
    )
    return studio_page(
        request,
        "quizzes/studio_quiz_detail.html",
        version,
        {
            "quiz": quiz,
            "is_practice": quiz.purpose == Quiz.Purpose.PRACTICE,
            "questions": questions,
            "points": wording.points(
                sum((line.item.revision.points for line in questions), Decimal(0))
            ),
            "asked_count": asked_count(quiz),
            "lacks": lacks_of(quiz, questions, of_draws),
            "form": form or QuizSettingsForm(quiz=quiz),
            "draws": draws,
            "sources": sources,
            "draw_form": draw_form or DrawForm(choices=sources),
            "changed_draw": changed_draw,
            "bank_url": bank_url(version),
            "places": [place for place in quiz_places(version) if place.is_free_for(quiz.purpose)],
            "types": editable_types(),
            "undo": _undo_in(request, version, quiz, "question"),
            "draw_undo": _undo_in(request, version, quiz, "draw"),
        },
        crumbs=crumbs_of(version, quiz=quiz),
        status=status,
    )
