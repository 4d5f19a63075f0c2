"""What a person does with an archive: ask for it, fetch it, delete it. All of it is logged."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.accounts.rules import OPERATOR, REGISTRAR
from ce_platform.core import audit, jobs, made_files, mail
from ce_platform.core.errors import DomainError
from ce_platform.core.models import UNFINISHED, Provider
from ce_platform.office.moving_out.models import Archive

KIND: Final = "archive"


class NoFile(DomainError):
    """There is nothing that could be deleted."""


def ask_for_archive(*, by: User, now: datetime) -> Archive:
    """Have everything written in the background. While one is being made, that one is returned."""
    with transaction.atomic():
        # One row for one installation: of two who ask at once the second finds the first one's.
        Provider.objects.select_for_update().filter(pk=1).first()
        running = (
            Archive.objects.filter(job__status__in=UNFINISHED, made_at__isnull=True)
            .select_related("job")
            .first()
        )
        if running is not None:
            return running
        uid = uuid4()
        job = jobs.start(
            KIND,
            title="Everything in one archive",
            now=now,
            created_by_id=by.pk,
            archive=str(uid),
        )
        archive = Archive.objects.create(
            uid=uid, created_at=now, created_by_id=by.pk, created_by_label=by.email, job=job
        )
        audit.record(
            "archive.asked", subject_type="archive", subject_id=archive.uid, by=by, now=now
        )
    return archive


def log_download(archive: Archive, *, by: User, now: datetime) -> None:
    """Write it down, and tell everybody in the office, also who did it."""
    with transaction.atomic():
        event = audit.record(
            "archive.downloaded",
            subject_type="archive",
            subject_id=archive.uid,
            by=by,
            now=now,
            sha256=archive.sha256,
        )
        for email, user_id in _office():
            mail.write_mail(
                "everything_downloaded",
                to_email=email,
                to_user_id=user_id,
                cause=f"everything-downloaded:{event.pk}:{user_id or 'office'}",
                now=now,
                who=by.name_on_certificates or by.email,
                email=by.email,
                at=now,
                made_at=archive.made_at,
                url=reverse("office:archive-detail", args=[archive.uid]),
            )


def _office() -> list[tuple[str, int | None]]:
    """Registrars and operators, and the office's own address, each address once."""
    people: list[tuple[str, int | None]] = list(
        User.objects.filter(
            Q(groups__name__in=[REGISTRAR, OPERATOR]) | Q(is_staff=True) | Q(is_superuser=True),
            is_active=True,
            closed_at__isnull=True,
        )
        .distinct()
        .order_by("pk")
        .values_list("email", "pk")
    )
    office = Provider.objects.filter(pk=1).values_list("email", flat=True).first()
    if office and office.casefold() not in {email.casefold() for email, _ in people}:
        people.append((office, None))
    return people


def delete_archive(archive: Archive, *, by: User | None, now: datetime) -> None:
    """Delete the file; the row and the log stay. `by=None`: its time is over. Doing it twice
    changes nothing. Errors: NoFile."""
    with transaction.atomic():
        row = Archive.objects.select_for_update().get(pk=archive.pk)
        if row.deleted_at is not None:
            return
        if row.file is None:
            raise NoFile("This archive has no file that could be deleted.")
        made_files.delete_file(
            row,
            now=now,
            tell=lambda sha256: audit.record(
                "archive.deleted",
                subject_type="archive",
                subject_id=row.uid,
                by=by,
                now=now,
                sha256=sha256,
            ),
        )


def kept_for() -> timedelta:
    return timedelta(days=settings.ARCHIVE_DAYS)


def sweep_archives(now: datetime) -> int:
    """Delete what has been kept long enough."""
    over = made_files.over(Archive, now=now)
    for archive in over:
        delete_archive(archive, by=None, now=now)
    return len(over)


# ---- an account is closed, or two become one


def forget_person(user: User, *, now: datetime) -> None:
    """Archives are copies of everything, so also of this person: they go with the next sweep. One
    that is being made has read the person already; it stops and may be started again."""
    for job_id in Archive.objects.filter(
        made_at__isnull=True, job__status__in=UNFINISHED
    ).values_list("job_id", flat=True):
        said = "An account was closed while it was being made. Start it again."
        jobs.stop(job_id, said=said, now=now)
    Archive.objects.filter(file__isnull=False, kept_until__gt=now).update(kept_until=now)
    Archive.objects.filter(created_by_id=user.pk).update(created_by_label="")


def move_person(old: User, into: User, *, now: datetime) -> None:
    Archive.objects.filter(created_by_id=old.pk).update(
        created_by_id=into.pk, created_by_label=into.email
    )


def export_person(user: User) -> dict[str, Any]:
    """When this person asked for everything; of use to nobody but the office."""
    asked = Archive.objects.filter(created_by_id=user.pk).order_by("pk")
    days = [f"{each:%Y-%m-%d}" for each in asked.values_list("created_at", flat=True)]
    return {"archives-asked-for.json": days} if days else {}
