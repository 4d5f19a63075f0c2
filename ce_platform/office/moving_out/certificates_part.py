"""Certificates with their documents, transcripts, reports to licensing bodies."""

import json
from collections.abc import Iterator
from typing import Any, Final

from ce_platform.core import codes
from ce_platform.office.moving_out.kept import ending_of
from ce_platform.office.moving_out.names import file_name
from ce_platform.office.moving_out.parts import ArchivePart, Table, part_of_tables
from ce_platform.office.moving_out.people_part import PERSON
from ce_platform.office.moving_out.writing import ArchiveWriter
from certificates import file_names
from certificates.models import Certificate, CertificateBody, ReportBatch, ReportLine, Transcript

TABLES: Final = part_of_tables(
    "certificates",
    Table(
        "certificates/certificates.csv",
        "Every certificate, also revoked and replaced ones, and what was printed on it.",
        lambda: Certificate.objects.all(),
        (
            ("serial", "serial", "the number, without its dashes"),
            *PERSON,
            ("holder_name", "holder_name", "as printed"),
            ("status", "status", "issued, revoked or replaced"),
            ("status_reason", "status_reason", ""),
            ("status_changed_at", "status_changed_at", "UTC"),
            ("replaces", "replaces__serial", "the certificate in whose place it is"),
            ("origin", "origin", "issued here, or a record that was brought in"),
            ("issued_at", "issued_at", "UTC"),
            ("completed_on", "completed_on", "as printed"),
            ("course_title", "course_title", "as printed"),
            ("course_edition", "course_edition", ""),
            ("credit_hours", "credit_hours", "CE hours"),
            ("delivery", "delivery", ""),
            ("place", "place", ""),
            ("enrollment", "enrollment__uid", "learning/enrollments.csv"),
            ("verify_url", "verify_url", "printed, and in the QR code"),
            ("is_specimen", "is_specimen", "yes: of a demo, not valid"),
            ("record_sha256", "sha256", "of everything printed"),
            ("document_sha256", "document__sha256", "of the PDF in certificates/YEAR/"),
        ),
    ),
    Table(
        "certificates/bodies.csv",
        "The licensing bodies on each certificate, with their status of that day.",
        lambda: CertificateBody.objects.all(),
        (
            ("serial", "certificate__serial", "certificates/certificates.csv"),
            ("position", "position", ""),
            ("block", "block", "approved or pending"),
            ("body", "body_code", ""),
            ("body_name", "body_name", ""),
            ("status", "status", ""),
            ("number", "number", "of the course at that body"),
            ("credit_hours", "credit_hours", ""),
            ("license_number", "license_number", "of the holder"),
            ("sentence", "sentence", "as printed"),
        ),
    ),
    Table(
        "reports/lines.csv",
        "Completions owed to licensing bodies, and how each stands.",
        lambda: ReportLine.objects.all(),
        (
            ("line", "uid", ""),
            ("serial", "certificate__serial", "certificates/certificates.csv"),
            ("name", "certificate__holder_name", ""),
            ("course", "course__slug", "as in its address"),
            ("body", "body__code", ""),
            ("license_number", "license_number", ""),
            ("state", "state", ""),
            ("completed_on", "completed_on", ""),
            ("due_on", "due_on", ""),
            ("status", "status", ""),
            ("reason", "reason", ""),
            ("exported_at", "exported_at", "UTC"),
            ("batch", "batch__uid", "the file it left in: reports/batches/"),
        ),
    ),
    order=30,
)


def _documents(writer: ArchiveWriter) -> None:
    writer.describe(
        "certificates/YEAR/NAME SERIAL.pdf",
        "The signed document as it was issued; the year is that of completion. The serial tells "
        "namesakes apart.",
    )
    writer.lines(
        "certificates/certificates.jsonl",
        writer.stepping(_told()),
        about="The same as the two tables with everything else that was printed, one certificate "
        "a line; `document` is the path of its PDF.",
    )
    rows = Certificate.objects.filter(document__isnull=False)
    for certificate in (
        rows.select_related("document__file")
        .only("serial", "holder_name", "completed_on", "document__file")
        .order_by("pk")
        .iterator(chunk_size=500)
    ):
        writer.stored(path_of(certificate), certificate.document.file)
        writer.step()
    for serial in (
        # A record of an earlier system without its PDF never had one here: nothing is missing.
        Certificate.objects.filter(document__isnull=True, origin=Certificate.Origin.ISSUED_HERE)
        .order_by("pk")
        .values_list("serial", flat=True)
        .iterator(chunk_size=1000)
    ):
        writer.missing(
            f"certificates/{codes.dashed(serial)}",
            "No document was made of this certificate; all it says is in the tables.",
        )


def path_of(certificate: Certificate) -> str:
    name = file_names.of_certificate(certificate.holder_name, certificate.serial)
    return f"certificates/{certificate.completed_on.year}/{name}"


def _told() -> Iterator[dict[str, Any]]:
    columns = [
        field.name
        for field in Certificate._meta.concrete_fields
        if not field.is_relation and field.name != "id"
    ]
    certificates = Certificate.objects.select_related("document", "replaces", "enrollment", "user")
    for each in certificates.prefetch_related("bodies").order_by("pk").iterator(chunk_size=200):
        values = {name: getattr(each, name) for name in columns if not name.endswith("_json")}
        values |= {
            name.removesuffix("_json"): json.loads(getattr(each, name))
            for name in columns
            if name.endswith("_json")
        }
        yield values | {
            "person": each.user.uid,
            # None of a record that was taken over from an earlier system.
            "enrollment": each.enrollment.uid if each.enrollment else None,
            "replaces": each.replaces.serial if each.replaces else None,
            "bodies": [_body(body) for body in each.bodies.all()],
            "document": path_of(each) if hasattr(each, "document") else None,
        }


def _body(body: CertificateBody) -> dict[str, Any]:
    fields = CertificateBody._meta.concrete_fields
    return {
        field.name: getattr(body, field.name)
        for field in fields
        if not field.is_relation and field.name != "id"
    }


def _others(writer: ArchiveWriter) -> None:
    writer.describe("certificates/transcripts/NAME CODE.pdf", "Transcripts as they were made.")
    transcripts = Transcript.objects.filter(file__isnull=False).select_related("file", "user")
    for transcript in transcripts.order_by("pk").iterator(chunk_size=500):
        if transcript.file is not None:
            name = file_names.of_certificate(transcript.user.name_on_certificates, transcript.code)
            writer.stored(f"certificates/transcripts/{name}", transcript.file)
        writer.step()
    writer.describe("reports/batches/ID-NAME", "The files that went to licensing bodies.")
    batches = ReportBatch.objects.filter(file__isnull=False).select_related("file")
    for batch in batches.order_by("pk").iterator(chunk_size=500):
        if batch.file is not None:
            name = file_name(batch.file_name.rpartition(".")[0] or batch.file_name)
            writer.stored(f"reports/batches/{batch.uid}-{name}{ending_of(batch.file)}", batch.file)
        writer.step()


DOCUMENTS: Final = ArchivePart(
    "certificate-documents",
    _documents,
    count=lambda: (
        Certificate.objects.count() + Certificate.objects.filter(document__isnull=False).count()
    ),
    order=31,
)
OTHERS: Final = ArchivePart(
    "transcripts-and-reports",
    _others,
    count=lambda: (
        Transcript.objects.filter(file__isnull=False).count()
        + ReportBatch.objects.filter(file__isnull=False).count()
    ),
    order=32,
)
