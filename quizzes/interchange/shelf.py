"""Pictures that come with a file of questions, found by the address that a text names them with.

Nothing is fetched: what is not in the file is named and stays away.
"""

import hashlib
import re
from base64 import b64decode
from binascii import Error as BinasciiError
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from courses.word.images import alternative_text
from courses.word.inline import Span, markdown

_DATA: Final = re.compile(r"data:image/[a-z0-9.+-]{1,30};base64,", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}:|//|\\\\")
_NAME: Final = re.compile(r"picture-[0-9a-f]{20}")
_SPACES: Final = re.compile(rb"\s+")
# The words in the brackets of a picture, which may hold a pair of brackets themselves.
WORDS: Final = r"!\[((?:\\.|\[[^\[\]\\]*\]|[^\[\]\\])*)\]"
# What `written` makes: the words, and the name.
WRITTEN: Final = re.compile(rf"{WORDS}\(figure:(picture-[0-9a-f]{{20}})\)")


class PictureMissing(Exception):
    """Why a picture does not come along: the end of a sentence that begins with its name."""


Find = Callable[[str], bytes]
"""The bytes behind an address inside the file. Errors: PictureMissing."""


@dataclass(frozen=True)
class FoundPicture:
    """A picture of a file, as it was sent."""

    content: bytes
    file_name: str
    alt: str
    """As the file says it; empty when nobody wrote one."""


def name_of(content: bytes) -> str:
    """What the picture is called until it is a figure of a course: the same bytes, one name."""
    return name_for(hashlib.sha256(content).hexdigest())


def name_for(sha256: str) -> str:
    return f"picture-{sha256[:20]}"


def is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def nothing(address: str) -> bytes:
    raise PictureMissing("does not come along: this format brings no pictures with it")


def bytes_behind(address: str, find: Find) -> bytes:
    """Errors: PictureMissing."""
    address = address.strip()
    if found := _DATA.match(address):
        return from_base64(unquote(address[found.end() :]).encode())
    if _SCHEME.match(address):
        host = ""
        with suppress(ValueError):
            host = urlsplit(address).netloc
        at = f" ({host[:60]})" if host else ""
        raise PictureMissing(
            f"does not come along: it stands at an address outside the file{at}, and nothing is "
            "fetched from there"
        )
    return find(address)


def from_base64(text: bytes) -> bytes:
    """Errors: PictureMissing."""
    try:
        content = b64decode(_SPACES.sub(b"", text), validate=True)
    except (BinasciiError, ValueError):
        raise PictureMissing("does not come along: its bytes (base64) are damaged") from None
    if not content:
        raise PictureMissing("does not come along: it is empty")
    return content


def alt_of(said: str) -> str:
    """What was written for those who cannot see it. The name of a file says nothing to them."""
    return alternative_text(said)


def written(name: str, alt: str) -> str:
    """The picture in our Markdown."""
    return f"![{bracketed(alt)}](figure:{name})"


def bracketed(alt: str) -> str:
    """The words as they stand in the brackets of a picture."""
    return markdown([Span(" ".join(alt.split()))])[0]


class Folder:
    """Files that hang on one text, by their names: those of a question of Moodle."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """`files`: path → base64."""
        self._files = files
        self.taken: set[str] = set()

    def __call__(self, address: str) -> bytes:
        path = unquote(address.partition("?")[0]).removeprefix("@@PLUGINFILE@@").lstrip("/")
        if path not in self._files:
            raise PictureMissing("does not come along: the file names it and does not bring it")
        self.taken.add(path)
        return from_base64(self._files[path])
