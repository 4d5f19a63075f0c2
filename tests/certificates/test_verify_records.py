"""`manage.py verify_records` finds certificates that no longer agree with their seals."""

from datetime import datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from certificates.domain.documents import ensure_document
from certificates.models import Certificate, CertificateBody, CertificateDocument
from tests.factories.certificates import SubmissionFactory, make_certificate
from tests.factories.courses import VersionFactory
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(now: datetime) -> Certificate:
    version = VersionFactory()
    SubmissionFactory(course=version.course)
    certificate = make_certificate(version=version)
    ensure_document(certificate, now=now)
    return certificate


def findings(capsys: pytest.CaptureFixture[str], only: str) -> str:
    with pytest.raises(CommandError):
        call_command("verify_records", only=only)
    return capsys.readouterr().out


def test_untouched_records_agree(
    certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    for only in ("certificates", "certificate documents"):
        call_command("verify_records", only=only)

    assert "certificates: 1 looked at, 0 not in order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Certificate, {"holder_name": "Forged"}),
        (Certificate, {"credit_hours": "9"}),
        (Certificate, {"licenses_json": '[["US-FL","Florida","X"]]'}),
        (Certificate, {"signatories_json": "broken"}),
        (CertificateBody, {"sentence": "Approved by everybody."}),
        (CertificateBody, {"number": "1"}),
    ],
)
def test_tampering_is_found(
    certificate: Certificate,
    capsys: pytest.CaptureFixture[str],
    model: Any,
    change: dict[str, str],
) -> None:
    with thawed():
        model.objects.update(**change)

    said = findings(capsys, "certificates")

    assert f"certificate {certificate}: its rows are not what its hash says" in said


def test_altered_document_is_found(
    certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    file = CertificateDocument.objects.get().file
    with file.storage.open(file.path) as stored:
        path = stored.name
    content = file.read()
    try:
        with open(path, "wb") as target:
            target.write(content + b" ")

        assert "its bytes are not what its hash says" in findings(capsys, "certificate documents")
    finally:
        with open(path, "wb") as target:
            target.write(content)


def test_missing_document_is_found(
    certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    file = CertificateDocument.objects.get().file
    file.storage.delete(file.path)

    assert "its file is not there" in findings(capsys, "certificate documents")
