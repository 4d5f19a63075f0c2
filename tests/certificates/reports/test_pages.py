"""The office's pages of reports, and what a therapist says and reads of them."""

import re
from collections.abc import Callable
from datetime import date, datetime
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.licensing.models import ReportConsent
from certificates.models import BodyChannel, ReportBatch, ReportCourseNumber, ReportLine
from tests.factories.certificates import SubmissionFactory, make_certificate
from tests.factories.courses import VersionFactory
from tests.factories.reports import GEORGIA, owed_line, reporting_body, set_channel

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LIST = "/office/reports/"


def words(client: Client, url: str) -> str:
    text = unescape(re.sub(r"<[^>]+>", " ", client.get(url).content.decode()))
    return re.sub(r"\s+", " ", text)


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


@pytest.fixture
def office(registrar: User, client_of: ClientOf) -> Client:
    return client_of(registrar)


def test_list_groups_by_day_and_pages_by_key(office: Client) -> None:
    body = reporting_body()
    for number, due in enumerate(("2026-11-19", "2026-11-20", "2026-11-27", "2026-11-28")):
        line = owed_line(body, number=f"MA {number}")
        ReportLine.objects.filter(pk=line.pk).update(due_on=due)
    none = owed_line(body, number="MA none")
    ReportLine.objects.filter(pk=none.pk).update(due_on=None)

    text = words(office, LIST).partition("Therapist License Course Due")[2]
    said = re.findall(
        r"Overdue|Within 7 days|Later|No deadline known|\d days? overdue|due today|in \d days"
        r"|no deadline known",
        text,
    )
    assert said == [
        *("Overdue", "1 day overdue", "Within 7 days", "due today", "in 7 days"),
        *("Later", "in 8 days", "No deadline known", "no deadline known"),
    ]
    assert "MA 0" in words(office, f"{LIST}?when=overdue")
    assert "MA 1" not in words(office, f"{LIST}?when=overdue")
    after = f"{LIST}?after=2026-11-27.{ReportLine.objects.get(license_number='MA 2').pk}"
    rest = words(office, after)
    assert ("MA 2" in rest, "MA 3" in rest, "MA none" in rest) == (False, True, True)
    for wrong in ("?after=x", "?after=2026-13-01.4", "?status=x&when=y&body=%00", "?after=none."):
        assert office.get(LIST + wrong).status_code == 200


def test_a_certificate_revoked_after_its_report_tells_whom_to_write_to(
    office: Client, client_of: ClientOf
) -> None:
    body = reporting_body()
    set_channel(body)
    line = owed_line(body)
    office.post(f"{LIST}export/", {"channel": "ce-broker"})
    serial = line.certificate.serial

    url = reverse("certificates:office-certificate-revoke", args=[serial])
    page = office.post(
        url, {"reason": "Issued by mistake.", "is_sure": "on"}, follow=True
    ).content.decode()

    assert "Florida was told of this completion (license MA 98214). Take it back there." in page
    assert "revoked after Florida was told" in words(office, line.get_absolute_url())
    assert "Was reported to Florida on November 20, 2026, before this certificate was revoked" in (
        words(client_of(line.certificate.user), f"/certificates/{serial}/")
    )


def test_what_was_sent_back_stands_with_its_day(office: Client) -> None:
    body = reporting_body()
    set_channel(body)
    line = owed_line(body)
    office.post(f"{LIST}export/", {"channel": "ce-broker"})

    office.post(f"{line.get_absolute_url()}move/", {"to": "rejected", "reason": "Unknown."})

    assert "Rejected due in 30 days Unknown." in words(office, f"{LIST}?status=rejected")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_as_often_for_many_lines_as_for_one(
    count: int,
    office: Client,
    registrar: User,
    client_of: ClientOf,
    django_assert_num_queries: Callable[..., object],
) -> None:
    body = reporting_body("US-GA", rule=GEORGIA)
    set_channel(body, needs_consent=True)
    license_ = owed_line(body, number="GA 1").license
    assert license_ is not None
    for _ in range(count - 1):
        course = VersionFactory()
        SubmissionFactory(course=course.course, body=body)
        make_certificate(user=license_.user, version=course)
    office.get(LIST)

    with django_assert_num_queries(10):
        office.get(LIST)
    with django_assert_num_queries(9):
        office.get(f"{LIST}check/")
    with django_assert_num_queries(6):
        office.get(f"{LIST}bodies/")
    ReportConsent.objects.create(license=license_, state="given", at=license_.created_at)
    office.post(f"{LIST}export/", {"channel": "ce-broker"})
    batch = ReportBatch.objects.get()
    assert batch.line_count == count
    with django_assert_num_queries(6):
        office.get(batch.get_absolute_url())
    with django_assert_num_queries(4):
        office.get(f"{LIST}batches/")
    therapist = client_of(license_.user)
    therapist.get("/certificates/")
    with django_assert_num_queries(9):
        therapist.get("/certificates/")


def test_file_is_the_same_each_time_and_pressing_twice_makes_one(office: Client) -> None:
    body = reporting_body()
    set_channel(body)
    owed_line(body)

    first = office.post(f"{LIST}export/", {"channel": "ce-broker"})
    second = office.post(f"{LIST}export/", {"channel": "ce-broker"})
    wrong = office.post(f"{LIST}export/", {"channel": "nothing"})

    batch = ReportBatch.objects.get()
    assert (first["Location"], second["Location"], wrong["Location"]) == (
        batch.get_absolute_url(),
        f"{LIST}check/",
        f"{LIST}check/",
    )
    file = f"{batch.get_absolute_url()}file/"
    answer = office.get(file)
    assert answer.content == office.get(file).content
    assert answer["Content-Disposition"] == (
        'attachment; filename="ce-broker-all-2026-11-20-123000.xlsx"'
    )
    line = ReportLine.objects.get()
    office.post(f"{batch.get_absolute_url()}accept/", {"line": [str(line.uid), "x", "\x00"]})
    line.refresh_from_db()
    assert line.status == "accepted"


def test_roster_leaves_for_one_board_at_a_time(office: Client) -> None:
    for code in ("US-LA", "US-XX"):
        body = reporting_body(code, rule={"report_channel": "attendance records to the board"})
        owed_line(body, number=f"{code} 1")

    without = office.post(f"{LIST}export/", {"channel": "roster"})
    unknown = office.post(f"{LIST}export/", {"channel": "roster", "body": "US-ZZ\x00"})
    office.post(f"{LIST}export/", {"channel": "roster", "body": "US-LA"})

    assert without["Location"] == unknown["Location"] == f"{LIST}check/"
    batch = ReportBatch.objects.get()
    content = office.get(f"{batch.get_absolute_url()}file/").content.decode("utf-8-sig")
    assert ("US-LA 1" in content, "US-XX 1" in content) == (True, False)
    assert words(office, f"{LIST}check/").count("Make the file with 1 completion") == 1


def test_line_page_refuses_without_a_reason_and_says_when_it_moved(office: Client) -> None:
    line = owed_line()
    url = line.get_absolute_url()

    without = office.post(f"{url}move/", {"to": "not-needed", "reason": " "})
    nonsense = office.post(f"{url}move/", {"to": "exported"})
    early = office.post(f"{url}move/", {"to": "accepted"}, follow=True)
    corrected = office.post(f"{url}correct/", {"license_number": "", "reason": "Typo."})
    done = office.post(f"{url}move/", {"to": "not-needed", "reason": "She moved away."})

    assert [answer.status_code for answer in (without, nonsense, early, corrected, done)] == (
        [422, 422, 200, 422, 302]
    )
    assert "This line stands at “To be reported” now" in early.content.decode()
    assert "She moved away." in words(office, url)
    assert office.post(f"{url}ask/").status_code == 302


def test_office_types_in_what_the_channel_wants(office: Client) -> None:
    body = reporting_body("US-MI", rule={})
    line_of = VersionFactory()
    url = f"{LIST}bodies/US-MI/"
    values = {"channel": "ce-broker", "provider_number": "fifty", "profession_code": "MT"}

    wrong = office.post(url, values)
    right = office.post(url, values | {"provider_number": "50-77", "needs_consent": "on"})
    edition = f"{line_of.course.slug}:{line_of.edition}"
    bad = office.post(f"{url}numbers/", {"edition": edition, "number": "A-1"})
    own = office.post(f"{url}numbers/", {"edition": edition, "number": "A-1", "is_own": "on"})

    assert [answer.status_code for answer in (wrong, right, bad, own)] == [422, 302, 422, 302]
    row = BodyChannel.objects.get(body=body)
    assert (row.provider_number, row.needs_consent) == ("50-77", True)
    number = ReportCourseNumber.objects.get()
    assert (number.number, number.is_own, number.edition) == ("A-1", True, 1)
    office.post(f"{url}numbers/", {"edition": edition, "number": ""})
    assert not ReportCourseNumber.objects.exists()


def test_therapist_gives_consent_and_takes_it_back(client_of: ClientOf, stranger: User) -> None:
    body = reporting_body("US-GA", rule=GEORGIA)
    set_channel(body, needs_consent=True)
    line = owed_line(body, number="MT 5")
    license_ = line.license
    assert license_ is not None
    client = client_of(license_.user)
    url = reverse("licensing:license-consent", args=[license_.uid])

    before = words(client, "/licenses/")
    client.post(url, {"consent": "yes"})
    given = words(client, "/licenses/")
    client.post(url, {"consent": "no"})
    other = client_of(stranger).post(url, {"consent": "yes"})

    assert "May we report your courses to Georgia?" in before
    assert line.certificate.course_title in before
    assert "You agreed that we report your courses to Georgia." in given
    assert "Will be reported to Georgia through CE Broker by November 27, 2026." in given
    assert (other.status_code, ReportConsent.objects.first().state) == (404, "refused")  # type: ignore[union-attr]
    assert "You did not agree to a report." in words(client, line.certificate.get_absolute_url())
    assert "You did not agree to a report." in words(client, "/certificates/")


def test_answers_and_roster_by_the_page(office: Client) -> None:
    body = reporting_body()
    set_channel(body)
    owed_line(body, number="MA 7", expires_on=date(2027, 1, 1))
    office.post(f"{LIST}export/", {"channel": "ce-broker"})
    table = b"State,License number,Completed on,Result\r\nFL,MA 7,2026-11-20,accepted\r\n"
    none = office.post(f"{LIST}receipts/", {})
    broken = office.post(f"{LIST}receipts/", {"file": SimpleUploadedFile("a.csv", b"a,b\r\n1,2")})
    read = office.post(f"{LIST}receipts/", {"file": SimpleUploadedFile("a.csv", table)})
    csv = office.post(
        f"{LIST}roster/file/", {"first": "2026-11-01", "last": "2026-11-30", "body": "US-FL"}
    )
    wrong = office.post(
        f"{LIST}roster/file/", {"first": "2026-11-30", "last": "2026-11-01", "course": "nothing"}
    )

    assert [answer.status_code for answer in (none, broken, read, csv, wrong)] == (
        [422, 422, 302, 200, 422]
    )
    assert ReportLine.objects.get().status == "accepted"
    assert b",MA 7,FL," in csv.content
