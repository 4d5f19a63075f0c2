"""Our signing certificates, as strangers need them: to compare, to download."""

import base64
import hashlib
import textwrap
from dataclasses import dataclass
from datetime import datetime

from certificates.checking.reading import name_of
from certificates.signing import trusted_certificates


@dataclass(frozen=True)
class SignerCertificate:
    name: str
    fingerprint: str
    """SHA-256 of the certificate, 64 small hexadecimal letters."""
    valid_from: datetime
    valid_to: datetime
    content: bytes
    """DER"""

    @property
    def fingerprint_pairs(self) -> list[str]:
        """As other programs show it, with colons between: 4D, 4E, …"""
        letters = self.fingerprint.upper()
        return [letters[at : at + 2] for at in range(0, len(letters), 2)]

    @property
    def pem(self) -> str:
        lines = textwrap.wrap(base64.b64encode(self.content).decode(), 64)
        return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])


def signing_certificates() -> tuple[SignerCertificate, ...]:
    """Of today and of former days, newest first; none before anything was signed."""
    made = []
    for certificate in trusted_certificates():
        content: bytes = certificate.dump()
        validity = certificate["tbs_certificate"]["validity"]
        made.append(
            SignerCertificate(
                name=name_of(certificate.subject),
                fingerprint=hashlib.sha256(content).hexdigest(),
                valid_from=validity["not_before"].native,
                valid_to=validity["not_after"].native,
                content=content,
            )
        )
    return tuple(made)


def our_fingerprints() -> frozenset[str]:
    return frozenset(each.fingerprint for each in signing_certificates())
