from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.charts import (
    arrow_head,
    chart_records,
    chart_view_data,
    label_place,
    smooth_path,
)
from tests.factories.courses import (
    ChartFactory,
    ChartPointFactory,
    ChartViewFactory,
    VersionFactory,
)


def record(**changes: Any) -> dict[str, Any]:
    return {
        "key": "k",
        "slug": "points",
        "title": "Points",
        "description": "From the front.",
        "credit": "Own drawing",
        "layers": [
            {"id": "stomach", "title": "Stomach line", "kind": "points", "on": True},
            {"id": "flow", "title": "Flow", "kind": "flow", "on": False},
        ],
        "views": [
            {
                "id": "front",
                "title": "Front",
                "drawing": "ab" * 32,
                "width": 1000,
                "height": 1200,
                "crop": [150.0, 30.5, 700.0, 960.0],
            }
        ],
        "points": [
            {
                "key": "p1",
                "code": "ST9",
                "name": "Renying",
                "language": "zh-Latn",
                "layer": "stomach",
                "place": "Beside the larynx.",
                "caution": "Never press.",
                "caution_level": "do-not-press",
                "note": "",
                "references": [2],
                "at": [{"view": "front", "x": 600.0, "y": 500.0, "label": "e"}],
            }
        ],
        "paths": [
            {
                "key": "s1",
                "layer": "flow",
                "view": "front",
                "title": "Cheek to jaw",
                "order": 2,
                "arrow": True,
                "points": [[0.0, 0.0], [0.0, 100.0]],
            }
        ],
        **changes,
    }


def test_chart_view_data_has_what_a_template_draws() -> None:
    chart = chart_view_data(record(), id="c1")

    view = chart.views[0]
    mark = view.layers[0].points[0]
    path = view.layers[1].paths[0]
    assert [(layer.number, layer.id, layer.is_on) for layer in chart.layers] == [
        (1, "stomach", True),
        (2, "flow", False),
    ]
    assert view.view_box == "150 30.5 700 960"
    assert view.drawing_url == f"/media/drawings/{'ab' * 32}.svg#drawing"
    assert (mark.x, mark.y, mark.label_x, mark.label_y, mark.anchor) == (
        "600",
        "500",
        "613",
        "507.7",
        "start",
    )
    assert (mark.is_danger, mark.is_light) == (True, False)
    assert path.d == "M0 0C0 16.7 0 83.3 0 100"
    assert path.arrow_d.startswith("M0 100L")
    assert (path.order, path.order_x, path.order_y) == (2, "0", "-9.9")
    row = chart.points[0]
    assert (row.code, row.layer.title, row.references, row.views) == (
        "ST9",
        "Stomach line",
        [2],
        ["Front"],
    )
    assert [(each.title, each.order) for each in chart.paths] == [("Cheek to jaw", 2)]
    assert (chart.has_cautions, chart.has_notes) == (True, False)


def test_lesson_chooses_layers_and_view() -> None:
    chart = chart_view_data(record(), id="c1", layers=["flow"], view="profile")

    assert [layer.is_on for layer in chart.layers] == [False, True]
    assert not chart.views[0].is_chosen


def test_path_in_two_views_is_one_row_and_rows_follow_their_order() -> None:
    path = record()["paths"][0]
    paths = [
        path,
        {**path, "key": "s2", "view": "side"},
        {**path, "key": "s3", "title": "First", "order": 1},
    ]

    chart = chart_view_data(record(paths=paths), id="c1")

    assert [(row.title, row.order) for row in chart.paths] == [("First", 1), ("Cheek to jaw", 2)]


@pytest.mark.parametrize(
    ("side", "place"),
    [
        ("e", (113.0, 107.7, "start")),
        ("w", (87.0, 107.7, "end")),
        ("n", (100.0, 87.0, "middle")),
        ("s", (100.0, 128.4, "middle")),
        ("ne", (109.75, 90.25, "start")),
        ("sw", (90.25, 125.15, "end")),
    ],
)
def test_label_stands_on_its_side(side: str, place: tuple[float, float, str]) -> None:
    x, y, anchor = label_place(100, 100, side)

    assert (round(x, 2), round(y, 2), anchor) == place


def test_label_distance_scales_with_the_drawing() -> None:
    assert label_place(0, 0, "n", scale=2) == (0, -26, "middle")


def test_smooth_path_goes_through_every_point() -> None:
    d = smooth_path([(0, 0), (10, 20), (30, 20)])

    assert d == "M0 0C1.7 3.3 5 16.7 10 20C15 23.3 26.7 20 30 20"


def test_arrow_head_points_the_way_the_path_goes() -> None:
    assert arrow_head([(0, 0), (10, 0)], size=10) == "M10 0L0.9 4.1L0.9 -4.1Z"


@pytest.mark.django_db
def test_records_of_many_charts_take_four_queries() -> None:
    version = VersionFactory()
    counts = []
    for _ in range(3):
        chart = ChartFactory(version=version)
        ChartViewFactory(chart=chart)
        ChartPointFactory(chart=chart, references_json='["who2008","absent"]')
        with CaptureQueriesContext(
            connection,
        ) as queries:
            records = chart_records(version, {"who2008": 7})
        counts.append(len(queries))

    assert counts == [4, 4, 4]
    assert len(records) == 3
    assert records[chart.slug]["points"][0]["references"] == [7]
