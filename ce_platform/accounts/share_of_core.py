"""What the tables of core keep of a person: mail, switches, jobs, the log. Core knows no people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.accounts.people import addresses_of
from ce_platform.accounts.shares import Share
from ce_platform.core import files, jobs
from ce_platform.core.models import (
    AuditEvent,
    BackgroundJob,
    BouncedAddress,
    MailAttachment,
    MailPreference,
    OutgoingMail,
)

CLOSED: Final = "The account was closed."
Status = OutgoingMail.Status


def erase(user: User, *, now: datetime) -> None:
    addresses = addresses_of(user)
    theirs = OutgoingMail.objects.filter(Q(to_user_id=user.pk) | Q(to_email__in=addresses))
    attachments = MailAttachment.objects.filter(mail__in=theirs).select_related("file")
    attached = {each.file for each in attachments}
    attachments.delete()
    # The rows stay, so that nothing is written a second time for the same cause.
    theirs.filter(status__in=[Status.QUEUED, Status.HELD]).update(
        status=Status.FAILED, last_error=CLOSED
    )
    theirs.update(
        to_email=user.closed_email,
        subject="",
        body="",
        bounced_at=None,
        bounce_reason="",
    )
    OutgoingMail.objects.filter(to_email=user.closed_email).exclude(last_error=CLOSED).update(
        last_error=""
    )
    MailPreference.objects.filter(user_id=user.pk).delete()
    BouncedAddress.objects.filter(Q(user_id=user.pk) | Q(email__in=addresses)).delete()
    attached |= _end_jobs(user, now=now)
    for file in attached:
        files.let_go(file, now=now)
    AuditEvent.objects.filter(actor_id=user.pk).exclude(actor_label="").update(actor_label="")


def _end_jobs(user: User, *, now: datetime) -> set[Any]:
    theirs = BackgroundJob.objects.filter(created_by_id=user.pk)
    for job in theirs.filter(status__in=["queued", "running"]):
        jobs.stop(job.pk, said=CLOSED, now=now)
    # What was sent to a licensing body has to be found years later, whoever had it made.
    theirs = theirs.exclude(kind__in=jobs.kinds_of_the_office())
    made = {job.result_file for job in theirs.filter(result_file__isnull=False)}
    theirs.update(title="", parameters="{}", result_file=None, result_name="", error="")
    return made


def move(old: User, into: User, *, now: datetime) -> None:
    OutgoingMail.objects.filter(to_user_id=old.pk).update(to_user_id=into.pk)
    known = MailPreference.objects.filter(user_id=into.pk).values("kind")
    MailPreference.objects.filter(user_id=old.pk).exclude(kind__in=known).update(user_id=into.pk)
    MailPreference.objects.filter(user_id=old.pk).delete()
    BouncedAddress.objects.filter(user_id=old.pk).update(user_id=into.pk)
    BackgroundJob.objects.filter(created_by_id=old.pk).update(created_by_id=into.pk)


def export(user: User) -> Mapping[str, Any]:
    return {
        "mail.json": [
            {
                "to": mail.to_email,
                "subject": mail.subject,
                "text": "" if mail.is_secret else mail.body,
                "state": mail.state,
                "written_at": mail.created_at,
                "sent_at": mail.sent_at,
            }
            for mail in OutgoingMail.objects.filter(to_user_id=user.pk).order_by("pk")
        ],
        "mail-switched-off.json": list(
            MailPreference.objects.filter(user_id=user.pk)
            .order_by("kind")
            .values("kind", "switched_off_at")
        ),
        "log.json": list(
            AuditEvent.objects.filter(
                Q(actor_id=user.pk) | Q(subject_type="user", subject_id=str(user.uid))
            )
            .order_by("pk")
            .values("at", "action", "subject_type", "subject_id")
        ),
    }


SHARE = Share("mail and log", erase, move, export)
