"""Places on a picture: circles, rectangles, polygons in the units of the picture. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Numbers = list[Any]
SHAPES: Final = ("circle", "rectangle", "polygon")
MOST_CORNERS: Final = 40
# What pages draw in: whatever the picture's own units are, marks have the same size everywhere.
DRAWN_WIDTH: Final = 1000
RING: Final = 19.0
_AWAY: Final = 12.0
# Of a number on the page: its height, the width of a digit, and what is left free around it.
_LETTER: Final = 28.0
_DIGIT: Final = 22.0
_APART: Final = 4.0
# Step right, step down, anchor, share of the height of a digit below the point.
_SIDES: Final[Mapping[str, tuple[float, float, str, float]]] = {
    "n": (0, -1, "middle", 0.0),
    "ne": (0.75, -0.75, "start", 0.0),
    "e": (1, 0, "start", 0.5),
    "se": (0.75, 0.75, "start", 1.0),
    "s": (0, 1, "middle", 1.0),
    "sw": (-0.75, 0.75, "end", 1.0),
    "w": (-1, 0, "end", 0.5),
    "nw": (-0.75, -0.75, "end", 0.0),
}
SIDES: Final = tuple(_SIDES)


def plain(value: float) -> float | int:
    """At most one decimal, none when it is zero: one spelling for one place."""
    rounded = round(float(value), 1)
    return int(rounded) if rounded.is_integer() else rounded


def shape_problem(shape: str, numbers: Any) -> str:
    """What is wrong with the numbers of a shape, or nothing."""
    if shape == "circle":
        if not _are_numbers(numbers, 3) or numbers[2] <= 0:
            return "A circle is three numbers: x and y of its middle, and its radius."
    elif shape == "rectangle":
        if not _are_numbers(numbers, 4) or min(numbers[2:]) <= 0:
            return "A rectangle is four numbers: x and y of its corner, its width and height."
    elif not (
        isinstance(numbers, list)
        and 3 <= len(numbers) <= MOST_CORNERS
        and all(_are_numbers(corner, 2) for corner in numbers)
    ):
        return f"A polygon is 3 to {MOST_CORNERS} corners like [120, 80]."
    return ""


def canonical(shape: str, numbers: Any) -> Numbers:
    if shape == "polygon":
        return [[plain(value) for value in corner] for corner in numbers]
    return [plain(value) for value in numbers]


def middle(shape: str, numbers: Sequence[Any]) -> tuple[float, float]:
    """Where the mark of a place stands."""
    if shape == "circle":
        return numbers[0], numbers[1]
    if shape == "rectangle":
        return numbers[0] + numbers[2] / 2, numbers[1] + numbers[3] / 2
    count = len(numbers)
    return sum(corner[0] for corner in numbers) / count, sum(c[1] for c in numbers) / count


def is_inside(crop: Sequence[float], x: float, y: float) -> bool:
    left, top, width, height = crop
    return left <= x <= left + width and top <= y <= top + height


@dataclass(frozen=True)
class Mark:
    """A place in a picture that is `DRAWN_WIDTH` wide."""

    x: float
    y: float
    radius: float
    outline: str
    """Of an area; a point has a ring."""
    side: str
    """Where its number stands, if there is room."""

    def number_at(self, side: str) -> tuple[float, float, str]:
        """The beginning of the base line, and the text anchor."""
        if self.outline:
            # The number of an area stands in its middle.
            return self.x, self.y + _LETTER / 2, "middle"
        right, below, anchor, share = _SIDES[side]
        away = self.radius + _AWAY
        return self.x + right * away, self.y + below * away + share * _LETTER, anchor

    def number_box(self, side: str, width: float) -> "Box":
        x, y, anchor = self.number_at(side)
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        return left, y - _LETTER, left + width, y

    @property
    def box(self) -> "Box":
        return (
            self.x - self.radius,
            self.y - self.radius,
            self.x + self.radius,
            self.y + self.radius,
        )


Box = tuple[float, float, float, float]


def marks(
    places: Sequence[tuple[str, Sequence[Any], str]], crop: Sequence[float]
) -> list[dict[str, str]]:
    """How places (shape, numbers, side) are drawn, numbered in this order: their outlines (of a
    point: a ring), and where each number stands without touching another mark.

    A point of a chart has no extent: the ring is the same for all of them.
    """
    drawn = [_mark(*place, crop=crop) for place in places]
    taken: list[Box] = [each.box for each in drawn if not each.outline]
    bottom = DRAWN_WIDTH * crop[3] / crop[2]
    found = []
    for number, each in enumerate(drawn, start=1):
        width = _DIGIT * len(str(number))

        def hits(side: str, each: Mark = each, width: float = width) -> int:
            box = each.number_box(side, width)
            is_outside = min(box[:2]) < 0 or box[2] > DRAWN_WIDTH or box[3] > bottom
            return sum(_touch(box, other) for other in taken) + is_outside

        # The author's side first; of two equally good ones the first.
        side = min([each.side, *(name for name in _SIDES if name != each.side)], key=hits)
        taken.append(each.number_box(side, width))
        x, y, anchor = each.number_at(side)
        found.append(
            {
                "value": str(number),
                "x": _text(each.x),
                "y": _text(each.y),
                "radius": _text(each.radius),
                "outline": each.outline,
                "number_x": _text(x),
                "number_y": _text(y),
                "anchor": anchor,
            }
        )
    return found


def _touch(one: Box, other: Box) -> bool:
    return (
        one[0] < other[2] + _APART
        and other[0] < one[2] + _APART
        and one[1] < other[3] + _APART
        and other[1] < one[3] + _APART
    )


def _mark(shape: str, numbers: Sequence[Any], side: str, *, crop: Sequence[float]) -> Mark:
    scale = DRAWN_WIDTH / crop[2]

    def drawn(x: float, y: float) -> tuple[float, float]:
        return (x - crop[0]) * scale, (y - crop[1]) * scale

    x, y = drawn(*middle(shape, numbers))
    radius = max(RING, numbers[2] * scale) if shape == "circle" else RING
    if shape == "rectangle":
        left, top, width, height = numbers
        right, low = left + width, top + height
        corners = [(left, top), (right, top), (right, low), (left, low)]
    else:
        corners = [(corner[0], corner[1]) for corner in numbers] if shape == "polygon" else []
    outline = "L".join(f"{_text(a)} {_text(b)}" for a, b in (drawn(*each) for each in corners))
    return Mark(x, y, radius, f"M{outline}Z" if outline else "", side)


def art(crop: Sequence[float]) -> dict[str, str]:
    """How the whole picture is moved and stretched so that its crop fills the drawn width."""
    scale = DRAWN_WIDTH / crop[2]
    return {
        "view_box": f"0 0 {DRAWN_WIDTH} {_text(crop[3] * scale)}",
        "transform": f"scale({scale:.4f}) translate({_text(-crop[0])} {_text(-crop[1])})",
    }


def _are_numbers(value: Any, count: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in value)
        # Also what is no number at all: NaN is smaller than nothing.
        and all(abs(each) < 100_000 for each in value)
    )


def _text(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
