"""Texts of a lesson that could not be saved, because another one was saved first.

Every different text is kept for its writer until they have dealt with it. A window in which
somebody types on says which of its texts the new one takes the place of; two windows of one person
keep one each. Called in the transaction that holds the draft's lock.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json, sha256_text
from courses.models import CourseVersion, SetAside

# Per person and lesson. The oldest goes when one more comes, and that is said.
MOST_ASIDE: Final = 20


def fingerprint(title: str, body: str) -> str:
    return sha256_text(canonical_json([title, body]))


def texts_aside(version: CourseVersion, key: UUID, *, by: User) -> list[SetAside]:
    """What this person has not dealt with, newest first."""
    return list(
        SetAside.objects.filter(
            version=version, lesson_key=key, by=by, settled_at__isnull=True
        ).order_by("-at", "-pk")
    )


def set_aside(
    version: CourseVersion,
    key: UUID,
    *,
    based_on: int,
    title: str,
    body: str,
    instead_of: str = "",
    by: User,
    now: datetime,
) -> tuple[SetAside, SetAside | None]:
    """Keep a text; gives it, and the one that had to go for it.

    `instead_of`: the fingerprint of what the same window had set aside before.
    """
    known = texts_aside(version, key, by=by)
    sha256 = fingerprint(title, body)
    row = next((each for each in known if each.sha256 == sha256), None)
    earlier = next((each for each in known if each.sha256 == instead_of), None)
    if row is None:
        row = earlier or SetAside(version=version, lesson_key=key, by=by)
    elif earlier is not None and earlier.pk != row.pk:
        _settle([earlier], now)
    is_one_more = row.pk is None
    row.based_on, row.title, row.body, row.sha256, row.at = based_on, title, body, sha256, now
    row.save()
    dropped = known[-1] if is_one_more and len(known) >= MOST_ASIDE else None
    if dropped is not None:
        _settle([dropped], now)
    return row, dropped


def settle_aside(version: CourseVersion, key: UUID, pk: int, *, by: User, now: datetime) -> None:
    """The writer has dealt with this text."""
    _settle([each for each in texts_aside(version, key, by=by) if each.pk == pk], now)


def settle_same(
    version: CourseVersion, key: UUID, title: str, body: str, *, by: User, now: datetime
) -> None:
    """The lesson says now what was set aside."""
    same = fingerprint(title, body)
    _settle([each for each in texts_aside(version, key, by=by) if each.sha256 == same], now)


def _settle(rows: list[SetAside], now: datetime) -> None:
    SetAside.objects.filter(pk__in=[each.pk for each in rows]).update(settled_at=now)
