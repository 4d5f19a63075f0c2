"""Certificates laid out by WeasyPrint.

The engine sees one HTML string and a closed table of our own files: fonts, ornament, signatures,
the QR code. Asking for anything else ends the rendering.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.template.loader import render_to_string

from ce_platform.core import pdf
from certificates.domain.record import CertificateRecord
from certificates.look import DEFAULT, Look
from certificates.pdf import lettering
from certificates.pdf.files import STYLES, ornament_of
from certificates.pdf.qr import qr_svg
from certificates.pdf.renderer import MissingLetters, Picture, Rendered, RenderingFailed
from certificates.sheet import Sheet, make_sheet, tighter

_PICTURE_TYPES: Final = {"image/png", "image/jpeg", "image/svg+xml"}


class WeasyRenderer:
    @property
    def name(self) -> str:
        from importlib.metadata import version

        return f"weasyprint {version('weasyprint')}"

    def render(
        self, record: CertificateRecord, *, pictures: Mapping[str, Picture], look: Look = DEFAULT
    ) -> Rendered:
        with pdf.rendering():
            page = lay_out(record, pictures=pictures, look=look)
            content = page.document.write_pdf(**options_of(record))
        return Rendered(content=content, page_count=len(page.document.pages))


@dataclass(frozen=True)
class LaidOut:
    document: Any
    sheet: Sheet


def options_of(record: CertificateRecord) -> dict[str, Any]:
    return {"pdf_tags": True, "pdf_identifier": identifier_of(record)}


def identifier_of(record: CertificateRecord) -> bytes:
    return bytes.fromhex(record.sha256())[:16]


def lay_out(
    record: CertificateRecord, *, pictures: Mapping[str, Picture], look: Look = DEFAULT
) -> LaidOut:
    """The document, set as tightly as its words ask for. Call it within `pdf.rendering()`.

    Errors: MissingLetters, RenderingFailed.
    """
    files = dict(own_files(look))
    addresses = {}
    for sha256, picture in pictures.items():
        if picture.content_type in _PICTURE_TYPES:
            addresses[sha256] = f"asset:picture-{sha256}"
            files[addresses[sha256]] = (picture.content, picture.content_type)
    if record.verify_url:
        files["asset:qr.svg"] = (qr_svg(record.verify_url).encode(), "image/svg+xml")
    sheet = make_sheet(record, look=look, pictures=addresses)
    letters = lettering.unprintable_letters(sheet.all_texts())
    if letters:
        raise MissingLetters(letters)
    logo = addresses.get(look.settings.logo, "")
    document = _lay_out(sheet, files=files, logo=logo)
    while not _fits(document, sheet):
        next_sheet = tighter(sheet, pictures=addresses)
        if next_sheet is None:
            raise RenderingFailed("The words do not fit on the page.")
        sheet = next_sheet
        document = _lay_out(sheet, files=files, logo=logo)
    return LaidOut(document, sheet)


def _fits(document: Any, sheet: Sheet) -> bool:
    """The first page holds all of its words: what overflows would start a second one."""
    if not sheet.is_continued:
        return len(document.pages) == 1
    return len(document.pages) > 1 and "continued" in document.pages[1].anchors


def _lay_out(sheet: Sheet, *, files: Mapping[str, tuple[bytes, str]], logo: str) -> Any:
    html = render_to_string(
        f"{sheet.look.template}/document.html",
        {
            "sheet": sheet,
            "logo": logo,
            "qr": "asset:qr.svg" if "asset:qr.svg" in files else "",
            "stamp": sheet.record.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )
    stylesheets = pdf.styles(*STYLES[sheet.look.template], files=own_files(sheet.look))
    return pdf.lay_out(html, files=files, stylesheets=stylesheets)


@lru_cache(maxsize=8)
def own_files(look: Look) -> dict[str, tuple[bytes, str]]:
    """Fonts and ornament, by the addresses that the pages of this look name."""
    drawings = {url: (drawing, "image/svg+xml") for url, drawing in ornament_of(look).items()}
    return {**pdf.font_files(), **drawings}
