"""The list of references, in the order it is printed."""

from collections.abc import Callable
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
from courses.domain import referencing as domain
from courses.domain.errors import ChangedMeanwhile, ReferenceRefused
from courses.domain.using import uses_in
from courses.markdown.context import source_url
from courses.models import CourseVersion, Reference
from courses.studio.forms_knowledge import PlaceForm, ReferenceForm
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
def reference_list(request: PersonRequest, slug: str) -> HttpResponse:
    version = version_or_404(request, slug)
    words = search_words(request)
    uses = uses_in(version).references
    every = list(version.references.all())
    rows = [
        {
            "reference": each,
            "url": source_url(each),
            "uses": uses.get(each.slug, []),
            "read": _read(each),
        }
        for each in every
        if found_in(words, each.slug, each.text, each.doi, each.pmid)
    ]
    return studio_page(
        request,
        "studio/references.html",
        version,
        {"rows": rows, "words": words, "count": len(every)},
        here=_("References"),
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def reference_add(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    form = ReferenceForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            reference = domain.add_reference(
                version, **form.source, by=request.user, now=timezone.now()
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("Added as number %(number)d. Cite it in a lesson as [@%(slug)s].")
                % {"number": reference.position, "slug": reference.slug},
            )
            return _to_list(version, f"at-{reference.key}")
    return _form(request, version, form, _("Add a source"))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def reference_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    reference = get_object_or_404(Reference, version=version, key=key)
    is_used = bool(uses_in(version).references.get(reference.slug))
    form = ReferenceForm(
        request.POST if request.method == "POST" else None, reference=reference, is_used=is_used
    )
    if form.is_bound and form.is_valid():
        try:
            domain.save_reference(
                version,
                key,
                **form.source,
                based_on=form.cleaned_data["based_on"],
                by=request.user,
                now=timezone.now(),
            )
        except ChangedMeanwhile as moved:
            form.carry(moved)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return _to_list(version, f"at-{key}")
    return _form(request, version, form, reference.slug)


@staff_only
@require_POST
def reference_move(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    form = PlaceForm(request.POST)

    def move(version: CourseVersion) -> None:
        if not form.is_valid():
            raise ReferenceRefused(_("Say which number it should have."))
        domain.move_reference(
            version, key, place=form.cleaned_data["place"], by=request.user, now=timezone.now()
        )

    return _change(request, slug, move, fragment=f"at-{key}")


@staff_only
@require_POST
def reference_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    def remove(version: CourseVersion) -> None:
        name = domain.remove_reference(version, key, by=request.user, now=timezone.now())
        messages.success(request, _("Removed %(name)s.") % {"name": name})

    return _change(request, slug, remove)


@staff_only
@require_POST
def references_order(request: PersonRequest, slug: str) -> HttpResponse:
    def order(version: CourseVersion) -> None:
        domain.order_references(
            version,
            by_citation=request.POST.get("how") == "citation",
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Put in order; the numbers follow."))

    return _change(request, slug, order)


def _read(reference: Reference) -> str:
    return {
        "abstract": _("abstract read"),
        "record": _("record only"),
        "full text": _("full text read"),
        "page": _("page read"),
    }.get(reference.read, "")


def _form(
    request: PersonRequest, version: CourseVersion, form: ReferenceForm, title: str
) -> HttpResponse:
    return studio_page(
        request,
        "studio/reference_form.html",
        version,
        {"form": form, "title": title},
        here=title,
        status=status_of(form),
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
    url = reverse("courses:studio-references", args=[version.course.slug])
    return redirect(f"{url}#{fragment}")
