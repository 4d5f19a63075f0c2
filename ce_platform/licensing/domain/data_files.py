"""Reading the two files with bodies and rules: every mistake by name, nothing guessed.

A misspelled key in a rule would read as "not known" for ever, so keys and types are checked.
"""

import csv
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from ce_platform.core.text import canonical_json, clean, sha256_text
from ce_platform.licensing.domain.counting_keys import category_keys, counting_keys, passes
from ce_platform.licensing.domain.errors import RulesUnreadable
from ce_platform.licensing.models import LicensingBody

DATA: Final = Path(__file__).resolve().parent.parent / "data"
BODIES_FILE: Final = "licensing_bodies.csv"
RULES_FILE: Final = "body_rules.toml"
CONFIDENCES: Final = ("high", "medium", "low")
ANCHORS: Final = (
    "fixed-date",
    "birth-month",
    "birthday",
    "license-anniversary",
    "expiration-on-card",
)
LONGEST_PATTERN: Final = 120
TECHNIQUE_ANSWERS: Final = ("allowed", "limited", "refused")

Check = Callable[[Any], bool]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _hours(value: Any) -> bool:
    return _whole(value) or (isinstance(value, Decimal) and value >= 0)


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))


def _anchor(value: Any) -> bool:
    dates = {"month", "day", "years", "known_year", "parity_from", "end_of_month"}
    known = {"kind", "note", *dates}
    if not isinstance(value, dict) or not set(value) <= known:
        return False
    return (
        value.get("kind") in ANCHORS
        and value.get("month", 1) in range(1, 13)
        and value.get("day", 1) in range(1, 32)
        and value.get("years", "all") in ("odd", "even", "all")
        and value.get("parity_from", "birth-year") in ("birth-year", "license-number")
        and _whole(value.get("known_year", 0))
        and _text(value.get("note", "-"))
        and isinstance(value.get("end_of_month", False), bool)
    )


def _technique(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"answer", "note", "ask_board"}
        and value.get("answer") in TECHNIQUE_ANSWERS
        and isinstance(value.get("ask_board", False), bool)
        and _text(value.get("note", "-"))
    )


def _categories(value: Any) -> bool:
    counting = category_keys(whole=_whole)
    known = {"name", "min_hours", "max_hours", "home_study_allowed", *counting}
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and set(each) <= known
        and _text(each.get("name"))
        and _hours(each.get("min_hours", 0))
        and _hours(each.get("max_hours", 0))
        and isinstance(each.get("home_study_allowed", False), bool)
        and passes(each, counting)
        for each in value
    )


def _number_format(value: Any) -> bool:
    """A pattern that cannot be made to run for ever: no repeated group, not long."""
    if not isinstance(value, dict) or set(value) != {"pattern", "example"}:
        return False
    pattern = value["pattern"]
    if not (_text(pattern) and _text(value["example"])):
        return False
    try:
        re.compile(pattern)
    except re.error:
        return False
    return len(pattern) <= LONGEST_PATTERN and not re.search(r"\)[*+{]", pattern)


# What docs/licensing-rules.md explains. A key that is absent means: not known.
RULE_KEYS: Final[Mapping[str, Check]] = {
    "ce_hours": _hours,
    "ce_cycle_months": _whole,
    "cycle_anchor": _anchor,
    "license_number_format": _number_format,
    "first_renewal": _text,
    "home_study_max_hours": _hours,
    "in_person_min_hours": _hours,
    "live_interactive_counts_as": _one_of("in-person", "home-study"),
    "technique_by_home_study": _technique,
    "technique_taught_by": _text,
    "per_day_max_online_hours": _hours,
    "repeat_rule": _text,
    "carry_over_hours": _hours,
    "categories": _categories,
    "accepts": _texts,
    "approval_model": _one_of(*LicensingBody.ApprovalModel.values),
    "report_channel": _text,
    "report_deadline_days": _whole,
    "certificate_must_show": _texts,
    "exam_required_for_home_study": lambda value: isinstance(value, bool),
    "hour_minutes": _whole,
    "records_years_licensee": _whole,
    "records_years_provider": _whole,
    **counting_keys(whole=_whole, hours=_hours, text=_text),
}


@dataclass(frozen=True)
class BodyRow:
    """One line of licensing_bodies.csv, as columns of LicensingBody."""

    code: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class RuleText:
    """One table of body_rules.toml, ready to be stored."""

    code: str
    rule_json: str
    sources_json: str
    confidence: str
    notes: str

    @property
    def sha256(self) -> str:
        """Of everything a person reads: a corrected source is a new reading of the rule too."""
        return sha256_text(
            canonical_json([self.rule_json, self.sources_json, self.confidence, self.notes])
        )


@dataclass(frozen=True)
class RuleFiles:
    as_of: date
    bodies: list[BodyRow]
    rules: dict[str, RuleText]


def read_files(folder: Path = DATA) -> RuleFiles:
    """Both files. Errors: RulesUnreadable, with the body and the key that is wrong."""
    bodies = _read_bodies(folder / BODIES_FILE)
    try:
        with (folder / RULES_FILE).open("rb") as file:
            tables = tomllib.load(file, parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise RulesUnreadable(f"{RULES_FILE}: {error}") from error
    as_of = tables.pop("as_of", None)
    if type(as_of) is not date:
        raise RulesUnreadable(f"{RULES_FILE}: write as_of = YYYY-MM-DD above the first table.")
    codes = {row.code for row in bodies}
    stray = sorted(codes ^ set(tables))
    if stray:
        raise RulesUnreadable(f"These codes stand in one file only: {', '.join(stray)}.")
    return RuleFiles(
        as_of=as_of,
        bodies=bodies,
        rules={code: _rule(code, table) for code, table in tables.items()},
    )


def kind_of(code: str) -> LicensingBody.Kind:
    """US-FL is a state's, CA-ON a Canadian province's; longer codes are national approvers."""
    country, _, place = code.partition("-")
    if country == "CA":
        return LicensingBody.Kind.CANADIAN
    return LicensingBody.Kind.STATE_BOARD if len(place) == 2 else LicensingBody.Kind.APPROVER


def _read_bodies(path: Path) -> list[BodyRow]:
    found: dict[str, BodyRow] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for line in csv.DictReader(file, strict=True):
                row = _body_row({key: clean(value or "") for key, value in line.items() if key})
                if row.code in found:
                    raise RulesUnreadable(f"{BODIES_FILE}: {row.code} stands there twice.")
                found[row.code] = row
    except (OSError, ValueError, KeyError, csv.Error) as error:
        raise RulesUnreadable(f"{BODIES_FILE}: {error!r}") from error
    if not found:
        raise RulesUnreadable(f"{BODIES_FILE} holds no body.")
    return list(found.values())


def _body_row(line: Mapping[str, str]) -> BodyRow:
    code, confidence = line["code"], line["confidence"]
    if not (code and line["jurisdiction"] and line["body_name"]):
        raise RulesUnreadable(f"{BODIES_FILE}: {code or 'a line'} lacks its name.")
    if confidence not in CONFIDENCES:
        raise RulesUnreadable(f"{BODIES_FILE}: {code} has confidence {confidence!r}.")
    if line["approval_model"] not in LicensingBody.ApprovalModel.values:
        raise RulesUnreadable(f"{BODIES_FILE}: {code} has route {line['approval_model']!r}.")
    return BodyRow(
        code=code,
        columns={
            "kind": kind_of(code).value,
            "jurisdiction": line["jurisdiction"],
            "name": line["body_name"],
            "abbreviation": line["abbreviation"],
            "website": line["website"],
            "regulates": line["regulates"],
            "approval_model": line["approval_model"],
            "remarks": line["other_category_rules"],
            "source_url": line["source_url"],
            "source_as_of": line["source_as_of"],
            "confidence": confidence,
        },
    )


def _rule(code: str, table: Any) -> RuleText:
    if not isinstance(table, dict):
        raise RulesUnreadable(f"{RULES_FILE}: {code} is not a table.")
    rest = dict(table)
    sources, confidence = rest.pop("sources", []), rest.pop("confidence", None)
    notes = rest.pop("notes", "")
    if confidence not in CONFIDENCES:
        raise RulesUnreadable(f"{RULES_FILE}: [{code}] has confidence {confidence!r}.")
    if not isinstance(notes, str):
        raise RulesUnreadable(f"{RULES_FILE}: [{code}] notes is not a text.")
    if not isinstance(sources, list) or not all(
        isinstance(each, dict)
        and set(each) == {"url", "as_of", "what"}
        and all(map(_text, each.values()))
        and each["url"].startswith(("https://", "http://"))
        for each in sources
    ):
        raise RulesUnreadable(f"{RULES_FILE}: [{code}] a source needs url, as_of and what.")
    for key, value in rest.items():
        check = RULE_KEYS.get(key)
        if check is None:
            raise RulesUnreadable(f"{RULES_FILE}: [{code}] has no key {key!r}.")
        if not check(value):
            raise RulesUnreadable(f"{RULES_FILE}: [{code}] {key} cannot be {value!r}.")
    return RuleText(
        code=code,
        rule_json=canonical_json(_plain(rest)),
        sources_json=canonical_json(sources),
        confidence=confidence,
        notes=clean(notes),
    )


def _plain(value: Any) -> Any:
    """Decimals as texts: JSON knows binary fractions only."""
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case list():
            return [_plain(each) for each in value]
    return value
