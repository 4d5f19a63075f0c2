"""From when to when hours are counted, and how many are due."""

from datetime import date
from decimal import Decimal

import pytest

from ce_platform.licensing.renewal import HeldLicense, cycle_of, end_by_rule, next_cycle
from ce_platform.licensing.renewal.cycles import add_months, previous_cycle, started_months
from tests.licensing.renewal.tables import TODAY, rule_of


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("body", "held", "starts", "ends"),
    [
        # The date on the card wins.
        ("US-FL", {"expires_on": "2027-08-31"}, "2025-09-01", "2027-08-31"),
        ("US-FL", {"expires_on": "2026-12-31"}, "2025-01-01", "2026-12-31"),
        # Without it the rule pre-fills: odd years, even years, every year, every fourth year.
        ("US-FL", {}, "2025-09-01", "2027-08-31"),
        ("US-GA", {}, "2026-11-01", "2028-10-31"),
        ("US-LA", {}, "2026-04-01", "2027-03-31"),
        ("US-IN", {}, "2025-05-16", "2029-05-15"),
        # The last day of a cycle is still in it.
        ("US-NJ", {}, "2024-12-01", "2026-11-30"),
        # A rule without the year, or without an end: the card decides, or nothing is known.
        ("US-MT", {}, "", ""),
        ("US-MT", {"expires_on": "2027-08-31"}, "2025-09-01", "2027-08-31"),
        ("US-NC", {}, "", ""),
        ("US-TX", {"expires_on": "2027-04-30"}, "2025-05-01", "2027-04-30"),
        ("US-OK", {}, "", ""),
        # By month of birth, which a form may ask and forget.
        ("US-MA", {"birth_month": 5}, "2026-05-29", "2027-05-28"),
        (
            "US-VA",
            {"birth_month": 8, "is_birth_year_odd": True},
            "2025-09-01",
            "2027-08-31",
        ),
        (
            "US-VA",
            {"birth_month": 2, "is_birth_year_odd": False},
            "2026-03-01",
            "2028-02-29",
        ),
        ("US-VA", {"birth_month": 8}, "", ""),
        # By the last figure of the license number.
        ("US-ND", {"number": "MT-1043"}, "2025-03-01", "2027-02-28"),
        ("US-ND", {"number": "MT-1044"}, "2026-03-01", "2028-02-28"),
        ("US-ND", {"number": "none"}, "", ""),
        # By the day of the license; a leap day comes back in leap years.
        ("US-IA", {"first_issued_on": "2021-03-10"}, "2025-03-11", "2027-03-10"),
        ("US-IA", {"first_issued_on": "2024-02-29"}, "2026-03-01", "2028-02-29"),
        ("US-KY", {"first_issued_on": "2023-02-28"}, "2025-03-01", "2027-02-28"),
        ("US-WV", {"first_issued_on": "2021-03-10"}, "2025-04-01", "2027-03-31"),
        # The last day of February stays the last day.
        ("US-VA", {"expires_on": "2028-02-29"}, "2026-03-01", "2028-02-29"),
        ("US-VA", {"expires_on": "2026-02-28"}, "2024-03-01", "2026-02-28"),
        ("US-ND", {"expires_on": "2030-02-28"}, "2028-02-29", "2030-02-28"),
        # The card shows another end than that of the hours.
        ("US-TN", {"expires_on": "2027-05-31"}, "2025-01-01", "2026-12-31"),
        ("US-SD", {"expires_on": "2027-09-30"}, "2026-10-01", "2028-09-30"),
        ("US-WA", {"expires_on": "2027-03-05"}, "", ""),
        ("US-WA", {"cycle_ends_on": "2028-03-05"}, "2026-03-06", "2028-03-05"),
        # A first cycle begins with the license.
        (
            "US-FL",
            {"first_issued_on": "2026-11-20", "expires_on": "2027-08-31"},
            "2026-11-20",
            "2027-08-31",
        ),
    ],
)
def test_cycle(body: str, held: dict[str, object], starts: str, ends: str) -> None:
    dates = {key: day(str(value)) for key, value in held.items() if key.endswith("_on")}
    license = HeldLicense(body, **{**held, **dates})  # type: ignore[arg-type]

    cycle = cycle_of(rule_of(body), license, TODAY)

    assert (cycle.starts_on, cycle.ends_on) == (day(starts), day(ends))


@pytest.mark.parametrize(
    ("body", "issued", "ends", "is_first", "needed"),
    [
        ("US-FL", "2025-08-31", "2027-08-31", False, 24),
        ("US-FL", "2025-09-01", "2027-08-31", True, 24),
        ("US-FL", "2025-10-01", "2027-08-31", True, 23),
        ("US-FL", "2027-08-31", "2027-08-31", True, 1),
        ("US-NY", "2024-06-01", "2027-05-31", True, 0),
        ("US-NY", "2024-05-31", "2027-05-31", False, 36),
        ("US-IL", "2025-03-01", "2026-12-31", True, 0),
        ("US-NJ", "2025-12-01", "2026-11-30", True, 10),
        ("US-NJ", "2025-11-30", "2026-11-30", True, 20),
        ("US-TN", "2025-01-31", "2026-12-31", True, 24),
        ("US-TN", "2026-01-01", "2026-12-31", True, 12),
        ("US-TN", "2026-09-30", "2026-12-31", True, 4),
        ("US-IN", "2024-05-15", "2025-05-15", True, 0),
        ("US-IN", "2022-05-15", "2025-05-15", True, 18),
        ("US-IN", "2022-05-14", "2025-05-15", True, 24),
        ("US-MD", "2025-10-31", "2026-10-31", True, 24),
        ("US-MD", "2025-11-01", "2026-10-31", True, 0),
        ("US-KS", "2025-11-01", "2026-10-31", None, None),
    ],
)
def test_what_a_first_renewal_asks(
    body: str, issued: str, ends: str, is_first: bool | None, needed: int | None
) -> None:
    license = HeldLicense(body, first_issued_on=day(issued), cycle_ends_on=day(ends))

    cycle = cycle_of(rule_of(body), license, TODAY)

    assert (cycle.is_first, cycle.needed) == (is_first, needed)
    assert cycle.is_needed_certain


@pytest.mark.parametrize("body", ["US-GA", "US-PA", "US-SD", "US-MI"])
def test_a_first_renewal_told_in_words_or_not_at_all_is_not_certain(body: str) -> None:
    rule = rule_of(body)
    license = HeldLicense(body, first_issued_on=TODAY, cycle_ends_on=date(2027, 1, 31))

    cycle = cycle_of(rule, license, TODAY)

    assert (cycle.needed, cycle.is_needed_certain) == (rule.ce_hours, False)
    assert "not known" in cycle.needed_because


def test_unknown_first_license_is_asked_for_where_it_matters() -> None:
    card = date(2027, 8, 31)

    florida = cycle_of(rule_of("US-FL"), HeldLicense("US-FL", expires_on=card), TODAY)
    alaska = cycle_of(rule_of("US-AK"), HeldLicense("US-AK", expires_on=card), TODAY)

    assert florida.is_first is None
    assert "note the day of your first license" in florida.needed_because
    assert alaska.needed_because == ""


def test_a_first_license_after_the_end_is_a_slip() -> None:
    license = HeldLicense("US-FL", first_issued_on=TODAY, expires_on=date(2025, 8, 31))

    cycle = cycle_of(rule_of("US-FL"), license, TODAY)

    assert (cycle.is_first, cycle.is_needed_certain) == (None, False)
    assert "Look at both dates again." in cycle.needed_because


def test_nothing_known_asks_for_the_card() -> None:
    cycle = cycle_of(rule_of("US-NC"), HeldLicense("US-NC"), TODAY)

    assert (cycle.starts_on, cycle.ends_on, cycle.needed) == (None, None, 24)
    assert "it is printed on your card" in cycle.basis
    assert cycle.days_left(TODAY) is None
    assert next_cycle(rule_of("US-NC"), cycle) is None


def test_days_left() -> None:
    cycle = cycle_of(rule_of("US-NJ"), HeldLicense("US-NJ"), TODAY)

    assert [cycle.days_left(date(2026, 11, on)) for on in (20, 30)] == [10, 0]
    assert cycle.days_left(date(2026, 12, 2)) == -2


def test_a_card_that_has_run_out_is_not_moved_on() -> None:
    license = HeldLicense("US-FL", expires_on=date(2025, 8, 31))

    cycle = cycle_of(rule_of("US-FL"), license, TODAY)

    assert cycle.ends_on == date(2025, 8, 31)
    assert end_by_rule(rule_of("US-FL"), license, TODAY) == date(2027, 8, 31)


def test_cycles_follow_each_other_without_a_gap() -> None:
    for body, ends in (("US-VA", "2026-02-28"), ("US-FL", "2027-08-31"), ("US-IA", "2026-02-28")):
        rule = rule_of(body)
        license = HeldLicense(body, expires_on=day(ends))
        cycle = cycle_of(rule, license, TODAY)
        following = next_cycle(rule, cycle)
        assert following is not None
        assert previous_cycle(rule, license, following) is not None
        assert previous_cycle(rule, license, following).ends_on == cycle.ends_on  # type: ignore[union-attr]
        assert (following.starts_on, following.needed) == (
            date.fromordinal(date.fromisoformat(ends).toordinal() + 1),
            Decimal(rule.ce_hours or 0),
        )


def test_months() -> None:
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 1, 31), -2) == date(2025, 11, 30)
    assert started_months(date(2026, 11, 20), date(2027, 8, 31)) == 10
    assert started_months(date(2026, 12, 1), date(2027, 8, 31)) == 9
    assert started_months(date(2027, 8, 31), date(2027, 8, 31)) == 1
    # As on the chart of Tennessee: licensed on the last day of January, January is a month.
    assert started_months(date(2024, 1, 31), date(2024, 2, 29)) == 2
