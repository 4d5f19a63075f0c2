"""The pages of charts in the studio."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.domain.chart_values import hash_of, values_of
from courses.domain.publishing import missing
from courses.models import Chart, CourseMember, CourseVersion
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    ChartFactory,
    ChartPointFactory,
    ChartViewFactory,
    LessonFactory,
    ReferenceFactory,
    VersionFactory,
    publish,
    publishable,
)

ClientOf = Callable[[User], Client]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 500"><path d="M0 0L9 9"/></svg>'


def a_chart(version: CourseVersion, **options: Any) -> Chart:
    chart: Chart = ChartFactory(version=version, **options)
    ChartViewFactory(chart=chart)
    ChartPointFactory(chart=chart)
    return chart


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    made: CourseVersion = VersionFactory(
        status="draft", course__owner=instructor, course__slug="c", title="Faces"
    )
    return made


@pytest.fixture
def author(instructor: User, client_of: ClientOf) -> Client:
    return client_of(instructor)


def url(name: str, chart: Chart | None = None) -> str:
    arguments = {"slug": "c"} if chart is None else {"slug": "c", "key": chart.key}
    return reverse(f"courses:studio-{name}", kwargs=arguments)


def body_of(chart: Chart, **changes: Any) -> str:
    return json.dumps({**values_of(chart), **changes})


def state_of(chart: Chart) -> str:
    return hash_of(values_of(Chart.objects.get(pk=chart.pk)))


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("name", ["chart-list", "chart-new"])
def test_pages_of_others_courses_are_not_there(
    version: CourseVersion, client_of: ClientOf, name: str
) -> None:
    other = UserFactory()
    other.groups.set(version.course.owner.groups.all())

    assert client_of(other).get(url(name)).status_code == 404


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("chart", "get"),
        ("chart", "post"),
        ("chart-save", "post"),
        ("chart-preview", "get"),
        ("chart-preview", "post"),
        ("chart-view-add", "get"),
        ("chart-duplicate", "post"),
        ("chart-remove", "post"),
    ],
)
def test_charts_of_others_courses_are_not_there(
    version: CourseVersion, client_of: ClientOf, name: str, method: str
) -> None:
    chart = a_chart(version)
    other = UserFactory()
    other.groups.set(version.course.owner.groups.all())

    answer = getattr(client_of(other), method)(url(name, chart))

    assert answer.status_code == 404
    assert Chart.objects.get() == chart


def test_reviewer_looks_and_does_not_write(version: CourseVersion, client_of: ClientOf) -> None:
    chart = a_chart(version)
    reviewer = UserFactory()
    reviewer.groups.set(version.course.owner.groups.all())
    CourseMember.objects.create(
        course=version.course, user=reviewer, role="reviewer", added_at=version.created_at,
        added_by_id=reviewer.pk,
    )  # fmt: skip
    client = client_of(reviewer)

    page = client.get(url("chart", chart)).content.decode()

    assert "This is how a learner sees it" in page
    assert "data-chart-desk" not in page
    assert "Begin a chart" not in client.get(url("chart-list")).content.decode()
    assert client.post(url("chart-save", chart), {"body": body_of(chart)}).status_code == 403
    assert client.post(url("chart-remove", chart)).status_code == 403


def test_published_version_is_shown_and_not_written(instructor: User, author: Client) -> None:
    version = publishable(course__owner=instructor, course__slug="c")
    chart = a_chart(version)
    publish(version)

    assert author.get(url("chart", chart)).status_code == 200
    assert author.get(url("chart-list")).status_code == 200
    assert author.post(url("chart-save", chart), {"body": body_of(chart)}).status_code == 403
    assert author.post(url("chart-duplicate", chart)).status_code == 403


def test_chart_that_is_not_there_is_404(version: CourseVersion, author: Client) -> None:
    for name in ("chart", "chart-preview", "chart-view-add", "chart-remove"):
        address = reverse(f"courses:studio-{name}", kwargs={"slug": "c", "key": uuid4()})
        assert author.get(address).status_code == 404


# ---------------------------------------------------------------- the list


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_list_costs_the_same_with_one_chart_and_with_three(
    version: CourseVersion, author: Client
) -> None:
    a_chart(version, slug="one")
    LessonFactory(module__version=version, body="::: chart one\nLook.\n:::\n")
    author.get(url("chart-list"))
    with_one = queries(author, url("chart-list"))
    for _ in range(2):
        a_chart(version)

    assert queries(author, url("chart-list")) == with_one <= 14


def test_editor_costs_the_same_with_one_point_and_with_many(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    author.get(url("chart", chart))
    with_one = queries(author, url("chart", chart))
    for _ in range(5):
        ChartPointFactory(chart=chart)

    assert queries(author, url("chart", chart)) == with_one <= 14


def test_save_costs_the_same_with_one_point_and_with_many(
    version: CourseVersion, author: Client
) -> None:
    counts = []
    for number in (1, 30):
        chart = a_chart(version)
        for _ in range(number):
            ChartPointFactory(chart=chart)
        values = values_of(chart)
        for point in values["points"]:
            point["name"] = "Moved"
        with CaptureQueriesContext(connection) as caught:
            answer = author.post(
                url("chart-save", chart),
                {"body": json.dumps(values), "based_on": state_of(chart)},
            )
        assert answer.status_code == 200
        counts.append(len(caught))

    assert counts[0] == counts[1]


def test_list_says_where_a_chart_is_shown_and_what_it_lacks(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version, slug="face")
    LessonFactory(module__version=version, title="Where they lie", body="::: chart face\n:::\n")
    chart.points.update(name="")

    page = author.get(url("chart-list")).content.decode()

    assert "Where they lie" in page
    assert "Not finished" in page
    assert 'aria-current="page">Charts</a>' in page


# ---------------------------------------------------------------- a new one


def test_chart_begins_with_a_drawing_of_ours(version: CourseVersion, author: Client) -> None:
    page = author.get(url("chart-new")).content.decode()
    assert page.count('name="drawing"') == 5

    answer = author.post(url("chart-new"), {"title": "Back", "drawing": "library:neck-back"})

    chart = Chart.objects.get()
    assert answer.url == url("chart", chart)
    assert chart.views.get().title == "Back of the neck"
    assert author.get(answer.url).status_code == 200


def test_chart_begins_with_an_uploaded_drawing(version: CourseVersion, author: Client) -> None:
    file = SimpleUploadedFile("ear.svg", SVG)

    author.post(url("chart-new"), {"title": "Ear", "file": file})

    view = Chart.objects.get().views.get()
    assert (view.width, view.height) == (400, 500)
    assert b'<g id="drawing">' in view.drawing.read()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<svg><script>alert(1)</script></svg>", "The drawing is not an SVG file."),
        (
            SVG.replace(b"<path", b'<script>1</script><path onload="x"'),
            "&lt;script&gt; is not allowed in a drawing.",
        ),
        (SVG.replace(b"<path", b'<path onload="x"'), "‘onload’ is not allowed on &lt;path&gt;"),
        (SVG.replace(b"400 500", b"24 24"), "The drawing is 24 × 24 units."),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG, "declares entities"),
        (b"\x89PNG", "is not well-formed"),
        (b" " * 1_000_001, "The drawing is larger than 1 MB."),
    ],
)
def test_hostile_drawing_is_refused_with_a_sentence(
    version: CourseVersion, author: Client, content: bytes, sentence: str
) -> None:
    file = SimpleUploadedFile("ear.svg", content)

    answer = author.post(url("chart-new"), {"title": "Ear", "file": file})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Chart.objects.exists()


def test_new_chart_needs_a_title_and_a_drawing(version: CourseVersion, author: Client) -> None:
    answer = author.post(url("chart-new"), {"title": " ", "drawing": ""})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Give it a title." in page
    assert "Choose a drawing, or a file of your own." in page
    assert author.post(
        url("chart-new"), {"title": "X", "drawing": "library:../settings"}
    ).status_code == 422  # fmt: skip


def test_view_is_added_from_a_drawing_the_course_has(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    sha256 = chart.views.get().drawing.sha256
    assert f"course:{sha256}" in author.get(url("chart-view-add", chart)).content.decode()

    answer = author.post(
        url("chart-view-add", chart), {"title": "Again", "drawing": f"course:{sha256}"}
    )

    assert answer.status_code == 302
    assert [view.slug for view in chart.views.all()] == ["front", "again"]


def test_drawing_of_another_course_cannot_be_chosen(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version)
    elsewhere = a_chart(VersionFactory())
    sha256 = elsewhere.views.get().drawing.sha256
    chart.views.all().delete()

    answer = author.post(url("chart-view-add", chart), {"drawing": f"course:{sha256}"})

    assert answer.status_code == 422


# ---------------------------------------------------------------- saving by script


def test_save_answers_with_the_next_state(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version)

    answer = author.post(
        url("chart-save", chart),
        {"body": body_of(chart, title="Face"), "based_on": state_of(chart)},
    )

    told = answer.json()
    assert answer.status_code == 200
    assert told["number"] == state_of(chart)
    assert told["missing"] == []
    assert Chart.objects.get().title == "Face"


def test_stale_save_is_refused_and_changes_nothing(
    version: CourseVersion, author: Client, registrar: User, client_of: ClientOf
) -> None:
    chart = a_chart(version)
    old = state_of(chart)
    client_of(registrar).post(
        url("chart-save", chart), {"body": body_of(chart, title="Theirs"), "based_on": old}
    )

    answer = author.post(
        url("chart-save", chart), {"body": body_of(chart, title="Mine"), "based_on": old}
    )

    told = answer.json()
    assert answer.status_code == 409
    assert told["values"]["title"] == "Theirs"
    assert told["number"] == state_of(chart)
    assert "registrar@example.com saved this chart first" in told["sentence"]
    assert Chart.objects.get().title == "Theirs"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{",
        '{"a": NaN}',
        "[" * 100_000,
        '{"title": ' + "9" * 5_000 + "}",
        "x" * 1_000_001,
        "{}",
        '{"title": 7, "views": 3, "layers": [1], "points": {}, "paths": "x"}',
        '{"title": "A", "views": [{"id": "\\ud800"}], "layers": [], "points": [{"at": [1, null]}]}',
    ],
)
def test_hostile_chart_is_refused(version: CourseVersion, author: Client, body: str) -> None:
    chart = a_chart(version)
    before = state_of(chart)

    for name in ("chart-save", "chart-preview"):
        answer = author.post(url(name, chart), {"body": body, "based_on": before})
        assert answer.status_code == 422
        assert answer.json()["sentence"]

    assert state_of(chart) == before


def test_chart_with_thousands_of_unknown_names_is_refused_early(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    rows = [{f"k{number}-{row}": 1 for number in range(20)} for row in range(400)]

    answer = author.post(url("chart-save", chart), {"body": body_of(chart, points=rows)})

    assert answer.status_code == 422
    assert len(answer.json()["sentence"]) < 3_000


def test_preview_shows_what_is_not_saved_yet(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version)
    ReferenceFactory(version=version, slug="who2008", position=7)
    values = values_of(chart)
    values["points"][0] |= {"name": "<b>Juliao</b>", "references": ["who2008"]}

    answer = author.post(url("chart-preview", chart), {"body": json.dumps(values)})

    page = answer.content.decode()
    assert "&lt;b&gt;Juliao&lt;/b&gt;" in page
    assert 'href="#ref-7"' in page
    assert "data-chart" in page
    assert chart.points.get().name == "Juliao"


def test_editor_does_not_let_words_become_markup(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version, title="</script><script>alert(1)</script>")

    page = author.get(url("chart", chart)).content.decode()

    assert "<script>alert(1)" not in page


# ---------------------------------------------------------------- saving by fields


def fields_of(chart: Chart, **changes: str) -> dict[str, str]:
    """The form without script as a browser sends it."""
    values = values_of(chart)
    sent = {"title": values["title"], "description": values["description"], "credit": ""}
    sent["based_on"] = hash_of(values)
    for view in values["views"]:
        prefix = f"view-{view['id']}-"
        sent |= {f"{prefix}shown": "1", f"{prefix}title": view["title"]}
        for side, value in zip(("x", "y", "width", "height"), view["crop"], strict=True):
            sent[f"{prefix}crop-{side}"] = f"{value:g}"
    for layer in values["layers"]:
        prefix = f"layer-{layer['id']}-"
        sent |= {f"{prefix}shown": "1", f"{prefix}title": layer["title"]}
        sent |= {f"{prefix}kind": layer["kind"]} | ({f"{prefix}on": "on"} if layer["on"] else {})
    for point in values["points"]:
        prefix = f"point-{point['key']}-"
        sent[f"{prefix}shown"] = "1"
        for name in ("code", "name", "language", "layer", "place", "caution", "note"):
            sent[f"{prefix}{name}"] = point[name]
        for at in point["at"]:
            sent |= {
                f"{prefix}{at['view']}-x": f"{at['x']:g}",
                f"{prefix}{at['view']}-y": f"{at['y']:g}",
                f"{prefix}{at['view']}-label": at["label"],
            }
    return sent | changes


def test_form_without_script_sends_the_whole_chart(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version)
    before = state_of(chart)

    answer = author.post(url("chart", chart), fields_of(chart))

    assert answer.status_code == 302
    assert state_of(chart) == before


def test_form_without_script_changes_adds_and_removes(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    first = chart.points.get()
    second = ChartPointFactory(chart=chart)
    changes = {
        f"point-{first.key}-front-x": "612,5",
        f"point-{second.key}-remove": "on",
        "point-new-code": "ST4",
        "point-new-name": "Dicang",
        "point-new-layer": "points",
        "point-new-front-x": "600",
        "point-new-front-y": "700",
        "layer-new-title": "Strokes of the face",
        "layer-new-kind": "flow",
        "path-new-layer": "points",
        "path-new-view": "front",
        "path-new-title": "Up",
        "path-new-order": "2",
        "path-new-points": "100 200\r\n300, 250.5\r\n",
    }

    answer = author.post(url("chart", chart), fields_of(chart, **changes))

    assert answer.status_code == 302, answer.content.decode()
    values = values_of(Chart.objects.get())
    assert [(each["code"], each["at"][0]["x"]) for each in values["points"]] == [
        (first.code, 612.5),
        ("ST4", 600.0),
    ]
    assert values["layers"][1] == {
        "id": "strokes-of-the-face", "title": "Strokes of the face", "kind": "flow", "on": False,
    }  # fmt: skip
    assert values["paths"][0]["points"] == [[100.0, 200.0], [300.0, 250.5]]
    assert values["paths"][0]["order"] == 2


def test_form_without_script_orders_layers_and_drops_what_is_in_one(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(
        version,
        layers_json='[{"id":"points","kind":"points","on":true,"title":"Points"},'
        '{"id":"flow","kind":"flow","on":true,"title":"Flow"},'
        '{"id":"nodes","kind":"nodes","on":true,"title":"Nodes"}]',
    )

    author.post(url("chart", chart), fields_of(chart, **{"layer-nodes-order-in-list": "1"}))
    assert [each["id"] for each in Chart.objects.get().layers] == ["nodes", "points", "flow"]

    author.post(
        url("chart", chart),
        fields_of(Chart.objects.get(), **{"layer-points-remove": "on"}),
    )
    values = values_of(Chart.objects.get())
    assert [each["id"] for each in values["layers"]] == ["nodes", "flow"]
    assert values["points"] == []


def test_form_without_script_is_shown_again_with_what_was_typed(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    point = chart.points.get()

    answer = author.post(
        url("chart", chart), fields_of(chart, **{f"point-{point.key}-front-x": "far left"})
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Point {point.code}: ‘x’ must be a number." in page
    assert 'value="far left"' in page


def test_form_without_script_tells_when_somebody_else_saved(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    sent = fields_of(chart, title="Mine")
    Chart.objects.update(credit="Theirs")

    answer = author.post(url("chart", chart), sent)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else saved first" in page
    assert 'value="Mine"' in page
    assert Chart.objects.get().title == "Points"
    # Pressing the button once more is the choice.
    assert author.post(
        url("chart", chart), sent | {"based_on": state_of(chart)}
    ).status_code == 302  # fmt: skip
    assert Chart.objects.get().title == "Mine"


def test_form_without_script_shows_many_points_in_pages(
    version: CourseVersion, author: Client
) -> None:
    chart = a_chart(version)
    for _ in range(44):
        ChartPointFactory(chart=chart)

    first = author.get(url("chart", chart) + "?as=form").content.decode()
    second = author.get(url("chart", chart) + "?as=form&page=2").content.decode()

    assert first.count("-order-in-list") == second.count("-order-in-list") + 35
    sent = {"title": "T", "description": "D", "based_on": state_of(chart)}
    assert author.post(url("chart", chart), sent).status_code == 302
    assert chart.points.count() == 45


# ---------------------------------------------------------------- copies, and away


def test_duplicate_leads_to_the_copy(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version)

    answer = author.post(url("chart-duplicate", chart))

    copy = Chart.objects.exclude(pk=chart.pk).get()
    assert answer.url == url("chart", copy)


def test_remove_names_the_lessons_and_asks_again(version: CourseVersion, author: Client) -> None:
    chart = a_chart(version, slug="face")
    LessonFactory(module__version=version, title="Where they lie", body="::: chart face\n:::\n")

    page = author.get(url("chart-remove", chart)).content.decode()
    assert "Where they lie" in page

    refused = author.post(url("chart-remove", chart))
    assert refused.status_code == 422
    assert "The lesson “Where they lie” shows this chart." in refused.content.decode()

    assert author.post(url("chart-remove", chart), {"anyway": "yes"}).status_code == 302
    assert not Chart.objects.exists()


def test_unfinished_chart_keeps_a_course_from_being_published(instructor: User) -> None:
    version = publishable(course__owner=instructor)
    chart = a_chart(version, title="Face")
    assert "unfinished-chart" not in [item.code for item in missing(version)]
    chart.points.update(place="")

    assert "The chart “Face” is not finished. Point" in " ".join(
        item.sentence for item in missing(version)
    )
