"""Certificates laid out by WeasyPrint.

The engine sees one HTML string and a closed table of our own files: fonts, ornament, signatures,
the QR code. Asking for anything else ends the rendering.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string

from ce_platform.core import pdf
from certificates.domain.record import CertificateRecord
from certificates.pdf import lettering
from certificates.pdf.qr import qr_svg
from certificates.pdf.renderer import MissingLetters, Picture, Rendered, RenderingFailed
from certificates.sheet import Sheet, make_sheet, tighter

STATIC: Final = Path(settings.BASE_DIR) / "static"
DESIGN: Final = "certificates/designs/1"
STYLES: Final = (
    STATIC / "css" / "certificate-design-1.css",
    Path(settings.BASE_DIR) / "templates" / DESIGN / "print.css",
)
ORNAMENT: Final = {
    "asset:border.svg": STATIC / "img" / "certificate-border.svg",
    "asset:medallion.svg": STATIC / "img" / "certificate-medallion.svg",
}
_PICTURE_TYPES: Final = {"image/png", "image/jpeg", "image/svg+xml"}


class WeasyRenderer:
    @property
    def name(self) -> str:
        from importlib.metadata import version

        return f"weasyprint {version('weasyprint')}"

    def render(
        self, record: CertificateRecord, *, pictures: Mapping[str, Picture], logo: str = ""
    ) -> Rendered:
        with pdf.rendering():
            page = lay_out(record, pictures=pictures, logo=logo)
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
    record: CertificateRecord, *, pictures: Mapping[str, Picture], logo: str = ""
) -> LaidOut:
    """The document, set as tightly as its words ask for. Call it within `pdf.rendering()`.

    Errors: MissingLetters, RenderingFailed.
    """
    files = dict(_own_files())
    addresses = {}
    for sha256, picture in pictures.items():
        if picture.content_type in _PICTURE_TYPES:
            addresses[sha256] = f"asset:picture-{sha256}"
            files[addresses[sha256]] = (picture.content, picture.content_type)
    if record.verify_url:
        files["asset:qr.svg"] = (qr_svg(record.verify_url).encode(), "image/svg+xml")
    sheet = make_sheet(record, pictures=addresses)
    letters = lettering.unprintable_letters(sheet.all_texts())
    if letters:
        raise MissingLetters(letters)
    document = _lay_out(sheet, files=files, logo=addresses.get(logo, ""))
    while not _fits(document, sheet):
        next_sheet = tighter(sheet, pictures=addresses)
        if next_sheet is None:
            raise RenderingFailed("The words do not fit on the page.")
        sheet = next_sheet
        document = _lay_out(sheet, files=files, logo=addresses.get(logo, ""))
    return LaidOut(document, sheet)


def _fits(document: Any, sheet: Sheet) -> bool:
    """The first page holds all of its words: what overflows would start a second one."""
    if not sheet.is_continued:
        return len(document.pages) == 1
    return len(document.pages) > 1 and "continued" in document.pages[1].anchors


def _lay_out(sheet: Sheet, *, files: Mapping[str, tuple[bytes, str]], logo: str) -> Any:
    html = render_to_string(
        f"{DESIGN}/document.html",
        {
            "sheet": sheet,
            "logo": logo,
            "qr": "asset:qr.svg" if "asset:qr.svg" in files else "",
            "stamp": sheet.record.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )
    stylesheets = pdf.styles(*STYLES, files=_own_files())
    return pdf.lay_out(html, files=files, stylesheets=stylesheets)


@lru_cache(maxsize=1)
def _own_files() -> dict[str, tuple[bytes, str]]:
    table = {url: (path.read_bytes(), "image/svg+xml") for url, path in ORNAMENT.items()}
    for face in lettering.FACES:
        table[f"asset:{face}"] = ((lettering.FOLDER / face).read_bytes(), "font/ttf")
    return table
