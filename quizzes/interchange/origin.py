"""What a question about places on a picture was when it left, and its way back. Pure.

Other systems know a picture and areas in its pixels. What they have no word for travels beside
the question, where they pass it over: the chart, its points, the exact numbers of each place.
Where the chart is, or the figure, the question is about that again; elsewhere it is about the
picture that came with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol
from xml.etree.ElementTree import Element
from xml.sax.saxutils import quoteattr

from quizzes.interchange.found import decimal
from quizzes.interchange.shelf import name_for
from quizzes.question_types import places as geometry
from quizzes.question_types.base import Content

NAMESPACE: Final = "urn:ce-platform:picture:1"
TAG: Final = "picture"
_OF_PLACE: Final = ("id", "point", "shape", "name", "description", "drawn")


class AtHand(Protocol):
    """The charts and figures of the course that a question comes into."""

    def chart(self, name: str) -> Mapping[str, Any] | None: ...

    def by_file(self, sha256: str) -> Mapping[str, Any] | None: ...


# ---------------------------------------------------------------- beside the question


def xml_of(type_name: str, content: Content, drawn: Mapping[str, str]) -> str:
    """`drawn`: id of a place → how the file says where it is; empty where it does not."""
    picture = content["picture"]
    files = picture["sizes"]
    values = {
        "type": type_name,
        "chart": picture["chart"],
        "view": picture["view"],
        "figure": picture["figure"],
        "file": picture["drawing"] or files[max(files, key=int)],
        "crop": _numbers(picture["crop"]),
        "alt": picture["alt"],
        "scoring": content["scoring"],
        "extras": " ".join(each["id"] for each in content.get("distractors", ())),
    }
    places = "".join(
        f"<place{_attributes({**_told(place), 'drawn': drawn.get(place['id'], '')})}/>"
        for place in content["places"]
    )
    return f'<{TAG} xmlns="{NAMESPACE}"{_attributes(values)}>{places}</{TAG}>'


def _told(place: Content) -> dict[str, str]:
    flat = place["at"]
    if place["shape"] == "polygon":
        flat = [value for corner in flat for value in corner]
    return {
        "id": place["id"],
        "point": place["point"],
        "shape": place["shape"],
        "at": _numbers(flat),
        # A point of a chart has its name there.
        "name": "" if place["point"] else place["name"],
        "description": place["description"],
        "correct": "yes" if place.get("correct") else "",
        "label": place.get("label", ""),
    }


def _numbers(values: Sequence[float]) -> str:
    return " ".join(str(geometry.plain(value)) for value in values)


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value)


def read(element: Element | None) -> dict[str, Any] | None:
    """What `xml_of` wrote; None where nothing of the kind is there, or it makes no sense."""
    if element is None:
        return None
    places = {}
    for each in element.findall("place"):
        shape = each.get("shape", "")
        at = _shape_of(shape, each.get("at", ""))
        if shape not in geometry.SHAPES or at is None:
            return None
        places[each.get("id", "")] = {
            **{name: each.get(name, "") for name in _OF_PLACE},
            "at": at,
            "correct": each.get("correct") == "yes",
            "label": each.get("label", ""),
        }
    crop = _shape_of("rectangle", element.get("crop", ""))
    if crop is None or not places or "" in places:
        return None
    named = ("type", "chart", "view", "figure", "file", "alt", "scoring")
    return {
        **{name: element.get(name, "")[:1_000] for name in named},
        "extras": element.get("extras", "").split()[:20],
        "crop": crop,
        "places": places,
    }


def _shape_of(shape: str, text: str) -> list[Any] | None:
    numbers: list[Any] = []
    for each in text.split()[: 2 * geometry.MOST_CORNERS + 1]:
        value = decimal(each)
        if value is None:
            return None
        numbers.append(geometry.plain(float(value)))
    if shape == "polygon":
        numbers = [list(corner) for corner in zip(numbers[::2], numbers[1::2], strict=False)]
    return None if geometry.shape_problem(shape, numbers) else numbers


# ---------------------------------------------------------------- the way back


def moved(shape: str, at: Sequence[Any], *, scale: float, left: float, top: float) -> list[Any]:
    """A place in other units: made `scale` times as large, and then moved."""

    def point(corner: Sequence[float]) -> list[float]:
        return [corner[0] * scale + left, corner[1] * scale + top]

    if shape == "polygon":
        return geometry.canonical(shape, [point(corner) for corner in at])
    return geometry.canonical(shape, [*point(at[:2]), *(value * scale for value in at[2:])])


def brought_home(
    content: Content,
    origin: Mapping[str, Any] | None,
    *,
    pictures: AtHand,
    slug: str,
    record: Mapping[str, Any],
    source_width: int,
) -> tuple[Content, list[str]]:
    """A question whose places are in the pixels of the picture that came with it, about the chart
    or the figure it was about before, or about that picture; and what is changed by it.

    `record`: the picture as a figure of the course; `source_width`: pixels across, as it came.
    """
    if origin is not None:
        chart = pictures.chart(origin["chart"]) if origin["chart"] else None
        view = next(
            (each for each in chart["views"] if each["id"] == origin["view"])
            if chart
            else iter(()),
            None,
        )
        if chart is not None and view is not None:
            return _on_chart(content, origin, chart, view, source_width)
        known = pictures.by_file(origin["file"]) if origin["figure"] else None
        if known is None and content["figure"] == name_for(origin["file"]):
            # The very file of its figure: it will be one here, in the same measures.
            known = {**record, "slug": slug}
        if known is not None and [0, 0, known["width"], known["height"]] == origin["crop"]:
            places = _in_units_of(content, origin, source_width)
            return {**content, "figure": known["slug"], "places": places}, []
    scale = record["width"] / source_width if source_width else 1
    places = [
        _with_shape(place, *(_shape_in(place)), scale=scale, left=0, top=0)
        for place in content["places"]
    ]
    return {**content, "figure": slug, "places": places}, []


def _on_chart(
    content: Content,
    origin: Mapping[str, Any],
    chart: Mapping[str, Any],
    view: Mapping[str, Any],
    source_width: int,
) -> tuple[Content, list[str]]:
    places = []
    is_other = view["drawing"] != origin["file"]
    points = {
        point["key"]: geometry.canonical("circle", [at["x"], at["y"], 1])[:2]
        for point in chart["points"]
        for at in point["at"]
        if at["view"] == view["id"]
    }
    for place in _in_units_of(content, origin, source_width):
        before = origin["places"].get(place["id"])
        shape, at = _shape_in(place)
        is_point = before is not None and before["point"] in points and at == before["at"]
        if before is not None and is_point:
            rest = {key: each for key, each in place.items() if key not in (shape, "name")}
            places.append({**rest, "point": before["point"]})
            is_other = is_other or points[before["point"]] != before["at"][:2]
        else:
            places.append(place)
            is_other = is_other or bool(before and before["point"])
    changes = [f"It shows the chart “{chart['title']}” as it is now, which is not as it was then."]
    written = {key: each for key, each in content.items() if key != "figure"}
    shown = {"chart": chart["key"], "view": view["id"]}
    return {**written, **shown, "places": places}, changes if is_other else []


def _in_units_of(content: Content, origin: Mapping[str, Any], source_width: int) -> list[Content]:
    """The places in the units of what the question was about: exactly as they were, unless
    somebody has moved them meanwhile."""
    left, top, width, _height = origin["crop"]
    places = []
    for place in content["places"]:
        before = origin["places"].get(place["id"])
        shape, at = _shape_in(place)
        if before is not None and place.get("drawn") == before["drawn"]:
            shape, at, scale, left_by, top_by = before["shape"], before["at"], 1.0, 0, 0
        else:
            scale = width / source_width if source_width else 1
            left_by, top_by = left, top
        places.append(_with_shape(place, shape, at, scale=scale, left=left_by, top=top_by))
    return places


def _shape_in(place: Content) -> tuple[str, list[Any]]:
    return next((shape, place[shape]) for shape in geometry.SHAPES if shape in place)


def _with_shape(
    place: Content, shape: str, at: list[Any], *, scale: float, left: float, top: float
) -> Content:
    rest = {key: each for key, each in place.items() if key not in (*geometry.SHAPES, "drawn")}
    return {**rest, shape: moved(shape, at, scale=scale, left=left, top=top)}
