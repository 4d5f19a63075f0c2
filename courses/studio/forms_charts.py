"""Input of the chart pages: a drawing chosen or uploaded, a whole chart as JSON or as fields."""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.domain.chart_values import LONGEST_JSON, Values, parse_json
from courses.domain.charting import (
    Drawing,
    drawing_from_library,
    drawing_from_upload,
    drawing_of_course,
)
from courses.drawing_library import LIBRARY
from courses.drawings import LARGEST_FILE
from courses.models import ChartView, CourseVersion
from courses.studio.forms import TitleField

# Of points and of strokes: all of a large chart at once would be more fields than a form may have.
ROWS_ON_A_PAGE: Final = 40
_NUMBERS = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class DrawingChoice:
    """One picture to choose."""

    value: str
    title: str
    note: str
    url: str
    view_box: str
    width: int
    height: int
    is_chosen: bool


class DrawingForm(forms.Form):
    """A title, and a drawing: one of ours, one the course has, or a file."""

    title = TitleField(label=gettext_lazy("Title of the chart"))
    drawing = forms.CharField(required=False, max_length=80)
    file = forms.FileField(
        label=gettext_lazy("Or an SVG file of your own"),
        help_text=gettext_lazy(
            "A line drawing of plain shapes, at most 1 MB. Texts, pictures, styles and scripts "
            "are not let in."
        ),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".svg,image/svg+xml"}),
    )

    def __init__(self, *args: Any, views: Sequence[ChartView], **options: Any) -> None:
        super().__init__(*args, **options)
        self.views = views

    def clean_file(self) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is not None and (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("The drawing is larger than 1 MB."))
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" not in self.errors and not cleaned.get("file") and not cleaned.get("drawing"):
            self.add_error("drawing", _("Choose a drawing, or a file of your own."))
        return cleaned

    def kept_drawing(self, version: CourseVersion, *, now: datetime) -> Drawing:
        """The drawing in the store. Errors: DrawingRefused, ChartRefused."""
        file = self.cleaned_data["file"]
        if file is not None:
            return drawing_from_upload(file.read(), now=now)
        kind, _colon, name = self.cleaned_data["drawing"].partition(":")
        if kind == "course":
            return drawing_of_course(version, name)
        return drawing_from_library(name, now=now)

    def ours(self) -> Iterator[DrawingChoice]:
        for index, each in enumerate(LIBRARY):
            width, height = each.size()
            value = f"library:{each.name}"
            yield DrawingChoice(
                value=value,
                title=each.title,
                note=each.about,
                url=each.url,
                view_box=f"0 0 {width:g} {height:g}",
                width=int(width),
                height=int(height),
                is_chosen=self._is_chosen(value, is_first=index == 0),
            )

    def of_course(self) -> Iterator[DrawingChoice]:
        """Drawings that the course brought along itself."""
        ours = {each.sha256 for each in LIBRARY}
        for view in self.views:
            if view.drawing.sha256 in ours:
                continue
            value = f"course:{view.drawing.sha256}"
            yield DrawingChoice(
                value=value,
                title=view.title,
                note=view.chart.title,
                url=reverse("courses:drawing", args=[view.drawing.sha256]) + "#drawing",
                view_box=f"0 0 {view.width} {view.height}",
                width=view.width,
                height=view.height,
                is_chosen=self._is_chosen(value),
            )

    def _is_chosen(self, value: str, *, is_first: bool = False) -> bool:
        if not self.is_bound:
            return is_first
        return str(self.data.get("drawing", "")) == value


class ViewForm(DrawingForm):
    """One more view of a chart: its name may be that of the drawing."""

    title = TitleField(
        label=gettext_lazy("Name of the view"),
        help_text=gettext_lazy("Left empty, it takes the name of the drawing."),
        max_length=80,
        required=False,
    )


class ChartDataForm(forms.Form):
    """The chart as the page has it. `based_on` names the state it was made from."""

    body = forms.CharField(max_length=LONGEST_JSON, strip=False)
    based_on = forms.CharField(max_length=64, required=False)

    def clean_body(self) -> Values:
        values = parse_json(self.cleaned_data["body"])
        if values is None:
            raise forms.ValidationError(_("This is not a chart."))
        return values


# ---------------------------------------------------------------- the chart as plain fields


def values_from_fields(post: QueryDict, base: Values) -> Values:
    """What a form without script says. Rows that it did not show stay as they are in `base`."""
    values = copy.deepcopy(base)
    for name in ("title", "description", "credit"):
        values[name] = post.get(name, values[name])
    values["views"] = _rows(post, values["views"], "view", "id", _view)
    values["layers"] = _rows(post, values["layers"], "layer", "id", _layer)
    _add_layer(post, values)
    views = [view["id"] for view in values["views"]]
    layers = [layer["id"] for layer in values["layers"]]
    values["points"] = [
        point
        for point in _rows(post, values["points"], "point", "key", _point(views))
        if point["layer"] in layers
    ]
    values["paths"] = [
        path
        for path in _rows(post, values["paths"], "path", "key", _path)
        if path["layer"] in layers and path["view"] in views
    ]
    gone = {view["id"] for view in base["views"]} - set(views)
    for point in values["points"]:
        point["at"] = [at for at in point["at"] if at["view"] not in gone]
    if gone:
        values["points"] = [point for point in values["points"] if point["at"]]
    _add_point(post, values, views)
    _add_path(post, values)
    return values


def _rows(
    post: QueryDict,
    rows: list[dict[str, Any]],
    noun: str,
    ident: str,
    read: "Callable[[_Fields, dict[str, Any]], None]",
) -> list[dict[str, Any]]:
    """Each row as its fields say, without those to be removed, in the order asked for."""
    placed = []
    for index, row in enumerate(rows, start=1):
        prefix = f"{noun}-{row[ident]}-"
        if f"{prefix}shown" not in post:
            placed.append((float(index), index, row))
            continue
        if f"{prefix}remove" in post:
            continue
        read(_Fields(post, prefix), row)
        place = _number(post.get(f"{prefix}order-in-list", ""))
        moved = place if isinstance(place, float) and place != index else None
        # Moved up it goes before the row that stands there, moved down behind it.
        at = index if moved is None else moved + (0.5 if moved > index else -0.5)
        placed.append((float(at), index, row))
    return [row for _place, _index, row in sorted(placed, key=lambda each: each[:2])]


class _Fields:
    """The fields of one row."""

    def __init__(self, post: QueryDict, prefix: str) -> None:
        self.post = post
        self.prefix = prefix

    def __getitem__(self, name: str) -> str:
        return str(self.post.get(self.prefix + name, ""))

    def has(self, name: str) -> bool:
        return self.prefix + name in self.post


def _view(fields: _Fields, view: dict[str, Any]) -> None:
    view["title"] = fields["title"]
    view["crop"] = [_number(fields[f"crop-{side}"]) for side in ("x", "y", "width", "height")]


def _layer(fields: _Fields, layer: dict[str, Any]) -> None:
    layer["title"] = fields["title"]
    layer["kind"] = fields["kind"]
    layer["on"] = fields.has("on")


def _point(views: Sequence[str]) -> "Callable[[_Fields, dict[str, Any]], None]":
    def read(fields: _Fields, point: dict[str, Any]) -> None:
        for name in ("code", "name", "language", "layer", "place", "caution", "note"):
            point[name] = fields[name]
        point["caution_level"] = fields["caution_level"]
        point["references"] = list(dict.fromkeys(fields["references"].replace(",", " ").split()))
        point["at"] = [
            {
                "view": view,
                "x": _number(fields[f"{view}-x"]),
                "y": _number(fields[f"{view}-y"]),
                "label": fields[f"{view}-label"] or "e",
            }
            for view in views
            if fields[f"{view}-x"].strip() or fields[f"{view}-y"].strip()
        ]

    return read


def _path(fields: _Fields, path: dict[str, Any]) -> None:
    order = fields["order"].strip()
    path["title"] = fields["title"]
    path["layer"] = fields["layer"]
    path["view"] = fields["view"]
    path["order"] = int(order) if order.isdecimal() and len(order) < 10 else order or None
    path["arrow"] = fields.has("arrow")
    path["points"] = [
        [float(number[:12]) for number in _NUMBERS.findall(line[:100])]
        for line in fields["points"].splitlines()[:500]
        if line.strip()
    ]
    if fields.has("reverse"):
        path["points"].reverse()


def _add_layer(post: QueryDict, values: Values) -> None:
    fields = _Fields(post, "layer-new-")
    if fields["title"].strip():
        taken = [layer["id"] for layer in values["layers"]]
        layer = {"id": free_id(fields["title"], taken)}
        _layer(fields, layer)
        values["layers"].append(layer)


def _add_point(post: QueryDict, values: Values, views: Sequence[str]) -> None:
    fields = _Fields(post, "point-new-")
    if fields["name"].strip() or fields["code"].strip():
        point: dict[str, Any] = {"key": str(uuid4())}
        _point(views)(fields, point)
        values["points"].append(point)


def _add_path(post: QueryDict, values: Values) -> None:
    fields = _Fields(post, "path-new-")
    if fields["points"].strip():
        path: dict[str, Any] = {"key": str(uuid4())}
        _path(fields, path)
        values["paths"].append(path)


def free_id(title: str, taken: Sequence[str]) -> str:
    wanted = slugify(title.replace("_", " "))[:34].strip("-") or "layer"
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, 100))
    return next(name for name in names if name not in taken)


def _place_in(places: Sequence[dict[str, Any]], view: str) -> dict[str, str]:
    at = next((each for each in places if each["view"] == view), None)
    if at is None:
        return {"x": "", "y": "", "label": "e"}
    return {"x": shown(at["x"]), "y": shown(at["y"]), "label": at["label"]}


def shown(number: float | str) -> str:
    """A number as somebody would type it; what is none, as it was typed."""
    return number if isinstance(number, str) else f"{number:g}"


def _number(text: str) -> float | str:
    """A number as it was typed; what is none is left for the check to refuse."""
    text = text.strip().replace(",", ".")
    return float(text[:12]) if _NUMBERS.fullmatch(text) else text


# ---------------------------------------------------------------- what the plain form shows


@dataclass(frozen=True)
class FieldRows:
    """One page of rows, with the views each point may stand in."""

    points: list[dict[str, Any]]
    paths: list[dict[str, Any]]
    views: list[dict[str, Any]]
    number: int
    pages: int

    @property
    def numbers(self) -> range:
        return range(1, self.pages + 1)


def field_rows(values: Values, page: str) -> FieldRows:
    """Rows for the form without script, a page of them at a time."""
    most = max(len(values["points"]), len(values["paths"]), 1)
    pages = -(-most // ROWS_ON_A_PAGE)
    number = min(int(page), pages) if page.isdecimal() and 0 < len(page) < 5 else 1
    number = max(number, 1)
    first = (number - 1) * ROWS_ON_A_PAGE
    rows = slice(first, first + ROWS_ON_A_PAGE)
    points = [
        {
            **point,
            "order_in_list": index,
            "places": [
                {
                    "view": view,
                    **_place_in(point["at"], view["id"]),
                }
                for view in values["views"]
            ],
            "references_text": " ".join(point["references"]),
        }
        for index, point in enumerate(values["points"], start=1)
    ]
    paths = [
        {
            **path,
            "order_in_list": index,
            "points_text": "\n".join(
                " ".join(shown(each) for each in place) for place in path["points"]
            ),
        }
        for index, path in enumerate(values["paths"], start=1)
    ]
    views = [
        {**view, "order_in_list": index, "crop": [shown(each) for each in view["crop"]]}
        for index, view in enumerate(values["views"], start=1)
    ]
    return FieldRows(points[rows], paths[rows], views, number, pages)
