"""The one door to whatever draws PDFs."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from ce_platform.core.pdf import RenderingFailed
from certificates.domain.record import CertificateRecord
from certificates.look import DEFAULT, Look

__all__ = [
    "MissingLetters",
    "Picture",
    "Rendered",
    "Renderer",
    "RenderingFailed",
    "default_renderer",
]


@dataclass(frozen=True)
class Picture:
    content: bytes
    content_type: str


@dataclass(frozen=True)
class Rendered:
    content: bytes
    page_count: int
    is_laid_out: bool = True
    """False: a page of the same kind was filled."""


class MissingLetters(RenderingFailed):
    """No font on this machine has these letters; boxes are never printed."""

    def __init__(self, letters: list[str]) -> None:
        self.letters = letters
        shown = " ".join(letters[:20])
        super().__init__(
            f"No installed font has these letters: {shown}. Install a font that has them, and "
            "the document is made within a minute; or correct the text that contains them."
        )


class Renderer(Protocol):
    @property
    def name(self) -> str:
        """Kept with every document, e.g. "weasyprint 70.0"."""
        ...

    def render(
        self, record: CertificateRecord, *, pictures: Mapping[str, Picture], look: Look = DEFAULT
    ) -> Rendered:
        """The same record and look give the same bytes. `pictures` by SHA-256; the logo of the
        look is one of them.

        Errors: MissingLetters, RenderingFailed.
        """
        ...


@lru_cache(maxsize=1)
def default_renderer() -> Renderer:
    """One per process: it keeps pages that can be filled again."""
    from certificates.pdf.many import FillingRenderer  # pulls in the template engine

    return FillingRenderer()
