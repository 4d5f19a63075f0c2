"""Reissuing: a new certificate with a new number in the place of an old one.

The old row keeps every printed word and its document; only its status moves, once. Both are
linked, so whoever verifies the old number is led to the new one.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, codes
from ce_platform.core.models import Provider
from ce_platform.licensing.domain.standing import printed_bodies
from ce_platform.licensing.models import License, LicensingBody
from certificates.addresses import verify_url_of
from certificates.domain.corrected import (
    Correction,
    corrected,
    correction_in,
    heading_after,
    says_the_same,
)
from certificates.domain.designs import current_design
from certificates.domain.errors import (
    NameMissing,
    NothingToCorrect,
    ReplacedMeanwhile,
    WrongState,
)
from certificates.domain.issue import write_certificate
from certificates.domain.record import CertificateRecord, record_body, record_of
from certificates.domain.revoke import public_reason
from certificates.models import Certificate
from courses.domain.completion import lock_enrollment
from courses.models import Enrollment

Status = Certificate.Status
TAKEN_OVER: Final = (
    "This record was taken over from an earlier system as it stood there, so it is not issued "
    "again. Revoke it, mend the line in your file, and bring the file once more."
)


@transaction.atomic
def replace_certificate(
    certificate: Certificate,
    *,
    correction: Correction | None = None,
    is_as_of_today: bool = False,
    is_after_revocation: bool = False,
    reason: str,
    by: User,
    now: datetime,
) -> Certificate:
    """Issue a certificate anew; returns the new one. The same words twice give the first one.

    `correction`: name and license numbers as they should read; None: as printed. Bodies keep what
    was printed of them, unless `is_as_of_today` asks for their status on the holder's day today,
    which is then printed as such. Course, hours, dates of completion and signatures are copied.
    An issued one becomes *replaced*. One that was revoked stays so and leads to its successor; it
    has one only if `is_after_revocation` says that this is meant: who corrects a certificate that
    is revoked at the same moment must not bring it back.
    Everybody who verifies the old one reads the reason. Order of locks: enrollment, certificate.

    Errors: ReasonMissing, NameMissing, NothingToCorrect, ReplacedMeanwhile, WrongState.
    """
    reason = public_reason(reason)
    if certificate.enrollment_id is None:
        raise WrongState(TAKEN_OVER)
    enrollment = lock_enrollment(certificate.enrollment_id)
    old = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("design", "user")
        .get(pk=certificate.pk)
    )
    before = record_of(old)
    wanted = wanted_record(
        before,
        enrollment,
        correction=correction,
        as_of=old.user.local_date(now) if is_as_of_today else None,
    )
    if not wanted.holder_name:
        raise NameMissing
    known = Certificate.objects.select_related("design").filter(replaces=old).first()
    if known is not None:
        if says_the_same(record_of(known), wanted):
            return known
        raise ReplacedMeanwhile(codes.dashed(known.serial))
    if (old.status == Status.REVOKED) != is_after_revocation:
        raise WrongState(
            "This certificate is valid; there is nothing to issue anew."
            if is_after_revocation
            else "This certificate was revoked meanwhile."
        )
    if not is_after_revocation:
        if says_the_same(before, wanted):
            raise NothingToCorrect
        _move(old, reason=reason, by=by, now=now)
    # After the row above: the database allows one valid certificate at any moment.
    design = current_design(
        provider=Provider.objects.select_related("logo").filter(pk=1).first(), now=now
    )
    serial = codes.new_code()
    made = write_certificate(
        replace(
            wanted,
            serial=serial,
            verify_url=verify_url_of(serial),
            issued_at=now,
            design=design.number,
        ),
        design=design,
        enrollment=enrollment,
        replaces=old,
        by=by,
        now=now,
    )
    audit.record(
        "certificate.issued-anew" if is_after_revocation else "certificate.replaced",
        subject_type="certificate",
        subject_id=old.serial,
        by=by,
        now=now,
        reason=reason,
        successor=made.serial,
    )
    return made


def wanted_record(
    before: CertificateRecord,
    enrollment: Enrollment,
    *,
    correction: Correction | None,
    as_of: date | None,
) -> CertificateRecord:
    """What would be printed, still with number, design and time of the old one. Writes nothing."""
    record = corrected(before, correction or correction_in(before))
    if as_of is None:
        return record
    bodies = {
        body.code: body
        for body in LicensingBody.objects.filter(code__in={code for code, _, _ in record.licenses})
    }
    found = printed_bodies(
        course=enrollment.course,
        edition=enrollment.version.edition,
        holder=enrollment.user,
        licenses=[
            License(user=enrollment.user, body=bodies[code], number=number)
            for code, _, number in record.licenses
            if code in bodies
        ],
        on=as_of,
        course_hours=record.credit_hours,
    )
    heading = heading_after(before, licenses=record.licenses, bodies=found)
    return replace(
        record,
        as_of=as_of,
        heading=heading,
        bodies=tuple(
            record_body(body, delivery=enrollment.version.delivery, heading=heading)
            for body in found
        ),
    )


def _move(old: Certificate, *, reason: str, by: User, now: datetime) -> None:
    old.status = Status.REPLACED
    old.status_changed_at = now
    old.status_changed_by_id = by.pk
    old.status_reason = reason
    old.save(update_fields=["status", "status_changed_at", "status_changed_by_id", "status_reason"])


def newest_of(enrollment_id: int) -> Certificate:
    """The end of the chain: the one that is valid, or was revoked last."""
    return (
        Certificate.objects.select_related("design", "user", "enrollment")
        .filter(enrollment=enrollment_id, replaced_by__isnull=True)
        .get()
    )
