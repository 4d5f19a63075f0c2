"""Until when a completion is reported."""

from datetime import date

import pytest

from certificates.reports.deadlines import Deadline, deadline_of
from certificates.reports.numbers import folded, tracking_number

DONE = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "ends_on", "expected"),
    [
        # Florida and Georgia, as their rules say.
        (30, None, Deadline(date(2026, 12, 20), False)),
        (7, None, Deadline(date(2026, 11, 27), False)),
        # The license ends before that.
        (30, date(2026, 12, 10), Deadline(date(2026, 12, 3), True)),
        (30, date(2026, 12, 27), Deadline(date(2026, 12, 20), False)),
        (30, date(2026, 12, 26), Deadline(date(2026, 12, 19), True)),
        # Within the last week: at once, never before the completion.
        (30, date(2026, 11, 22), Deadline(DONE, True)),
        (30, DONE, Deadline(DONE, True)),
        # A license that had ended decides nothing.
        (30, date(2026, 11, 19), Deadline(date(2026, 12, 20), False)),
        # No deadline is made up.
        (None, None, Deadline(None, False)),
        (None, date(2026, 12, 31), Deadline(date(2026, 12, 24), True)),
        (None, date(2028, 8, 31), Deadline(date(2028, 8, 24), False)),
        (0, None, Deadline(DONE, False)),
    ],
)
def test_earlier_of_the_rule_and_the_end_of_the_license(
    days: int | None, ends_on: date | None, expected: Deadline
) -> None:
    assert deadline_of(DONE, deadline_days=days, license_ends_on=ends_on) == expected


@pytest.mark.parametrize(
    ("number", "prefix", "expected"),
    [
        ("50-12345", "50-", "12345"),
        (" 12345 ", "50-", "12345"),
        ("20-000123", "20-", "000123"),
        ("DEMO-1", "20-", ""),
        ("50-12345", "20-", ""),
        ("", "20-", ""),
        ("\uff11\uff12", "20-", ""),
    ],
)
def test_tracking_number_is_taken_apart_and_never_guessed(
    number: str, prefix: str, expected: str
) -> None:
    assert tracking_number(number, prefix=prefix) == expected


def test_one_number_typed_in_two_ways_is_one() -> None:
    assert folded("MA 10-1.") == folded("ma101") == "MA101"
