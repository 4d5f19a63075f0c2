"""Our signing certificates, as strangers need them: to compare, to download."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from certificates.checking.reading import name_of
from certificates.signing import chains, trusted_certificates


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


def pem_for_programs() -> str:
    """What programs may trust, newest first, then the signers. Certutil takes the first."""
    from asn1crypto import pem

    made = chains()
    every = {each.dump(): None for chain in made for each in chain[-1:]}
    every |= {chain[0].dump(): None for chain in made}
    return "".join(pem.armor("CERTIFICATE", content).decode() for content in every)
