"""Issuing: exactly once, in the transaction that completes the enrollment."""

from datetime import datetime

from django.db import connection

from ce_platform.accounts.models import User
from ce_platform.core import audit, codes
from ce_platform.core.queue import wake_after_commit
from certificates.addresses import verify_url_of
from certificates.domain.errors import NameMissing
from certificates.domain.facts import final_record
from certificates.domain.record import CertificateRecord, body_rows, certificate_row
from certificates.models import Attestation, Certificate, CertificateBody, CertificateDesign
from certificates.reports.domain.lines import make_lines
from courses.models import Enrollment


def issue_certificate(enrollment: Enrollment, *, now: datetime) -> Certificate:
    """Freeze everything printed into rows. Doing it twice returns the first certificate.

    Call it with the enrollment locked and completed, in that transaction. The document and the
    mail that carries it follow outside: see domain/documents.py. Errors: NameMissing.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("issue_certificate needs the transaction that completes the enrollment")
    known = Certificate.objects.filter(enrollment=enrollment).order_by("pk").first()
    if known is not None:
        return known
    serial = codes.new_code()
    record, design = final_record(
        enrollment,
        now=now,
        attestation=Attestation.objects.filter(enrollment=enrollment).first(),
        serial=serial,
        verify_url=verify_url_of(serial),
    )
    if not record.holder_name:
        raise NameMissing
    return write_certificate(
        record, design=design, enrollment=enrollment, by=enrollment.user, now=now
    )


def write_certificate(
    record: CertificateRecord,
    *,
    design: CertificateDesign,
    enrollment: Enrollment,
    by: User,
    now: datetime,
    replaces: Certificate | None = None,
) -> Certificate:
    """The rows of one certificate, what it owes to bodies, and the wake-up call for its PDF."""
    certificate = Certificate.objects.create(
        enrollment=enrollment,
        user=enrollment.user,
        design=design,
        replaces=replaces,
        **certificate_row(record),
    )
    CertificateBody.objects.bulk_create(body_rows(record, certificate))
    audit.record(
        "certificate.issued",
        subject_type="certificate",
        subject_id=certificate.serial,
        by=by,
        now=now,
        enrollment=enrollment.uid.hex,
        sha256=certificate.sha256,
        **({"replaces": replaces.serial} if replaces is not None else {}),
    )
    make_lines(certificate, now=now)
    from certificates.tasks import make_document_task  # tasks import the domain

    wake_after_commit(make_document_task, certificate.pk)
    return certificate
