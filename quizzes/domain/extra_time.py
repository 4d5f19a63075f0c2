"""More time in a quiz with a time limit.

WCAG 2.2, criterion 2.2.1: whoever needs more time can have it. Where no rule sets a limit, the
learner chooses it at the start; else the office gives it to a person, for all quizzes of the
course. Percent of the time limit.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ce_platform.accounts.models import User, zone_named
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from courses.domain.completion import lock_enrollment
from courses.models import Enrollment
from quizzes.domain.errors import CannotStart, GrantRefused
from quizzes.models import Attempt, Quiz, TimeGrant

# What a learner chooses from.
CHOICES: Final = (25, 50, 100)
# What the office may give: four times the limit.
MOST: Final = 300


def granted_percent(enrollment: Enrollment) -> int:
    """What the office gave; the newest grant counts."""
    newest = TimeGrant.objects.filter(enrollment=enrollment).order_by("-pk").first()
    return newest.extra_percent if newest else 0


def extra_for(quiz: Quiz, enrollment: Enrollment, chosen: int) -> int:
    """How much longer an attempt that starts now may last: the larger of both.

    Errors: CannotStart for a choice that this quiz does not offer.
    """
    if quiz.time_limit_seconds is None:
        return 0
    if chosen and (quiz.extra_time != Quiz.ExtraTime.LEARNER or chosen not in CHOICES):
        raise CannotStart("More time in this quiz is given by the office. Ask them, please.")
    return max(chosen, granted_percent(enrollment))


def deadline_of(quiz: Quiz, *, extra_percent: int, started_at: datetime) -> datetime | None:
    limit = quiz.time_limit_seconds
    if limit is None:
        return None
    return started_at + timedelta(seconds=limit * (100 + extra_percent) // 100)


@transaction.atomic
def grant_time(
    enrollment: Enrollment, *, extra_percent: int, reason: str, by: User, now: datetime
) -> TimeGrant:
    """Give somebody more time in every quiz of the course, also in one that is under way.

    An attempt that is past its deadline stays past it, and no deadline comes earlier. Giving what
    was given already changes nothing. Errors: GrantRefused.
    """
    if not 0 <= extra_percent <= MOST:
        raise GrantRefused(f"Give between 0 and {MOST} % more time.")
    enrollment = lock_enrollment(enrollment.pk)
    if enrollment.status != Enrollment.Status.OPEN:
        raise GrantRefused("This course is not open for the learner, so its quizzes are closed.")
    newest = TimeGrant.objects.filter(enrollment=enrollment).order_by("-pk").first()
    if newest is not None and newest.extra_percent == extra_percent:
        return newest
    if newest is None and not extra_percent:
        raise GrantRefused("No extra time was given yet, so there is none to take back.")
    grant = TimeGrant.objects.create(
        enrollment=enrollment,
        extra_percent=extra_percent,
        reason=reason,
        granted_at=now,
        granted_by_id=by.pk,
    )
    running = Attempt.objects.select_for_update(of=("self",)).filter(
        enrollment=enrollment, status=Attempt.Status.IN_PROGRESS, deadline_at__gte=now
    )
    lengthened = _lengthen(running.select_related("quiz"), extra_percent)
    audit.record(
        "quiz-time.granted",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
        extra_percent=extra_percent,
        reason=reason,
        attempts=[str(attempt.uid) for attempt in lengthened],
    )
    if extra_percent:
        write_mail(
            "quiz_time_granted",
            to_email=enrollment.user.email,
            to_user_id=enrollment.user_id,
            cause=f"quiz-time-granted:{grant.pk}",
            now=now,
            learner=enrollment.user,
            course_title=enrollment.version.title,
            extra_percent=extra_percent,
            until=[(each.quiz.title, _time_of(each, enrollment.user)) for each in lengthened],
            enrollment=enrollment,
        )
    return grant


def _lengthen(running: Iterable[Attempt], extra_percent: int) -> list[Attempt]:
    lengthened = []
    for attempt in running:
        later = deadline_of(
            attempt.quiz, extra_percent=extra_percent, started_at=attempt.started_at
        )
        if later is None or attempt.deadline_at is None or later <= attempt.deadline_at:
            continue
        attempt.deadline_at = later
        attempt.save(update_fields=["deadline_at"])
        lengthened.append(attempt)
    return lengthened


def _time_of(attempt: Attempt, user: User) -> str:
    """As the learner's clock shows it."""
    if attempt.deadline_at is None:
        return ""
    return f"{attempt.deadline_at.astimezone(zone_named(user.time_zone)):%I:%M %p}".lstrip("0")
