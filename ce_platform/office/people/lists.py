"""Many people at once: invited, or put into a course, from a list of names and addresses.

The list is read whole and shown before anything is done. Then a job does line by line what the
page of a person does; a line that is done again, a job that is run twice and the same list brought
once more change nothing.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from ce_platform.accounts.inviting import invite
from ce_platform.accounts.making import account_for
from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs, kept_lists
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AuditEvent
from ce_platform.core.text import clean
from ce_platform.office.people.models import PeopleList, PeopleListLine
from certificates.group.errors import ListUnreadable
from certificates.group.reading import Person, ReadList, email_in, name_in, people_rows
from courses.domain.enrolling import enroll
from courses.models import Course, Enrollment

KIND: Final = "people-list"
Outcome = PeopleListLine.Outcome
Purpose = PeopleList.Purpose
INVITED_LATELY: Final = timedelta(days=14)
"""Nobody is invited twice within these: the same list brought again sends no second mail."""
LONGEST_NOTE: Final = 1000


class ListRefused(DomainError):
    """The list is not begun."""


def read_people(content: str | bytes) -> ReadList:
    """Who is on the list, and every row that is not clear. Errors: ListUnreadable."""
    found = ReadList()
    rows_of: dict[str, int] = {}
    for row, cells in people_rows(content):
        before = found.problem_count
        name = name_in(found, row, cells["name"])
        email = email_in(found, row, cells["email"])
        if found.problem_count > before:
            continue
        first = rows_of.setdefault(email, row)
        if first != row:
            found.refuse(row, f"The address {email} stands in row {first} already.")
            continue
        found.people.append(Person(row, name, email, None, "", None))
    if not found.people and not found.problem_count:
        raise ListUnreadable("There is nobody on the list.")
    return found


@transaction.atomic
def keep_list(
    read: ReadList, *, course: Course | None, note: str, by: User, now: datetime
) -> PeopleList:
    """To be looked at. Without a course the people are invited. Errors: ListRefused."""
    if read.problem_count:
        raise ListRefused("The list has rows that are not clear.")
    kept = PeopleList.objects.create(
        purpose=Purpose.ENROLL if course else Purpose.INVITE,
        course=course,
        note=clean(note)[:LONGEST_NOTE],
        line_count=len(read.people),
        created_at=now,
        created_by_id=by.pk,
        created_by_label=by.email,
    )
    PeopleListLine.objects.bulk_create(
        (
            PeopleListLine(
                people_list=kept,
                position=position,
                row=person.row,
                name=person.name,
                email=person.email,
            )
            for position, person in enumerate(read.people, start=1)
        ),
        batch_size=500,
    )
    return kept


@transaction.atomic
def start_list(people_list: PeopleList, *, by: User, now: datetime) -> PeopleList:
    """Begin, or go on with what was cut off or could not be done. Pressed twice, it runs once.

    Errors: PeopleList.DoesNotExist when it was discarded meanwhile.
    """
    row = kept_lists.locked(people_list)
    again = kept_lists.failed_again(row)
    if again is None:
        return row
    row.job = jobs.start(
        KIND,
        title=f"{row.get_purpose_display()}: {row.line_count} people",
        now=now,
        created_by_id=by.pk,
        people_list=row.pk,
        starter=by.pk,
    )
    row.save(update_fields=["job"])
    audit.record(
        "people-list.started",
        subject_type="people-list",
        subject_id=row.uid,
        by=by,
        now=now,
        purpose=row.purpose,
        people=row.line_count,
        again=again,
    )
    return row


def discard_list(people_list: PeopleList, *, by: User | None, now: datetime) -> None:
    """Throw away a list that was only looked at. `by=None`: its time is over. Errors: ListBegun."""
    kept_lists.discard(
        people_list, event="people-list.discarded", subject_type="people-list", by=by, now=now
    )


def sweep_lists(now: datetime) -> int:
    left = kept_lists.over(PeopleList, now=now)
    for people_list in left:
        discard_list(people_list, by=None, now=now)
    return len(left)


# ---------------------------------------------------------------- the work


def do_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    """Line by line; what an earlier run did is counted and not done again."""
    people_list = PeopleList.objects.select_related("course").get(pk=parameters["people_list"])
    by = User.objects.get(pk=parameters["starter"])
    pending = people_list.lines.filter(outcome=Outcome.PENDING).order_by("position")
    kept_lists.go_through(
        people_list,
        pending,
        lambda line, now: _do_line(line, people_list, by=by, now=now),
        progress,
    )


def _do_line(line: PeopleListLine, people_list: PeopleList, *, by: User, now: datetime) -> None:
    # One transaction: an invitation that is in the outbox has its line said so.
    @transaction.atomic
    def work() -> None:
        _work(line, people_list, by=by, now=now)
        _note(line, now=now)

    if not kept_lists.do_or_say_why(line, work):
        if line.is_new_account:  # What was made was rolled back with the rest.
            line.user, line.is_new_account = None, False
        line.enrollment = None
        _note(line, now=now)


def _note(line: PeopleListLine, *, now: datetime) -> None:
    line.done_at = now
    line.save(update_fields=["outcome", "note", "user", "enrollment", "is_new_account", "done_at"])


def _work(line: PeopleListLine, people_list: PeopleList, *, by: User, now: datetime) -> None:
    user, is_new = account_for(line.email, name=line.name, by=by, now=now)
    line.user = user
    line.is_new_account = line.is_new_account or is_new
    was_in = False
    if people_list.course is not None:
        was_in = Enrollment.objects.filter(
            user=user, course=people_list.course, status=Enrollment.Status.OPEN
        ).exists()
        # Before the person is locked: whoever enrolls takes the course first.
        line.enrollment = enroll(user, people_list.course, by=by, now=now)
    # Two lists at once with the same person: the second one sees the first one's invitation.
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if user.closed_at is not None:
        raise ListRefused("The account of this address is closed.")
    if not user.is_active:
        raise ListRefused(
            "The account of this address is switched off: nobody could sign in to it. An operator "
            "has to switch it on first."
        )
    notes = []
    if not user.name_on_certificates:
        user.name_on_certificates = line.name
        user.save(update_fields=["name_on_certificates"])
    elif user.name_on_certificates != line.name:
        # An address finds the person, never the name; the name on the account stays.
        notes.append(f"The account is in the name of {user.name_on_certificates}.")
    line.outcome = Outcome.DONE
    if line.enrollment is not None:
        if was_in:
            line.outcome = Outcome.KNOWN
            notes.append("Was in the course already.")
        next_path = line.enrollment.get_absolute_url()
    else:
        next_path = "/"
    if user.last_login is not None:
        if people_list.course is None:
            line.outcome = Outcome.KNOWN
            notes.append("Has been here already, so no invitation was sent.")
    elif _was_invited(user, now=now):
        if people_list.course is None:
            line.outcome = Outcome.KNOWN
        notes.append("Was invited lately, so no second invitation was sent.")
    else:
        invite(user, by=by, note=people_list.note, next_path=next_path, now=now)
    line.note = " ".join(notes)[:300]


def _was_invited(user: User, *, now: datetime) -> bool:
    return AuditEvent.objects.filter(
        subject_type="user",
        subject_id=str(user.uid),
        action="account.invited",
        at__gt=now - INVITED_LATELY,
    ).exists()


# ---------------------------------------------------------------- closing and merging


def forget_lines(user: User, *, now: datetime) -> None:
    """What lists say of somebody whose account is closed; that there was a line stays."""
    PeopleListLine.objects.filter(user=user).update(name="", email="", note="")
    PeopleListLine.objects.filter(email=user.email).update(name="", email="", note="")


def move_lines(old: User, into: User, *, now: datetime) -> None:
    PeopleListLine.objects.filter(user=old).update(user=into)


def lines_of(user: User) -> dict[str, Any]:
    rows = PeopleListLine.objects.filter(user=user).order_by("pk")
    found = [{"name": row.name, "email": row.email, "done_at": row.done_at} for row in rows]
    return {"lists.json": found} if found else {}
