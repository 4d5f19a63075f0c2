"""Which days a transcript is about: no database."""

from datetime import date

import pytest

from ce_platform.licensing.renewal import HeldLicense, RenewalRule
from certificates.transcript.periods import (
    ALL,
    DATES,
    LAST,
    THIS,
    Choice,
    Span,
    chosen_span,
    cycles_around,
    years_of,
)

TODAY = date(2026, 11, 26)
THIS_CYCLE = Span(date(2025, 9, 1), date(2027, 8, 31))
LAST_CYCLE = Span(date(2023, 9, 1), date(2025, 8, 31))


def rule(**values: object) -> RenewalRule:
    return RenewalRule.read(
        {"ce_hours": 24, "ce_cycle_months": 24, **values},
        body_code="US-FL",
        place="Florida",
        body_name="Florida Board",
        is_checked=True,
        as_of=TODAY,
        confidence="high",
        sources=[],
        notes="",
    )


def florida(**values: date) -> HeldLicense:
    return HeldLicense("US-FL", number="MA 1", **values)


def test_cycles_without_gaps_back_to_the_first_line() -> None:
    spans = cycles_around(
        rule(),
        florida(expires_on=date(2027, 8, 31)),
        TODAY,
        earliest=date(2022, 1, 1),
        latest=TODAY,
    )

    assert spans == [Span(date(2021, 9, 1), date(2023, 8, 31)), LAST_CYCLE, THIS_CYCLE]


def test_card_that_ran_out_begins_the_next_cycle() -> None:
    spans = cycles_around(rule(), florida(expires_on=date(2025, 8, 31)), TODAY)

    assert spans == [LAST_CYCLE, THIS_CYCLE]
    assert chosen_span(Choice(period=THIS), spans, TODAY) == THIS_CYCLE


def test_first_cycle_begins_with_the_license() -> None:
    held = florida(expires_on=date(2027, 8, 31), first_issued_on=date(2026, 2, 3))

    spans = cycles_around(rule(), held, TODAY, earliest=date(2020, 1, 1))

    assert spans == [Span(date(2026, 2, 3), date(2027, 8, 31))]
    assert chosen_span(Choice(period=LAST), spans, TODAY) == Span(None, date(2026, 2, 2))


def test_no_cycles_where_no_day_is_known() -> None:
    assert cycles_around(rule(), florida(), TODAY) == []
    assert cycles_around(rule(ce_cycle_months=None), florida(expires_on=TODAY), TODAY) == []


@pytest.mark.parametrize(
    ("choice", "spans", "expected"),
    [
        (Choice(period=ALL), [LAST_CYCLE, THIS_CYCLE], Span(None, None)),
        (Choice(period=THIS), [LAST_CYCLE, THIS_CYCLE], THIS_CYCLE),
        (Choice(period=LAST), [LAST_CYCLE, THIS_CYCLE], LAST_CYCLE),
        (Choice(period=THIS), [], Span(date(2026, 1, 1), date(2026, 12, 31))),
        (Choice(period=LAST), [], Span(date(2025, 1, 1), date(2025, 12, 31))),
        (
            Choice(period=DATES, first=date(2026, 1, 1)),
            [THIS_CYCLE],
            Span(date(2026, 1, 1), None),
        ),
    ],
)
def test_chosen_days(choice: Choice, spans: list[Span], expected: Span) -> None:
    assert chosen_span(choice, spans, TODAY) == expected


def test_both_ends_belong_to_a_span() -> None:
    year = years_of([date(2026, 12, 31), date(2026, 1, 1)])

    assert year == [Span(date(2026, 1, 1), date(2026, 12, 31))]
    assert [year[0].has(day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [False, True]
    assert [year[0].has(day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [True, False]
