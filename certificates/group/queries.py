"""What the pages of groups show, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F

from ce_platform.accounts.models import User
from certificates.group.issuing import is_name_of
from certificates.group.reading import hint_of
from certificates.models import Certificate, GroupIssue, GroupIssueLine
from courses.models import Attendance, CourseVersion, LiveSession

MOST_SESSIONS: Final = 200


def sessions_to_issue(now: datetime) -> list[LiveSession]:
    """Those that are over and belong to the edition on sale; the newest first."""
    return list(
        LiveSession.objects.filter(
            course__on_sale_version__edition=F("edition"),
            course__on_sale_version__delivery__in=CourseVersion.LIVE,
            ends_at__lte=now,
        )
        .exclude(status=LiveSession.Status.CANCELLED)
        .select_related("course__on_sale_version")
        .defer(
            "course__on_sale_version__canonical_text",
            "course__on_sale_version__search_text",
            "course__on_sale_version__description",
            "course__on_sale_version__description_html",
        )
        .order_by("-starts_at", "-pk")[:MOST_SESSIONS]
    )


@dataclass(frozen=True)
class ShownLine:
    line: GroupIssueLine
    hints: Sequence[str]
    certificate: Certificate | None
    tone: str


_TONES: Final = {"issued": "good", "waiting": "wait", "short": "wait", "failed": "bad"}


def shown_lines(issue: GroupIssue, lines: Sequence[GroupIssueLine]) -> list[ShownLine]:
    """With what is worth a look beforehand, and the certificate afterwards; three queries."""
    certificates = {
        certificate.enrollment_id or 0: certificate
        for certificate in Certificate.objects.filter(
            enrollment__in=[line.enrollment_id for line in lines if line.enrollment_id],
            status=Certificate.Status.ISSUED,
        ).only("serial", "enrollment_id")
    }
    users = {
        user.email: user
        for user in User.objects.filter(email__in=[line.email for line in lines]).only(
            "email", "name_on_certificates", "closed_at", "is_active"
        )
    }
    left_early = dict(
        Attendance.objects.filter(
            session=issue.session_id, is_whole=False, user__in=[user.pk for user in users.values()]
        ).values_list("user", "minutes")
    )
    return [
        ShownLine(
            line=line,
            hints=_hints(line, users.get(line.email), issue.session, left_early)
            if not line.done_at
            else (),
            certificate=certificates.get(line.enrollment_id or 0),
            tone=_TONES.get(line.outcome, ""),
        )
        for line in lines
    ]


def _hints(
    line: GroupIssueLine, user: User | None, session: LiveSession, left_early: dict[int, int]
) -> list[str]:
    hints = []
    if user is None:
        hints.append("New here: an account is made.")
    elif not user.is_active or user.closed_at is not None:
        hints.append("The account of this address is closed.")
    elif user.name_on_certificates and not is_name_of(user, line):
        hints.append(
            f"Not done: the account of this address has another name, {user.name_on_certificates}."
        )
    elif user.name_on_certificates and user.name_on_certificates != line.name:
        hints.append(f"The certificate says {user.name_on_certificates}, as the account does.")
    if line.body is not None and not line.license_number:
        hints.append("Without a license number none is printed.")
    if hint := hint_of(line.body, line.license_number):
        hints.append(f"{hint}.")
    if line.minutes is None and user is not None and user.pk in left_early:
        hints.append(f"Recorded with {left_early[user.pk]} minutes: write the minutes in the list.")
    if line.minutes is not None and line.minutes < session.minutes:
        hints.append(f"{line.minutes} of {session.minutes} minutes: no certificate.")
    return hints
