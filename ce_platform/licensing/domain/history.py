"""How a submission stood on a day that is past, from the record of its moves.

The row of a submission tells of now. A certificate of a live course is issued when the last step
is taken, and dated to the day of the session: in between an approval may have run out, been
renewed on the same row, or been taken back. What held on the day is what is printed.
"""

import json
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ce_platform.accounts.models import zone_named
from ce_platform.core.models import Provider
from ce_platform.licensing.domain.printing import PENDING, status_on
from ce_platform.licensing.models import Submission, SubmissionEvent

_APPROVED: Final = Submission.Status.APPROVED
_DATES: Final = frozenset({"submitted_on", "answer_due_on", "decided_on", "valid_from", "valid_to"})
_PRINTED: Final = (
    *("decided_on", "number", "title_approved", "hours_granted", "valid_from", "valid_to"),
)
# Somebody has said yes at some time, or may have.
_AFTER_A_YES: Final = frozenset(
    {
        Submission.Status.EXPIRED,
        Submission.Status.WITHDRAWN,
        Submission.Status.SUPERSEDED,
        # Prepared and sent anew.
        Submission.Status.DRAFT,
        *PENDING,
        _APPROVED,
    }
)


@dataclass(frozen=True)
class _Step:
    on: date
    """The day it was written down, where the provider is."""
    status: str
    facts: dict[str, Any]


def as_they_stood(submissions: Sequence[Submission], on: date) -> list[Submission]:
    """The same submissions without drafts; one whose approval was in force on the day but is over,
    renewed or not decided anew by now comes as a copy with the facts of that day. Never saved.

    At most two queries, and none when every submission is approved on that day.
    """
    unclear = [each for each in submissions if _may_have_been_approved(each, on)]
    if not unclear:
        return _sent(submissions)
    steps: dict[int, list[_Step]] = {each.pk: [] for each in unclear}
    events = list(
        SubmissionEvent.objects.filter(submission__in=list(steps))
        .exclude(to_status="")
        .order_by("id")
        .only("submission_id", "at", "to_status", "facts_json")
    )
    if not any(event.to_status == _APPROVED for event in events):
        return _sent(submissions)
    zone = zone_named(
        Provider.objects.filter(pk=1).values_list("time_zone", flat=True).first()
        or "America/New_York"
    )
    for event in events:
        known = steps[event.submission_id]
        before = known[-1].facts if known else {}
        known.append(
            _Step(
                on=event.at.astimezone(zone).date(),
                status=event.to_status,
                facts=before | json.loads(event.facts_json),
            )
        )
    return _sent(
        _with_facts(each, _in_force(steps[each.pk], on)) if each.pk in steps else each
        for each in submissions
    )


def _sent(submissions: Iterable[Submission]) -> list[Submission]:
    return [each for each in submissions if each.status != Submission.Status.DRAFT]


def _may_have_been_approved(submission: Submission, on: date) -> bool:
    """Not when it counts as approved anyhow: its facts, mended or not, are those that count."""
    return submission.status in _AFTER_A_YES and status_on(submission, on) != _APPROVED


def _in_force(steps: Sequence[_Step], on: date) -> dict[str, Any] | None:
    """The facts of the approval that held on the day; None: there was none."""
    for index in range(len(steps) - 1, -1, -1):
        step = steps[index]
        if step.status != _APPROVED or not _covers(step.facts, on):
            continue
        following = steps[index + 1] if index + 1 < len(steps) else None
        if following is None:
            return step.facts
        if following.status == _APPROVED:
            # Facts mended since count from the beginning; a further period leaves this one alone.
            if _day(following.facts, "valid_from", date.min) > on:
                return step.facts
        elif following.on > on:
            return step.facts
    return None


def _covers(facts: dict[str, Any], on: date) -> bool:
    return _day(facts, "decided_on", date.max) <= on and _day(
        facts, "valid_from", date.max
    ) <= on <= _day(facts, "valid_to", date.max)


def _day(facts: dict[str, Any], name: str, otherwise: date) -> date:
    return date.fromisoformat(facts[name]) if facts.get(name) else otherwise


def _with_facts(submission: Submission, facts: dict[str, Any] | None) -> Submission:
    if facts is None:
        return submission
    that_day = copy(submission)
    that_day.status = _APPROVED
    for name in _PRINTED:
        setattr(that_day, name, _value(name, facts.get(name)))
    return that_day


def _value(name: str, said: Any) -> Any:
    if name in _DATES:
        return date.fromisoformat(said) if said else None
    if name == "hours_granted":
        return Decimal(said) if said else None
    return said or ""


__all__ = ["as_they_stood"]
