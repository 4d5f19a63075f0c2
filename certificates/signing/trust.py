"""Whose signatures are ours: every certificate that ever signed is remembered."""

from datetime import datetime
from typing import Any

from certificates.models import SigningCertificate
from certificates.signing.keys import SigningKeyMissing, signing_key


def remember_certificate(*, now: datetime) -> SigningCertificate:
    """The row of the certificate that signs now. Errors: SigningKeyMissing."""
    key = signing_key()
    row, _ = SigningCertificate.objects.get_or_create(
        fingerprint=key.fingerprint, defaults={"pem": key.pem, "first_used_at": now}
    )
    return row


def chains() -> list[list[Any]]:
    """Of every certificate that ever signed, newest first: it and its issuers, in this order, as
    asn1crypto certificates."""
    from asn1crypto import pem, x509

    return [
        [x509.Certificate.load(body) for _, _, body in pem.unarmor(row.pem.encode(), True)]
        for row in SigningCertificate.objects.order_by("-first_used_at", "-pk")
    ]


def trusted_certificates() -> list[Any]:
    """The signers alone: for the check of a file that somebody holds."""
    return [chain[0] for chain in chains()]


def current_certificate() -> SigningCertificate | None:
    """The one that signs now, else the last one that did; None: nothing was ever signed.

    Web processes need no key: without one they tell of the last signature.
    """
    newest = SigningCertificate.objects.order_by("-first_used_at", "-pk")
    try:
        fingerprint = signing_key().fingerprint
    except SigningKeyMissing:
        return newest.first()
    return newest.filter(fingerprint=fingerprint).first() or newest.first()
