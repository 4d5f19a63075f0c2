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
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?', '!')) else '.'}"


def small(text: str) -> str:
    """A name inside a sentence: “General” → “general”, but “CPR” and “LGBTQ” stay, and so does a
    name that goes on with another capital (“New Jersey laws”)."""
    words = text.split()
    if not words or (len(words[0]) > 1 and words[0].isupper()):
        return text
    if len(words) > 1 and words[1][:1].isupper():
        return text
    return f"{text[:1].lower()}{text[1:]}"
