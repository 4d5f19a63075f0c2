"""PAdES signatures: who signs, the signing itself, and which certificates a checker may trust."""

from certificates.signing.keys import SigningKeyMissing, make_signing_key
from certificates.signing.pdf import Signed, sign_pdf
from certificates.signing.trust import (
    chains,
    current_certificate,
    remember_certificate,
    trusted_certificates,
)

__all__ = [
    "Signed",
    "SigningKeyMissing",
    "chains",
    "current_certificate",
    "make_signing_key",
    "remember_certificate",
    "sign_pdf",
    "trusted_certificates",
]
