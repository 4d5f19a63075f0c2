"""The person's page, the office's, the wait for the PDF, and the public page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import codes, jobs
from ce_platform.core.templatetags.wording import moment
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, Transcript
from certificates.transcript import making
from certificates.transcript.document import Made
from tests.factories.certificates import make_certificate, make_provider
from tests.factories.courses import VersionFactory
from tests.factories.licensing import ExternalCreditFactory
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _printer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "signed_transcript", lambda record, now: Made(b"%PDF-1.7", 2))


@pytest.fixture
def certificate(owner: User) -> Certificate:
    make_provider()
    return make_certificate(user=owner, version=VersionFactory(title="Facial <b>massage</b>"))


@pytest.fixture
def transcript(certificate: Certificate, owner: User, client_of: ClientOf) -> Transcript:
    """Asked for on the page, and made."""
    client_of(owner).post("/transcript/ask/", {"period": "all", "stated": "on"})
    row = Transcript.objects.get()
    jobs.run(row.job_id, now=row.asked_at)
    row.refresh_from_db()
    return row


def test_page_shows_rows_and_the_office_sees_the_same(
    certificate: Certificate, owner: User, registrar: User, client_of: ClientOf
) -> None:
    ExternalCreditFactory(user=owner, title="Ethics elsewhere")

    own = client_of(owner).get("/transcript/")
    office = client_of(registrar).get(f"/office/certificates/transcript/{owner.uid}/")

    for page in (own, office):
        assert page.status_code == 200
        assert "Facial &lt;b&gt;massage&lt;/b&gt;" in page.content.decode()
        assert codes.dashed(certificate.serial) in page.content.decode()
        assert page["Cache-Control"] == "private, no-store"
    # The person's own notes are shown to the office when it asks for them.
    assert "Ethics elsewhere" in own.content.decode()
    assert "Ethics elsewhere" not in office.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "period=dates",
        "period=dates&first=2026-05-02&last=2026-05-01",
        "period=never",
        "period=dates&first=9999-99-99",
    ],
)
def test_choice_that_makes_no_sense(owner: User, client_of: ClientOf, query: str) -> None:
    assert client_of(owner).get(f"/transcript/?{query}").status_code == 422
    assert client_of(owner).post("/transcript/ask/", {}).status_code == 422
    assert not Transcript.objects.exists()


def test_nothing_on_record_is_said(owner: User, client_of: ClientOf) -> None:
    page = client_of(owner).post("/transcript/ask/", {"period": "all"})

    assert page.status_code == 422
    assert "There is nothing on record in this period." in page.content.decode()


def test_waiting_page_then_file(certificate: Certificate, owner: User, client_of: ClientOf) -> None:
    client = client_of(owner)
    asked = client.post("/transcript/ask/", {"period": "all"})
    again = client.post("/transcript/ask/", {"period": "all"})
    row = Transcript.objects.get()

    assert asked.url == again.url == f"/transcript/{row.uid}/"
    assert "data-unfinished" in client.get(asked.url).content.decode()
    assert client.get(f"{asked.url}pdf/").status_code == 404

    jobs.run(row.job_id, now=row.asked_at)
    assert "Download the PDF" in client.get(asked.url).content.decode()
    file = client.get(f"{asked.url}pdf/")
    assert (file.content, file["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert codes.dashed(row.code) in file["Content-Disposition"]
    assert codes.dashed(row.code) in client.get("/transcript/").content.decode()


def test_other_peoples_are_not_found(
    transcript: Transcript, stranger: User, instructor: User, client_of: ClientOf
) -> None:
    for user in (stranger, instructor):
        client = client_of(user)
        for page in ("", "pdf/"):
            assert client.get(f"/transcript/{transcript.uid}/{page}").status_code == 404
        assert client.post(f"/transcript/{transcript.uid}/again/").status_code == 404
    assert client.get(f"/transcript/{uuid4()}/").status_code == 404


def test_anybody_verifies_it_by_its_number(transcript: Transcript, client: Client) -> None:
    page = client.get(f"/verify/transcript/{codes.dashed(transcript.code).lower()}/")
    text = page.content.decode()

    assert page.status_code == 200
    # In the zone of the person, as on paper; the visitor's clock is another one.
    with timezone.override("America/New_York"):
        assert f"{moment(transcript.asked_at)} E" in text
    assert "every certificate in it still holds" in text
    assert "Facial &lt;b&gt;massage&lt;/b&gt;" in text
    assert transcript.file_sha256 in text
    assert page["Cache-Control"] == "no-store"
    assert "noindex" in page["X-Robots-Tag"]
    # Typed into the form for certificates it leads to its own page.
    typed = client.get("/verify/", {"code": transcript.code}, follow=True)
    assert typed.redirect_chain[-1][0] == f"/verify/transcript/{codes.dashed(transcript.code)}/"


def test_revoked_since_is_said_and_the_paper_stays(
    transcript: Transcript, certificate: Certificate, registrar: User, now: datetime, client: Client
) -> None:
    revoke_certificate(certificate, reason="Issued by mistake.", by=registrar, now=now)

    text = client.get(f"/verify/transcript/{transcript.code}/").content.decode()

    assert "Genuine, but not all of it still holds" in text
    assert "Changed since this transcript was made" in text
    assert "Issued by mistake." in text


def test_verification_survives_the_closing_of_the_account(
    transcript: Transcript, owner: User, now: datetime, client: Client
) -> None:
    User.objects.filter(pk=owner.pk).update(
        closed_at=now, is_active=False, name_on_certificates="", email="closed@example.invalid"
    )

    assert "Olivia Owner" in client.get(f"/verify/transcript/{transcript.code}/").content.decode()


def test_unmade_altered_and_guessed_numbers_are_not_found(
    transcript: Transcript, owner: User, client: Client, client_of: ClientOf
) -> None:
    client_of(owner).post("/transcript/ask/", {"period": "last"})
    client_of(owner).post("/transcript/ask/", {"period": "dates", "first": "2026-01-01"})
    unmade = Transcript.objects.get(made_at__isnull=True)

    for number in (unmade.code, codes.new_code(), "x", transcript.code[:-1] + "*"):
        assert client.get(f"/verify/transcript/{number}/").status_code == 404
    with thawed("certificates_transcript"):
        Transcript.objects.filter(pk=transcript.pk).update(record_json="{}")
    assert client.get(f"/verify/transcript/{transcript.code}/").status_code == 404


def test_guessing_is_slowed(client: Client) -> None:
    answers = [client.get("/verify/transcript/x/").status_code for _ in range(31)]

    assert answers == [404] * 30 + [429]


def test_constant_number_of_queries(
    certificate: Certificate, transcript: Transcript, owner: User, client: Client, client_of: Any
) -> None:
    own = client_of(owner)
    own.get("/transcript/")
    client.get(f"/verify/transcript/{transcript.code}/")
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as captured:
            own.get("/transcript/")
            client.get(f"/verify/transcript/{transcript.code}/")
        counts.append(len(captured))
        for _ in range(2):
            make_certificate(user=owner, version=VersionFactory())
            own.post("/transcript/ask/", {"period": "dates", "first": f"2020-01-0{number + 1}"})

    assert counts[0] == counts[1]
