"""The office's pages of certificates in bulk: choosing, asking, watching, fetching, deleting."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, BackgroundJob
from certificates.bulk.selection import Selection, words_of
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, CertificateBundle
from tests.certificates.bulk.put_together import asked, made, named
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    NOW,
    BodyFactory,
    SubmissionFactory,
    complete_by_hand,
    make_certificate,
)
from tests.factories.courses import EnrollmentFactory, VersionFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/office/certificates/"
DOWNLOADS = f"{LIST}downloads/"
NEW = f"{DOWNLOADS}new/"
DAY = timedelta(days=1)


def holder(name: str, now: datetime = NOW, **values: object) -> Certificate:
    return make_certificate(user=UserFactory(name_on_certificates=name), now=now, **values)


def sent(**changes: str) -> dict[str, str]:
    return {"kind": "zip", "order": "name", "once": str(uuid4())} | changes


def events(bundle: CertificateBundle) -> list[tuple[str, str]]:
    return list(
        AuditEvent.objects.filter(subject_type="certificate-bundle", subject_id=str(bundle.uid))
        .order_by("pk")
        .values_list("action", "actor_label")
    )


@pytest.fixture
def four(registrar: User) -> dict[str, Certificate]:
    """Early in Florida, late live, revoked, and one of another course."""
    florida = VersionFactory(course__slug="florida", title="Florida course")
    SubmissionFactory(course=florida.course, body=BodyFactory())
    florida.course.completion_count = 1
    florida.course.save()
    live = VersionFactory(course__slug="live", delivery="live-class")
    found = {
        "Early": holder("Early", NOW - 9 * DAY, version=florida),
        "Late": complete_by_hand(
            EnrollmentFactory(user=UserFactory(name_on_certificates="Late"), version=live)
        ),
        "Revoked": holder("Revoked", NOW - DAY),
        "Other": holder("Other", NOW - DAY),
    }
    revoke_certificate(found["Revoked"], reason="A mistake.", by=registrar, now=NOW)
    return found


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Early", "Late", "Other", "Revoked"]),
        ("?last=2026-11-11", ["Early"]),
        ("?first=2026-11-12", ["Late", "Other", "Revoked"]),
        ("?first=2026-11-19&last=2026-11-19", ["Other", "Revoked"]),
        ("?course=florida", ["Early"]),
        ("?body=US-FL", ["Early"]),
        ("?delivery=live-class", ["Late"]),
        ("?status=revoked", ["Revoked"]),
        ("?status=issued&first=2026-11-19", ["Late", "Other"]),
        ("?q=the&first=2026-11-19", ["Other"]),
    ],
)
def test_list_and_page_of_asking_mean_the_same(
    four: dict[str, Certificate], registrar: User, client_of: ClientOf, query: str, names: list[str]
) -> None:
    client = client_of(registrar)

    page = client.get(LIST + query).content.decode()
    asking = client.get(NEW + query).content.decode()

    assert [name for name in sorted(four) if f">{name}</a>" in page] == names
    count = f"Download or print {len(names)} certificate{'' if len(names) == 1 else 's'}"
    assert count in asking


def test_ticked_ones_stand_alone_and_none_is_not_everything(
    four: dict[str, Certificate], registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)
    ticked = f"?serial={four['Early'].serial}&serial={str(four['Late']).lower()}&ticked=yes"

    two = client.get(NEW + ticked).content.decode()
    nothing = [
        client.get(NEW + query).content.decode()
        for query in ("?ticked=yes", "?serial=nonsense", "?q=nobody")
    ]
    refused = client.post(f"{NEW}?ticked=yes", sent())

    assert "Download or print 2 certificates" in two
    assert ["No certificate fits" in page for page in nothing] == [True] * 3
    assert (refused.status_code, CertificateBundle.objects.count()) == (422, 0)
    client.post(NEW + ticked, sent())
    assert (CertificateBundle.objects.get().title, BackgroundJob.objects.count()) == (
        "2 chosen certificates",
        1,
    )


@pytest.mark.parametrize(
    "query", ["?first=2026-12-01&last=2026-01-01", "?first=soon", "?course=gone", "?body=XX"]
)
def test_filter_that_makes_no_sense_finds_nothing(
    four: dict[str, Certificate], registrar: User, client_of: ClientOf, query: str
) -> None:
    client = client_of(registrar)

    page = client.get(LIST + query)
    asking = client.post(NEW + query, sent())

    assert (page.status_code, "Early" in page.content.decode()) == (422, False)
    assert (asking.status_code, asking.url) == (302, LIST + query)
    assert CertificateBundle.objects.count() == 0


def test_period_is_listed_by_its_days_page_by_page(registrar: User, client_of: ClientOf) -> None:
    """Rows came in another order than the days; two share a day across the turn of the page."""
    days = [*range(13, 26), *range(13), 12]
    for number, day in enumerate(days):
        holder(f"N{number:02}", NOW - day * DAY)
    client = client_of(registrar)
    seen: list[str] = []
    url = f"{LIST}?first=2026-01-01"
    while url:
        answer = client.get(url)
        seen += [row["certificate"].holder_name for row in answer.context["rows"]]
        older = answer.context["older_url"]
        url = LIST + older if older else ""

    wanted = sorted(enumerate(days), key=lambda each: (each[1], -each[0]))
    assert seen == [f"N{number:02}" for number, _ in wanted]


def test_double_click_and_second_window_start_one_job(
    four: dict[str, Certificate], registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)
    form = sent(kind="paper", has_blank_backs="on")

    answers = [client.post(f"{NEW}?first=2026-11-19", form) for _ in range(2)]

    bundle = CertificateBundle.objects.get()
    assert [answer.url for answer in answers] == [f"{DOWNLOADS}{bundle.uid}/"] * 2
    assert BackgroundJob.objects.count() == 1
    assert (bundle.kind, bundle.has_blank_backs, bundle.has_invalid) == ("paper", True, False)
    assert bundle.certificate_count == 2
    assert bundle.title == "Completed November 19, 2026 or later"


@pytest.mark.parametrize(
    "changes", [{"kind": ""}, {"kind": "exe"}, {"order": "size"}, {"once": "x"}]
)
def test_asking_refuses_what_it_does_not_know(
    four: dict[str, Certificate], registrar: User, client_of: ClientOf, changes: dict[str, str]
) -> None:
    assert client_of(registrar).post(NEW, sent(**changes)).status_code == 422
    assert CertificateBundle.objects.count() == 0


def test_from_asking_to_deleting_all_is_logged(registrar: User, client_of: ClientOf) -> None:
    named("Ana")
    client = client_of(registrar)
    client.post(NEW, sent())
    bundle = CertificateBundle.objects.get()
    url = f"{DOWNLOADS}{bundle.uid}/"

    waiting = client.get(url).content.decode()
    early = client.post(f"{url}file/")
    made(bundle)
    ready = client.get(url).content.decode()
    answer = client.post(f"{url}file/")

    assert "It starts in a moment" in waiting
    assert early.url == url
    assert "Download," in ready
    assert answer["Content-Disposition"] == f'attachment; filename="{bundle.file_name}"'
    assert answer["Cache-Control"] == "private, no-store"
    with ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert len(archive.namelist()) == 3
    assert client.post(f"{url}stop/").url == url
    for _ in range(2):
        assert client.post(f"{url}delete/").url == url
    assert "The file was deleted on" in client.get(url).content.decode()
    assert client.post(f"{url}file/").url == url
    assert events(bundle) == [
        ("certificate-bundle.asked", registrar.email),
        ("certificate-bundle.made", ""),
        ("certificate-bundle.downloaded", registrar.email),
        ("certificate-bundle.deleted", registrar.email),
    ]


def test_stopping_and_starting_again_from_the_page(registrar: User, client_of: ClientOf) -> None:
    named("Ana")
    bundle = asked(registrar)
    client = client_of(registrar)
    url = f"{DOWNLOADS}{bundle.uid}/"

    for _ in range(2):
        client.post(f"{url}stop/")
    stopped = client.get(url).content.decode()
    made(bundle)
    for _ in range(2):
        client.post(f"{url}again/")

    assert f"Stopped by {registrar.email}." in stopped
    bundle.refresh_from_db()
    assert (bundle.job.status, bundle.made_at) == ("queued", None)
    assert BackgroundJob.objects.count() == 2
    assert [action for action, _ in events(bundle)] == [
        "certificate-bundle.asked",
        "certificate-bundle.stopped",
        "certificate-bundle.asked",
    ]


def test_lists_ask_as_often_for_three_as_for_one(registrar: User, client_of: ClientOf) -> None:
    client = client_of(registrar)
    pages = (
        f"{LIST}?first=2026-01-01&body=US-FL",
        f"{NEW}?first=2026-01-01",
        DOWNLOADS,
    )
    SubmissionFactory(body=BodyFactory())
    counts: dict[str, list[int]] = {page: [] for page in pages}
    for _ in range(3):
        named("Ana")
        asked(registrar)
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            counts[page].append(len(captured))
            assert not any(
                "COUNT(" in query["sql"] and "certificates_certificate" in query["sql"]
                for query in captured
            )

    assert [len(set(each)) for each in counts.values()] == [1, 1, 1]
    assert max(max(each) for each in counts.values()) <= 10


def test_selection_survives_being_stored_and_says_what_it_is(db: None) -> None:
    BodyFactory()
    VersionFactory(course__slug="face", title="Facial massage")
    day = NOW.date()
    selection = Selection(
        q="ana", first=day, last=day, course="face", body="US-FL", delivery="home-study"
    )

    assert Selection.of(selection.parameters() | {"newest": 7}) == selection
    assert words_of(selection) == [
        "“ana”",
        "completed November 20, 2026",
        "Facial massage",
        "naming Florida Board of Massage Therapy",
        "Home study",
    ]
    ticked = Selection(is_ticked=True, serials=("A", "B"))
    assert Selection.of(ticked.parameters()) == ticked
