"""Readings of a rule that the office writes: added, never changed, never over somebody else's."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.licensing.domain import office
from ce_platform.licensing.domain.errors import RuleOvertaken, RuleRefused
from ce_platform.licensing.domain.readings import Saved, parts_of, restore_rule, save_rule
from ce_platform.licensing.models import BodyRule
from ce_platform.licensing.queries import newest_rules, rule_on
from tests.factories.licensing import TODAY, BodyFactory, ProposalFactory, RuleFactory
from tests.factories.licensing import RuleLineFactory as LineFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule() -> BodyRule:
    """As a file wrote it, with a key that only a newer version of the program knows."""
    return RuleFactory(rule_json='{"ce_hours":24,"from_the_future":{"a":1}}')


def save(
    rule: BodyRule,
    changes: Mapping[str, Any],
    *,
    by: User,
    now: datetime,
    valid_from: date = TODAY,
    is_checked: bool = False,
) -> Saved:
    return save_rule(
        rule.body,
        based_on=rule.pk,
        changes=changes,
        valid_from=valid_from,
        reason="The board's letter.",
        is_checked=is_checked,
        by=by,
        now=now,
    )


def test_saving_adds_a_reading_and_carries_what_it_does_not_know(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    saved = save(rule, {"ce_hours": 0, "carry_over_hours": 6}, by=registrar, now=now)

    new, old = BodyRule.objects.order_by("-pk")
    assert saved == Saved(new, is_new=True)
    assert new.rule == {"ce_hours": 0, "carry_over_hours": 6, "from_the_future": {"a": 1}}
    assert old.rule == {"ce_hours": 24, "from_the_future": {"a": 1}}
    assert (new.written_by_label, new.reason) == ("Rita Registrar", "The board's letter.")
    assert (new.checked_at, new.sources, new.confidence) == (None, old.sources, old.confidence)
    event = AuditEvent.objects.get(action="rule.written")
    assert json.loads(event.detail)["changed"] == {
        "carry_over_hours": {"before": None, "after": 6},
        "ce_hours": {"before": 24, "after": 0},
    }


def test_a_cleared_key_is_not_known_and_not_zero(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    saved = save(rule, {"ce_hours": None}, by=registrar, now=now)

    assert "ce_hours" not in saved.rule.rule


def test_the_same_text_adds_nothing_and_may_be_checked(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    assert not save(rule, {"ce_hours": 24}, by=registrar, now=now).is_new
    assert not save(rule, {}, by=registrar, now=now, is_checked=True).is_new

    assert BodyRule.objects.get().checked_by_id == registrar.id
    assert not AuditEvent.objects.filter(action="rule.written").exists()


def test_pressed_twice_writes_once(rule: BodyRule, registrar: User, now: datetime) -> None:
    first = save(rule, {"ce_hours": 20}, by=registrar, now=now)
    second = save(rule, {"ce_hours": 20}, by=registrar, now=now)

    assert (second.rule, second.is_new) == (first.rule, False)
    assert BodyRule.objects.count() == 2


def test_saved_again_from_the_same_page_with_the_tick_is_checked(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    first = save(rule, {"ce_hours": 20}, by=registrar, now=now)
    second = save(rule, {"ce_hours": 20}, by=registrar, now=now, is_checked=True)

    assert (second.rule.pk, second.is_new) == (first.rule.pk, False)
    assert second.rule.checked_at == now


def test_a_stale_form_overwrites_nothing(
    rule: BodyRule, registrar: User, instructor: User, now: datetime
) -> None:
    save(rule, {"ce_hours": 20}, by=registrar, now=now)

    with pytest.raises(RuleOvertaken, match="Rita Registrar has written another reading"):
        save(rule, {"ce_hours": 30}, by=instructor, now=now)
    assert BodyRule.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"ce_hours": -1},
        {"ce_hours": "many"},
        {"invented": 1},
        {"confidence": "sure"},
        {"sources": [{"url": "javascript:1", "as_of": "-", "what": "-"}]},
        {"cycle_anchor": {"kind": "fixed-date", "month": 2, "day": 30}},
    ],
    ids=str,
)
def test_what_no_file_may_say_the_office_may_not_either(
    changes: dict[str, Any], rule: BodyRule, registrar: User, now: datetime
) -> None:
    with pytest.raises(RuleRefused) as refused:
        save(rule, changes, by=registrar, now=now)
    assert set(refused.value.problems) == set(changes)


def test_a_reading_that_begins_later_leaves_today_alone(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    later = TODAY + timedelta(days=40)
    office.check_rule(rule, is_checked=True, by=registrar, now=now)
    coming = save(rule, {"ce_hours": 30}, by=registrar, now=now, valid_from=later).rule
    office.check_rule(coming, is_checked=True, by=registrar, now=now)

    rules = list(rule.body.rules.all())
    days = (TODAY - timedelta(days=1), TODAY, later)
    assert [rule_on(rules, day) for day in days] == [rule, rule, coming]
    assert [newest_rules([rule.body], on=day) for day in days] == [
        {rule.body_id: rule},
        {rule.body_id: rule},
        {rule.body_id: coming},
    ]
    with pytest.raises(RuleRefused, match="cannot begin earlier"):
        save(coming, {"ce_hours": 31}, by=registrar, now=now, valid_from=TODAY)
    with pytest.raises(RuleRefused, match="another reading is on file"):
        save(rule, {"ce_hours": 31}, by=registrar, now=now, valid_from=later)
    assert save(rule, {"ce_hours": 31}, by=registrar, now=now).is_new


def test_the_first_reading_of_a_body(registrar: User, now: datetime) -> None:
    body = BodyFactory()

    saved = save_rule(
        body,
        based_on=None,
        changes={"ce_hours": 12, "confidence": "low"},
        valid_from=TODAY,
        reason="By phone.",
        is_checked=True,
        by=registrar,
        now=now,
    )

    assert parts_of(saved.rule) == {"ce_hours": 12, "confidence": "low"}
    assert (saved.rule.as_of, saved.rule.checked_by_id) == (TODAY, registrar.id)


def test_going_back_is_one_more_reading_also_on_the_same_day(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    second = save(rule, {"ce_hours": 20}, by=registrar, now=now).rule
    third = restore_rule(rule, based_on=second.pk, by=registrar, now=now).rule
    fourth = restore_rule(second, based_on=third.pk, by=registrar, now=now).rule

    assert [parts_of(each) for each in (third, fourth)] == [parts_of(rule), parts_of(second)]
    assert (third.reason, third.checked_at) == ("Back to reading 1, from November 20, 2026.", None)


def test_an_open_line_that_the_office_writes_itself_is_settled(
    rule: BodyRule, registrar: User, now: datetime
) -> None:
    proposal = ProposalFactory(body=rule.body)
    same = LineFactory(body=rule.body, proposal=proposal, new_json="20")
    other = LineFactory(body=rule.body, proposal=proposal, key="hour_minutes", new_json="50")

    save(rule, {"ce_hours": 20}, by=registrar, now=now)

    for line in (same, other):
        line.refresh_from_db()
    assert (same.status, other.status) == ("overtaken", "open")


def test_the_database_refuses_to_change_what_was_read(rule: BodyRule) -> None:
    line = LineFactory(body=rule.body)

    for rows, change in (
        (BodyRule.objects.all(), {"reason": "Another."}),
        (type(line.proposal).objects.all(), {"rule_json": "{}"}),
        (type(line).objects.all(), {"new_json": "1"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.model.objects.filter(pk=rows.get().pk)._raw_delete(using="default")
