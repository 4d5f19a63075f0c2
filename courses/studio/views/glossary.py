"""The glossary of a course."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from courses.domain import glossary as domain
from courses.domain.errors import ChangedMeanwhile
from courses.domain.using import uses_in
from courses.models import CourseVersion, GlossaryTerm
from courses.studio.forms_knowledge import TermForm
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import (
    found_in,
    say_refusal,
    search_words,
    status_of,
    studio_page,
)


@staff_only
@require_safe
def term_list(request: PersonRequest, slug: str) -> HttpResponse:
    version = version_or_404(request, slug)
    words = search_words(request)
    uses = uses_in(version).glossary
    every = list(version.glossary.all())
    rows = [
        {"term": each, "uses": uses.get(each.slug, [])}
        for each in every
        if found_in(words, each.slug, each.term, each.definition)
    ]
    return studio_page(
        request,
        "studio/glossary.html",
        version,
        {"rows": rows, "words": words, "count": len(every)},
        here=_("Glossary"),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def term_add(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = TermForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            term = domain.add_term(version, **form.told, by=request.user, now=timezone.now())
        except DomainError as error:
            form.add_error("term", str(error))
        else:
            messages.success(request, _("Added “%(term)s”.") % {"term": term.term})
            return _to_list(version, f"at-{term.key}")
    return _form(request, version, form, _("Add a term"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def term_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    term = get_object_or_404(GlossaryTerm, version=version, key=key)
    form = TermForm.of(term, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            domain.save_term(version, key, **form.cleaned_data, by=request.user, now=timezone.now())
        except ChangedMeanwhile as moved:
            form.carry(moved)
        except DomainError as error:
            form.add_error("term", str(error))
        else:
            messages.success(request, _("Saved."))
            return _to_list(version, f"at-{key}")
    return _form(request, version, form, term.term)


@staff_only
@require_POST
def term_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        term = domain.remove_term(version, key, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        messages.success(request, _("Removed “%(term)s”.") % {"term": term})
    return _to_list(version, "main")


def _form(
    request: PersonRequest, version: CourseVersion, form: TermForm, title: str
) -> HttpResponse:
    return studio_page(
        request,
        "studio/term_form.html",
        version,
        {"form": form, "title": title},
        here=title,
        status=status_of(form),
    )


def _to_list(version: CourseVersion, fragment: str) -> HttpResponse:
    url = reverse("courses:studio-glossary", args=[version.course.slug])
    return redirect(f"{url}#{fragment}")
