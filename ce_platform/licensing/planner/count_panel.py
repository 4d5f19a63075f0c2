"""The answer on the course page: does it count for me, and how much of it?"""

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.licensing.models import License
from ce_platform.licensing.planner import counts
from ce_platform.licensing.queries import body_choices, license_bodies
from courses.models import CourseVersion
from courses.parts import Panel

PARAMETER: Final = "state"


def count_panel(
    request: HttpRequest,
    version: CourseVersion,
    *,
    licenses: Sequence[License],
    is_preview: bool,
) -> Panel:
    """The licenses of whoever asks, then the state they chose. A visitor without an account
    chooses a state; in a preview only what is assumed is answered."""
    user = request.user if isinstance(request.user, User) else None
    today = user.local_date(timezone.now()) if user else timezone.localdate(timezone.now())
    context: dict[str, Any] = {
        "version": version,
        "is_preview": is_preview,
        "is_signed_in": user is not None,
        "has_licenses": bool(licenses),
    }
    if is_preview:
        context["lines"] = counts.for_assumed(licenses, version, today=today)
    else:
        lines = (
            counts.for_licenses(licenses, [version], user=user, today=today)[version.pk]
            if user and licenses
            else []
        )
        bodies = license_bodies()
        code = request.GET.get(PARAMETER, "")[:20]
        own = {line.body.code for line in lines}
        chosen = next((body for body in bodies if body.code == code and code not in own), None)
        if chosen is not None:
            lines += counts.for_bodies([chosen], [version], today=today)[version.pk]
        context |= {
            "lines": lines,
            "choices": body_choices(body for body in bodies if body.code not in own),
            "chosen": code,
        }
    return Panel(template="licensing/count_panel.html", context=context, order=10, is_first=True)
