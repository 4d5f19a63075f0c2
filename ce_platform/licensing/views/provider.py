"""The office's own papers: provider, numbers at bodies, who signs."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core.errors import DomainError
from ce_platform.core.models import Provider, StoredFile
from ce_platform.licensing.domain import office, signatures
from ce_platform.licensing.forms import NumberForm, ProviderForm, SignatoryForm
from ce_platform.licensing.models import ProviderNumber, Signatory
from ce_platform.licensing.views.common import office_crumbs, sent, sent_files


@registrar_only
@require_http_methods(["GET", "POST"])
def provider_detail(request: PersonRequest) -> HttpResponse:
    provider = Provider.objects.filter(pk=1).first()
    form = ProviderForm(*sent_files(request), provider=provider)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["logo"]
        try:
            # Outside the transaction: re-encoding takes its time.
            logo = signatures.store_logo(upload, now=now) if upload else None
        except DomainError as refusal:
            form.add_error("logo", str(refusal))
        else:
            office.update_provider(fields=form.cleaned_data, by=request.user, now=now)
            if logo or form.cleaned_data.get("is_logo_removed"):
                office.set_logo(logo, by=request.user, now=now)
            messages.success(request, _("Saved. Certificates already issued stay as they are."))
            return redirect(f"{reverse('licensing:office-provider')}#main")
    today = request.user.local_date(now)
    numbers = ProviderNumber.objects.select_related("body").order_by(
        "body__jurisdiction", "-valid_from", "number"
    )
    return render(
        request,
        "licensing/office_provider.html",
        {
            "form": form,
            "provider": provider,
            "numbers": [_number_row(row, today) for row in numbers[:200]],
            "signatories": list(Signatory.objects.select_related("signature")[:50]),
        },
        status=422 if form.is_bound else 200,
    )


@registrar_only
@require_http_methods(["GET", "POST"])
def number_add(request: PersonRequest) -> HttpResponse:
    return _number(request, None)


@registrar_only
@require_http_methods(["GET", "POST"])
def number_change(request: PersonRequest, pk: int) -> HttpResponse:
    return _number(request, get_object_or_404(ProviderNumber.objects.select_related("body"), pk=pk))


@registrar_only
@require_POST
def number_remove(request: PersonRequest, pk: int) -> HttpResponse:
    row = ProviderNumber.objects.select_related("body").filter(pk=pk).first()
    if row is not None:  # Pressed twice: the first press removed it.
        words = {"number": row.number, "body": row.body.place}
        office.remove_number(row, by=request.user, now=timezone.now())
        messages.success(request, _("%(body)s number %(number)s is removed.") % words)
    return redirect("licensing:office-provider")


@registrar_only
@require_http_methods(["GET", "POST"])
def signatory_add(request: PersonRequest) -> HttpResponse:
    return _signatory(request, None)


@registrar_only
@require_http_methods(["GET", "POST"])
def signatory_change(request: PersonRequest, pk: int) -> HttpResponse:
    return _signatory(
        request, get_object_or_404(Signatory.objects.select_related("signature"), pk=pk)
    )


@registrar_only
@require_safe
def signatory_picture(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The picture as it will be printed. Private: a signature is worth forging."""
    row = get_object_or_404(Signatory.objects.select_related("signature"), pk=pk)
    return _png(row.signature)


@registrar_only
@require_safe
def provider_logo(request: PersonRequest) -> HttpResponseBase:
    """The logo as it will be printed."""
    provider = Provider.objects.select_related("logo").filter(pk=1).first()
    return _png(provider.logo if provider else None)


def _png(file: StoredFile | None) -> HttpResponseBase:
    if file is None:
        raise Http404
    response = HttpResponse(file.read(), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    return response


def _number(request: PersonRequest, row: ProviderNumber | None) -> HttpResponse:
    form = NumberForm(sent(request), row=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = office.save_number(
                row, **form.cleaned_data, by=request.user, now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("number", str(refusal))
        else:
            words = {"number": saved.number, "body": saved.body.place}
            messages.success(request, _("%(body)s number %(number)s is saved.") % words)
            return redirect("licensing:office-provider")
    return render(
        request,
        "licensing/office_number_form.html",
        {"form": form, "number": row, "crumbs": _crumbs(_("Number"))},
        status=422 if form.is_bound else 200,
    )


def _signatory(request: PersonRequest, row: Signatory | None) -> HttpResponse:
    form = SignatoryForm(*sent_files(request), row=row)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("picture")
        try:
            # Outside the transaction: re-encoding takes its time.
            picture = signatures.store_signature(upload, now=now) if upload else None
        except DomainError as refusal:
            form.add_error("picture", str(refusal))
        else:
            saved = office.save_signatory(
                row, **values, signature=picture, by=request.user, now=now
            )
            messages.success(request, _("%(name)s is saved.") % {"name": saved.name})
            return redirect("licensing:office-provider")
    return render(
        request,
        "licensing/office_signatory_form.html",
        {"form": form, "signatory": row, "crumbs": _crumbs(_("Who signs"))},
        status=422 if form.is_bound else 200,
    )


def _number_row(row: ProviderNumber, today: date) -> dict[str, Any]:
    """With a word for whether the number holds today."""
    if row.valid_to is not None and row.valid_to < today:
        word, tone = _("Ended"), "bad"
    elif row.valid_from is not None and row.valid_from > today:
        word, tone = _("Not yet"), "wait"
    else:
        word, tone = _("In force"), "good"
    return {"number": row, "place": row.body.place, "word": word, "tone": tone}


def _crumbs(here: str) -> list[dict[str, str]]:
    return office_crumbs((_("Provider"), reverse("licensing:office-provider")), (here, ""))
