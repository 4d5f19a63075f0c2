"""Pictures are decoded and made anew: nothing of the file that came in is passed on.

Pillow is imported where it is needed, because it is slow to load and most requests never do.
"""

import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ce_platform.core.errors import DomainError

if TYPE_CHECKING:
    from PIL.Image import Image

# Named, because Pillow's rarer formats have had holes; SVG is never let in as a picture.
FORMATS: Final = ("JPEG", "PNG", "WEBP")
LARGEST_FILE: Final = 25_000_000
MOST_PIXELS: Final = 25_000_000
SMALLEST_SIDE: Final = 16
WIDTHS: Final = (480, 960, 1600)
# With fewer colors than this it is a drawing, and PNG keeps its edges clean.
LINE_ART_COLORS: Final = 4_096
_MOST_PALETTE: Final = 256


class PictureRefused(DomainError):
    """Not a picture that we can show."""


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
    )


def _decode(content: bytes) -> "Image":
    from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

    # WeasyPrint, once imported, lets cut-off pictures pass in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    if len(content) > LARGEST_FILE:
        raise PictureRefused(f"the picture is larger than {LARGEST_FILE // 1_000_000} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=list(FORMATS))
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureRefused(
                    f"the picture has more than {MOST_PIXELS // 1_000_000} million pixels"
                )
            if getattr(opened, "n_frames", 1) > 1:
                raise PictureRefused("the picture moves; only still pictures are let in")
            opened.load()
            turned = ImageOps.exif_transpose(opened)
    except PictureRefused:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PictureRefused("the picture has far too many pixels") from None
    except UnidentifiedImageError:
        raise PictureRefused("this is not a JPEG, PNG or WebP picture") from None
    except Exception as error:  # Decoders raise many kinds of errors on broken files.
        raise PictureRefused(f"the picture is broken: {str(error)[:100]}") from None
    if min(turned.size) < SMALLEST_SIDE:
        raise PictureRefused(f"the picture is smaller than {SMALLEST_SIDE} pixels")
    mode = "RGBA" if _is_see_through(turned) else "RGB"
    # A new image from bare pixels: no text chunk, profile or other rider comes along.
    return Image.frombytes(mode, turned.size, turned.convert(mode).tobytes())


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
