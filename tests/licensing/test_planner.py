"""The renewal planner: whence credits come, what the page, the PDF and the calendar file say."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.models import BackgroundJob
from ce_platform.licensing.domain import licenses
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.planner import document
from ce_platform.licensing.planner.plans import LicensePlan, plans_of
from ce_platform.licensing.renewal import Standing, Verdict
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from courses.models import CourseVersion
from tests.factories.certificates import make_certificate
from tests.factories.courses import CreditHoursFactory, EnrollmentFactory, VersionFactory
from tests.factories.licensing import (
    ApprovedFactory,
    ApproverFactory,
    BodyFactory,
    ExternalCreditFactory,
    LicenseFactory,
    ProviderNumberFactory,
    RuleFactory,
    SubmissionFactory,
    SubmittedFactory,
)

ClientOf = Callable[[User], Client]
pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
PLANNER = "/planner/"
SIMPLE = {
    "ce_hours": 10,
    "ce_cycle_months": 24,
    "home_study_max_hours": 10,
    "approval_model": "course",
    "technique_by_home_study": {"answer": "allowed"},
    "repeat_rule": "Any time.",
    "carry_over_hours": 0,
    "first_renewal": "full",
    "live_interactive_counts_as": "home-study",
}


def body(
    code: str, place: str, now: datetime, *, is_checked: bool = True, **rule: object
) -> LicensingBody:
    made = BodyFactory(code=code, jurisdiction=place, name=f"{place} Board")
    checked = {"checked_at": now, "checked_by_id": 1} if is_checked else {}
    RuleFactory(body=made, rule_json=json.dumps(SIMPLE | rule), **checked)
    return made


def course(hours: str = "5", category: str = "Ethics") -> CourseVersion:
    version = VersionFactory(credit_hours=Decimal(hours))
    CreditHoursFactory(version=version, category=category, credit_hours=Decimal(hours))
    return version


def approve(version: CourseVersion, at: LicensingBody, hours: str = "5") -> None:
    ApprovedFactory(course=version.course, body=at, hours_granted=Decimal(hours))


def plans(user: User, today: date = TODAY) -> dict[str, LicensePlan]:
    return {each.license.body.code: each for each in plans_of(user, today=today)}


# ---------------------------------------------------------------- whence credits come


def test_one_course_looks_different_for_two_states(owner: User, now: datetime) -> None:
    florida, new_york = body("US-FL", "Florida", now), body("US-NY", "New York", now)
    for each in (florida, new_york):
        LicenseFactory(user=owner, body=each, expires_on=date(2027, 8, 31))
    version = course()
    approve(version, florida, hours="4")
    SubmittedFactory(course=version.course, body=new_york)
    certificate = make_certificate(user=owner, version=version)

    found = plans(owner)

    line = found["US-FL"].plan.line_of(certificate.serial)
    assert (line.verdict, line.hours) == (Verdict.IN_PART, Decimal(4))
    line = found["US-NY"].plan.line_of(certificate.serial)
    assert (line.verdict, line.hours) == (Verdict.PENDING, Decimal(0))


@pytest.mark.parametrize(
    ("since", "verdict", "hours"),
    [
        ({}, Verdict.PENDING, 0),
        ({"status": "more-info"}, Verdict.PENDING, 0),
        ({"status": "approved", "valid_from": TODAY}, Verdict.IN_PART, 4),
        ({"status": "expired", "valid_from": TODAY, "valid_to": TODAY}, Verdict.IN_PART, 4),
        ({"status": "approved", "valid_from": date(2026, 11, 21)}, Verdict.DOES_NOT_COUNT, 0),
        ({"status": "denied"}, Verdict.DOES_NOT_COUNT, 0),
        ({"status": "withdrawn"}, Verdict.DOES_NOT_COUNT, 0),
    ],
)
def test_what_was_printed_as_pending_follows_the_decision(
    since: dict[str, object], verdict: Verdict, hours: int, owner: User, now: datetime
) -> None:
    """The paper stays as it was; "decision pending" would not be true any more."""
    florida = body("US-FL", "Florida", now)
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    version = course()
    sent = SubmittedFactory(course=version.course, body=florida)
    certificate = make_certificate(user=owner, version=version)
    if since:
        decided = {"decided_on": date(2026, 11, 22), "hours_granted": 4}
        type(sent).objects.filter(pk=sent.pk).update(**decided, **since)

    line = plans(owner)["US-FL"].plan.line_of(certificate.serial)

    assert (line.verdict, line.hours) == (verdict, Decimal(hours))


def test_what_a_body_has_denied_counts_nowhere_there(owner: User, now: datetime) -> None:
    """Also where any relevant course is taken: a no is not printed, and must not be lost."""
    florida = body("US-FL", "Florida", now, accepts=["any-relevant"])
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    version = course()
    SubmissionFactory(course=version.course, body=florida, status="denied", decided_on=TODAY)
    certificate = make_certificate(user=owner, version=version)

    line = plans(owner)["US-FL"].plan.line_of(certificate.serial)

    assert (line.verdict, line.sentences) == (
        Verdict.DOES_NOT_COUNT,
        ("Denied by the Florida Board.",),
    )


def test_a_list_that_fits_and_was_not_recorded_is_neither_a_yes_nor_a_no(
    owner: User, now: datetime
) -> None:
    georgia, ncbtmb = body("US-GA", "Georgia", now, accepts=["NCBTMB"]), ApproverFactory()
    LicenseFactory(user=owner, body=georgia, expires_on=date(2027, 8, 31))
    version = course()
    approve(version, ncbtmb)
    certificate = make_certificate(user=owner, version=version)

    line = plans(owner)["US-GA"].plan.line_of(certificate.serial)

    assert (line.verdict, line.hours, line.open_hours) == (Verdict.NOT_KNOWN, 0, 5)


def test_what_is_noted_by_hand_beside_our_certificate_counts_once(
    owner: User, now: datetime
) -> None:
    florida = body("US-FL", "Florida", now)
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    version = course("2")
    approve(version, florida, hours="2")
    certificate = make_certificate(user=owner, version=version)
    title = certificate.course_title.upper()
    noted = ExternalCreditFactory(user=owner, title=title, completed_on=TODAY)
    noted.hours.update(credit_hours=9)

    plan = plans(owner)["US-FL"].plan

    assert (plan.line_of(certificate.serial).hours, plan.line_of(noted.uid.hex).hours) == (2, 0)


def test_a_license_noted_after_the_certificate_finds_the_list_of_that_day(
    owner: User, now: datetime
) -> None:
    """A body without a decision of its own is printed only for people who hold its license."""
    georgia, ncbtmb = body("US-GA", "Georgia", now), ApproverFactory()
    ProviderNumberFactory(body=ncbtmb)
    version = course()
    SubmissionFactory(course=version.course, body=georgia, status="accepts-list", through=ncbtmb)
    certificate = make_certificate(user=owner, version=version)
    LicenseFactory(user=owner, body=georgia, expires_on=date(2027, 8, 31))

    line = plans(owner)["US-GA"].plan.line_of(certificate.serial)

    assert certificate.bodies.count() == 0
    assert (line.credit.standing.kind, line.hours) == (Standing.ACCEPTS_LIST, Decimal(5))


def test_a_revoked_certificate_counts_nothing(owner: User, registrar: User, now: datetime) -> None:
    florida = body("US-FL", "Florida", now)
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    version = course()
    approve(version, florida)
    certificate = make_certificate(user=owner, version=version)
    assert plans(owner)["US-FL"].plan.earned == 5

    revoke_certificate(certificate, reason="Issued by mistake.", by=registrar, now=now)

    assert plans(owner)["US-FL"].plan.lines == ()


def test_what_is_begun_is_planned_and_what_is_on_sale_is_offered(
    owner: User, now: datetime
) -> None:
    florida = body("US-FL", "Florida", now)
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    begun, on_sale, elsewhere = course("3"), course("2"), course("9")
    for version in (begun, on_sale):
        approve(version, florida)
    approve(elsewhere, BodyFactory())
    EnrollmentFactory(user=owner, version=begun)

    found = plans(owner)["US-FL"]

    assert (found.plan.earned, found.plan.planned, found.plan.missing) == (0, 3, 7)
    assert [(each.version, each.line.hours) for each in found.suggestions] == [
        (on_sale, Decimal(2))
    ]


@pytest.mark.parametrize(
    ("day", "is_checked", "heading"),
    [
        (date(2027, 8, 31), True, "Courses here that would count"),
        (date(2027, 8, 31), False, "Courses here that may count"),
        # No course completed from now on falls into a cycle that is over.
        (date(2026, 8, 31), True, ""),
    ],
)
def test_only_a_sure_yes_is_offered_as_one(
    day: date, is_checked: bool, heading: str, owner: User, now: datetime, client_of: ClientOf
) -> None:
    florida = body("US-FL", "Florida", now, is_checked=is_checked)
    LicenseFactory(user=owner, body=florida, expires_on=day)
    approve(course("2"), florida)

    page = client_of(owner).get(PLANNER).content.decode()

    assert ("Courses here that" in page) == bool(heading)
    assert heading in page
    assert "We know of no course" not in page


def test_hours_due_to_nobody_are_plain_only_by_a_checked_rule(
    owner: User, now: datetime, client_of: ClientOf
) -> None:
    version = course()
    for code, place in (("US-FL", "Florida"), ("US-NY", "New York")):
        made = body(code, place, now, is_checked=place == "Florida", ce_hours=0)
        LicenseFactory(user=owner, body=made, expires_on=date(2027, 8, 31))
        approve(version, made)
    EnrollmentFactory(user=owner, version=version)

    page = client_of(owner).get(PLANNER).content.decode()

    assert page.count('class="plan-headline"') == 2
    for said in (
        '"plan-headline">Florida asks for no hours.',
        '"plan-headline">As far as we know, New York asks for no hours.',
        "No hours due",
        "Probably no hours due",
    ):
        assert page.count(said) == 1


def test_what_is_asked_for_and_missing_is_offered_before_what_is_long(
    owner: User, now: datetime
) -> None:
    ethics_asked = [{"name": "Ethics", "min_hours": 2, "subjects": ["ethics"]}]
    florida = body("US-FL", "Florida", now, categories=ethics_asked)
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    ethics = course("1", "Ethics")
    long = [course(str(hours), "Business") for hours in range(2, 9)]
    for version in (*long, ethics):
        approve(version, florida, hours="9")

    found = plans(owner)["US-FL"].suggestions

    assert [(each.version, each.line.hours) for each in found] == [
        (ethics, 1),
        (long[-1], 8),
        (long[-2], 7),
        (long[-3], 6),
    ]


def test_what_is_not_known_is_offered_after_what_is_sure(owner: User, now: datetime) -> None:
    asked = {"answer": "limited", "note": "Ask.", "ask_board": True}
    florida = body("US-FL", "Florida", now, technique_by_home_study=asked)
    LicenseFactory(user=owner, body=florida, expires_on=date(2027, 8, 31))
    sure, unknown = course("1"), course("8", "Technique")
    for version in (sure, unknown):
        approve(version, florida, hours="8")

    found = plans(owner)["US-FL"].suggestions

    assert [(each.version, each.line.hours) for each in found] == [(sure, 1), (unknown, 0)]


def test_hours_earned_elsewhere_count_by_their_own_proof(owner: User, now: datetime) -> None:
    florida = body("US-FL", "Florida", now)
    georgia = body("US-GA", "Georgia", now, accepts=["NCBTMB"])
    montana = body("US-MT", "Montana", now, approval_model="none")
    for each in (florida, georgia, montana):
        LicenseFactory(user=owner, body=each, expires_on=date(2027, 8, 31))
    named, listed, nameless = (ExternalCreditFactory(user=owner) for _ in range(3))
    named.approvals.create(body=florida)
    listed.approvals.create(body=ApproverFactory())

    found = plans(owner)

    def counted(code: str) -> list[Decimal]:
        keys = [row.uid.hex for row in (named, listed, nameless)]
        return [found[code].plan.line_of(key).hours for key in keys]

    # What nobody is noted to have approved is not known, where an approval is asked for.
    assert counted("US-FL") == [2, 0, 0]
    assert counted("US-GA") == [0, 2, 0]
    assert counted("US-MT") == [2, 2, 2]
    assert found["US-FL"].plan.line_of(nameless.uid.hex).verdict == Verdict.NOT_KNOWN
    assert found["US-FL"].plan.cautions == (
        "2 hours count by your own record: make sure that Florida accepts them, and keep the "
        "proof.",
    )


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        # 23:30 in Honolulu is the next morning in Greenwich.
        ("Pacific/Honolulu", datetime(2026, 9, 1, 9, 30, tzinfo=UTC), date(2026, 8, 31)),
        ("America/New_York", datetime(2026, 9, 1, 4, 30, tzinfo=UTC), date(2026, 9, 1)),
    ],
)
def test_a_completion_near_midnight_lands_in_its_cycle(
    zone: str, moment: datetime, day: date, owner: User, now: datetime
) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone=zone)
    owner.refresh_from_db()
    florida = body("US-FL", "Florida", now)
    LicenseFactory(user=owner, body=florida, expires_on=date(2026, 8, 31), number="before")
    LicenseFactory(user=owner, body=florida, expires_on=date(2028, 8, 31), number="after")
    version = course()
    ApprovedFactory(
        course=version.course,
        body=florida,
        hours_granted=5,
        submitted_on=date(2026, 1, 1),
        decided_on=date(2026, 2, 1),
        valid_from=date(2026, 2, 1),
    )

    certificate = make_certificate(now=moment, user=owner, version=version)

    assert certificate.completed_on == day
    earned = {each.license.number: each.plan.earned for each in plans_of(owner, today=day)}
    is_before = day <= date(2026, 8, 31)
    assert earned == {"before": 5 if is_before else 0, "after": 0 if is_before else 5}


# ---------------------------------------------------------------- the page


def test_without_a_license_the_page_offers_the_first_step(owner: User, client_of: ClientOf) -> None:
    text = client_of(owner).get(PLANNER).content.decode()

    assert "No license noted yet" in text
    assert reverse("licensing:license-add") in text


def test_page_of_three_licenses(
    owner: User, stranger: User, client_of: ClientOf, now: datetime
) -> None:
    checked = body("US-FL", "Florida", now)
    unchecked = body("US-GA", "Georgia", now, is_checked=False)
    LicenseFactory(user=owner, body=checked, expires_on=date(2099, 8, 31), number="MA <1>")
    LicenseFactory(user=owner, body=unchecked)
    LicenseFactory(user=owner, body=BodyFactory(code="US-ZZ", jurisdiction="Nowhere"))
    LicenseFactory(user=stranger, body=checked, number="FOREIGN")

    text = client_of(owner).get(PLANNER).content.decode()

    assert "You need 10 hours by August 31, 2099." in text
    assert "MA &lt;1&gt;" in text
    assert "This rule was not checked by this office" in text
    assert "Note the date" in text
    assert "We have no rule of this body on file" in text
    assert "FOREIGN" not in text


def test_page_takes_the_same_queries_for_any_number(
    owner: User, client_of: ClientOf, now: datetime
) -> None:
    ApproverFactory()
    counts = []
    for number in range(3):
        each = body(f"US-A{number}", f"State {number}", now)
        LicenseFactory(user=owner, body=each, expires_on=date(2099, 8, 31))
        external = ExternalCreditFactory(user=owner)
        external.approvals.create(body=each)
        done, begun, on_sale = course(), course(), course()
        for version in (done, begun, on_sale):
            approve(version, each)
        make_certificate(user=owner, version=done)
        EnrollmentFactory(user=owner, version=begun)
        client = client_of(owner)
        assert client.get(PLANNER).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            client.get(PLANNER)
        counts.append(len(captured))

    assert Certificate.objects.count() == 3
    assert counts == [22, 22, 22]


# ---------------------------------------------------------------- to take along


def test_calendar_file_has_one_entry_per_end(
    owner: User, client_of: ClientOf, now: datetime
) -> None:
    florida = body("US-FL", "Florida", now)
    row = LicenseFactory(user=owner, body=florida, expires_on=date(2099, 8, 31), number="MA 1")
    LicenseFactory(user=owner, body=florida, number="without an end")

    answer = client_of(owner).get(reverse("licensing:planner-calendar"))

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    (event,) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event["summary"] == "Florida license MA 1 ends"
    assert event.decoded("dtstart") == date(2099, 8, 31)
    assert str(row.uid) in event["uid"]
    assert "You need 10 hours" in event["description"]
    assert [alarm.decoded("trigger").days for alarm in event.walk("VALARM")] == [-180, -90, -30, -7]


def test_the_pdf_is_made_by_the_worker_and_only_its_owner_has_it(
    owner: User,
    stranger: User,
    client_of: ClientOf,
    now: datetime,
    django_capture_on_commit_callbacks: object,
) -> None:
    florida = body("US-FL", "Florida", now)
    LicenseFactory(user=owner, body=florida, expires_on=date(2099, 8, 31), number="MA 1 🎉")
    client = client_of(owner)

    first, again = (client.post(reverse("licensing:plan-document-start")).url for _ in range(2))
    job = BackgroundJob.objects.get(kind=document.KIND)
    assert first == again == reverse("licensing:plan-document", args=[job.uid])
    assert b"being made" in client.get(first).content

    jobs.run(job.pk, now=now)

    job.refresh_from_db()
    assert (job.status, job.error) == ("done", "")
    url = reverse("licensing:plan-document-file", args=[job.uid])
    assert client_of(stranger).get(url).status_code == 404
    answer = client.get(url)
    reader = PdfReader(BytesIO(answer.content))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "You need 10 hours by August 31, 2099." in " ".join(text.split())
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_removed_licenses_have_no_plan(owner: User, now: datetime) -> None:
    row = LicenseFactory(user=owner, body=body("US-FL", "Florida", now))

    licenses.remove_license(row, by=owner, now=now)

    assert plans_of(owner, today=TODAY) == []
