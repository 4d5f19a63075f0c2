"""Completions of an earlier system: recorded as they stood there, never issued by us.

Nothing is worked out anew: what the file says is what the record says, and the old PDF is kept
byte for byte. No mail is written and nothing is owed to a body: that was done, or not, by the
earlier system.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import connection

from ce_platform.accounts.models import User, zone_named
from ce_platform.core import codes
from ce_platform.core.models import AuditEvent, Provider, StoredFile
from ce_platform.core.text import canonical_json, fold, sha256_text
from ce_platform.core.verification import Finding, Tally
from certificates.addresses import verify_url_of
from certificates.domain.record import (
    CertificateRecord,
    RecordBody,
    body_rows,
    certificate_row,
    printable,
    printable_lines,
)
from certificates.models import (
    Certificate,
    CertificateBody,
    CertificateDesign,
    CertificateDocument,
    ImportedRecord,
)

HEADING: Final = "Record of Completion"
KEPT_AS_RECEIVED: Final = "kept as received"
_PIECE: Final = 500


@dataclass(frozen=True)
class PastBody:
    """A body whose approval the old certificate names."""

    code: str
    name: str
    jurisdiction: str
    number: str
    license_number: str
    is_own: bool


@dataclass(frozen=True)
class PastCompletion:
    """One completion as the earlier system told it."""

    old_number: str
    holder_name: str
    course_title: str
    completed_on: date
    credit_hours: Decimal
    credits: tuple[tuple[str, Decimal], ...]
    delivery: str
    """In the words of CourseVersion.Delivery."""
    instructor: str
    licenses: tuple[tuple[str, str, str], ...]
    """(body code, body, number)"""
    bodies: tuple[PastBody, ...]
    source: str
    language: str = "en-US"


@dataclass(frozen=True)
class Taking:
    """What is to be recorded for whom, and the bytes of the old PDF if one came."""

    user: User
    past: PastCompletion
    key: str
    document: StoredFile | None


def folded_number(text: str) -> str:
    """Old numbers are compared by letters and digits alone."""
    return "".join(letter for letter in fold(text) if letter.isalnum())[:60]


def key_of(*, old_number: str, email: str, course_title: str, completed_on: date) -> str:
    """By its number, which the earlier system gave once; else by person, course and day."""
    number = folded_number(old_number)
    parts = ["number", number] if number else [email, fold(course_title), completed_on.isoformat()]
    return sha256_text(canonical_json(parts))


def may_be_of_earlier_system(typed: str) -> bool:
    """Whether such numbers exist at all; not whether there is this one."""
    if not folded_number(typed):
        return False
    return Certificate.objects.exclude(old_number_folded="").exists()


def by_old_number(typed: str) -> list[Certificate]:
    """Those that count now go before those that were taken back, the newest first."""
    number = folded_number(typed)
    if not number:
        return []
    found = list(Certificate.objects.filter(old_number_folded=number).order_by("-pk")[:20])
    found.sort(key=lambda row: row.status != Certificate.Status.ISSUED)
    return found


def old_numbers_on_record(typed: Iterable[str]) -> dict[str, str]:
    """As the records write them, by folded number; of several the one that counts, the newest. One
    query."""
    wanted = {folded_number(each) for each in typed} - {""}
    rows = Certificate.objects.filter(old_number_folded__in=wanted).order_by("pk")
    found = rows.values_list("old_number_folded", "old_number", "status")
    issued_last = sorted(found, key=lambda row: row[2] == Certificate.Status.ISSUED)
    return {folded: number for folded, number, _ in issued_last}


def newest_by_old_number(typed: str) -> Certificate | None:
    return next(iter(by_old_number(typed)), None)


_IN_MANY_NAMES: Final = (
    " al bin da das de del den der di do dos du el la las le los ter van von y"
    " ii iii iv jr sr cmt lmp lmt mmp mt rmt "
)
"""Parts of a name and letters behind it, which alone tell nothing."""


def has_last_name(holder_name: str, typed: str) -> bool:
    """Whether `typed` is the last name, of one word or several, with or without what follows it
    (Jr., LMT), or the whole name; accents, capitals and punctuation do not matter. The first name
    alone is not enough: there are few of them."""
    words, wanted = _words(holder_name), _words(typed)
    if all(f" {word} " in _IN_MANY_NAMES for word in wanted):
        return wanted == words != []
    starts = range(1, len(words)) if len(words) > 1 and len(wanted) < len(words) else range(1)
    return any(words[start : start + len(wanted)] == wanted for start in starts)


def _words(name: str) -> list[str]:
    """Both halves of a double name are words; O’Brien is one."""
    parts = re.split(r"[\s\-‐-―]+", fold(name))
    bare = ("".join(letter for letter in part if letter.isalnum()) for part in parts)
    return [word for word in bare if word]


def record_of_past(
    past: PastCompletion,
    *,
    serial: str,
    design: CertificateDesign,
    provider: Provider,
    now: datetime,
) -> CertificateRecord:
    zone = zone_named(provider.time_zone)
    return CertificateRecord(
        serial=serial,
        verify_url=verify_url_of(serial),
        design=design.number,
        heading=HEADING,
        holder_name=printable(past.holder_name),
        licenses=past.licenses,
        course_title=printable(past.course_title),
        course_subtitle="",
        course_edition="",
        credit_hours=past.credit_hours,
        credits=past.credits,
        subjects="",
        delivery=past.delivery,
        place="",
        completed_on=past.completed_on,
        # The hour is not known; noon is in the day, wherever it is looked at in the country.
        completed_at=datetime.combine(past.completed_on, time(12), zone),
        completed_zone=zone.key,
        issued_at=now,
        as_of=past.completed_on,
        provider_name=printable(provider.name),
        provider_address=printable_lines(provider.address),
        provider_email=provider.email,
        provider_website=provider.website,
        provider_numbers=(),
        instructors=((printable(past.instructor), ""),) if past.instructor else (),
        signatories=(),
        language=past.language,
        is_specimen=False,
        bodies=tuple(_body(each, past.source) for each in past.bodies),
    )


def _body(body: PastBody, source: str) -> RecordBody:
    where = body.jurisdiction or body.name
    number = f", number {body.number}" if body.number else ""
    return RecordBody(
        block=CertificateBody.Block.APPROVED,
        body_code=body.code,
        body_name=body.name,
        jurisdiction=body.jurisdiction,
        status="approved",
        status_word="Approved",
        number=body.number,
        credit_hours=None,
        title="",
        license_number=body.license_number,
        sentence=printable(f"{where}: approved{number}, as recorded in {source}."),
        is_own=body.is_own,
    )


def write_records(
    takings: Sequence[Taking],
    *,
    design: CertificateDesign,
    provider: Provider,
    run_uid: UUID,
    by: User,
    now: datetime,
    alive: Callable[[], None] = lambda: None,
) -> list[Certificate]:
    """Rows of all of them, in the caller's transaction; the bytes of the PDFs are stored before.

    A line that is here already breaks the constraint of its key: the caller leaves it out.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("write_records needs the transaction of the whole import")
    made: list[Certificate] = []
    for start in range(0, len(takings), _PIECE):
        made += _write_piece(
            takings[start : start + _PIECE],
            design=design,
            provider=provider,
            run_uid=run_uid,
            by=by,
            now=now,
        )
        alive()
    return made


def _write_piece(
    takings: Sequence[Taking],
    *,
    design: CertificateDesign,
    provider: Provider,
    run_uid: UUID,
    by: User,
    now: datetime,
) -> list[Certificate]:
    records = [
        record_of_past(
            each.past, serial=codes.new_code(), design=design, provider=provider, now=now
        )
        for each in takings
    ]
    certificates = Certificate.objects.bulk_create(
        Certificate(
            user=each.user,
            design=design,
            origin=Certificate.Origin.IMPORTED,
            old_number=printable(each.past.old_number),
            old_number_folded=folded_number(each.past.old_number),
            **certificate_row(record),
        )
        for each, record in zip(takings, records, strict=True)
    )
    # Bodies before documents: none is added to what was printed.
    CertificateBody.objects.bulk_create(
        row
        for record, certificate in zip(records, certificates, strict=True)
        for row in body_rows(record, certificate)
    )
    CertificateDocument.objects.bulk_create(
        CertificateDocument(
            certificate=certificate,
            file=each.document,
            sha256=each.document.sha256,
            renderer=KEPT_AS_RECEIVED,
            page_count=0,
            rendered_at=now,
            signer=None,
        )
        for each, certificate in zip(takings, certificates, strict=True)
        if each.document is not None
    )
    ImportedRecord.objects.bulk_create(
        _sealed(
            ImportedRecord(
                certificate=certificate,
                key=each.key,
                source=each.past.source,
                run_uid=run_uid,
                recorded_at=now,
                recorded_by_id=by.pk,
                document_sha256=each.document.sha256 if each.document else "",
            )
        )
        for each, certificate in zip(takings, certificates, strict=True)
    )
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=now,
            actor_id=by.pk,
            actor_label=by.email,
            action="certificate.recorded",
            subject_type="certificate",
            subject_id=certificate.serial,
            detail=canonical_json({"run": run_uid.hex, "sha256": certificate.sha256}),
        )
        for certificate in certificates
    )
    return certificates


def _sealed(row: ImportedRecord) -> ImportedRecord:
    row.sha256 = seal_of(row)
    return row


def seal_of(row: ImportedRecord) -> str:
    """What was printed, its old number, the PDF and the source, as one hash."""
    return sha256_text(
        canonical_json(
            {
                "record": row.certificate.sha256,
                "old_number": row.certificate.old_number,
                "document": row.document_sha256,
                "source": row.source,
                "key": row.key,
            }
        )
    )


def check_imported(tally: Tally) -> Iterator[Finding]:
    """Every imported record has its row, and old number and source are those of its hash."""
    rows = ImportedRecord.objects.select_related("certificate__document").order_by("pk")
    for row in rows.iterator(chunk_size=_PIECE):
        tally.count += 1
        document = getattr(row.certificate, "document", None)
        if seal_of(row) != row.sha256 or row.document_sha256 != (
            document.sha256 if document is not None else ""
        ):
            yield Finding(
                f"imported record {codes.dashed(row.certificate.serial)}",
                "its rows are not what its hash says",
            )
    alone = Certificate.objects.filter(
        origin=Certificate.Origin.IMPORTED, imported__isnull=True, enrollment__isnull=True
    )
    for serial in _serials(alone.values_list("serial", flat=True)):
        yield Finding(f"certificate {serial}", "is an imported record that nobody imported")


def _serials(found: Iterable[str]) -> Iterator[str]:
    return (codes.dashed(serial) for serial in found)


def take_back(run_uid: UUID, *, reason: str, by: User, now: datetime) -> int:
    """Undo an import as far as records of law allow: its records are revoked, with the reason, and
    their lines may come again. No mail: the holders were told of nothing."""
    rows = ImportedRecord.objects.filter(run_uid=run_uid, taken_back_at__isnull=True)
    valid = Certificate.objects.filter(
        imported__in=rows, status=Certificate.Status.ISSUED
    ).values_list("pk", "serial")
    found = list(valid)
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                at=now,
                actor_id=by.pk,
                actor_label=by.email,
                action="certificate.revoked",
                subject_type="certificate",
                subject_id=serial,
                detail=canonical_json({"reason": reason, "run": run_uid.hex}),
            )
            for _, serial in found
        ),
        batch_size=_PIECE,
    )
    for start in range(0, len(found), _PIECE):
        Certificate.objects.filter(pk__in=[pk for pk, _ in found[start : start + _PIECE]]).update(
            status=Certificate.Status.REVOKED,
            status_changed_at=now,
            status_changed_by_id=by.pk,
            status_reason=reason,
        )
    rows.update(taken_back_at=now)
    return len(found)
