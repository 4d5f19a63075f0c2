"""Line drawings as pixels, for other systems, which show no drawings of ours.

Only what `courses.drawings` lets in is known: plain shapes, moved and filled. Pillow draws them
larger and makes them smaller, which smooths the edges.
"""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import atan2, ceil, cos, hypot, pi, radians, sin, sqrt, tan
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element

from courses.drawings import SVG

if TYPE_CHECKING:
    from PIL.Image import Image

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
INK: Final = (43, 38, 34)
PAPER: Final = (255, 255, 255)
# Pixels; a small picture is drawn larger still, for its lines are thin.
_SMALL: Final = 400_000
_STEPS: Final = 12
_PIECE: Final = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_NUMBER: Final = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_MOVE: Final = re.compile(r"([a-zA-Z]+)\s*\(([^)]*)\)")
_VARIABLE: Final = re.compile(r"var\(--[a-z-]+, (#[0-9a-fA-F]{3,6})\)")
_COUNTS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}


@dataclass(frozen=True)
class _Looks:
    matrix: Matrix
    fill: tuple[int, int, int] | None = (0, 0, 0)
    stroke: tuple[int, int, int] | None = None
    stroke_width: float = 1
    opacity: float = 1
    fill_opacity: float = 1
    stroke_opacity: float = 1
    is_even_odd: bool = False


@dataclass(frozen=True)
class _Line:
    points: list[Point]
    is_closed: bool


def rasterize(drawing: bytes, crop: Sequence[float], width: int, height: int) -> bytes:
    """The part `crop` (left, top, width, height) of a rebuilt drawing as a PNG on white paper.
    The same drawing gives the same bytes."""
    out = io.BytesIO()
    # Few colors and their shades: a palette holds them, and the file is a fourth.
    raster(drawing, crop, width, height).quantize(128).save(out, "PNG", optimize=True)
    return out.getvalue()


def raster(drawing: bytes, crop: Sequence[float], width: int, height: int) -> "Image":
    from defusedxml.ElementTree import fromstring
    from PIL import Image

    times = 3 if width * height < _SMALL else 2
    large = width * times, height * times
    canvas = Image.new("RGB", large, PAPER)
    left, top, across, down = crop
    x, y = large[0] / across, large[1] / down
    root = fromstring(drawing, forbid_dtd=True)
    _draw(root, _Looks((x, 0, 0, y, -left * x, -top * y)), canvas)
    return canvas.resize((width, height), Image.Resampling.LANCZOS)


def _draw(element: Element, looks: _Looks, canvas: "Image") -> None:
    tag = str(element.tag).removeprefix(SVG)
    looks = _with(looks, element)
    if tag in ("svg", "g"):
        for each in element:
            _draw(each, looks, canvas)
        return
    lines = [_moved(line, looks.matrix) for line in _lines(tag, element)]
    if looks.fill is not None and tag != "line":
        _fill(lines, looks.fill, looks.opacity * looks.fill_opacity, canvas, looks.is_even_odd)
    if looks.stroke is not None:
        width = looks.stroke_width * sqrt(abs(_determinant(looks.matrix)))
        _stroke(lines, looks.stroke, width, looks.opacity * looks.stroke_opacity, canvas)


def _with(looks: _Looks, element: Element) -> _Looks:
    """What the element says of itself, on top of what stands around it."""
    given = element.attrib
    changes: dict[str, Any] = {}
    for name in ("fill", "stroke"):
        if name in given:
            changes[name] = _color(given[name])
    for name, key in (
        ("stroke-width", "stroke_width"),
        ("fill-opacity", "fill_opacity"),
        ("stroke-opacity", "stroke_opacity"),
    ):
        if name in given:
            changes[key] = float(given[name])
    if "opacity" in given:
        changes["opacity"] = looks.opacity * float(given["opacity"])
    if "fill-rule" in given:
        changes["is_even_odd"] = given["fill-rule"] == "evenodd"
    matrix = looks.matrix
    for kind, numbers in _MOVE.findall(given.get("transform", "")):
        matrix = _product(matrix, _matrix(kind, [float(each) for each in _NUMBER.findall(numbers)]))
    return replace(looks, matrix=matrix, **changes)


def _color(value: str) -> tuple[int, int, int] | None:
    if found := _VARIABLE.fullmatch(value):
        value = found[1]
    if value == "none":
        return None
    if not value.startswith("#"):
        return INK
    digits = value[1:] if len(value) == 7 else "".join(2 * each for each in value[1:])
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)


# ---------------------------------------------------------------- moving


def _matrix(kind: str, numbers: list[float]) -> Matrix:
    first = numbers[0] if numbers else 0.0
    match kind:
        case "translate":
            return 1, 0, 0, 1, first, numbers[1] if len(numbers) > 1 else 0
        case "scale":
            return first, 0, 0, numbers[1] if len(numbers) > 1 else first, 0, 0
        case "rotate":
            turn = radians(first)
            turned = (cos(turn), sin(turn), -sin(turn), cos(turn), 0.0, 0.0)
            if len(numbers) < 3:
                return turned
            x, y = numbers[1:3]
            return _product(_product((1, 0, 0, 1, x, y), turned), (1, 0, 0, 1, -x, -y))
        case "skewX":
            return 1, 0, tan(radians(first)), 1, 0, 0
        case "skewY":
            return 1, tan(radians(first)), 0, 1, 0, 0
    a, b, c, d, e, f = (*numbers, 1, 0, 0, 1, 0, 0)[:6] if len(numbers) == 6 else (1, 0, 0, 1, 0, 0)
    return a, b, c, d, e, f


def _product(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (
        a * g + c * h,
        b * g + d * h,
        a * i + c * j,
        b * i + d * j,
        a * k + c * m + e,
        b * k + d * m + f,
    )


def _determinant(matrix: Matrix) -> float:
    a, b, c, d, _e, _f = matrix
    return a * d - b * c


def _moved(line: _Line, matrix: Matrix) -> _Line:
    a, b, c, d, e, f = matrix
    return _Line([(a * x + c * y + e, b * x + d * y + f) for x, y in line.points], line.is_closed)


# ---------------------------------------------------------------- shapes as lines


def _lines(tag: str, element: Element) -> list[_Line]:
    def number(name: str, usual: float = 0) -> float:
        return float(element.get(name, usual))

    match tag:
        case "path":
            return list(_path(element.get("d", "")))
        case "polyline" | "polygon":
            numbers = [float(each) for each in _NUMBER.findall(element.get("points", ""))]
            points = list(zip(numbers[::2], numbers[1::2], strict=False))
            return [_Line(points, tag == "polygon")]
        case "line":
            ends = [(number("x1"), number("y1")), (number("x2"), number("y2"))]
            return [_Line(ends, is_closed=False)]
        case "circle":
            return [_ellipse(number("cx"), number("cy"), number("r"), number("r"))]
        case "ellipse":
            return [_ellipse(number("cx"), number("cy"), number("rx"), number("ry"))]
        case "rect":
            x, y, width, height = (number(name) for name in ("x", "y", "width", "height"))
            rx = number("rx", number("ry"))
            return [_rectangle(x, y, width, height, rx, number("ry", rx))]
    return []


def _ellipse(x: float, y: float, across: float, down: float) -> _Line:
    turns = [2 * pi * step / (6 * _STEPS) for step in range(6 * _STEPS)]
    return _Line([(x + across * cos(turn), y + down * sin(turn)) for turn in turns], True)


def _rectangle(x: float, y: float, width: float, height: float, rx: float, ry: float) -> _Line:
    rx, ry = min(rx, width / 2), min(ry, height / 2)
    corners = [
        (x + width - rx, y + ry, -pi / 2),
        (x + width - rx, y + height - ry, 0.0),
        (x + rx, y + height - ry, pi / 2),
        (x + rx, y + ry, pi),
    ]
    points = [
        (middle + rx * cos(turn), level + ry * sin(turn))
        for middle, level, start in corners
        for turn in (start + pi / 2 * step / _STEPS for step in range(_STEPS + 1))
    ]
    return _Line(points, True)


def _path(d: str) -> Iterator[_Line]:
    points: list[Point] = []
    x = y = 0.0
    start: Point = (0.0, 0.0)
    control: Point | None = None
    before = ""
    for command, numbers in _commands(d):
        upper = command.upper()
        if command.islower() and upper not in "HVA":
            numbers = [n + (y if place % 2 else x) for place, n in enumerate(numbers)]
        elif command == "h":
            numbers = [numbers[0] + x]
        elif command == "v":
            numbers = [numbers[0] + y]
        elif command == "a":
            numbers = [*numbers[:5], numbers[5] + x, numbers[6] + y]
        here = (x, y)
        if upper == "M":
            if len(points) > 1:
                yield _Line(points, False)
            start = (numbers[0], numbers[1])
            points = [start]
        elif upper == "Z":
            if points:
                yield _Line(points, True)
            points = [start]
        else:
            curve, control = _curve(upper, numbers, here, control, before)
            points += curve
        x, y = points[-1] if points else here
        before = upper
    if len(points) > 1:
        yield _Line(points, False)


def _curve(
    upper: str, numbers: list[float], here: Point, control: Point | None, before: str
) -> tuple[list[Point], Point | None]:
    """The points after `here`, and the last point that a curve was drawn towards."""
    x, y = here
    mirrored = (2 * x - control[0], 2 * y - control[1]) if control else here
    match upper:
        case "H":
            return [(numbers[0], y)], None
        case "V":
            return [(x, numbers[0])], None
        case "C" | "S":
            first = (numbers[0], numbers[1]) if upper == "C" else mirrored
            if upper == "S" and before not in ("C", "S"):
                first = here
            second, end = (numbers[-4], numbers[-3]), (numbers[-2], numbers[-1])
            return list(_cubic(here, first, second, end)), second
        case "Q" | "T":
            middle = (numbers[0], numbers[1]) if upper == "Q" else mirrored
            if upper == "T" and before not in ("Q", "T"):
                middle = here
            end = (numbers[-2], numbers[-1])
            first = (x + 2 / 3 * (middle[0] - x), y + 2 / 3 * (middle[1] - y))
            second = (
                end[0] + 2 / 3 * (middle[0] - end[0]),
                end[1] + 2 / 3 * (middle[1] - end[1]),
            )
            return list(_cubic(here, first, second, end)), middle
        case "A":
            return _arc(here, numbers), None
    return [(numbers[0], numbers[1])], None


def _commands(d: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; one that is said once counts for all numbers behind it."""
    command, numbers = "", []
    found: list[str] = []
    for piece in _PIECE.findall(d):
        # The two flags of an arc may stand without a space between them and what follows.
        if command.upper() == "A" and not piece[0].isalpha():
            while (len(found) % 7) in (3, 4) and piece[:1] in "01" and len(piece) > 1:
                found.append(piece[0])
                piece = piece[1:]
        found.append(piece)
        if piece.isalpha():
            command = piece
            found = []
            if piece in "Zz":
                yield piece, []
            continue
        count = _COUNTS.get(command.upper(), 2)
        if len(found) == count:
            numbers = [float(each) for each in found]
            yield command, numbers
            found = []
            # Behind a move, further numbers are lines.
            command = {"M": "L", "m": "l"}.get(command, command)


def _cubic(a: Point, b: Point, c: Point, d: Point) -> Iterator[Point]:
    for step in range(1, _STEPS + 1):
        t = step / _STEPS
        u = 1 - t
        yield (
            u**3 * a[0] + 3 * u * u * t * b[0] + 3 * u * t * t * c[0] + t**3 * d[0],
            u**3 * a[1] + 3 * u * u * t * b[1] + 3 * u * t * t * c[1] + t**3 * d[1],
        )


def _arc(here: Point, numbers: list[float]) -> list[Point]:
    """An arc of an ellipse between two points: SVG 1.1, appendix F.6."""
    rx, ry, turn, is_large, is_sweep, x, y = numbers
    rx, ry, turn = abs(rx), abs(ry), radians(turn)
    if not rx or not ry or (x, y) == here:
        return [(x, y)]
    half = ((here[0] - x) / 2, (here[1] - y) / 2)
    one = (cos(turn) * half[0] + sin(turn) * half[1], -sin(turn) * half[0] + cos(turn) * half[1])
    stretch = hypot(one[0] / rx, one[1] / ry)
    rx, ry = (rx * max(1, stretch), ry * max(1, stretch))
    below = (rx * one[1]) ** 2 + (ry * one[0]) ** 2
    root = sqrt(max(0.0, (rx * ry) ** 2 - below) / below)
    sign = -1 if bool(is_large) == bool(is_sweep) else 1
    center = (sign * root * rx * one[1] / ry, -sign * root * ry * one[0] / rx)
    middle = (
        cos(turn) * center[0] - sin(turn) * center[1] + (here[0] + x) / 2,
        sin(turn) * center[0] + cos(turn) * center[1] + (here[1] + y) / 2,
    )
    first = atan2((one[1] - center[1]) / ry, (one[0] - center[0]) / rx)
    last = atan2((-one[1] - center[1]) / ry, (-one[0] - center[0]) / rx)
    if is_sweep and last < first:
        last += 2 * pi
    elif not is_sweep and last > first:
        last -= 2 * pi
    count = max(2, ceil(abs(last - first) / (pi / _STEPS)))
    found = []
    for step in range(1, count + 1):
        angle = first + (last - first) * step / count
        across, down = rx * cos(angle), ry * sin(angle)
        found.append(
            (
                middle[0] + cos(turn) * across - sin(turn) * down,
                middle[1] + sin(turn) * across + cos(turn) * down,
            )
        )
    found[-1] = (x, y)
    return found


# ---------------------------------------------------------------- ink


def _fill(
    lines: list[_Line],
    color: tuple[int, int, int],
    opacity: float,
    canvas: "Image",
    is_even_odd: bool,
) -> None:
    """What lies between the lines. Holes are where lines turn the other way around, or with
    `is_even_odd` where every second line is crossed."""
    from PIL import Image, ImageChops, ImageDraw

    lines = [line for line in lines if len(line.points) > 2]
    box = _box([point for line in lines for point in line.points], canvas, 1)
    if box is None:
        return
    size = (box[2] - box[0], box[3] - box[1])
    around, back = Image.new("L", size), Image.new("L", size)
    for line in lines:
        mask = Image.new("L", size)
        inner = [(x - box[0], y - box[1]) for x, y in line.points]
        ImageDraw.Draw(mask).polygon(inner, fill=1)
        if is_even_odd:
            around = ImageChops.difference(around, mask)
        elif _area(inner) >= 0:
            around = ImageChops.add(around, mask)
        else:
            back = ImageChops.add(back, mask)
    whole = round(255 * max(0.0, min(1.0, opacity)))
    inside = ImageChops.difference(around, back).point([0, *([whole] * 255)])
    canvas.paste(color, box, inside)


def _stroke(
    lines: list[_Line],
    color: tuple[int, int, int],
    width: float,
    opacity: float,
    canvas: "Image",
) -> None:
    from PIL import Image, ImageDraw

    points = [point for line in lines for point in line.points]
    box = _box(points, canvas, ceil(width) + 1)
    if box is None:
        return
    mask = Image.new("L", (box[2] - box[0], box[3] - box[1]))
    draw = ImageDraw.Draw(mask)
    whole = round(255 * max(0.0, min(1.0, opacity)))
    thick = max(1, round(width))
    for line in lines:
        inner = [(x - box[0], y - box[1]) for x, y in line.points]
        if line.is_closed:
            inner.append(inner[0])
        draw.line(inner, fill=whole, width=thick, joint="curve")
        if thick > 2:
            for x, y in (inner[0], inner[-1]):
                around = (x - thick / 2, y - thick / 2, x + thick / 2, y + thick / 2)
                draw.ellipse(around, fill=whole)
    canvas.paste(color, box, mask)


def _box(points: list[Point], canvas: "Image", more: int) -> tuple[int, int, int, int] | None:
    """The part of the canvas that the points reach; None: none of it."""
    if not points:
        return None
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    box = (
        max(0, int(min(xs)) - more),
        max(0, int(min(ys)) - more),
        min(canvas.width, ceil(max(xs)) + more + 1),
        min(canvas.height, ceil(max(ys)) + more + 1),
    )
    return box if box[0] < box[2] and box[1] < box[3] else None


def _area(points: list[Point]) -> float:
    return sum(
        x * next_y - next_x * y
        for (x, y), (next_x, next_y) in zip(points, [*points[1:], *points[:1]], strict=True)
    )
