"""What rows tell of a person, beside what the log says (people/logged.py)."""

from datetime import datetime
from typing import Final

from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.urls import reverse

from ce_platform.accounts.models import User, zone_named
from ce_platform.accounts.safety import browsers
from ce_platform.core.models import OutgoingMail
from ce_platform.office.people import asked
from ce_platform.office.people.parts import Event
from courses.models import LessonProgress
from quizzes import wording
from quizzes.models import Attempt

STATES: Final = {
    "queued": "waiting to be sent",
    "held": "waits for an address that works",
    "sent": "",
    "failed": "not sent",
    "bounced": "came back",
}


def joined(user: User, most: int, before: datetime | None) -> list[Event]:
    """No query."""
    if before is not None and user.date_joined >= before:
        return []
    return [Event(at=user.date_joined, sentence="The account begins", kind="account")]


def sign_in_events(user: User, most: int, before: datetime | None) -> list[Event]:
    """Those that are not ended; what was ended stands in the log."""
    return [
        Event(
            at=row.created_at,
            sentence=f"Signed in: {browsers.in_words(row.user_agent)}",
            kind="account",
            note=row.ip,
        )
        for row in asked.sign_ins_of(user)
        if before is None or row.created_at < before
    ][:most]


def lesson_events(user: User, most: int, before: datetime | None) -> list[Event]:
    """One line per course and day: nobody on the phone asks for a single lesson."""
    if not asked.has(user, "lessons"):
        return []
    rows = (
        LessonProgress.objects.filter(enrollment__user=user, finished_at__isnull=False)
        .order_by()
        .values("enrollment_id", day=TruncDate("finished_at", tzinfo=zone_named(user.time_zone)))
        .annotate(at=Max("finished_at"), count=Count("pk"))
    )
    if before is not None:
        rows = rows.filter(at__lt=before)
    titles = {row.pk: row.version.title for row in asked.enrollments_of(user)}
    return [
        Event(
            at=row["at"],
            sentence=(
                f"Finished {row['count']} lesson{'' if row['count'] == 1 else 's'} of "
                f"“{titles[row['enrollment_id']]}”"
            ),
            kind="course",
        )
        for row in rows.order_by("-at")[:most]
    ]


def attempt_events(user: User, most: int, before: datetime | None) -> list[Event]:
    """No query of their own."""
    found = [
        Event(
            at=at,
            sentence=_attempt_words(row),
            kind="quiz",
            note=f"{row.extra_percent} % more time" if row.extra_percent else "",
        )
        for row in asked.attempts_of(user)
        if (at := row.submitted_at or row.started_at) and (before is None or at < before)
    ]
    return sorted(found, key=lambda event: event.at, reverse=True)[:most]


def _attempt_words(row: Attempt) -> str:
    name = f"“{row.quiz.title}”, attempt {row.number}"
    match row.status:
        case Attempt.Status.IN_PROGRESS:
            return f"Began {name}"
        case Attempt.Status.VOIDED:
            return f"{name}: set aside since"
        case Attempt.Status.SUBMITTED:
            return f"Submitted {name}"
    percent = wording.percent(row.percent, mark=row.quiz.pass_percent)
    return f"{'Passed' if row.is_passed else 'Did not pass'} {name}: {percent}"


def mail_events(user: User, most: int, before: datetime | None) -> list[Event]:
    if before is None:
        rows = asked.newest_mails(user)
    else:
        older = OutgoingMail.objects.filter(to_user_id=user.pk).defer("body")
        rows = list(older.filter(created_at__lt=before).order_by("-created_at", "-pk")[:most])
    return [
        Event(
            at=row.created_at,
            sentence=f"Mail: {row.subject}",
            kind="mail",
            url=reverse("pages:mail-detail", args=[row.uid]),
            note=_mail_note(row, user),
        )
        for row in rows[:most]
    ]


def _mail_note(row: OutgoingMail, user: User) -> str:
    said = [STATES[row.state]]
    if row.to_email != user.email:
        said.append(f"to {row.to_email}")
    said.append(row.bounce_reason or row.last_error)
    return ", ".join(filter(None, said))
