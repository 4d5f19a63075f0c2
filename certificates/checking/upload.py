"""A stranger's file on its way in: held in memory, never on a disk, and not more than one."""

from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from certificates.checking.check import LARGEST_FILE, TOO_LARGE, FileRefused

FIELD: Final = "file"
# A browser that is cut off while it sends shows an error of its own instead of our sentence, so
# what is too large is read on and thrown away, up to here.
LARGEST_REQUEST: Final = 6 * LARGEST_FILE


def sent_file(request: HttpRequest) -> bytes:
    """Errors: FileRefused. The view must not ask for `POST` before."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
        raise FileRefused(TOO_LARGE)
    handler = OneFileInMemory(request)
    request.upload_handlers = [handler]
    sent = request.FILES.get(FIELD)
    if handler.is_too_large:
        raise FileRefused(TOO_LARGE)
    if sent is None:
        raise FileRefused("Choose the PDF of a certificate first.")
    content: bytes = sent.read()
    return content


class OneFileInMemory(FileUploadHandler):
    """The first file of the field; every other one is skipped."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.is_too_large = False
        self._pieces: list[bytes] | None = None
        self._size = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.field_name != FIELD or self._pieces is not None:
            raise SkipFile
        self._pieces = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > LARGEST_FILE:
            self.is_too_large = True
            self._pieces = []
            raise SkipFile
        if self._pieces is not None:
            self._pieces.append(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        if self.is_too_large or self._pieces is None or self.field_name != FIELD:
            return None
        return SimpleUploadedFile(
            self.file_name or "file.pdf", b"".join(self._pieces), self.content_type or ""
        )
