"""Sessions of live courses, and the office's record of who attended.

Of a live course that record is what the signed statement is of home study: it says that this
person was there for all of it. Minutes are minutes of the session as it is planned, with the ten
minutes of break in each hour (NCBTMB: an hour is 50 minutes of teaching and 10 of break).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from ce_platform.accounts.models import User, zone_names
from ce_platform.core import audit, jobs
from ce_platform.core.text import clean
from courses.domain.completion import complete_if_met, lock_enrollment
from courses.domain.errors import AttendanceRefused, EnrollmentNotOpen, SessionRefused
from courses.domain.publishing import published_in_edition
from courses.hours import minutes_needed
from courses.models import Attendance, Course, CourseVersion, Enrollment, LiveSession

LONGEST_PLACE: Final = 200
MOST_INSTRUCTORS: Final = 10
MOST_DAYS: Final = 31
ON_PAPER: Final = "evaluations-on-paper"
Status = LiveSession.Status


# ---------------------------------------------------------------- sessions


@transaction.atomic
def plan_session(
    version: CourseVersion,
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    minutes: int,
    place: str,
    instructors: str,
    has_paper_evaluations: bool = False,
    by: User,
    now: datetime,
) -> LiveSession:
    """A date for the edition of this version, a draft or published. Errors: SessionRefused."""
    if not version.is_live:
        raise SessionRefused("A home-study course has no dates. Change its delivery first.")
    session = LiveSession(
        course_id=version.course_id,
        edition=version.edition,
        created_at=now,
        created_by_id=by.pk,
    )
    _write(
        session,
        version,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        minutes=minutes,
        place=place,
        instructors=instructors,
        has_paper_evaluations=has_paper_evaluations,
    )
    session.save()
    _say("session.planned", session, by=by, now=now)
    return session


@transaction.atomic
def change_session(
    session: LiveSession,
    version: CourseVersion,
    *,
    starts_at: datetime,
    ends_at: datetime,
    zone: str,
    minutes: int,
    place: str,
    instructors: str,
    has_paper_evaluations: bool,
    by: User,
    now: datetime,
) -> LiveSession:
    """Another hour, place or instructor. Once somebody's certificate tells of the session, only
    whether the evaluations were collected there. Errors: SessionRefused.
    """
    session = _locked(session)
    before = _facts(session)
    had_paper = session.has_paper_evaluations
    _write(
        session,
        version,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        minutes=minutes,
        place=place,
        instructors=instructors,
        has_paper_evaluations=has_paper_evaluations,
    )
    if _facts(session) != before and is_certified(session):
        raise SessionRefused(
            "Somebody has a certificate that tells date and place of this session. It stays."
        )
    session.save()
    _say("session.changed", session, by=by, now=now)
    if session.has_paper_evaluations and not had_paper:
        # Hundreds may have waited for this: no page waits for them.
        jobs.start(
            ON_PAPER,
            title="Certificates after evaluations on paper",
            now=now,
            created_by_id=by.pk,
            session=session.pk,
        )
    return session


@transaction.atomic
def cancel_session(session: LiveSession, *, by: User, now: datetime) -> LiveSession:
    """Call it off. Doing it twice changes nothing. Errors: SessionRefused."""
    session = _locked(session)
    if session.status == Status.CANCELLED:
        return session
    if session.attendances.exists():
        raise SessionRefused("Somebody attended this session, so it took place.")
    session.status = Status.CANCELLED
    session.save(update_fields=["status"])
    _say("session.canceled", session, by=by, now=now)
    return session


@transaction.atomic
def restore_session(session: LiveSession, *, by: User, now: datetime) -> LiveSession:
    """Take a canceled session up again."""
    session = _locked(session)
    if session.status == Status.CANCELLED:
        session.status = Status.PLANNED
        session.save(update_fields=["status"])
        _say("session.restored", session, by=by, now=now)
    return session


def is_certified(session: LiveSession) -> bool:
    return session.attendances.filter(enrollment__status=Enrollment.Status.COMPLETED).exists()


def _write(session: LiveSession, version: CourseVersion, **told: object) -> None:
    for name, value in told.items():
        setattr(session, name, value)
    session.place = " ".join(clean(session.place).split())
    session.instructors = "\n".join(
        line
        for line in (" ".join(each.split()) for each in clean(session.instructors).split("\n"))
        if line
    )
    if not session.place:
        raise SessionRefused("Say where it is held; for a webinar, write Online.")
    if len(session.place) > LONGEST_PLACE:
        raise SessionRefused(f"The place has at most {LONGEST_PLACE} letters.")
    if len(session.instructor_lines) > MOST_INSTRUCTORS:
        raise SessionRefused(f"A session has at most {MOST_INSTRUCTORS} instructors.")
    if session.zone not in zone_names():
        raise SessionRefused("Choose a time zone from the list.")
    span = session.ends_at - session.starts_at
    if span <= timedelta(0):
        raise SessionRefused("The session ends after it starts.")
    if span > timedelta(days=MOST_DAYS):
        raise SessionRefused(f"A session lasts at most {MOST_DAYS} days.")
    if session.minutes < 1:
        raise SessionRefused("Say how many minutes the session has.")
    if timedelta(minutes=session.minutes) > span:
        raise SessionRefused("There are more minutes than between its beginning and its end.")
    check_minutes(version, session.minutes)


def check_minutes(version: CourseVersion, minutes: int) -> None:
    """What is claimed is claimed for every date. Errors: SessionRefused."""
    needed = minutes_needed(version.credit_hours)
    # A draft that corrects typing mistakes has the hours of what is published of its edition.
    is_claimed = version.is_frozen or published_in_edition(version) is not None
    if is_claimed and minutes < needed:
        raise SessionRefused(
            f"The course has {_plain(version.credit_hours)} CE hours, so each session has "
            f"{needed} minutes at least."
        )


def _facts(session: LiveSession) -> tuple[object, ...]:
    return (
        session.starts_at,
        session.ends_at,
        session.zone,
        session.minutes,
        session.place,
        session.instructors,
    )


def _locked(session: LiveSession) -> LiveSession:
    return LiveSession.objects.select_for_update(of=("self",)).get(pk=session.pk)


def _say(action: str, session: LiveSession, *, by: User, now: datetime) -> None:
    audit.record(
        action,
        subject_type="session",
        subject_id=session.uid,
        by=by,
        now=now,
        course=session.course_id,
        edition=session.edition,
        starts_at=session.starts_at.isoformat(),
        ends_at=session.ends_at.isoformat(),
        zone=session.zone,
        minutes=session.minutes,
        place=session.place,
        paper_evaluations=session.has_paper_evaluations,
    )


def _plain(hours: Decimal) -> str:
    return f"{hours.normalize():f}"


# ---------------------------------------------------------------- attendance


def record_attendance(
    enrollment_id: int,
    session: LiveSession,
    *,
    minutes: int | None = None,
    by: User,
    now: datetime,
) -> Attendance:
    """Write down that somebody attended; it may be the last step.

    `minutes`: how long they were there; None: all of it. Whoever stayed shorter is not credited.
    The same again changes nothing; another figure corrects the first until the certificate is
    issued. Errors: EnrollmentNotOpen, AttendanceRefused.
    """
    try:
        with transaction.atomic():
            enrollment = lock_enrollment(enrollment_id)
            session = _locked(session)
            attendance = _recorded(enrollment, session, minutes=minutes, by=by, now=now)
            complete_if_met(enrollment, by=by, now=now)
    except IntegrityError:  # The other enrollment of this person got there first.
        raise AttendanceRefused("This person’s attendance is recorded already.") from None
    return attendance


def _recorded(
    enrollment: Enrollment,
    session: LiveSession,
    *,
    minutes: int | None,
    by: User,
    now: datetime,
) -> Attendance:
    known = Attendance.objects.filter(enrollment=enrollment).first()
    if known is not None and enrollment.status == Enrollment.Status.COMPLETED:
        return known
    if enrollment.status != Enrollment.Status.OPEN:
        raise EnrollmentNotOpen(enrollment.status)
    _check_fits(enrollment, session, now=now)
    stayed = session.minutes if minutes is None else min(minutes, session.minutes)
    is_whole = stayed == session.minutes
    if known is not None:
        if (known.session_id, known.minutes) == (session.pk, stayed):
            return known
        if known.session_id != session.pk and known.is_whole:
            raise AttendanceRefused(
                "This person attended another session of the course, and that is recorded."
            )
    attendance = known or Attendance(enrollment=enrollment, user=enrollment.user)
    attendance.session = session
    attendance.minutes = stayed
    attendance.is_whole = is_whole
    attendance.recorded_at = now
    attendance.recorded_by_id = by.pk
    attendance.recorded_by_label = by.email
    attendance.save()
    if session.status == Status.PLANNED:
        session.status = Status.HELD
        session.save(update_fields=["status"])
    audit.record(
        "attendance.recorded",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
        session=session.uid.hex,
        minutes=stayed,
        whole=is_whole,
    )
    return attendance


def _check_fits(enrollment: Enrollment, session: LiveSession, *, now: datetime) -> None:
    if session.course_id != enrollment.course_id:
        raise AttendanceRefused("This session belongs to another course.")
    if session.edition != enrollment.version.edition:
        raise AttendanceRefused(
            f"This person is enrolled in edition {enrollment.version.edition}; the session is of "
            f"edition {session.edition}."
        )
    if session.status == Status.CANCELLED:
        raise AttendanceRefused("This session was canceled.")
    if session.ends_at > now:
        raise AttendanceRefused("Attendance is recorded when the session is over.")


@transaction.atomic
def take_back_attendance(enrollment_id: int, *, by: User, now: datetime) -> None:
    """It was somebody else. Only before the certificate. Errors: AttendanceRefused."""
    enrollment = lock_enrollment(enrollment_id)
    known = Attendance.objects.filter(enrollment=enrollment).select_related("session").first()
    if known is None:
        return
    if enrollment.status == Enrollment.Status.COMPLETED:
        raise AttendanceRefused("The certificate is issued. Revoke it instead.")
    known.delete()
    audit.record(
        "attendance.taken-back",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by,
        now=now,
        session=known.session.uid.hex,
    )


def complete_attended(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    """Those whose last open step was the evaluation that turns out to be on paper."""
    waiting = list(
        Attendance.objects.filter(
            session=parameters["session"],
            is_whole=True,
            enrollment__status=Enrollment.Status.OPEN,
        ).values_list("enrollment_id", flat=True)
    )
    progress.total(len(waiting))
    for enrollment_id in waiting:
        with transaction.atomic():
            complete_if_met(lock_enrollment(enrollment_id), now=timezone.now())
        progress.advance()


# ---------------------------------------------------------------- reading


def sessions_of(version: CourseVersion) -> list[LiveSession]:
    """Of the edition, in the order of time; empty for home study; at most one query."""
    if not version.is_live:
        return []
    return list(LiveSession.objects.filter(course=version.course_id, edition=version.edition))


def sessions_to_come(sessions: Iterable[LiveSession], *, now: datetime) -> list[LiveSession]:
    return [each for each in sessions if each.status == Status.PLANNED and each.ends_at > now]


def enrollments_waiting(session: LiveSession) -> list[Enrollment]:
    """Therapists of the edition of whom no attendance is known yet."""
    return list(
        Enrollment.objects.filter(
            course=session.course_id,
            version__edition=session.edition,
            status=Enrollment.Status.OPEN,
            attendance__isnull=True,
        )
        .select_related("user")
        .order_by("user__name_on_certificates", "pk")[:1000]
    )


def attended_enrollment(session: LiveSession, user: User) -> Enrollment | None:
    found = (
        Attendance.objects.filter(session=session, user=user).select_related("enrollment").first()
    )
    return found.enrollment if found else None


def live_courses() -> list[Course]:
    """Courses on sale that are held live, by title."""
    return list(
        Course.objects.filter(
            on_sale_version__delivery__in=CourseVersion.LIVE, on_sale_version__isnull=False
        )
        .select_related("on_sale_version")
        .defer("on_sale_version__canonical_text", "on_sale_version__search_text")
        .order_by("on_sale_version__title", "pk")
    )
