import io
import struct
import zlib

import pytest
from PIL import Image, ImageFile

from ce_platform.core.errors import DomainError
from ce_platform.core.pictures import CannotDecode, Trouble, decode

FORMATS = ("PNG", "JPEG")


def saved(image: Image.Image, format: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def anything(opened: ImageFile.ImageFile) -> None:
    pass


def decoded(content: bytes, *, most_pixels: int = 10_000) -> Image.Image:
    return decode(content, formats=FORMATS, most_pixels=most_pixels, check=anything)


def trouble(content: bytes, *, most_pixels: int = 10_000) -> Trouble:
    with pytest.raises(CannotDecode) as error:
        decoded(content, most_pixels=most_pixels)
    return error.value.trouble


def says_it_is(width: int, height: int) -> bytes:
    """A PNG whose header names a size, without the pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head
    chunk += struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x08IDAT" + b"\x00" * 12


@pytest.mark.parametrize("format", FORMATS)
def test_picture_of_a_named_format_is_decoded(format: str) -> None:
    assert decoded(saved(Image.new("RGB", (40, 20)), format)).size == (40, 20)


@pytest.mark.parametrize("format", ["GIF", "TIFF", "BMP", "WEBP", "ICO"])
def test_other_formats_are_not_tried(format: str) -> None:
    assert trouble(saved(Image.new("RGB", (40, 20)), format)) == Trouble.UNKNOWN


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b"\x89PNG"])
def test_what_is_no_picture_is_unknown(content: bytes) -> None:
    assert trouble(content) == Trouble.UNKNOWN


def test_picture_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6

    assert decoded(saved(Image.new("RGB", (40, 20)), "JPEG", exif=exif)).size == (20, 40)


def test_too_many_pixels_are_refused_by_the_header_alone() -> None:
    assert trouble(says_it_is(101, 100)) == Trouble.TOO_MANY_PIXELS


def test_bomb_is_refused() -> None:
    assert trouble(says_it_is(100_000, 100_000)) == Trouble.FAR_TOO_MANY_PIXELS
    assert trouble(says_it_is(10_000, 10_000), most_pixels=10**12) == Trouble.FAR_TOO_MANY_PIXELS


def test_cut_off_picture_is_broken_whatever_another_library_switched_on() -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True

    assert trouble(saved(Image.effect_noise((90, 90), 80))[:-400]) == Trouble.BROKEN


def test_detail_of_a_broken_picture_stays_short() -> None:
    assert len(CannotDecode(Trouble.BROKEN, "x" * 1000).detail) == 100


def test_check_sees_the_header_and_its_refusal_comes_through() -> None:
    def refuse(opened: ImageFile.ImageFile) -> None:
        raise DomainError(f"{opened.format} {opened.width}")

    with pytest.raises(DomainError, match="PNG 40"):
        decode(saved(Image.new("RGB", (40, 20))), formats=FORMATS, most_pixels=10_000, check=refuse)
