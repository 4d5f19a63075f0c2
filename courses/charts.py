"""Charts: from rows to plain data, from plain data to what a template draws.

`chart_record` is a snapshot of the rows without addresses; it is embedded in the stored text of a
lesson (no query when the lesson is read) and in questions. `chart_view_data` is pure: it works
out positions, labels and curves. Units are those of the drawing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin
from typing import Any

from django.urls import reverse

from courses.models import Chart, CourseVersion

MOST_LAYERS = 10
"""The style sheet switches layers 1 to 10 without a script."""
# In a drawing 1,000 units wide; other widths scale.
RING = 8.0
CODE_SIZE = 22.0
GAP = 5.0
ARROW = 17.0
# Where the code stands: step right, step down, anchor, share of the letter height below the point.
_LABELS: Mapping[str, tuple[float, float, str, float]] = {
    "n": (0, -1, "middle", 0.0),
    "ne": (0.75, -0.75, "start", 0.0),
    "e": (1, 0, "start", 0.5),
    "se": (0.75, 0.75, "start", 1.0),
    "s": (0, 1, "middle", 1.0),
    "sw": (-0.75, 0.75, "end", 1.0),
    "w": (-1, 0, "end", 0.5),
    "nw": (-0.75, -0.75, "end", 0.0),
}
LABEL_SIDES = tuple(_LABELS)
# Height of a capital letter or digit as a share of the font size.
CAPITAL = 0.7


@dataclass(frozen=True)
class LayerData:
    id: str
    title: str
    kind: str
    number: int
    """From 1, for the switches of the style sheet."""
    is_on: bool


@dataclass(frozen=True)
class PointMark:
    """One point where it stands in one view."""

    key: str
    row: str
    """Which line of the table is this point's: a short name, for it stands there many times."""
    code: str
    name: str
    language: str
    layer: str
    layer_number: int
    kind: str
    """points | nodes | muscles: how it is drawn"""
    x: str
    y: str
    label_x: str
    label_y: str
    anchor: str
    """start | middle | end"""
    is_danger: bool
    is_light: bool


@dataclass(frozen=True)
class PathMark:
    key: str
    title: str
    layer: str
    layer_number: int
    kind: str
    d: str
    arrow_d: str
    """A triangle at the end, or nothing."""
    order: int | None
    order_x: str
    order_y: str


@dataclass(frozen=True)
class LayerMarks:
    """What one layer has in one view."""

    layer: LayerData
    paths: Sequence[PathMark]
    points: Sequence[PointMark]


@dataclass(frozen=True)
class ViewData:
    id: str
    title: str
    drawing_url: str
    """Ends in `#drawing`; for `<use href>` with `width` and `height`."""
    view_box: str
    width: str
    height: str
    ring: str
    """Radius of a ring."""
    code_size: str
    is_chosen: bool
    """The lesson asks for this view; when it names none, all are chosen."""
    layers: Sequence[LayerMarks]


@dataclass(frozen=True)
class PointRow:
    """One line of the table beside the chart."""

    key: str
    row: str
    code: str
    name: str
    language: str
    layer: LayerData
    place: str
    caution: str
    caution_level: str
    note: str
    references: Sequence[int]
    """Printed numbers; the list stands at `#ref-N`."""
    views: Sequence[str]
    """Titles of the views that show it."""


@dataclass(frozen=True)
class PathRow:
    key: str
    title: str
    layer: LayerData
    order: int | None


@dataclass(frozen=True)
class ChartData:
    id: str
    """For ids on the page; different for every chart that stands there."""
    key: str
    slug: str
    title: str
    description: str
    credit: str
    layers: Sequence[LayerData]
    views: Sequence[ViewData]
    points: Sequence[PointRow]
    paths: Sequence[PathRow]
    has_cautions: bool
    has_notes: bool


Record = Mapping[str, Any]


def chart_records(
    version: CourseVersion, references: Mapping[str, int]
) -> dict[str, dict[str, Any]]:
    """Every chart of a version by slug; four queries however many there are."""
    charts = Chart.objects.filter(version=version).prefetch_related(
        "views", "views__drawing", "points"
    )
    return {chart.slug: chart_record(chart, references) for chart in charts}


def chart_record(chart: Chart, references: Mapping[str, int]) -> dict[str, Any]:
    """Plain data that JSON can hold. Prefetch views, drawings and points before.

    `references` are the printed numbers by slug.
    """
    return {
        "key": str(chart.key),
        "slug": chart.slug,
        "title": chart.title,
        "description": chart.description,
        "credit": chart.credit,
        "layers": chart.layers,
        "paths": chart.paths,
        "views": [
            {
                "id": view.slug,
                "title": view.title,
                "drawing": view.drawing.sha256,
                "width": view.width,
                "height": view.height,
                "crop": [view.crop_x, view.crop_y, view.crop_width, view.crop_height],
            }
            for view in chart.views.all()
        ],
        "points": [
            {
                "key": str(point.key),
                "code": point.code,
                "name": point.name,
                "language": point.language,
                "layer": point.layer,
                "place": point.place,
                "caution": point.caution,
                "caution_level": point.caution_level,
                "note": point.note,
                "references": [references[slug] for slug in point.references if slug in references],
                "at": point.places,
            }
            for point in chart.points.all()
        ],
    }


def chart_view_data(
    record: Record,
    *,
    id: str,
    layers: Sequence[str] | None = None,
    view: str = "",
) -> ChartData:
    """What a template draws. `layers` (ids) and `view` choose what is on at first."""
    shown = [
        LayerData(
            id=each["id"],
            title=each["title"],
            kind=each["kind"],
            number=number,
            is_on=each["id"] in layers if layers else bool(each.get("on", True)),
        )
        for number, each in enumerate(record["layers"], start=1)
    ]
    layer_of = {layer.id: layer for layer in shown}
    views = [_view(each, record, shown, chosen=view) for each in record["views"]]
    titles = {each["id"]: each["title"] for each in record["views"]}
    points = [
        PointRow(
            key=point["key"],
            row=str(number),
            code=point["code"],
            name=point["name"],
            language=point["language"],
            layer=layer_of[point["layer"]],
            place=point["place"],
            caution=point["caution"],
            caution_level=point["caution_level"],
            note=point["note"],
            references=point["references"],
            views=[titles[at["view"]] for at in point["at"]],
        )
        for number, point in enumerate(record["points"], start=1)
    ]
    return ChartData(
        id=id,
        key=record["key"],
        slug=record["slug"],
        title=record["title"],
        description=record["description"],
        credit=record["credit"],
        layers=shown,
        views=views,
        points=points,
        paths=_path_rows(record, layer_of),
        has_cautions=any(point.caution for point in points),
        has_notes=any(point.note for point in points),
    )


def _path_rows(record: Record, layer_of: Mapping[str, LayerData]) -> list[PathRow]:
    """One row per path that can be told in words; the same path in two views is one row."""
    rows: dict[tuple[str, str, int | None], PathRow] = {}
    for path in record["paths"]:
        if path["title"]:
            layer = layer_of[path["layer"]]
            row = PathRow(path["key"], path["title"], layer, path.get("order"))
            rows.setdefault((layer.id, path["title"], path.get("order")), row)
    return sorted(rows.values(), key=lambda row: (row.layer.number, row.order or 0))


def _view(each: Record, record: Record, layers: Sequence[LayerData], *, chosen: str) -> ViewData:
    scale = each["width"] / 1000
    return ViewData(
        id=each["id"],
        title=each["title"],
        drawing_url=reverse("courses:drawing", args=[each["drawing"]]) + "#drawing",
        view_box=" ".join(_number(value) for value in each["crop"]),
        width=_number(each["width"]),
        height=_number(each["height"]),
        ring=_number(RING * scale),
        code_size=_number(CODE_SIZE * scale),
        is_chosen=not chosen or each["id"] == chosen,
        layers=[
            LayerMarks(
                layer=layer,
                paths=[
                    _path(path, layer, scale)
                    for path in record["paths"]
                    if path["layer"] == layer.id and path["view"] == each["id"]
                ],
                points=[
                    _mark(point, at, layer, scale, row=str(number))
                    for number, point in enumerate(record["points"], start=1)
                    if point["layer"] == layer.id
                    for at in point["at"]
                    if at["view"] == each["id"]
                ],
            )
            for layer in layers
        ],
    )


def _mark(point: Record, at: Record, layer: LayerData, scale: float, *, row: str) -> PointMark:
    label_x, label_y, anchor = label_place(at["x"], at["y"], at.get("label", "e"), scale=scale)
    return PointMark(
        key=point["key"],
        row=row,
        code=point["code"],
        name=point["name"],
        language=point["language"],
        layer=layer.id,
        layer_number=layer.number,
        kind=layer.kind,
        x=_number(at["x"]),
        y=_number(at["y"]),
        label_x=_number(label_x),
        label_y=_number(label_y),
        anchor=anchor,
        is_danger=point["caution_level"] == "do-not-press",
        is_light=point["caution_level"] == "light",
    )


def label_place(x: float, y: float, side: str, *, scale: float = 1) -> tuple[float, float, str]:
    """Where the code of a point at (x, y) begins: the baseline, and the text anchor."""
    right, down, anchor, share = _LABELS[side]
    away = (RING + GAP) * scale
    return x + right * away, y + down * away + share * CAPITAL * CODE_SIZE * scale, anchor


def _path(path: Record, layer: LayerData, scale: float) -> PathMark:
    points = [(float(x), float(y)) for x, y in path["points"]]
    order_x, order_y = _beside_start(points, scale)
    return PathMark(
        key=path["key"],
        title=path["title"],
        layer=layer.id,
        layer_number=layer.number,
        kind=layer.kind,
        d=smooth_path(points),
        arrow_d=arrow_head(points, size=ARROW * scale) if path.get("arrow") else "",
        order=path.get("order"),
        order_x=_number(order_x),
        order_y=_number(order_y),
    )


def _beside_start(points: Sequence[tuple[float, float]], scale: float) -> tuple[float, float]:
    """A little behind the start of a path, against its direction: where its number stands."""
    (x, y), (next_x, next_y) = points[0], points[1]
    length = hypot(next_x - x, next_y - y) or 1
    away = CODE_SIZE * 0.8 * scale
    return (
        x - (next_x - x) / length * away,
        y - (next_y - y) / length * away + CAPITAL * CODE_SIZE * scale / 2,
    )


def smooth_path(points: Sequence[tuple[float, float]]) -> str:
    """A curve through all points: Catmull-Rom, written as cubic Béziers."""
    if len(points) < 2:
        return ""
    pieces = [f"M{_number(points[0][0])} {_number(points[0][1])}"]
    for index in range(len(points) - 1):
        before = points[max(index - 1, 0)]
        start, end = points[index], points[index + 1]
        after = points[min(index + 2, len(points) - 1)]
        first = (start[0] + (end[0] - before[0]) / 6, start[1] + (end[1] - before[1]) / 6)
        second = (end[0] - (after[0] - start[0]) / 6, end[1] - (after[1] - start[1]) / 6)
        numbers = (*first, *second, *end)
        pieces.append("C" + " ".join(_number(value) for value in numbers))
    return "".join(pieces)


def arrow_head(points: Sequence[tuple[float, float]], *, size: float) -> str:
    """A triangle whose tip is the last point. A path of its own: markers need ids and `url()`."""
    (from_x, from_y), (x, y) = points[-2], points[-1]
    angle = atan2(y - from_y, x - from_x)
    corners = [(x, y)]
    for turn in (pi - 0.42, pi + 0.42):
        corners.append((x + size * cos(angle + turn), y + size * sin(angle + turn)))
    return "M" + "L".join(f"{_number(a)} {_number(b)}" for a, b in corners) + "Z"


def _number(value: float) -> str:
    """At most one decimal, none when it is zero: less to send."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
