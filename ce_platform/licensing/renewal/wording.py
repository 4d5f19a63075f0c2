"""Sentences of the planner: hours, dates and lists as a person would say them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from ce_platform.core.templatetags.wording import long_date, plain_number


def hours_words(value: Decimal) -> str:
    """5 hours; 1 hour; 1.5 hours."""
    return f"{plain_number(value)} hour{'' if value == 1 else 's'}"


def number_words(value: Decimal) -> str:
    return plain_number(value)


def date_words(value: date) -> str:
    return long_date(value)


def count_words(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """a, b and c"""
    told = list(words)
    if len(told) < 2:
        return "".join(told)
    return f"{', '.join(told[:-1])} {last} {told[-1]}"


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    text = text.strip()
    return f"{upper(text)}{'' if text.endswith(('.', '?', '!')) else '.'}"


def upper(text: str) -> str:
    """With a capital letter: a sentence that begins with “the District of Columbia”."""
    return f"{text[:1].upper()}{text[1:]}"


def small(text: str, place: str = "") -> str:
    """A name inside a sentence: “General” → “general”, but “CPR” stays, and so does the name of
    the place (“Florida laws”)."""
    first = text.partition(" ")[0]
    if first.isupper() or (place and text.startswith(place)):
        return text
    return f"{text[:1].lower()}{text[1:]}"


def hours_in(hours: Decimal, name: str, place: str = "") -> str:
    """5 general hours; 2 hours of professional ethics; 4 other massage-related hours."""
    told = small(name, place)
    if told == "general":
        told = "general hours"
    if told.endswith(" hours"):
        return f"{plain_number(hours)} {told if hours != 1 else told.removesuffix('s')}"
    return f"{hours_words(hours)} of {told}"
