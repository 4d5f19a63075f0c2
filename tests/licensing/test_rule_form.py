"""The form of a rule: what is not touched is not changed, what is cleared is not known."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict

from ce_platform.licensing.domain.counting_keys import category_keys
from ce_platform.licensing.domain.data_files import RULE_KEYS, kind_of_key, read_files
from ce_platform.licensing.domain.readings import parts_of
from ce_platform.licensing.forms import RuleEditor
from ce_platform.licensing.forms.rule_keys import EDITORS
from tests.factories.licensing import TODAY

SAVING = {"valid_from": "2026-11-20", "reason": "A letter."}


def editor(parts: Mapping[str, Any], sent: QueryDict | None = None) -> RuleEditor:
    return RuleEditor(sent, parts=parts, based_on=1, today=TODAY)


def as_sent(parts: Mapping[str, Any], **changed: Any) -> QueryDict:
    """What a browser sends of the untouched form, apart from these fields."""
    made = editor(parts)
    sent = QueryDict(mutable=True)
    for form in (
        made.form,
        made.categories.management_form,
        made.besides.management_form,
        made.sources.management_form,
        *made.categories,
        *made.besides,
        *made.sources,
    ):
        for field in form:
            value = field.value()
            if isinstance(value, list):
                sent.setlist(field.html_name, value)
            elif isinstance(value, date):
                sent[field.html_name] = value.isoformat()
            elif value is not None and value is not False and value != "":
                # A box sends "on"; what is longer than a line comes with the line ends of HTTP.
                sent[field.html_name] = "on" if value is True else str(value)
    for name, value in {**SAVING, **changed}.items():
        if isinstance(value, list):
            sent.setlist(name, value)
        else:
            sent[name] = value
    return sent


def changes(parts: Mapping[str, Any], **changed: Any) -> dict[str, Any]:
    made = editor(parts, as_sent(parts, **changed))
    assert made.is_valid(), (made.form.errors, made.categories.errors, made.besides.errors)
    return made.changes()


def problems(parts: Mapping[str, Any], **changed: Any) -> set[str]:
    made = editor(parts, as_sent(parts, **changed))
    assert not made.is_valid()
    assert made.has_errors
    rows = [*made.categories.errors, *made.besides.errors, *made.sources.errors]
    return {*made.form.errors, *(name for row in rows for name in row)}


def test_every_key_has_fields() -> None:
    rows = {key for key in RULE_KEYS if kind_of_key(key) not in EDITORS}
    assert rows == {"categories", "besides"}
    made = editor({})
    assert {*made.categories.form.NAMES, *made.besides.form.NAMES} >= {
        *category_keys(whole=bool),
        *("name", "min_hours", "max_hours", "home_study_allowed", "what", "hours"),
    }


def test_every_rule_of_our_files_comes_back_as_it_went() -> None:
    told = {
        code: changes(json.loads(json.dumps(parts_of(text))))
        for code, text in read_files().rules.items()
    }

    assert {code: changed for code, changed in told.items() if changed} == {}


FULL = {
    "ce_hours": "24.50",
    "home_study_max_hours": 12,
    "technique_by_home_study": {"answer": "limited", "note": "Half.", "basis": "a letter"},
    "cycle_anchor": {"kind": "fixed-date", "month": 8, "day": 31, "years": "odd", "new": [1]},
    "accepts": ["NCBTMB", "a new word"],
    "exam_required_for_home_study": False,
    "approval_model": "unknown",
    "categories": [{"name": "Ethics", "min_hours": 2, "subjects": ["ethics"]}, {"name": "Laws"}],
    "from_the_future": {"a": 1},
    "confidence": "high",
    "sources": [
        {"url": "https://example.org/a", "as_of": "2026", "what": "x", "keys": ["accepts"]}
    ],
}


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"home_study_max_hours": ""}, {"home_study_max_hours": None}),
        ({"home_study_max_hours": "0"}, {"home_study_max_hours": 0}),
        ({"carry_over_hours": "0"}, {"carry_over_hours": 0}),
        ({"exam_required_for_home_study": ""}, {"exam_required_for_home_study": None}),
        ({"exam_required_for_home_study": "yes"}, {"exam_required_for_home_study": True}),
        ({"approval_model": "none"}, {"approval_model": "none"}),
        ({"accepts": []}, {"accepts": None}),
        ({"accepts": ["a new word", "AMTA"]}, {"accepts": ["a new word", "AMTA"]}),
        (
            {"technique_by_home_study": "refused", "technique_by_home_study-note": ""},
            {"technique_by_home_study": {"answer": "refused", "basis": "a letter"}},
        ),
        (
            {"cycle_anchor-day": "30", "cycle_anchor-years": ""},
            {"cycle_anchor": {"kind": "fixed-date", "month": 8, "day": 30, "new": [1]}},
        ),
        (
            {
                "category-0-min_hours": "0",
                "category-2-name": "More",
                "category-2-home_study_allowed": "no",
            },
            {
                "categories": [
                    {"name": "Ethics", "min_hours": 0, "subjects": ["ethics"]},
                    {"name": "Laws"},
                    {"name": "More", "home_study_allowed": False},
                ]
            },
        ),
        (
            {"category-0-name": "", "category-0-min_hours": ""},
            {"categories": [{"name": "Laws"}]},
        ),
        (
            {"category-0-name": "", "category-0-min_hours": "", "category-1-name": ""},
            {"categories": None},
        ),
        (
            {
                "category-0-name": "",
                "category-0-min_hours": "",
                "category-1-name": "",
                "is_without_categories": "on",
            },
            {"categories": []},
        ),
        (
            {"source-0-what": "", "source-0-url": "", "source-0-as_of": "", "source-0-keys": []},
            {"sources": None},
        ),
        (
            {"source-0-keys": [], "confidence": "low", "notes": "Unclear. 🙂"},
            {
                "sources": [{"url": "https://example.org/a", "as_of": "2026", "what": "x"}],
                "confidence": "low",
                "notes": "Unclear. 🙂",
            },
        ),
    ],
    ids=str,
)
def test_only_what_was_touched_is_changed(sent: dict[str, Any], changed: dict[str, Any]) -> None:
    assert changes(FULL, **sent) == changed


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"ce_hours": "many"}, {"ce_hours"}),
        ({"ce_hours": "-1"}, {"ce_hours"}),
        ({"ce_hours": "NaN"}, {"ce_hours"}),
        ({"home_study_max_hours": "25"}, {"home_study_max_hours"}),
        ({"report_deadline_days": "1.5"}, {"report_deadline_days"}),
        ({"cycle_anchor-month": "2"}, {"cycle_anchor-day"}),
        ({"cycle_anchor": ""}, {"cycle_anchor"}),
        ({"accepts": ["<b>"]}, {"accepts"}),
        ({"reason": ""}, {"reason"}),
        ({"valid_from": "soon"}, {"valid_from"}),
        ({"confidence": ""}, {"confidence"}),
        ({"category-0-name": ""}, {"name"}),
        ({"category-0-max_hours": "1"}, {"max_hours"}),
        ({"is_without_categories": "on"}, {"is_without_categories"}),
        ({"source-0-url": "javascript:alert(1)"}, {"url"}),
        ({"source-1-what": "Half a source"}, {"url", "as_of"}),
    ],
    ids=str,
)
def test_bad_input_is_named_where_it_stands(sent: dict[str, Any], where: set[str]) -> None:
    assert problems(FULL, **sent) == where


# Every key by which hours are counted, each with something in it that has no field here.
COUNTED = {
    "cycle_end_on_card": False,
    "cycle_anchor": {"kind": "license-anniversary", "end_of_month": True},
    "technique_by_home_study": {"answer": "limited", "ask_board": True},
    "repeat": {"scope": "years", "years": 4, "except_subjects": ["cpr", "ethics"], "new": 1},
    "first_renewal_hours": {
        "steps": [{"under_months": 12, "hours": "0"}, {"up_to_months": 24, "hours": 12}],
        "categories": ["Ethics"],
    },
    "besides": [{"what": "A CPR card", "subjects": ["cpr"], "new": 1}, {"what": "A form"}],
    "replaced_by": "a board certification",
    "categories": [
        {"name": "Ethics", "min_hours": 2, "subjects": ["laws", "ethics"], "overlaps": False},
        {"name": "General", "rest": True, "hands_on_percent": 70, "provider": "listed", "new": 1},
    ],
    "confidence": "high",
}
STEP = "first_renewal_hours-step"
ETHICS, GENERAL = COUNTED["categories"]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("sent", "changed"),
    [
        ({}, {}),
        ({"cycle_end_on_card": ""}, {"cycle_end_on_card": None}),
        ({"cycle_end_on_card": "yes"}, {"cycle_end_on_card": True}),
        ({"cycle_anchor-end_of_month": ""}, {"cycle_anchor": {"kind": "license-anniversary"}}),
        (
            {"technique_by_home_study-ask_board": ""},
            {"technique_by_home_study": {"answer": "limited"}},
        ),
        (
            {"repeat": "ever", "repeat-years": "", "repeat-except_subjects": ["business", "cpr"]},
            {"repeat": {"scope": "ever", "except_subjects": ["cpr", "business"], "new": 1}},
        ),
        ({"repeat": "", "repeat-years": "", "repeat-except_subjects": []}, {"repeat": None}),
        (
            {
                f"{STEP}-0-months": "",
                f"{STEP}-0-hours": "",
                f"{STEP}-1-hours": "0",
                f"{STEP}-2-bound": "under_months",
                f"{STEP}-2-months": "36",
                f"{STEP}-2-hours": "18.5",
                "first_renewal_hours-categories": "",
            },
            {
                "first_renewal_hours": {
                    "steps": [
                        {"up_to_months": 24, "hours": 0},
                        {"under_months": 36, "hours": Decimal("18.5")},
                    ]
                }
            },
        ),
        (
            {f"{STEP}-{number}-{name}": "" for number in (0, 1) for name in ("months", "hours")}
            | {"first_renewal_hours-per_month": "1", "first_renewal_hours-all_by_home_study": "on"},
            {
                "first_renewal_hours": {
                    "per_month": 1,
                    "categories": ["Ethics"],
                    "all_by_home_study": True,
                }
            },
        ),
        ({"replaced_by": ""}, {"replaced_by": None}),
        (
            {"besides-0-hours": "0", "besides-1-what": ""},
            {"besides": [{"what": "A CPR card", "hours": 0, "subjects": ["cpr"], "new": 1}]},
        ),
        # Nobody has to clear the boxes too.
        ({"besides-0-what": "", "besides-1-what": ""}, {"besides": None}),
        (
            {"category-0-subjects": [], "category-1-rest": "", "category-1-provider": "not-listed"},
            {
                "categories": [
                    {"name": "Ethics", "min_hours": 2, "overlaps": False},
                    {
                        "name": "General",
                        "hands_on_percent": 70,
                        "provider": "not-listed",
                        "new": 1,
                    },
                ]
            },
        ),
        (
            {
                "category-0-overlaps": "on",
                "category-1-hands_on_percent": "",
                "category-1-except_subjects": ["business"],
                "category-2-name": "Later",
                "category-2-second_renewal_only": "on",
                "category-2-home_study_only": "on",
            },
            {
                "categories": [
                    ETHICS | {"overlaps": True},
                    {
                        "name": "General",
                        "rest": True,
                        "provider": "listed",
                        "except_subjects": ["business"],
                        "new": 1,
                    },
                    {"name": "Later", "second_renewal_only": True, "home_study_only": True},
                ]
            },
        ),
    ],
    ids=str,
)
def test_keys_of_the_arithmetic_are_written(sent: dict[str, Any], changed: dict[str, Any]) -> None:
    assert changes(COUNTED, **sent) == changed


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"repeat": ""}, {"repeat"}),
        ({"repeat": "ever"}, {"repeat-years"}),
        ({"repeat-years": ""}, {"repeat-years"}),
        ({"repeat-except_subjects": ["magic"]}, {"repeat-except_subjects"}),
        ({"cycle_anchor": "birthday"}, {"cycle_anchor-end_of_month"}),
        ({"first_renewal_hours-per_month": "1"}, {"first_renewal_hours-per_month"}),
        ({"first_renewal_hours-at_most": "9"}, {"first_renewal_hours-at_most"}),
        ({f"{STEP}-0-months": ""}, {f"{STEP}-0-months"}),
        ({f"{STEP}-1-hours": ""}, {f"{STEP}-1-hours"}),
        ({f"{STEP}-1-months": "11"}, {f"{STEP}-1-months"}),
        ({"category-0-name": "Ethic"}, {"first_renewal_hours-categories"}),
        ({"besides-1-what": "", "besides-1-hours": "2"}, {"what"}),
        ({"besides-2-subjects": ["cpr"]}, {"what"}),
        ({"category-2-rest": "on"}, {"name"}),
        ({"category-0-except_subjects": ["ethics"]}, {"except_subjects"}),
        ({"category-1-hands_on_percent": "0"}, {"hands_on_percent"}),
        (
            {"category-1-home_study_only": "on", "category-1-home_study_allowed": "no"},
            {"home_study_only"},
        ),
    ],
    ids=str,
)
def test_what_cannot_be_counted_is_named_where_it_stands(
    sent: dict[str, Any], where: set[str]
) -> None:
    assert problems(COUNTED, **sent) == where


def test_groups_are_folded_unless_something_in_them_was_touched() -> None:
    def standing_open(parts: Mapping[str, Any], sent: QueryDict | None) -> list[str]:
        made = editor(parts, sent)
        found = [group.title for group in made.groups() if group.is_open]
        return [*found, *(name for name, each in made.lists().items() if each.is_open)]

    assert standing_open(COUNTED, None) == []
    assert standing_open(COUNTED, as_sent(COUNTED, reason="")) == []
    wrong = as_sent(COUNTED, **{"hour_minutes": "x", "besides-0-hours": "-1"})
    assert standing_open(COUNTED, wrong) == ["How much, by when", "besides"]
    assert len(standing_open({}, None)) == 7


def test_what_the_form_cannot_show_is_said() -> None:
    assert editor(FULL).untouchable == ["from_the_future"]
