"""One chart as tables: views, layers, points and paths, checked alike in a package and a form."""

from collections.abc import Callable, Collection
from typing import Any

from courses import drawings
from courses.charts import LABEL_SIDES, MOST_LAYERS
from courses.package.content import PackagedChart, PackagedPoint, PackagedView
from courses.package.schema import Keys, Table

KINDS = ("points", "nodes", "flow", "muscles")
LEVELS = ("light", "do-not-press")
MOST_VIEWS = 6
MOST_POINTS = 400
MOST_PATHS = 200
MOST_PATH_POINTS = 200
# Of a drawing, in its units.
SMALLEST = 100
LARGEST = 10_000


def read_chart(
    table: Table,
    slug: str,
    keys: Keys,
    references: Collection[str],
    *,
    view_of: Callable[[Table], PackagedView],
    is_draft: bool = False,
    no_reference: str = "references.toml has no reference",
) -> PackagedChart:
    """A chart with every mistake noted. `view_of` knows where drawings are.

    `is_draft`: somebody is still at it; texts may be missing yet, nothing else is let through.
    """
    chart = PackagedChart(
        key=table.key(),
        slug=slug,
        path=table.path,
        title=table.text("title", most=200, is_required=True),
        description=table.text("description", most=2_000, is_required=not is_draft),
        credit=table.text("credit", most=300),
        layers=[],
        paths=[],
        views=[],
        points=[],
    )
    keys.once("chart", table, chart.key)
    for row in table.tables("views", most=MOST_VIEWS):
        view = view_of(row)
        if view.slug in [each.slug for each in chart.views]:
            row.problem("id", f"the view ‘{view.slug}’ stands twice")
        chart.views.append(view)
    for row in table.tables("layers", most=MOST_LAYERS):
        layer = {
            "id": row.identifier("id", most=40),
            "title": row.text("title", most=120, is_required=True),
            "kind": row.text("kind", most=20, is_required=True, of=KINDS),
            "on": row.flag("on", default=True),
        }
        row.nothing_else()
        if layer["id"] in [each["id"] for each in chart.layers]:
            row.problem("id", f"the layer ‘{layer['id']}’ stands twice")
        chart.layers.append(layer)
    for row in table.tables("points", most=MOST_POINTS):
        point = _read_point(row, chart, keys, is_draft=is_draft)
        chart.points.append(point)
        for reference in point.references:
            if reference not in references and not is_draft:
                row.problem("references", f"{no_reference} ‘{reference}’")
    for row in table.tables("paths", most=MOST_PATHS):
        path = _read_path(row, chart, keys)
        if path is not None:
            chart.paths.append(path)
    table.nothing_else()
    if not chart.views:
        table.problem("views", "the chart has no [[views]]")
    if not chart.layers:
        table.problem("layers", "the chart has no [[layers]]")
    return chart


def read_view(row: Table, rebuilt: bytes) -> PackagedView:
    """A view over a rebuilt drawing; empty bytes: there is none, and that was said already."""
    width = row.whole("width", lowest=SMALLEST, highest=LARGEST)
    height = row.whole("height", lowest=SMALLEST, highest=LARGEST)
    for side, value in (("width", width), ("height", height)):
        if value is None and side not in row.values:
            row.problem(side, f"‘{side}’ is missing")
    if rebuilt and width and height and drawings.size_of(rebuilt) != (width, height):
        found = " × ".join(f"{value:g}" for value in drawings.size_of(rebuilt))
        row.problem("width", f"the drawing is {found}, not {width} × {height}")
    view = PackagedView(
        slug=row.identifier("id", most=40),
        title=row.text("title", most=80, is_required=True),
        drawing=rebuilt,
        width=width or 1000,
        height=height or 1000,
        crop=(0.0, 0.0, float(width or 1000), float(height or 1000)),
    )
    crop = _numbers(row.raw("crop"), 4)
    if crop is not None:
        x, y, wide, high = crop
        if min(x, y) < 0 or min(wide, high) < 10 or x + wide > view.width or y + high > view.height:
            row.problem("crop", "‘crop’ leaves the drawing")
        view.crop = (x, y, wide, high)
    elif "crop" in row.values:
        row.problem("crop", "‘crop’ must be four numbers: x, y, width, height")
    row.nothing_else()
    return view


def _read_point(row: Table, chart: PackagedChart, keys: Keys, *, is_draft: bool) -> PackagedPoint:
    point = PackagedPoint(
        key=row.key(),
        code=row.text("code", most=12),
        name=row.text("name", most=120, is_required=not is_draft),
        language=row.language(),
        layer=_layer(row, chart),
        place=row.text("place", most=1_000, is_required=not is_draft),
        caution=row.text("caution", most=1_000),
        caution_level=row.text("caution_level", most=20, of=LEVELS),
        note=row.text("note", most=1_000),
        references=row.texts("references", most=20),
        at=_read_places(row, chart),
    )
    keys.once("chart point", row, point.key)
    if point.caution_level and not point.caution and not is_draft:
        row.problem("caution_level", "a caution level needs a caution")
    row.nothing_else()
    return point


def _read_places(row: Table, chart: PackagedChart) -> list[dict[str, Any]]:
    given = row.raw("at")
    views = {view.slug: view for view in chart.views}
    if not isinstance(given, list) or not 0 < len(given) <= MOST_VIEWS:
        row.problem("at", '‘at’ must be a list like [ { view = "front", x = 1.0, y = 2.0 } ]')
        return []
    places: list[dict[str, Any]] = []
    for each in given:
        values = each if isinstance(each, dict) else {}
        table = Table(row.source, row.path, values, first_line=row.line("at"), what=" in ‘at’")
        name = table.text("view", most=40, is_required=True)
        x = table.number("x", lowest=-10_000, highest=10_000)
        y = table.number("y", lowest=-10_000, highest=10_000)
        label = table.text("label", most=2, of=LABEL_SIDES) or "e"
        for unknown in set(values) - {"view", "x", "y", "label"}:
            row.problem("at", f"unknown key ‘{unknown[:60]}’ in ‘at’")
        view = views.get(name)
        if view is None:
            row.problem("at", f"the chart has no view ‘{name}’")
        elif name in [place["view"] for place in places]:
            row.problem("at", f"the point stands twice in the view ‘{name}’")
        elif x is not None and y is not None:
            _check_inside(row, "at", view, x, y)
            places.append({"view": name, "x": x, "y": y, "label": label})
    return places


def _read_path(row: Table, chart: PackagedChart, keys: Keys) -> dict[str, Any] | None:
    key = row.key()
    keys.once("chart path", row, key)
    view = row.text("view", most=40, is_required=True)
    shown = next((each for each in chart.views if each.slug == view), None)
    if view and shown is None:
        row.problem("view", f"the chart has no view ‘{view}’")
    path: dict[str, Any] = {
        "key": str(key),
        "layer": _layer(row, chart),
        "view": view,
        "title": row.text("title", most=200),
        "order": row.whole("order", lowest=1, highest=99),
        "arrow": row.flag("arrow", default=False),
    }
    given = row.raw("points")
    points = (
        [_numbers(each, 2) for each in given]
        if isinstance(given, list) and 2 <= len(given) <= MOST_PATH_POINTS
        else [None]
    )
    row.nothing_else()
    if any(point is None for point in points):
        row.problem("points", "‘points’ must be a list of at least two places like [430, 610]")
        return None
    path["points"] = points
    if shown is not None:
        for point in points:
            if point is not None:
                _check_inside(row, "points", shown, *point)
    return path


def _check_inside(row: Table, name: str, view: PackagedView, x: float, y: float) -> None:
    left, top, wide, high = view.crop
    if not (left <= x <= left + wide and top <= y <= top + high):
        row.problem(name, f"({x:g}, {y:g}) lies outside what the view ‘{view.slug}’ shows")


def _layer(row: Table, chart: PackagedChart) -> str:
    layer = row.text("layer", most=40, is_required=True)
    if layer and layer not in [each["id"] for each in chart.layers]:
        row.problem("layer", f"the chart has no layer ‘{layer}’")
    return layer


def _numbers(value: Any, count: int) -> list[float] | None:
    if (
        isinstance(value, list)
        and len(value) == count
        and all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in value)
        and all(abs(each) <= 100_000 for each in value)
    ):
        return [float(each) for each in value]
    return None
