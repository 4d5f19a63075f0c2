"""Pictures of a document: judged by their bytes, named by their content."""

import hashlib
import re
from dataclasses import dataclass
from typing import Final

KEPT: Final = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
# What Word says of a picture when nobody has.
_GUESSED = re.compile(r"[\s,.]*(?:Description|Image|Picture) (?:automatically )?generated.*", re.S)
_FILE_NAME = re.compile(r"[^\s]{1,80}\.(?:png|jpe?g|gif|webp|bmp|tiff?)", re.IGNORECASE)


@dataclass(frozen=True)
class WordPicture:
    content: bytes
    content_type: str
    alt: str
    """As written in Word; empty when nobody wrote one."""


def kind_of(content: bytes) -> str:
    """png | jpg | gif | webp, or the name of a kind that is not kept."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"\x01\x00\x00\x00") and content[40:44] == b" EMF":
        return "EMF"
    if content.startswith((b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00", b"\x02\x00\x09\x00")):
        return "WMF"
    if content.startswith((b"II*\x00", b"MM\x00*")):
        return "TIFF"
    if content.startswith(b"BM"):
        return "BMP"
    if b"<svg" in content[:1_000]:
        return "SVG"
    return "unknown"


def slug_of(content: bytes) -> str:
    """The same picture has the same name in every import, wherever it stands."""
    return f"picture-{hashlib.sha256(content).hexdigest()[:10]}"


def alternative_text(said: str) -> str:
    """What the author wrote for those who cannot see it, without what Word made up."""
    text = " ".join(_GUESSED.sub("", said).split())
    return "" if _FILE_NAME.fullmatch(text) else text[:2_000]
