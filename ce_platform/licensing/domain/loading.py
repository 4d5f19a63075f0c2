"""Bringing the files of bodies and rules into the database, again and again, without a loss."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from ce_platform.core import audit
from ce_platform.licensing.domain.data_files import DATA, RuleFiles, RuleText, read_files
from ce_platform.licensing.domain.errors import RulesUnreadable
from ce_platform.licensing.models import BodyRule, LicensingBody


@dataclass
class Loaded:
    """What a run changed (or would change), one line each, in the words of the command."""

    lines: list[str] = field(default_factory=list)
    added_bodies: int = 0
    changed_bodies: int = 0
    added_rules: int = 0
    unchanged_bodies: int = 0
    unchanged_rules: int = 0

    @property
    def has_changes(self) -> bool:
        return bool(self.added_bodies or self.changed_bodies or self.added_rules)


@transaction.atomic
def load_files(*, now: datetime, folder: Path = DATA, dry_run: bool = False) -> Loaded:
    """Compare the files with the rows and write what differs; all or nothing.

    A body is brought up to date in place. A rule that reads differently becomes a new row, valid
    from the day the file was read: earlier rows stay, and so does who checked them; the new one
    is unchecked. What a file no longer has is kept and said. `is_pending_hidden` belongs to the
    office and is never touched. Errors: RulesUnreadable.
    """
    files = read_files(folder)
    loaded = Loaded()
    known = {body.code: body for body in LicensingBody.objects.select_for_update()}
    for row in files.bodies:
        _load_body(known, row.code, dict(row.columns), loaded)
    for code in sorted(set(known) - {row.code for row in files.bodies}):
        loaded.lines.append(f"keep    {code}: not in the file any more")
    _load_rules(files, known, loaded, now=now)
    if loaded.has_changes and not dry_run:
        audit.record(
            "licensing-data.loaded",
            subject_type="licensing-data",
            subject_id=files.as_of.isoformat(),
            by=None,
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
    files: RuleFiles, known: dict[str, LicensingBody], loaded: Loaded, *, now: datetime
) -> None:
    newest: dict[int, BodyRule] = {}
    stored: set[tuple[int, object, str]] = set()
    for rule in BodyRule.objects.order_by("valid_from", "id"):
        newest[rule.body_id] = rule
        stored.add((rule.body_id, rule.valid_from, rule.sha256))
    for code, text in files.rules.items():
        body = known[code]
        before = newest.get(body.pk)
        if before is not None and before.sha256 == text.sha256:
            loaded.unchanged_rules += 1
            continue
        if before is not None and before.valid_from > files.as_of:
            raise RulesUnreadable(
                f"[{code}] was read on {before.valid_from} already; this file is of {files.as_of}."
            )
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
        loaded.lines.extend(_difference(code, before, text))


def _difference(code: str, before: BodyRule | None, text: RuleText) -> Iterator[str]:
    after = json.loads(text.rule_json)
    if before is None:
        yield f"add     {code} rule with {len(after)} facts, confidence {text.confidence}"
        return
    if before.checked_at is not None:
        yield f"rule    {code}: the office checked the earlier text; the new one is unchecked"
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
