"""Questions about places on a picture, and the chart they are about."""

from typing import Any
from uuid import UUID

from courses.models import Chart, CourseVersion
from quizzes.embedding import NamedPictures, embedded
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from tests.factories.courses import ChartFactory, ChartPointFactory, ChartViewFactory

CHART = UUID(int=500)
DRAWING = "d" * 64
ALT = "Line drawing of a face with numbered marks."
# Code, name, x, y, and how the lesson says where it is.
POINTS = (
    ("ST3", "Juliao", 600, 650, "Under the pupil, level with the nostril wing."),
    ("GB14", "Yangbai", 610, 350, "On the forehead, above the brow."),
    ("CV24", "Chengjiang", 500, 785, "In the groove under the lip, below ST4."),
    ("ST4", "Dicang", 601, 726, "Outside the corner of the mouth."),
)
DESCRIPTIONS = (
    "On the cheek, below the pupil",
    "On the forehead",
    "In the groove under the lip",
    "Outside the corner of the mouth",
)


def chart_record(**changes: Any) -> dict[str, Any]:
    return {
        "key": str(CHART),
        "slug": "face",
        "title": "Points of the face",
        "description": "A face.",
        "credit": "Own drawing",
        "layers": [{"id": "points", "title": "Points", "kind": "points", "on": True}],
        "paths": [],
        "views": [
            {
                "id": "front",
                "title": "Front",
                "drawing": DRAWING,
                "width": 1000,
                "height": 1200,
                "crop": [150.0, 30.0, 700.0, 960.0],
            }
        ],
        "points": [
            {
                "key": str(UUID(int=600 + number)),
                "code": code,
                "name": name,
                "language": "zh-Latn",
                "layer": "points",
                "place": place,
                "caution": "Light touch only." if code == "ST4" else "",
                "caution_level": "",
                "note": "",
                "references": [],
                "at": [{"view": "front", "x": x, "y": y, "label": "e"}],
            }
            for number, (code, name, x, y, place) in enumerate(POINTS)
        ],
        **changes,
    }


FIGURE = {
    "slug": "hand",
    "alt": "A hand on a jaw.",
    "caption": "Never shown in a quiz.",
    "credit": "Photo: Ana Reyes",
    "width": 960,
    "height": 640,
    "extension": "png",
    "sizes": {"480": "a" * 64, "960": "b" * 64},
}
PICTURES = NamedPictures(charts=[chart_record()], figures=[FIGURE])


def tap(*right: str, **changes: Any) -> dict[str, Any]:
    """As an author writes it; right is ST3 when nothing is said."""
    codes = right or ("ST3",)
    return {
        "stem": "Where is it?",
        "explanation": "Because.",
        "chart": "face",
        "view": "front",
        "alt": ALT,
        "places": [
            {
                "id": chr(ord("a") + number),
                "point": point[0],
                "description": description,
                **({"correct": True} if point[0] in codes else {}),
            }
            for number, (point, description) in enumerate(zip(POINTS, DESCRIPTIONS, strict=True))
        ],
        **changes,
    }


def label(**changes: Any) -> dict[str, Any]:
    """As an author writes it: four places, and one name that is left over."""
    written = tap()
    places = [
        {name: value for name, value in place.items() if name != "correct"}
        for place in written["places"]
    ]
    return {
        **written,
        "stem": "Name them.",
        "places": places,
        "distractors": [{"id": "xa", "text": "ST9"}],
        **changes,
    }


WRITTEN = {"tap-the-point": tap, "label-the-chart": label}


def content_of(name: str, *args: str, **changes: Any) -> Content:
    """Canonical, with the chart of this module embedded."""
    cleaned = embedded(type_named(name), WRITTEN[name](*args, **changes), PICTURES)
    assert cleaned.problems == []
    return cleaned.content


def face_chart(version: CourseVersion) -> Chart:
    """The same chart as rows."""
    chart: Chart = ChartFactory(
        version=version, key=CHART, slug="face", title="Points of the face", credit="Own drawing"
    )
    ChartViewFactory(chart=chart, crop_x=150.0, crop_y=30.0, crop_width=700.0, crop_height=960.0)
    for number, (code, name, x, y, place) in enumerate(POINTS):
        ChartPointFactory(
            chart=chart,
            key=UUID(int=600 + number),
            position=number + 1,
            code=code,
            name=name,
            language="zh-Latn",
            place=place,
            caution="Light touch only." if code == "ST4" else "",
            at_json=f'[{{"label":"e","view":"front","x":{x},"y":{y}}}]',
        )
    return chart
