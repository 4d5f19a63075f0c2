"""What the course says about itself: texts, hours, authors, with what learners will see."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import describing as domain
from courses.domain.errors import PageMoved
from courses.domain.publishing import ON_THE_COURSE_PAGE, published_in_edition
from courses.domain.using import names_in, text_problems
from courses.hours import worksheet_of
from courses.markdown.rendering import safe_piece
from courses.models import CourseVersion
from courses.studio.forms_course_page import CoursePageForm, CreditRows, credits_of, errors_of
from courses.studio.rules import draft_or_404, may_write, version_or_404
from courses.studio.views.common import problem_lines, studio_page


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def course_page(request: PersonRequest, slug: str) -> HttpResponse:
    """The form beside what it makes. Whoever may only read sees what it makes."""
    if request.method == "POST":
        return _save(request, draft_or_404(request, slug))
    version = version_or_404(request, slug)
    if version.is_frozen or not may_write(version.course):
        return _page(request, version, {})
    state = domain.page_state(version)
    form = CoursePageForm(version=version)
    form.initial["based_on"] = state
    return _page(request, version, {"form": form, "credits": credits_of(version)})


def _save(request: PersonRequest, version: CourseVersion) -> HttpResponse:
    form = CoursePageForm(request.POST, version=version)
    credits = credits_of(version, request.POST)
    if form.is_valid() and credits.is_valid():
        now = timezone.now()
        try:
            with transaction.atomic():
                domain.save_course_page(
                    version,
                    **form.page,
                    based_on=form.cleaned_data["based_on"],
                    by=request.user,
                    now=now,
                )
                domain.save_credits(version, credits.rows, by=request.user, now=now)
        except PageMoved as moved:
            # Whoever has read this may overwrite.
            sent = request.POST.copy()
            sent["based_on"] = domain.page_state(version)
            form = CoursePageForm(sent, version=version)
            form.add_error(None, str(moved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("courses:studio-course-page", slug=version.course.slug)
    _show_unsaved(version, form, credits)
    return _page(request, version, {"form": form, "credits": credits}, status=422)


@staff_only
@require_POST
def course_page_preview(request: PersonRequest, slug: str) -> HttpResponse:
    """What the form would make, without saving anything: a piece for the script, else a page."""
    version = draft_or_404(request, slug)
    form = CoursePageForm(request.POST, version=version)
    credits = credits_of(version, request.POST)
    form.is_valid()
    subjects = _show_unsaved(version, form, credits)
    context = _shown(version, subjects)
    if request.headers.get("X-Requested-With") == "fetch":
        return render(request, "studio/_course_page_live.html", context)
    return studio_page(
        request, "studio/course_page_preview.html", version, context, here=_("Preview")
    )


def _page(
    request: PersonRequest,
    version: CourseVersion,
    context: dict[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    is_bad = "form" in context and context["form"].is_bound
    return studio_page(
        request,
        "studio/course_page.html",
        version,
        {
            **_shown(version, [each.name for each in version.subjects.all()]),
            **context,
            "errors": errors_of(context["form"], context["credits"]) if is_bad else [],
            "authors": list(version.authors.select_related("user")),
            "revision_of": published_in_edition(version) if not version.is_frozen else None,
            "problems": _problems(version),
        },
        here=_("Course page"),
        status=status,
    )


def _problems(version: CourseVersion) -> list[dict[str, Any]]:
    if not version.description:
        return []
    names = names_in(version)
    return problem_lines(text_problems(version.description, names, only=ON_THE_COURSE_PAGE))


def _shown(version: CourseVersion, subjects: list[str]) -> dict[str, Any]:
    """The card of the catalogue, the description and the worksheet, as they will be."""
    return {
        "card": {
            "version": version,
            "url": "",
            "subjects": ", ".join(subjects),
            "notes": [],
            "price": version.course.price_of(version),
        },
        "price": version.course.price_of(version),
        "shop_url": version.course.shop_of(version),
        "description": safe_piece(domain.describe(version, version.description)),
        "worksheet": worksheet_of(version),
    }


def _show_unsaved(version: CourseVersion, form: CoursePageForm, credits: CreditRows) -> list[str]:
    """Put what was typed on the version in memory, as far as it is good; gives the subjects."""
    for name in domain.PAGE_TEXTS:
        if name in form.cleaned_data and form.cleaned_data[name] not in (None, ""):
            setattr(version, name, form.cleaned_data[name])
        elif name in form.cleaned_data and name not in (
            "title",
            "language",
            "delivery",
            "difficulty",
        ):
            setattr(version, name, "")
    hours = [
        each.cleaned_data["credit_hours"]
        for each in credits.forms
        if each.is_valid() and each.cleaned_data.get("credit_hours")
    ]
    version.credit_hours = sum(hours, domain.NOTHING)
    typed = form.cleaned_data
    return [*typed.get("subjects", []), *typed.get("more_subjects", [])]
