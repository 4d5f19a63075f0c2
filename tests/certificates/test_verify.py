"""Verification by anybody."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core import codes
from certificates.domain.record import record_of
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from certificates.sample import SAMPLE_SERIAL
from certificates.sheet import make_sheet
from certificates.successors import newest_of
from certificates.views.verify_limits import LIMIT
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SignatoryFactory,
    SubmissionFactory,
    make_certificate,
    make_provider,
)
from tests.factories.courses import VersionFactory
from tests.factories.thaw import thawed

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


def test_form_is_public_and_not_indexed(client: Client) -> None:
    answer = client.get("/verify/")

    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert '<meta name="robots" content="noindex' in answer.content.decode()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda code: code,
        lambda code: code.lower(),
        codes.dashed,
        lambda code: f" {codes.dashed(code).lower()} ",
        lambda code: code.replace("0", "O").replace("1", "l"),
        lambda code: " ".join(code),
    ],
)
def test_typed_numbers_lead_to_the_page(
    certificate: Certificate, client: Client, spoil: Callable[[str], str]
) -> None:
    answer = client.get("/verify/", {"code": spoil(certificate.serial)}, follow=True)

    assert answer.redirect_chain == [(f"/verify/{certificate}/", 302)]
    assert "Genuine and valid" in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "abc", "x" * 61, "0000-0000-0000-00001", "\x00"])
def test_impossible_numbers_are_asked_again(client: Client, typed: str) -> None:
    answer = client.get("/verify/", {"code": typed})

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode() or "error" in answer.content.decode()


def test_page_shows_everything_printed(certificate: Certificate, client: Client) -> None:
    page = client.get(f"/verify/{certificate}/").content.decode()

    sheet = make_sheet(record_of(certificate))
    printed = [
        sheet.heading,
        sheet.name,
        sheet.license_line,
        sheet.title,
        sheet.subtitle,
        sheet.serial,
        sheet.status_line,
        *(fact.value.replace("&", "&amp;") for fact in sheet.facts),
        *(each.name for each in sheet.signatures),
        *(block.heading for block in sheet.blocks),
        *(line.sentence for block in sheet.blocks for line in block.lines),
    ]
    assert [words for words in printed if words not in page] == []
    assert page.index("Approved by Florida") < page.index("Submitted, decision pending")


def test_page_shows_nothing_that_was_not_printed(certificate: Certificate, client: Client) -> None:
    page = client.get(f"/verify/{certificate}/").content.decode()

    assert "private@example.com" not in page
    assert str(certificate.enrollment.uid) not in page


def test_page_is_not_indexed_and_not_kept(certificate: Certificate, client: Client) -> None:
    answer = client.get(f"/verify/{certificate}/")

    assert answer["X-Robots-Tag"].startswith("noindex")
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer.content.decode()


def test_revoked_says_since_when_and_why(
    certificate: Certificate, client: Client, registrar: User, now: datetime
) -> None:
    revoke_certificate(certificate, reason="Taken under another's name.", by=registrar, now=now)

    page = client.get(f"/verify/{certificate}/").content.decode()

    assert "Genuine, but revoked on November 20, 2026" in page
    assert "Taken under another&#x27;s name." in page
    assert "Genuine and valid" not in page
    assert "Olivia Owner" in page


def replaced(old: Certificate, *, now: datetime) -> Certificate:
    """What stands in its place."""
    Certificate.objects.filter(pk=old.pk).update(
        status="replaced", status_changed_at=now, status_reason="The name was corrected."
    )
    new = Certificate.objects.get(pk=old.pk)
    new.pk, new.serial, new.replaces = None, codes.new_code(), Certificate(pk=old.pk)
    new.status, new.status_changed_at, new.status_reason = "issued", None, ""
    new.verify_url = f"http://testserver/verify/{codes.dashed(new.serial)}/"
    new.save(force_insert=True)
    return Certificate.objects.get(pk=new.pk)


def test_replaced_leads_to_the_newest_however_often(
    certificate: Certificate, client: Client, now: datetime
) -> None:
    second = replaced(certificate, now=now)
    third = replaced(second, now=now)

    pages = {
        each: client.get(f"/verify/{each}/").content.decode() for each in (certificate, second)
    }

    for page in pages.values():
        assert "Genuine, but replaced on" in page
        assert third.verify_url in page
    assert second.verify_url not in pages[certificate]
    assert newest_of(Certificate.objects.get(pk=certificate.pk)) == third
    assert newest_of(third) == third


def test_replaced_by_one_that_was_revoked_says_so(
    certificate: Certificate, client: Client, registrar: User, now: datetime
) -> None:
    new = replaced(certificate, now=now)
    revoke_certificate(new, reason="It was a mistake.", by=registrar, now=now)

    page = client.get(f"/verify/{certificate}/").content.decode()

    assert new.verify_url in page
    assert "Genuine, but revoked on November 20, 2026." in page


def test_revoked_and_issued_anew_leads_to_the_new_one(
    certificate: Certificate, client: Client, registrar: User, now: datetime
) -> None:
    second = replaced(certificate, now=now)
    revoke_certificate(second, reason="It was a mistake.", by=registrar, now=now)
    third = Certificate.objects.get(pk=second.pk)
    third.pk, third.serial, third.replaces = None, codes.new_code(), Certificate(pk=second.pk)
    third.status, third.status_changed_at, third.status_reason = "issued", None, ""
    third.status_changed_by_id = None
    third.verify_url = f"http://testserver/verify/{codes.dashed(third.serial)}/"
    third.save(force_insert=True)

    for each in (certificate, second):
        assert third.verify_url in client.get(f"/verify/{each}/").content.decode()


def test_record_of_earlier_files_says_so(certificate: Certificate, client: Client) -> None:
    with thawed("certificates_certificate"):
        Certificate.objects.filter(pk=certificate.pk).update(origin="imported-record")

    page = client.get(f"/verify/{certificate}/").content.decode()

    assert "in an earlier system of Margin &amp; Hand Continuing Education" in page
    assert "not issued by this platform" in page
    assert "Genuine and valid" not in page


def test_specimen_says_so_first(client: Client, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    certificate = make_certificate()

    page = client.get(f"/verify/{certificate}/").content.decode()

    assert '<h2 class="result-heading">SPECIMEN – not valid for CE' in page
    assert "Genuine and valid" not in page


def test_sample_number_is_explained(client: Client) -> None:
    answer = client.get(f"/verify/{codes.dashed(SAMPLE_SERIAL)}/")

    assert answer.status_code == 200
    assert "A specimen, made to test printing" in answer.content.decode()
    assert codes.normalize(SAMPLE_SERIAL) == SAMPLE_SERIAL


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0000-0000-0000-00000", "We have not issued a certificate with this number."),
        ("0000-0000-0000-00001", "a letter is missing, extra or mistyped"),
        ("<script>", "a letter is missing, extra or mistyped"),
    ],
)
def test_not_found_helps(client: Client, typed: str, words: str) -> None:
    answer = client.get(f"/verify/{typed}/")

    assert answer.status_code == 404
    assert words in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_queries_do_not_grow_with_bodies(certificate: Certificate, client: Client) -> None:
    version = VersionFactory()
    for number in range(5):
        body = BodyFactory(code=f"US-{number}", jurisdiction=f"State {number}")
        SubmissionFactory(course=version.course, body=body)
    larger = make_certificate(version=version)
    counts = []
    client.get("/verify/")
    client.get("/verify/")
    for each in (certificate, larger):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/verify/{each}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_too_many_tries_wait_a_minute(
    certificate: Certificate, client: Client, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    url = f"/verify/{certificate}/"
    answers = [client.get(url).status_code for _ in range(LIMIT.count + 1)]

    assert answers == [200] * LIMIT.count + [429]
    refused = client.get(url)
    assert refused["Retry-After"] == "60"
    assert "A little slower, please" in refused.content.decode()
    assert client.get("/verify/").status_code == 200
    assert client.get("/verify/", {"code": "abc"}).status_code == 429
    assert client.get(url, REMOTE_ADDR="192.0.2.7").status_code == 200
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(seconds=61))
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("url", ["/verify/", "/verify/0000-0000-0000-00000/"])
def test_only_looking(client: Client, url: str) -> None:
    assert client.post(url).status_code == 405
