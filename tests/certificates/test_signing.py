"""Signatures, judged by programs that are not ours."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from django.core.checks import Error
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from certificates.checks import check_signing_key
from certificates.models import SigningCertificate
from certificates.pdf.weasy import WeasyRenderer
from certificates.sample import sample_record
from certificates.signing import (
    Signed,
    SigningKeyMissing,
    current_certificate,
    keys,
    make_signing_key,
    remember_certificate,
    sign_pdf,
    trusted_certificates,
)
from certificates.signing import pdf as signing_pdf
from tests.certificates.readers import run

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return WeasyRenderer().render(sample_record(), pictures={}).content


@pytest.fixture(scope="module")
def signed(unsigned: bytes, _signing_key: None) -> Signed:
    return sign_pdf(unsigned, reason="Issued as it stands", now=NOW)


@pytest.fixture
def other_key(settings: Any, tmp_path: Path) -> Any:
    """Settings name no key yet; whatever a test puts there is read anew."""
    settings.SIGNING_KEY_FILE = tmp_path / "signing" / "key.pem"
    settings.SIGNING_CERTIFICATES_FILE = tmp_path / "signing" / "certificates.pem"
    for cache in (keys.signing_key, signing_pdf._signer):
        cache.cache_clear()
    yield settings
    for cache in (keys.signing_key, signing_pdf._signer):
        cache.cache_clear()


def test_whole_document_is_signed_and_may_not_be_changed(
    signed: Signed, unsigned: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed.content)

    said = run("pdfsig", str(path))

    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    assert "CN=Test key" in said
    assert b"/TransformMethod /DocMDP" in signed.content
    assert b"/P 1" in signed.content
    assert signed.content.startswith(unsigned)
    run("qpdf", "--check", str(path))
    information = run("pdfinfo", str(path))
    for line in ("Tagged:          yes", "Title:           Certificate of Achievement"):
        assert line in information
    fonts = [line.split() for line in run("pdffonts", str(path)).splitlines()[2:]]
    assert fonts
    assert {row[-5] for row in fonts} == {"yes"}, "embedded"


def test_one_changed_byte_breaks_it(signed: Signed, tmp_path: Path) -> None:
    changed = bytearray(signed.content)
    at = changed.index(b"/Subject (") + len(b"/Subject (")
    changed[at] = ord("X")
    path = tmp_path / "changed.pdf"
    path.write_bytes(bytes(changed))

    said = run("pdfsig", str(path))

    assert "Signature is Valid." not in said
    assert "Digest Mismatch" in said


def test_keys_of_other_kinds_sign_too(unsigned: bytes, other_key: Any, tmp_path: Path) -> None:
    make_signing_key("Rosa Provider", folder=tmp_path / "signing", now=NOW)
    _make_it_rsa(tmp_path / "signing", password=b"letmein")
    other_key.SIGNING_KEY_PASSWORD = "letmein"
    path = tmp_path / "signed.pdf"

    path.write_bytes(sign_pdf(unsigned, reason="Test", now=datetime.now(UTC)).content)

    assert "Signature is Valid." in run("pdfsig", str(path))


def _make_it_rsa(folder: Path, *, password: bytes) -> None:
    """An encrypted RSA key with a certificate from openssl, as a provider may bring it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    )
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-new", "-key", str(folder / "key.pem")),
            *("-passin", f"pass:{password.decode()}", "-subj", "/CN=Rosa Provider", "-days", "9"),
            *("-addext", "keyUsage=critical,digitalSignature,nonRepudiation"),
            *("-out", str(folder / "certificates.pem")),
        ],
        check=True,
        capture_output=True,
    )


def test_key_from_the_environment(other_key: Any, tmp_path: Path) -> None:
    make_signing_key("Somewhere", folder=tmp_path / "made", now=NOW)
    other_key.SIGNING_KEY = (tmp_path / "made" / "key.pem").read_text().replace("\n", "\\n")
    other_key.SIGNING_CERTIFICATES = (tmp_path / "made" / "certificates.pem").read_text()

    assert keys.signing_key().certificate.subject.native == {"common_name": "Somewhere"}


def test_certificate_of_another_key_is_refused(other_key: Any, tmp_path: Path) -> None:
    make_signing_key("One", folder=tmp_path / "signing", now=NOW)
    make_signing_key("Two", folder=tmp_path / "two", now=NOW)
    (tmp_path / "two" / "certificates.pem").replace(tmp_path / "signing" / "certificates.pem")

    with pytest.raises(SigningKeyMissing, match="does not belong"):
        keys.signing_key()


def test_missing_key_is_named_and_a_demonstration_makes_one(other_key: Any, tmp_path: Path) -> None:
    assert [each.id for each in check_signing_key()] == ["certificates.E001"]
    assert isinstance(check_signing_key()[0], Error)

    other_key.DEMO = True

    assert [each.id for each in check_signing_key()] == ["certificates.W002"]
    assert (tmp_path / "signing" / "key.pem").stat().st_mode & 0o777 == 0o600
    assert keys.signing_key().certificate.subject.native == {"common_name": keys.DEMONSTRATION}


def test_expired_certificate_signs_nothing(unsigned: bytes, other_key: Any, tmp_path: Path) -> None:
    make_signing_key("Old", folder=tmp_path / "signing", now=NOW - timedelta(days=366 * 12 - 30))

    assert [each.id for each in check_signing_key()] == ["certificates.W003"]
    with pytest.raises(SigningKeyMissing, match="is valid from"):
        sign_pdf(unsigned, reason="Test", now=NOW + timedelta(days=31))


def test_key_is_made_once(other_key: Any, tmp_path: Path) -> None:
    call_command("make_signing_key", "Margin & Hand", verbosity=0)
    kept = (tmp_path / "signing" / "key.pem").read_bytes()

    with pytest.raises(CommandError, match="already"):
        call_command("make_signing_key", "Margin & Hand")

    assert (tmp_path / "signing" / "key.pem").read_bytes() == kept
    assert check_signing_key() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["signing"]


@pytest.mark.django_db
def test_every_certificate_that_signed_is_remembered(now: datetime) -> None:
    row = remember_certificate(now=now)

    assert remember_certificate(now=now) == row == current_certificate()
    assert [each.sha256.hex() for each in trusted_certificates()] == [row.fingerprint]
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningCertificate.objects.update(pem="another")
    with pytest.raises(IntegrityError), transaction.atomic():
        SigningCertificate.objects.all().delete()
