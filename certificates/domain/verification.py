"""Whether certificates and their documents still are what they were when they were issued."""

import hashlib
from collections.abc import Iterator
from typing import Final

from ce_platform.core import codes
from ce_platform.core.verification import Finding, Tally
from certificates.domain.record import record_of
from certificates.models import Certificate, CertificateDocument
from courses.models import Enrollment

_PIECE: Final = 200


def check_records(tally: Tally) -> Iterator[Finding]:
    """The rows of every certificate agree with its hash."""
    rows = Certificate.objects.select_related("design").prefetch_related("bodies").order_by("pk")
    for certificate in rows.iterator(chunk_size=_PIECE):
        tally.count += 1
        try:
            agrees = record_of(certificate).sha256() == certificate.sha256
        except (ValueError, TypeError, ArithmeticError):
            agrees = False
        if not agrees:
            yield Finding(
                f"certificate {codes.dashed(certificate.serial)}",
                "its rows are not what its hash says",
            )


def check_completions(tally: Tally) -> Iterator[Finding]:
    """Every completion has its certificate, with the date and the person of the completion."""
    rows = Enrollment.objects.filter(status=Enrollment.Status.COMPLETED).order_by("pk")
    for enrollment in rows.prefetch_related("certificates").iterator(chunk_size=_PIECE):
        tally.count += 1
        what = f"enrollment {enrollment.uid}"
        certificates = list(enrollment.certificates.all())
        if not certificates:
            yield Finding(what, "is completed but has no certificate")
        for certificate in certificates:
            if (
                certificate.user_id,
                certificate.completed_on,
                certificate.completed_at,
                certificate.completed_zone,
            ) != (
                enrollment.user_id,
                enrollment.completed_on,
                enrollment.completed_at,
                enrollment.completed_zone,
            ):
                yield Finding(what, f"its certificate {certificate} tells another completion")


def check_documents(tally: Tally) -> Iterator[Finding]:
    """The stored bytes of every document agree with its hash."""
    rows = CertificateDocument.objects.select_related("certificate", "file").order_by("pk")
    for document in rows.iterator(chunk_size=_PIECE):
        tally.count += 1
        what = f"document of certificate {codes.dashed(document.certificate.serial)}"
        try:
            content = document.file.read()
        except OSError:
            yield Finding(what, "its file is not there")
            continue
        if not hashlib.sha256(content).hexdigest() == document.sha256 == document.file.sha256:
            yield Finding(what, "its bytes are not what its hash says")
