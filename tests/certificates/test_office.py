"""The registrar's certificates."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from certificates.domain.errors import ReasonMissing, WrongState
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_certificate

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def certificate() -> Certificate:
    return make_certificate(user=UserFactory(name_on_certificates="Ana Ödön"))


def test_only_the_registrar(
    certificate: Certificate,
    client: Client,
    owner: User,
    instructor: User,
    registrar: User,
    client_of: ClientOf,
) -> None:
    for url in ("/office/certificates/", f"/office/certificates/{certificate.serial}/"):
        assert client.get(url).status_code == 302
        for user in (owner, instructor):
            assert client_of(user).get(url).status_code == 403
        assert client_of(registrar).get(url).status_code == 200
    revoke = f"/office/certificates/{certificate.serial}/revoke/"
    assert client_of(owner).post(revoke).status_code == 403
    assert client_of(registrar).get(revoke).status_code == 405
    assert client_of(registrar).get("/office/certificates/nonsense/").status_code == 404


@pytest.mark.parametrize("how", ["serial", "dashed", "name", "email"])
def test_found_by(certificate: Certificate, registrar: User, client_of: ClientOf, how: str) -> None:
    other = make_certificate(user=UserFactory(name_on_certificates="Bo Berg"))
    query = {
        "serial": certificate.serial.lower(),
        "dashed": str(certificate),
        "name": "ödön",
        "email": certificate.user.email,
    }[how]
    if how == "name" and connection.vendor == "sqlite":
        query = "Ana"  # SQLite folds the case of ASCII letters only.

    page = client_of(registrar).get("/office/certificates/", {"q": query}).content.decode()

    assert "Ana Ödön" in page
    assert other.holder_name not in page


def test_nothing_found_says_so(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)

    assert "No certificates yet" in client.get("/office/certificates/").content.decode()
    assert "Nothing found" in client.get("/office/certificates/?q=x").content.decode()


def test_list_asks_as_often_for_three_as_for_one(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)
    client.get("/office/certificates/")
    counts = []
    for _ in range(3):
        make_certificate()
        with CaptureQueriesContext(connection) as queries:
            client.get("/office/certificates/")
        counts.append(len(queries))

    assert len(set(counts)) == 1
    assert counts[0] <= 10


def test_list_turns_pages_and_keeps_the_search(registrar: User, client_of: ClientOf) -> None:
    for _ in range(26):
        make_certificate()

    page = client_of(registrar).get("/office/certificates/?q=Terry").content.decode()

    assert "?q=Terry&amp;after=" in page


def test_revoking(certificate: Certificate, registrar: User, client_of: ClientOf) -> None:
    answer = client_of(registrar).post(
        f"/office/certificates/{certificate.serial}/revoke/",
        {"reason": "Taken under another name.", "is_sure": "on"},
    )

    assert answer.status_code == 302
    certificate.refresh_from_db()
    assert certificate.status == Certificate.Status.REVOKED
    assert certificate.status_changed_by_id == registrar.pk
    assert certificate.status_reason == "Taken under another name."
    assert AuditEvent.objects.get(action="certificate.revoked").actor_id == registrar.pk
    mail = OutgoingMail.objects.get(cause=f"certificate-revoked:{certificate.serial}")
    assert "Taken under another name." in mail.body


@pytest.mark.parametrize("sent", [{}, {"reason": "x"}, {"is_sure": "on", "reason": "  "}])
def test_revoking_asks_for_reason_and_certainty(
    certificate: Certificate, registrar: User, client_of: ClientOf, sent: dict[str, str]
) -> None:
    answer = client_of(registrar).post(f"/office/certificates/{certificate.serial}/revoke/", sent)

    assert answer.status_code == 422
    certificate.refresh_from_db()
    assert certificate.status == Certificate.Status.ISSUED


def test_revoking_twice_keeps_the_first_reason(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    revoke_certificate(certificate, reason="First.", by=registrar, now=now)
    revoke_certificate(certificate, reason="Second.", by=registrar, now=now)

    certificate.refresh_from_db()
    assert certificate.status_reason == "First."
    assert OutgoingMail.objects.filter(cause__startswith="certificate-revoked").count() == 1


def test_revoking_needs_a_reason(certificate: Certificate, registrar: User, now: datetime) -> None:
    with pytest.raises(ReasonMissing):
        revoke_certificate(certificate, reason=" \n", by=registrar, now=now)


def test_replaced_is_not_revoked(certificate: Certificate, registrar: User, now: datetime) -> None:
    Certificate.objects.update(status="replaced", status_changed_at=now, status_reason="Corrected.")

    with pytest.raises(WrongState):
        revoke_certificate(certificate, reason="Late.", by=registrar, now=now)
