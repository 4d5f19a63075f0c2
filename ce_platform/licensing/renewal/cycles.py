"""The cycle of a license: from when to when hours are counted, and how many are due.

The date on the card wins; the rule only pre-fills. Where neither tells, the cycle is unknown and
the basis asks for the date on the card. No date of birth is needed or kept: a form may ask for the
month and whether the year is odd, use it once and forget it.
"""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from ce_platform.licensing.renewal.rules import Anchor, RenewalRule
from ce_platform.licensing.renewal.wording import date_words, hours_words, sentence

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class HeldLicense:
    """A license as its holder knows it. `expires_on` is the date on the card; `cycle_ends_on`
    the day the hours are due, where that is another one. `birth_month` and `is_birth_year_odd`
    pre-fill only and are never stored."""

    body_code: str
    number: str = ""
    first_issued_on: date | None = None
    expires_on: date | None = None
    cycle_ends_on: date | None = None
    birth_month: int | None = None
    is_birth_year_odd: bool | None = None


@dataclass(frozen=True)
class Cycle:
    """Both days belong to the cycle. `needed` None: not known. `is_needed_certain` False: the
    figure is the full one because nobody knows what a first renewal asks."""

    starts_on: date | None
    ends_on: date | None
    is_first: bool | None
    needed: Decimal | None
    basis: str
    is_needed_certain: bool = True
    needed_because: str = ""
    is_from_card: bool = False
    is_second: bool | None = None
    """The first license lies in the cycle before this one."""
    is_fresh: bool = False
    """Nobody's cycle: a full one without days, for questions without a license."""

    def has(self, day: date) -> bool | None:
        """Whether a date lies inside; None where the cycle is not known."""
        if self.is_fresh:
            return True
        if self.ends_on is not None and day > self.ends_on:
            return False
        if self.starts_on is not None and day < self.starts_on:
            return False
        return None if self.starts_on is None or self.ends_on is None else True

    def days_left(self, today: date) -> int | None:
        """Days until the end; 0 on the last day, negative afterwards."""
        return None if self.ends_on is None else (self.ends_on - today).days


def cycle_of(rule: RenewalRule, license: HeldLicense | None, today: date) -> Cycle:
    """The cycle that hours of today belong to. Without a license: a full cycle without dates."""
    if license is None:
        return Cycle(
            None, None, None, rule.ce_hours, "A full cycle, not your first.", is_fresh=True
        )
    ends_on, basis, is_from_card = None, "", False
    if license.cycle_ends_on:
        ends_on, is_from_card = license.cycle_ends_on, True
        basis = f"You noted that your hours are due on {date_words(ends_on)}."
    elif license.expires_on and rule.is_cycle_end_on_card:
        ends_on, is_from_card = license.expires_on, True
        basis = f"The date on your card: {date_words(ends_on)}."
    else:
        ends_on = end_by_rule(rule, license, today)
        if ends_on:
            basis = f"By the rule of {rule.place} your cycle ends on {date_words(ends_on)}."
            if rule.is_cycle_end_on_card:
                basis += " If your card says something else, the card is right."
            elif license.expires_on:
                basis = (
                    f"{rule.place} counts hours until {date_words(ends_on)}; the date on your "
                    "card is the end of the license, not of the hours."
                )
    if ends_on is None:
        basis = _asks_for_date(rule, license)
        return Cycle(None, None, None, rule.ce_hours, basis, needed_because=_unsure_first(rule))
    return _spanned(rule, license, ends_on, basis, is_from_card)


def next_cycle(rule: RenewalRule, cycle: Cycle) -> Cycle | None:
    """The full cycle after this one; None where its days cannot be known."""
    if cycle.ends_on is None or not rule.cycle_months:
        return None
    ends_on = _ends_after(rule.anchor, cycle.ends_on, rule.cycle_months)
    return Cycle(
        starts_on=cycle.ends_on + ONE_DAY,
        ends_on=ends_on,
        is_first=False,
        needed=rule.ce_hours,
        basis=f"The cycle after {date_words(cycle.ends_on)}.",
    )


def previous_cycle(rule: RenewalRule, license: HeldLicense | None, cycle: Cycle) -> Cycle | None:
    """The cycle before this one; None for a first cycle and where days are unknown."""
    if cycle.is_first or cycle.starts_on is None or not rule.cycle_months:
        return None
    ends_on = cycle.starts_on - ONE_DAY
    license = license or HeldLicense(body_code=rule.body_code)
    return _spanned(rule, license, ends_on, f"The cycle up to {date_words(ends_on)}.", False)


# ---------------------------------------------------------------- the end, by the rule


def end_by_rule(rule: RenewalRule, license: HeldLicense, today: date) -> date | None:
    """The next end of a cycle from `today` on, as far as the rule alone tells it."""
    anchor = rule.anchor
    if anchor is None:
        return None
    if anchor.kind == "fixed-date" and anchor.month and anchor.day:
        return _next_end(anchor, rule, license, anchor.month, anchor.day, today)
    if anchor.kind == "birth-month" and license.birth_month:
        return _next_end(anchor, rule, license, license.birth_month, anchor.day or 31, today)
    if anchor.kind == "license-anniversary" and license.first_issued_on and rule.cycle_months:
        return _anniversary(anchor, license.first_issued_on, rule.cycle_months, today)
    return None


def _next_end(
    anchor: Anchor, rule: RenewalRule, license: HeldLicense, month: int, day: int, today: date
) -> date | None:
    for year in range(today.year, today.year + 9):
        is_year = _is_year(anchor, rule, license, year)
        if is_year is None:
            return None
        if is_year and (end := _day_in(year, month, day)) >= today:
            return end
    return None


def _is_year(anchor: Anchor, rule: RenewalRule, license: HeldLicense, year: int) -> bool | None:
    if anchor.years == "all":
        return True
    if anchor.years in ("odd", "even"):
        return year % 2 == (anchor.years == "odd")
    if anchor.parity_from == "license-number":
        digits = re.findall(r"\d", license.number)
        return year % 2 == int(digits[-1]) % 2 if digits else None
    if anchor.parity_from == "birth-year":
        odd = license.is_birth_year_odd
        return None if odd is None else bool(year % 2) == odd
    if anchor.known_year and rule.cycle_months and rule.cycle_months % 12 == 0:
        return (year - anchor.known_year) % (rule.cycle_months // 12) == 0
    return None


def _anniversary(anchor: Anchor, issued_on: date, months: int, today: date) -> date:
    """Always counted from the day of issue, so that February 29 comes back in leap years."""
    count = 1
    while True:
        end = add_months(issued_on, count * months)
        if anchor.is_to_end_of_month:
            end = _day_in(end.year, end.month, 31)
        if end >= today:
            return end
        count += 1


# ---------------------------------------------------------------- the span and what is due


def _spanned(
    rule: RenewalRule, license: HeldLicense, ends_on: date, basis: str, is_from_card: bool
) -> Cycle:
    if not rule.cycle_months:
        return Cycle(None, ends_on, None, rule.ce_hours, basis, True, "", is_from_card)
    starts_on = _ends_before(rule.anchor, ends_on, rule.cycle_months) + ONE_DAY
    issued_on = license.first_issued_on
    cycle = Cycle(
        starts_on, ends_on, None, rule.ce_hours, basis, True, _unsure_first(rule), is_from_card
    )
    if issued_on is None:
        return cycle
    if issued_on < starts_on:
        before = _ends_before(rule.anchor, starts_on - ONE_DAY, rule.cycle_months)
        is_second = issued_on > before
        return replace(cycle, is_first=False, is_second=is_second, needed_because="")
    if issued_on > ends_on:
        return replace(
            cycle,
            needed_because="Your first license is dated after the end of this cycle. Look at both "
            "dates again.",
            is_needed_certain=False,
        )
    needed, is_certain, because = first_hours(rule, issued_on, ends_on)
    return replace(
        cycle,
        starts_on=issued_on,
        is_first=True,
        is_second=False,
        needed=needed,
        is_needed_certain=is_certain,
        needed_because=because,
    )


def first_hours(
    rule: RenewalRule, issued_on: date, ends_on: date
) -> tuple[Decimal | None, bool, str]:
    """Hours due at a first renewal, whether that is known, and why. Where only words are known,
    the full hours are the careful figure."""
    place, first = rule.place, rule.first_renewal_hours
    if rule.first_renewal == "none-due":
        return Decimal(0), True, f"{place} asks for no hours at the first renewal."
    if first and first.per_month is not None:
        months = started_months(issued_on, ends_on)
        due = first.per_month * months
        if first.at_most is not None:
            due = min(due, first.at_most)
        if first.at_least is not None:
            due = max(due, first.at_least)
        return (
            due,
            True,
            f"Your first renewal: {hours_words(due)} for {months} month"
            f"{'' if months == 1 else 's'}, or parts of one, since your license.",
        )
    if first and first.steps:
        for step in first.steps:
            if _is_within(step.up_to_months, step.under_months, issued_on, ends_on):
                return step.hours, True, _step_words(rule, step.hours)
        return rule.ce_hours, True, "Your first renewal asks for the full hours."
    if rule.first_renewal == "full":
        return rule.ce_hours, True, "Your first renewal asks for the full hours."
    said = rule.first_renewal
    because = (
        f"What your first renewal asks for is not known; ask {rule.asked}. Until then we count "
        "with the full hours."
    )
    if said and said != "prorated":
        because = f"{because} The source says: {sentence(said)}"
    return rule.ce_hours, False, because


def started_months(issued_on: date, ends_on: date) -> int:
    """Months and parts of months from the first license to the end, both days included."""
    after = ends_on + ONE_DAY
    months = (after.year - issued_on.year) * 12 + after.month - issued_on.month
    while add_months(issued_on, months) < after:
        months += 1
    while months > 1 and add_months(issued_on, months - 1) >= after:
        months -= 1
    return months


def add_months(day: date, months: int) -> date:
    """The same day so many months on; the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _day_in(year, month + 1, day.day)


def _is_within(up_to: int | None, under: int | None, issued_on: date, ends_on: date) -> bool:
    if up_to is not None:
        return issued_on >= add_months(ends_on, -up_to)
    return under is not None and issued_on > add_months(ends_on, -under)


def _step_words(rule: RenewalRule, due: Decimal) -> str:
    if not due:
        return f"{rule.place} asks for no hours at the first renewal of a license this young."
    return f"Your first renewal: {hours_words(due)}, by the age of your license."


def _unsure_first(rule: RenewalRule) -> str:
    if rule.first_renewal in (None, "full"):
        return ""
    return (
        f"Should this be your first renewal in {rule.place}, fewer hours may be due: note the day "
        "of your first license."
    )


def _ends_before(anchor: Anchor | None, ends_on: date, months: int) -> date:
    return _shifted(anchor, ends_on, -months)


def _ends_after(anchor: Anchor | None, ends_on: date, months: int) -> date:
    return _shifted(anchor, ends_on, months)


def _shifted(anchor: Anchor | None, ends_on: date, months: int) -> date:
    """An end so many months away. The last day of a month stays the last day (February 28, then
    29), unless the rule names a day."""
    moved = add_months(ends_on, months)
    names_day = anchor is not None and anchor.day is not None
    if not names_day and ends_on == _day_in(ends_on.year, ends_on.month, 31):
        return _day_in(moved.year, moved.month, 31)
    return moved


def _day_in(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _asks_for_date(rule: RenewalRule, license: HeldLicense) -> str:
    if license.expires_on and not rule.is_cycle_end_on_card:
        return (
            f"Your license runs until {date_words(license.expires_on)}, but {rule.place} counts "
            "hours over another span. Note the day on which your hours are due."
        )
    return (
        "When your cycle ends is not known. Note the date on which your license expires; it is "
        "printed on your card."
    )
