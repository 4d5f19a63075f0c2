"""Which days a transcript is about, and how its lines are grouped. Pure: no database, no clock.

Days are compared with the date printed on a certificate, never with the instant: half past eleven
in Honolulu on December 31 is in the old year, though it is the new one in New York.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from ce_platform.core.templatetags.wording import long_date
from ce_platform.core.text import canonical_json
from ce_platform.licensing.renewal import HeldLicense, RenewalRule, cycle_of, next_cycle
from ce_platform.licensing.renewal.cycles import ONE_DAY, Cycle, previous_cycle

ALL: Final = "all"
THIS: Final = "this"
LAST: Final = "last"
DATES: Final = "dates"
AUTO: Final = "auto"
"""In the place of a license: the one that ends first."""
MOST_CYCLES: Final = 60
"""More than a working life holds."""


@dataclass(frozen=True)
class Choice:
    """What somebody asked for."""

    period: str = ALL
    """all | this | last | dates; this and last are of the license's cycle, or of the calendar year
    where it is grouped by years."""
    first: date | None = None
    last: date | None = None
    license: str = AUTO
    """Hexadecimal uid of the license by whose cycles the lines are grouped; empty: by years."""
    has_stated: bool = True
    """With hours earned elsewhere."""

    def canonical_text(self) -> str:
        plain: dict[str, Any] = asdict(self)
        for name in ("first", "last"):
            plain[name] = plain[name].isoformat() if plain[name] else None
        return canonical_json(plain)


@dataclass(frozen=True)
class Span:
    """Both days belong to it; None: open."""

    first: date | None
    last: date | None

    def has(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    @property
    def words(self) -> str:
        if self.first and self.last:
            return f"{long_date(self.first)} to {long_date(self.last)}"
        if self.first:
            return f"from {long_date(self.first)} on"
        if self.last:
            return f"up to {long_date(self.last)}"
        return "everything on record"


def cycles_around(
    rule: RenewalRule,
    license: HeldLicense,
    today: date,
    *,
    earliest: date | None = None,
    latest: date | None = None,
) -> list[Span]:
    """The cycles of a license that hold these days, today and the day before this cycle; oldest
    first, without gaps. Empty where the planner does not know when a cycle begins and ends.

    A date on the card that is past begins the next cycle: whoever has not noted the new card yet
    must not find the hours of this year in none.
    """
    cycle = cycle_of(rule, license, today)
    found = [cycle]
    until = max(today, latest or today)
    while len(found) < MOST_CYCLES and found[-1].ends_on and found[-1].ends_on < until:
        following = next_cycle(rule, found[-1])
        if following is None:
            break
        found.append(following)
    spans = [span for span in map(_span, found) if span is not None]
    if len(spans) < len(found):
        return []
    this = current(spans, today)
    before = this.first - ONE_DAY if this and this.first else today
    since = min(before, earliest or before)
    while len(spans) < MOST_CYCLES and cycle.starts_on and since < cycle.starts_on:
        previous = previous_cycle(rule, license, cycle)
        span = _span(previous) if previous else None
        if previous is None or span is None:
            break
        cycle = previous
        spans.insert(0, span)
    return spans


def _span(cycle: Cycle) -> Span | None:
    if cycle.starts_on is None or cycle.ends_on is None:
        return None
    return Span(cycle.starts_on, cycle.ends_on)


def years_of(days: Iterable[date]) -> list[Span]:
    """Calendar years, oldest first."""
    return [year_span(year) for year in sorted({day.year for day in days})]


def year_span(year: int) -> Span:
    return Span(date(year, 1, 1), date(year, 12, 31))


def current(spans: Iterable[Span], today: date) -> Span | None:
    return next((span for span in spans if span.has(today)), None)


def chosen_span(choice: Choice, spans: list[Span], today: date) -> Span:
    """The days that are asked for. `spans`: the cycles of the chosen license; empty: years."""
    if choice.period == DATES:
        return Span(choice.first, choice.last)
    if choice.period not in (THIS, LAST):
        return Span(None, None)
    if not spans:
        return year_span(today.year if choice.period == THIS else today.year - 1)
    this = current(spans, today)
    if choice.period == THIS:
        return this or spans[-1]
    place = spans.index(this) if this else len(spans)
    if place == 0:
        # The first cycle of all: nothing lies before it but days without a license.
        return Span(None, spans[0].first - ONE_DAY if spans[0].first else None)
    return spans[place - 1]
