"""The office's pages for a group, and how somebody new comes to their account."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob, OutgoingMail
from certificates.domain.documents import make_document
from certificates.group import issuing
from certificates.models import Certificate, GroupIssue
from courses import frozen
from courses.models import LiveSession
from tests.factories.live import NOW, live_version, session_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/office/certificates/group/"


@pytest.fixture
def session(now: datetime) -> LiveSession:
    return session_of(live_version(title="Neck and jaw, hands on"), has_paper_evaluations=True)


def test_from_the_list_to_the_certificate_and_into_the_account(
    session: LiveSession, registrar: User, client: Client, client_of: ClientOf
) -> None:
    office = client_of(registrar)
    sent = {"session": session.uid, "people": "Ana Pérez, ana@example.com\nBo Li, bo@example.com"}

    looked_at = office.post(LIST, sent)
    page = office.get(looked_at.url).content.decode()
    assert "Issue for 2 people" in page
    assert "New here: an account is made." in page
    assert Certificate.objects.count() == User.objects.filter(email="ana@example.com").count() == 0
    for _ in range(2):
        assert office.post(f"{looked_at.url}start/").status_code == 302
    jobs.run(BackgroundJob.objects.get(kind=issuing.KIND).pk, now=NOW)

    page = office.get(looked_at.url).content.decode()
    certificate = Certificate.objects.get(user__email="ana@example.com")
    assert certificate.serial in page
    assert "Certificate issued" in page
    make_document(certificate.pk, now=NOW)
    mail = OutgoingMail.objects.get(cause=f"certificate-issued:{certificate.serial}")
    assert reverse("account_reset_password") in mail.body
    # She follows the mail: a code, a password, and she is in.
    asked = client.post(reverse("account_reset_password"), {"email": "ana@example.com"})
    code = re.search(r"^\s{2,}(\S+)\s*$", OutgoingMail.objects.latest("pk").body, re.M)
    assert code is not None
    checked = client.post(asked.url, {"code": code[1]})
    password = "a-long-password-2026"
    client.post(checked.url, {"password1": password, "password2": password})
    assert certificate.serial in client.get("/certificates/").content.decode()


def test_a_list_with_a_mistake_begins_nothing_and_comes_back(
    session: LiveSession, registrar: User, client_of: ClientOf
) -> None:
    typed = "Ana 🦄, ana@example.com\nBo Li, bo@example"

    answer = client_of(registrar).post(LIST, {"session": session.uid, "people": typed})

    page = answer.content.decode()
    assert (answer.status_code, GroupIssue.objects.count()) == (422, 0)
    assert "2 rows are not clear" in page
    assert "Row 1:" in page
    assert "bo@example" in page


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"people": "Ana, a@example.com"}, "Choose the session."),
        ({"session": "chosen"}, "Paste the list, or choose a file."),
        ({"session": "chosen", "people": "A, a@example.com", "file": "x"}, "not both"),
        (
            {
                "session": "chosen",
                "people": "\n".join(f"Ana, a{n}@example.com" for n in range(10_000)),
            },
            "more than 2,000 people",
        ),
    ],
)
def test_what_is_refused_with_a_sentence(
    session: LiveSession,
    registrar: User,
    client_of: ClientOf,
    sent: dict[str, object],
    sentence: str,
) -> None:
    if sent.get("session"):
        sent = sent | {"session": session.uid}
    if sent.get("file"):
        sent = sent | {"file": SimpleUploadedFile("a.csv", b"Ana, a@example.com")}

    answer = client_of(registrar).post(LIST, sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_pages_ask_as_often_for_many_as_for_one(
    session: LiveSession, registrar: User, client_of: ClientOf
) -> None:
    office = client_of(registrar)
    counts = []
    for size in (1, 30):
        people = "\n".join(f"Ana Li, a{n}@example.com" for n in range(size))
        session_of(session.course.on_sale_version)
        url = office.post(LIST, {"session": session.uid, "people": people}).url
        issue = GroupIssue.objects.order_by("-pk")[0]
        before = issuing.start_issue(issue, by=registrar, now=NOW)
        jobs.run(before.job_id or 0, now=NOW)
        frozen.forget()
        of_pages = []
        for page in (LIST, url):
            office.get(page)
            with CaptureQueriesContext(connection) as captured:
                office.get(page)
            of_pages.append(len(captured))
        counts.append(of_pages)

    assert counts[0] == counts[1]
