"""Pictures as people send them, and what others send instead."""

import io
import random
import struct
import zipfile
import zlib
from typing import Any, Final

from PIL import Image

SECRET: Final = b"SECRET"


def photo(width: int = 200, height: int = 100, *, seed: int = 1) -> Image.Image:
    """Many colors, so that it is no drawing."""
    noise = random.Random(seed).randbytes(width * height * 3)
    return Image.frombytes("RGB", (width, height), noise)


def saved(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def png(*, seed: int = 1, width: int = 200, height: int = 100) -> bytes:
    return saved(photo(width, height, seed=seed))


def phone_jpeg(width: int = 2000, height: int = 1000) -> bytes:
    """A photo that says where and when and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "SECRET maker"
    exif[0x0132] = "2026:11:20 17:30:00"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (40.0, 42.0, 46.0)
    place[3], place[4] = "W", (74.0, 0.0, 21.0)
    place[29] = "SECRET date"
    return saved(photo(width, height), "JPEG", exif=exif, comment=b"SECRET comment")


def header_only(width: int, height: int) -> bytes:
    """A PNG that says it is huge and has no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head
    chunk += struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\x00\x00\x00\x08IDAT" + b"\x00" * 12


def moving(format: str) -> bytes:
    frames = [photo(seed=seed) for seed in (1, 2)]
    return saved(frames[0], format, save_all=True, append_images=frames[1:])


def with_zip() -> bytes:
    """A whole picture that is a whole zip as well."""
    out = io.BytesIO(png())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("SECRET.html", b"<script>SECRET</script>")
    return out.getvalue()


HEIC: Final = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 40
AVIF: Final = b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1" + b"\x00" * 40
SVG: Final = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

# Name, content, words of the sentence.
REFUSED: Final[dict[str, tuple[str, bytes, str]]] = {
    "nothing in it": ("face.png", b"", "The file is empty."),
    "bomb": (
        "face.png",
        header_only(60_000, 60_000),
        "The picture has far too many pixels. Save it smaller; 3,000 pixels are wide enough.",
    ),
    "hundred megapixels": (
        "face.png",
        header_only(10_000, 10_000),
        "The picture has far too many pixels. Save it smaller; 3,000 pixels are wide enough.",
    ),
    "thirty megapixels": (
        "face.png",
        header_only(6_000, 5_000),
        "The picture has more than 25 million pixels. Save it smaller; 3,000 pixels are wide "
        "enough.",
    ),
    "svg named png": ("face.png", SVG, "This is an SVG drawing."),
    "svg": ("face.svg", b"\xef\xbb\xbf <svg/>", "belong to the charts of the course"),
    "heic": ("IMG_0001.HEIC", HEIC, "Choose “Most compatible” in the camera settings"),
    "avif": ("face.avif", AVIF, "This is an AVIF picture."),
    "gif": ("face.gif", moving("GIF"), "This is a GIF."),
    "tiff": ("scan.tif", saved(photo(), "TIFF"), "This is a TIFF picture."),
    "bmp": ("face.bmp", saved(photo(), "BMP"), "This is a BMP picture."),
    "pdf named png": ("face.png", b"%PDF-1.7", "This is a PDF."),
    "page named jpg": (
        "face.jpg",
        b"<!doctype html><script>alert(1)</script>",
        "This is not a JPEG, PNG or WebP picture.",
    ),
    "film": (
        "face.mp4",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp41",
        "This is not a JPEG, PNG or WebP picture.",
    ),
    "moving webp": ("face.webp", moving("WEBP"), "The picture moves"),
    "moving png": ("face.png", moving("PNG"), "The picture moves"),
    "cut off": ("face.png", png()[:-400], "Open it, save it again and retry."),
    "tiny": ("face.png", saved(photo(8, 8)), "The picture is smaller than 16 pixels."),
}
