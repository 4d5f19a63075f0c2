"""Lines of a completion whose certificate was replaced: told once, under the right number."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.licenses import Card, change_license
from ce_platform.licensing.models import License, Submission
from certificates.domain.reissue import replace_certificate
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate, ReportLine
from certificates.reports.domain.export import make_batch
from certificates.reports.domain.lines import NO_STANDING, NOT_PRINTED, make_lines
from certificates.reports.domain.moves import accept_line, correct_line, reject_line, send_again
from certificates.reports.preflight import check
from certificates.reports.words import notes_of_licenses
from tests.factories.corrections import correction_of
from tests.factories.reports import owed_line, reporting_body, set_channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> ReportLine:
    body = reporting_body()
    set_channel(body)
    return owed_line(body, number="MA 1")


def mend(certificate: Certificate, by: User, now: datetime, **changes: Any) -> Certificate:
    return replace_certificate(
        certificate,
        correction=correction_of(certificate, **changes),
        reason="Corrected.",
        by=by,
        now=now,
    )


def numbered(*numbers: str) -> dict[str, Any]:
    return {"licenses": [("US-FL", "Florida", number) for number in numbers]}


def facts(*, of: Certificate) -> list[tuple[str, str, int]]:
    rows = ReportLine.objects.filter(root__enrollment=of.enrollment_id).order_by("pk")
    return [(row.status, row.license_number, row.certificate_id) for row in rows]


def problems(line: ReportLine) -> list[str]:
    fresh = ReportLine.objects.select_related("certificate", "body").get(pk=line.pk)
    return [problem.code for problem in check([fresh])[0].problems]


def leave(by: User, now: datetime) -> None:
    make_batch("ce-broker", body=None, by=by, now=now)


def test_waiting_line_follows_name_and_number(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    made = mend(line.certificate, registrar, now, holder_name="Ana Jones", **numbered("MA 2"))

    assert facts(of=made) == [("pending", "MA 2", made.pk)]
    assert problems(line) == []
    assert make_lines(made, now=now) == []


def test_number_that_the_office_wrote_stays_under_a_new_name(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    correct_line(line, license_number="MA0001", reason="As there.", by=registrar, now=now)

    made = mend(line.certificate, registrar, now, holder_name="Ana Jones")
    assert facts(of=made) == [("pending", "MA0001", made.pk)]

    newest = mend(made, registrar, now, **numbered("MA 2"))
    assert facts(of=newest) == [("pending", "MA 2", newest.pk)]


def test_rejected_after_the_replacement_leaves_again_from_the_new_one(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    leave(registrar, now)
    made = mend(line.certificate, registrar, now, **numbered("MA 2"))
    assert facts(of=made) == [("exported", "MA 1", line.certificate_id)]

    row = reject_line(line, reason="No such license.", by=registrar, now=now)
    assert (row.status, row.license_number) == ("rejected", "MA 2")
    send_again(line, reason="Corrected.", by=registrar, now=now)

    assert facts(of=made) == [("pending", "MA 2", made.pk)]
    assert problems(line) == []


def test_accepted_under_the_wrong_number_is_reported_under_the_right_one(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    leave(registrar, now)
    license_ = License.objects.get(number="MA 1")
    card = Card.of(license_)
    change_license(license_, by=license_.user, now=now, **{**vars(card), "number": "MA 2"})
    made = mend(line.certificate, registrar, now, **numbered("MA 2"))

    accept_line(line, by=registrar, now=now)

    assert facts(of=made) == [
        ("accepted", "MA 1", line.certificate_id),
        ("pending", "MA 2", made.pk),
    ]
    assert make_lines(made, now=now) == []
    # A later change of the name asks for nothing new.
    newest = mend(made, registrar, now, holder_name="Ana Jones")
    assert facts(of=newest) == [
        ("accepted", "MA 1", line.certificate_id),
        ("pending", "MA 2", newest.pk),
    ]


def test_accepted_under_the_same_number_is_not_reported_again(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    leave(registrar, now)
    accept_line(line, by=registrar, now=now)

    made = mend(line.certificate, registrar, now, holder_name="Ana Jones")

    assert facts(of=made) == [("accepted", "MA 1", line.certificate_id)]


def test_license_that_was_rewritten_since_finds_its_line_again(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    License.objects.filter(number="MA 1").update(number="MA 2")

    made = mend(line.certificate, registrar, now, holder_name="Ana Jones")

    assert facts(of=made) == [("pending", "MA 1", made.pk)]


def test_license_taken_off_is_not_reported_and_comes_back_with_it(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    made = mend(line.certificate, registrar, now, **numbered())
    line.refresh_from_db()
    assert (line.status, line.reason) == ("not-needed", NOT_PRINTED)

    newest = mend(made, registrar, now, **numbered("MA 1"))

    assert facts(of=newest) == [("pending", "MA 1", newest.pk)]


def test_later_approval_on_a_new_as_of_counts_only_from_its_day(
    registrar: User, now: datetime
) -> None:
    body = reporting_body()
    set_channel(body)
    line = owed_line(body, submission={})
    assert line.reason == NO_STANDING
    later = now + timedelta(days=40)
    Submission.objects.create(
        course=line.course,
        edition=1,
        body=body,
        status="approved",
        number="20-1",
        hours_granted="0.5",
        submitted_on=now.date(),
        decided_on=later.date(),
        valid_from=later.date(),
        created_at=later,
    )

    made = replace_certificate(
        line.certificate, is_as_of_today=True, reason="Later.", by=registrar, now=later
    )

    assert [each.block for each in made.bodies.all()] == ["approved"]
    assert facts(of=made) == [("pending", line.license_number, made.pk)]
    assert problems(line) == ["approval-missing"]


def test_license_page_tells_of_a_completion_once(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    leave(registrar, now)
    mend(line.certificate, registrar, now, holder_name="Ana Jones")
    license_ = License.objects.select_related("body").get(number="MA 1")

    notes = notes_of_licenses(license_.user, [license_], now)

    assert len(notes[license_.pk].courses) == 1


def test_numbers_that_changed_hands_and_one_written_twice_break_nothing(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    License.objects.filter(number="MA 1").update(number="MA 2")
    License.objects.create(
        user=line.certificate.user, body=line.body, number="MA 1", created_at=now
    )

    made = mend(line.certificate, registrar, now, **numbered("MA 1", "MA 2", "MA2"))

    assert facts(of=made) == [("pending", "MA 1", made.pk), ("pending", "MA 2", made.pk)]


def test_issued_anew_after_a_revocation_it_is_reported_after_all(
    line: ReportLine, registrar: User, now: datetime
) -> None:
    revoke_certificate(line.certificate, reason="A mistake.", by=registrar, now=now)
    assert problems(line) == ["certificate-not-valid"]

    made = replace_certificate(
        line.certificate, is_after_revocation=True, reason="Counts.", by=registrar, now=now
    )

    assert facts(of=made) == [("pending", "MA 1", made.pk)]
    assert problems(line) == []
