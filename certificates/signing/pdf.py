"""Signing one PDF: a certifying PAdES signature (baseline B-B) that allows no change."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import Any, Final

from certificates.signing.keys import SigningKey, signing_key

FIELD: Final = "Provider"


@dataclass(frozen=True)
class Signed:
    content: bytes
    fingerprint: str
    """Of the certificate that signed: see `remember_certificate`."""


def sign_pdf(content: bytes, *, reason: str, now: datetime) -> Signed:
    """The same file with a signature behind it; its own bytes stay in front as they are.

    The signature is invisible, certifies the document and permits no change at all (DocMDP 1).
    Signing again gives other bytes: keep what comes back. Errors: SigningKeyMissing.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

    key = signing_key()
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        name=key.certificate.subject.native.get("common_name") or None,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signer = PdfSigner(metadata, signer=_signer(key))
    output = BytesIO()
    signer.sign_pdf(
        IncrementalPdfFileWriter(BytesIO(content)), output=output, bytes_reserved=_room(key)
    )
    return Signed(content=output.getvalue(), fingerprint=key.fingerprint)


def _room(key: SigningKey) -> int:
    """Hexadecimal digits kept free for the signature: its certificates, and at most 2 kB more,
    with RSA of 4096 bits; the library would keep 16 kB."""
    return 2 * (2048 + sum(len(each.dump()) for each in (key.certificate, *key.chain)))


@lru_cache(maxsize=1)
def _signer(key: SigningKey) -> Any:
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class KeptKeySigner(SimpleSigner):
        """Signs with the loaded key: the library reads and checks it anew for every signature,
        which for RSA takes ten times as long as all the rest."""

        def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
            return _sign_raw(key.private_key, data, digest_algorithm)

    store = SimpleCertificateStore.from_certs(key.chain)
    # Whom to trust is not for the file itself to say: authorities stay outside.
    return KeptKeySigner(
        signing_cert=key.certificate,
        signing_key=_no_key(key),
        cert_registry=store,
        embed_roots=False,
    )


def _no_key(key: SigningKey) -> Any:
    """What the library asks of a key beside signing: nothing but its kind."""
    from asn1crypto.keys import PrivateKeyInfo
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    return PrivateKeyInfo.load(
        key.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    )


def _sign_raw(private_key: Any, data: bytes, digest_algorithm: str) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    if digest_algorithm != "sha256":
        raise ValueError("Documents are signed with SHA-256.")
    match private_key:
        case RSAPrivateKey():
            return private_key.sign(data, PKCS1v15(), SHA256())
        case EllipticCurvePrivateKey():
            return private_key.sign(data, ECDSA(SHA256()))
    raise ValueError("The signing key is neither RSA nor of an elliptic curve.")
