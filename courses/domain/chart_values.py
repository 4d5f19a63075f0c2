"""A chart as plain values, the shape of `charts/NAME.toml`: out of its rows, and checked.

The studio sends a chart in this shape and gets it back in it. What is checked is what an import
checks, with the same words; only who is told differs: a form names the point, not the line.
"""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from ce_platform.core.text import canonical_json, clean, sha256_text
from courses.markdown import parse
from courses.models import Chart, CourseVersion, Lesson, Reference
from courses.package.chart_tables import read_chart
from courses.package.content import PackagedChart, PackagedView
from courses.package.schema import Keys, Table

Values = dict[str, Any]

LONGEST_JSON: Final = 1_000_000
MOST_SENTENCES: Final = 12
# What a page calls the rows and the fields that a package writes in brackets and quotation marks.
_ROWS: Final = {
    "views": "View",
    "layers": "Layer",
    "points": "Point",
    "paths": "Stroke",
}
_FIELDS: Final = {
    "at": "position",
    "caution_level": "how grave",
    "id": "short name",
    "on": "on at first",
    "place": "place in words",
    "points": "bends",
    "view": "view",
}
_QUOTED = re.compile("‘([a-z_]+)’")
# A block that shows a chart. Inside a code block it shows none; a needless warning harms nobody.
_SHOWN = re.compile(r"^[ \t>]*:{3,}[ \t]*chart[ \t]+([^\s=]+)(?=\s|$)", re.MULTILINE)
_BRACKETS = re.compile(r"\[\[([a-z]+)\]\]")


# ---------------------------------------------------------------- out of the rows


def values_of(chart: Chart) -> Values:
    """Prefetch views, their drawings and points before, when there are many charts."""
    return {
        "key": str(chart.key),
        "title": chart.title,
        "description": chart.description,
        "credit": chart.credit,
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
        "layers": chart.layers,
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
                "references": point.references,
                "at": point.places,
            }
            for point in chart.points.all()
        ],
        "paths": chart.paths,
    }


def values_packaged(packaged: PackagedChart, drawings: Mapping[str, str]) -> Values:
    """The same of a chart that was read; `drawings`: SHA-256 by id of the view."""
    return {
        "key": str(packaged.key),
        "title": packaged.title,
        "description": packaged.description,
        "credit": packaged.credit,
        "views": [
            {
                "id": view.slug,
                "title": view.title,
                "drawing": drawings[view.slug],
                "width": view.width,
                "height": view.height,
                "crop": list(view.crop),
            }
            for view in packaged.views
        ],
        "layers": packaged.layers,
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
                "references": point.references,
                "at": point.at,
            }
            for point in packaged.points
        ],
        "paths": packaged.paths,
    }


def hash_of(values: Values) -> str:
    """Names one state of a chart: whoever saves says which one was in front of them."""
    return sha256_text(canonical_json(_plain(values)))


def _plain(value: Any) -> Any:
    """Numbers in one spelling: 600 and 600.0 are the same place."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def record_of(values: Values, slug: str, references: Mapping[str, int]) -> dict[str, Any]:
    """What `courses.charts.chart_view_data` draws, of a chart that need not be saved yet."""
    return {
        **values,
        "slug": slug,
        "points": [
            {
                **point,
                "references": [
                    references[each] for each in point["references"] if each in references
                ],
            }
            for point in values["points"]
        ],
    }


# ---------------------------------------------------------------- checked


def parse_json(text: str) -> Values | None:
    """What a page sent as JSON; None when it is nothing of the kind."""
    if len(text) > LONGEST_JSON:
        return None
    try:
        values = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not a number")


class _Enough(Exception):
    """So much is wrong that nobody reads on; a hostile chart must not cost more than this."""


class ChartSentences:
    """Told what is wrong in the tables of a chart; says which point or layer it is."""

    def __init__(self, values: Values) -> None:
        self.sentences: list[str] = []
        self._values = values
        self._rows = [""]

    def line_of(self, path: str, needle: str, nth: int = 0) -> int:
        self._rows.append(self._called(needle.strip("[]"), nth))
        return len(self._rows)

    def layout(self, path: str) -> "ChartSentences":
        return self

    def key(self, name: str, *, after: int) -> int | None:
        return None

    def problem(self, path: str, line: int, sentence: str) -> None:
        if len(self.sentences) >= MOST_SENTENCES:
            raise _Enough
        sentence = _BRACKETS.sub(lambda found: found[1], clean(sentence))
        sentence = _QUOTED.sub(lambda found: f"‘{_FIELDS.get(found[1], found[1])}’", sentence)
        row = self._rows[line - 1]
        whole = f"{row}: {sentence}" if row else sentence[:1].upper() + sentence[1:]
        if not whole.endswith((".", "!", "?")):
            whole += "."
        if whole not in self.sentences:
            self.sentences.append(whole)

    def _called(self, name: str, nth: int) -> str:
        row = self._values[name][nth]
        for field in ("code", "name", "title"):
            said = row.get(field)
            if isinstance(said, str) and clean(said):
                return f"{_ROWS[name]} {clean(said)[:40]}"
        return f"{_ROWS[name]} {nth + 1}"


def read_values(
    values: Values,
    *,
    view_of: Callable[[Table], PackagedView],
    references: Collection[str],
    is_draft: bool = True,
) -> tuple[PackagedChart | None, list[str]]:
    """The chart these values are, and what is wrong with them as sentences."""
    told = ChartSentences(values)
    try:
        packaged = read_chart(
            Table(told, "", values),
            "",
            Keys(),
            references,
            view_of=view_of,
            is_draft=is_draft,
            no_reference="the course has no reference",
        )
    except _Enough:
        return None, told.sentences
    return packaged, told.sentences


# ---------------------------------------------------------------- not finished yet


def unfinished(
    values: Values, slug: str, *, references: Collection[str], lessons: Sequence[Lesson] = ()
) -> list[str]:
    """What a chart lacks before its course may be published. `lessons`: those that show it."""
    _, sentences = read_values(values, view_of=_known_view, references=references, is_draft=False)
    layers = {each["id"] for each in values["layers"]}
    views = {each["id"] for each in values["views"]}
    for lesson in lessons:
        for use in parse(lesson.body).uses:
            if use.kind != "chart" or use.name != slug:
                continue
            gone = [each for each in use.options.get("layers", []) if each not in layers]
            if use.options.get("view") and use.options["view"] not in views:
                gone.append(use.options["view"])
            sentences += [
                f"The lesson “{lesson.title}” shows ‘{each}’ of it, which is not there any more."
                for each in gone
            ]
    return sentences


def _known_view(row: Table) -> PackagedView:
    """A view that is in the database: it was checked when it came in."""
    width, height = int(row.raw("width")), int(row.raw("height"))
    x, y, wide, high = row.raw("crop")
    row.raw("drawing")
    return PackagedView(
        slug=row.identifier("id", most=40),
        title=row.text("title", most=80, is_required=True),
        drawing=b"",
        width=width,
        height=height,
        crop=(x, y, wide, high),
    )


def unfinished_charts(version: CourseVersion) -> list[tuple[Chart, list[str]]]:
    """Charts of a version that lack something. Five queries however many there are. What lessons
    ask of a chart is said of the lessons."""
    charts = charts_of(version)
    if not charts:
        return []
    references = reference_numbers(version)
    found = []
    for chart in charts:
        sentences = unfinished(values_of(chart), chart.slug, references=references)
        if sentences:
            found.append((chart, sentences))
    return found


def lessons_by_chart(version: CourseVersion) -> dict[str, list[Lesson]]:
    """The lessons that show a chart, by its slug, in their order. One query."""
    found: dict[str, list[Lesson]] = {}
    for lesson in Lesson.objects.filter(version=version, body__contains=":::").defer("body_html"):
        for slug in dict.fromkeys(_SHOWN.findall(lesson.body)):
            found.setdefault(slug, []).append(lesson)
    return found


def charts_of(version: CourseVersion) -> Sequence[Chart]:
    """With everything that `values_of` asks for. Four queries."""
    return list(
        Chart.objects.filter(version=version)
        .prefetch_related("views__drawing", "points")
        .order_by("title", "id")
    )


def reference_numbers(version: CourseVersion) -> dict[str, int]:
    """Printed numbers by slug."""
    return dict(Reference.objects.filter(version=version).values_list("slug", "position"))


def chart_of(version: CourseVersion, key: UUID) -> Chart | None:
    return (
        Chart.objects.filter(version=version, key=key)
        .prefetch_related("views__drawing", "points")
        .first()
    )
