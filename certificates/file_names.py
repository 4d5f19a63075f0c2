"""How a certificate is called on a disk. Pure."""

import unicodedata
from typing import Final

from ce_platform.core import codes

# A name may be 255 bytes long where bytes are counted (Linux), 255 letters elsewhere. The number,
# the ending and a folder of an unpacked zip need room too.
LONGEST_NAME: Final = 60
LONGEST_BYTES: Final = 180
_SIGNS: Final = " -'’."


def of_certificate(holder_name: str, serial: str) -> str:
    """Fit for every file system, Windows included. Told apart by the number, which has capitals
    and digits only, so no two are the same where case or accents do not count."""
    return f"{_name(holder_name)} {codes.dashed(serial)}.pdf"


def _name(holder_name: str) -> str:
    kept = "".join(map(_fitting, unicodedata.normalize("NFC", holder_name)))
    name = " ".join(kept.split())
    while len(name) > LONGEST_NAME or len(name.encode()) > LONGEST_BYTES:
        # A mark goes with the letter that carries it.
        while unicodedata.category(name[-1])[0] == "M":
            name = name[:-1]
        name = name[:-1]
    return name.strip(" .") or "Certificate"


def _fitting(letter: str) -> str:
    category = unicodedata.category(letter)
    if category[0] in "LMN" or letter in _SIGNS:
        return letter
    # Joiners and marks of direction leave no gap; other signs stand between words.
    return "" if category == "Cf" else " "
