"""How certificates look: tried here, saved as a new design, chosen again."""

import hashlib
from dataclasses import asdict
from typing import Any, Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.models import Provider, StoredFile
from ce_platform.licensing.domain import signatures
from ce_platform.licensing.queries import active_signatories
from certificates.addresses import verify_url_of
from certificates.designs.drawing import NotDrawn, StillDrawing, Wish, draw
from certificates.designs.forms import DesignForm, SpecimenForm
from certificates.domain.designs import (
    DesignRefused,
    choose_again,
    current_choice,
    current_look,
    look_of,
    number_to_be,
    save_design,
)
from certificates.domain.documents import read_pictures
from certificates.domain.facts import provider_facts_today
from certificates.look import FIRST, NEWEST, Look
from certificates.models import CertificateDesign
from certificates.sample import SAMPLE_SERIAL

_HISTORY: Final = 20
PAGE: Final = "certificates:office-certificate-design"


def _provider() -> Provider | None:
    return Provider.objects.select_related("logo").filter(pk=1).first()


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def design_detail(request: PersonRequest) -> HttpResponse:
    provider = _provider()
    settings = current_look(provider=provider).settings
    if request.method != "POST":
        return _page(request, DesignForm(settings=settings), provider=provider)
    form = DesignForm(request.POST, request.FILES, settings=settings)
    form.is_valid()
    logo = _logo_to_be(form, provider)
    if form.errors:
        return _page(request, form, provider=provider)
    try:
        design = save_design(form.made, logo=logo, by=request.user, now=timezone.now())
    except DesignRefused as refusal:
        for name, sentence in refusal.problems.items():
            form.add_error(name, sentence)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
    else:
        messages.success(
            request,
            _("Design %(number)s is in use. Certificates already issued stay as they are.")
            % {"number": design.number},
        )
        return redirect(PAGE)
    return _page(request, form, provider=provider)


@registrar_only
@require_POST
def design_preview(request: PersonRequest) -> HttpResponse:
    """A specimen as picture or PDF; stores nothing. With `design`, of a design that is kept."""
    specimen = SpecimenForm(request.POST)
    specimen.is_valid()
    provider = _provider()
    pictures: dict[str, tuple[str, bytes]] = {}
    form = None
    if request.POST.get("design", "").isdecimal():
        number = min(int(request.POST["design"][:9]), 2**31 - 1)
        look = look_of(get_object_or_404(CertificateDesign, number=number))
    else:
        settings = current_look(provider=provider).settings
        form = DesignForm(request.POST, request.FILES, settings=settings)
        form.is_valid()
        logo = _logo_tried(form, provider)
        if form.errors:
            return _refused(request, form, provider=provider)
        if isinstance(logo, bytes):
            sha256 = hashlib.sha256(logo).hexdigest()
            pictures[sha256] = ("image/png", logo)
        else:
            sha256 = logo.sha256 if logo else ""
        look = Look(NEWEST, form.made).with_logo(sha256)
    form = form or DesignForm(settings=look.settings)
    is_pdf = request.POST.get("as") == "pdf"
    wish = _wish(look, specimen, pictures, is_pdf=is_pdf)
    try:
        content = draw(wish, person_id=request.user.pk)
    except NotDrawn as trouble:
        return _not_drawn(request, form, trouble, provider=provider)
    response = HttpResponse(content, content_type="application/pdf" if is_pdf else "image/png")
    response["Cache-Control"] = "private, no-store"
    if is_pdf:
        response["Content-Disposition"] = 'attachment; filename="Specimen.pdf"'
    return response


@registrar_only
@require_POST
def design_choose(request: PersonRequest, number: int) -> HttpResponse:
    """Go back to an earlier design."""
    design = get_object_or_404(CertificateDesign, number=number)
    try:
        chosen = choose_again(design, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            _("Design %(number)s is in use from now on.") % {"number": chosen.number},
        )
    return redirect(PAGE)


def _wish(
    look: Look,
    specimen: SpecimenForm,
    pictures: dict[str, tuple[str, bytes]],
    *,
    is_pdf: bool,
) -> Wish:
    facts = provider_facts_today(now=timezone.now())
    wanted = {sha256 for _, _, sha256 in facts.signatories} | {look.settings.logo}
    kept = read_pictures(wanted - {""} - set(pictures))
    return Wish(
        template=look.template,
        settings_json=look.settings_json(),
        name=specimen.name(),
        body_count=specimen.count(),
        form="pdf" if is_pdf else "png",
        provider=asdict(facts),
        verify_url=verify_url_of(SAMPLE_SERIAL),
        pictures={
            **{sha256: (each.content_type, each.content) for sha256, each in kept.items()},
            **pictures,
        },
    )


def _upload(form: DesignForm) -> "UploadedFile[bytes] | None":
    return form.cleaned_data.get("logo") or None


def _logo_to_be(form: DesignForm, provider: Provider | None) -> StoredFile | None:
    """The logo that is meant; one that came with the form is stored, so that a form that must be
    mended does not ask for the file again."""
    upload = _upload(form)
    if upload is not None:
        try:
            logo = signatures.store_logo(upload, now=timezone.now())
        except DomainError as refusal:
            form.add_error("logo", str(refusal))
            return None
        form.keep(logo)
        return logo
    return _logo_without_file(form, provider)


def _logo_tried(form: DesignForm, provider: Provider | None) -> StoredFile | bytes | None:
    upload = _upload(form)
    if upload is None:
        return _logo_without_file(form, provider)
    try:
        return signatures.logo_png(upload)
    except DomainError as refusal:
        form.add_error("logo", str(refusal))
        return None


def _logo_without_file(form: DesignForm, provider: Provider | None) -> StoredFile | None:
    if form.cleaned_data.get("is_logo_removed"):
        return None
    return form.kept() or (provider.logo if provider else None)


def _wants_json(request: PersonRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _refused(
    request: PersonRequest, form: DesignForm, *, provider: Provider | None
) -> HttpResponse:
    if not _wants_json(request):
        return _page(request, form, provider=provider)
    problems = [
        f"{form.fields[name].label}: {sentence}" if name in form.fields else str(sentence)
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]
    return JsonResponse({"problems": problems}, status=422)


def _not_drawn(
    request: PersonRequest, form: DesignForm, trouble: NotDrawn, *, provider: Provider | None
) -> HttpResponse:
    status = 409 if isinstance(trouble, StillDrawing) else 503
    if _wants_json(request):
        return JsonResponse({"problems": [str(trouble)]}, status=status)
    if form.is_bound:
        form.add_error(None, str(trouble))
    else:
        messages.error(request, str(trouble))
    return _page(request, form, provider=provider, status=status)


def _page(
    request: PersonRequest, form: DesignForm, *, provider: Provider | None, status: int = 0
) -> HttpResponse:
    number = number_to_be(provider=provider)
    return render(
        request,
        "certificates/office_design.html",
        {
            "form": form,
            "specimen": SpecimenForm(request.POST if request.method == "POST" else None),
            "provider": provider,
            "number": number,
            "choice": current_choice(),
            "is_logo_kept": bool(form.is_bound and form.data.get("kept_logo")),
            "signatories": active_signatories(),
            "history": _history(number),
            "crumbs": [
                {
                    "label": _("Certificates"),
                    "url": reverse("certificates:office-certificate-list"),
                },
                {"label": _("Design"), "url": ""},
            ],
        },
        status=status or (422 if form.is_bound and form.errors else 200),
    )


def _history(number: int) -> list[dict[str, Any]]:
    """The newest designs; `number` is the one in use."""
    rows = list(CertificateDesign.objects.order_by("-number")[:_HISTORY])
    people = User.objects.in_bulk({each.created_by_id for each in rows if each.created_by_id})
    found = []
    for design in rows:
        look = look_of(design)
        person = people.get(design.created_by_id or 0)
        found.append(
            {
                "design": design,
                "settings": look.settings,
                "is_first": look.template == FIRST,
                "by": person.get_full_name() if person else "",
                "is_current": design.number == number,
            }
        )
    return found
