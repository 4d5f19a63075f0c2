"""What stands on a transcript: whose, of which days, counted or not."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from certificates.domain.revoke import revoke_certificate
from certificates.models import Certificate
from certificates.transcript.gathering import Gathered, gather
from certificates.transcript.periods import ALL, DATES, LAST, THIS, Choice
from certificates.transcript.record import STATED_WORDS
from tests.factories.certificates import make_certificate, make_provider
from tests.factories.courses import CreditHoursFactory, VersionFactory
from tests.factories.licensing import (
    BodyFactory,
    ExternalCreditFactory,
    LicenseFactory,
    RuleFactory,
)
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db

D = Decimal


def completed(user: User, at: datetime, title: str = "Facial massage") -> Certificate:
    return make_certificate(now=at, user=user, version=VersionFactory(title=title))


def gathered(user: User, now: datetime, **choice: object) -> Gathered:
    return gather(user, Choice(**choice), now=now)  # type: ignore[arg-type]


def test_own_certificates_with_hours_and_categories(
    owner: User, stranger: User, now: datetime
) -> None:
    make_provider()
    version = VersionFactory(title="Facial massage", credit_hours=D("2.5"))
    version.credits.all().delete()
    CreditHoursFactory(version=version, category="Technique", credit_hours=D("2"))
    CreditHoursFactory(version=version, category="Ethics", credit_hours=D("0.5"))
    mine = make_certificate(now=now, user=owner, version=version)
    completed(stranger, now, title="Not mine")

    record = gathered(owner, now).record

    assert [(line.title, line.hours, line.verify_url) for line in record.lines] == [
        ("Facial massage", D("2.5"), mine.verify_url)
    ]
    assert [(each.category, each.certified) for each in record.totals] == [
        ("Ethics", D("0.5")),
        ("Technique", D("2")),
    ]
    assert (record.holder_name, record.provider_name, record.grouped_by) == (
        "Olivia Owner",
        "Margin & Hand Continuing Education",
        "Calendar years",
    )


def test_new_years_eve_in_honolulu_is_in_the_printed_year(owner: User, now: datetime) -> None:
    owner.time_zone = "Pacific/Honolulu"
    owner.save()
    # 23:30 on December 31 there; in New York and in UTC it is the next year.
    completed(owner, datetime(2026, 1, 1, 9, 30, tzinfo=UTC))

    old = gathered(owner, now, period=DATES, last=date(2025, 12, 31)).record
    new = gathered(owner, now, period=DATES, first=date(2026, 1, 1)).record

    assert [line.completed_on for line in old.lines] == [date(2025, 12, 31)]
    assert [group.title for group in old.groups] == ["2025"]
    assert new.lines == []
    assert len(gathered(owner, now, period=LAST).record.lines) == 1


def test_stated_and_imported_are_marked_in_words(owner: User, now: datetime) -> None:
    imported = completed(owner, now)
    with thawed("certificates_certificate"):
        Certificate.objects.filter(pk=imported.pk).update(origin="imported-record")
    ExternalCreditFactory(user=owner, title="Ethics", hours=("ethics", "2"))

    record = gathered(owner, now).record

    assert [(line.source, line.note) for line in record.lines] == [
        ("stated", STATED_WORDS),
        ("imported", "Recorded before November 20, 2026, from the provider's earlier files"),
    ]
    assert (record.total.certified, record.total.stated) == (imported.credit_hours, D("2"))
    assert gathered(owner, now, has_stated=False).record.total.stated == 0


def test_own_note_of_our_certificate_is_counted_once(owner: User, now: datetime) -> None:
    ours = completed(owner, now)
    ExternalCreditFactory(user=owner, title="FACIAL massage", completed_on=ours.completed_on)

    record = gathered(owner, now).record

    assert [line.is_counted for line in record.lines] == [True, False]
    assert record.total.stated == 0


def test_revoked_is_said_and_not_counted(owner: User, registrar: User, now: datetime) -> None:
    kept, gone = completed(owner, now, "Kept"), completed(owner, now, "Gone")
    revoke_certificate(gone, reason="Issued by mistake.", by=registrar, now=now)

    record = gathered(owner, now).record

    assert [line.title for line in record.lines] == ["Kept"]
    assert record.total.certified == kept.credit_hours
    assert [(each.title, each.words) for each in record.left_out] == [
        (
            "Gone",
            "Genuine, but revoked on November 20, 2026. It no longer counts, because: Issued by "
            "mistake.",
        )
    ]
    assert gathered(owner, now, period=DATES, last=date(2020, 1, 1)).record.left_out == ()


def test_grouped_by_the_cycles_of_the_license_that_ends_first(owner: User, now: datetime) -> None:
    body = BodyFactory(code="US-ZZ", jurisdiction="Zed")
    RuleFactory(body=body, rule_json='{"ce_cycle_months":24,"ce_hours":24}')
    license = LicenseFactory(user=owner, body=body, number="Z 1", expires_on=date(2027, 8, 31))
    completed(owner, now, "This")
    completed(owner, now - timedelta(days=800), "Last")

    found = gathered(owner, now)

    assert found.choice.license == license.uid.hex
    assert [group.title.partition(": ")[2] for group in found.record.groups] == [
        "September 1, 2025 to August 31, 2027",
        "September 1, 2023 to August 31, 2025",
    ]
    for period, titles in ((THIS, ["This"]), (LAST, ["Last"]), (ALL, ["Last", "This"])):
        lines = gathered(owner, now, period=period).record.lines
        assert sorted(line.title for line in lines) == titles
    by_years = gathered(owner, now, license="").record
    assert [group.title for group in by_years.groups] == ["2026", "2024"]
    assert gathered(owner, now, license="somebody else's").choice.license == ""


def test_constant_number_of_queries(owner: User, now: datetime) -> None:
    counts = []
    for number in (1, 3):
        for place in range(number):
            completed(owner, now - timedelta(days=place), f"{number} {place}")
            ExternalCreditFactory(user=owner)
            LicenseFactory(user=owner, body=RuleFactory().body, expires_on=date(2027, 8, 31))
        with CaptureQueriesContext(connection) as captured:
            gathered(owner, now)
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 8
