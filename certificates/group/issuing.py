"""Certificates for everybody on a list, by a job that may be cut off anywhere and goes on.

The lines are the truth: each is done in small transactions that change nothing when they are done
twice, and only then is noted as done. A certificate hangs on its enrollment and an enrollment on
one attendance of the session, both by constraint; so a line that is done again, a job that is run
twice and the same list brought once more all end at the same certificate.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.models import BackgroundJob
from ce_platform.licensing.domain.errors import LicenseRefused
from ce_platform.licensing.domain.licenses import add_license
from certificates.group.errors import GroupRefused
from certificates.group.reading import ReadList
from certificates.models import GroupIssue, GroupIssueLine
from courses.domain.completion import unmet_items
from courses.domain.enrolling import enroll
from courses.domain.live import attended_enrollment, record_attendance
from courses.models import Course, Enrollment, LiveSession

logger = logging.getLogger(__name__)

KIND: Final = "group-certificates"
Outcome = GroupIssueLine.Outcome
_CHUNK: Final = 50
_AT_WORK: Final = (BackgroundJob.Status.QUEUED, BackgroundJob.Status.RUNNING)
# What was looked at and never begun holds names and addresses: it is not kept for long.
LIST_LIFE: Final = timedelta(days=7)
WRONG_HERE: Final = "Something went wrong here. Go on with the list to try it again."


@transaction.atomic
def keep_list(read: ReadList, *, session: LiveSession, by: User, now: datetime) -> GroupIssue:
    """The list as it was checked, to be looked at. Errors: GroupRefused."""
    version = session.course.on_sale_version
    if read.problem_count:
        raise GroupRefused("The list has rows that are not clear.")
    if version is None or version.edition != session.edition or not version.is_live:
        raise GroupRefused("Certificates are issued for sessions of the edition on sale.")
    if session.status == LiveSession.Status.CANCELLED:
        raise GroupRefused("This session was canceled.")
    if session.ends_at > now:
        raise GroupRefused("The session is not over. Certificates are never issued before.")
    issue = GroupIssue.objects.create(
        session=session,
        version=version,
        line_count=len(read.people),
        created_at=now,
        created_by_id=by.pk,
        created_by_label=by.email,
    )
    GroupIssueLine.objects.bulk_create(
        (
            GroupIssueLine(
                issue=issue,
                position=position,
                row=person.row,
                name=person.name,
                email=person.email,
                body=person.body,
                license_number=person.license_number,
                minutes=person.minutes,
            )
            for position, person in enumerate(read.people, start=1)
        ),
        batch_size=500,
    )
    return issue


@transaction.atomic
def start_issue(issue: GroupIssue, *, by: User, now: datetime) -> GroupIssue:
    """Begin, or go on with what was cut off or could not be done. Pressed twice, it runs once.

    Errors: GroupIssue.DoesNotExist when it was discarded meanwhile.
    """
    row = _locked(issue)
    if row.job is not None and row.job.status in _AT_WORK:
        return row
    again = row.lines.filter(outcome=Outcome.FAILED).update(
        outcome=Outcome.PENDING, note="", done_at=None
    )
    if not row.lines.filter(outcome=Outcome.PENDING).exists():
        return row
    row.job = jobs.start(
        KIND,
        title=f"Certificates for a group: {row.version.title}"[:200],
        now=now,
        created_by_id=by.pk,
        issue=row.pk,
    )
    row.save(update_fields=["job"])
    audit.record(
        "group-certificates.started",
        subject_type="group-issue",
        subject_id=row.uid,
        by=by,
        now=now,
        session=row.session.uid.hex,
        people=row.line_count,
        again=again,
    )
    return row


@transaction.atomic
def discard_list(issue: GroupIssue, *, by: User | None, now: datetime) -> None:
    """Throw away a list that was only looked at. `by=None`: its time is over.

    Errors: GroupRefused.
    """
    try:
        row = _locked(issue)
    except GroupIssue.DoesNotExist:
        return
    if row.job is not None:
        raise GroupRefused("This list was begun, so it is kept.")
    row.lines.all().delete()
    row.delete()
    audit.record(
        "group-certificates.discarded",
        subject_type="group-issue",
        subject_id=issue.uid,
        by=by,
        now=now,
    )


def sweep_lists(now: datetime) -> int:
    old = GroupIssue.objects.filter(job__isnull=True, created_at__lte=now - LIST_LIFE)
    count = 0
    for issue in old.order_by("pk")[:20]:
        discard_list(issue, by=None, now=now)
        count += 1
    return count


def _locked(issue: GroupIssue) -> GroupIssue:
    return (
        GroupIssue.objects.select_for_update(of=("self",))
        .select_related("job", "session")
        .get(pk=issue.pk)
    )


# ---------------------------------------------------------------- the work


def issue_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    """Line by line; what an earlier run did is counted and not done again."""
    issue = GroupIssue.objects.select_related("session__course").get(pk=parameters["issue"])
    by = User.objects.get(pk=issue.created_by_id)
    pending = (
        GroupIssueLine.objects.filter(issue=issue, outcome=Outcome.PENDING)
        .select_related("body")
        .order_by("position")
    )
    progress.total(issue.line_count)
    progress.advance(issue.line_count - pending.count())
    while chunk := list(pending[:_CHUNK]):
        for line in chunk:
            _do_line(line, issue.session, by=by, now=timezone.now())
            progress.advance()


def _do_line(line: GroupIssueLine, session: LiveSession, *, by: User, now: datetime) -> None:
    try:
        _issue(line, session, by=by, now=now)
    except DomainError as refusal:
        line.outcome, line.note = Outcome.FAILED, str(refusal)[:300]
    except Exception:  # One line that cannot be done must not hold up the others.
        logger.exception("Line %s of group %s was not done.", line.pk, line.issue_id)
        line.outcome, line.note = Outcome.FAILED, WRONG_HERE
    line.done_at = now
    line.save(update_fields=["outcome", "note", "enrollment", "is_new_account", "done_at"])


def _issue(line: GroupIssueLine, session: LiveSession, *, by: User, now: datetime) -> None:
    user, notes = _account(line, by=by, now=now)
    enrollment = attended_enrollment(session, user) or _enrolled(user, session, by=by, now=now)
    attendance = record_attendance(enrollment.pk, session, minutes=line.minutes, by=by, now=now)
    enrollment = (
        Enrollment.objects.select_related("version", "user")
        .defer("version__canonical_text", "version__search_text")
        .get(pk=enrollment.pk)
    )
    line.enrollment = enrollment
    if enrollment.status == Enrollment.Status.COMPLETED:
        line.outcome = Outcome.ISSUED
    elif not attendance.is_whole:
        line.outcome = Outcome.SHORT
        notes.append(f"{attendance.minutes} of {session.minutes} minutes.")
    else:
        line.outcome = Outcome.WAITING
        notes += [
            item.sentence.removeprefix("You still need: ")
            for item in unmet_items([enrollment])[enrollment.pk]
        ]
    line.note = " ".join(notes)[:300]


def _enrolled(user: User, session: LiveSession, *, by: User, now: datetime) -> Enrollment:
    """In the edition of the session. Another one may have gone on sale since the list was looked
    at, and nobody is put into that for having attended this."""
    course = session.course
    own = Enrollment.objects.filter(user=user, course=course, status=Enrollment.Status.OPEN)
    is_on_sale = Course.objects.filter(
        pk=course.pk, on_sale_version__edition=session.edition
    ).exists()
    if not is_on_sale and not own.exists():
        raise GroupRefused("The edition of this session is not on sale any more.")
    return enroll(user, course, by=by, now=now)


@transaction.atomic
def _account(line: GroupIssueLine, *, by: User, now: datetime) -> tuple[User, list[str]]:
    """Whose address it is, with the license of the list; a new account for an address that nobody
    has here. Names do not find anybody: two people may have the same.

    A name that the person wrote down themselves is not touched. Errors: GroupRefused.
    """
    user, is_new = account_for(line.email, name=line.name, by=by, now=now)
    line.is_new_account = line.is_new_account or is_new
    if not user.is_active or user.closed_at is not None:
        raise GroupRefused("The account of this address is closed.")
    notes = []
    if not user.name_on_certificates:
        user.name_on_certificates = line.name
        user.save(update_fields=["name_on_certificates"])
    elif user.name_on_certificates != line.name:
        notes.append(f"The account is in the name of {user.name_on_certificates}.")
    if line.body is not None and line.license_number:
        try:
            with transaction.atomic():
                add_license(
                    user=user,
                    body=line.body,
                    number=line.license_number,
                    expires_on=None,
                    by=by,
                    now=now,
                )
        except LicenseRefused as refusal:
            # A license number never holds up a certificate.
            notes.append(str(refusal))
    return user, notes
