"""The background job: reads a hundred certificates at a time, writes piece by piece, and keeps the
file when it is whole. Cut off at any moment it starts again; PDFs that it made on the way are kept
with their certificates and not made anew."""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import IO, Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from ce_platform.accounts.models import zone_named
from ce_platform.core import audit, keeping, mail
from ce_platform.core.csv_text import csv_lines
from ce_platform.core.errors import DomainError
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import Provider, StoredFile
from ce_platform.core.text import canonical_json, fold
from ce_platform.core.zips import PackWriter, Spool
from certificates.bulk.bundles import KIND, SUBJECT, NothingToMake, kept_for, selection_of
from certificates.bulk.selection import MOST_CERTIFICATES
from certificates.bulk.sheets import SheetWriter
from certificates.bulk.table import COLUMNS, line_of
from certificates.domain.documents import ensure_document, file_name
from certificates.models import Certificate, CertificateBundle

__all__ = ["KIND", "make_in_background"]

logger = logging.getLogger(__name__)

CONTENT_TYPES: Final = {
    CertificateBundle.Kind.ZIP: "application/zip",
    CertificateBundle.Kind.PAPER: "application/pdf",
    CertificateBundle.Kind.TABLE: "text/csv; charset=utf-8",
}
INDEX: Final = "index.csv"
NOT_VALID: Final = "revoked or replaced"
"""A folder: whoever hands out what is in a zip should not hand out these."""
PAGE_SIZE: Final = 100
QUERIES_PER_PAGE: Final = 2
MOST_NAMED: Final = 200
"""Of those that are missing; all of them stand in the index of a zip."""
# A write for each certificate would stand in the way of everybody else's on SQLite.
_SAY_EVERY: Final = 0.5


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    bundle = CertificateBundle.objects.get(uid=parameters["bundle"])
    if bundle.made_at is not None:
        return  # It was done, and the worker died before it could say so.
    keeping.discard(bundle, bundle.unfinished_sha256)
    provider = Provider.objects.filter(pk=1).first()
    zone = zone_named(provider.time_zone if provider else "UTC")
    with timezone.override(zone), keeping.nameless_file() as file:
        making = _Making(bundle, file)
        counts = making.write(progress)
        keeping.keep(
            bundle,
            file,
            content_type=CONTENT_TYPES[CertificateBundle.Kind(bundle.kind)],
            kept_for=kept_for(),
            progress=progress,
            tell=lambda stored, now: _tell(bundle, stored, counts, now),
            missing_json=canonical_json(making.missing),
            **counts,
        )


class _Making:
    """One bundle on its way into a file."""

    def __init__(self, bundle: CertificateBundle, file: IO[bytes]) -> None:
        self.bundle = bundle
        self.file = file
        self.missing: list[list[str]] = []
        self._missing_count = 0
        self._page_count: int | None = None

    def write(self, progress: JobProgress) -> dict[str, Any]:
        ids = ids_of(self.bundle)
        if not ids:
            raise NothingToMake("There is no certificate left to put into this file.")
        progress.total(len(ids))
        pace = _Pace(progress)
        certificates = pace.counted(_in_order(ids))
        match self.bundle.kind:
            case CertificateBundle.Kind.ZIP:
                self._write_zip(certificates, keeping.keep_alive(progress))
            case CertificateBundle.Kind.PAPER:
                self._write_paper(certificates)
            case CertificateBundle.Kind.TABLE:
                self.file.writelines(csv_lines(COLUMNS, map(line_of, certificates)))
        pace.flush()
        return {
            "certificate_count": len(ids),
            "missing_count": self._missing_count,
            "page_count": self._page_count,
        }

    def _write_zip(self, certificates: Iterator[Certificate], alive: Callable[[], None]) -> None:
        place = keeping.workplace()
        writer = PackWriter(
            self.file, folder=self.bundle.name, at=timezone.localtime(), workplace=place
        )
        with closing(Spool(place)) as lines, closing(writer):
            for certificate in certificates:
                path, why = name_in_zip(certificate), ""
                try:
                    content = document_bytes(certificate)
                except DomainError as error:
                    path, why = "", str(error)
                    self._miss(certificate, why)
                else:
                    writer.content(path, content, is_packed=True)
                lines.add([*map(_text, line_of(certificate)), path, why])
            with writer.opened(INDEX) as out:
                for line in csv_lines((*COLUMNS, "File", "Why there is no file"), lines):
                    alive()
                    out.write(line)
            writer.finish()

    def _write_paper(self, certificates: Iterator[Certificate]) -> None:
        sheets = SheetWriter(self.file, has_blank_backs=self.bundle.has_blank_backs)
        for certificate in certificates:
            try:
                sheets.add(document_bytes(certificate))
            except DomainError as error:
                self._miss(certificate, str(error))
        if not sheets.page_count:
            raise NothingToMake("None of these certificates has a PDF that could be printed.")
        sheets.finish()
        self._page_count = sheets.page_count

    def _miss(self, certificate: Certificate, why: str) -> None:
        self._missing_count += 1
        if len(self.missing) < MOST_NAMED:
            self.missing.append([certificate.serial, certificate.holder_name, why])


class _Pace:
    """Counts what is done, and says so twice a second at most."""

    def __init__(self, progress: JobProgress) -> None:
        self._progress = progress
        self._unsaid = 0
        self._said = time.monotonic()

    def counted(self, certificates: Iterator[Certificate]) -> Iterator[Certificate]:
        """One is done when the next is asked for."""
        for certificate in certificates:
            yield certificate
            self._unsaid += 1
            if time.monotonic() - self._said > _SAY_EVERY:
                self.flush()

    def flush(self) -> None:
        self._progress.advance(self._unsaid)
        self._unsaid, self._said = 0, time.monotonic()


# ---------------------------------------------------------------- which, and in what order


def ids_of(bundle: CertificateBundle) -> list[int]:
    """In the order that was asked for. Some numbers for each are held in memory, no more."""
    found = selection_of(bundle).certificates()
    found = found.filter(pk__lte=json.loads(bundle.parameters)["newest"])
    if not bundle.has_invalid:
        found = found.filter(status=Certificate.Status.ISSUED)
    rows = found.order_by("pk").values_list(
        "pk", "holder_name", "licenses_json", "completed_on", "serial"
    )[:MOST_CERTIFICATES]
    keys: dict[int, tuple[Any, ...]] = {}
    for pk, name, licenses_json, day, serial in rows.iterator(chunk_size=1000):
        named = (fold(name), serial)
        match bundle.order:
            case CertificateBundle.Order.LICENSE:
                # Who has none comes last.
                first = next(iter(json.loads(licenses_json)), None)
                keys[pk] = (first is None, *(fold(each) for each in (first or ())[1:]), *named)
            case CertificateBundle.Order.DAY:
                keys[pk] = (day, *named)
            case _:
                keys[pk] = named
    return sorted(keys, key=keys.__getitem__)


def _in_order(ids: list[int]) -> Iterator[Certificate]:
    for start in range(0, len(ids), PAGE_SIZE):
        yield from page_of(ids[start : start + PAGE_SIZE])


def page_of(ids: list[int]) -> list[Certificate]:
    """With all that a line and a file need. See `QUERIES_PER_PAGE`."""
    rows: QuerySet[Certificate] = Certificate.objects.select_related(
        "user", "design", "document__file", "replaces", "replaced_by"
    ).prefetch_related("bodies")
    by_id = rows.in_bulk(ids)
    return [by_id[pk] for pk in ids]


# ---------------------------------------------------------------- the PDFs


class NoBytes(DomainError):
    """A certificate without a PDF that could be given away."""


def document_bytes(certificate: Certificate) -> bytes:
    """The PDF as issued; made now if it never was.

    Errors: NoBytes and those of `ensure_document`, with a sentence for the index.
    """
    document = getattr(certificate, "document", None)
    if document is None:
        if certificate.origin == Certificate.Origin.IMPORTED:
            raise NoBytes("A record taken over from earlier files; it has no PDF here.")
        try:
            document = ensure_document(certificate, now=timezone.now())
        except DomainError:
            raise
        except Exception as error:  # A picture that is gone: the others must not wait for it.
            logger.exception("The document of certificate %s was not made.", certificate)
            raise NoBytes("The PDF could not be made; the log of the server says why.") from error
        # For the line about it.
        certificate.document = document
    try:
        content = document.file.read()
    except FileNotFoundError as error:
        raise NoBytes("The PDF is on record, but its bytes are not there.") from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise NoBytes("The stored PDF is not the one that was issued: its SHA-256 differs.")
    return content


def name_in_zip(certificate: Certificate) -> str:
    name = file_name(certificate)
    return name if certificate.status == Certificate.Status.ISSUED else f"{NOT_VALID}/{name}"


def _text(value: Any) -> Any:
    return value if isinstance(value, str | int) else str(value)


# ---------------------------------------------------------------- saying so


def _tell(
    bundle: CertificateBundle, stored: StoredFile, counts: dict[str, Any], now: datetime
) -> None:
    audit.record(
        "certificate-bundle.made",
        subject_type=SUBJECT,
        subject_id=bundle.uid,
        by=None,
        now=now,
        sha256=stored.sha256,
        size_bytes=stored.size_bytes,
        **counts,
    )
    mail.write_mail(
        "certificates_ready",
        to_email=bundle.created_by_label,
        to_user_id=bundle.created_by_id,
        cause=f"certificates-ready:{bundle.uid.hex}",
        now=now,
        bundle=bundle,
        kept_until=now + kept_for(),
        url=bundle.get_absolute_url(),
        **counts,
    )
