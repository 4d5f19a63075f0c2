"""Pictures are decoded and made anew: nothing of the file that came in is passed on.

Pillow is imported where it is needed, because it is slow to load and most requests never do.
"""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ce_platform.core.errors import DomainError
from ce_platform.core.pictures import CannotDecode, Trouble, decode

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

# Named, because Pillow's rarer formats have had holes; SVG is never let in as a picture.
FORMATS: Final = ("JPEG", "PNG", "WEBP")
LARGEST_FILE: Final = 25_000_000
MOST_PIXELS: Final = 25_000_000
SMALLEST_SIDE: Final = 16
WIDTHS: Final = (480, 960, 1600)
# With fewer colors than this it is a drawing, and PNG keeps its edges clean.
LINE_ART_COLORS: Final = 4_096
SMALLER: Final = "Save it smaller; 3,000 pixels are wide enough."
_MOST_PALETTE: Final = 256


class PictureRefused(DomainError):
    """Not a picture that we can show. The sentence begins small and ends without a period, as the
    lists of mistakes in packages want it; `advice` says what may help, as whole sentences.
    """

    def __init__(self, sentence: str, *, advice: str = "") -> None:
        self.advice = advice
        super().__init__(sentence)

    @property
    def said(self) -> str:
        """The whole of it for the person who sent the picture."""
        text = str(self).rstrip(".")
        return f"{text[:1].upper()}{text[1:]}. {self.advice}".strip()


@dataclass(frozen=True)
class Picture:
    """One picture in the sizes that pages offer."""

    width: int
    """Of the largest size."""
    height: int
    content_type: str
    extension: str
    sizes: dict[int, bytes]
    """By width in pixels, ascending; never wider than what came in."""
    source_width: int
    """Of what came in, turned as the camera says; the unit of places that somebody marked on it."""

    @property
    def largest(self) -> bytes:
        return self.sizes[max(self.sizes)]


def check(content: bytes) -> tuple[int, int]:
    """Decode the whole picture and return width and height. Errors: PictureRefused."""
    image = _decode(content)
    return image.size


def make_sizes(content: bytes) -> Picture:
    """Re-encode in the widths of `WIDTHS`. The same bytes give the same sizes.

    Turned as the camera says, then without EXIF, GPS, color profile and text chunks.
    Errors: PictureRefused.
    """
    from PIL import Image

    image = _decode(content)
    is_line_art = image.getcolors(LINE_ART_COLORS) is not None
    widest = min(image.width, max(WIDTHS))
    widths = sorted({width for width in WIDTHS if width < widest} | {widest})
    sizes = {}
    for width in widths:
        height = max(1, round(image.height * width / image.width))
        small = (
            image
            if width == image.width
            else image.resize((width, height), Image.Resampling.LANCZOS)
        )
        sizes[width] = _encode(small, is_line_art=is_line_art)
    return Picture(
        width=widest,
        height=max(1, round(image.height * widest / image.width)),
        content_type="image/png" if is_line_art else "image/webp",
        extension="png" if is_line_art else "webp",
        sizes=sizes,
        source_width=image.width,
    )


def _decode(content: bytes) -> "Image":
    from PIL import Image

    if len(content) > LARGEST_FILE:
        raise PictureRefused(f"the picture is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        turned = decode(content, formats=FORMATS, most_pixels=MOST_PIXELS, check=_check_still)
    except CannotDecode as error:
        raise _refusal(error) from None
    if min(turned.size) < SMALLEST_SIDE:
        raise PictureRefused(f"the picture is smaller than {SMALLEST_SIDE} pixels")
    mode = "RGBA" if _is_see_through(turned) else "RGB"
    # A new image from bare pixels: no text chunk, profile or other rider comes along.
    return Image.frombytes(mode, turned.size, turned.convert(mode).tobytes())


def _check_still(opened: "ImageFile") -> None:
    # Phones put a second picture behind the first one (light, depth) and call it MPO. It is a
    # still picture all the same, and the first one is what people see.
    if opened.format != "MPO" and getattr(opened, "n_frames", 1) > 1:
        raise PictureRefused("the picture moves; only still pictures are let in")


def _refusal(error: CannotDecode) -> PictureRefused:
    match error.trouble:
        case Trouble.TOO_MANY_PIXELS:
            return PictureRefused(
                f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels",
                advice=SMALLER,
            )
        case Trouble.FAR_TOO_MANY_PIXELS:
            return PictureRefused("the picture has far too many pixels", advice=SMALLER)
        case Trouble.UNKNOWN:
            return PictureRefused("this is not a JPEG, PNG or WebP picture")
        case Trouble.BROKEN:
            return PictureRefused(
                f"the picture is broken: {error.detail}",
                advice="Open it, save it again and retry.",
            )


def _is_see_through(image: "Image") -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _encode(image: "Image", *, is_line_art: bool) -> bytes:
    out = io.BytesIO()
    if is_line_art:
        if image.mode == "RGB":
            image = _with_palette(image)
        image.save(out, "PNG", optimize=True)
    else:
        image.save(out, "WEBP", quality=82, method=4, exact=False)
    return out.getvalue()


def _with_palette(image: "Image") -> "Image":
    """At most 256 colors.

    The order of the palette depends on these colors alone, not on those that were given up: what
    was encoded here before comes out byte for byte.
    """
    if image.getcolors(_MOST_PALETTE) is None:
        image = _quantized(image).convert("RGB")
    return _quantized(image)


def _quantized(image: "Image") -> "Image":
    from PIL import Image

    return image.quantize(_MOST_PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
