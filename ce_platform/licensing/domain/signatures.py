"""Signatures and the logo: decoded and drawn anew, so that nothing of the file is passed on."""

import io
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.core.files.uploadedfile import UploadedFile

from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.pictures import CannotDecode, Trouble, decode
from ce_platform.licensing.domain.errors import SignatureRefused

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

FORMATS: Final = ("PNG", "JPEG")
LARGEST_FILE: Final = 5_000_000
MOST_PIXELS: Final = 20_000_000
SMALLEST_WIDTH: Final = 80
SMALLEST_HEIGHT: Final = 20
WIDEST: Final = 900
# A signature is wide; anything taller than that is a scanned page.
TALLEST: Final = 900
# A logo is printed at one height; a longer one would run over the border of the certificate.
LONGEST_LOGO: Final = 8


def printable_png(content: bytes, *, noun: str = "signature") -> bytes:
    """An RGB PNG on white, at most 900 pixels wide, without EXIF, profile or text.

    Errors: SignatureRefused.
    """
    image = _on_white(_decode(content, noun))
    if image.width > WIDEST or image.height > TALLEST:
        from PIL import Image

        image.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def store_signature(upload: "UploadedFile[bytes]", *, now: datetime) -> StoredFile:
    """Call it outside a transaction. Errors: SignatureRefused."""
    return _store(printable_png(_read(upload)), now=now)


def store_logo(upload: "UploadedFile[bytes]", *, now: datetime) -> StoredFile:
    """Call it outside a transaction. Errors: SignatureRefused."""
    png = printable_png(_read(upload), noun="logo")
    width, height = _size(png)
    if width > LONGEST_LOGO * height:
        raise SignatureRefused("The logo is too long for its height; cut off what is empty.")
    return _store(png, now=now)


def _read(upload: "UploadedFile[bytes]") -> bytes:
    if (upload.size or 0) > LARGEST_FILE:
        raise SignatureRefused(f"The picture is larger than {LARGEST_FILE // 1_000_000} MB.")
    upload.seek(0)
    content: bytes = upload.read()
    return content


def _store(png: bytes, *, now: datetime) -> StoredFile:
    return store_bytes(png, area=StoredFile.Area.PRIVATE, content_type="image/png", now=now)


def _size(png: bytes) -> tuple[int, int]:
    from PIL import Image

    return Image.open(io.BytesIO(png)).size


def _decode(content: bytes, noun: str) -> "Image":
    try:
        return decode(content, formats=FORMATS, most_pixels=MOST_PIXELS, check=_check_size).convert(
            "RGBA"
        )
    except CannotDecode as error:
        raise SignatureRefused(_said(error.trouble, noun)) from None


def _check_size(opened: "ImageFile") -> None:
    if opened.width < SMALLEST_WIDTH or opened.height < SMALLEST_HEIGHT:
        raise SignatureRefused("The picture is too small to print.")


def _said(trouble: Trouble, noun: str) -> str:
    match trouble:
        case Trouble.TOO_MANY_PIXELS | Trouble.FAR_TOO_MANY_PIXELS:
            return "The picture has too many pixels; scan it smaller."
        case Trouble.UNKNOWN:
            return f"Attach the {noun} as PNG or JPEG."
        case Trouble.BROKEN:
            return "The picture is broken. Save it again and retry."


def _on_white(layer: "Image") -> "Image":
    """Bare pixels on white paper: see-through parts would print black in some viewers."""
    from PIL import Image

    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
