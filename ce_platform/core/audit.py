"""Writing the audit trail."""

from datetime import datetime
from typing import Any, Protocol

from ce_platform.core.models import AuditEvent
from ce_platform.core.text import canonical_json


class Actor(Protocol):
    """Whoever acts: the account's id and e-mail are copied into the event."""

    id: int
    email: str


def record(
    action: str,
    *,
    subject_type: str,
    subject_id: object,
    by: Actor | None,
    now: datetime,
    **detail: Any,
) -> AuditEvent:
    """Append one event inside the caller's transaction. `by=None`: the platform itself."""
    made = event(action, subject_type=subject_type, subject_id=subject_id, by=by, now=now, **detail)
    made.save(force_insert=True)
    return made


def event(
    action: str,
    *,
    subject_type: str,
    subject_id: object,
    by: Actor | None,
    now: datetime,
    **detail: Any,
) -> AuditEvent:
    """The same, not written yet: for many at once."""
    return AuditEvent(
        at=now,
        actor_id=by.id if by is not None else None,
        actor_label=by.email if by is not None else "",
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        detail=canonical_json(detail),
    )
