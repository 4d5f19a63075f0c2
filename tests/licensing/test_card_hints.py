"""What rules let us say about the end of a license and its number; the card decides."""

from datetime import date

import pytest

from ce_platform.licensing.card_hints import EndHint, end_hint, end_warning, number_warning
from ce_platform.licensing.renewal import HeldLicense, RenewalRule

TODAY = date(2026, 11, 20)
FLORIDA = {"cycle_anchor": {"kind": "fixed-date", "month": 8, "day": 31, "years": "odd"}}
CARD = HeldLicense("US-FL")
NEW_YORK = {"cycle_anchor": {"kind": "birth-month"}}


def read(rule: dict, *, is_checked: bool = True) -> RenewalRule:
    return RenewalRule.read(
        rule, body_code="US-FL", place="Florida", body_name="The board", is_checked=is_checked
    )


def test_a_fixed_day_is_offered_with_its_sentence() -> None:
    assert end_hint(read(FLORIDA), CARD, place="Florida", today=TODAY) == EndHint(
        "Florida licenses end on August 31 of odd years; check your card.", date(2027, 8, 31)
    )


def test_a_rule_that_nobody_checked_says_so() -> None:
    hint = end_hint(read(FLORIDA, is_checked=False), CARD, place="Florida", today=TODAY)

    assert "our office has not checked that" in hint.sentence


@pytest.mark.parametrize(
    ("anchor", "day"),
    [
        ({"kind": "fixed-date", "month": 8, "day": 31, "years": "all"}, date(2027, 8, 31)),
        ({"kind": "fixed-date", "month": 11, "day": 20, "years": "even"}, date(2026, 11, 20)),
        ({"kind": "fixed-date", "month": 7, "day": 1, "known_year": 2025}, date(2029, 7, 1)),
        # The year hangs on the person or on the card.
        ({"kind": "fixed-date", "month": 7, "day": 1}, None),
        ({"kind": "fixed-date", "month": 7, "years": "odd"}, None),
        ({"kind": "birth-month"}, None),
        ({"kind": "birthday"}, None),
        ({"kind": "license-anniversary"}, None),
        ({"kind": "expiration-on-card"}, None),
    ],
    ids=str,
)
def test_only_a_day_that_the_rule_fixes_is_offered(anchor: dict, day: date | None) -> None:
    rule = {"cycle_anchor": anchor, "ce_cycle_months": 48}

    assert end_hint(read(rule), CARD, place="Florida", today=TODAY).suggested == day


def test_without_an_anchor_the_card_is_all_there_is() -> None:
    nothing = "We do not know when Delaware licenses end. Take the day from the card."
    for rule in (None, read({}), read({"cycle_anchor": {"kind": "expiration-on-card"}})):
        assert end_hint(rule, CARD, place="Delaware", today=TODAY) == EndHint(nothing, None)


@pytest.mark.parametrize(
    ("rule", "day", "is_warned"),
    [
        (FLORIDA, date(2027, 8, 31), False),
        (FLORIDA, date(2028, 8, 31), True),
        (FLORIDA, date(2027, 8, 30), True),
        (FLORIDA, None, False),
        (NEW_YORK, date(2028, 2, 29), False),
        (NEW_YORK, date(2028, 2, 28), True),
        ({}, date(2027, 8, 30), False),
    ],
    ids=str,
)
def test_a_card_that_differs_is_warned_about(rule: dict, day: date | None, is_warned: bool) -> None:
    assert bool(end_warning(read(rule), day)) is is_warned


@pytest.mark.parametrize(
    ("number", "warning"),
    [
        ("MA 98214", ""),
        ("ma-982145", ""),
        (
            "98214",
            "Florida numbers usually look like MA 1234…. Yours is kept as you wrote it; compare "
            "it with the card.",
        ),
    ],
)
def test_a_number_that_looks_different_is_warned_about(number: str, warning: str) -> None:
    assert number_warning("MA ####*", place="Florida", number=number) == warning
    assert number_warning("", place="Florida", number=number) == ""
