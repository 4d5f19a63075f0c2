"""The office's side of a certificate's life: reissue it, see its whole history."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from ce_platform.accounts.rules import PersonRequest, registrar_only
from ce_platform.core import codes
from ce_platform.core.errors import DomainError
from certificates.comparison import compared_bodies
from certificates.correction_forms import AsOfForm, ReissueForm
from certificates.domain.corrections import open_request
from certificates.domain.record import record_of
from certificates.domain.reissue import TAKEN_OVER, newest_of, replace_certificate, wanted_record
from certificates.history import versions_of
from certificates.models import Certificate, ReportLine
from certificates.reports.queries import told_of
from certificates.rules import office_certificate_or_404

CORRECTED = "A name or license number was corrected."
ANEW = "Issued anew after the revocation."


@registrar_only
@require_http_methods(["GET", "HEAD", "POST"])
def office_certificate_reissue(request: PersonRequest, serial: str) -> HttpResponse:
    """Correct name and numbers; or print the bodies as of today; or issue anew what was revoked."""
    certificate = office_certificate_or_404(serial)
    if certificate.enrollment is None:
        messages.error(request, TAKEN_OVER)
        return redirect("certificates:office-certificate-detail", serial=certificate.serial)
    is_revoked = certificate.status == Certificate.Status.REVOKED
    sent = request.POST if request.method == "POST" else None
    is_as_of = sent is not None and sent.get("kind") == "as-of" and not is_revoked
    form = ReissueForm(
        None if is_as_of else sent,
        record=record_of(certificate),
        reason=ANEW if is_revoked else CORRECTED,
        is_anew=is_revoked,
    )
    as_of_form = AsOfForm(sent if is_as_of else None)
    used = as_of_form if is_as_of else form
    if sent is not None and used.is_valid():
        # A second press finds the first one's work: the domain decides, not what the page knew.
        told = told_of(certificate)
        try:
            made = replace_certificate(
                certificate,
                correction=None if is_as_of else form.correction(),
                is_as_of_today=is_as_of,
                is_after_revocation=is_revoked,
                reason=used.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            used.add_error(None, str(error))
        else:
            return _reissued(request, made, told)
    return _reissue_page(request, certificate, form, as_of_form, status=422 if used.errors else 200)


def _reissued(request: PersonRequest, made: Certificate, told: list[ReportLine]) -> HttpResponse:
    messages.success(
        request,
        gettext("Issued again as %(serial)s; the holder gets it by mail.")
        % {"serial": codes.dashed(made.serial)},
    )
    warn_of_told(request, told)
    return redirect("certificates:office-certificate-detail", serial=made.serial)


def warn_of_told(request: PersonRequest, told: list[ReportLine]) -> None:
    """A body that knows the completion keeps what it was told until somebody corrects it there."""
    for line in told:
        messages.warning(
            request,
            gettext(
                "%(place)s was told of this completion (license %(number)s) from the earlier "
                "certificate. If name or number changed, correct it there."
            )
            % {"place": line.body.place, "number": line.license_number},
        )


def _reissue_page(
    request: PersonRequest,
    certificate: Certificate,
    form: ReissueForm,
    as_of_form: AsOfForm,
    *,
    status: int,
) -> HttpResponse:
    has_ended = hasattr(certificate, "replaced_by")
    context: dict[str, Any] = {}
    if certificate.enrollment is not None and certificate.status == Certificate.Status.ISSUED:
        before = record_of(certificate)
        after = wanted_record(
            before,
            certificate.enrollment,
            correction=None,
            as_of=certificate.user.local_date(timezone.now()),
        )
        lines = compared_bodies(before, after)
        context = {
            "bodies": lines,
            "changed_count": sum(line.is_changed for line in lines[1:]),
            "lost_count": len(
                {body.body_code for body in before.bodies}
                - {body.body_code for body in after.bodies}
            ),
            "is_same_day": before.as_of == after.as_of,
            "open_request": open_request(certificate.enrollment_id),
        }
    return render(
        request,
        "certificates/office_certificate_reissue.html",
        {
            "certificate": certificate,
            "form": form,
            "as_of_form": as_of_form,
            "newest": newest_of(certificate.enrollment_id or 0) if has_ended else None,
            "told": told_of(certificate),
            "crumbs": office_crumbs(certificate, gettext("Reissue")),
            **context,
        },
        status=status,
    )


@registrar_only
@require_safe
def office_certificate_history(request: PersonRequest, serial: str) -> HttpResponse:
    certificate = office_certificate_or_404(serial)
    versions = versions_of(certificate, viewer=None)
    return render(
        request,
        "certificates/office_certificate_history.html",
        {
            "certificate": certificate,
            "versions": versions,
            "lede": ngettext(
                "%(count)s certificate was issued for this completion.",
                "%(count)s certificates were issued for this completion, the newest first.",
                len(versions),
            )
            % {"count": len(versions)},
            "crumbs": office_crumbs(certificate, gettext("History")),
        },
    )


def office_crumbs(certificate: Certificate, here: str) -> list[dict[str, Any]]:
    return [
        {"label": _("Certificates"), "url": reverse("certificates:office-certificate-list")},
        {
            "label": codes.dashed(certificate.serial),
            "url": reverse("certificates:office-certificate-detail", args=[certificate.serial]),
        },
        {"label": here, "url": ""},
    ]
