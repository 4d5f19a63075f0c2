"""A therapist's licenses: added, changed, removed and put back by the therapist alone.

A license never blocks anything: no number, no date and a date in the past are all fine, because
the card decides and the therapist reads it better than we do.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.licensing.domain.errors import LicenseRefused
from ce_platform.licensing.models import License, LicensingBody

MOST_LICENSES = 30


@dataclass(frozen=True)
class Card:
    """What the therapist reads from the card."""

    body: LicensingBody
    number: str
    name_on_license: str
    first_issued_on: date | None
    expires_on: date | None
    hours_due_on: date | None

    @classmethod
    def of(cls, row: License) -> "Card":
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})


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
    name_on_license: str = "",
    first_issued_on: date | None = None,
) -> License:
    """Record a license. Adding the same number of the same body again fills in what is new.

    Errors: LicenseRefused.
    """
    _check_order(first_issued_on, expires_on)
    known = _same(user, body, number)
    if known is not None:
        return _write(
            known,
            Card(
                body=body,
                number=number,
                name_on_license=name_on_license or known.name_on_license,
                first_issued_on=first_issued_on or known.first_issued_on,
                expires_on=expires_on or known.expires_on,
                hours_due_on=known.hours_due_on,
            ),
            by,
            now,
        )
    if License.objects.filter(user=user, removed_at__isnull=True).count() >= MOST_LICENSES:
        raise LicenseRefused(f"You have {MOST_LICENSES} licenses here. Remove one first.")
    try:
        with transaction.atomic():
            made = License.objects.create(
                user=user,
                body=body,
                number=number,
                name_on_license=name_on_license,
                first_issued_on=first_issued_on,
                expires_on=expires_on,
                created_at=now,
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
    name_on_license: str,
    first_issued_on: date | None,
    expires_on: date | None,
    hours_due_on: date | None,
    by: User,
    now: datetime,
) -> License:
    """Errors: LicenseRefused when its dates are in the wrong order, when it was removed or when
    another license says the same."""
    fresh = License.objects.select_for_update().get(pk=row.pk)
    if fresh.removed_at is not None:
        raise LicenseRefused("This license was removed. Put it back first.")
    twin = _same(fresh.user, body, number)
    if twin is not None and twin.pk != fresh.pk:
        raise LicenseRefused(f"You have {body.place} {number} here already.")
    try:
        with transaction.atomic():
            return _write(
                fresh,
                Card(
                    body=body,
                    number=number,
                    name_on_license=name_on_license,
                    first_issued_on=first_issued_on,
                    expires_on=expires_on,
                    hours_due_on=hours_due_on,
                ),
                by,
                now,
            )
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


def _check_order(first_issued_on: date | None, expires_on: date | None) -> None:
    if first_issued_on and expires_on and first_issued_on > expires_on:
        raise LicenseRefused("A license cannot end before it was first issued.")


def _write(row: License, card: Card, by: User, now: datetime) -> License:
    _check_order(card.first_issued_on, card.expires_on)
    if card == Card.of(row):
        return row
    for field in fields(card):
        setattr(row, field.name, getattr(card, field.name))
    row.save(update_fields=[field.name for field in fields(card)])
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
        name_on_license=row.name_on_license,
        first_issued_on=row.first_issued_on.isoformat() if row.first_issued_on else None,
        expires_on=row.expires_on.isoformat() if row.expires_on else None,
        hours_due_on=row.hours_due_on.isoformat() if row.hours_due_on else None,
    )
