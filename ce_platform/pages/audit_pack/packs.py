"""What a person does with a pack: look, ask for it, fetch it, delete it. All of it is logged."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs, made_files
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AuditPack, BackgroundJob
from ce_platform.core.text import canonical_json
from ce_platform.pages.audit_pack.numbers import Found, look_up
from ce_platform.pages.audit_pack.scope import MOST_CERTIFICATES, scope_of

KIND: Final = "audit-pack"
# Looked at and never asked for: nothing was made of it.
_DRAFT_LIFE: Final = timedelta(days=7)
_SWEEP_SIZE: Final = 20


class NothingToPack(DomainError):
    """No certificate, or more than one pack may hold."""


class StillAtWork(DomainError):
    """The pack is being made."""


def draft_pack(
    *,
    way: AuditPack.Way,
    title: str,
    parameters: Mapping[str, Any],
    first_on: date | None,
    last_on: date | None,
    reference: str,
    by: User,
    now: datetime,
) -> AuditPack:
    """Write down what is wanted, to be looked at. Nothing is read out of anybody's records yet."""
    return AuditPack.objects.create(
        way=way,
        title=title[:200],
        parameters=canonical_json(dict(parameters)),
        first_on=first_on,
        last_on=last_on,
        reference=reference,
        created_at=now,
        created_by_id=by.pk,
        created_by_label=by.email,
    )


def start_pack(
    pack: AuditPack, *, chosen: Collection[tuple[str, int]] = (), by: User, now: datetime
) -> AuditPack:
    """Have the pack made in the background, or made again after it stopped. Asked twice, it is made
    once.

    `chosen`: (license number, person) for numbers that belong to several people; the others of
    those stay out. Errors: NothingToPack.
    """
    with transaction.atomic():
        # The job is not joined: see `kept_lists.locked`.
        row = AuditPack.objects.select_for_update().get(pk=pack.pk)
        if row.job is not None and row.job.status != BackgroundJob.Status.FAILED:
            return row
        if row.way == AuditPack.Way.LICENSES and row.job is None:
            row.parameters = canonical_json(
                json.loads(row.parameters) | _resolved(look_up_of(row), chosen)
            )
        count = scope_of(row).certificates().count()
        if not count:
            raise NothingToPack("There is no certificate to put into this pack.")
        if count > MOST_CERTIFICATES:
            raise NothingToPack(
                f"{count:,} certificates are too many for one pack; {MOST_CERTIFICATES:,} is the "
                "most. Choose a shorter period."
            )
        # Whoever asks gets the mail, and is answerable for it.
        row.created_by_id, row.created_by_label = by.pk, by.email
        row.job = jobs.start(
            KIND, title=f"Audit pack: {row.title}"[:200], now=now, created_by_id=by.pk, pack=row.pk
        )
        row.save(update_fields=["parameters", "created_by_id", "created_by_label", "job"])
        audit.record(
            "audit-pack.asked",
            subject_type="audit-pack",
            subject_id=row.uid,
            by=by,
            now=now,
            way=row.way,
            title=row.title,
            reference=row.reference,
            certificate_count=count,
            first_on=str(row.first_on or ""),
            last_on=str(row.last_on or ""),
            whose=_whose(json.loads(row.parameters)),
        )
    return row


def _whose(parameters: dict[str, Any]) -> dict[str, Any]:
    """For the log, which is never rewritten: ids and codes. The numbers that a board pasted stand
    on the pack; some belong to people who were never here."""
    names = ("user", "course", "edition", "body", "is_for_all", "people")
    return {name: parameters[name] for name in names if name in parameters}


def look_up_of(pack: AuditPack) -> list[Found]:
    """The numbers of a list, and whose they are today."""
    parameters = json.loads(pack.parameters)
    return look_up(parameters["numbers"], body_code=parameters["body"])


def _resolved(found: Collection[Found], chosen: Collection[tuple[str, int]]) -> dict[str, Any]:
    people: set[int] = set()
    undecided = []
    for each in found:
        if each.is_clear:
            people.add(each.holders[0].user.pk)
            continue
        picked = {
            holder.user.pk for holder in each.holders if (each.number, holder.user.pk) in chosen
        }
        people |= picked
        if each.holders and not picked:
            undecided.append(each.number)
    return {
        "people": sorted(people),
        "not_found": [each.number for each in found if not each.holders],
        "undecided": undecided,
    }


def log_download(pack: AuditPack, *, by: User, now: datetime) -> None:
    with transaction.atomic():
        audit.record(
            "audit-pack.downloaded",
            subject_type="audit-pack",
            subject_id=pack.uid,
            by=by,
            now=now,
            sha256=pack.sha256,
        )


def delete_pack(pack: AuditPack, *, by: User | None, now: datetime) -> None:
    """Delete the file; the row and the log stay. One that was never asked for goes as a whole.

    `by=None`: its time is over. Doing it twice changes nothing. Errors: StillAtWork.
    """
    with transaction.atomic():
        row = AuditPack.objects.select_for_update().filter(pk=pack.pk).first()
        if row is None or row.deleted_at is not None:
            return
        if row.job is None:
            row.delete()
            return
        if row.file is None:
            raise StillAtWork("This pack has no file that could be deleted.")
        made_files.delete_file(
            row,
            now=now,
            tell=lambda sha256: audit.record(
                "audit-pack.deleted",
                subject_type="audit-pack",
                subject_id=row.uid,
                by=by,
                now=now,
                sha256=sha256,
            ),
        )


def kept_for() -> timedelta:
    return timedelta(days=settings.AUDIT_PACK_DAYS)


def asker_of(pack: AuditPack) -> str:
    """Name and address of who asked."""
    user = User.objects.filter(pk=pack.created_by_id).first()
    name = user.name_on_certificates if user else ""
    return f"{name} ({pack.created_by_label})" if name else pack.created_by_label


def sweep_packs(now: datetime) -> int:
    """Delete what has been kept long enough, and what was looked at and never asked for."""
    left = AuditPack.objects.filter(job__isnull=True, created_at__lte=now - _DRAFT_LIFE)
    packs = [*made_files.over(AuditPack, now=now), *left.order_by("pk")[:_SWEEP_SIZE]]
    for pack in packs:
        delete_pack(pack, by=None, now=now)
    return len(packs)
