"""The PDF of a certificate: made once outside any transaction, signed, kept, and mailed."""

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from ce_platform.core import audit, codes, mail, sweep
from ce_platform.core.files import erase, store_bytes
from ce_platform.core.models import AuditEvent, OutgoingMail, Provider, StoredFile
from certificates import file_names
from certificates.domain.designs import look_of
from certificates.domain.errors import RecordAltered
from certificates.domain.record import CertificateRecord, record_of
from certificates.look import Look
from certificates.models import (
    Certificate,
    CertificateDocument,
    SigningCertificate,
    UnfinishedDocument,
)
from certificates.pdf.renderer import (
    Picture,
    Rendered,
    Renderer,
    RenderingFailed,
    default_renderer,
)
from certificates.signing import remember_certificate, sign_pdf

logger = logging.getLogger(__name__)

CONTENT_TYPE: Final = "application/pdf"
SIGNED_FOR: Final = "Issued as it stands; any change makes it another document"
# Nobody works on one document for that long.
_UNFINISHED: Final = timedelta(hours=1)
# The sweep looks at the last days every minute, and at all others slice by slice.
_RECENT: Final = timedelta(days=3)
_SWEEP_SIZE: Final = 20
_LOOK_AT: Final = 200


def ensure_document(
    certificate: Certificate, *, now: datetime, renderer: Renderer | None = None
) -> CertificateDocument:
    """The document of a certificate, made if there is none. Any number of callers get the same.

    Errors: RecordAltered, MissingLetters, RenderingFailed, SigningKeyMissing.
    """
    known = CertificateDocument.objects.filter(certificate=certificate).first()
    if known is not None:
        return known
    record = record_of(certificate)
    if record.sha256() != certificate.sha256:
        raise RecordAltered(codes.dashed(certificate.serial))
    renderer = renderer or default_renderer()
    look = look_of(certificate.design)
    rendered = renderer.render(record, pictures=pictures_for(record, look), look=look)
    signer = remember_certificate(now=now)
    signed = sign_pdf(rendered.content, reason=SIGNED_FOR, now=now)
    return _keep(
        certificate, signed.content, signer=signer, rendered=rendered, by=renderer.name, now=now
    )


def _keep(
    certificate: Certificate,
    content: bytes,
    *,
    signer: SigningCertificate,
    rendered: Rendered,
    by: str,
    now: datetime,
) -> CertificateDocument:
    """Bytes, then the row. Two workers at once have signed twice: the row decides whose bytes
    count, and the others are taken away again."""
    sha256 = hashlib.sha256(content).hexdigest()
    UnfinishedDocument.objects.create(certificate=certificate, sha256=sha256, at=now)
    file = store_bytes(content, area=StoredFile.Area.PRIVATE, content_type=CONTENT_TYPE, now=now)
    # Document and mail come together.
    with transaction.atomic():
        document, is_new = CertificateDocument.objects.get_or_create(
            certificate=certificate,
            defaults={
                "file": file,
                "sha256": sha256,
                "renderer": by if rendered.is_laid_out else f"{by}, filled",
                "page_count": rendered.page_count,
                "rendered_at": now,
                "signer": signer,
            },
        )
        if is_new:
            UnfinishedDocument.objects.filter(certificate=certificate, sha256=sha256).delete()
            _write_mail(certificate, document, now=now)
    if not is_new:
        _take_away(certificate.pk, sha256)
    return document


def _take_away(certificate_id: int, sha256: str) -> None:
    """Bytes that did not become the document. The file goes first: cut off here, it is tried
    again."""
    if not CertificateDocument.objects.filter(certificate=certificate_id, sha256=sha256).exists():
        erase(sha256, area=StoredFile.Area.PRIVATE)
    UnfinishedDocument.objects.filter(certificate=certificate_id, sha256=sha256).delete()


def sweep_unfinished(now: datetime) -> int:
    """Take away what workers left that died between the bytes and the row."""
    left = UnfinishedDocument.objects.filter(at__lt=now - _UNFINISHED).order_by("at")
    count = 0
    for row in left[:_LOOK_AT]:
        _take_away(row.certificate_id, row.sha256)
        count += 1
    return count


def _write_mail(
    certificate: Certificate, document: CertificateDocument, *, now: datetime
) -> OutgoingMail | None:
    if certificate.status != Certificate.Status.ISSUED:
        return None
    replaced = certificate.replaces
    return mail.write_mail(
        "certificate_issued" if replaced is None else "certificate_replaced",
        to_email=certificate.user.email,
        to_user_id=certificate.user.pk,
        cause=f"certificate-issued:{certificate.serial}",
        attachments=[(document.file, file_name(certificate))],
        now=now,
        certificate=certificate,
        serial=codes.dashed(certificate.serial),
        replaced=replaced,
        replaced_serial=codes.dashed(replaced.serial) if replaced is not None else "",
    )


def make_document(certificate_id: int, *, now: datetime) -> bool:
    """What the worker does: a document that cannot be made is told to the office once."""
    certificate = (
        Certificate.objects.select_related("design", "user")
        .prefetch_related("bodies")
        .get(pk=certificate_id)
    )
    try:
        ensure_document(certificate, now=now)
    except (RenderingFailed, RecordAltered) as error:
        logger.error("Certificate %s has no document: %s", certificate, error)
        _tell_office(certificate, str(error), now=now)
        return False
    return True


def _tell_office(certificate: Certificate, problem: str, *, now: datetime) -> None:
    cause = f"certificate-not-made:{certificate.serial}"
    if OutgoingMail.objects.filter(cause=cause).exists():
        return
    provider = Provider.objects.filter(pk=1).first()
    with transaction.atomic():
        audit.record(
            "certificate.document-not-made",
            subject_type="certificate",
            subject_id=certificate.serial,
            by=None,
            now=now,
            problem=problem,
        )
        if provider is not None:
            mail.write_mail(
                "certificate_not_made",
                to_email=provider.email,
                cause=cause,
                now=now,
                certificate=certificate,
                serial=codes.dashed(certificate.serial),
                problem=problem,
            )


def problem_of(certificate: Certificate) -> str:
    """Why there is no document yet, as it was told to the office; empty: it is on its way."""
    event = (
        AuditEvent.objects.filter(
            subject_type="certificate",
            subject_id=certificate.serial,
            action="certificate.document-not-made",
        )
        .order_by("-id")
        .first()
    )
    return str(json.loads(event.detail).get("problem", "")) if event else ""


def sweep_documents(now: datetime) -> int:
    """Make the documents that are missing: a queue may lose a task, a worker may die."""
    waiting = Certificate.objects.filter(
        document__isnull=True, origin=Certificate.Origin.ISSUED_HERE
    ).values_list("pk", flat=True)
    # In the order of the index of times: newest id first, a database would read the whole table.
    recent = waiting.filter(issued_at__gte=now - _RECENT).order_by("-issued_at", "-pk")
    others = waiting.filter(sweep.next_slice("documents", Certificate.objects.all()))
    ids = dict.fromkeys([*recent[:_LOOK_AT], *others.order_by("-pk")[:_LOOK_AT]])
    # Those that cannot be made (a letter without a font) must not stand in the way of the others.
    count = 0
    for certificate_id in ids:
        try:
            count += make_document(certificate_id, now=now)
        except Exception:  # A picture that is gone, a full disk: the others must not wait for it.
            logger.exception("The document of certificate %s was not made.", certificate_id)
        if count == _SWEEP_SIZE:
            break
    return count


def pictures_for(record: CertificateRecord, look: Look) -> dict[str, Picture]:
    """Signatures and logo, as far as they are kept."""
    wanted = {sha256 for _, _, sha256 in record.signatories if sha256}
    return read_pictures(wanted | ({look.settings.logo} if look.settings.logo else set()))


def read_pictures(sha256s: Iterable[str]) -> dict[str, Picture]:
    files = StoredFile.objects.filter(area=StoredFile.Area.PRIVATE, sha256__in=set(sha256s))
    return {
        file.sha256: Picture(content=file.read(), content_type=file.content_type) for file in files
    }


def file_name(certificate: Certificate) -> str:
    """Told apart from a namesake's by the number; fit for every file system."""
    return file_names.of_certificate(certificate.holder_name, certificate.serial)
