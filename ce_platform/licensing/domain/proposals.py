"""Newer data files at bodies whose rule is in the office's hands: proposed, decided line by line.

A file is compared with the file before it: what the office wrote differently on purpose is not
proposed back to it by the same file, however often that is loaded.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.domain.data_files import RuleText
from ce_platform.licensing.domain.errors import RuleRefused
from ce_platform.licensing.domain.readings import (
    Saved,
    as_json,
    changed_keys,
    overtake,
    parts_of,
    value_of,
    write_reading,
)
from ce_platform.licensing.models import BodyRule, LicensingBody, RuleProposal, RuleProposalLine

Status = RuleProposalLine.Status


@dataclass(frozen=True)
class Decided:
    accepted: int
    rejected: int
    saved: Saved | None


def bodies_in_office_hands() -> set[int]:
    """Ids of bodies of which somebody here wrote or checked a rule, or has lines to decide."""
    written = BodyRule.objects.filter(
        Q(written_by_id__isnull=False) | Q(checked_at__isnull=False)
    ).values_list("body_id", flat=True)
    return {*written, *RuleProposal.objects.values_list("body_id", flat=True)}


def last_files() -> dict[int, RuleProposal | BodyRule]:
    """What the newest file said, by body id: proposed, or written before the office took over."""
    found: dict[int, RuleProposal | BodyRule] = {
        rule.body_id: rule
        for rule in BodyRule.objects.filter(written_by_id__isnull=True).order_by("valid_from", "id")
    }
    found.update({row.body_id: row for row in RuleProposal.objects.order_by("id")})
    return found


def propose(
    body: LicensingBody,
    *,
    rule: BodyRule | None,
    last: RuleProposal | BodyRule | None,
    text: RuleText,
    as_of: date,
    now: datetime,
) -> list[RuleProposalLine]:
    """Keep what a new file says of a body, and put up what it says differently from our rule.

    The caller holds the body's row. `rule` is our reading written last. What was rejected once is
    not proposed again with the same value; an open line with another value is overtaken.
    """
    proposal = RuleProposal.objects.create(
        body=body,
        as_of=as_of,
        rule_json=text.rule_json,
        sources_json=text.sources_json,
        confidence=text.confidence,
        notes=text.notes,
        sha256=text.sha256,
        created_at=now,
    )
    ours, theirs = parts_of(rule), parts_of(text)
    rejected = set(body.rule_lines.filter(status=Status.REJECTED).values_list("key", "new_json"))
    made = []
    for key in changed_keys(parts_of(last), theirs):
        overtake(body.rule_lines.filter(key=key, status=Status.OPEN), now=now)
        line = RuleProposalLine(
            body=body,
            proposal=proposal,
            key=key,
            old_json=as_json(ours, key),
            new_json=as_json(theirs, key),
        )
        if line.old_json != line.new_json and (key, line.new_json) not in rejected:
            line.save()
            made.append(line)
    return made


@transaction.atomic
def decide(
    body: LicensingBody,
    *,
    based_on: int | None,
    accepted: Collection[int],
    rejected: Collection[int],
    valid_from: date,
    is_checked: bool,
    by: User,
    now: datetime,
) -> Decided:
    """Accept these lines, together as one new reading, and reject those; others stay open.

    Lines that somebody decided before are passed over. Errors: RuleRefused when a line is both;
    RuleOvertaken when our rule was written again since `based_on`, and nothing is decided then.
    """
    body = LicensingBody.objects.select_for_update().get(pk=body.pk)
    if set(accepted) & set(rejected):
        raise RuleRefused({"lines": "A line is either accepted or rejected."})
    rows = list(
        body.rule_lines.select_for_update()
        .filter(status=Status.OPEN, pk__in=[*accepted, *rejected])
        .order_by("id")
    )
    taken = [row for row in rows if row.pk in accepted]
    refused = [row for row in rows if row.pk in rejected]
    saved = None
    if taken:
        files = RuleProposal.objects.filter(pk__in={row.proposal_id for row in taken})
        days = " and ".join(
            long_date(day) for day in sorted(set(files.values_list("as_of", flat=True)))
        )
        saved = write_reading(
            body,
            based_on=based_on,
            changes={row.key: value_of(row.new_json) for row in taken},
            valid_from=valid_from,
            reason=f"Accepted from the data file of {days}.",
            is_checked=is_checked,
            by=by,
            now=now,
        )
    for row in taken:
        _close(row, Status.ACCEPTED, by=by, now=now, rule=saved.rule if saved else None)
    for row in refused:
        _close(row, Status.REJECTED, by=by, now=now)
    return Decided(accepted=len(taken), rejected=len(refused), saved=saved)


@transaction.atomic
def reopen(line: RuleProposalLine, *, by: User, now: datetime) -> RuleProposalLine:
    """Take a rejection back. Where a newer file has a line of that key, that one stays instead."""
    LicensingBody.objects.select_for_update().get(pk=line.body_id)
    line = RuleProposalLine.objects.select_for_update().get(pk=line.pk)
    if line.status != Status.REJECTED:
        return line
    if line.body.rule_lines.filter(key=line.key, status=Status.OPEN).exists():
        raise RuleRefused({"lines": "A newer data file has a line for the same thing. Decide it."})
    line.status = Status.OPEN
    line.decided_at, line.decided_by_id, line.decided_by_label = None, None, ""
    line.save()
    _say("rule-line.reopened", line, by=by, now=now)
    return line


def _close(
    row: RuleProposalLine,
    status: RuleProposalLine.Status,
    *,
    by: User,
    now: datetime,
    rule: BodyRule | None = None,
) -> None:
    row.status, row.decided_at, row.rule = status, now, rule
    row.decided_by_id, row.decided_by_label = by.id, by.get_full_name()[:254]
    row.save()
    _say(f"rule-line.{status}", row, by=by, now=now)


def _say(action: str, row: RuleProposalLine, *, by: User, now: datetime) -> None:
    audit.record(
        action,
        subject_type="rule-line",
        subject_id=row.pk,
        by=by,
        now=now,
        body=row.body.code,
        key=row.key,
        old=row.old_json,
        new=row.new_json,
    )
