"""What a rule lets us say about a license before the card is read. Pure; nothing here refuses.

The card decides. Where the rule names a fixed day, it is offered to be compared with the card;
where it hangs on a birthday we ask for the end itself and never for a date of birth.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.numbers import fits, format_words
from ce_platform.licensing.renewal import HeldLicense, RenewalRule, end_by_rule
from ce_platform.licensing.renewal.rules import Anchor


@dataclass(frozen=True)
class EndHint:
    """What is known about the end of a period at one body."""

    sentence: str
    """For the person: when it ends, and that the card decides."""
    suggested: date | None
    """To be compared with the card; None: only the card knows."""


def end_hint(rule: RenewalRule | None, license: HeldLicense, *, place: str, today: date) -> EndHint:
    """The end that the rule tells. Without an anchor the card is all there is."""
    # Where hours are counted over another span, the rule says nothing about the license's end.
    words = _end_words(rule.anchor) if rule and rule.anchor and rule.is_cycle_end_on_card else ""
    if rule is None or not words:
        nothing = f"We do not know when {place} licenses end. Take the day from the card."
        return EndHint(nothing, None)
    check = (
        "check your card."
        if rule.is_checked
        else "our office has not checked that, so look at your card."
    )
    return EndHint(f"{place} licenses end {words}; {check}", end_by_rule(rule, license, today))


def end_warning(rule: RenewalRule, expires_on: date | None) -> str:
    """Empty, or how the day from the card differs from the rule. A warning, never a refusal."""
    anchor = rule.anchor if rule.is_cycle_end_on_card else None
    if anchor is None or expires_on is None or _is_like(anchor, expires_on):
        return ""
    return (
        f"As far as we know, {rule.place} licenses end {_end_words(anchor)}, and you wrote "
        f"{long_date(expires_on)}. It is kept as you wrote it; look at your card once more."
    )


def number_warning(license_format: str, *, place: str, number: str) -> str:
    """Empty, or a hint that the number does not look like those of the body."""
    if fits(number, license_format):
        return ""
    return (
        f"{place} numbers usually look like {format_words(license_format)}. Yours is kept as you "
        "wrote it; compare it with the card."
    )


def _end_words(anchor: Anchor) -> str:
    """Goes on from "Florida licenses end"; empty where the rule names no day of the license."""
    match anchor.kind:
        case "fixed-date" if anchor.month:
            # 2024 has a February 29, should a rule ever name it.
            month = f"{date(2024, anchor.month, 1):%B}"
            day = f"on {month} {anchor.day}" if anchor.day else f"in {month}"
            if anchor.years == "all":
                return f"{day} every year"
            return f"{day} of {anchor.years} years" if anchor.years else day
        case "birth-month":
            day = f"on day {anchor.day}" if anchor.day else "on the last day"
            return f"{day} of your month of birth"
        case "birthday":
            return "on your birthday"
        case "license-anniversary":
            return "on a day counted from the day of the license"
    return ""


def _is_like(anchor: Anchor, day: date) -> bool:
    """Whether a license may end on this day, as far as the rule fixes it for everybody."""
    if anchor.kind == "birth-month":
        return day.day == (anchor.day or _last_of_month(day))
    if anchor.kind != "fixed-date":
        return True
    parity = {"odd": 1, "even": 0}.get(anchor.years or "")
    return (
        day.month == (anchor.month or day.month)
        and day.day == (anchor.day or day.day)
        and (parity is None or day.year % 2 == parity)
    )


def _last_of_month(day: date) -> int:
    return ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
