"""Corrections that wait for the office, and how they were answered."""

from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import codes
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import newest_first
from ce_platform.licensing.domain.letters import EXTENSIONS
from certificates.comparison import compared_holder
from certificates.correction_forms import GrantForm, RefuseForm
from certificates.domain.corrected import Correction, corrected
from certificates.domain.corrections import grant_correction, refuse_correction
from certificates.domain.record import record_of
from certificates.domain.reissue import newest_of
from certificates.models import CorrectionRequest
from certificates.reports.queries import told_of
from certificates.views.office_life import warn_of_told

Status = CorrectionRequest.Status
MOST_OPEN = 100


@registrar_only
@require_safe
def office_certificate_correction_list(request: PersonRequest) -> HttpResponse:
    """What waits, the longest first; then what was answered, newest first."""
    found = CorrectionRequest.objects.select_related("certificate", "result")
    page = newest_first(found.exclude(status=Status.ASKED), after=request.GET.get("after"))
    waiting = found.filter(status=Status.ASKED).order_by("asked_at", "pk")[:MOST_OPEN]
    return render(
        request,
        "certificates/office_correction_list.html",
        {
            "waiting": list(waiting) if page.is_first else [],
            "answered": page.rows,
            "is_first": page.is_first,
            "older_url": f"?{urlencode({'after': page.older_after})}" if page.older_after else "",
            "newer_url": "" if page.is_first else "?",
            "crumbs": _crumbs(),
        },
    )


@registrar_only
@require_safe
def office_certificate_correction(request: PersonRequest, uid: UUID) -> HttpResponse:
    return _page(request, _request_or_404(uid), GrantForm(), RefuseForm())


@registrar_only
@require_http_methods(["POST"])
def office_certificate_correction_decide(request: PersonRequest, uid: UUID) -> HttpResponse:
    asked = _request_or_404(uid)
    is_grant = request.POST.get("decision") == "grant"
    form: forms.Form = GrantForm(request.POST) if is_grant else RefuseForm(request.POST)
    if form.is_valid():
        answer, now = form.cleaned_data["answer"], timezone.now()
        told = told_of(asked.certificate) if is_grant else []
        try:
            if is_grant:
                row = grant_correction(
                    asked,
                    serial=request.POST.get("serial", ""),
                    answer=answer,
                    by=request.user,
                    now=now,
                )
            else:
                row = refuse_correction(asked, answer=answer, by=request.user, now=now)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            if row.result is not None:
                messages.success(
                    request,
                    gettext("Granted: the new certificate is %(serial)s, and the holder is told.")
                    % {"serial": codes.dashed(row.result.serial)},
                )
            else:
                messages.success(request, gettext("Refused; the holder gets your reason."))
            warn_of_told(request, told)
            return redirect("certificates:office-certificate-correction", uid=row.uid)
    return _page(
        request,
        asked,
        form if is_grant else GrantForm(),
        RefuseForm() if is_grant else form,
        status=422,
    )


@registrar_only
@require_safe
def office_certificate_correction_proof(request: PersonRequest, uid: UUID) -> HttpResponse:
    """What the holder attached, as a download."""
    proof = _request_or_404(uid).proof
    if proof is None:
        raise Http404
    response = HttpResponse(proof.read(), content_type=proof.content_type)
    extension = EXTENSIONS.get(proof.content_type, "bin")
    response["Content-Disposition"] = f'attachment; filename="license-{uid.hex[:8]}.{extension}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _request_or_404(uid: UUID) -> CorrectionRequest:
    return get_object_or_404(
        CorrectionRequest.objects.select_related(
            "certificate__design", "certificate__user", "proof", "result"
        ),
        uid=uid,
    )


def _page(
    request: PersonRequest,
    asked: CorrectionRequest,
    grant_form: forms.Form,
    refuse_form: forms.Form,
    *,
    status: int = 200,
) -> HttpResponse:
    is_open = asked.status == Status.ASKED
    # Whatever was replaced meanwhile: the newest one is what a decision changes.
    current = newest_of(asked.enrollment_id) if is_open else asked.certificate
    before = record_of(current)
    after = corrected(before, Correction(asked.holder_name, tuple(asked.licenses)))
    decided_by = (
        User.objects.filter(pk=asked.decided_by_id).first() if asked.decided_by_id else None
    )
    return render(
        request,
        "certificates/office_correction.html",
        {
            "asked": asked,
            "certificate": current,
            "is_open": is_open,
            "lines": compared_holder(before, after),
            "told": told_of(current) if is_open else [],
            "grant_form": grant_form,
            "refuse_form": refuse_form,
            "decided_by": decided_by.email if decided_by is not None else "",
            "crumbs": [*_crumbs(is_last=False), {"label": before.holder_name, "url": ""}],
        },
        status=status,
    )


def _crumbs(*, is_last: bool = True) -> list[dict[str, str]]:
    here = reverse("certificates:office-certificate-correction-list")
    return [
        {"label": str(_("Certificates")), "url": reverse("certificates:office-certificate-list")},
        {"label": str(_("Corrections")), "url": "" if is_last else here},
    ]
