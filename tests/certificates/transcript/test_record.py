"""Totals and the canonical text of a transcript: no database."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from certificates.transcript.periods import Span
from certificates.transcript.record import (
    STATED,
    UNDIVIDED,
    HeldCard,
    LeftOut,
    Line,
    Total,
    TranscriptRecord,
    grouped,
    read_record,
    total_of,
    totals_of,
)

D = Decimal


def line(day: date = date(2026, 5, 2), hours: str = "2", **values: object) -> Line:
    plain = {
        "source": "issued",
        "title": "Facial massage",
        "completed_on": day,
        "hours": D(hours),
        "credits": (("Ethics", D(hours)),),
        "delivery": "Home study",
        "serial": "0000-0000-0000-00000",
        "verify_url": "https://learn.example.com/verify/0000-0000-0000-00000/",
    }
    return Line(**plain | values)  # type: ignore[arg-type]


def test_categories_are_summed_apart_for_certified_and_stated() -> None:
    lines = [
        line(hours="1.5"),
        line(hours="3", credits=(("Ethics", D("0.5")), ("Technique", D("2.5")))),
        line(hours="2", source=STATED, credits=(("ethics", D("2")),)),
        line(hours="4", source=STATED, credits=(("ethics", D("4")),), is_counted=False),
        line(hours="1", credits=()),
    ]

    assert totals_of(lines) == (
        Total("Ethics", D("2.0"), D("2")),
        Total(UNDIVIDED, D("1"), D("0")),
        Total("Technique", D("2.5"), D("0")),
    )
    assert total_of(lines) == Total("", D("5.5"), D("2"))


@given(st.lists(st.tuples(st.integers(1, 99), st.booleans(), st.sampled_from("abc"))))
def test_categories_add_up_whatever_the_order(parts: list[tuple[int, bool, str]]) -> None:
    lines = [
        line(
            hours=str(D(tenths) / 10),
            source=STATED if is_stated else "issued",
            credits=((name, D(tenths) / 10),),
        )
        for tenths, is_stated, name in parts
    ]

    total = total_of(lines)
    assert sum((each.certified for each in totals_of(lines)), D(0)) == total.certified
    assert sum((each.stated for each in totals_of(lines)), D(0)) == total.stated
    assert totals_of(lines[::-1]) == totals_of(lines)


def test_groups_by_cycle_newest_first_and_the_rest_by_year() -> None:
    old, new = date(2019, 3, 1), date(2026, 5, 2)
    spans = [
        (Span(date(2023, 9, 1), date(2025, 8, 31)), "last"),
        (Span(date(2025, 9, 1), date(2027, 8, 31)), "this"),
    ]

    groups = grouped([line(new), line(old), line(date(2025, 8, 31)), line(date(2025, 9, 1))], spans)

    assert [(group.title, [each.completed_on for each in group.lines]) for group in groups] == [
        ("this", [date(2025, 9, 1), new]),
        ("last", [date(2025, 8, 31)]),
        ("2019, outside the cycles that are known", [old]),
    ]
    assert [group.total.certified for group in groups] == [D(4), D(2), D(2)]


def record() -> TranscriptRecord:
    lines = [line(), line(source=STATED, serial="", note="As stated.")]
    return TranscriptRecord(
        code="1111-1111-1111-11111",
        verify_url="https://learn.example.com/verify/transcript/1111-1111-1111-11111/",
        holder_name="Zoë “Bo” <b>Łuć</b>",
        licenses=(HeldCard("Florida", "MA 1", None), HeldCard("Texas", "2", date(2027, 1, 1))),
        period="everything on record",
        grouped_by="Calendar years",
        as_of=datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
        zone="America/New_York",
        provider_name="Margin & Hand",
        provider_address="12 Elm Street\nAsheville",
        provider_email="office@example.com",
        provider_website="",
        groups=grouped(lines, []),
        totals=totals_of(lines),
        total=total_of(lines),
        left_out=(LeftOut("Old", date(2026, 1, 1), "2", "https://x/", "Revoked."),),
        has_stated=True,
        is_specimen=False,
    )


def test_record_reads_back_whole() -> None:
    text = record().canonical_text()

    assert read_record(text) == record()
    assert read_record(text).canonical_text() == text


def test_every_change_changes_the_hash() -> None:
    whole = record()

    assert replace(whole, holder_name="Zoe").sha256() != whole.sha256()
    assert replace(whole, left_out=()).sha256() != whole.sha256()
    assert replace(whole, zone="UTC").sha256() != whole.sha256()
