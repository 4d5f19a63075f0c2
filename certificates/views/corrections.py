"""The holder's side of a certificate's life: have it corrected, see what became of it."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.db.models import ProtectedError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ce_platform.accounts.rules import PersonRequest, is_registrar
from ce_platform.core import codes, files
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.core.ratelimit import Limit
from ce_platform.licensing.domain.letters import store_letter
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.views.common import sent_files
from certificates.correction_forms import CorrectForm
from certificates.domain.corrections import (
    ask_correction,
    open_request,
    why_office,
    withdraw_correction,
)
from certificates.domain.record import record_of
from certificates.history import versions_of
from certificates.models import Certificate, CorrectionRequest
from certificates.rules import certificate_or_404

# Whoever needs more in an hour is not correcting a slip.
LIMIT: Final = Limit("certificate-correction", count=10, seconds=3600)


def _own_or_404(request: PersonRequest, serial: str) -> Certificate:
    """The office corrects on pages of its own, under its own name."""
    certificate = certificate_or_404(request, serial)
    if certificate.user_id != request.user.pk:
        raise Http404
    return certificate


@require_http_methods(["GET", "HEAD", "POST"])
def certificate_correct(request: PersonRequest, serial: str) -> HttpResponse:
    certificate = _own_or_404(request, serial)
    now = timezone.now()
    if certificate.is_imported:
        raise Http404("A record taken over from an earlier system is mended by the office.")
    if certificate.status != Certificate.Status.ISSUED and request.method != "POST":
        return redirect(certificate)
    form = CorrectForm(
        *sent_files(request),
        record=record_of(certificate),
        licenses=active_licenses(request.user),
    )
    if request.method == "POST" and form.is_valid():
        if LIMIT.is_exceeded(str(request.user.pk), now=now):
            form.add_error(None, _("That was often enough for now. Try again in an hour."))
            return _correct_page(request, certificate, form, status=429)
        upload, proof = form.cleaned_data.get("proof"), None
        try:
            # The bytes are stored before the transaction.
            proof = store_letter(upload, now=now) if upload else None
            asked = ask_correction(
                certificate,
                correction=form.correction(),
                message=form.cleaned_data["message"],
                proof=proof,
                by=request.user,
                now=now,
            )
        except DomainError as error:
            _erase_unused(proof, now=now)
            form.add_error(None, str(error))
        else:
            if proof is not None and asked.proof_id != proof.pk:
                _erase_unused(proof, now=now)
            return _answer(request, certificate, asked)
    return _correct_page(request, certificate, form, status=422 if form.errors else 200)


def _erase_unused(proof: StoredFile | None, *, now: datetime) -> None:
    """A picture that no request came of is not kept. One that was here before is somebody's."""
    if proof is not None and proof.created_at == now:
        with suppress(ProtectedError):
            files.erase(proof.sha256, area=StoredFile.Area.PRIVATE)


def _answer(
    request: PersonRequest, certificate: Certificate, asked: CorrectionRequest
) -> HttpResponse:
    if asked.result is not None:
        messages.success(
            request,
            _("Corrected. This is your new certificate, number %(serial)s; its PDF comes by mail.")
            % {"serial": codes.dashed(asked.result.serial)},
        )
        return redirect(asked.result)
    messages.success(
        request, _("The office has your request and writes to you when it has decided.")
    )
    return redirect(certificate)


def _correct_page(
    request: PersonRequest, certificate: Certificate, form: CorrectForm, *, status: int
) -> HttpResponse:
    return render(
        request,
        "certificates/correct.html",
        {
            "certificate": certificate,
            "form": form,
            "open_request": open_request(certificate.enrollment_id),
            "why": why_office(certificate, correction=None, now=timezone.now()),
            "crumbs": _crumbs(certificate, _("Correct it")),
        },
        status=status,
    )


@require_POST
def certificate_correction_withdraw(request: PersonRequest, serial: str) -> HttpResponse:
    certificate = _own_or_404(request, serial)
    asked = open_request(certificate.enrollment_id)
    if asked is None:
        messages.info(request, _("Nothing is open here any more."))
        return redirect(certificate)
    try:
        withdraw_correction(asked, by=request.user, now=timezone.now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your request is withdrawn. The certificate stays as it is."))
    return redirect(certificate)


@require_safe
def certificate_history(request: PersonRequest, serial: str) -> HttpResponse:
    """Every certificate of one completion; the office has a page of its own."""
    certificate = certificate_or_404(request, serial)
    if certificate.user_id != request.user.pk and is_registrar(request.user):
        return redirect("certificates:office-certificate-history", serial=certificate.serial)
    return render(
        request,
        "certificates/history.html",
        {
            "certificate": certificate,
            "versions": versions_of(certificate, viewer=request.user),
            "crumbs": _crumbs(certificate, _("History")),
        },
    )


def _crumbs(certificate: Certificate, here: str) -> list[dict[str, str]]:
    return [
        {"label": _("My certificates"), "url": reverse("certificates:certificate-list")},
        {"label": certificate.course_title, "url": certificate.get_absolute_url()},
        {"label": here, "url": ""},
    ]
