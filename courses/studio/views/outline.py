"""The outline: modules and lessons, and every way to change their order."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import outline as domain
from courses.domain.errors import ChangedMeanwhile, OutlineRefused
from courses.domain.unseen import state_of, texts_of
from courses.models import CourseVersion, Lesson, Module
from courses.studio import queries
from courses.studio.forms import LessonSettingsForm, ModuleForm, MoveForm, TitleForm
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import say_refusal, status_of, studio_page, to_outline


@staff_only
@require_safe
def outline(request: PersonRequest, slug: str) -> HttpResponse:
    version = version_or_404(request, slug)
    return studio_page(
        request,
        "studio/outline.html",
        version,
        {
            "outline": queries.studio_outline(version),
            "hours": queries.hours_now(version),
            "last_step": domain.last_step(version) if not version.is_frozen else None,
            "on_sale": version.course.on_sale_version_id == version.pk,
        },
    )


def _change(
    request: PersonRequest, slug: str, change: Callable[[CourseVersion], Any], *, fragment: str = ""
) -> HttpResponse:
    """Do it, say what was done with a way back, and show the outline."""
    version = draft_or_404(request, slug)
    try:
        result = change(version)
    except ChangedMeanwhile:
        raise
    except DomainError as error:
        say_refusal(request, error)
        return to_outline(version)
    key = getattr(result, "key", "")
    return to_outline(version, fragment or (f"at-{key}" if key else "main"))


@staff_only
@require_POST
def module_add(request: PersonRequest, slug: str) -> HttpResponse:
    title = _title(request)
    return _change(
        request,
        slug,
        lambda version: domain.add_module(
            version, title=title, by=request.user, now=timezone.now()
        ),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def module_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    module = get_object_or_404(Module, version=version, key=key)
    form = ModuleForm(
        request.POST if request.method == "POST" else None,
        initial={
            **texts_of(module, domain.MODULE_TEXTS),
            "based_on": state_of(module, domain.MODULE_TEXTS),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _change(
                request,
                slug,
                lambda draft: domain.save_module(
                    draft, key, **form.cleaned_data, by=request.user, now=timezone.now()
                ),
            )
        except ChangedMeanwhile as moved:
            form.carry(moved)
    return studio_page(
        request,
        "studio/module_edit.html",
        version,
        {"module": module, "form": form},
        here=module.title,
        status=status_of(form),
    )


@staff_only
@require_POST
def module_move(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    form = MoveForm(request.POST)
    return _change(
        request,
        slug,
        lambda version: domain.move_module(
            version, key, place=_place(form), by=request.user, now=timezone.now()
        ),
    )


@staff_only
@require_POST
def module_duplicate(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    return _change(
        request,
        slug,
        lambda version: domain.duplicate_module(version, key, by=request.user, now=timezone.now()),
    )


@staff_only
@require_POST
def module_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    return _change(
        request,
        slug,
        lambda version: domain.remove_module(version, key, by=request.user, now=timezone.now()),
    )


@staff_only
@require_POST
def lesson_add(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    title = _title(request)
    return _change(
        request,
        slug,
        lambda version: domain.add_lesson(
            version, key, title=title, by=request.user, now=timezone.now()
        ),
    )


@staff_only
@require_POST
def lesson_move(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    form = MoveForm(request.POST)

    def move(version: CourseVersion) -> Lesson:
        place = _place(form)
        module_key = form.cleaned_data.get("module")
        if module_key is None:
            lesson = get_object_or_404(
                Lesson.objects.select_related("module"), version=version, key=key
            )
            module_key = lesson.module.key
        return domain.move_lesson(
            version, key, module_key=module_key, place=place, by=request.user, now=timezone.now()
        )

    return _change(request, slug, move)


@staff_only
@require_POST
def lesson_duplicate(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    return _change(
        request,
        slug,
        lambda version: domain.duplicate_lesson(version, key, by=request.user, now=timezone.now()),
    )


@staff_only
@require_POST
def lesson_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    return _change(
        request,
        slug,
        lambda version: domain.remove_lesson(version, key, by=request.user, now=timezone.now()),
    )


@staff_only
@require_POST
def lesson_settings(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = LessonSettingsForm(request.POST, version=version)
    if not form.is_valid():
        messages.error(request, _("The objectives changed meanwhile. Choose again."))
        return to_outline(version, f"at-{key}")
    return _change(
        request,
        slug,
        lambda draft: domain.save_lesson_settings(
            draft,
            key,
            is_free=form.cleaned_data["is_free"],
            objectives=list(form.cleaned_data["objectives"]),
            by=request.user,
            now=timezone.now(),
        ),
    )


@staff_only
@require_POST
def outline_undo(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        step = domain.undo(version, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
        return to_outline(version)
    if step is not None:
        messages.success(request, _("Taken back: %(what)s.") % {"what": step.sentence})
    return to_outline(version, "main")


def _title(request: PersonRequest) -> str:
    form = TitleForm(request.POST)
    return form.cleaned_data["title"] if form.is_valid() else ""


def _place(form: MoveForm) -> int:
    if not form.is_valid():
        raise OutlineRefused(_("Say where it should go."))
    return int(form.cleaned_data["place"])
