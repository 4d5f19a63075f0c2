"""Certificates on their way through life: corrected, replaced, asked about."""

from typing import Any

from certificates.domain.corrected import Correction, correction_in
from certificates.domain.record import record_of
from certificates.models import Certificate


def correction_of(certificate: Certificate, **changes: Any) -> Correction:
    """As printed, but for these."""
    row = Certificate.objects.select_related("design").get(pk=certificate.pk)
    printed = correction_in(record_of(row))
    return Correction.of(
        changes.get("holder_name", printed.holder_name), changes.get("licenses", printed.licenses)
    )
