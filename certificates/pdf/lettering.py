"""Which letters the bundled fonts have, and how wide a line of them runs."""

import shutil
import subprocess
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

FOLDER: Final = Path(settings.BASE_DIR) / "static" / "fonts" / "pdf"
DISPLAY: Final = "SourceSerif4Display-Semibold.ttf"
# Every face that a certificate is set in: a letter is ours when all of them have it.
FACES: Final = (
    DISPLAY,
    "SourceSerif4Display-Regular.ttf",
    "SourceSerif4-Regular.ttf",
    "SourceSerif4-It.ttf",
    "SourceSerif4-Semibold.ttf",
    "SourceSans3-Regular.ttf",
    "SourceSans3-Semibold.ttf",
)
# A letter from another font is wider than ours more often than not.
_UNKNOWN_WIDTH: Final = 1.0


@lru_cache(maxsize=len(FACES))
def _widths(face: str) -> dict[int, float]:
    """Code point → advance width in em."""
    # Slow to import; only needed where a page is set.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(FOLDER / face, lazy=True) as font:
        em = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        return {code: metrics[glyph][0] / em for code, glyph in font.getBestCmap().items()}


def width_in_em(text: str, face: str = DISPLAY) -> float:
    """Width of one line at size 1, without kerning: a little too wide rather than too narrow."""
    widths = _widths(face)
    return sum(widths.get(ord(letter), _UNKNOWN_WIDTH) for letter in text)


@lru_cache(maxsize=1)
def bundled_letters() -> frozenset[int]:
    return frozenset.intersection(*(frozenset(_widths(face)) for face in FACES))


def foreign_letters(texts: Iterable[str]) -> list[str]:
    """Letters that the bundled fonts lack, in order, each once."""
    known = bundled_letters()
    every = dict.fromkeys(letter for text in texts for letter in text if _is_drawn(letter))
    return [letter for letter in every if ord(letter) not in known]


def _is_drawn(letter: str) -> bool:
    """Joiners and marks that choose between two shapes of a letter are nowhere seen themselves:
    a font without them prints no box, and nobody could find them by a message that names them."""
    is_selector = "\ufe00" <= letter <= "\ufe0f"
    return not (letter.isspace() or is_selector or unicodedata.category(letter) == "Cf")


def unprintable_letters(texts: Iterable[str]) -> list[str]:
    """Letters for which neither we nor this machine have a font: they would print as boxes."""
    return [letter for letter in foreign_letters(texts) if not _is_installed(letter)]


@lru_cache(maxsize=4096)
def _is_installed(letter: str) -> bool:
    """Whether fontconfig, which the layout engine asks too, knows a font with this letter."""
    program = shutil.which("fc-list")
    if program is None:
        return False
    result = subprocess.run(  # noqa: S603 the argument is one hexadecimal number
        [program, f":charset={ord(letter):x}:scalable=true", "file"],
        capture_output=True,
        check=False,
        timeout=20,
    )
    return bool(result.stdout.strip())
