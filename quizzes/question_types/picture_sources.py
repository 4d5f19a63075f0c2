"""From the name of a chart or a figure to what a question keeps of it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from courses.charts import RING
from quizzes.question_types.base import Content, ContentProblem
from quizzes.question_types.figures import Pictures
from quizzes.question_types.places import plain

_GEOMETRY = ("drawing", "width", "height", "crop")
_OF_POINT = ("point", "shape", "at", "side", "code", "name", "language", "caution")


@dataclass
class Source:
    """A picture and its known points, as the question will hold them."""

    picture: Content
    points: Sequence[Content] = ()
    """As `chart_point` makes them."""
    old_points: Sequence[Content] = field(default_factory=list)
    """Of the chart as it is now, where the question keeps an older drawing: they may stand
    somewhere else on it."""

    def point(self, name: object) -> Content | None:
        """By its key or its code; a code that two points have names neither."""
        return _named(name, self.points)


def source_of(
    content: Mapping[str, Any],
    pictures: Pictures,
    kept: Content | None,
    problems: list[ContentProblem],
) -> Source | None:
    """What `chart` and `view`, or `figure`, of the content name; None after a problem."""
    chart, view, figure, alt = (
        content.get(each, "") for each in ("chart", "view", "figure", "alt")
    )
    before = (kept or {}).get("picture") or {}
    if chart and figure:
        problems.append(
            ContentProblem(("picture",), "A question is about one picture: a chart or a figure.")
        )
    elif isinstance(chart, str) and chart:
        record = pictures.chart(chart)
        old = before.get("chart", "")
        is_kept = old and old in (chart, record["key"] if record else "")
        if is_kept and view in ("", before["view"]):
            return _kept_source(record, before, kept or {}, alt)
        if record is None:
            problems.append(ContentProblem(("picture",), f"There is no chart “{chart}”."))
        else:
            return _chart_source(record, view, alt, problems)
    elif isinstance(figure, str) and figure:
        if before.get("figure") == figure:
            return Source({**before, "alt": alt})
        record = pictures.figure(figure)
        if record is not None:
            return Source(_figure_picture(record, alt))
        problems.append(ContentProblem(("picture",), f"There is no figure “{figure}”."))
    else:
        problems.append(
            ContentProblem(("picture",), "Say which picture it is about: a chart or a figure.")
        )
    return None


def _kept_source(
    record: Mapping[str, Any] | None, before: Content, kept: Content, alt: object
) -> Source:
    """The drawing and the points as the revision before has them; points that it did not have
    come from the chart, while that has the same drawing."""
    points = [
        {name: place[name] for name in _OF_POINT} for place in kept["places"] if place["point"]
    ]
    now: list[Content] = []
    is_same = False
    if record is not None:
        for view in record["views"]:
            if view["id"] == before["view"]:
                shown = _view_picture(record, view)
                is_same = all(shown[name] == before[name] for name in _GEOMETRY)
                known = {point["point"] for point in points}
                now = [each for each in chart_points(record, view) if each["point"] not in known]
    picture = {**before, "alt": alt}
    return Source(picture, [*points, *now]) if is_same else Source(picture, points, now)


def _chart_source(
    record: Mapping[str, Any], view: object, alt: object, problems: list[ContentProblem]
) -> Source | None:
    for each in record["views"]:
        if view in ("", each["id"]):
            picture = {**_view_picture(record, each), "alt": alt}
            return Source(picture, list(chart_points(record, each)))
    problems.append(
        ContentProblem(("picture",), f"The chart “{record['title']}” has no view “{view}”.")
    )
    return None


def _view_picture(record: Mapping[str, Any], view: Mapping[str, Any]) -> Content:
    return {
        "chart": record["key"],
        "view": view["id"],
        "figure": "",
        "drawing": view["drawing"],
        "sizes": {},
        "extension": "",
        "width": view["width"],
        "height": view["height"],
        "crop": [plain(value) for value in view["crop"]],
        "credit": record["credit"],
    }


def _figure_picture(record: Mapping[str, Any], alt: object) -> Content:
    return {
        "chart": "",
        "view": "",
        "figure": record["slug"],
        "drawing": "",
        "sizes": dict(record["sizes"]),
        "extension": record["extension"],
        "width": record["width"],
        "height": record["height"],
        "crop": [0, 0, record["width"], record["height"]],
        "credit": record["credit"],
        "alt": alt,
    }


def chart_points(record: Mapping[str, Any], view: Mapping[str, Any]) -> Iterator[Content]:
    """The points that stand in one view, each as a place of a question. A point has no extent:
    its circle is the ring that lessons draw."""
    for point in record["points"]:
        for at in point["at"]:
            if at["view"] == view["id"]:
                radius = RING * view["width"] / 1000
                yield {
                    "point": point["key"],
                    "shape": "circle",
                    "at": [plain(at["x"]), plain(at["y"]), plain(radius)],
                    "side": at.get("label", "e"),
                    "code": point["code"],
                    "name": point["name"],
                    "language": point["language"],
                    "caution": point["caution"],
                }


def _named(name: object, points: Sequence[Content]) -> Content | None:
    by_key = [point for point in points if point["point"] == name]
    by_code = [point for point in points if name and point["code"] == name]
    found = by_key or by_code
    return found[0] if len(found) == 1 else None
