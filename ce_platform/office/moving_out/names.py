"""Names of files inside an archive: plain letters, fit for every file system. Pure."""

from typing import Final

from django.utils.text import slugify

LONGEST: Final = 60


def file_name(*words: str) -> str:
    """`Ana-Odon-Ethics-of-touch`. Not unique: put an identifier beside it."""
    parts = (slugify(word) for word in words)
    return "-".join(part for part in parts if part)[:LONGEST].strip("-") or "file"
