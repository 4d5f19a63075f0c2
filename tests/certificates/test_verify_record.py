"""What machines are told, and what anybody needs to check without us."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates
from django.conf import settings
from django.test import Client

from ce_platform.accounts.models import User
from ce_platform.core import codes
from certificates.domain.documents import ensure_document
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, SigningCertificate
from certificates.sample import SAMPLE_SERIAL
from certificates.signing import remember_certificate
from certificates.views.verify_limits import LIMIT
from tests.certificates.test_verify import replaced
from tests.factories.accounts import UserFactory
from tests.factories.blank import BlankRenderer
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SignatoryFactory,
    SubmissionFactory,
    make_certificate,
    make_provider,
)
from tests.factories.courses import VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate() -> Certificate:
    make_provider()
    SignatoryFactory()
    user = UserFactory(name_on_certificates="Olivia Owner", email="private@example.com")
    version = VersionFactory(title="Facial massage", subtitle="An introduction")
    florida, texas = BodyFactory(), BodyFactory(code="US-TX", jurisdiction="Texas", name="TDLR")
    LicenseFactory(user=user, body=florida, number="MA 12345")
    SubmissionFactory(course=version.course, body=florida)
    SubmissionFactory(course=version.course, body=texas, status="submitted")
    return make_certificate(user=user, version=version)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def test_record_is_told_whole(certificate: Certificate, client: Client) -> None:
    answer = client.get(f"/verify/{certificate.serial.lower()}/record.json")

    number = str(certificate)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert json.loads(answer.content) == {
        "schema": "certificate-verification/1",
        "looked_up_at": "2026-11-20T17:30:00+00:00",
        "number": number,
        "verify_url": f"http://testserver/verify/{number}/",
        "record_url": f"http://testserver/verify/{number}/record.json",
        "state": "valid",
        "is_valid": True,
        "is_specimen": False,
        "heading": "Genuine and valid",
        "text": "Margin & Hand Continuing Education issued it on November 20, 2026.",
        "since": None,
        "reason": "",
        "successor": None,
        "origin": "issued-here",
        "record_sha256": certificate.sha256,
        "document": None,
        "printed": {
            "heading": "Certificate of Achievement",
            "verify_url": f"http://testserver/verify/{number}/",
            "holder_name": "Olivia Owner",
            "licenses": [{"body_code": "US-FL", "body": "Florida", "number": "MA 12345"}],
            "course_title": "Facial massage",
            "course_subtitle": "An introduction",
            "course_edition": "1.0",
            "credit_hours": "0.5",
            "credits": [],
            "subjects": "",
            "delivery": "Home study",
            "place": "Home study (online), Asheville, NC",
            "completed_on": "2026-11-20",
            "instructors": [],
            "provider": {
                "name": "Margin & Hand Continuing Education",
                "address": "12 Elm Street\nAsheville, NC 28801",
                "email": "office@example.com",
                "website": "https://example.com",
                "numbers": [],
            },
            "signatories": [{"name": "Eleanor Whitcomb", "title": "Director of Education"}],
            "language": "en-US",
            "approvals_as_of": "2026-11-20",
            "bodies_approved": [
                {
                    "body_code": "US-FL",
                    "body": "Florida Board of Massage Therapy",
                    "jurisdiction": "Florida",
                    "status": "approved",
                    "status_word": "Approved",
                    "number": "20-100200",
                    "credit_hours": "0.5",
                    "title": "",
                    "license_number": "MA 12345",
                    "sentence": "Approved by Florida Board of Massage Therapy for 0.5 CE hours, "
                    "no. 20-100200, valid February 1, 2026 to December 31, 2027.",
                }
            ],
            "bodies_pending": [
                {
                    "body_code": "US-TX",
                    "body": "TDLR",
                    "jurisdiction": "Texas",
                    "status": "submitted",
                    "status_word": "Submitted",
                    "number": "",
                    "credit_hours": None,
                    "title": "",
                    "license_number": "",
                    "sentence": "Submitted to TDLR on January 10, 2026; decision pending on "
                    "November 20, 2026. Not approved.",
                }
            ],
            "status_line": "Status as of November 20, 2026. Whether hours are accepted is decided "
            "by each licensing body.",
        },
    }


def test_document_is_named_by_its_hash(
    certificate: Certificate, client: Client, now: datetime
) -> None:
    document = ensure_document(certificate, now=now, renderer=BlankRenderer())

    value = json.loads(client.get(f"/verify/{certificate}/record.json").content)

    assert value["document"] == {
        "sha256": document.sha256,
        "size_bytes": document.file.size_bytes,
        "page_count": 1,
        "signing_certificate_sha256": SigningCertificate.objects.get().fingerprint,
    }
    assert document.sha256 in client.get(f"/verify/{certificate}/").content.decode()


def test_replaced_and_revoked_are_found_and_say_so(
    certificate: Certificate, client: Client, registrar: User, now: datetime
) -> None:
    new = replaced(certificate, now=now)
    revoke_certificate(new, reason="It was a mistake.", by=registrar, now=now)

    told = [
        json.loads(client.get(f"/verify/{each}/record.json").content) for each in (certificate, new)
    ]

    names = ("state", "is_valid", "since", "reason", "successor")
    assert [{name: value[name] for name in names} for value in told] == [
        {
            "state": "replaced",
            "is_valid": False,
            "since": "2026-11-20",
            "reason": "The name was corrected.",
            "successor": {
                "number": str(new),
                "state": "revoked",
                "verify_url": f"http://testserver/verify/{new}/",
                "record_url": f"http://testserver/verify/{new}/record.json",
            },
        },
        {
            "state": "revoked",
            "is_valid": False,
            "since": "2026-11-20",
            "reason": "It was a mistake.",
            "successor": None,
        },
    ]


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("0000-0000-0000-00000", "not-found"),
        ("0000-0000-0000-00001", "malformed"),
        ("abc", "malformed"),
        (codes.dashed(SAMPLE_SERIAL), "specimen"),
    ],
)
def test_unknown_numbers_are_404(client: Client, typed: str, problem: str) -> None:
    answer = client.get(f"/verify/{typed}/record.json")

    value = json.loads(answer.content)
    assert (answer.status_code, value["problem"]) == (404, problem)
    assert value["schema"] == "certificate-verification/1"


def test_pages_and_records_share_one_limit(client: Client) -> None:
    url = "/verify/0000-0000-0000-00000/record.json"
    answers = [client.get(url).status_code for _ in range(LIMIT.count + 1)]

    assert answers == [404] * LIMIT.count + [429]
    refused = client.get(url)
    assert (refused["Retry-After"], json.loads(refused.content)["problem"]) == ("60", "too-many")
    assert client.post(url).status_code == 405


# ---------------------------------------------------------------- without us


def test_before_the_first_signature_the_pages_say_so(client: Client) -> None:
    page = client.get("/verify/without-us/").content.decode()

    assert "Here will be the certificate that our PDFs are signed with" in page
    assert "will stand here once the first PDF is signed" in client.get("/verify/").content.decode()
    assert client.get("/verify/signing-certificate.pem").status_code == 404
    assert client.get(f"/verify/signing-certificate/{'0' * 64}.cer").status_code == 404


def test_signing_certificates_are_offered_with_their_fingerprints(
    client: Client, now: datetime
) -> None:
    now_signing = remember_certificate(now=now)
    SigningCertificate.objects.create(
        fingerprint="f" * 64,
        pem=now_signing.pem,
        first_used_at=datetime(2020, 1, 1, tzinfo=UTC),
    )

    pem = client.get("/verify/signing-certificate.pem")
    cer = client.get(f"/verify/signing-certificate/{now_signing.fingerprint}.cer")
    fingerprint = now_signing.fingerprint.upper()
    words = ":<wbr>".join(fingerprint[at : at + 2] for at in range(0, 64, 2))

    written = Path(settings.SIGNING_CERTIFICATES_FILE).read_bytes()
    own, authority = load_pem_x509_certificates(written)
    # What may be trusted comes first: certutil takes the first.
    assert load_pem_x509_certificates(pem.content) == [authority, own]
    assert load_der_x509_certificate(cer.content) == own
    assert cer["Content-Disposition"] == 'attachment; filename="signing-certificate.cer"'
    assert words in client.get("/verify/").content.decode()
    assert words in client.get("/verify/without-us/").content.decode()
