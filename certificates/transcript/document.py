"""A transcript as pages: portrait letter, in the visual family of the certificate, and signed."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from ce_platform.core import pdf
from certificates.models import SigningCertificate
from certificates.pdf.lettering import width_in_em
from certificates.pdf.qr import qr_svg
from certificates.sheet import SPECIMEN_LINE
from certificates.transcript.record import TranscriptRecord

STATIC: Final = Path(settings.BASE_DIR) / "static"
STYLE: Final = STATIC / "css" / "transcript-print.css"
FACES: Final = (
    "SourceSans3-Regular.ttf",
    "SourceSans3-Semibold.ttf",
    "SourceSerif4-It.ttf",
    "SourceSerif4Display-Regular.ttf",
    "SourceSerif4Display-Semibold.ttf",
)
NAME_SIZES: Final = (22, 19, 16)
NAME_WIDTH: Final = 500.0
"""Points between the margins; the smallest size may take two lines."""
REASON: Final = "Transcript of continuing education as issued"


@dataclass(frozen=True)
class Made:
    content: bytes
    page_count: int
    signer: SigningCertificate | None = None


def signed_transcript(record: TranscriptRecord, *, now: datetime) -> Made:
    """The file as it is handed out; signed anew it would have other bytes. Errors:
    RenderingFailed, SigningKeyMissing."""
    # Loads the libraries of signing: only the worker may.
    from certificates.signing import remember_certificate, sign_pdf

    pages = transcript_pdf(record)
    signer = remember_certificate(now=now)
    signed = sign_pdf(pages.content, reason=REASON, now=now)
    return Made(signed.content, pages.page_count, signer)


def transcript_pdf(record: TranscriptRecord) -> Made:
    """The pages alone. Errors: RenderingFailed."""
    files = {
        **_own_files(),
        "asset:qr.svg": (qr_svg(record.verify_url).encode(), "image/svg+xml"),
    }
    html = transcript_html(record)
    with pdf.rendering():
        document = pdf.lay_out(html, files=files, stylesheets=pdf.styles(STYLE, files=_own_files()))
        content = document.write_pdf(
            pdf_tags=True, pdf_identifier=bytes.fromhex(record.sha256())[:16]
        )
        return Made(content, len(document.pages))


def transcript_html(record: TranscriptRecord) -> str:
    return render_to_string(
        "certificates/transcript/document.html",
        {
            "record": record,
            "name_size": _name_size(record.holder_name),
            "specimen_line": SPECIMEN_LINE if record.is_specimen else "",
            "stamp": record.as_of.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


def _name_size(name: str) -> int:
    em = width_in_em(name)
    return next((size for size in NAME_SIZES if em * size <= NAME_WIDTH), NAME_SIZES[-1])


@lru_cache(maxsize=1)
def _own_files() -> dict[str, tuple[bytes, str]]:
    faces = {f"asset:{face}": ((pdf.FONT_FOLDER / face).read_bytes(), "font/ttf") for face in FACES}
    medallion = (STATIC / "img" / "certificate-medallion.svg").read_bytes()
    return faces | {"asset:medallion.svg": (medallion, "image/svg+xml")}
