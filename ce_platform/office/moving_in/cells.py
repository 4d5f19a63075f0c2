"""What a cell says: dates, hours, addresses. Pure; each refusal is one sentence that helps."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from ce_platform.core.templatetags.wording import long_date

MONTH_FIRST: Final = "month-first"
EARLIEST: Final = date(1950, 1, 1)
MOST_HOURS: Final = Decimal(500)
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        1,
    )
    for name in names.split()
}
# What stands behind the day of a timestamp: 14:20, 14:20:03, 2:20 pm, T14:20:03Z.
_TIME: Final = (
    r"(?:[T ,]+\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?"
)
_ISO: Final = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_TIME}", re.IGNORECASE)
_SLASHED: Final = re.compile(rf"(\d{{1,2}})[/.-](\d{{1,2}})[/.-](\d{{2,4}}){_TIME}", re.IGNORECASE)
_WORDS: Final = re.compile(
    rf"([a-z]+)\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}", re.IGNORECASE
)


class CellRefused(ValueError):
    """Says what is wrong with one cell."""


def day(value: Any, *, order: str = "") -> date:
    """ISO, a month in words, a date of the spreadsheet; 3/4/2024 only where `order` says how it is
    meant, or where it can be read in one way alone."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    if found := _ISO.fullmatch(text):
        return _made(text, int(found[1]), int(found[2]), int(found[3]))
    if found := _WORDS.fullmatch(text):
        month = _MONTHS.get(found[1].lower())
        if month:
            return _made(text, int(found[3]), month, int(found[2]))
    if found := _SLASHED.fullmatch(text):
        return _slashed(text, int(found[1]), int(found[2]), found[3], order)
    raise CellRefused(f"“{text[:40]}” is no date. Write it like 2024-03-04 or March 4, 2024.")


def _slashed(text: str, first: int, second: int, year: str, order: str) -> date:
    if len(year) != 4:
        raise CellRefused(f"“{text[:40]}” has no full year. Write it like 2024-03-04.")
    if order == MONTH_FIRST or first == second:
        return _made(text, int(year), first, second)
    if second > 12:
        return _made(text, int(year), first, second)
    if first > 12:
        raise CellRefused(f"“{text[:40]}” has the day before the month. Write it like 2024-03-04.")
    one, other = _made(text, int(year), first, second), _made(text, int(year), second, first)
    raise CellRefused(
        f"“{text[:40]}” can be {long_date(one)} or {long_date(other)}. Write it like 2024-03-04, "
        "or say in the form that the month stands first in this file."
    )


def _made(text: str, year: int, month: int, day_of_month: int) -> date:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        raise CellRefused(
            f"“{text[:40]}” is no day of the calendar. Write it like 2024-03-04."
        ) from None


def past_day(value: Any, *, today: date, order: str = "") -> date:
    found = day(value, order=order)
    if found > today:
        raise CellRefused(f"{long_date(found)} is still to come.")
    if found < EARLIEST:
        raise CellRefused(f"{long_date(found)} is too long ago to be right.")
    return found


def whole(value: Any, *, least: int, most: int) -> int:
    """A number of things. A spreadsheet may write 10 as 10.0, and 1000 as 1,000."""
    text = str(value).strip()
    if not re.fullmatch(r"(?:\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.0+)?", text, re.ASCII):
        raise CellRefused(f"“{text[:40]}” is no whole number.")
    found = int(text.partition(".")[0].replace(",", ""))
    if not least <= found <= most:
        raise CellRefused(f"Write a number from {least:,} to {most:,}, not {found:,}.")
    return found


def hours(value: Any) -> Decimal:
    text = str(value).strip().lower()
    text = re.sub(r"\s*(?:ce\s+)?(?:hours?|hrs?\.?|ceus?|ces?)$", "", text).replace(",", ".")
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise CellRefused(
            f"“{str(value)[:40]}” is no number of hours. Write it like 3 or 1.5."
        ) from None
    if not found.is_finite() or not 0 < found <= MOST_HOURS:
        raise CellRefused(f"“{str(value)[:40]}” hours cannot be right.")
    if found * 10 % 1:
        raise CellRefused(f"“{str(value)[:40]}”: hours have at most one decimal, like 1.5.")
    return found.quantize(Decimal("0.1"))


def email(value: Any) -> str:
    text = str(value).strip().lower().removeprefix("mailto:")
    try:
        validate_email(text)
    except ValidationError:
        raise CellRefused(f"“{text[:60]}” is no e-mail address.") from None
    if len(text) > 254:
        raise CellRefused("The e-mail address is too long.")
    return text
