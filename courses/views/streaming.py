"""Large files in pieces, and from the middle: what a player asks for when somebody seeks."""

import re
from collections.abc import Iterator
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response

from ce_platform.core.models import StoredFile

PIECE: Final = 64 * 1024
# A player asks for “everything from here” and reads on when it likes. Answered with less, as the
# standard allows, it asks again, and no thread of ours waits for a paused film.
MOST_OF_AN_OPEN_RANGE: Final = 4 * 1024 * 1024
_RANGE: Final = re.compile(r"bytes=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")


class NotInFile(Exception):
    """The range begins behind the end of the file."""


def stream_file(request: HttpRequest, file: StoredFile) -> HttpResponseBase:
    """The file, or the part of it that was asked for: 200, 206, 304, 416. For GET and HEAD.

    Several parts at once are answered with the whole: no player asks for them.
    """
    etag = f'"{file.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        unchanged["ETag"] = etag
        return unchanged
    size = file.size_bytes
    try:
        part = _part(request, etag, size)
    except NotInFile:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    start, end = part or (0, size - 1)
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse(status=206 if part else 200, content_type=file.content_type)
    else:
        answer = StreamingHttpResponse(
            _pieces(file, start, end),
            status=206 if part else 200,
            content_type=file.content_type,
        )
    answer["Content-Length"] = str(end - start + 1)
    if part:
        answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = etag
    return answer


def _part(request: HttpRequest, etag: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None: the whole. Errors: NotInFile."""
    asked = request.headers.get("Range", "")
    # Of another file of this address there can be none, but the standard is kept to.
    if not asked or request.headers.get("If-Range", etag) != etag:
        return None
    found = _RANGE.fullmatch(asked)
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:  # The last so many bytes.
        length = int(found[2])
        if not length or not size:
            raise NotInFile
        return max(0, size - length), size - 1
    start = int(found[1])
    if found[2] and int(found[2]) < start:
        return None  # Not a range at all: it is passed over.
    if start >= size:
        raise NotInFile
    end = int(found[2]) if found[2] else start + MOST_OF_AN_OPEN_RANGE - 1
    return start, min(end, size - 1)


def _pieces(file: StoredFile, start: int, end: int) -> Iterator[bytes]:
    with file.storage.open(file.path) as opened:
        opened.seek(start)
        left = end - start + 1
        while left > 0:
            piece = opened.read(min(PIECE, left))
            if not piece:
                return
            left -= len(piece)
            yield piece
