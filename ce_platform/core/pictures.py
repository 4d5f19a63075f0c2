"""Pictures that people send, decoded with care; what is made of the pixels is the caller's affair.

Pillow is imported where it is needed, because it is slow to load and most requests never do.
"""

import io
import warnings
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from ce_platform.core.errors import DomainError

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFile import ImageFile

LONGEST_DETAIL: Final = 100


class Trouble(StrEnum):
    TOO_MANY_PIXELS = "too-many-pixels"
    FAR_TOO_MANY_PIXELS = "far-too-many-pixels"
    """So many that Pillow itself takes it for an attack."""
    UNKNOWN = "unknown"
    """In none of the formats that were asked for."""
    BROKEN = "broken"


class CannotDecode(Exception):
    """Not a picture that we decode. Callers say it in their own words."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        self.trouble = trouble
        self.detail = detail[:LONGEST_DETAIL]
        super().__init__(trouble, self.detail)


def decode(
    content: bytes,
    *,
    formats: Sequence[str],
    most_pixels: int,
    check: "Callable[[ImageFile], None]",
) -> "Image":
    """Every pixel of the picture, turned as the camera says.

    Only `formats` (names of Pillow) are tried, because its rarer ones have had holes. `check` sees
    the picture when its header is read and nothing is decoded yet, and raises a DomainError for
    what it does not want. Text, profiles and places still hang on the result: copy the pixels.
    Errors: CannotDecode, and what `check` raises.
    """
    from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

    # WeasyPrint, once imported, lets cut-off pictures pass in the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened = Image.open(io.BytesIO(content), formats=list(formats))
            if opened.width * opened.height > most_pixels:
                raise CannotDecode(Trouble.TOO_MANY_PIXELS)
            check(opened)
            opened.load()
            return ImageOps.exif_transpose(opened)
    except (DomainError, CannotDecode):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise CannotDecode(Trouble.FAR_TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise CannotDecode(Trouble.UNKNOWN) from None
    except Exception as error:  # Decoders raise many kinds of errors on broken files.
        raise CannotDecode(Trouble.BROKEN, str(error)) from None
