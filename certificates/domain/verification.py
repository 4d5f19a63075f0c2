"""Whether certificates and their documents still are what they were when they were issued."""

import hashlib
from collections.abc import Iterator
from typing import Final

from ce_platform.core import codes
from ce_platform.core.verification import Finding, Tally
from certificates.domain.record import record_of
from certificates.models import Certificate, CertificateDocument

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
