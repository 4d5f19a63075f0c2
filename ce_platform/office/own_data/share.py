"""Zips of their own data go with the account, and do not move: they hold one account's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ce_platform.accounts.models import User
from ce_platform.accounts.shares import Share
from ce_platform.core import files, jobs
from ce_platform.core.keeping import AREA
from ce_platform.office.own_data.models import OwnData


def erase(user: User, *, now: datetime) -> None:
    rows = OwnData.objects.filter(user=user).select_related("file", "job")
    for row in rows:
        jobs.stop(row.job_id, said="The account has ended.", now=now)
        row.delete()
        files.let_go(row.file, now=now)
        # A worker that was killed while it kept them has left them lying.
        files.let_go_bytes(row.unfinished_sha256, area=AREA, now=now)


def move(old: User, into: User, *, now: datetime) -> None:
    erase(old, now=now)


def export(user: User) -> Mapping[str, Any]:
    return {}


SHARE = Share("own data", erase, move, export)
