"""Text as people write it, made fit for storing, comparing and searching."""

import hashlib
import json
import unicodedata
from typing import Any


def clean(value: str) -> str:
    """NFC, no NUL (PostgreSQL refuses it), unix line ends, no spaces at the ends."""
    value = unicodedata.normalize("NFC", value.replace("\x00", ""))
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()


def fold(value: str) -> str:
    """For search and comparison: no case, no accents, single spaces."""
    decomposed = unicodedata.normalize("NFKD", value.casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.replace("đ", "d").replace("ł", "l").replace("ø", "o").split())


def canonical_json(value: Any) -> str:
    """One spelling for one value: what is hashed or signed is stored as this text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_text(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
