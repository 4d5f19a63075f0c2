"""The engraved ornament of certificates, drawn as vectors by arithmetic.

A guilloche is a family of waves whose phases are spread evenly: they weave a braid that a copier
blurs and a printer of one color still shows. Nothing here is random or reads a clock, so the same
numbers give the same drawing on every machine. Units are tenths of a point: whole numbers keep
the file small.

`python -m certificates.pdf.guilloche` writes the files in `static/img/`; a test holds them to
this module.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import cos, pi, sin
from pathlib import Path
from typing import Final

Point = tuple[float, float]
Curve = Callable[[float], Point]

WIDTH: Final = 7920
HEIGHT: Final = 6120
INK: Final = "#1c4a52"
TINT: Final = "#dfe8e5"
GROUND: Final = "#f1f5f4"
"""Under the braids of the second design. The three colors are exchanged for those of the design."""
SEGMENTS: Final = 3
"""Bézier curves per wave: with three the eye sees no difference, and pages are drawn faster."""


def _smooth_path(curve: Curve, segments: int, *, is_closed: bool) -> str:
    """The curve over t in 0..1 as cubic Béziers, in relative whole numbers."""
    step = 1 / segments
    tiny = step * 1e-3
    nodes = []
    for index in range(segments + 1):
        t = index * step
        (x, y), (x0, y0), (x1, y1) = curve(t), curve(t - tiny), curve(t + tiny)
        reach = step / 3 / (2 * tiny)
        nodes.append((x, y, (x1 - x0) * reach, (y1 - y0) * reach))
    at_x, at_y = round(nodes[0][0]), round(nodes[0][1])
    text = f"M{at_x} {at_y}c"
    is_first = True
    for (x0, y0, out_x, out_y), (x3, y3, in_x, in_y) in pairwise(nodes):
        for x, y in ((x0 + out_x, y0 + out_y), (x3 - in_x, y3 - in_y), (x3, y3)):
            for number in (round(x) - at_x, round(y) - at_y):
                text += str(number) if number < 0 or is_first else f" {number}"
                is_first = False
        at_x, at_y = round(x3), round(y3)
    return text + ("z" if is_closed else "")


def _braid(
    *,
    start: Point,
    end: Point,
    half_width: float,
    waves: int,
    swells: int,
    strands: int,
    depth: float,
) -> list[str]:
    """Strands along a straight side; between swells the braid draws together by `depth`.

    It begins and ends drawn together, and reads the same from both ends.
    """
    (x0, y0), (x1, y1) = start, end
    is_upright = x0 == x1

    def strand(phase: float) -> Curve:
        def curve(t: float) -> Point:
            swell = 1 - depth * (0.5 + 0.5 * cos(2 * pi * swells * t))
            offset = half_width * swell * sin(2 * pi * waves * t + phase)
            x, y = x0 + (x1 - x0) * t, y0 + (y1 - y0) * t
            return (x + offset, y) if is_upright else (x, y + offset)

        return curve

    return [
        _smooth_path(strand(2 * pi * index / strands), waves * SEGMENTS, is_closed=False)
        for index in range(strands)
    ]


def _rosette(*, center: Point, inner: float, outer: float, petals: int, strands: int) -> list[str]:
    """Closed waves round a center, as many as `strands`, each turned a little further."""
    middle, swing = (inner + outer) / 2, (outer - inner) / 2

    def strand(phase: float) -> Curve:
        def curve(t: float) -> Point:
            angle = 2 * pi * t
            radius = middle + swing * sin(petals * angle + phase)
            return center[0] + radius * cos(angle), center[1] + radius * sin(angle)

        return curve

    return [
        _smooth_path(strand(2 * pi * index / strands), petals * SEGMENTS, is_closed=True)
        for index in range(strands)
    ]


def _strokes(paths: Sequence[str], *, color: str, width: float) -> str:
    return (
        f'<path d="{"".join(paths)}" fill="none" stroke="{color}" stroke-width="{width:g}"'
        ' stroke-linejoin="round"/>'
    )


def _rect(x: float, y: float, width: float, height: float, stroke: float, fill: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"'
        f' stroke="{INK}" stroke-width="{stroke:g}"/>'
    )


def _frame(inset: float, stroke: float) -> str:
    return _rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, stroke, "none")


def border() -> str:
    """The frame of a landscape letter page as one SVG."""
    near, far_x, far_y = 340.0, WIDTH - 340.0, HEIGHT - 340.0
    block = 158.0
    parts = [_frame(200, 9), _frame(218, 3), _frame(462, 3), _frame(479, 6)]
    sides: list[tuple[Point, Point, int]] = [
        ((near + block, near), (far_x - block, near), 15),
        ((near + block, far_y), (far_x - block, far_y), 15),
        ((near, near + block), (near, far_y - block), 11),
        ((far_x, near + block), (far_x, far_y - block), 11),
    ]
    strands: list[str] = []
    for start, end, swells in sides:
        strands += _braid(
            start=start,
            end=end,
            half_width=106,
            waves=2 * swells,
            swells=swells,
            strands=8,
            depth=0.6,
        )
    parts.append(_strokes(strands, color=INK, width=3))
    for center in ((near, near), (far_x, near), (far_x, far_y), (near, far_y)):
        x, y = center
        parts.append(_rect(x - block, y - block, 2 * block, 2 * block, 9, "#fff"))
        inside = block - 18
        parts.append(_rect(x - inside, y - inside, 2 * inside, 2 * inside, 3, "none"))
        rings = _rosette(center=center, inner=46, outer=132, petals=8, strands=6)
        rings += _rosette(center=center, inner=6, outer=46, petals=6, strands=2)
        parts.append(_strokes(rings, color=INK, width=3))
    return _svg("".join(parts), WIDTH, HEIGHT)


def medallion() -> str:
    """The pale rosette behind the text."""
    size = 4200
    center = (size / 2, size / 2)
    lines = _rosette(center=center, inner=1260, outer=2080, petals=20, strands=8)
    lines += _rosette(center=center, inner=560, outer=1180, petals=16, strands=6)
    return _svg(_strokes(lines, color=TINT, width=6), size, size)


def _svg(content: str, width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{content}</svg>\n'
    )


# ---------------------------------------------------------------- the second design

LETTER: Final = (7920.0, 6120.0)
A4: Final = (8418.9, 5952.8)
_OUTER: Final = 216.0
_BAND: Final = 244.0
_INNER: Final = 476.0
"""Distance of the rules from the edge of the paper; printers leave out less than the outer one."""


def _framed(size: Point, inset: float, stroke: float) -> str:
    return _rect(inset, inset, size[0] - 2 * inset, size[1] - 2 * inset, stroke, "none")


def _rules(size: Point) -> list[str]:
    return [
        _framed(size, _OUTER, 12),
        _framed(size, _BAND, 3),
        _framed(size, _INNER, 3),
        _framed(size, _INNER + 20, 7),
    ]


def engraved_border(size: Point) -> str:
    """Two braids, one fast and one slow, woven over a pale ground; a rosette in each corner."""
    width, height = size
    band = _INNER - _BAND
    middle = _BAND + band / 2
    half = band / 2
    far_x, far_y = width - middle, height - middle
    hole_width, hole_height = width - 2 * _INNER, height - 2 * _INNER
    parts = [
        f'<path d="M{_BAND:g} {_BAND:g}H{width - _BAND:g}V{height - _BAND:g}H{_BAND:g}z'
        f'M{_INNER:g} {_INNER:g}v{hole_height:g}h{hole_width:g}v-{hole_height:g}z"'
        f' fill="{GROUND}"/>',
        *_rules(size),
    ]
    sides: list[tuple[Point, Point, float]] = [
        ((middle + half, middle), (far_x - half, middle), width),
        ((middle + half, far_y), (far_x - half, far_y), width),
        ((middle, middle + half), (middle, far_y - half), height),
        ((far_x, middle + half), (far_x, far_y - half), height),
    ]
    strands: list[str] = []
    for start, end, length in sides:
        # Waves of the same length on every side of either paper.
        swells = round((length - 4 * half) / 520)
        strands += _braid(
            start=start,
            end=end,
            half_width=half - 10,
            waves=2 * swells,
            swells=swells,
            strands=6,
            depth=0.5,
        )
        strands += _braid(
            start=start,
            end=end,
            half_width=half - 34,
            waves=swells,
            swells=swells,
            strands=4,
            depth=0.0,
        )
    parts.append(_strokes(strands, color=INK, width=2.6))
    for x, y in ((middle, middle), (far_x, middle), (far_x, far_y), (middle, far_y)):
        block = half + 30
        parts.append(_rect(x - block, y - block, 2 * block, 2 * block, 12, "#fff"))
        inside = block - 22
        parts.append(_rect(x - inside, y - inside, 2 * inside, 2 * inside, 3, GROUND))
        rings = _rosette(center=(x, y), inner=62, outer=inside - 8, petals=12, strands=4)
        rings += _rosette(center=(x, y), inner=14, outer=58, petals=8, strands=2)
        parts.append(_strokes(rings, color=INK, width=2.6))
    return _svg("".join(parts), round(width), round(height))


def plain_border(size: Point) -> str:
    """Rules alone, for a printer that cannot draw finer, or a plainer taste."""
    return _svg("".join(_rules(size)), round(size[0]), round(size[1]))


def engraved_medallion() -> str:
    """The pale rosette behind the name: open in the middle, so that no line crosses it often."""
    size = 4400
    center = (size / 2, size / 2)
    lines = _rosette(center=center, inner=1580, outer=2180, petals=24, strands=8)
    lines += _rosette(center=center, inner=1060, outer=1500, petals=24, strands=6)
    return _svg(_strokes(lines, color=TINT, width=5), size, size)


def seal() -> str:
    """The small rosette at the foot, dark enough to be seen on a copy."""
    size = 880
    center = (size / 2, size / 2)
    lines = _rosette(center=center, inner=300, outer=428, petals=28, strands=4)
    lines += _rosette(center=center, inner=196, outer=286, petals=20, strands=4)
    lines += _rosette(center=center, inner=40, outer=182, petals=10, strands=6)
    return _svg(_strokes(lines, color=INK, width=2.6), size, size)


FILES: Final[dict[str, Callable[[], str]]] = {
    "certificate-border.svg": border,
    "certificate-medallion.svg": medallion,
    "certificate-2-guilloche-letter.svg": lambda: engraved_border(LETTER),
    "certificate-2-guilloche-a4.svg": lambda: engraved_border(A4),
    "certificate-2-rules-letter.svg": lambda: plain_border(LETTER),
    "certificate-2-rules-a4.svg": lambda: plain_border(A4),
    "certificate-2-medallion.svg": engraved_medallion,
    "certificate-2-seal.svg": seal,
}


def write_files(folder: Path) -> None:
    for name, draw in FILES.items():
        (folder / name).write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    write_files(Path(__file__).resolve().parent.parent.parent / "static" / "img")
