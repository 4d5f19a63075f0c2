"""A therapist's licenses: added, changed, removed and put back by the therapist alone.

A license never blocks anything: no number, no date and a date in the past are all fine, because
the card decides and the therapist reads it better than we do.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.licensing.domain.errors import LicenseRefused
from ce_platform.licensing.models import License, LicensingBody

MOST_LICENSES = 30


def active_licenses(user: User) -> list[License]:
    """The licenses of a person, by jurisdiction; one query."""
    return list(License.objects.filter(user=user, removed_at__isnull=True).select_related("body"))


@transaction.atomic
def add_license(
    *,
    user: User,
    body: LicensingBody,
    number: str,
    expires_on: date | None,
    by: User,
    now: datetime,
) -> License:
    """Record a license. Adding the same number of the same body again changes its date only.

    Errors: LicenseRefused.
    """
    known = _same(user, body, number)
    if known is not None:
        return known if expires_on is None else _write(known, body, number, expires_on, by, now)
    if License.objects.filter(user=user, removed_at__isnull=True).count() >= MOST_LICENSES:
        raise LicenseRefused(f"You have {MOST_LICENSES} licenses here. Remove one first.")
    try:
        with transaction.atomic():
            made = License.objects.create(
                user=user, body=body, number=number, expires_on=expires_on, created_at=now
            )
    except IntegrityError:
        # The same form was sent twice at once; the other one wrote it.
        twin = _same(user, body, number)
        if twin is None:
            raise
        return twin
    _say("license.added", made, by=by, now=now)
    return made


@transaction.atomic
def change_license(
    row: License,
    *,
    body: LicensingBody,
    number: str,
    expires_on: date | None,
    by: User,
    now: datetime,
) -> License:
    """Errors: LicenseRefused when it was removed or another license says the same."""
    fresh = License.objects.select_for_update().get(pk=row.pk)
    if fresh.removed_at is not None:
        raise LicenseRefused("This license was removed. Put it back first.")
    twin = _same(fresh.user, body, number)
    if twin is not None and twin.pk != fresh.pk:
        raise LicenseRefused(f"You have {body.place} {number} here already.")
    try:
        with transaction.atomic():
            return _write(fresh, body, number, expires_on, by, now)
    except IntegrityError:
        raise LicenseRefused(f"You have {body.place} {number} here already.") from None


@transaction.atomic
def remove_license(row: License, *, by: User, now: datetime) -> License:
    """Take a license out of sight; certificates already issued keep its number."""
    fresh = License.objects.select_for_update(of=("self",)).select_related("body").get(pk=row.pk)
    if fresh.removed_at is None:
        fresh.removed_at = now
        fresh.save(update_fields=["removed_at"])
        _say("license.removed", fresh, by=by, now=now)
    return fresh


@transaction.atomic
def restore_license(row: License, *, by: User, now: datetime) -> License:
    """Undo a removal. When the same license was added again meanwhile, that one is returned."""
    fresh = License.objects.select_for_update(of=("self",)).select_related("body").get(pk=row.pk)
    if fresh.removed_at is None:
        return fresh
    twin = _same(fresh.user, fresh.body, fresh.number)
    if twin is not None:
        return twin
    fresh.removed_at = None
    fresh.save(update_fields=["removed_at"])
    _say("license.restored", fresh, by=by, now=now)
    return fresh


def license_of(user: User, uid: UUID, *, is_removed: bool = False) -> License | None:
    return (
        License.objects.filter(user=user, uid=uid, removed_at__isnull=not is_removed)
        .select_related("body")
        .first()
    )


def _same(user: User, body: LicensingBody, number: str) -> License | None:
    return (
        License.objects.filter(user=user, body=body, number=number, removed_at__isnull=True)
        .select_related("body")
        .first()
    )


def _write(
    row: License,
    body: LicensingBody,
    number: str,
    expires_on: date | None,
    by: User,
    now: datetime,
) -> License:
    before = (row.body_id, row.number, row.expires_on)
    if before == (body.pk, number, expires_on):
        return row
    row.body, row.number, row.expires_on = body, number, expires_on
    row.save(update_fields=["body", "number", "expires_on"])
    _say("license.changed", row, by=by, now=now)
    return row


def _say(action: str, row: License, *, by: User, now: datetime) -> None:
    audit.record(
        action,
        subject_type="license",
        subject_id=row.uid,
        by=by,
        now=now,
        body=row.body.code,
        number=row.number,
        expires_on=row.expires_on.isoformat() if row.expires_on else None,
    )
