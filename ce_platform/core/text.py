"""Text as people write it, made fit for storing, comparing and searching."""

import hashlib
import json
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

# Other spellings of a new line, such as the vertical tab of word processors.
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Control characters and halves of surrogate pairs, of which databases refuse some; byte order
# marks.
_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def clean(value: str) -> str:
    """NFC, unix line ends, no control characters, no spaces at the ends."""
    value = _UNWRITABLE.sub("", _LINE_ENDS.sub("\n", value))
    return unicodedata.normalize("NFC", value).strip()


def is_seen(value: str) -> bool:
    """Whether anything of it can be read: spaces of no width are a text to a program alone."""
    return any(unicodedata.category(letter)[0] not in "CZ" for letter in value)


def fold(value: str) -> str:
    """For search and comparison: no case, no accents, single spaces."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", value).casefold())
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.replace("đ", "d").replace("ł", "l").replace("ø", "o").split())


def plain_value(value: Any) -> Any:
    """Dates and decimals as the one text they have, for canonical JSON; all else stays."""
    match value:
        case dict():
            return {key: plain_value(item) for key, item in value.items()}
        case list() | tuple():
            return [plain_value(item) for item in value]
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Decimal():
            # 0.5 and 0.50 are the same hours: databases hand back either.
            return format(value.normalize(), "f")
    return value


def cell_text(value: Any) -> str:
    """What a cell of a spreadsheet says, on one line; 7.0 is a 7 that the program rewrote."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(clean(str(value)).split())


def canonical_json(value: Any) -> str:
    """One spelling for one value: what is hashed or signed is stored as this text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_text(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
