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

# Paper is lighter than this in every channel, and its grain is not wider than that.
_LIGHT: Final = 128
_GRAIN: Final = 28
# Darker than this is drawn.
_INK: Final = 236


def printable_png(content: bytes, *, noun: str = "signature") -> bytes:
    """An RGB PNG on white, at most 900 pixels wide, without EXIF, profile or text; the empty
    margins are cut off. Of a signature the gray of the scanned paper becomes white too.

    Errors: SignatureRefused.
    """
    image = _on_white(_decode(content, noun))
    if noun == "signature":
        image = _without_paper(image)
    image = _without_margins(image)
    if image.width > WIDEST or image.height > TALLEST:
        from PIL import Image

        image.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def store_signature(upload: "UploadedFile[bytes]", *, now: datetime) -> StoredFile:
    """Call it outside a transaction. Errors: SignatureRefused."""
    return _store(printable_png(_read(upload)), now=now)


def logo_png(upload: "UploadedFile[bytes]") -> bytes:
    """The logo as it would be printed; nothing is stored. Errors: SignatureRefused."""
    png = printable_png(_read(upload), noun="logo")
    width, height = _size(png)
    if width > LONGEST_LOGO * height:
        raise SignatureRefused("The logo is too long for its height; cut off what is empty.")
    return png


def store_logo(upload: "UploadedFile[bytes]", *, now: datetime) -> StoredFile:
    """Call it outside a transaction. Errors: SignatureRefused."""
    return _store(logo_png(upload), now=now)


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


def _without_paper(image: "Image") -> "Image":
    """The gray or yellow of scanned or photographed paper as white.

    The paper is the commonest light value of each channel. Where no such value stands out, as in a
    photograph of something else, the picture stays as it is.
    """
    from PIL import Image

    cleaned = []
    for channel in image.split():
        counts = channel.histogram()
        paper = max(range(_LIGHT, 256), key=lambda value: counts[value])
        near = sum(counts[max(_LIGHT, paper - _GRAIN) : 256])
        if near < sum(counts) / 2:
            return image
        white = paper - _GRAIN
        cleaned.append(channel.point([min(255, value * 255 // white) for value in range(256)]))
    return Image.merge("RGB", cleaned)


def _without_margins(image: "Image") -> "Image":
    """Cut to what is drawn, with a little air; an empty picture stays as it is."""
    drawn = image.convert("L").point([255 if value < _INK else 0 for value in range(256)])
    box = drawn.getbbox()
    if box is None:
        return image
    left, top, right, bottom = box
    air = max(2, (bottom - top) // 25)
    cut = image.crop(
        (
            max(0, left - air),
            max(0, top - air),
            min(image.width, right + air),
            min(image.height, bottom + air),
        )
    )
    # A dot in a corner is no signature: what is left must still be large enough to print.
    is_large = cut.width >= SMALLEST_WIDTH and cut.height >= SMALLEST_HEIGHT
    return cut if is_large else image


def _on_white(layer: "Image") -> "Image":
    """Bare pixels on white paper: see-through parts would print black in some viewers."""
    from PIL import Image

    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper
