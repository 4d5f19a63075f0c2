"""What happened to a code, in words, from the log that is only ever added to."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ce_platform.core.models import AuditEvent

MOST: Final = 100
_WORDS: Final[dict[str, str | Promise]] = {
    "access_code.made": _("Made"),
    "access_code.kept": _("Taken over from the old system"),
    "access_code.forgotten": _("Taking over undone"),
    "access_code.used": _("Used"),
    "access_code.changed": _("Changed"),
    "access_code.canceled": _("Canceled"),
    "access_code.restored": _("Holds again"),
}


@dataclass(frozen=True)
class Happening:
    at: datetime
    words: str | Promise
    who: str
    note: str


def happenings_of(subject_type: str, uid: UUID) -> list[Happening]:
    """The newest first. One query."""
    events = AuditEvent.objects.filter(subject_type=subject_type, subject_id=str(uid))
    return [
        Happening(
            at=event.at,
            words=_WORDS.get(event.action, event.action),
            who=event.actor_label,
            note=_note(event),
        )
        for event in events.order_by("-pk")[:MOST]
    ]


def _note(event: AuditEvent) -> str:
    detail = json.loads(event.detail)
    if event.action == "access_code.changed":
        last = detail.get("expires_on") or str(_("none"))
        return str(
            _("People: %(people)s. Last day: %(day)s.")
            % {"people": detail.get("use_limit"), "day": last}
        )
    if event.action == "access_code.canceled" and detail.get("is_refund"):
        return str(_("The money was paid back."))
    return ""
