"""Numbers as people write them, read exactly."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

LONGEST: Final = 40
_MINUS: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))
# Between groups of three digits: spaces of all widths, and the apostrophe of the Swiss.
_GROUPED: Final = re.compile(r"\d{1,3}(?:[ '’]\d{3})+(?=[.,]|$)", re.ASCII)
_PLAIN: Final = re.compile(r"([+-]?)\s*(\d*)(?:\.(\d*))?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_POINTS: Final = re.compile(r"[1-9]\d{0,2}(?:(?:\.\d{3}){2,}|(?:\.\d{3})+(?=,))(?:,\d*)?", re.ASCII)


def read_decimal(text: str) -> Decimal | None:
    """None: this is no number.

    A comma before exactly three digits groups them, as in the US (1,500 is fifteen hundred); any
    other single comma is a decimal one (1,5). Where there are both, the last one is the decimal.
    """
    text = _digits(unicodedata.normalize("NFKC", text)).translate(_MINUS)
    text = " ".join(text.split())
    if not text or len(text) > LONGEST:
        return None
    sign, number = (text[0], text[1:].lstrip()) if text[0] in "+-" else ("", text)
    grouped = _GROUPED.match(number)
    if grouped:
        number = re.sub("[ '’]", "", grouped[0]) + number[grouped.end() :]
    if _THOUSANDS.fullmatch(number):
        number = number.replace(",", "")
    elif _POINTS.fullmatch(number):
        number = number.replace(".", "").replace(",", ".")
    elif number.count(",") == 1 and "." not in number:
        number = number.replace(",", ".")
    match = _PLAIN.fullmatch(number)
    if match is None or match[1] or not (match[2] or match[3]):
        return None
    value = Decimal(f"{sign}{match[2] or 0}.{match[3] or 0}")
    return value if value else Decimal(0)


def decimal_text(value: Decimal) -> str:
    """One spelling for one number: 1.50 → 1.5, 1E+3 → 1000."""
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _digits(text: str) -> str:
    """Digits of every script as those of ours."""
    return "".join(
        str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text
    )
