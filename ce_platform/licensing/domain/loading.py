"""Bringing the files of bodies and rules into the database, again and again, without a loss."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.licensing.domain import proposals
from ce_platform.licensing.domain.data_files import (
    DATA,
    RULES_FILE,
    RuleFiles,
    RuleText,
    read_files,
)
from ce_platform.licensing.domain.errors import RulesUnreadable
from ce_platform.licensing.domain.readings import parts_of, value_of
from ce_platform.licensing.models import BodyRule, LicensingBody, RuleProposal

MOST_AHEAD: Final = timedelta(days=31)


@dataclass(frozen=True)
class Change:
    """What a file says differently of one rule, as parts by key: written, or only proposed."""

    body: LicensingBody
    before: dict[str, Any]
    after: dict[str, Any]
    is_proposed: bool


@dataclass
class Loaded:
    """What a run changed (or would change), one line each, in the words of the command."""

    lines: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    added_bodies: int = 0
    changed_bodies: int = 0
    added_rules: int = 0
    unchanged_bodies: int = 0
    unchanged_rules: int = 0
    older_rules: int = 0
    proposed_rules: int = 0
    proposed_lines: int = 0

    @property
    def has_changes(self) -> bool:
        return bool(
            self.added_bodies or self.changed_bodies or self.added_rules or self.proposed_rules
        )


def load_files(*, now: datetime, folder: Path = DATA, dry_run: bool = False) -> Loaded:
    """`load` for the two files in a folder. Errors: RulesUnreadable."""
    return load(read_files(folder), by=None, now=now, dry_run=dry_run)


@transaction.atomic
def load(files: RuleFiles, *, by: User | None, now: datetime, dry_run: bool = False) -> Loaded:
    """Compare the files with the rows and write what differs; all or nothing.

    A body is brought up to date in place. A rule that reads differently becomes a new row, valid
    from the day the file was read, and unchecked: earlier rows stay. Where somebody in the office
    wrote or checked a rule of the body, it is proposed to them instead, key by key. A file that is
    older than what was read of a body is passed over and said, and so is what a file no longer
    has. `is_pending_hidden` belongs to the office and is never touched.
    Errors: RulesUnreadable.
    """
    # A slip of some days does little harm. A wrong year would be in force for nobody, and every
    # later file would be passed over as an older one.
    if files.as_of > now.date() + MOST_AHEAD:
        raise RulesUnreadable(
            f"{RULES_FILE}: as_of is {files.as_of}, and that day has not come yet."
        )
    loaded = Loaded()
    known = {body.code: body for body in LicensingBody.objects.select_for_update()}
    last = proposals.last_files()
    for row in files.bodies or []:
        seen = last.get(known[row.code].pk) if row.code in known else None
        if seen is not None and seen.as_of > files.as_of:
            loaded.unchanged_bodies += 1
            continue
        _load_body(known, row.code, dict(row.columns), loaded)
    for code in sorted(set(known) - set(files.rules)):
        loaded.lines.append(f"keep    {code}: not in the file any more")
    strangers = sorted(set(files.rules) - set(known))
    if strangers:
        raise RulesUnreadable(
            f"No body on file has the code {', '.join(strangers)}. Send licensing_bodies.csv too."
        )
    _load_rules(files, known, last, loaded, now=now)
    if loaded.has_changes and not dry_run:
        audit.record(
            "licensing-data.loaded",
            subject_type="licensing-data",
            subject_id=files.as_of.isoformat(),
            by=by,
            now=now,
            changes=loaded.lines,
        )
    if dry_run:
        transaction.set_rollback(True)
    return loaded


def _load_body(
    known: dict[str, LicensingBody], code: str, columns: dict[str, str], loaded: Loaded
) -> None:
    body = known.get(code)
    if body is None:
        known[code] = LicensingBody.objects.create(code=code, **columns)
        loaded.added_bodies += 1
        loaded.lines.append(f"add     {code} {columns['name']}")
        return
    changed = {name: value for name, value in columns.items() if getattr(body, name) != value}
    if not changed:
        loaded.unchanged_bodies += 1
        return
    for name, value in sorted(changed.items()):
        loaded.lines.append(f"change  {code} {name}: {getattr(body, name)!r} → {value!r}")
        setattr(body, name, value)
    body.save(update_fields=list(changed))
    loaded.changed_bodies += 1


def _load_rules(
    files: RuleFiles,
    known: dict[str, LicensingBody],
    last: Mapping[int, RuleProposal | BodyRule],
    loaded: Loaded,
    *,
    now: datetime,
) -> None:
    held = proposals.bodies_in_office_hands()
    newest: dict[int, BodyRule] = {}
    stored: set[tuple[int, object, str]] = set()
    for rule in BodyRule.objects.order_by("valid_from", "id"):
        newest[rule.body_id] = rule
        stored.add((rule.body_id, rule.valid_from, rule.sha256))
    for code, text in files.rules.items():
        body = known[code]
        before = newest.get(body.pk)
        if body.pk in held:
            _propose(body, before, last.get(body.pk), text, files, loaded, now=now)
            continue
        if before is not None and before.sha256 == text.sha256:
            loaded.unchanged_rules += 1
            continue
        if before is not None and before.valid_from > files.as_of:
            _older(code, before.valid_from, files, loaded)
            continue
        if (body.pk, files.as_of, text.sha256) in stored:
            raise RulesUnreadable(
                f"[{code}] goes back to an earlier text of the same day; set a newer as_of."
            )
        BodyRule.objects.create(
            body=body,
            valid_from=files.as_of,
            rule_json=text.rule_json,
            sha256=text.sha256,
            sources_json=text.sources_json,
            as_of=files.as_of,
            confidence=text.confidence,
            notes=text.notes,
            created_at=now,
        )
        loaded.added_rules += 1
        loaded.changes.append(Change(body, parts_of(before), parts_of(text), is_proposed=False))
        loaded.lines.extend(_difference(code, before, text))


def _propose(
    body: LicensingBody,
    rule: BodyRule | None,
    last: RuleProposal | BodyRule | None,
    text: RuleText,
    files: RuleFiles,
    loaded: Loaded,
    *,
    now: datetime,
) -> None:
    if last is not None and last.sha256 == text.sha256:
        loaded.unchanged_rules += 1
        return
    if last is not None and last.as_of > files.as_of:
        _older(body.code, last.as_of, files, loaded)
        return
    lines = proposals.propose(body, rule=rule, last=last, text=text, as_of=files.as_of, now=now)
    loaded.proposed_rules += 1
    if lines:
        loaded.changes.append(
            Change(
                body,
                {line.key: value_of(line.old_json) for line in lines if line.old_json},
                {line.key: value_of(line.new_json) for line in lines if line.new_json},
                is_proposed=True,
            )
        )
    loaded.proposed_lines += len(lines)
    for line in lines:
        loaded.lines.append(
            f"propose {body.code} {line.key}: {line.old_json or 'not known'} → "
            f"{line.new_json or 'not known'}"
        )


def _older(code: str, known: date, files: RuleFiles, loaded: Loaded) -> None:
    """An upgrade brings the files of the program again, when the office has loaded newer ones."""
    loaded.older_rules += 1
    loaded.lines.append(f"older   {code}: read on {known} already; this file is of {files.as_of}")


def _difference(code: str, before: BodyRule | None, text: RuleText) -> Iterator[str]:
    after = json.loads(text.rule_json)
    if before is None:
        yield f"add     {code} rule with {len(after)} facts, confidence {text.confidence}"
        return
    old = before.rule
    for key in sorted(set(old) | set(after)):
        if old.get(key) != after.get(key):
            yield (f"rule    {code} {key}: {_said(old, key)} → {_said(after, key)}")
    for name, earlier, later in (
        ("confidence", before.confidence, text.confidence),
        ("notes", before.notes, text.notes),
        ("sources", before.sources_json, text.sources_json),
    ):
        if earlier != later:
            yield f"rule    {code} {name}: {earlier!r} → {later!r}"


def _said(rule: dict[str, object], key: str) -> str:
    return repr(rule[key]) if key in rule else "not known"
