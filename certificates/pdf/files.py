"""Which files each design is made of: what is drawn from them, and what is hashed of them."""

import re
from pathlib import Path
from typing import Final

from django.conf import settings

from certificates.look import A4, FIRST, GUILLOCHE, LETTER, RULES, SECOND, Look

_COLOR: Final = re.compile(r"(#[0-9a-f]{6})")
_BASE: Final = Path(settings.BASE_DIR)
STATIC: Final = _BASE / "static"
TEMPLATES: Final = _BASE / "templates"
_IMAGES: Final = STATIC / "img"

STYLES: Final[dict[str, tuple[Path, ...]]] = {
    FIRST: (
        STATIC / "css" / "certificate-design-1.css",
        TEMPLATES / FIRST / "print.css",
    ),
    SECOND: (
        STATIC / "css" / "certificate-design-2.css",
        TEMPLATES / SECOND / "print.css",
    ),
}
_BORDERS: Final = {
    (frame, paper): _IMAGES / f"certificate-2-{frame}-{paper}.svg"
    for frame in (GUILLOCHE, RULES)
    for paper in (LETTER, A4)
}
_MEDALLION: Final = _IMAGES / "certificate-2-medallion.svg"
_SEAL: Final = _IMAGES / "certificate-2-seal.svg"
_FIRST_BORDER: Final = _IMAGES / "certificate-border.svg"
_FIRST_MEDALLION: Final = _IMAGES / "certificate-medallion.svg"

FILES: Final[dict[str, tuple[Path, ...]]] = {
    # In the order in which they have been hashed since the first certificate.
    FIRST: (
        TEMPLATES / FIRST / "document.html",
        TEMPLATES / FIRST / "sheet.html",
        TEMPLATES / FIRST / "print.css",
        STATIC / "css" / "certificate-design-1.css",
        _FIRST_BORDER,
        _FIRST_MEDALLION,
    ),
    SECOND: (
        TEMPLATES / SECOND / "document.html",
        TEMPLATES / SECOND / "sheet.html",
        TEMPLATES / SECOND / "paper.css",
        *STYLES[SECOND],
        *_BORDERS.values(),
        _MEDALLION,
        _SEAL,
    ),
}


def ornament_of(look: Look) -> dict[str, bytes]:
    """Address → drawing, in the colors of the design."""
    if look.template == FIRST:
        return {
            "asset:border.svg": _FIRST_BORDER.read_bytes(),
            "asset:medallion.svg": _FIRST_MEDALLION.read_bytes(),
        }
    from certificates.pdf.guilloche import GROUND, INK, TINT  # only where a page is set

    wanted = {"asset:border.svg": _BORDERS[look.settings.frame, look.settings.paper]}
    if look.settings.frame == GUILLOCHE:
        wanted["asset:medallion.svg"] = _MEDALLION
        wanted["asset:seal.svg"] = _SEAL
    colors = {
        INK: look.settings.accent,
        TINT: look.settings.tint,
        GROUND: look.settings.ground,
    }
    drawn = {}
    for address, path in wanted.items():
        # One pass: a new color may be the old spelling of another.
        parts = _COLOR.split(path.read_text(encoding="utf-8"))
        drawn[address] = "".join(colors.get(part, part) for part in parts).encode()
    return drawn
