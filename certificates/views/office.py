"""The registrar's certificates: find one, see it as the holder does, revoke it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.accounts.safety.fresh import fresh_sign_in
from ce_platform.core import codes
from ce_platform.core.errors import DomainError
from ce_platform.core.paging import Page
from certificates.bulk.forms import FilterForm
from certificates.domain.corrections import open_request
from certificates.domain.designs import look_of
from certificates.domain.documents import problem_of
from certificates.domain.record import record_of
from certificates.domain.revoke import revoke_certificate
from certificates.forms import RevokeForm
from certificates.history import versions_of
from certificates.models import Certificate
from certificates.reports.queries import told_of
from certificates.rules import office_certificate_or_404
from certificates.sheet import make_sheet
from certificates.standing import standing_of
from certificates.views.holder import document_of


@registrar_only
@require_safe
def office_certificate_list(request: PersonRequest) -> HttpResponse:
    """Newest first; of a period, latest day first. See certificates/bulk/selection.py."""
    form = FilterForm(request.GET)
    selection = form.selection if form.is_valid() else None
    page = selection.page(after=request.GET.get("after")) if selection else Page([], None, True)
    kept = selection.query() if selection else ""
    older = f"{kept}&after={page.older_after}" if kept else f"after={page.older_after}"
    return render(
        request,
        "certificates/office_certificate_list.html",
        {
            "rows": [
                {
                    "certificate": row,
                    "standing": standing_of(row),
                    "has_document": document_of(row) is not None,
                }
                for row in page.rows
            ],
            "form": form,
            "more": [field for field in form.visible_fields() if field.name != "q"],
            "has_more": selection is None or selection.has_more,
            "is_filtered": selection is None or not selection.is_everything,
            "kept": kept,
            "older_url": f"?{older}" if page.older_after else "",
            "newer_url": "" if page.is_first else f"?{kept}",
        },
        status=200 if selection else 422,
    )


@registrar_only
@require_safe
def office_certificate_detail(request: PersonRequest, serial: str) -> HttpResponse:
    return _detail_page(request, office_certificate_or_404(serial), RevokeForm())


@registrar_only
@require_http_methods(["POST"])
@fresh_sign_in
def office_certificate_revoke(request: PersonRequest, serial: str) -> HttpResponse:
    certificate = office_certificate_or_404(serial)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            revoke_certificate(
                certificate,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            form.add_error(None, str(error))
    if not form.is_valid():
        return _detail_page(request, certificate, form, status=422)
    messages.success(request, gettext("The certificate is revoked; the holder gets a message."))
    for line in told_of(certificate):
        messages.warning(
            request,
            gettext(
                "%(place)s was told of this completion (license %(number)s). Take it back there."
            )
            % {"place": line.body.place, "number": line.license_number},
        )
    return redirect("certificates:office-certificate-detail", serial=certificate.serial)


def _detail_page(
    request: PersonRequest, certificate: Certificate, form: RevokeForm, *, status: int = 200
) -> HttpResponse:
    document = document_of(certificate)
    versions = versions_of(certificate, viewer=None)
    return render(
        request,
        "certificates/office_certificate_detail.html",
        {
            "certificate": certificate,
            "document": document,
            "problem": "" if document else problem_of(certificate),
            "sheet": make_sheet(record_of(certificate), look=look_of(certificate.design)),
            "standing": standing_of(certificate),
            "happenings": [
                happening
                for version in versions
                if version.certificate.pk == certificate.pk
                for happening in version.happenings
            ],
            "version_count": len(versions),
            "correction": open_request(certificate.enrollment_id),
            "form": form,
            "crumbs": [
                {
                    "label": _("Certificates"),
                    "url": reverse("certificates:office-certificate-list"),
                },
                {"label": codes.dashed(certificate.serial), "url": ""},
            ],
        },
        status=status,
    )
