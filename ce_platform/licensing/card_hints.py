"""What a rule lets us say about a license before the card is read. Pure; nothing here refuses.

The card decides. Where the rule names a fixed day, it is offered to be compared with the card;
where it hangs on a birthday we ask for the end itself and never for a date of birth.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ce_platform.core.templatetags.wording import long_date

Rule = Mapping[str, Any]
_LONGEST_CYCLE: Final = 6
"""Years to look ahead for a fixed day."""


@dataclass(frozen=True)
class EndHint:
    """What is known about the end of a period at one body."""

    sentence: str
    """For the person: when it ends, and that the card decides."""
    suggested: date | None
    """To be compared with the card; None: only the card knows."""


def end_hint(rule: Rule, *, place: str, today: date, is_checked: bool) -> EndHint:
    """The end that the rule's anchor tells. Without an anchor the card is all there is."""
    anchor = rule.get("cycle_anchor")
    words = _end_words(anchor) if anchor else ""
    if not words:
        nothing = f"We do not know when {place} licenses end. Take the day from the card."
        return EndHint(nothing, None)
    check = (
        "check your card."
        if is_checked
        else "our office has not checked that, so look at your card."
    )
    return EndHint(f"{place} licenses end {words}; {check}", _next_fixed_day(anchor, today, rule))


def end_warning(rule: Rule, *, place: str, expires_on: date | None) -> str:
    """Empty, or how the day from the card differs from the rule. A warning, never a refusal."""
    anchor = rule.get("cycle_anchor")
    if not anchor or expires_on is None:
        return ""
    is_odd_one = (
        not _is_fixed_day(anchor, expires_on)
        if anchor["kind"] == "fixed-date"
        else anchor["kind"] == "birth-month"
        and expires_on.day != anchor.get("day", _last_of_month(expires_on))
    )
    if not is_odd_one:
        return ""
    return (
        f"As far as we know, {place} licenses end {_end_words(anchor)}, and you wrote "
        f"{long_date(expires_on)}. It is kept as you wrote it; look at your card once more."
    )


def number_warning(rule: Rule, *, place: str, number: str) -> str:
    """Empty, or a hint that the number does not look like those of the body."""
    known = rule.get("license_number_format")
    if not known:
        return ""
    try:
        is_like = re.fullmatch(known["pattern"], number) is not None
    except re.error:
        return ""
    if is_like:
        return ""
    return (
        f"{place} numbers usually look different: {known['example']} Yours is kept as you wrote "
        "it; compare it with the card."
    )


def _end_words(anchor: Rule) -> str:
    """Goes on from "Florida licenses end"; empty where the rule names no day."""
    match anchor["kind"]:
        case "fixed-date" if "month" in anchor:
            # 2024 has a February 29, should a rule ever name it.
            month = f"{date(2024, anchor['month'], 1):%B}"
            day = f"on {month} {anchor['day']}" if "day" in anchor else f"in {month}"
            years = anchor.get("years")
            if years == "all":
                return f"{day} every year"
            return f"{day} of {years} years" if years else f"{day}; the card says in which year"
        case "birth-month":
            day = f"on day {anchor['day']}" if "day" in anchor else "on the last day"
            return f"{day} of your month of birth"
        case "birthday":
            return "on your birthday"
        case "license-anniversary":
            return "on a day counted from the day of the license"
    return ""


def _is_fixed_day(anchor: Rule, day: date) -> bool:
    parity = {"odd": 1, "even": 0}.get(anchor.get("years", ""))
    return (
        day.month == anchor.get("month", day.month)
        and day.day == anchor.get("day", day.day)
        and (parity is None or day.year % 2 == parity)
    )


def _next_fixed_day(anchor: Rule, today: date, rule: Rule) -> date | None:
    """The first such day from today on; None when the year hangs on the person."""
    if anchor["kind"] != "fixed-date" or not {"month", "day"} <= set(anchor):
        return None
    if anchor.get("years") is None and "known_year" not in anchor:
        return None
    step = max(1, rule.get("ce_cycle_months", 12) // 12)
    for year in range(today.year, today.year + _LONGEST_CYCLE + 1):
        if "known_year" in anchor and (year - anchor["known_year"]) % step:
            continue
        try:
            day = date(year, anchor["month"], anchor["day"])
        except ValueError:
            continue
        if day >= today and _is_fixed_day(anchor, day):
            return day
    return None


def _last_of_month(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
