"""Documents laid out by WeasyPrint from one HTML string and a closed table of our own files.

The engine sees nothing else: asking for any other address ends the rendering.
"""

import atexit
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from ce_platform.core.errors import DomainError

FONTS: Final = Path(settings.BASE_DIR) / "static" / "fonts" / "pdf"
Files = Mapping[str, tuple[bytes, str]]
"""Address → content and type."""

# One rendering at a time per process, and one font configuration per thread: the layout library
# underneath is not made to be shared, and a fresh configuration for every page leaks memory.
# Web processes never render; the worker has few threads.
rendering = threading.Lock()
_of_thread = threading.local()
# The configuration frees what C code holds; after the interpreter's own tidying it could not.
atexit.register(_of_thread.__dict__.clear)


class RenderingFailed(DomainError):
    """The page could not be made as it must be; nothing was kept."""


def render_html(html: str, *, css: Sequence[str], files: Files, identifier: bytes) -> bytes:
    """A tagged PDF; the same input gives the same bytes. `identifier` tells documents apart.

    Errors: RenderingFailed.
    """
    from weasyprint import CSS, HTML
    from weasyprint.urls import FatalURLFetchingError

    table = {**font_files(), **files}
    with rendering, no_complaints():
        try:
            fetcher = closed_fetcher(table)
            styles = [CSS(string=each, font_config=fonts(), url_fetcher=fetcher) for each in css]
            document = HTML(string=html, url_fetcher=fetcher).render(
                font_config=fonts(), stylesheets=styles
            )
        except FatalURLFetchingError as error:
            raise RenderingFailed(
                f"The page asked for something that is not ours: {error}"
            ) from error
        return bytes(document.write_pdf(pdf_tags=True, pdf_identifier=identifier[:16]) or b"")


def fonts() -> Any:
    """The font configuration of this thread."""
    if not hasattr(_of_thread, "fonts"):
        from weasyprint.text.fonts import FontConfiguration

        _of_thread.fonts = FontConfiguration()
    return _of_thread.fonts


@lru_cache(maxsize=1)
def font_files() -> dict[str, tuple[bytes, str]]:
    """Our fonts for paper, as `asset:<file name>`."""
    return {f"asset:{path.name}": (path.read_bytes(), "font/ttf") for path in FONTS.glob("*.ttf")}


class _Complaints(logging.Handler):
    """Whatever the engine only logs, such as a picture it could not read, must not be printed."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def no_complaints() -> Iterator[None]:
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.addHandler(complaints)
    try:
        yield
    finally:
        logger.removeHandler(complaints)
    if complaints.lines:
        raise RenderingFailed("; ".join(complaints.lines)[:400])


def closed_fetcher(files: Files) -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class ClosedFetcher(URLFetcher):
        """Hands out our own files by name, knows no other address and no protocol."""

        def __init__(self) -> None:
            # Not the base class's: it would open handlers for http, ftp and files.
            self._fail_on_errors = True

        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in files:
                raise ValueError("not in the table of our own files")
            content, content_type = files[url]
            return URLFetcherResponse(url, BytesIO(content), {"Content-Type": content_type})

        def open(self, *args: Any, **kwargs: Any) -> Any:
            raise ValueError("not in the table of our own files")

    return ClosedFetcher()
