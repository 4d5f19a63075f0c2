"""Handouts of a course: files to take along."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from courses.domain import handout as domain
from courses.domain.errors import ChangedMeanwhile
from courses.domain.media_time import used_in
from courses.domain.unseen import state_of, texts_of
from courses.models import CourseVersion, Handout
from courses.reading import handout_entry
from courses.studio.forms_recording import HandoutForm
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import say_refusal, status_of, studio_page


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def handout_list(request: PersonRequest, slug: str) -> HttpResponse:
    """Every handout. POST: a new one."""
    if request.method != "POST":
        return _list(request, version_or_404(request, slug), HandoutForm(is_new=True))
    version = draft_or_404(request, slug)
    form = HandoutForm(request.POST, request.FILES, is_new=True)
    if form.is_valid():
        told = form.cleaned_data
        try:
            handout = domain.add_handout(
                version,
                _kept(told["file"]),
                title=told["title"] or domain.title_from(told["file"].name or ""),
                credit=told["credit"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            messages.success(request, _("Added “%(title)s”.") % {"title": handout.title})
            return redirect("courses:studio-handouts", slug=slug)
    return _list(request, version, form, status=422)


def _list(
    request: PersonRequest, version: CourseVersion, form: HandoutForm, *, status: int = 200
) -> HttpResponse:
    places = used_in(version, "handout")
    rows = [
        {
            "handout": each,
            "entry": handout_entry(each),
            "lessons": places.get(each.slug, []),
            "link": _link(each),
        }
        for each in version.handouts.select_related("file").order_by("title", "pk")
    ]
    return studio_page(
        request,
        "studio/handout_list.html",
        version,
        {"rows": rows, "form": form},
        here=_("Handouts"),
        status=status,
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def handout_edit(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    handout = get_object_or_404(Handout.objects.select_related("file"), version=version, key=key)
    if request.method == "POST":
        form = HandoutForm(request.POST, request.FILES, is_new=False)
        if form.is_valid():
            told = form.cleaned_data
            try:
                domain.save_handout(
                    version, key, title=told["title"], credit=told["credit"],
                    file=_kept(told["file"]) if told["file"] else None,
                    based_on=told["based_on"], by=request.user, now=timezone.now(),
                )  # fmt: skip
            except ChangedMeanwhile as moved:
                form.carry(moved)
                if told["file"]:
                    form.add_error("file", _("Choose the file again: no browser keeps it."))
            except DomainError as error:
                form.add_error("file", str(error))
            else:
                messages.success(request, _("Saved."))
                return redirect("courses:studio-handouts", slug=slug)
    else:
        form = HandoutForm(
            initial={
                **texts_of(handout, domain.TEXTS),
                "based_on": state_of(handout, domain.TEXTS),
            },
            is_new=False,
        )
    return studio_page(
        request,
        "studio/handout_edit.html",
        version,
        {
            "handout": handout,
            "form": form,
            "entry": handout_entry(handout),
            "lessons": used_in(version, "handout").get(handout.slug, []),
            "link": _link(handout),
        },
        here=handout.title,
        status=status_of(form),
    )


@staff_only
@require_POST
def handout_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    get_object_or_404(Handout, version=version, key=key)
    try:
        title = domain.remove_handout(version, key, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
        return redirect("courses:studio-handout", slug=slug, key=key)
    messages.success(request, _("Removed “%(title)s”.") % {"title": title})
    return redirect("courses:studio-handouts", slug=slug)


def _kept(file: Any) -> StoredFile:
    """Errors: HandoutRefused."""
    return domain.keep_handout(domain.prepare_handout(file.read()), now=timezone.now())


def _link(handout: Handout) -> str:
    """As it is written in a lesson."""
    words = handout.title.replace("[", "(").replace("]", ")")
    return f"[{words}](handout:{handout.slug})"
