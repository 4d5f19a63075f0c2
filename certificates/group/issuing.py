"""Certificates for everybody on a list, by a job that may be cut off anywhere and goes on.

The lines are the truth: each is done in small transactions that change nothing when they are done
twice, and only then is noted as done. A certificate hangs on its enrollment and an enrollment on
one attendance of the session, both by constraint; so a line that is done again, a job that is run
twice and the same list brought once more all end at the same certificate.
"""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs, kept_lists
from ce_platform.licensing.domain.errors import LicenseRefused
from ce_platform.licensing.domain.licenses import active_licenses, add_license
from certificates.group.errors import GroupRefused
from certificates.group.reading import ReadList
from certificates.models import GroupIssue, GroupIssueLine
from certificates.reports.numbers import folded
from certificates.small_changes import is_small_name_change
from courses.domain.completion import lock_enrollment, unmet_items
from courses.domain.enrolling import enroll
from courses.domain.live import attended_enrollment, record_attendance
from courses.models import Course, Enrollment, LiveSession

KIND: Final = "group-certificates"
Outcome = GroupIssueLine.Outcome


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
    row = kept_lists.locked(issue, "session")
    again = kept_lists.failed_again(row)
    if again is None:
        return row
    row.job = jobs.start(
        KIND,
        title=f"Certificates for a group: {row.version.title}"[:200],
        now=now,
        created_by_id=by.pk,
        issue=row.pk,
        starter=by.pk,
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


def discard_list(issue: GroupIssue, *, by: User | None, now: datetime) -> None:
    """Throw away a list that was only looked at. `by=None`: its time is over. Errors: ListBegun."""
    kept_lists.discard(
        issue, event="group-certificates.discarded", subject_type="group-issue", by=by, now=now
    )


def sweep_lists(now: datetime) -> int:
    left = kept_lists.over(GroupIssue, now=now)
    for issue in left:
        discard_list(issue, by=None, now=now)
    return len(left)


# ---------------------------------------------------------------- the work


def issue_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    """Line by line; what an earlier run did is counted and not done again."""
    issue = GroupIssue.objects.select_related("session__course").get(pk=parameters["issue"])
    # Who pressed the button says that these people were there, not who brought the list.
    by = User.objects.get(pk=parameters.get("starter", issue.created_by_id))
    pending = (
        GroupIssueLine.objects.filter(issue=issue, outcome=Outcome.PENDING)
        .select_related("body")
        .order_by("position")
    )
    kept_lists.go_through(
        issue,
        pending,
        lambda line, now: _do_line(line, issue.session, by=by, now=now),
        progress,
    )


def _do_line(line: GroupIssueLine, session: LiveSession, *, by: User, now: datetime) -> None:
    kept_lists.do_or_say_why(line, lambda: _issue(line, session, by=by, now=now))
    line.done_at = now
    line.save(update_fields=["outcome", "note", "enrollment", "is_new_account", "done_at"])


def _issue(line: GroupIssueLine, session: LiveSession, *, by: User, now: datetime) -> None:
    user = _account(line, by=by, now=now)
    enrollment = attended_enrollment(session, user) or _enrolled(user, session, by=by, now=now)
    with transaction.atomic():
        # Attending may be the last step, so the license has to be there before; where the
        # attendance does not fit, it goes again. Order of locks: the enrollment first.
        lock_enrollment(enrollment.pk)
        notes = _add_license(line, user, by=by, now=now)
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
def _account(line: GroupIssueLine, *, by: User, now: datetime) -> User:
    """Whose address it is; a new account for an address that nobody has here. Names do not find
    anybody: two people may have the same.

    A name that the person wrote down themselves is not touched. Errors: GroupRefused, also where
    that is the name of somebody else: hours must not go to whoever owns a mistyped address.
    """
    user, is_new = account_for(line.email, name=line.name, by=by, now=now)
    line.is_new_account = line.is_new_account or is_new
    if not user.is_active or user.closed_at is not None:
        raise GroupRefused("The account of this address is closed.")
    if not user.name_on_certificates:
        user.name_on_certificates = line.name
        user.save(update_fields=["name_on_certificates"])
    elif not is_name_of(user, line):
        raise GroupRefused(
            f"The account of this address has another name: {user.name_on_certificates}. If it is "
            "the same person, bring the line again with that name; if not, with another address."
        )
    return user


def is_name_of(user: User, line: GroupIssueLine) -> bool:
    """Whether the list may mean the owner of the account. Either of both may leave out a middle
    name, so a slip counts both ways; the certificate says what the account says."""
    own = user.name_on_certificates
    return is_small_name_change(own, line.name) or is_small_name_change(line.name, own)


def _add_license(line: GroupIssueLine, user: User, *, by: User, now: datetime) -> list[str]:
    """What there is to say of the name and the license. Numbers that the person wrote down
    themselves are not touched, and a license never holds up a certificate."""
    notes = []
    if user.name_on_certificates != line.name:
        notes.append(f"The account is in the name of {user.name_on_certificates}.")
    if line.body is None or not line.license_number:
        return notes
    own = [row.number for row in active_licenses(user) if row.body_id == line.body.pk]
    if folded(line.license_number) in map(folded, own):
        return notes
    if own:
        notes.append(
            f"The account has another number of {line.body.place}, {', '.join(own)}; that is "
            "printed."
        )
        return notes
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
        notes.append(str(refusal))
    return notes
