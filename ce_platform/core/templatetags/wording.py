"""Words and numbers as a person would say them."""

import re
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from ce_platform.core import codes

register = template.Library()

# What must not be torn at the end of a line: "home-study", "80 %", "0.5 CE hours".
_WHOLE = re.compile(r"\w+(?:-\w+)+|\d[\d.,]* (?:%|CE hours?\b)")
_LONGEST_WHOLE = 16


@register.filter
def long_date(value: date | datetime | None) -> str:
    """November 20, 2026. A moment is shown in the person's time zone."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return f"{value:%B} {value.day}, {value.year}"


@register.filter
def moment(value: datetime | None) -> str:
    """November 20, 2026, 3:05 PM in the person's time zone."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    hour = local.hour % 12 or 12
    return f"{long_date(value)}, {hour}:{local:%M} {'AM' if local.hour < 12 else 'PM'}"


@register.filter
def plain_number(value: Decimal | float | int | None) -> str:
    """No trailing zeros: 1.50 → 1.5, 80.00 → 80."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return f"{value:g}"


@register.filter
def ce_hours(value: Decimal | None) -> str:
    """1.5 CE hours; 1 CE hour."""
    if value is None:
        return ""
    return f"{plain_number(value)} CE hour{'' if value == 1 else 's'}"


@register.filter
def unbroken(value: object) -> SafeString:
    """Short compounds and figures with their unit stay on one line. For text without markup."""
    text = conditional_escape(str(value))
    if "<" in text:
        return text
    return SafeString(
        _WHOLE.sub(
            lambda found: (
                f'<span class="nowrap">{found[0]}</span>'
                if len(found[0]) <= _LONGEST_WHOLE
                else found[0]
            ),
            text,
        )
    )


@register.filter
def zone_name(value: datetime) -> str:
    """EST, UTC …: the zone in which `moment` shows it."""
    return timezone.localtime(value).tzname() or ""


@register.filter
def minutes_of(seconds: int | None) -> str:
    """Whole minutes, at least 1 when anything was spent."""
    if not seconds:
        return "0 minutes"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


@register.filter
def dashed_code(value: str) -> str:
    return codes.dashed(value)
