"""The studio: what a quiz draws from the bank."""

from typing import Final, Literal, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ce_platform.accounts.rules import PersonRequest
from ce_platform.core.errors import DomainError
from courses.models import CourseVersion
from courses.studio.rules import draft_or_404
from quizzes.bank_queries import source_choices, sources_of
from quizzes.domain.authoring_draws import (
    DrawSettings,
    RemovedDraw,
    add_draw,
    move_draw,
    put_back_draw,
    remove_draw,
    save_draw,
)
from quizzes.models import Quiz, QuizDraw
from quizzes.rules import draft_quiz_or_404
from quizzes.studio_forms import DrawForm
from quizzes.studio_queries import objectives_of
from quizzes.views.studio import forget_undo, quiz_url, remember_undo, undo_of
from quizzes.views.studio_quiz import quiz_page

_DRAWS: Final = "draws"


@require_POST
def studio_draw_add(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    form = _form(request, version)
    if not form.is_valid():
        return quiz_page(request, version, row, draw_form=form, status=422)
    try:
        add_draw(row, form.settings, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Each attempt draws these questions from now on."))
    return redirect(quiz_url(version, row, _DRAWS))


@require_POST
def studio_draw(request: PersonRequest, slug: str, quiz: UUID, draw: UUID) -> HttpResponse:
    """Change a draw; `action=up`, `down` and `remove` are its other buttons."""
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    action = request.POST.get("action", "save")
    try:
        found = get_object_or_404(QuizDraw, quiz=row, key=draw)
    except Http404:
        if action != "remove":
            raise
        # Sent twice, or somebody else was faster: it is gone as wished.
        return redirect(quiz_url(version, row, _DRAWS))
    found.quiz = row
    if action == "save":
        form = _form(request, version, besides=found)
        if not form.is_valid():
            return quiz_page(request, version, row, draw_form=form, changed_draw=found, status=422)
    try:
        if action == "remove":
            _remember(
                request, version, row, remove_draw(found, by=request.user, now=timezone.now())
            )
            return redirect(f"{quiz_url(version, row)}?removed#{_DRAWS}")
        if action in ("up", "down"):
            to = cast(Literal["up", "down"], action)
            move_draw(found, to=to, by=request.user, now=timezone.now())
        else:
            save_draw(found, form.settings, by=request.user, now=timezone.now())
            messages.success(request, _("The draw is changed."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(quiz_url(version, row, _DRAWS))


@require_POST
def studio_draw_restore(request: PersonRequest, slug: str, quiz: UUID) -> HttpResponse:
    """Undo the removal of a draw."""
    version = draft_or_404(request, slug)
    row = draft_quiz_or_404(version, quiz)
    undo = undo_of(request, version, "draw")
    if undo is None or undo["quiz"] != str(row.key):
        messages.warning(request, _("There is nothing to put back any more."))
        return redirect(quiz_url(version, row, _DRAWS))
    count, tag, objective = undo["settings"]
    removed = RemovedDraw(
        key=UUID(undo["key"]),
        position=undo["position"],
        settings=DrawSettings(count, tag, UUID(objective) if objective else None),
    )
    try:
        put_back_draw(row, removed, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        forget_undo(request)
        messages.success(request, _("The draw is back in its place."))
    return redirect(quiz_url(version, row, _DRAWS))


def _remember(
    request: PersonRequest, version: CourseVersion, quiz: Quiz, removed: RemovedDraw
) -> None:
    settings = removed.settings
    remember_undo(
        request,
        version,
        {
            "kind": "draw",
            "quiz": str(quiz.key),
            "key": str(removed.key),
            "position": removed.position,
            "settings": [settings.count, settings.tag, str(settings.objective_key or "")],
        },
    )


def _form(
    request: PersonRequest, version: CourseVersion, *, besides: QuizDraw | None = None
) -> DrawForm:
    """`besides`: a draw may keep a tag that no question has any more."""
    choices: list[tuple[str, list[tuple[str, str]]]] = source_choices(
        *sources_of(version, objectives_of(version).values())
    )
    if besides is not None and besides.tag:
        choices.append(("", [(f"tag:{besides.tag}", besides.tag)]))
    return DrawForm(request.POST, choices=choices)
