"""The roles that a person has, on their page; the log tells which were given and removed."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from ce_platform.accounts.models import User
from ce_platform.accounts.staffing import ROLES, in_words
from ce_platform.office.people import asked
from ce_platform.office.people.parts import Panel, PersonPart


def _panel(user: User, now: datetime) -> Panel | None:
    held = frozenset(asked.role_names(user)) & frozenset(ROLES)
    if not held and not user.is_staff and not user.is_superuser:
        return None
    return Panel(
        template="office/staff/_person.html",
        context={"roles": in_words(held) or _("Opens the operators’ pages")},
        order=80,
    )


PART: Final = PersonPart(name="staff", panel=_panel)
