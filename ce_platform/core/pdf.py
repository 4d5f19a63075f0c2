"""What every PDF of ours shares: one rendering at a time, our own fonts, nothing from outside.

The engine sees one HTML string and a closed table of our own files. Asking for anything else ends
the rendering. WeasyPrint is imported where it is needed: it is slow to load, and web processes
never render.
"""

import atexit
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from ce_platform.core.errors import DomainError

FONT_FOLDER: Final = Path(settings.BASE_DIR) / "static" / "fonts" / "pdf"
Files = Mapping[str, tuple[bytes, str]]
"""Content and type by the address that the page names."""

# One rendering at a time per process, and one font configuration per thread: the layout library
# underneath is not made to be shared, and a fresh configuration for every page leaks memory.
# Web processes never render; the worker has few threads.
_lock = threading.Lock()
_of_thread = threading.local()
# The configuration frees what C code holds; after the interpreter's own tidying it could not.
atexit.register(_of_thread.__dict__.clear)


class RenderingFailed(DomainError):
    """The page could not be made as it must be; nothing was kept."""


@contextmanager
def rendering() -> Iterator[None]:
    """Alone in this process, and only if the engine has nothing to complain about.

    Errors: RenderingFailed.
    """
    with _lock, _no_complaints():
        yield


def fonts() -> Any:
    """The font configuration of this thread."""
    if not hasattr(_of_thread, "fonts"):
        from weasyprint.text.fonts import FontConfiguration

        _of_thread.fonts = FontConfiguration()
    return _of_thread.fonts


@lru_cache(maxsize=1)
def font_files() -> dict[str, tuple[bytes, str]]:
    """All our fonts for paper, as `asset:<file name>`."""
    return {
        f"asset:{path.name}": (path.read_bytes(), "font/ttf") for path in FONT_FOLDER.glob("*.ttf")
    }


def styles(*paths: Path, files: Files) -> list[Any]:
    """Style sheets, parsed once per thread: they belong to its font configuration."""
    kept = _of_thread.__dict__.setdefault("styles", {})
    if paths not in kept:
        from weasyprint import CSS

        fetcher = closed_fetcher(files)
        kept[paths] = [
            CSS(
                string=path.read_text(encoding="utf-8"),
                font_config=fonts(),
                url_fetcher=fetcher,
            )
            for path in paths
        ]
    return list(kept[paths])


def lay_out(html: str, *, files: Files, stylesheets: list[Any]) -> Any:
    """The laid-out document; `write_pdf` gives its bytes. Errors: RenderingFailed."""
    from weasyprint import HTML
    from weasyprint.urls import FatalURLFetchingError

    try:
        page = HTML(string=html, url_fetcher=closed_fetcher(files))
        return page.render(font_config=fonts(), stylesheets=stylesheets)
    except FatalURLFetchingError as error:
        raise RenderingFailed(f"The page asked for something that is not ours: {error}") from error


class _Complaints(logging.Handler):
    """Whatever the engine only logs, such as a picture it could not read, must not be printed."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _no_complaints() -> Iterator[None]:
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
