"""The verdict on a PDF: is it, byte for byte, a document that we issued?

The hash decides. A file that is not ours is read, in a process apart, only to find out which
certificate it speaks of, so that whoever holds it can compare.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from ce_platform.core.errors import DomainError
from certificates.checking.apart import Seen, Signature, read_apart, signatures_of
from certificates.checking.differences import Differences, differences
from certificates.checking.reading import text_of
from certificates.domain.designs import look_of
from certificates.domain.record import record_of
from certificates.models import Certificate, CertificateDocument, Transcript
from certificates.sample import SAMPLE_SERIAL
from certificates.sheet import make_sheet

LARGEST_FILE: Final = 10_000_000
# Our own files end two or three revisions; a file with more is not read to its end for ours.
_MOST_ENDS: Final = 40
_END: Final = b"%%EOF"
_BLANK: Final = b"\x00\t\n\x0c\r "
_MOST_CERTIFICATES: Final = 20
# Reading a document of ours takes some tenths of a second; behind these, the facts must be enough.
_MOST_READ: Final = 4

GENUINE: Final = "genuine"
ADDED_TO: Final = "added-to"
ALTERED: Final = "altered"
SEVERAL: Final = "several"
SPECIMEN: Final = "specimen"
NOT_OURS: Final = "not-ours"


class FileRefused(DomainError):
    """There is nothing to give a verdict on."""


@dataclass(frozen=True)
class Spoken:
    """One of several certificates that a file speaks of."""

    certificate: Certificate
    differences: Differences | None
    """None: its number is not printed, so there is nothing to compare with."""


@dataclass(frozen=True)
class Checked:
    verdict: str
    """genuine | added-to | altered | several | specimen | not-ours"""
    sha256: str
    """Of the file."""
    size_bytes: int
    certificate: Certificate | None = None
    """The one that the file is, or speaks of."""
    transcript: Transcript | None = None
    """The same when it is a transcript."""
    others: tuple[Spoken, ...] = ()
    """When it speaks of several: all of them. With a transcript: those that are printed."""
    differences: Differences | None = None
    signatures: tuple[Signature, ...] | None = None
    """None: they could not be read."""
    has_blank_end: bool = False
    """Genuine, with blank bytes after its end, as some mail programs add them."""


def check_file(content: bytes) -> Checked:
    """Reads only. Errors: FileRefused, Busy."""
    if not content:
        raise FileRefused("The file is empty.")
    if len(content) > LARGEST_FILE:
        raise FileRefused(TOO_LARGE)
    if b"%PDF-" not in content[:1024]:
        raise FileRefused(
            "This is not a PDF. A photo or a scan proves nothing: type the number that is printed "
            "on the certificate instead."
        )
    sha256 = hashlib.sha256(content).hexdigest()
    issued, end = _issued_within(content, sha256)
    if issued is not None and not content[end:].strip(_BLANK):
        return Checked(
            verdict=GENUINE,
            sha256=sha256,
            size_bytes=len(content),
            certificate=issued if isinstance(issued, Certificate) else None,
            transcript=issued if isinstance(issued, Transcript) else None,
            signatures=_signatures(issued, content[:end]),
            has_blank_end=end < len(content),
        )
    seen = read_apart(content)
    if seen.is_encrypted:
        raise FileRefused(
            "This file is locked with a password. Our certificates never are; ask for the file as "
            "it was issued, or type the number that is printed on it."
        )
    transcript = issued if isinstance(issued, Transcript) else None
    certificates = [issued] if isinstance(issued, Certificate) else []
    is_sample = False
    if issued is None:
        # What is printed decides. A number that nobody sees, in the properties of the file or
        # behind a link, could otherwise turn the comparison off.
        for numbers in (seen.printed, seen.numbers):
            # A transcript also names the certificates in it; its own number tells what it is.
            transcript = _transcript_among(numbers)
            certificates = [] if transcript is not None else _certificates_among(numbers)
            is_sample = SAMPLE_SERIAL in numbers
            if transcript is not None or certificates or is_sample:
                break
    if transcript is not None or len(certificates) == 1:
        certificate = certificates[0] if certificates else None
        return Checked(
            verdict=ALTERED if issued is None else ADDED_TO,
            sha256=sha256,
            size_bytes=len(content),
            certificate=certificate,
            transcript=transcript,
            others=_others(seen, _certificates_among(seen.printed)) if transcript else (),
            differences=_differences(seen, certificate) if certificate else None,
            signatures=seen.signatures,
        )
    return Checked(
        verdict=SEVERAL if certificates else SPECIMEN if is_sample else NOT_OURS,
        sha256=sha256,
        size_bytes=len(content),
        others=_others(seen, certificates),
        signatures=seen.signatures,
    )


def _signatures(issued: Certificate | Transcript, content: bytes) -> tuple[Signature, ...] | None:
    """What we made ourselves needs no process apart; the PDF of an earlier system is a stranger's,
    although we keep it."""
    if isinstance(issued, Certificate) and issued.is_imported:
        return read_apart(content).signatures
    return signatures_of(content)


TOO_LARGE: Final = (
    f"The file is larger than {LARGEST_FILE // 1_000_000} MB. A certificate of ours never is; "
    "type the number that is printed on it instead."
)


def _issued_within(content: bytes, sha256: str) -> tuple[Certificate | Transcript | None, int]:
    """What the file is, or begins with, and where that ends."""
    beginnings = {sha256: len(content)} | dict(_beginnings(content))
    found: dict[str, Certificate | Transcript] = {}
    for document in CertificateDocument.objects.select_related(
        "certificate__design", "certificate__replaced_by", "file", "signer"
    ).filter(sha256__in=beginnings):
        found[document.sha256] = document.certificate
    for transcript in Transcript.objects.filter(file_sha256__in=beginnings, made_at__isnull=False):
        found[transcript.file_sha256] = transcript
    if not found:
        return None, 0
    longest = max(found, key=beginnings.__getitem__)
    return found[longest], beginnings[longest]


def _beginnings(content: bytes) -> Iterator[tuple[str, int]]:
    """SHA-256 and length of everything that may be a whole PDF with something behind it."""
    digest, done = hashlib.sha256(), 0
    at = content.find(_END)
    for _ in range(_MOST_ENDS):
        if at < 0:
            return
        end = at + len(_END)
        digest.update(content[done:end])
        done = end
        yield digest.hexdigest(), end
        for line_end in (b"\n", b"\r\n", b"\r"):
            if content.startswith(line_end, end):
                longer = digest.copy()
                longer.update(line_end)
                yield longer.hexdigest(), end + len(line_end)
        at = content.find(_END, end)


def _transcript_among(numbers: Collection[str]) -> Transcript | None:
    return Transcript.objects.filter(code__in=numbers, made_at__isnull=False).first()


def _certificates_among(numbers: Collection[str]) -> list[Certificate]:
    return list(
        Certificate.objects.select_related(
            "design", "replaced_by", "document__file", "document__signer"
        )
        .filter(serial__in=numbers)
        .order_by("pk")[:_MOST_CERTIFICATES]
    )


def _others(seen: Seen, certificates: Sequence[Certificate]) -> tuple[Spoken, ...]:
    """Of each, what is missing. Strange words are those of the others, and tell nothing here."""
    return tuple(
        Spoken(
            certificate,
            replace(
                _differences(seen, certificate, is_read=place < _MOST_READ),
                strange=(),
                has_more_strange=False,
            )
            if certificate.serial in seen.printed
            else None,
        )
        for place, certificate in enumerate(certificates)
    )


def _differences(seen: Seen, certificate: Certificate, *, is_read: bool = True) -> Differences:
    return differences(
        seen.text,
        sheet=make_sheet(record_of(certificate), look=look_of(certificate.design)),
        issued_text=_issued_text(certificate) if is_read else None,
    )


def _issued_text(certificate: Certificate) -> str | None:
    if certificate.is_imported:
        return None  # Not made by us, so not safe to be read here; the facts must be enough.
    document = getattr(certificate, "document", None)
    # The stored file may be gone, or unreadable: then the facts of the record must be enough.
    with suppress(Exception):
        return text_of(document.file.read()) if document is not None else None
    return None
