"""Objectives, and the matrix of what teaches and what tests them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import objectives as domain
from courses.domain.errors import ChangedMeanwhile, ObjectiveRefused
from courses.domain.outline import tie_objectives
from courses.models import CourseVersion, Objective
from courses.studio.forms_knowledge import MatrixForm, ObjectiveForm, PlaceForm
from courses.studio.matrix import matrix_of
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import say_refusal, status_of, studio_page


@staff_only
@require_safe
def objective_list(request: PersonRequest, slug: str) -> HttpResponse:
    return _list(request, version_or_404(request, slug))


@staff_only
@require_POST
def objective_add(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = ObjectiveForm(request.POST)
    if form.is_valid():
        try:
            objective = domain.add_objective(
                version, text=form.cleaned_data["text"], by=request.user, now=timezone.now()
            )
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            return _to_list(version, f"at-{objective.key}")
    return _list(request, version, adding=form, status=422)


@staff_only
@require_POST
def objective_save(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = ObjectiveForm.of(get_object_or_404(Objective, version=version, key=key), request.POST)
    if form.is_valid():
        try:
            domain.save_objective(
                version, key, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except ChangedMeanwhile as moved:
            form.carry(moved)
        except DomainError as error:
            form.add_error("text", str(error))
        else:
            return _to_list(version, f"at-{key}")
    return _list(request, version, changing={key: form}, status=status_of(form))


@staff_only
@require_POST
def objective_move(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    form = PlaceForm(request.POST)

    def move(version: CourseVersion) -> None:
        if not form.is_valid():
            raise ObjectiveRefused(_("Say where it should go."))
        domain.move_objective(
            version, key, place=form.cleaned_data["place"], by=request.user, now=timezone.now()
        )

    return _change(request, slug, move, fragment=f"at-{key}")


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def objective_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """Asks first, and names what hangs on it."""
    version = draft_or_404(request, slug)
    if request.method != "POST":
        objective = get_object_or_404(Objective, version=version, key=key)
        uses = domain.objective_uses(version)[key]
        return studio_page(
            request,
            "studio/objective_remove.html",
            version,
            {"objective": objective, "uses": uses},
            here=_("Remove %(code)s") % {"code": objective.code},
        )

    def remove(version: CourseVersion) -> None:
        code = domain.remove_objective(version, key, by=request.user, now=timezone.now())
        messages.success(request, _("Removed %(code)s.") % {"code": code})

    return _change(request, slug, remove)


@staff_only
@require_POST
def objectives_renumber(request: PersonRequest, slug: str) -> HttpResponse:
    def renumber(version: CourseVersion) -> None:
        count = domain.renumber_objectives(version, by=request.user, now=timezone.now())
        messages.success(
            request,
            ngettext("%(count)d code changed.", "%(count)d codes changed.", count)
            % {"count": count},
        )

    return _change(request, slug, renumber)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def matrix(request: PersonRequest, slug: str) -> HttpResponse:
    """Lessons and quizzes against objectives; the ticks are saved all at once."""
    if request.method == "POST":
        version = draft_or_404(request, slug)
        form = MatrixForm(request.POST)
        if form.is_valid():
            added, removed = form.changes
            try:
                tie_objectives(
                    version, added=added, removed=removed, by=request.user, now=timezone.now()
                )
            except DomainError as error:
                say_refusal(request, error)
            else:
                messages.success(request, _("Saved."))
        return redirect("courses:studio-matrix", slug=slug)
    version = version_or_404(request, slug)
    return studio_page(
        request,
        "studio/matrix.html",
        version,
        {"matrix": matrix_of(version)},
        here=_("Objectives and lessons"),
    )


def _list(
    request: PersonRequest,
    version: CourseVersion,
    *,
    adding: ObjectiveForm | None = None,
    changing: dict[UUID, ObjectiveForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    changing = changing or {}
    uses = domain.objective_uses(version)
    rows: list[dict[str, Any]] = [
        {
            "objective": each,
            "uses": uses[each.key],
            "form": changing.get(each.key) or ObjectiveForm.of(each),
        }
        for each in version.objectives.all()
    ]
    return studio_page(
        request,
        "studio/objectives.html",
        version,
        {
            "rows": rows,
            "adding": adding or ObjectiveForm(),
            "wrong": adding or next(iter(changing.values()), None),
            "is_out_of_order": any(
                row["objective"].code != f"O{place}" for place, row in enumerate(rows, start=1)
            ),
        },
        here=_("Objectives"),
        status=status,
    )


def _change(
    request: PersonRequest,
    slug: str,
    change: Callable[[CourseVersion], None],
    *,
    fragment: str = "main",
) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        change(version)
    except DomainError as error:
        say_refusal(request, error)
        fragment = "main"
    return _to_list(version, fragment)


def _to_list(version: CourseVersion, fragment: str) -> HttpResponse:
    url = reverse("courses:studio-objectives", args=[version.course.slug])
    return redirect(f"{url}#{fragment}")
