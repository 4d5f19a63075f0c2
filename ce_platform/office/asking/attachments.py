"""What may hang on a question: a picture, made anew without its hidden data, or a plain PDF."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db.models import ProtectedError

from ce_platform.core.errors import DomainError
from ce_platform.core.files import erase, store_bytes
from ce_platform.core.models import StoredFile
from courses.domain.handout import EXTENSIONS, HandoutRefused, prepare_handout

LARGEST_FILE: Final = 10_000_000
ACCEPT: Final = ".pdf,.png,.jpg,.jpeg,.webp"


class AttachmentRefused(DomainError):
    """Not a file that the office opens."""


def keep_attachment(upload: "UploadedFile[bytes]", *, now: datetime) -> tuple[StoredFile, str]:
    """(file, name). Call it outside a transaction. Errors: AttachmentRefused."""
    if (upload.size or 0) > LARGEST_FILE:
        raise AttachmentRefused(f"The file is larger than {LARGEST_FILE // 1_000_000} MB.")
    upload.seek(0)
    try:
        ready = prepare_handout(upload.read())
    except HandoutRefused as refusal:
        said = str(refusal).replace("A handout is", "Attach").replace("A handout", "An attachment")
        raise AttachmentRefused(said) from None
    file = store_bytes(
        ready.content, area=StoredFile.Area.PRIVATE, content_type=ready.content_type, now=now
    )
    return file, f"attachment.{EXTENSIONS[ready.content_type]}"


@contextmanager
def kept_attachment(
    upload: "UploadedFile[bytes] | None", *, now: datetime
) -> Iterator[tuple[StoredFile, str] | None]:
    """The same for what is written meanwhile: refused, the bytes do not stay behind either."""
    attachment = keep_attachment(upload, now=now) if upload else None
    try:
        yield attachment
    except DomainError:
        if attachment:
            drop_file(attachment[0])
        raise


def drop_file(file: StoredFile) -> None:
    """Take the bytes away unless something else still names them."""
    with suppress(ProtectedError):
        erase(file.sha256, area=StoredFile.Area(file.area))
