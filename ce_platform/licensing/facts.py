"""A body's rule in plain words, fact by fact. What is not known says so; nothing is guessed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ce_platform.core.templatetags.wording import long_date, plain_number
from ce_platform.licensing import counting_facts as counting
from ce_platform.licensing.models import LicensingBody

CONFIDENCE_WORDS: Final = {
    "high": "The rule text or the body's own page, read recently or confirmed by a second source.",
    "medium": "Official but old, undated or cut off, or the page of an association or provider.",
    "low": "A list by others, or very old.",
}
TECHNIQUE: Final = {
    "allowed": "Counts; the text read singles out no technique.",
    "limited": "Counts only in part or on a condition.",
    "refused": "Does not count.",
}
LIVE_ONLINE: Final = {
    "in-person": "Counts like a class in the room.",
    "home-study": "Counts as home study and shares its limit.",
}
ACCEPTED: Final = {
    "NCBTMB": "courses of NCBTMB Approved Providers",
    "FSMTB": "courses of the FSMTB CE Registry",
    "AMTA": "courses of AMTA",
    "ABMP": "courses of ABMP",
    "AMMA": "courses of AMMA",
    "board-approved": "what the body itself approved",
    "state-agency": "courses of state agencies",
    "school": "massage schools",
    "college": "colleges and universities",
    "massage-association": "massage associations",
    "health-organization": "health organizations",
    "any-relevant": "any course relevant to the work",
}
ROUTES: Final = {
    "provider": "It approves providers.",
    "course": "It approves each course.",
    "accepts-listed": "It accepts courses of listed approvers.",
    "none": "It approves nothing beforehand.",
}
_FIRST_RENEWAL: Final = {
    "none-due": "No hours are due.",
    "prorated": "Fewer hours, by the time since the first license.",
    "full": "The full hours are due.",
}
_PARITY: Final = {
    "birth-year": "The year of birth decides between odd and even years.",
    "license-number": "The license number decides between odd and even years.",
}
CERTIFICATE_FIELDS: Final = {
    "participant_name": "your name",
    "license_number": "your license number",
    "course_title": "course title",
    "course_number": "the body's course number",
    "hours": "hours",
    "completion_date": "completion date",
    "delivery_type": "delivery type",
    "location": "place",
    "subject": "subject",
    "provider_name": "provider's name",
    "provider_number": "provider's number",
    "provider_contact": "provider's address or e-mail",
    "provider_signature": "provider's signature",
    "instructor_name": "instructor's name",
    "instructor_credentials": "instructor's credentials",
}


@dataclass(frozen=True)
class Fact:
    label: str
    text: str
    lines: Sequence[str] = ()
    key: str = ""
    """The key of the rule that it tells."""


@dataclass(frozen=True)
class FactGroup:
    title: str
    facts: Sequence[Fact]
    unknown: Sequence[str]
    """Labels of what no source told."""


Rule = Mapping[str, Any]


def fact_groups(rule: Rule) -> list[FactGroup]:
    """Every key of docs/licensing-rules.md, known or not, in four groups.

    Where no hours are asked, what is not known about them is of no use to anybody.
    """
    if rule.get("approval_model") == LicensingBody.ApprovalModel.UNKNOWN:
        rule = {key: value for key, value in rule.items() if key != "approval_model"}
    asks_nothing = rule.get("ce_hours") == 0
    groups = []
    for title, entries in _GROUPS:
        facts = [_fact(rule, key, label, words) for key, label, words in entries if key in rule]
        known = {*rule, *counting.SAID_ELSEWHERE}
        unknown = [] if asks_nothing else [label for key, label, _ in entries if key not in known]
        if facts or unknown:
            groups.append(FactGroup(title, facts, unknown))
    return groups


def day_of_source(said: str) -> str:
    """September 24, 2024 for a whole date; whatever else the list says, as it says it."""
    try:
        return long_date(date.fromisoformat(said))
    except ValueError:
        return said


def labels() -> dict[str, str]:
    """The label of every key, in the order in which a rule is told."""
    return {key: label for _, entries in _GROUPS for key, label, _ in entries}


def groups_of_keys() -> list[tuple[str, list[str]]]:
    """Heading and keys of each group."""
    return [(title, [key for key, _, _ in entries]) for title, entries in _GROUPS]


def fact_of(rule: Rule, key: str) -> Fact | None:
    """One key in words; None where it is not known, or where there are no words for it."""
    for _, entries in _GROUPS:
        for name, label, words in entries:
            if name == key and key in rule:
                if rule[key] == LicensingBody.ApprovalModel.UNKNOWN:
                    return None
                return _fact(rule, key, label, words)
    return None


def _fact(rule: Rule, key: str, label: str, words: Callable[[Rule], "str | Fact"]) -> Fact:
    said = words(rule)
    return replace(said, key=key) if isinstance(said, Fact) else Fact(label, said, key=key)


def hours(value: Any) -> str:
    number = Decimal(str(value))
    return f"{plain_number(number)} hour{'' if number == 1 else 's'}"


def months(value: int) -> str:
    if value % 12:
        return f"{value} months"
    years = value // 12
    return f"{years} year{'' if years == 1 else 's'} ({value} months)"


def _count(value: int, unit: str) -> str:
    return f"{value} {unit}{'' if value == 1 else 's'}"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def _listed(words: Sequence[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _ce_hours(rule: Rule) -> str:
    if not Decimal(str(rule["ce_hours"])):
        return "None asked"
    return hours(rule["ce_hours"])


def _of_total(rule: Rule, key: str) -> str:
    total = rule.get("ce_hours")
    return f" of {plain_number(Decimal(str(total)))}" if total else ""


def _home_study(rule: Rule) -> str:
    value = Decimal(str(rule["home_study_max_hours"]))
    if value == 0:
        return "None"
    total = rule.get("ce_hours")
    if total is not None and value == Decimal(str(total)):
        return f"All {hours(value)}"
    return f"At most {plain_number(value)}{_of_total(rule, 'ce_hours')} hours"


def _in_person(rule: Rule) -> str:
    value = Decimal(str(rule["in_person_min_hours"]))
    return f"At least {plain_number(value)}{_of_total(rule, 'ce_hours')} hours"


def _technique(rule: Rule) -> Fact:
    answer = rule["technique_by_home_study"]
    note = answer.get("note", "")
    lines = [_sentence(note)] if note else []
    if answer.get("ask_board"):
        lines.append("That leaves it open: ask the board.")
    return Fact(
        label="Hands-on technique taught by home study",
        text=TECHNIQUE[answer["answer"]],
        lines=lines,
    )


def _anchor(rule: Rule) -> Fact:
    anchor = rule["cycle_anchor"]
    note = anchor.get("note", "")
    lines = [_sentence(note)] if note else []
    # The remark of every rule of ours says this better.
    if "parity_from" in anchor and not note:
        lines.append(_PARITY[anchor["parity_from"]])
    return Fact(label="End of the cycle", text=_anchor_words(anchor), lines=lines)


def _anchor_words(anchor: Mapping[str, Any]) -> str:
    day = _month_day(anchor)
    match anchor["kind"]:
        case "fixed-date":
            when = f"On {day}" if "day" in anchor else f"In {day}" if day else "On a fixed date"
            if anchor.get("years") in ("odd", "even"):
                return f"{when} of {anchor['years']} years"
            if anchor.get("years") == "all":
                return f"{when} every year"
            if "known_year" in anchor:
                return f"{when}, for example in {anchor['known_year']}"
            return f"{when}; the license says in which year"
        case "birth-month":
            if "day" in anchor:
                return f"On day {anchor['day']} of the month of birth"
            return "On the last day of the month of birth"
        case "birthday":
            return "On the birthday"
        case "license-anniversary":
            if anchor.get("end_of_month"):
                return "Counted from the day of the license, to the end of that month"
            return "Counted from the day of the license"
    return "On the date printed on the license"


def _month_day(anchor: Mapping[str, Any]) -> str:
    if "month" not in anchor:
        return ""
    # 2024 has a February 29, should a rule ever name it.
    month = f"{date(2024, anchor['month'], 1):%B}"
    return f"{month} {anchor['day']}" if "day" in anchor else month


def _first_renewal(rule: Rule) -> str:
    said = rule["first_renewal"]
    return _FIRST_RENEWAL.get(said) or _sentence(said)


def _carry_over(rule: Rule) -> str:
    value = Decimal(str(rule["carry_over_hours"]))
    return f"At most {hours(value)}" if value else "None"


def _categories(rule: Rule) -> Fact:
    lines = []
    for category in rule["categories"]:
        parts = []
        if "min_hours" in category:
            parts.append(f"at least {hours(category['min_hours'])}")
        if "max_hours" in category:
            parts.append(f"at most {hours(category['max_hours'])}")
        if "home_study_allowed" in category:
            parts.append(
                "home study counts" if category["home_study_allowed"] else "not by home study"
            )
        parts += counting.belonging_words(category)
        lines.append(f"{category['name']}: {', '.join(parts) or 'named, without a figure'}")
    return Fact(label="Subjects with their own figures", text="", lines=lines)


def _accepts(rule: Rule) -> str:
    return _sentence(_listed([ACCEPTED.get(word, word) for word in rule["accepts"]]))


def _certificate(rule: Rule) -> str:
    fields = [
        CERTIFICATE_FIELDS.get(word, word.replace("_", " "))
        for word in rule["certificate_must_show"]
    ]
    return f"{_sentence(_listed(fields))} There may be more: copies of rules are often cut off."


def _exam(rule: Rule) -> str:
    return "Required" if rule["exam_required_for_home_study"] else "Not required"


def _deadline(rule: Rule) -> str:
    return f"Within {_count(rule['report_deadline_days'], 'day')} after completion"


_GROUPS: Final[Sequence[tuple[str, Sequence[tuple[str, str, Callable[[Rule], str | Fact]]]]]] = (
    (
        "How much, by when",
        (
            ("ce_hours", "Hours in a cycle", _ce_hours),
            (
                "ce_cycle_months",
                "Length of the cycle",
                lambda rule: months(rule["ce_cycle_months"]),
            ),
            ("cycle_anchor", "End of the cycle", _anchor),
            ("cycle_end_on_card", "Date on the license", counting.card_words),
            ("first_renewal", "At the first renewal", _first_renewal),
            ("first_renewal_hours", "First renewal, in figures", counting.first_hours_words),
            ("carry_over_hours", "Hours carried into the next cycle", _carry_over),
            (
                "hour_minutes",
                "One hour of credit",
                lambda rule: _count(rule["hour_minutes"], "minute"),
            ),
        ),
    ),
    (
        "Home study and subjects",
        (
            ("home_study_max_hours", "Hours by home study", _home_study),
            ("in_person_min_hours", "Hours with the instructor in the room", _in_person),
            (
                "live_interactive_counts_as",
                "A live online class",
                lambda rule: LIVE_ONLINE[rule["live_interactive_counts_as"]],
            ),
            ("technique_by_home_study", "Hands-on technique taught by home study", _technique),
            (
                "technique_taught_by",
                "Who may teach hands-on technique",
                lambda rule: _sentence(rule["technique_taught_by"]),
            ),
            ("exam_required_for_home_study", "Test after home study", _exam),
            (
                "per_day_max_online_hours",
                "Hours credited in any 24 hours",
                lambda rule: f"At most {hours(rule['per_day_max_online_hours'])}",
            ),
            (
                "repeat_rule",
                "Taking a course again",
                lambda rule: _sentence(rule["repeat_rule"]),
            ),
            ("repeat", "Taking a course again, as we count it", counting.repeat_words),
            ("categories", "Subjects with their own figures", _categories),
            ("besides", "Due besides the hours", counting.besides_words),
            ("replaced_by", "What stands for all the hours", counting.replaced_words),
        ),
    ),
    (
        "Approval and reporting",
        (
            ("approval_model", "How it approves", lambda rule: ROUTES[rule["approval_model"]]),
            ("accepts", "What it accepts", _accepts),
            (
                "report_channel",
                "Where completions are reported",
                lambda rule: _sentence(rule["report_channel"]),
            ),
            ("report_deadline_days", "Deadline of the provider's report", _deadline),
        ),
    ),
    (
        "Proof",
        (
            ("certificate_must_show", "What a certificate must show", _certificate),
            (
                "records_years_licensee",
                "How long you keep proof",
                lambda rule: _count(rule["records_years_licensee"], "year"),
            ),
            (
                "records_years_provider",
                "How long the provider keeps records",
                lambda rule: _count(rule["records_years_provider"], "year"),
            ),
        ),
    ),
)
