"""Reading the two files with bodies and rules: every mistake by name, nothing guessed.

A misspelled key in a rule would read as "not known" for ever, so keys and types are checked.
"""

import csv
import io
import tomllib
from calendar import monthrange
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
TECHNIQUE_ANSWERS: Final = ("allowed", "limited", "refused")

# No rule asks for more hours, months or years; what is larger is a slip or an attack.
MOST: Final = 9999

# Longest days of each month; some year has a February 29.
DAYS_IN: Final = {month: monthrange(2024, month)[1] for month in range(1, 13)}

Check = Callable[[Any], bool]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST


def _hours(value: Any) -> bool:
    # `nan` and `inf` are numbers to TOML; they cannot be compared or summed.
    return _whole(value) or (
        isinstance(value, Decimal)
        and value.is_finite()
        and 0 <= value <= MOST
        and value == round(value, 4)
    )


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


@dataclass(frozen=True)
class OneOf:
    """One of these words."""

    words: tuple[str, ...]

    def __call__(self, value: Any) -> bool:
        return isinstance(value, str) and value in self.words


def _one_of(*words: str) -> OneOf:
    return OneOf(words)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))


def _anchor(value: Any) -> bool:
    dates = {"month", "day", "years", "known_year", "parity_from", "end_of_month"}
    known = {"kind", "note", *dates}
    if not isinstance(value, dict) or not set(value) <= known:
        return False
    return (
        value.get("kind") in ANCHORS
        and all(_whole(value.get(name, 1)) for name in ("month", "day"))
        and value.get("month", 1) in range(1, 13)
        and value.get("day", 1) in range(1, DAYS_IN[value.get("month", 1)] + 1)
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


# What docs/licensing-rules.md explains. A key that is absent means: not known.
RULE_KEYS: Final[Mapping[str, Check]] = {
    "ce_hours": _hours,
    "ce_cycle_months": _whole,
    "cycle_anchor": _anchor,
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
    "exam_required_for_home_study": _flag,
    "hour_minutes": _whole,
    "records_years_licensee": _whole,
    "records_years_provider": _whole,
    **counting_keys(whole=_whole, hours=_hours, text=_text, flag=_flag),
}

_KINDS: Final[Mapping[Check, str]] = {
    _hours: "hours",
    _whole: "whole",
    _text: "text",
    _texts: "texts",
    _flag: "flag",
    _anchor: "anchor",
    _technique: "technique",
    _categories: "categories",
    RULE_KEYS["besides"]: "besides",
    RULE_KEYS["first_renewal_hours"]: "first-hours",
    RULE_KEYS["repeat"]: "repeat",
}


def kind_of_key(key: str) -> str:
    """How the office writes a key; empty for one that only a data file can write.

    A new key in the table above, checked by one of these functions, stands in the form at once.
    """
    check = RULE_KEYS.get(key)
    if check is None:
        return ""
    return "choice" if isinstance(check, OneOf) else _KINDS.get(check, "")


def words_of_key(key: str) -> tuple[str, ...]:
    """What a key of the kind *choice* may say."""
    check = RULE_KEYS.get(key)
    return check.words if isinstance(check, OneOf) else ()


def are_sources(value: Any) -> bool:
    """`keys` says which lines of the rule a source supports; it may be left out."""
    return isinstance(value, list) and all(
        isinstance(each, dict)
        and set(each) - {"keys"} == {"url", "as_of", "what"}
        and all(_text(each[name]) for name in ("url", "as_of", "what"))
        and each["url"].startswith(("https://", "http://"))
        and _texts(each.get("keys", ["-"]))
        and set(each.get("keys", [])) <= set(RULE_KEYS)
        for each in value
    )


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
    bodies: list[BodyRow] | None
    """None: only the rules were sent, for bodies that are on file already."""
    rules: dict[str, RuleText]


def read_files(folder: Path = DATA) -> RuleFiles:
    """Both files. Errors: RulesUnreadable, with the body and the key that is wrong."""
    return read_texts(
        bodies=_bytes(folder / BODIES_FILE),
        rules=_bytes(folder / RULES_FILE),
    )


def read_texts(*, bodies: bytes | None, rules: bytes) -> RuleFiles:
    """What the files hold, the list of bodies only where it is given. Errors: RulesUnreadable."""
    rows = None if bodies is None else _read_bodies(_words(bodies, BODIES_FILE))
    try:
        tables = tomllib.loads(_words(rules, RULES_FILE), parse_float=Decimal)
    # Brackets nested a thousand deep are no ValueError to the parser.
    except (ValueError, RecursionError) as error:
        raise RulesUnreadable(f"{RULES_FILE}: {error}") from error
    as_of = tables.pop("as_of", None)
    if type(as_of) is not date:
        raise RulesUnreadable(f"{RULES_FILE}: write as_of = YYYY-MM-DD above the first table.")
    stray = sorted({row.code for row in rows} ^ set(tables)) if rows is not None else []
    if stray:
        raise RulesUnreadable(f"These codes stand in one file only: {', '.join(stray)}.")
    return RuleFiles(
        as_of=as_of,
        bodies=rows,
        rules={code: _rule(code, table) for code, table in tables.items()},
    )


def kind_of(code: str) -> LicensingBody.Kind:
    """US-FL is a state's, CA-ON a Canadian province's; longer codes are national approvers."""
    country, _, place = code.partition("-")
    if country == "CA":
        return LicensingBody.Kind.CANADIAN
    return LicensingBody.Kind.STATE_BOARD if len(place) == 2 else LicensingBody.Kind.APPROVER


def _is_address(value: str) -> bool:
    return not value or value.startswith(("https://", "http://"))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RulesUnreadable(f"{path.name}: {error}") from error


def _words(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RulesUnreadable(f"{name}: not a text in UTF-8 ({error}).") from error


def _read_bodies(text: str) -> list[BodyRow]:
    found: dict[str, BodyRow] = {}
    try:
        for line in csv.DictReader(io.StringIO(text, newline=""), strict=True):
            row = _body_row({key: clean(value or "") for key, value in line.items() if key})
            if row.code in found:
                raise RulesUnreadable(f"{BODIES_FILE}: {row.code} stands there twice.")
            found[row.code] = row
    except (ValueError, KeyError, csv.Error) as error:
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
    row = BodyRow(
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
    for name, value in {"code": code, **row.columns}.items():
        longest = getattr(LicensingBody._meta.get_field(name), "max_length", None)
        if longest is not None and len(value) > longest:
            raise RulesUnreadable(
                f"{BODIES_FILE}: {code[:20]} has a {name} of more than {longest} characters."
            )
        if name in ("website", "source_url") and not _is_address(value):
            raise RulesUnreadable(f"{BODIES_FILE}: {code} has the {name} {value!r}.")
    return row


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
    if not are_sources(sources):
        raise RulesUnreadable(f"{RULES_FILE}: [{code}] a source needs url, as_of and what.")
    for key, value in rest.items():
        if key not in RULE_KEYS:
            raise RulesUnreadable(f"{RULES_FILE}: [{code}] has no key {key!r}.")
        if not RULE_KEYS[key](value):
            raise RulesUnreadable(f"{RULES_FILE}: [{code}] {key} cannot be {value!r}.")
    return RuleText(
        code=code,
        rule_json=canonical_json(plain(rest)),
        sources_json=canonical_json(plain(sources)),
        confidence=confidence,
        notes=clean(notes),
    )


def plain(value: Any) -> Any:
    """As JSON: decimals as texts, for JSON knows binary fractions only, and texts that every
    database can write."""
    match value:
        case Decimal():
            return format(value, "f")
        case str():
            return clean(value)
        case dict():
            return {key: plain(each) for key, each in value.items()}
        case list():
            return [plain(each) for each in value]
    return value
