"""The pictures of a course: seen, sent in, described, replaced everywhere, removed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.rules import PersonRequest, staff_only
from ce_platform.core.errors import DomainError
from ce_platform.core.text import clean
from courses.domain import picturing as domain
from courses.domain.errors import ChangedMeanwhile, FigureInUse
from courses.domain.unseen import state_of, texts_of
from courses.models import CourseVersion, Figure
from courses.studio import pictures as queries
from courses.studio.forms_pictures import ACCEPT, PictureTextsForm
from courses.studio.rules import draft_or_404, version_or_404
from courses.studio.views.common import say_refusal, status_of, studio_page

MOST_AT_ONCE = 20
LONGEST_SEARCH = 100
LONGEST_FILE_NAME = 60


# ---------------------------------------------------------------- all of them


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def pictures(request: PersonRequest, slug: str) -> HttpResponse:
    """All pictures. POST is the form without JavaScript; with it `picture_add` is asked."""
    if request.method != "POST":
        return _list(request, version_or_404(request, slug))
    version = draft_or_404(request, slug)
    added, refusals = _add_all(request, version)
    if not added:
        return _list(request, version, refusals=refusals, status=422)
    messages.success(
        request, _("In the course now: %(names)s.") % {"names": ", ".join(dict.fromkeys(added))}
    )
    for refusal in refusals:
        messages.error(request, refusal)
    return redirect("courses:studio-pictures", slug=slug)


def _add_all(request: PersonRequest, version: CourseVersion) -> tuple[list[str], list[str]]:
    """Slugs of what is in now, and a sentence for each file that is not."""
    uploads = request.FILES.getlist("pictures")
    if not uploads:
        return [], [_("Choose at least one picture.")]
    if len(uploads) > MOST_AT_ONCE:
        return [], [_("Choose at most %(most)s pictures at once.") % {"most": MOST_AT_ONCE}]
    added, refusals = [], []
    for upload in uploads:
        try:
            added.append(_add(request, version, upload).slug)
        except DomainError as error:
            refusals.append(f"{(upload.name or '')[:LONGEST_FILE_NAME]}: {error}")
    return added, refusals


def _add(request: PersonRequest, version: CourseVersion, upload: "UploadedFile[bytes]") -> Figure:
    return domain.add_figure(
        version,
        _read(upload),
        file_name=upload.name or "",
        alt=request.POST.get("alt", ""),
        caption=request.POST.get("caption", ""),
        credit=request.POST.get("credit", ""),
        by=request.user,
        now=timezone.now(),
    )


def _read(upload: "UploadedFile[bytes]") -> bytes:
    """One byte more than is let in tells that it is too large."""
    content: bytes = upload.read(domain.LARGEST_UPLOAD + 1)
    return content


@staff_only
@require_POST
def picture_add(request: PersonRequest, slug: str) -> HttpResponse:
    """One file, for pages with JavaScript. 201: where it is. 422: a sentence."""
    version = draft_or_404(request, slug)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"sentence": _("Choose a picture.")}, status=422)
    try:
        figure = _add(request, version, upload)
    except DomainError as error:
        return JsonResponse({"sentence": str(error)}, status=422)
    return JsonResponse(
        {
            "slug": figure.slug,
            "alt": figure.alt,
            "url": queries.small_url(figure),
            "page": _address(version, figure.key),
        },
        status=201,
    )


@staff_only
@require_POST
def picture_undo(request: PersonRequest, slug: str) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        step = domain.undo_figure_step(version, by=request.user, now=timezone.now())
    except DomainError as error:
        say_refusal(request, error)
    else:
        if step is not None:
            messages.success(request, _("“%(slug)s” is back.") % {"slug": step.slug})
            return redirect(_address(version, step.figure_key))
    return redirect("courses:studio-pictures", slug=slug)


def _list(
    request: PersonRequest,
    version: CourseVersion,
    *,
    refusals: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    everything = queries.studio_pictures(version)
    words = " ".join(clean(request.GET.get("q", "")).split())[:LONGEST_SEARCH]
    show = request.GET.get("show", "")
    return studio_page(
        request,
        "studio/pictures.html",
        version,
        {
            "pictures": queries.found_in(everything, words, show),
            "total": len(everything),
            "lacking": sum(1 for each in everything if each.lacks),
            "unused": sum(1 for each in everything if not each.lessons),
            "most": domain.MOST_FIGURES,
            "most_mb": domain.LARGEST_UPLOAD // 1_000_000,
            "accept": ACCEPT,
            "words": words,
            "show": show,
            "refusals": refusals,
            "last_step": None if version.is_frozen else domain.last_figure_step(version),
        },
        here=_("Pictures"),
        status=status,
    )


# ---------------------------------------------------------------- one of them


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    """One picture, large. POST saves its texts."""
    if request.method != "POST":
        return _detail(request, version_or_404(request, slug), key)
    version = draft_or_404(request, slug)
    form = PictureTextsForm(request.POST)
    if not form.is_valid():
        return _detail(request, version, key, form=form, status=422)
    try:
        figure = domain.save_figure_texts(
            version, key, **form.cleaned_data, by=request.user, now=timezone.now()
        )
    except ChangedMeanwhile as moved:
        form.carry(moved)
        return _detail(request, version, key, form=form, status=status_of(form))
    except DomainError as error:
        say_refusal(request, error)
        return redirect("courses:studio-pictures", slug=slug)
    messages.success(request, _("Saved what “%(slug)s” shows.") % {"slug": figure.slug})
    following = queries.next_lacking(version, figure) if "next" in request.POST else None
    return redirect(_address(version, following.key if following else key))


@staff_only
@require_POST
def picture_replace(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    upload = request.FILES.get("file")
    if upload is None:
        return _detail(request, version, key, refusal=_("Choose a picture first."), status=422)
    try:
        domain.replace_figure(version, key, _read(upload), by=request.user, now=timezone.now())
    except DomainError as error:
        return _detail(request, version, key, refusal=str(error), status=422)
    messages.success(
        request,
        _("Replaced, in every lesson that shows it. Does the alternative text still say it?"),
    )
    return redirect(_address(version, key))


@staff_only
@require_POST
def picture_remove(request: PersonRequest, slug: str, key: UUID) -> HttpResponse:
    version = draft_or_404(request, slug)
    try:
        domain.remove_figure(
            version,
            key,
            by=request.user,
            now=timezone.now(),
            is_forced=request.POST.get("anyway") == "yes",
        )
    except FigureInUse as error:
        say_refusal(request, error)
        return redirect(_address(version, key))
    except DomainError as error:
        say_refusal(request, error)
    return redirect("courses:studio-pictures", slug=slug)


def _detail(
    request: PersonRequest,
    version: CourseVersion,
    key: UUID,
    *,
    form: PictureTextsForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    found = queries.studio_picture(version, key)
    if found is None:
        raise Http404
    figure = found.figure
    texts = {
        **texts_of(figure, domain.TEXTS),
        "based_on": state_of(figure, domain.TEXTS),
    }
    context: dict[str, Any] = {
        "picture": found,
        "form": form or PictureTextsForm(initial=texts),
        "refusal": refusal,
        "accept": ACCEPT,
        "most_mb": domain.LARGEST_UPLOAD // 1_000_000,
        "has_next": queries.next_lacking(version, figure) is not None,
        "crumbs": [
            {"label": _("Studio"), "url": reverse("courses:studio")},
            {
                "label": version.title,
                "url": reverse("courses:studio-outline", args=[version.course.slug]),
            },
            {
                "label": _("Pictures"),
                "url": reverse("courses:studio-pictures", args=[version.course.slug]),
            },
            {"label": figure.slug, "url": ""},
        ],
    }
    return studio_page(request, "studio/picture.html", version, context, status=status)


def _address(version: CourseVersion, key: UUID) -> str:
    return reverse("courses:studio-picture", args=[version.course.slug, key])
