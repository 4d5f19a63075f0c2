"""Names of files and folders: plain letters, stable, told apart by a number. Pure."""

import re
import unicodedata
from typing import Final

from ce_platform.core import codes

LONGEST: Final = 40
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9]+")


def plain(text: str, *, empty: str) -> str:
    """Letters and digits of ASCII with hyphens: what every file system and `sha256sum -c` take.

    `empty` stands in for a text that has none of them, e.g. a name in another script.
    """
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_PLAIN.sub("-", letters).strip("-")[:LONGEST].strip("-") or empty


def of_certificate(holder_name: str, serial: str) -> str:
    """The serial tells namesakes apart, and two courses of one person."""
    return f"{plain(holder_name, empty='holder')}-{codes.dashed(serial)}"


def of_version(slug: str, number: str) -> str:
    """The slug of a course is plain already, and there is one course of it."""
    return f"{slug}-edition-{number}"
