"""Line drawings of ours to begin a chart with; docs/drawings.md says where they come from.

The files in `static/drawings` are rebuilt already: the page shows them as they are, and a chart
that chooses one keeps the same bytes.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.templatetags.static import static

from courses import drawings

CREDIT: Final = "Own drawing. Head geometry from the MakeHuman base mesh (CC0 1.0)."


@dataclass(frozen=True)
class LibraryDrawing:
    name: str
    title: str
    about: str
    """What is drawn, as a sentence for the description of a chart."""
    credit: str = CREDIT

    @property
    def url(self) -> str:
        return static(f"drawings/{self.name}.svg") + "#drawing"

    @property
    def sha256(self) -> str:
        """What the kept file is named by when a chart has chosen it."""
        return hashlib.sha256(self.read()).hexdigest()

    def read(self) -> bytes:
        return (Path(settings.BASE_DIR) / "static" / "drawings" / f"{self.name}.svg").read_bytes()

    def size(self) -> tuple[float, float]:
        return drawings.size_of(self.read())


LIBRARY: Final[Sequence[LibraryDrawing]] = (
    LibraryDrawing("front", "Front", "Face and neck from the front."),
    LibraryDrawing("three-quarter", "Three-quarter", "Face and neck, turned a little aside."),
    LibraryDrawing("profile", "Profile", "Head and neck from the subject’s left side."),
    LibraryDrawing("neck-side", "Side of the neck", "Neck from the side, a little from below."),
    LibraryDrawing("neck-back", "Back of the neck", "Head and neck from behind."),
)


def library_drawing(name: str) -> LibraryDrawing | None:
    return next((each for each in LIBRARY if each.name == name), None)
