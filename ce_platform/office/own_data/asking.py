"""Asking for the zip of one's own data, fetching it, and its end."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs, made_files
from ce_platform.core.errors import DomainError
from ce_platform.office.own_data.models import OwnData

KIND: Final = "own-data"
SUBJECT: Final = "own-data"
MOST_A_DAY: Final = 3


class AskedTooOften(DomainError):
    def __init__(self) -> None:
        super().__init__("That was often enough for one day. Ask again tomorrow.")


def newest_of(user: User) -> OwnData | None:
    return (
        OwnData.objects.filter(user=user)
        .select_related("job", "file")
        .order_by("-asked_at", "-pk")
        .first()
    )


def ask(user: User, *, now: datetime) -> OwnData:
    """Have it made. While one is being made, asking again returns that. Errors: AskedTooOften."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        newest = newest_of(user)
        if newest is not None and newest.job.is_unfinished:
            return newest
        day = timedelta(days=1)
        if OwnData.objects.filter(user=user, asked_at__gt=now - day).count() >= MOST_A_DAY:
            raise AskedTooOften
        row = OwnData(user=user, asked_at=now)
        row.job = jobs.start(
            KIND, title="Your data", now=now, created_by_id=user.pk, own_data=row.uid.hex
        )
        row.save()
        _say("own-data.asked", row, by=user, now=now)
    return row


def log_download(row: OwnData, *, by: User, now: datetime) -> None:
    _say("own-data.downloaded", row, by=by, now=now, sha256=row.sha256)


def kept_for() -> timedelta:
    return timedelta(days=settings.OWN_DATA_DAYS)


def sweep_own_data(now: datetime) -> int:
    """Delete what has been kept long enough; the row says what was made."""
    over = made_files.over(OwnData, now=now)
    for each in over:
        _delete_file(each, now=now)
    return len(over)


@transaction.atomic
def _delete_file(row: OwnData, *, now: datetime) -> None:
    row = OwnData.objects.select_for_update().get(pk=row.pk)
    if row.file is not None:
        made_files.delete_file(row, now=now)


def _say(action: str, row: OwnData, *, by: User | None, now: datetime, **detail: str) -> None:
    audit.record(action, subject_type=SUBJECT, subject_id=row.uid, by=by, now=now, **detail)
