"""The frozen record: what it says and how it is sealed."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.domain.record import (
    CertificateRecord,
    heading_for,
    place_for,
    printable,
)
from certificates.sample import sample_record


@pytest.mark.parametrize(
    ("delivery", "has_test", "heading"),
    [
        # NCBTMB: every home-study document is one of achievement, because a test is compulsory.
        ("home-study", True, "Certificate of Achievement"),
        ("home-study", False, "Certificate of Achievement"),
        ("live-webinar", True, "Certificate of Achievement"),
        ("live-webinar", False, "Certificate of Completion"),
        ("live-class", True, "Certificate of Achievement"),
        ("live-class", False, "Certificate of Completion"),
    ],
)
def test_heading_follows_delivery_and_test(delivery: str, has_test: bool, heading: str) -> None:
    assert heading_for(delivery, has_test=has_test) == heading


@pytest.mark.parametrize(
    ("delivery", "label", "city", "place"),
    [
        ("home-study", "Home study", "Asheville, NC", "Home study (online), Asheville, NC"),
        ("home-study", "Home study", "", "Home study (online)"),
        ("live-webinar", "Live webinar", "Asheville", "Live webinar (online), Asheville"),
        ("live-class", "Live class", "Asheville", "Live class, Asheville"),
    ],
)
def test_place(delivery: str, label: str, city: str, place: str) -> None:
    assert place_for(delivery, label, city) == place


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana\n María\t", "Ana María"),
        ("Ana\u202eairaM", "AnaairaM"),
        ("A\x00n\x07a", "Ana"),
        ("Nguye\u0302\u0303n", "Nguyễn"),
        ("<b>Ana</b>", "<b>Ana</b>"),
        ("علی\u200cرضا", "علی\u200cرضا"),
    ],
)
def test_printable(typed: str, kept: str) -> None:
    assert printable(typed) == kept


@given(st.text(max_size=200))
def test_printable_is_one_clean_line_and_stays_so(text: str) -> None:
    kept = printable(text)

    assert "\n" not in kept
    assert "\x00" not in kept
    assert printable(kept) == kept


def test_the_same_record_has_the_same_hash() -> None:
    assert sample_record().sha256() == sample_record().sha256()


@pytest.mark.parametrize("field", [field.name for field in fields(CertificateRecord)])
def test_hash_covers_every_field(field: str) -> None:
    record = sample_record()
    value = getattr(record, field)
    changed = {
        bool: lambda: not value,
        str: lambda: f"{value}x",
        int: lambda: value + 1,
        Decimal: lambda: value + 1,
        tuple: lambda: value[1:],
    }.get(type(value), lambda: value + timedelta(days=1))()

    assert replace(record, **{field: changed}).sha256() != record.sha256()


def test_hash_knows_no_spelling_of_numbers_and_zones() -> None:
    record = sample_record()
    same_moment = datetime(2026, 11, 20, 12, 30, tzinfo=timezone(timedelta(hours=-5)))

    again = replace(
        record,
        credit_hours=Decimal("0.50"),
        completed_at=same_moment,
    )

    assert record.completed_at == same_moment.astimezone(UTC)
    assert again.sha256() == record.sha256()


def test_preview_hash_ignores_what_is_known_only_when_issued() -> None:
    record = sample_record()

    issued = replace(
        record,
        serial="X" * 17,
        verify_url="https://x/",
        issued_at=record.issued_at + timedelta(minutes=3),
        completed_at=record.completed_at + timedelta(minutes=3),
    )

    assert issued.preview_sha256() == record.preview_sha256()
    assert replace(record, holder_name="Y").preview_sha256() != record.preview_sha256()
