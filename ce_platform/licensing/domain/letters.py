"""Letters of licensing bodies and other proof, kept as it came: PDF, PNG or JPEG, private."""

from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile

from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.licensing.domain.errors import LetterRefused

LARGEST_LETTER: Final = 10_000_000
# What the bytes begin with decides; the name and the type that a browser claims do not.
KINDS: Final = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
EXTENSIONS: Final = dict(KINDS.values())


def kind_of(start: bytes) -> str:
    """The content type, or an empty text for anything else."""
    return next((kind for magic, (kind, _) in KINDS.items() if start.startswith(magic)), "")


def check_letter(upload: "UploadedFile[bytes]", *, noun: str = "letter") -> None:
    """Errors: LetterRefused. Reads the first bytes only."""
    if (upload.size or 0) > LARGEST_LETTER:
        raise LetterRefused(f"The file is larger than {LARGEST_LETTER // 1_000_000} MB.")
    upload.seek(0)
    if not kind_of(upload.read(16)):
        raise LetterRefused(f"Attach the {noun} as PDF, PNG or JPEG.")


def store_letter(upload: "UploadedFile[bytes]", *, now: datetime) -> StoredFile:
    """Keep the bytes as they are: they are evidence. Call it outside a transaction.

    Errors: LetterRefused.
    """
    check_letter(upload)
    upload.seek(0)
    content = upload.read()
    return store_bytes(
        content, area=StoredFile.Area.PRIVATE, content_type=kind_of(content[:16]), now=now
    )
