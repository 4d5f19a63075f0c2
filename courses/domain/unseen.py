"""Nothing is overwritten unseen: the small forms of the studio, as lessons and charts do.

A form carries the state of the texts that it was made from. Whoever saves says which state was in
front of them; when the texts say something else by now, nothing is written and their writer sees
both. The audit trail remembers the state that each save made, so that it can be told whose it is.
"""

from collections.abc import Mapping, Sequence

from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import canonical_json, sha256_text
from courses.domain.errors import ChangedMeanwhile
from courses.models import Figure, GlossaryTerm, Handout, Module, Objective, Recording, Reference

Written = Figure | GlossaryTerm | Handout | Module | Objective | Recording | Reference


def texts_of(row: Written, names: Sequence[str]) -> dict[str, str]:
    return {name: getattr(row, name) for name in names}


def state_of(row: Written, names: Sequence[str]) -> str:
    """Stands for what these fields of a row say: another state, another text."""
    return _state(row, texts_of(row, names))


def is_news(row: Written, before: Mapping[str, str], *, based_on: str, by: User) -> bool:
    """Whether a row, changed in memory, says anything but `before`, what is stored.

    With the draft's lock, before the row is saved. `based_on`: the state that was in front of the
    writer; empty: it does not matter. Errors: ChangedMeanwhile.
    """
    if texts_of(row, list(before)) == before:
        return False
    now = _state(row, before)
    if based_on and based_on != now:
        raise _changed_meanwhile(row, before, now, by=by)
    return True


def _state(row: Written, texts: Mapping[str, str]) -> str:
    told = [row._meta.label_lower, str(row.key), dict(texts)]
    return sha256_text(canonical_json(told))[:16]


def _changed_meanwhile(
    row: Written, stored: Mapping[str, str], state: str, *, by: User
) -> ChangedMeanwhile:
    """A text that no save of the studio made, but an import or Undo, is nobody's."""
    event = (
        AuditEvent.objects.filter(
            Q(subject_type="version", subject_id=str(row.version_id))
            | Q(subject_type__in=("recording", "handout"), subject_id=str(row.key)),
            detail__contains=f'"state":"{state}"',
        )
        .order_by("-id")
        .first()
    )
    if event is None:
        return ChangedMeanwhile(state=state, texts=stored)
    writer = User.objects.filter(pk=event.actor_id or 0).first()
    return ChangedMeanwhile(
        state=state,
        texts=stored,
        who=(writer.name_on_certificates if writer else "") or event.actor_label,
        at=event.at,
        is_own=event.actor_id == by.pk,
    )
