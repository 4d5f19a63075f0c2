"""A packet as one tagged PDF, and as a zip of its parts with an index of SHA-256."""

import hashlib
import io
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string

from ce_platform.core import pdf
from ce_platform.licensing.packet.contents import FILES_ALONE, PARTS, Enclosure, Packet

logger = logging.getLogger(__name__)
TEMPLATES: Final = Path(settings.BASE_DIR) / "templates"
STYLE: Final = "licensing/packet/print.css"
# Of every file in a zip: a packet made again has the same bytes.
_ZIP_DAY: Final = (1980, 1, 1, 0, 0, 0)
Told = Callable[[], None]


def packet_pdf(packet: Packet) -> bytes:
    """The parts in one document; files that go along follow as pages of their own."""
    main = _laid_out(packet, with_cover=True, follows=True)
    return _joined(main, [each for each in packet.enclosures if not each.is_picture])


def packet_zip(packet: Packet, *, tell: Told) -> bytes:
    """The whole as one PDF, every part as its own, files as they came, and `SHA256SUMS.txt`.

    `tell` is called after every piece.
    """
    pieces = [("packet.pdf", packet_pdf(packet))]
    tell()
    for name, content in _pieces(packet):
        pieces.append((name, content))
        tell()
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in pieces)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*pieces, ("SHA256SUMS.txt", sums.encode())]:
            archive.writestr(
                zipfile.ZipInfo(name, date_time=_ZIP_DAY), content, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()


def piece_count(packet: Packet) -> int:
    """How often `packet_zip` tells."""
    return 1 + len(written_parts(packet)) + len(packet.enclosures)


def written_parts(packet: Packet) -> list[str]:
    """Parts with a text of their own; a certificate and letters are files."""
    return [part for part in packet.parts if part not in FILES_ALONE]


def _pieces(packet: Packet) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(written_parts(packet), start=1):
        alone = replace(packet, parts=[part])
        yield f"{number:02d}-{part}.pdf", _laid_out(alone, with_cover=False, follows=False)
    for enclosure in packet.enclosures:
        yield f"files/{enclosure.file_name}", enclosure.content


def _laid_out(packet: Packet, *, with_cover: bool, follows: bool) -> bytes:
    pictures = {
        f"asset:enclosure-{number}": (each.content, each.content_type)
        for number, each in enumerate(packet.enclosures)
        if each.is_picture and follows
    }
    html = packet_html(packet, with_cover=with_cover, follows=follows)
    fonts = pdf.font_files()
    with pdf.rendering():
        document = pdf.lay_out(
            html,
            files={**fonts, **pictures},
            stylesheets=pdf.styles(TEMPLATES / STYLE, files=fonts),
        )
        content: bytes = document.write_pdf(
            pdf_tags=True, pdf_identifier=hashlib.sha256(html.encode()).digest()[:16]
        )
    return content


def packet_html(packet: Packet, *, with_cover: bool = True, follows: bool = True) -> str:
    enclosures = [
        {
            "label": each.label,
            "file_name": each.file_name,
            "sha256": hashlib.sha256(each.content).hexdigest(),
            "address": f"asset:enclosure-{number}" if each.is_picture else "",
        }
        for number, each in enumerate(packet.enclosures)
    ]
    return render_to_string(
        "licensing/packet/document.html",
        {
            "packet": packet,
            "says": packet.says,
            "headings": PARTS,
            "with_cover": with_cover,
            "enclosures": enclosures if follows else [],
            "stamp": packet.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        },
    )


def _joined(main: bytes, enclosures: Sequence[Enclosure]) -> bytes:
    """The document with the pages of these files behind it, each in the table of contents. A file
    that cannot be read, or shown, is attached as it is: it must not hold up the others."""
    if not enclosures:
        return main
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(main))
    for enclosure in enclosures:
        try:
            pages = _pages_of(enclosure.content)
        except Exception as error:  # Somebody's file may be broken in any way there is.
            logger.warning("%s goes along as an attachment: %s", enclosure.file_name, error)
            writer.add_attachment(enclosure.file_name, enclosure.content)
        else:
            reader = PdfReader(io.BytesIO(pages))
            writer.append(reader, outline_item=enclosure.label, import_outline=False)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pages_of(content: bytes) -> bytes:
    """The pages alone, read to the end before any of them stands in the packet."""
    from pypdf import PdfReader, PdfWriter

    alone = PdfWriter()
    alone.append(PdfReader(io.BytesIO(content)), import_outline=False)
    if not len(alone.pages):
        raise ValueError("it has no page")
    out = io.BytesIO()
    alone.write(out)
    return out.getvalue()
