"""Files that people take for pictures: what to do with each, instead of a bare “no picture”."""

from typing import Final

HEIC: Final = (
    "This is a HEIC photo, as iPhones make them; most browsers cannot show it. Choose “Most "
    "compatible” in the camera settings or send it as JPEG."
)
SVG: Final = (
    "This is an SVG drawing. Drawings with points and layers belong to the charts of the course; "
    "for a plain picture save it as PNG."
)
GIF: Final = (
    "This is a GIF. What moves beside a text takes the eye from it: save one still picture as PNG, "
    "or make a short video."
)
AVIF: Final = "This is an AVIF picture. Save it as JPEG or PNG."
TIFF: Final = "This is a TIFF picture. Save it as JPEG or PNG."
BMP: Final = "This is a BMP picture. Save it as PNG."
PDF: Final = "This is a PDF. Save the page you want to show as PNG."

_HEIC_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1"})
_LOOKED_AT: Final = 4_096


def advice_for(content: bytes) -> str:
    """A sentence for a well-known kind of file that is not let in as a picture; empty: none."""
    if content.startswith(b"GIF8"):
        return GIF
    if content.startswith(b"%PDF"):
        return PDF
    if content.startswith((b"II*\0", b"MM\0*")):
        return TIFF
    if content.startswith(b"BM"):
        return BMP
    if content[4:8] == b"ftyp":
        return _of_brands(content)
    return SVG if _is_svg(content) else ""


def _of_brands(content: bytes) -> str:
    """Phones keep photos in the container of MP4 films; its brands tell them apart."""
    size = min(int.from_bytes(content[:4], "big"), 256)
    brands = {content[place : place + 4] for place in range(8, size, 4)}
    if brands & {b"avif", b"avis"}:
        return AVIF
    return HEIC if brands & _HEIC_BRANDS else ""


def _is_svg(content: bytes) -> bool:
    start = content[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return start.startswith(b"<") and b"<svg" in start
