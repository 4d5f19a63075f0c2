"""A therapist's own certificates: list, page, download."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from certificates.domain.documents import ensure_document
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from tests.factories.certificates import make_certificate, make_provider
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def certificate(owner: User) -> Certificate:
    make_provider()
    return make_certificate(user=owner, version=VersionFactory(title="Facial massage"))


@pytest.mark.parametrize("page", ["", "pdf/"])
def test_who_may_read(
    certificate: Certificate,
    client: Client,
    owner: User,
    stranger: User,
    instructor: User,
    registrar: User,
    client_of: ClientOf,
    page: str,
) -> None:
    url = f"/certificates/{certificate.serial}/{page}"
    shown = {200, 202}

    assert client.get(url).status_code == 302
    assert client_of(stranger).get(url).status_code == 404
    assert client_of(instructor).get(url).status_code == 404
    assert client_of(owner).get(url).status_code in shown
    assert client_of(registrar).get(url).status_code in shown
    assert client_of(owner).post(url).status_code == 405


def test_unknown_and_malformed_numbers(owner: User, client_of: ClientOf) -> None:
    for number in ("0000-0000-0000-00000", "nonsense", "%00"):
        assert client_of(owner).get(f"/certificates/{number}/").status_code == 404


def test_list_shows_only_mine(
    certificate: Certificate, owner: User, stranger: User, client_of: ClientOf
) -> None:
    make_certificate(user=stranger, version=VersionFactory(title="Another course"))

    page = client_of(owner).get("/certificates/").content.decode()

    assert "Facial massage" in page
    assert str(certificate) in page
    assert "Another course" not in page


def test_list_asks_as_often_for_three_as_for_one(owner: User, client_of: ClientOf) -> None:
    client = client_of(owner)
    client.get("/certificates/")
    counts = []
    for _ in range(3):
        make_certificate(user=owner)
        with CaptureQueriesContext(connection) as queries:
            client.get("/certificates/")
        counts.append(len(queries))

    assert len(set(counts)) == 1
    assert counts[0] <= 8


def test_empty_list_offers_the_next_step(owner: User, client_of: ClientOf) -> None:
    assert "Find a course" in client_of(owner).get("/certificates/").content.decode()
    EnrollmentFactory(user=owner)
    assert "Go on learning" in client_of(owner).get("/certificates/").content.decode()


def test_page_shows_what_was_issued(
    certificate: Certificate, owner: User, client_of: ClientOf
) -> None:
    page = client_of(owner).get(f"/certificates/{certificate.serial}/").content.decode()

    for words in ("Olivia Owner", "Facial massage", str(certificate), certificate.verify_url):
        assert words in page
    assert len(page) < 60_000


def test_page_of_a_revoked_certificate_says_so(
    certificate: Certificate, owner: User, registrar: User, client_of: ClientOf, now: datetime
) -> None:
    revoke_certificate(certificate, reason="Issued by mistake.", by=registrar, now=now)

    page = client_of(owner).get(f"/certificates/{certificate.serial}/").content.decode()

    assert "Genuine, but revoked on November 20, 2026" in page
    assert "Issued by mistake." in page


def test_download_before_the_document_exists(
    certificate: Certificate, owner: User, client_of: ClientOf
) -> None:
    answer = client_of(owner).get(f"/certificates/{certificate.serial}/pdf/")

    assert answer.status_code == 202
    assert '<meta http-equiv="refresh" content="3">' in answer.content.decode()
    assert "Your PDF is being made" in answer.content.decode()


def test_download_gives_the_stored_bytes(
    certificate: Certificate, owner: User, client_of: ClientOf, now: datetime
) -> None:
    document = ensure_document(certificate, now=now)

    answer = client_of(owner).get(f"/certificates/{certificate.serial}/pdf/")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="Olivia Owner {certificate}.pdf"'
    )
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.content == document.file.read()


def test_old_certificate_stays_as_issued_when_everything_changes(
    certificate: Certificate, owner: User, client_of: ClientOf, now: datetime
) -> None:
    client = client_of(owner)
    ensure_document(certificate, now=now)
    before = client.get(f"/certificates/{certificate.serial}/pdf/").content
    page = client.get(f"/verify/{certificate.serial}/").content

    make_provider(name="Another Company", address="Elsewhere")
    owner.name_on_certificates = "Somebody Else"
    owner.save()

    assert client.get(f"/certificates/{certificate.serial}/pdf/").content == before
    after = client.get(f"/verify/{certificate.serial}/").content.decode()
    assert "Another Company, Elsewhere" not in after
    assert "<strong>Olivia Owner</strong>" in after
    assert page
