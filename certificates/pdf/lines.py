"""Single lines of text as glyphs, set as the layout engine sets them.

Only for a line that stands alone on a page that was laid out before: one font, no break. The
shaping library is the one that the layout engine uses itself, on the same font file.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

Features = tuple[tuple[str, bool], ...]
_NUMERALS: Final[tuple[Features, ...]] = (
    (("lnum", True),),
    (("lnum", True), ("tnum", True)),
    (),
)
# With letter spacing the engine takes ligatures apart.
_APART: Final[Features] = (("liga", False), ("clig", False))
FEATURES: Final[tuple[Features, ...]] = (
    *_NUMERALS,
    *((*numerals, *_APART) for numerals in _NUMERALS),
)
"""What our style sheets ask of a font, in the order in which it is tried."""


@dataclass(frozen=True)
class Glyph:
    number: int
    """Of the font file; the subset in the PDF keeps it."""
    advance: float
    """Thousandths of the font size, kerning included."""


@dataclass(frozen=True)
class Face:
    """A font file as it was before it was made smaller for the PDF."""

    content: bytes

    def __hash__(self) -> int:
        return hash((len(self.content), self.content[:4096]))

    def shape(self, text: str, features: Features) -> list[Glyph] | None:
        """The glyphs of one line; None: a letter is missing, or a mark stands off its line."""
        import uharfbuzz as harfbuzz

        font = _font_of(self)
        buffer = harfbuzz.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        if buffer.direction != "ltr":
            return None
        harfbuzz.shape(font, buffer, dict(features))
        scale = 1000 / font.face.upem
        glyphs = []
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            if info.codepoint == 0 or position.x_offset or position.y_offset:
                return None
            glyphs.append(Glyph(info.codepoint, position.x_advance * scale))
        return glyphs

    def width_of(self, number: int) -> int:
        """As the PDF states it: thousandths of the font size, whole."""
        font = _font_of(self)
        wide: float = font.get_glyph_h_advance(number) * 1000 / font.face.upem
        return round(wide)


@lru_cache(maxsize=64)
def _font_of(face: Face) -> Any:
    import uharfbuzz as harfbuzz

    return harfbuzz.Font(harfbuzz.Face(face.content))


def width(glyphs: list[Glyph], *, spacing: float) -> float:
    """Thousandths of the font size. `spacing` stands between two letters."""
    return sum(glyph.advance for glyph in glyphs) + spacing * max(0, len(glyphs) - 1)


def show(glyphs: list[Glyph], *, widths: dict[int, float], spacing: float) -> bytes:
    """The operator that shows the line, with the kerning that the widths do not tell."""
    parts = []
    last = len(glyphs) - 1
    owed = 0.0
    for index, glyph in enumerate(glyphs):
        parts.append(f"<{glyph.number:04x}>")
        if index == last:
            break
        owed += widths[glyph.number] - glyph.advance - spacing
        moved = round(owed)
        if moved:
            parts.append(str(moved))
            owed -= moved
    return f"[{''.join(parts)}] TJ".encode()


def positions(operator: bytes, widths: dict[int, float]) -> tuple[list[int], list[float]]:
    """Glyph numbers of a TJ operator and where each begins, in thousandths of the font size.

    Errors: ValueError for anything but hexadecimal strings of four digits and numbers.
    """
    numbers: list[int] = []
    begins: list[float] = []
    at = 0.0
    text = operator.decode("ascii")
    if not (text.startswith("[") and text.endswith("] TJ")):
        raise ValueError("not a TJ operator")
    for piece in text[1:-4].replace("<", " <").replace(">", "> ").split():
        if piece[0] != "<":
            at -= float(piece)
            continue
        digits = piece[1:-1]
        if len(digits) % 4:
            raise ValueError("not a two-byte font")
        for index in range(0, len(digits), 4):
            number = int(digits[index : index + 4], 16)
            numbers.append(number)
            begins.append(at)
            at += widths[number]
    return numbers, begins
