"""Who may see which certificate: its holder and the office. Everybody else gets 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from ce_platform.accounts.rules import PersonRequest, is_registrar
from ce_platform.core import codes
from certificates.models import Certificate


def certificate_or_404(request: PersonRequest, serial: str) -> Certificate:
    """The certificate with its design, enrollment and successor, for who may read it."""
    certificate = _certificate(serial)
    if certificate.user_id != request.user.pk and not is_registrar(request.user):
        raise Http404
    return certificate


def office_certificate_or_404(serial: str) -> Certificate:
    """For pages that only the registrar reaches."""
    return _certificate(serial)


def _certificate(serial: str) -> Certificate:
    code = codes.normalize(serial)
    if code is None:
        raise Http404
    return get_object_or_404(
        Certificate.objects.select_related(
            "design", "enrollment", "user", "document__file", "replaces", "replaced_by"
        ),
        serial=code,
    )
