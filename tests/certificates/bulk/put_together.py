"""Bundles as a test asks for them, and as a person unpacks them."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from pypdf import PdfWriter

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from certificates.bulk.bundles import start_bundle
from certificates.bulk.selection import Selection
from certificates.models import Certificate, CertificateBundle, CertificateDocument
from tests.factories.accounts import UserFactory
from tests.factories.certificates import NOW, make_certificate

Kind = CertificateBundle.Kind
Order = CertificateBundle.Order


def named(name: str, *, page_count: int = 1, **values: Any) -> Certificate:
    """A certificate with a document of empty pages, each as wide as the certificate has an id."""
    certificate = make_certificate(user=UserFactory(name_on_certificates=name), **values)
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(page_count):
        writer.add_blank_page(width=1000 + certificate.pk, height=612)
    writer.write(out)
    give_document(certificate, out.getvalue())
    return certificate


def give_document(certificate: Certificate, content: bytes) -> CertificateDocument:
    file = store_bytes(
        content, area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=NOW
    )
    return CertificateDocument.objects.create(
        certificate=certificate,
        file=file,
        sha256=file.sha256,
        renderer="plain 1",
        page_count=1,
        rendered_at=NOW,
    )


def asked(
    by: User, selection: Selection | None = None, *, kind: Kind = Kind.ZIP, **options: Any
) -> CertificateBundle:
    """Asked for, not made yet: nothing runs before the transaction of a test ends."""
    options = {"once": uuid4(), "order": Order.NAME, "now": NOW} | options
    return start_bundle(selection or Selection(), kind=kind, by=by, **options)


def made(bundle: CertificateBundle, now: datetime = NOW) -> CertificateBundle:
    jobs.run(bundle.job_id, now=now)
    return CertificateBundle.objects.select_related("job", "file").get(pk=bundle.pk)


def content_of(bundle: CertificateBundle) -> bytes:
    assert bundle.file is not None, bundle.job.error
    return bundle.file.read()


def unpacked(bundle: CertificateBundle) -> dict[str, bytes]:
    """Path inside the folder → content."""
    with ZipFile(io.BytesIO(content_of(bundle))) as archive:
        found = [(name.split("/", 1), archive.read(name)) for name in archive.namelist()]
    assert {folder for (folder, _), _ in found} == {bundle.name}
    return {path: content for (_, path), content in found}


def lines(content: bytes) -> Sequence[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
