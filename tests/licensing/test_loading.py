"""The command that brings bodies and rules up to date."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import canonical_json
from ce_platform.licensing import queries
from ce_platform.licensing.domain import office
from ce_platform.licensing.domain.counting_keys import category_keys, counting_keys
from ce_platform.licensing.domain.data_files import (
    DATA,
    RULE_KEYS,
    RuleText,
    kind_of,
    read_files,
)
from ce_platform.licensing.domain.errors import RulesUnreadable
from ce_platform.licensing.domain.loading import Loaded, load, load_files
from ce_platform.licensing.domain.readings import save_rule
from ce_platform.licensing.facts import fact_groups
from ce_platform.licensing.models import BodyRule, LicensingBody, RuleProposalLine
from tests.factories.licensing import TODAY

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    return copy


@pytest.fixture
def edit(folder: Path) -> Edit:
    def change(name: str, old: str, new: str) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return change


def counts(loaded: Loaded) -> tuple[int, int, int, int, int]:
    return (
        loaded.added_bodies,
        loaded.changed_bodies,
        loaded.unchanged_bodies,
        loaded.added_rules,
        loaded.unchanged_rules,
    )


def test_our_files_are_readable_and_complete() -> None:
    files = read_files()

    assert len(files.bodies) == len(files.rules) == 59
    assert {kind_of(row.code) for row in files.bodies} == set(LicensingBody.Kind)
    assert [row.code for row in files.bodies if kind_of(row.code) == "approver"] == ["US-NCBTMB"]
    assert len([row for row in files.bodies if kind_of(row.code) == "canadian"]) == 5


def test_words_of_our_files() -> None:
    """US English; the word NCBTMB forbids on certificates is not ours to use either."""
    for name in ("licensing_bodies.csv", "body_rules.toml"):
        words = " ".join(word for word in (DATA / name).read_text().split() if "://" not in word)
        for wrong in (" CEU", "licence", "programme", "recognised", "organisation"):
            assert wrong not in words


def test_every_key_is_documented() -> None:
    text = (DATA.parents[2] / "docs" / "licensing-rules.md").read_text()

    for key in [*RULE_KEYS, "sources", "confidence", "notes", "as_of"]:
        assert f"`{key}`" in text


@pytest.mark.django_db
def test_loading_twice_changes_nothing(now: datetime) -> None:
    first = load_files(now=now)
    second = load_files(now=now + timedelta(days=1))

    assert counts(first) == (59, 0, 0, 59, 0)
    assert counts(second) == (0, 0, 59, 0, 59)
    assert second.lines == []
    assert AuditEvent.objects.filter(action="licensing-data.loaded").count() == 1


@pytest.mark.django_db
def test_dry_run_says_all_and_writes_nothing(now: datetime) -> None:
    loaded = load_files(now=now, dry_run=True)

    assert counts(loaded) == (59, 0, 0, 59, 0)
    assert "add     US-FL Florida Board of Massage Therapy" in loaded.lines
    assert not LicensingBody.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_a_changed_rule_is_a_new_unchecked_row_where_the_office_touched_nothing(
    now: datetime, folder: Path, edit: Edit
) -> None:
    load_files(now=now, folder=folder)
    edit("body_rules.toml", "as_of = 2026-11-20", "as_of = 2026-12-01")
    edit("body_rules.toml", "home_study_max_hours = 12", "home_study_max_hours = 10")

    loaded = load_files(now=now, folder=folder)

    new, old = BodyRule.objects.filter(body__code="US-FL")
    assert counts(loaded) == (0, 0, 59, 1, 58)
    assert loaded.lines == ["rule    US-FL home_study_max_hours: 12 → 10"]
    assert (new.valid_from.isoformat(), new.rule["home_study_max_hours"]) == ("2026-12-01", 10)
    assert (new.checked_at, new.checked_by_label) == (None, "")
    assert old.rule["home_study_max_hours"] == 12


@pytest.mark.django_db
def test_a_file_of_a_day_far_ahead_is_refused(now: datetime, folder: Path, edit: Edit) -> None:
    load_files(now=now, folder=folder)
    edit("body_rules.toml", "as_of = 2026-11-20", "as_of = 2062-11-20")
    edit("body_rules.toml", "home_study_max_hours = 12", "home_study_max_hours = 10")

    with pytest.raises(RulesUnreadable, match="has not come yet"):
        load_files(now=now, folder=folder)

    assert BodyRule.objects.filter(body__code="US-FL").count() == 1


@pytest.mark.django_db
def test_a_rule_that_the_office_checked_is_proposed_and_said(
    now: datetime, folder: Path, edit: Edit
) -> None:
    load_files(now=now, folder=folder)
    BodyRule.objects.filter(body__code="US-FL").update(
        checked_at=now, checked_by_id=7, checked_by_label="Rita"
    )
    edit("body_rules.toml", "as_of = 2026-11-20", "as_of = 2026-12-01")
    edit("body_rules.toml", "home_study_max_hours = 12", "home_study_max_hours = 10")

    loaded = load_files(now=now, folder=folder)

    assert counts(loaded) == (0, 0, 59, 0, 58)
    assert loaded.lines == ["propose US-FL home_study_max_hours: 12 → 10"]
    assert BodyRule.objects.get(body__code="US-FL").checked_by_label == "Rita"
    assert not load_files(now=now, folder=folder).has_changes


@pytest.mark.django_db
def test_keys_that_came_later_reach_a_database_of_the_file_before(
    now: datetime, registrar: User
) -> None:
    """The file before had the same day and none of the keys by which renewals are counted."""
    files = read_files()
    before = {code: before_counting(text) for code, text in files.rules.items()}
    changed = {code for code in before if before[code] != files.rules[code]}
    assert {"US-FL", "US-SD", "US-TX"} <= changed
    load(replace(files, rules=before), by=None, now=now)
    for code in ("US-FL", "US-SD"):
        rule = BodyRule.objects.get(body__code=code)
        office.check_rule(rule, is_checked=True, by=registrar, now=now)
    written = BodyRule.objects.get(body__code="US-SD")
    save_rule(
        written.body,
        based_on=written.pk,
        changes={"repeat": {"scope": "ever"}, "ce_hours": 9},
        valid_from=TODAY,
        reason="A letter.",
        is_checked=True,
        by=registrar,
        now=now,
    )

    loaded = load_files(now=now)
    again = load_files(now=now)

    assert (loaded.added_rules, loaded.proposed_rules) == (len(changed) - 2, 2)
    assert list(
        RuleProposalLine.objects.order_by("body__code", "key").values_list(
            "body__code", "key", "status"
        )
    ) == [
        ("US-FL", "categories", "open"),
        ("US-FL", "first_renewal_hours", "open"),
        ("US-SD", "categories", "open"),
        ("US-SD", "cycle_end_on_card", "open"),
        ("US-SD", "repeat", "open"),
    ]
    # What nobody held is in force at once, from the same day, and waits for its check.
    texas = queries.rule_on(list(LicensingBody.objects.get(code="US-TX").rules.all()), TODAY)
    assert texas is not None
    assert texas.sha256 == files.rules["US-TX"].sha256
    assert (texas.valid_from, texas.checked_at) == (files.as_of, None)
    assert not again.has_changes


def before_counting(text: RuleText) -> RuleText:
    """As the rule read before there were these keys."""
    rule = json.loads(text.rule_json)
    inner = {*category_keys(whole=bool), "ask_board", "end_of_month"}
    for key in counting_keys(whole=bool, hours=bool, text=bool, flag=bool):
        rule.pop(key, None)
    for table in [*rule.get("categories", []), *(each for each in rule.values())]:
        if isinstance(table, dict):
            for key in inner & set(table):
                del table[key]
    return replace(text, rule_json=canonical_json(rule))


@pytest.mark.django_db
def test_a_changed_body_is_brought_up_to_date_and_the_switch_is_kept(
    now: datetime, folder: Path, edit: Edit
) -> None:
    load_files(now=now, folder=folder)
    LicensingBody.objects.filter(code="US-FL").update(is_pending_hidden=True)
    edit("licensing_bodies.csv", "Florida Board of Massage Therapy", "Florida Massage Board")

    loaded = load_files(now=now, folder=folder)

    body = LicensingBody.objects.get(code="US-FL")
    assert loaded.lines == [
        "change  US-FL name: 'Florida Board of Massage Therapy' → 'Florida Massage Board'"
    ]
    assert (body.name, body.is_pending_hidden) == ("Florida Massage Board", True)


@pytest.mark.django_db
def test_a_body_that_left_the_file_is_kept(now: datetime) -> None:
    LicensingBody.objects.create(
        code="US-XX", kind="state-board", jurisdiction="X", name="X", approval_model="none"
    )

    loaded = load_files(now=now)

    assert "keep    US-XX: not in the file any more" in loaded.lines
    assert LicensingBody.objects.filter(code="US-XX").exists()


@pytest.mark.django_db
def test_an_older_file_does_not_overwrite_a_newer_reading(
    now: datetime, folder: Path, edit: Edit
) -> None:
    load_files(now=now, folder=folder)
    edit("body_rules.toml", "as_of = 2026-11-20", "as_of = 2025-01-01")
    edit("body_rules.toml", "home_study_max_hours = 12", "home_study_max_hours = 10")

    loaded = load_files(now=now, folder=folder)

    assert counts(loaded) == (0, 0, 59, 0, 58)
    assert loaded.lines == ["older   US-FL: read on 2026-11-20 already; this file is of 2025-01-01"]
    assert BodyRule.objects.filter(body__code="US-FL").count() == 1


@pytest.mark.django_db
def test_going_back_on_the_same_day_asks_for_a_newer_date(
    now: datetime, folder: Path, edit: Edit
) -> None:
    load_files(now=now, folder=folder)
    edit("body_rules.toml", "home_study_max_hours = 12", "home_study_max_hours = 10")
    load_files(now=now, folder=folder)
    edit("body_rules.toml", "home_study_max_hours = 10", "home_study_max_hours = 12")

    with pytest.raises(RulesUnreadable, match="set a newer as_of"):
        load_files(now=now, folder=folder)
    assert BodyRule.objects.filter(body__code="US-FL").count() == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("body_rules.toml", "as_of = 2026-11-20\n", "", "as_of"),
        ("body_rules.toml", "[US-FL]", "[US-FX]", "US-FL, US-FX"),
        ("body_rules.toml", "ce_hours = 24", "ce_hourz = 24", "has no key 'ce_hourz'"),
        ("body_rules.toml", "ce_hours = 24", 'ce_hours = "24"', "ce_hours cannot be '24'"),
        ("body_rules.toml", "ce_hours = 24", "ce_hours = -1", "ce_hours cannot be -1"),
        ("body_rules.toml", 'years = "odd"', 'years = "some"', "cycle_anchor cannot be"),
        ("body_rules.toml", 'confidence = "high"', 'confidence = "sure"', "confidence 'sure'"),
        ("body_rules.toml", 'answer = "limited"', 'answer = "yes"', "technique_by_home_study"),
        ("body_rules.toml", 'url = "https', 'url = "javascript', "a source needs"),
        ("body_rules.toml", 'subjects = ["ethics"]', 'subjects = ["ethic"]', "categories cannot"),
        ("body_rules.toml", "rest = true", "rest = 1", "categories cannot"),
        ("body_rules.toml", "hands_on_percent = 70", "hands_on_percent = 0", "categories cannot"),
        ("body_rules.toml", "per_month = 1, ", "", "first_renewal_hours cannot"),
        ("body_rules.toml", "under_months = 12, ", "", "first_renewal_hours cannot"),
        ("body_rules.toml", 'scope = "years", years = 4', 'scope = "years"', "repeat cannot"),
        (
            "body_rules.toml",
            "end_on_card = false",
            'end_on_card = "no"',
            "cycle_end_on_card cannot",
        ),
        ("body_rules.toml", "[US-FL]", "[US-FL", "body_rules.toml:"),
        ("licensing_bodies.csv", "US-AK,", "US-AL,", "US-AL stands there twice"),
        ("licensing_bodies.csv", "Alabama Board of Massage Therapy,", ",", "US-AL lacks its name"),
    ],
)
def test_a_mistake_in_a_file_is_named(
    name: str, old: str, new: str, message: str, folder: Path, edit: Edit
) -> None:
    edit(name, old, new)

    with pytest.raises(RulesUnreadable) as refused:
        read_files(folder)
    assert message in str(refused.value)


@pytest.mark.django_db
def test_the_command_prints_what_changed() -> None:
    def run(**options: bool) -> list[str]:
        out = StringIO()
        call_command("load_licensing_bodies", stdout=out, **options)
        return out.getvalue().splitlines()

    dry = run(dry_run=True)
    first = run()
    again = run()
    quiet = run(quiet=True)

    assert dry[-1] == (
        "Bodies: 59 would be added, 0 would be changed, 0 as before. "
        "Rules: 59 would be added, 0 as before."
    )
    assert len(first) == 59 + 59 + 1
    assert (
        again
        == quiet
        == ["Bodies: 0 added, 0 changed, 59 as before. Rules: 0 added, 59 as before."]
    )


def test_every_rule_of_our_files_reads_in_words() -> None:
    for text in read_files().rules.values():
        rule = json.loads(text.rule_json)
        told = [fact.label for group in fact_groups(rule) for fact in group.facts]
        silent = {"approval_model"} if rule["approval_model"] == "unknown" else set()
        assert len(told) == len(set(rule) - silent)
