"""Numbers as people print them and as channels want them. Pure."""

import re
from typing import Final

from ce_platform.core.text import fold

_TRACKING: Final = re.compile(r"[0-9]{1,10}")


def folded(number: str) -> str:
    """For telling whether two people typed the same number: "MA 10-1" and "ma101" are one."""
    return "".join(letter for letter in fold(number) if letter.isalnum()).upper()[:60]


def tracking_number(number: str, *, prefix: str) -> str:
    """CE Broker's number without its prefix (`50-` for providers, `20-` for courses).

    Empty when it is not one: nothing is guessed from letters.
    """
    bare = number.strip().removeprefix(prefix)
    return bare if _TRACKING.fullmatch(bare) else ""
