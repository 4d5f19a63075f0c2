"""Roles on the page of a person: what they have, and what was given and removed."""

import json
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _noop

from ce_platform.accounts.models import User
from ce_platform.accounts.staffing import ROLE_WORDS, ROLES, in_words
from ce_platform.core.models import AuditEvent
from ce_platform.office.people.parts import Event, Panel, PersonPart

_SENTENCES: Final = {
    "role.given": _noop("The role %(role)s was given."),
    "role.removed": _noop("The role %(role)s was removed."),
}


def _panel(user: User, now: datetime) -> Panel | None:
    held = frozenset(user.groups.values_list("name", flat=True)) & frozenset(ROLES)
    if not held and not user.is_staff and not user.is_superuser:
        return None
    return Panel(
        template="office/staff/_person.html",
        context={"roles": in_words(held) or _("Opens the operators’ pages")},
        order=80,
    )


def _events(user: User, most: int, before: datetime | None) -> list[Event]:
    rows = AuditEvent.objects.filter(
        subject_type="user", subject_id=str(user.uid), action__in=_SENTENCES
    )
    if before is not None:
        rows = rows.filter(at__lt=before)
    return [
        Event(
            at=row.at,
            sentence=_(_SENTENCES[row.action]) % {"role": _role(row)},
            kind="account",
            url=reverse("office:staff-roles", args=[user.uid]),
            actor=row.actor_label,
        )
        for row in rows.order_by("-at", "-id")[:most]
    ]


def _role(row: AuditEvent) -> str:
    name = str(json.loads(row.detail).get("role", ""))
    return ROLE_WORDS.get(name, name)


PART: Final = PersonPart(name="staff", panel=_panel, events=_events)
