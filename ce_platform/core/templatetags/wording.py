"""Words and numbers as a person would say them."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from ce_platform.core import codes

register = template.Library()


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
def minutes_of(seconds: int | None) -> str:
    """Whole minutes, at least 1 when anything was spent."""
    if not seconds:
        return "0 minutes"
    minutes = max(1, round(seconds / 60))
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


@register.filter
def dashed_code(value: str) -> str:
    return codes.dashed(value)
