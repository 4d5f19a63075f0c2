"""What charts, points and figures of a question are called in its package."""

from collections.abc import Mapping
from typing import Any

from courses.package.exporting import ExportRefused
from quizzes.embedding import VersionPictures
from quizzes.package.model import short
from quizzes.question_types.base import Content


def with_names(content: Content, answers: Content, pictures: VersionPictures) -> Content:
    """The answers with short names in place of keys; a point that its chart no longer has becomes
    a place of the question's own.

    Errors: ExportRefused when the version no longer has the chart or a figure.
    """
    figures = [*content.get("figures", {})]
    picture = content.get("picture")
    if picture and picture["figure"]:
        figures.append(picture["figure"])
    for name in figures:
        if pictures.figure(name) is None:
            raise ExportRefused(_gone(content, f"the figure “{name}”"))
    if not picture or not picture["chart"]:
        return answers
    chart = pictures.chart(picture["chart"])
    if chart is None:
        raise ExportRefused(_gone(content, "a chart"))
    points = {
        point["key"]: point
        for point in chart["points"]
        if any(at["view"] == picture["view"] for at in point["at"])
    }
    codes = [point["code"] for point in points.values()]
    return {
        **answers,
        "chart": chart["slug"],
        "places": [
            _place(said, place, points, codes)
            for said, place in zip(answers["places"], content["places"], strict=True)
        ],
    }


def _place(
    said: Content, place: Content, points: Mapping[str, Mapping[str, Any]], codes: list[str]
) -> Content:
    if not place["point"]:
        return said
    point = points.get(place["point"])
    if point is None:
        own = {place["shape"]: place["at"], "name": place["name"]}
        rest = {name: value for name, value in said.items() if name not in ("id", "point")}
        return {"id": place["id"], **own, **rest}
    is_plain = codes.count(point["code"]) == 1 and point["code"] == place["code"]
    return {**said, "point": point["code"] if is_plain and point["code"] else point["key"]}


def _gone(content: Content, what: str) -> str:
    stem = short(str(content["stem"]))
    return (
        f"The question “{stem}” shows {what}, which this course no longer has. Bring it back, or "
        "take the question out of its quiz."
    )
