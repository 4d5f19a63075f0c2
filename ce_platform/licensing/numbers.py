"""What license numbers of a body look like, where the office knows it. Pure."""

import re
from typing import Final

_SIGNS: Final = {"#": "[0-9]", "?": "[A-Z]", "*": "[A-Z0-9]*"}


def fits(number: str, license_format: str) -> bool:
    """Whether a number looks like `license_format`: # a digit, ? a letter, * anything more.

    Spaces, dashes, dots and capitals do not matter. An empty format fits everything.
    """
    if not license_format:
        return True
    signs = [_SIGNS.get(sign) or re.escape(sign) for sign in _bare(license_format)]
    return re.fullmatch("".join(signs), _bare(number)) is not None


def format_words(license_format: str) -> str:
    """For a person who has the card in hand: `MA ####*` is "MA 1234…"."""
    digits = iter("1234567890" * 4)
    letters = iter("ABCDEFGHIJ" * 4)
    shown = {"#": lambda: next(digits), "?": lambda: next(letters), "*": lambda: "…"}
    return "".join(shown[sign]() if sign in shown else sign for sign in license_format)


def _bare(text: str) -> str:
    return re.sub(r"[\s.\-–]", "", text).upper()
