"""What a certificate owes to bodies, and from when on."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from ce_platform.core.staff_digest import StaffMember, Waiting
from ce_platform.licensing.domain.consents import answer_consent
from ce_platform.licensing.domain.licenses import remove_license
from ce_platform.licensing.models import License, ReportConsent, Submission
from certificates.domain.record import record_of
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, ReportChannel, ReportEvent, ReportLine
from certificates.reports.domain.export import make_batch
from certificates.reports.domain.lines import NO_STANDING, make_lines, sweep_due, sweep_lines
from certificates.reports.domain.moves import reject_line, send_again
from certificates.reports.domain.settings import save_channel
from certificates.reports.preflight import check
from certificates.reports.words import said_of
from certificates.waiting import reports_waiting
from tests.factories.certificates import (
    LicenseFactory,
    SubmissionFactory,
    make_certificate,
    make_provider,
)
from tests.factories.courses import VersionFactory
from tests.factories.reports import GEORGIA, owed_line, reporting_body, set_channel

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


def codes(line: ReportLine) -> list[str]:
    fresh = ReportLine.objects.select_related("certificate", "body").get(pk=line.pk)
    return [problem.code for problem in check([fresh])[0].problems]


def sentences(certificate: Certificate, today: date = TODAY) -> list[str]:
    return [each.sentence for each in said_of([certificate], today=today).get(certificate.pk, [])]


def test_line_is_made_with_the_certificate_and_knows_its_day() -> None:
    line = owed_line(expires_on=date(2027, 8, 31))

    assert (line.status, line.due_on, line.is_renewing_soon, line.channel, line.state) == (
        "pending",
        TODAY + timedelta(days=30),
        False,
        "ce-broker",
        "FL",
    )
    assert list(line.events.values_list("from_status", "to_status")) == [("", "pending")]
    assert sentences(line.certificate) == [
        "Will be reported to Florida through CE Broker by December 20, 2026."
    ]


def test_day_is_the_learners_own() -> None:
    """Half past five in the afternoon of November 20 in UTC is November 21 in Auckland."""
    line = owed_line(holder={"user__time_zone": "Pacific/Auckland"})

    assert (line.completed_on, line.due_on) == (date(2026, 11, 21), date(2026, 12, 21))


def test_license_that_ends_soon_decides() -> None:
    line = owed_line(expires_on=date(2026, 12, 5))

    assert (line.due_on, line.is_renewing_soon) == (date(2026, 11, 28), True)


def test_end_of_the_license_noted_later_moves_the_day(now: datetime) -> None:
    line = owed_line()
    assert sweep_due(now) == 0
    License.objects.update(expires_on=date(2026, 12, 1))

    assert (sweep_due(now), sweep_due(now)) == (1, 0)
    line.refresh_from_db()
    assert (line.due_on, line.is_renewing_soon) == (date(2026, 11, 24), True)


def test_rule_of_later_gives_no_deadline(now: datetime) -> None:
    line = owed_line(reporting_body(), now=now.replace(year=2024))

    assert (line.completed_on.year, line.deadline_days, line.due_on) == (2024, None, None)


def test_doing_it_again_and_sweeping_add_nothing_and_find_what_is_missing(now: datetime) -> None:
    body = reporting_body()
    line = owed_line(body)
    early = LicenseFactory(body=reporting_body("US-MI", rule={}), number="75")
    version = VersionFactory()
    SubmissionFactory(course=version.course, body=early.body)
    older = make_certificate(user=early.user, version=version)

    assert make_lines(line.certificate, now=now) == []
    assert sweep_lines(now) == 0
    set_channel(early.body)
    assert sweep_lines(now) == 1
    assert sweep_lines(now.replace(minute=0)) == 0
    assert ReportLine.objects.get(root=older).due_on is None


def test_body_that_wants_nothing_gets_no_line_and_the_learner_keeps_the_proof(
    now: datetime,
) -> None:
    body = reporting_body("US-NC", rule={"records_years_licensee": 5, "approval_model": "none"})
    holder = LicenseFactory(body=body, number="12")

    certificate = make_certificate(user=holder.user)

    assert not ReportLine.objects.exists()
    assert sentences(certificate) == [
        "Nobody reports this to US-NC: you declare it, and keep the proof until November 20, 2031."
    ]


def test_course_without_standing_at_the_body_is_not_reported() -> None:
    line = owed_line(submission={"status": "denied"})

    assert (line.status, line.reason) == ("not-needed", NO_STANDING)
    assert sentences(line.certificate) == [
        "Florida has not approved this course for the day you completed it: nobody reports it, "
        "and you should not declare it there."
    ]


@pytest.mark.parametrize("rule", [None, {}])
def test_nobody_is_told_to_declare_what_is_not_approved(rule: dict[str, Any] | None) -> None:
    """Whether the body is told by us or not: a file that is open is no yes, and silence none."""
    body = reporting_body(rule=rule)
    holder = LicenseFactory(body=body, number="12")
    version = VersionFactory()
    silent = make_certificate(user=holder.user, version=VersionFactory())
    undecided = {"decided_on": None, "valid_from": None, "valid_to": None, "hours_granted": None}
    sent = SubmissionFactory(
        course=version.course, body=body, status="submitted", number="", **undecided
    )
    pending = make_certificate(user=holder.user, version=version)
    told = " Our office reports it once it is approved." if rule is None else ""

    assert sentences(silent) == [
        "No approval of Florida is recorded for this course, so nobody reports it. Ask the board "
        "before you declare it there, and keep the proof."
    ]
    assert sentences(pending) == [
        "Florida has not decided on this course yet: do not declare it there before, and keep "
        f"the proof.{told}"
    ]
    Submission.objects.filter(pk=sent.pk).update(
        status="approved", decided_on=TODAY, valid_from=TODAY, hours_granted=1
    )
    assert sentences(pending)[0].startswith("Will be" if rule is None else "Nobody reports this")


def test_todays_approval_changes_no_certificate_of_yesterday(now: datetime) -> None:
    body = reporting_body()
    set_channel(body)
    undecided = {"status": "submitted", "decided_on": None, "valid_from": None, "valid_to": None}
    line = owed_line(body, submission=undecided | {"number": "", "hours_granted": None})
    certificate = line.certificate
    before = (certificate.sha256, record_of(certificate).sha256())
    assert codes(line) == ["approval-missing", "course-number-missing"]

    approval: dict[str, Any] = {
        "status": "approved",
        "decided_on": TODAY + timedelta(days=1),
        "number": "20-555",
        "hours_granted": 1,
        "valid_to": None,
    }
    Submission.objects.update(**approval, valid_from=TODAY + timedelta(days=1))
    from_tomorrow = codes(line)
    Submission.objects.update(**approval, valid_from=TODAY)

    assert (from_tomorrow, codes(line)) == (["approval-missing"], [])
    certificate = Certificate.objects.get(pk=certificate.pk)
    assert (certificate.sha256, record_of(certificate).sha256()) == before
    assert [row.status for row in certificate.bodies.all()] == ["submitted"]


def test_georgia_waits_for_consent_and_asks_once(now: datetime) -> None:
    body = reporting_body("US-GA", rule=GEORGIA)
    set_channel(body, needs_consent=True)
    line = owed_line(body)
    license_ = line.license
    assert license_ is not None
    by = license_.user

    asked = codes(line)
    said = sentences(line.certificate)
    make_lines(line.certificate, now=now)
    answer_consent(license_, is_given=False, by=by, now=now)
    refused = codes(line)
    remove_license(license_, by=by, now=now)
    typed_again = LicenseFactory(user=by, body=body, number=license_.number)
    answer_consent(typed_again, is_given=True, by=by, now=now)
    answer_consent(typed_again, is_given=True, by=by, now=now)

    assert (asked, refused, codes(line)) == (["consent-missing"], ["consent-refused"], [])
    assert said == [
        "Georgia is told only if you agree: say yes or no beside your license there, by "
        "November 27, 2026."
    ]
    assert list(ReportConsent.objects.order_by("id").values_list("state", flat=True)) == [
        "asked",
        "refused",
        "given",
    ]
    assert OutgoingMail.objects.filter(cause__startswith="report-consent:").count() == 1


def test_every_problem_is_named_and_linked(registrar: User, now: datetime) -> None:
    body = reporting_body()
    body.license_format = "MA #####"
    body.save()
    set_channel(
        body,
        provider_number="",
        profession_code="",
        provider_valid_to=date(2026, 1, 1),
    )
    line = owed_line(body, number="98214", submission={"number": "DEMO"})
    assert codes(line) == [
        "number-format",
        "provider-number-missing",
        "profession-missing",
        "course-number-missing",
    ]
    body.report_channel.provider_number = "50-1"
    body.report_channel.save()
    assert "provider-number-not-valid" in codes(line)

    body.report_channel.channel = "nothing"
    body.report_channel.save()
    assert codes(line) == ["number-format", "channel-off"]
    revoke_certificate(line.certificate, reason="A mistake.", by=registrar, now=now)

    fresh = ReportLine.objects.select_related("certificate", "body").get(pk=line.pk)
    problems = check([fresh])[0].problems
    assert problems[0].code == "certificate-not-valid"
    assert all(problem.url.startswith("/office/") for problem in problems)


def test_same_license_course_and_day_on_two_accounts_leaves_once() -> None:
    body = reporting_body()
    set_channel(body)
    version = VersionFactory()
    first = owed_line(body, version=version)
    second = LicenseFactory(body=body, number="ma98214")
    certificate = make_certificate(user=second.user, version=version)

    assert codes(first) == []
    assert codes(ReportLine.objects.get(root=certificate)) == ["duplicate"]


def test_database_keeps_a_line_where_it_belongs(now: datetime) -> None:
    line = owed_line()
    event = ReportEvent.objects.get()
    for write in (
        lambda: ReportLine.objects.filter(pk=line.pk).update(license_key="x"),
        lambda: ReportLine.objects.filter(pk=line.pk).update(status="exported"),
        lambda: ReportLine.objects.filter(pk=line.pk).update(status="rejected"),
        lambda: ReportEvent.objects.filter(pk=event.pk).update(note="Never."),
        lambda: ReportEvent.objects.filter(pk=event.pk).delete(),
        lambda: ReportLine.objects.create(
            **{
                name: getattr(line, name)
                for name in (
                    *("root", "certificate", "course", "body", "license_key", "license_number"),
                    *("license_folded", "state", "completed_on", "channel", "created_at"),
                )
            }
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def waiting(now: datetime) -> list[Waiting]:
    return reports_waiting(StaffMember(None, frozenset({"registrar"}), now.date(), now))


def test_office_is_told_what_falls_due_and_nobody_else_is(now: datetime) -> None:
    owed_line(expires_on=date(2026, 12, 1))

    (told,) = waiting(now)

    assert told.words == "1 completion to report"
    assert told.details[0].startswith("November 24, 2026 (renewing soon): ")
    assert reports_waiting(StaffMember(1, frozenset({"instructor"}), now.date(), now)) == []
    ReportLine.objects.update(status="not-needed", reason="Not ours.")
    assert waiting(now) == []


def test_what_was_sent_back_is_owed_until_it_is_taken(registrar: User, now: datetime) -> None:
    """Its day moves with the license, the mail of the day names it, and it asks for the consent
    that the office has asked for since."""
    make_provider()
    body = reporting_body()
    set_channel(body)
    line = owed_line(body, expires_on=date(2027, 8, 31))
    make_batch(ReportChannel.CE_BROKER, body=None, by=registrar, now=now)
    reject_line(line, reason="Unknown number.", by=registrar, now=now)
    License.objects.update(expires_on=date(2026, 12, 1))
    values = {"channel": "ce-broker", "needs_consent": True}

    assert sweep_due(now) == 1
    (told,) = waiting(now)
    assert told.details[0].startswith("November 24, 2026 (renewing soon) (sent back): ")
    save_channel(body, values=values, by=registrar, now=now)
    send_again(line, reason="Their mistake.", by=registrar, now=now)

    assert codes(line) == ["consent-missing"]
