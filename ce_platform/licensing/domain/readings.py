"""Readings of a body's rule that the office writes: always one more row, never a change of one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.templatetags.wording import long_date
from ce_platform.core.text import canonical_json
from ce_platform.licensing.domain import data_files, office
from ce_platform.licensing.domain.data_files import RuleText
from ce_platform.licensing.domain.errors import RuleOvertaken, RuleRefused
from ce_platform.licensing.models import BodyRule, LicensingBody, RuleProposalLine
from ce_platform.licensing.queries import rule_on

CONFIDENCE: Final = "confidence"
NOTES: Final = "notes"
SOURCES: Final = "sources"


class Reading(Protocol):
    """A row of ours, or a table of a data file."""

    @property
    def rule_json(self) -> str: ...
    @property
    def sources_json(self) -> str: ...
    @property
    def confidence(self) -> str: ...
    @property
    def notes(self) -> str: ...


@dataclass(frozen=True)
class Saved:
    rule: BodyRule
    is_new: bool


def parts_of(reading: Reading | None) -> dict[str, Any]:
    """Everything a person reads of a rule, by key. A key that is missing: not known."""
    if reading is None:
        return {}
    parts = dict(json.loads(reading.rule_json))
    parts[CONFIDENCE] = reading.confidence
    if reading.notes:
        parts[NOTES] = reading.notes
    sources = json.loads(reading.sources_json)
    if sources:
        parts[SOURCES] = sources
    return parts


def text_of(code: str, parts: Mapping[str, Any]) -> RuleText:
    rest = dict(parts)
    confidence, notes = rest.pop(CONFIDENCE), rest.pop(NOTES, "")
    return RuleText(
        code=code,
        sources_json=canonical_json(rest.pop(SOURCES, [])),
        rule_json=canonical_json(rest),
        confidence=confidence,
        notes=notes,
    )


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Keys that say something else, or only one of the two says anything of. In alphabetical
    order."""
    return sorted(
        key
        for key in {*before, *after}
        if (key in before) != (key in after) or before.get(key) != after.get(key)
    )


@transaction.atomic
def save_rule(
    body: LicensingBody,
    *,
    based_on: int | None,
    changes: Mapping[str, Any],
    valid_from: date,
    reason: str,
    is_checked: bool,
    by: User,
    now: datetime,
) -> Saved:
    """Write what the office says from a day on, as a new reading over the one named `based_on`.

    `changes` by key; None takes a key out, so that it is not known. Keys that are not among the
    changes are carried over untouched, also those that this version of the program does not know.
    The same text again adds nothing (and is checked, where that was asked).

    Errors: RuleRefused, by field; RuleOvertaken when somebody else wrote in between.
    """
    problems = {
        key: f"{value!r} cannot stand there."
        for key, value in changes.items()
        if value is not None and not _fits(key, value)
    }
    if problems:
        raise RuleRefused(problems)
    return write_reading(
        body,
        based_on=based_on,
        changes={key: data_files.plain(value) for key, value in changes.items()},
        valid_from=valid_from,
        reason=reason,
        is_checked=is_checked,
        by=by,
        now=now,
    )


@transaction.atomic
def write_reading(
    body: LicensingBody,
    *,
    based_on: int | None,
    changes: Mapping[str, Any],
    valid_from: date,
    reason: str,
    is_checked: bool,
    by: User,
    now: datetime,
) -> Saved:
    """`save_rule` for values that were looked at before: of a data file, or of an older row."""
    # The body's row is the lock: two people who save at once come one after the other.
    body = LicensingBody.objects.select_for_update().get(pk=body.pk)
    rules = list(body.rules.all())
    today = by.local_date(now)
    base = next((rule for rule in rules if rule.pk == based_on), None)
    before = parts_of(base)
    after = {key: value for key, value in {**before, **changes}.items() if value is not None}
    newest = max(rules, key=lambda rule: rule.pk, default=None)
    if (
        newest is not None
        and newest != base
        and (newest.written_by_id, newest.valid_from) == (by.id, valid_from)
        and parts_of(newest) == after
    ):
        # Pressed twice: the first press wrote it. Who came back to say that it is checked, checks.
        if is_checked:
            newest = office.check_rule(newest, is_checked=True, by=by, now=now)
        return Saved(newest, is_new=False)
    _may_stand_over(base, rules, valid_from=valid_from, today=today)
    if CONFIDENCE not in after:
        raise RuleRefused({CONFIDENCE: "Say how good the sources are."})
    if base is not None and before == after:
        if is_checked:
            base = office.check_rule(base, is_checked=True, by=by, now=now)
        return Saved(base, is_new=False)
    text = text_of(body.code, after)
    rule = BodyRule.objects.create(
        body=body,
        valid_from=valid_from,
        rule_json=text.rule_json,
        sha256=text.sha256,
        sources_json=text.sources_json,
        # Who changes one line has not read the others again, unless they say so.
        as_of=today if base is None or is_checked else base.as_of,
        confidence=text.confidence,
        notes=text.notes,
        created_at=now,
        written_by_id=by.id,
        written_by_label=by.get_full_name()[:254],
        reason=reason,
    )
    audit.record(
        "rule.written",
        subject_type="body-rule",
        subject_id=rule.pk,
        by=by,
        now=now,
        body=body.code,
        valid_from=valid_from.isoformat(),
        over=base.pk if base is not None else None,
        reason=reason,
        changed={
            key: {"before": before.get(key), "after": after.get(key)}
            for key in changed_keys(before, after)
        },
    )
    # Open lines that say what the rule says now anyhow have nothing left to decide.
    overtake(
        [
            line
            for line in body.rule_lines.filter(status=RuleProposalLine.Status.OPEN)
            if line.new_json == as_json(after, line.key)
        ],
        now=now,
    )
    if is_checked:
        rule = office.check_rule(rule, is_checked=True, by=by, now=now)
    return Saved(rule, is_new=True)


def overtake(lines: Iterable[RuleProposalLine], *, now: datetime) -> None:
    """Open lines that something newer has settled: nobody decided them."""
    for line in lines:
        line.status, line.decided_at = RuleProposalLine.Status.OVERTAKEN, now
        line.save(update_fields=["status", "decided_at"])


def as_json(parts: Mapping[str, Any], key: str) -> str:
    """As a proposed line stores it. Empty: not known."""
    return canonical_json(parts[key]) if key in parts else ""


def value_of(text: str) -> Any:
    """What a proposed line stores. None: not known."""
    return json.loads(text) if text else None


@transaction.atomic
def restore_rule(rule: BodyRule, *, based_on: int | None, by: User, now: datetime) -> Saved:
    """Say again, from today on, what an earlier reading said. Errors: as `save_rule`."""
    base = rule.body.rules.filter(pk=based_on).first() if based_on else None
    wanted = parts_of(rule)
    number = rule.body.rules.filter(pk__lte=rule.pk).count()
    today = by.local_date(now)
    return write_reading(
        rule.body,
        based_on=based_on,
        changes=dict.fromkeys(parts_of(base)) | wanted,
        valid_from=max(today, base.valid_from) if base is not None else today,
        reason=f"Back to reading {number}, from {long_date(rule.valid_from)}.",
        is_checked=False,
        by=by,
        now=now,
    )


def is_standing(rule: BodyRule, rules: list[BodyRule], *, today: date) -> bool:
    """Whether it is in force today, or will be: no other reading has taken its place."""
    return rule_on(rules, max(today, rule.valid_from)) == rule


def _may_stand_over(
    base: BodyRule | None, rules: list[BodyRule], *, valid_from: date, today: date
) -> None:
    """Errors: RuleOvertaken, RuleRefused."""
    if base is None and not rules:
        return
    if base is None or not is_standing(base, rules, today=today):
        newest = max(rules, key=lambda rule: rule.pk)
        who = newest.written_by_label or "A newer data file"
        raise RuleOvertaken(
            f"{who} has written another reading since you opened this page. Nothing of yours is "
            "saved: look at the newer reading, and change that one."
        )
    if valid_from < base.valid_from:
        raise RuleRefused(
            {
                "valid_from": f"The reading you change holds from {long_date(base.valid_from)}. "
                "The new one cannot begin earlier."
            }
        )
    if rule_on(rules, valid_from) != base:
        later = min(rule.valid_from for rule in rules if rule.valid_from > base.valid_from)
        raise RuleRefused(
            {
                "valid_from": f"From {long_date(later)} on another reading is on file. Choose an "
                "earlier day, or change that reading."
            }
        )


def _fits(key: str, value: Any) -> bool:
    if key == CONFIDENCE:
        return value in data_files.CONFIDENCES
    if key == NOTES:
        return isinstance(value, str)
    if key == SOURCES:
        return data_files.are_sources(value)
    check = data_files.RULE_KEYS.get(key)
    return check is not None and check(value)
