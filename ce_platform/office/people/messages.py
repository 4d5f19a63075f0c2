"""The office writes to the learners of a course: looked at first, then sent once.

Each learner's mail has a cause of its own, so a message that is sent twice, or a job that is run
again, writes nobody a second one. Mails are written in small transactions; the worker sends them
one by one.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import is_registrar
from ce_platform.core import audit, jobs, mail_text
from ce_platform.core.errors import DomainError, NotAllowed
from ce_platform.core.mail import write_mail
from ce_platform.core.mail_kinds import MailKind, kind_named
from ce_platform.core.mail_preferences import who_wants_none
from ce_platform.core.models import BackgroundJob, OutgoingMail, Provider
from ce_platform.core.text import clean
from ce_platform.office.people.models import CourseMessage
from courses.models import Course, Enrollment

KIND: Final = "course-message"
MAIL: Final = "course_message"
MOST_A_DAY: Final = 3
"""Messages to one course: whoever is written to more often reads none of them."""
MESSAGE_LIFE: Final = timedelta(days=7)
LONGEST_TEXT: Final = 5000
_CHUNK: Final = 100
To = CourseMessage.To
_STATES: Final = {
    To.OPEN: [Enrollment.Status.OPEN],
    To.COMPLETED: [Enrollment.Status.COMPLETED],
    To.ALL: [Enrollment.Status.OPEN, Enrollment.Status.COMPLETED],
}


class MessageRefused(DomainError):
    """The message is not sent."""


@transaction.atomic
def keep_message(
    course: Course, *, to: str, subject: str, body: str, by: User, now: datetime
) -> CourseMessage:
    """To be looked at. Errors: NotAllowed, MessageRefused."""
    if not is_registrar(by):
        raise NotAllowed("Only the office writes to all learners of a course.")
    subject = " ".join(clean(subject).split())[:120]
    body = clean(body)[:LONGEST_TEXT]
    if to not in To.values or not subject or not body:
        raise MessageRefused("A message needs readers, a subject and a text.")
    return CourseMessage.objects.create(
        course=course,
        to=to,
        subject=subject,
        body=body,
        created_at=now,
        created_by_id=by.pk,
        created_by_label=by.email,
    )


def readers_of(message: CourseMessage) -> QuerySet[User]:
    """Everybody once, however often they took the course."""
    return User.objects.filter(
        pk__in=Enrollment.objects.filter(
            course=message.course_id, status__in=_STATES[To(message.to)]
        ).values("user"),
        closed_at__isnull=True,
        is_active=True,
    )


def preview_of(message: CourseMessage) -> tuple[str, str]:
    """(subject, body) as a reader gets it; its link to switch the kind off leads nowhere."""
    kind = _kind()
    provider = Provider.objects.filter(pk=1).first()
    subject, body = mail_text.written(
        kind, _context(message, name="Maria Santos"), provider=provider
    )
    stop_url = "https://learn.example.com/mail/stop/"
    return subject, mail_text.with_footer(body, kind, provider=provider, stop_url=stop_url)


@transaction.atomic
def send_message(message: CourseMessage, *, by: User, now: datetime) -> CourseMessage:
    """Begin once, however often it is pressed; go on with what was stopped. Whoever has the message
    gets no second one. Errors: NotAllowed, MessageRefused."""
    if not is_registrar(by):
        raise NotAllowed("Only the office writes to all learners of a course.")
    # The course is the lock: two messages at one moment must not both be the third.
    Course.objects.select_for_update().get(pk=message.course_id)
    row = (
        CourseMessage.objects.select_for_update(of=("self",))
        .select_related("job")
        .get(pk=message.pk)
    )
    if row.job is None:
        _refuse_many(row, now=now)
        row.sent_at = now
    elif row.job.status != BackgroundJob.Status.FAILED:
        return row
    again = row.job is not None
    row.job = jobs.start(
        KIND,
        title=f"Message: {row.subject}"[:200],
        now=now,
        created_by_id=by.pk,
        message=row.pk,
    )
    row.save(update_fields=["job", "sent_at"])
    audit.record(
        "course-message.sent",
        subject_type="course-message",
        subject_id=row.uid,
        by=by,
        now=now,
        course=row.course.slug,
        to=row.to,
        subject=row.subject,
        again=again,
    )
    return row


def _refuse_many(row: CourseMessage, *, now: datetime) -> None:
    lately = CourseMessage.objects.filter(course=row.course_id, sent_at__gt=now - timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        raise MessageRefused(
            f"The learners of this course got {MOST_A_DAY} messages within a day. Wait until "
            "tomorrow, or put this into one of the next."
        )
    if not readers_of(row).exists():
        raise MessageRefused("Nobody would get this message.")


@transaction.atomic
def discard_message(message: CourseMessage, *, by: User | None, now: datetime) -> None:
    """Errors: MessageRefused for one that was sent."""
    row = CourseMessage.objects.select_for_update(of=("self",)).filter(pk=message.pk).first()
    if row is None:
        return
    if row.job_id is not None:
        raise MessageRefused("This message was sent, so it is kept.")
    row.delete()


def sweep_messages(now: datetime) -> int:
    """Those that were looked at and never sent."""
    old = CourseMessage.objects.filter(job__isnull=True, created_at__lte=now - MESSAGE_LIFE)
    count, _ = old.filter(pk__in=list(old.values_list("pk", flat=True)[:100])).delete()
    return count


def write_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    """From where an earlier run ended: what was written then is found by its cause."""
    message = CourseMessage.objects.select_related("course").get(pk=parameters["message"])
    readers = readers_of(message).order_by("pk")
    progress.total(readers.count())
    after = unwanted = 0
    while chunk := list(readers.filter(pk__gt=after)[:_CHUNK]):
        silent = who_wants_none(MAIL, [user.pk for user in chunk])
        with transaction.atomic():
            for user in chunk:
                if user.pk not in silent:
                    _write(message, user)
        unwanted += len(silent)
        after = chunk[-1].pk
        progress.advance(len(chunk))
    written = OutgoingMail.objects.filter(
        kind=MAIL, cause__begins=f"{MAIL}:{message.uid.hex}:"
    ).count()
    CourseMessage.objects.filter(pk=message.pk).update(
        written_count=written, unwanted_count=unwanted
    )


def _write(message: CourseMessage, user: User) -> None:
    write_mail(
        MAIL,
        to_email=user.email,
        to_user_id=user.pk,
        cause=f"{MAIL}:{message.uid.hex}:{user.pk}",
        now=timezone.now(),
        **_context(message, name=user.get_full_name()),
    )


def _context(message: CourseMessage, *, name: str) -> dict[str, Any]:
    version = message.course.on_sale_version
    return {
        "name": name,
        "subject": message.subject,
        "text": message.body,
        "course_title": version.title if version else message.course.slug,
        "path": reverse("pages:learning"),
    }


def _kind() -> MailKind:
    kind = kind_named(MAIL)
    assert kind is not None  # noqa: S101 – registered when the site starts
    return kind
