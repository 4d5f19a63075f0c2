"""The form of a rule: what is not touched is not changed, what is cleared is not known."""

import json
from collections.abc import Mapping
from datetime import date
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
            {"category-0-min_hours": "0", "category-2-name": "More", "category-2-home_study_allowed": "no"},
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


def test_what_the_form_cannot_show_is_said() -> None:
    assert editor(FULL).untouchable == ["from_the_future"]
