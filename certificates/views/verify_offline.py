"""Checking without us: what to do, and our signing certificates to compare with."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.checking.signing import pem_for_programs, signing_certificates


@login_not_required
@require_safe
def verify_offline(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "certificates/verify_offline.html",
        {"signing_certificates": signing_certificates()},
    )


@login_not_required
@require_safe
def signing_certificates_pem(request: HttpRequest) -> HttpResponse:
    """Our authorities, then all signers, in one text file, as OpenSSL and certutil read it."""
    text = pem_for_programs()
    if not text:
        raise Http404
    return _download(
        text.encode(),
        content_type="application/x-pem-file",
        name="signing-certificate.pem",
    )


@login_not_required
@require_safe
def signing_certificate_cer(request: HttpRequest, fingerprint: str) -> HttpResponse:
    """One of them, as Adobe Reader and Windows read it."""
    for each in signing_certificates():
        if each.fingerprint == fingerprint:
            return _download(
                each.content, content_type="application/pkix-cert", name="signing-certificate.cer"
            )
    raise Http404


def _download(content: bytes, *, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
