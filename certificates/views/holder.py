"""A therapist's own certificates."""

import base64

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ce_platform.accounts.rules import PersonRequest, is_registrar
from certificates.domain.corrections import open_request
from certificates.domain.designs import look_of
from certificates.domain.documents import file_name, problem_of
from certificates.domain.record import record_of
from certificates.models import Certificate, CertificateDocument
from certificates.pdf.qr import qr_svg
from certificates.reports.words import said_of
from certificates.rules import certificate_or_404
from certificates.sheet import make_sheet
from certificates.standing import standing_of
from courses.models import Enrollment

LONGEST_LIST = 500


@require_safe
def certificate_list(request: PersonRequest) -> HttpResponse:
    """The newest certificate of each completion; the earlier ones stand in its history."""
    certificates = (
        Certificate.objects.filter(user=request.user, replaced_by__isnull=True)
        .select_related("replaced_by")
        .order_by("-issued_at", "-pk")
    )
    shown = list(certificates[:LONGEST_LIST])
    said = said_of(shown, today=request.user.local_date(timezone.now()))
    rows = [
        {"certificate": row, "standing": standing_of(row), "reports": said.get(row.pk, [])}
        for row in shown
    ]
    is_learning = (
        bool(rows)
        or Enrollment.objects.filter(user=request.user, status=Enrollment.Status.OPEN).exists()
    )
    return render(
        request,
        "certificates/certificate_list.html",
        {"rows": rows, "is_learning": is_learning},
    )


@require_safe
def certificate_detail(request: PersonRequest, serial: str) -> HttpResponse:
    certificate = certificate_or_404(request, serial)
    record = record_of(certificate)
    return render(
        request,
        "certificates/certificate_detail.html",
        {
            "certificate": certificate,
            "document": document_of(certificate),
            "sheet": make_sheet(record, look=look_of(certificate.design)),
            "qr": as_address(qr_svg(record.verify_url)),
            "standing": standing_of(certificate),
            "is_own": certificate.user_id == request.user.pk,
            "correction": open_request(certificate.enrollment_id),
            "has_history": certificate.replaces_id is not None
            or hasattr(certificate, "replaced_by"),
            "reports": said_of(
                [certificate], today=certificate.user.local_date(timezone.now())
            ).get(certificate.pk, []),
            "crumbs": [
                {"label": _("My certificates"), "url": reverse("certificates:certificate-list")},
                {"label": certificate.course_title, "url": ""},
            ],
        },
    )


@require_safe
def certificate_download(request: PersonRequest, serial: str) -> HttpResponse:
    """The stored bytes, never made again. Until they exist, a page that looks again by itself."""
    certificate = certificate_or_404(request, serial)
    document = document_of(certificate)
    if document is None and certificate.is_imported:
        raise Http404("No PDF came with this record.")
    if document is None:
        response = render(
            request,
            "certificates/certificate_preparing.html",
            {
                "certificate": certificate,
                "problem": problem_of(certificate) if is_registrar(request.user) else "",
            },
            status=202,
        )
        response["Retry-After"] = "3"
        response["Cache-Control"] = "no-store"
        return response
    answer = HttpResponse(document.file.read(), content_type="application/pdf")
    answer["Content-Disposition"] = (
        content_disposition_header(True, file_name(certificate)) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-transform"
    return answer


def document_of(certificate: Certificate) -> CertificateDocument | None:
    return getattr(certificate, "document", None)


def as_address(svg: str) -> str:
    """A small drawing as an address for an image; our policy allows data only there."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
