"""The provider's signing key and its certificates: from files or from the environment.

A demonstration makes itself a key, which says in its name that it proves nothing. A real
installation is given one, or makes one itself with `manage.py make_signing_key`.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils import timezone

from ce_platform.core.pdf import RenderingFailed

DEMONSTRATION: Final = "Demonstration key – proves nothing"
_YEARS: Final = 12
"""Longer than any record is kept: a self-made certificate is never renewed in silence."""


class SigningKeyMissing(RenderingFailed):
    """Documents wait, unsigned ones are never kept."""


@dataclass(frozen=True)
class SigningKey:
    private_key: Any
    """As the cryptography library holds it: loaded and checked once."""
    certificate: Any
    """asn1crypto.x509.Certificate"""
    chain: tuple[Any, ...]
    pem: str
    """The signer's certificate, then its issuers."""
    fingerprint: str
    """SHA-256 of the certificate, 64 hexadecimal digits."""


@lru_cache(maxsize=1)
def signing_key() -> SigningKey:
    """Loaded once per process: checking an RSA key takes longer than everything else.

    Errors: SigningKeyMissing.
    """
    key, certificates = _written()
    if not key or not certificates:
        if not (settings.DEMO or settings.DEBUG):
            raise SigningKeyMissing(
                "There is no key to sign documents with. Name one in SIGNING_KEY_FILE and "
                "SIGNING_CERTIFICATES_FILE, or make one with `manage.py make_signing_key` "
                "(docs/production.md)."
            )
        make_signing_key(
            DEMONSTRATION, folder=Path(settings.SIGNING_KEY_FILE).parent, now=timezone.now()
        )
        key, certificates = _written()
    return _load(key, certificates)


def _written() -> tuple[bytes, bytes]:
    if settings.SIGNING_KEY and settings.SIGNING_CERTIFICATES:
        return _unfolded(settings.SIGNING_KEY), _unfolded(settings.SIGNING_CERTIFICATES)
    try:
        return (
            Path(settings.SIGNING_KEY_FILE).read_bytes(),
            Path(settings.SIGNING_CERTIFICATES_FILE).read_bytes(),
        )
    except FileNotFoundError:
        return b"", b""
    except OSError as error:
        raise SigningKeyMissing(f"The signing key cannot be read: {error.strerror}.") from error


def _unfolded(text: str) -> bytes:
    """Many places that keep a setting allow one line only: there \\n stands for a new one."""
    return text.replace("\\n", "\n").encode()


def _load(key: bytes, certificates: bytes) -> SigningKey:
    from asn1crypto import pem, x509
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
    )
    from cryptography.x509 import load_pem_x509_certificate

    password = settings.SIGNING_KEY_PASSWORD.encode() or None
    try:
        private_key = load_pem_private_key(key, password)
        found = [x509.Certificate.load(body) for _, _, body in pem.unarmor(certificates, True)]
        own = load_pem_x509_certificate(pem.armor("CERTIFICATE", found[0].dump()))
    except (ValueError, TypeError, IndexError) as error:
        raise SigningKeyMissing(
            f"The signing key or its certificate cannot be read: {error}"
        ) from error
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if private_key.public_key().public_bytes(*form) != own.public_key().public_bytes(*form):
        raise SigningKeyMissing(
            "The first of SIGNING_CERTIFICATES does not belong to the signing key."
        )
    return SigningKey(
        private_key=private_key,
        certificate=found[0],
        chain=tuple(found[1:]),
        pem="".join(pem.armor("CERTIFICATE", each.dump()).decode() for each in found),
        fingerprint=found[0].sha256.hex(),
    )


def make_signing_key(name: str, *, folder: Path, now: datetime) -> bool:
    """Write `key.pem` and `certificates.pem` (P-256) unless they are there.

    An authority of the same name vouches for the key, so that programs have something to trust;
    its own key signs that once and is forgotten. Whoever comes second uses the files of the first.
    True: these are new.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )
    from cryptography.x509.oid import NameOID

    if (folder / "key.pem").exists():
        return False
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority_name, own_name = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, said)])
        for said in (f"{name[:52]} – authority", name[:64])
    )
    authority = _certified(
        authority_name, authority_key, by=authority_name, with_key=authority_key, now=now
    )
    own = _certified(own_name, key, by=authority_name, with_key=authority_key, now=now)
    files = {
        "key.pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "certificates.pem": own.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM),
    }
    return _write_together(folder, files)


def _certified(subject: Any, key: Any, *, by: Any, with_key: Any, now: datetime) -> Any:
    """A certificate for `key`: of an authority when it vouches for itself, else of a signer."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    is_authority = key is with_key
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=366 * _YEARS))
        .add_extension(
            x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None),
            critical=True,
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(with_key.public_key()),
            critical=False,
        )
        .sign(with_key, hashes.SHA256())
    )


def _write_together(folder: Path, files: dict[str, bytes]) -> bool:
    """Both files or none: they are written beside and the folder is moved into place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f"{folder.name}.{secrets.token_hex(6)}")
    beside.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            with open(
                os.open(beside / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        beside.rename(folder)  # Refused when a folder with files is there: somebody was faster.
    except OSError:
        if not (folder / "key.pem").exists():
            raise
        return False
    finally:
        for name in files:
            (beside / name).unlink(missing_ok=True)
        if beside.exists():
            beside.rmdir()
    return True
