"""The keys of a rule that the renewal arithmetic reads, in plain words."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from ce_platform.core.templatetags.wording import plain_number
from ce_platform.licensing.renewal.subjects import SUBJECT_WORDS, Subject
from ce_platform.licensing.renewal.wording import hours_words, listed, sentence, small

Rule = Mapping[str, Any]

# Figures for what other keys say in words: their absence is not a second thing unknown.
SAID_ELSEWHERE: Final = frozenset(
    {"cycle_end_on_card", "first_renewal_hours", "repeat", "besides", "replaced_by"}
)
REPEATS: Final = {
    "cycle": "Not twice in a cycle",
    "consecutive-cycles": "Not in a cycle nor in the next one",
    "ever": "Never again",
}
PROVIDERS: Final = {
    "listed": "courses of accepted approvers only",
    "not-listed": "courses of other providers only",
}


def card_words(rule: Rule) -> str:
    if rule["cycle_end_on_card"]:
        return "The date on the license ends the cycle"
    return "The date on the license is not the end of the cycle"


def first_hours_words(rule: Rule) -> str:
    first = rule["first_renewal_hours"]
    told = []
    if "per_month" in first:
        bounds = [
            f"at {word} {plain_number(_decimal(first[key]))}"
            for word, key in (("least", "at_least"), ("most", "at_most"))
            if key in first
        ]
        each = hours_words(_decimal(first["per_month"]))
        told.append(", ".join([f"{each} for each month or part of one since the license", *bounds]))
    for step in first.get("steps", ()):
        age = (
            f"up to {step['up_to_months']} months"
            if "up_to_months" in step
            else f"less than {step['under_months']} months"
        )
        told.append(f"{hours_words(_decimal(step['hours']))} for a license of {age}")
    if "categories" in first:
        told.append(f"required: {listed([small(name) for name in first['categories']])}")
    if first.get("all_by_home_study"):
        told.append("all may be home study")
    return sentence("; ".join(told))


def repeat_words(rule: Rule) -> str:
    repeat = rule["repeat"]
    words = REPEATS.get(repeat["scope"]) or f"Not within {repeat.get('years')} years"
    if "except_subjects" in repeat:
        words = f"{words}, apart from {subject_words(repeat['except_subjects'])}"
    return sentence(words)


def besides_words(rule: Rule) -> str:
    told = []
    for each in rule["besides"]:
        words = each["what"]
        if "hours" in each:
            words = f"{words}, {hours_words(_decimal(each['hours']))}"
        if "subjects" in each:
            words = f"{words} (courses on {subject_words(each['subjects'])})"
        told.append(words)
    return sentence("; ".join(told))


def replaced_words(rule: Rule) -> str:
    return sentence(rule["replaced_by"])


def belonging_words(category: Mapping[str, Any]) -> list[str]:
    """Which hours belong to one of the categories; nothing where only its name is known."""
    told = []
    if "subjects" in category:
        told.append(f"in courses on {subject_words(category['subjects'], 'or')}")
    if category.get("rest"):
        told.append("in any relevant course")
    if "except_subjects" in category:
        told.append(f"but not on {subject_words(category['except_subjects'], 'or')}")
    if "hands_on_percent" in category:
        told.append(f"in courses at least {category['hands_on_percent']} percent hands-on")
    if "provider" in category:
        told.append(PROVIDERS[category["provider"]])
    if category.get("overlaps"):
        told.append("the hours fill another subject too")
    if category.get("home_study_only"):
        told.append("of hours by home study only")
    if category.get("second_renewal_only"):
        told.append("due at the second renewal only")
    return told


def subject_words(subjects: Iterable[str], last: str = "and") -> str:
    """A word of a newer version is told as it is stored."""
    known = set(Subject)
    return listed(
        [SUBJECT_WORDS[Subject(word)] if word in known else word for word in subjects], last
    )


def _decimal(value: Any) -> Decimal:
    return Decimal(str(value))
