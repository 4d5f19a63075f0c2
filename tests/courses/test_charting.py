"""Charts made and changed in the studio."""

import copy
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from ce_platform.accounts.models import User
from ce_platform.core.errors import DomainError
from ce_platform.core.models import AuditEvent
from courses import drawings
from courses.charts import chart_record
from courses.domain import charting
from courses.domain.chart_values import (
    Values,
    chart_of,
    hash_of,
    record_of,
    unfinished,
    values_of,
)
from courses.domain.errors import ChartInUse, ChartMoved, ChartRefused, NotADraft
from courses.drawing_library import LIBRARY
from courses.models import Chart, ChartPoint, CourseVersion
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.courses import (
    ChartFactory,
    ChartPointFactory,
    LessonFactory,
    ReferenceFactory,
    VersionFactory,
)


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    made: CourseVersion = VersionFactory(status="draft", course__owner=instructor)
    return made


@pytest.fixture
def chart(version: CourseVersion, instructor: User) -> Chart:
    drawing = charting.drawing_from_library("front", now=NOW)
    return charting.begin_chart(
        version, title="Points of the face", drawing=drawing, by=instructor, now=NOW
    )


def fresh(chart: Chart) -> Values:
    found = chart_of(chart.version, chart.key)
    assert found is not None
    return values_of(found)


def point(**changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "code": "ST3",
        "name": "Juliao",
        "language": "zh-Latn",
        "layer": "points",
        "place": "Under the pupil.",
        "caution": "",
        "caution_level": "",
        "note": "",
        "references": [],
        "at": [{"view": "front", "x": 596, "y": 590.5, "label": "e"}],
    } | changes


def stroke(**changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid4()),
        "layer": "points",
        "view": "front",
        "title": "Cheek to the jaw",
        "order": 1,
        "arrow": True,
        "points": [[430, 610], [402, 700]],
    } | changes


def save(chart: Chart, by: User, *, based_on: str = "", **changes: Any) -> charting.SavedChart:
    values = fresh(chart)
    return charting.save_chart(
        chart.version,
        chart.key,
        values={**values, **changes},
        based_on=based_on or hash_of(values),
        by=by,
        now=NOW,
    )


# ---------------------------------------------------------------- drawings


@pytest.mark.parametrize("drawing", LIBRARY, ids=lambda each: each.name)
def test_drawings_of_ours_hold_plain_shapes_only(drawing: Any) -> None:
    content = drawing.read()

    assert drawings.size_of(content) == (1000, 1200)
    # What stands inside our own group passes the same gate once more.
    assert drawings.rebuild(drawings.as_sent(content)) == content


@pytest.mark.parametrize("name", ["front", "profile", "neck-side"])
def test_drawings_of_ours_are_those_of_the_starter_course(name: str) -> None:
    folder = settings.BASE_DIR / "content" / "facial-massage-introduction" / "charts" / "drawings"
    ours = next(each for each in LIBRARY if each.name == name)

    assert drawings.rebuild((folder / f"{name}.svg").read_bytes()) == ours.read()


def test_drawing_of_another_size_than_charts_have_is_refused(db: None) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 612.5 792"/>'

    with pytest.raises(ChartRefused, match=r"612.5 × 792 units"):
        charting.drawing_from_upload(svg, now=NOW)


# ---------------------------------------------------------------- begin


def test_chart_begins_with_one_view_and_one_layer(chart: Chart) -> None:
    values = fresh(chart)

    assert chart.slug == "points-of-the-face"
    assert [(each["id"], each["crop"]) for each in values["views"]] == [
        ("front", [0.0, 0.0, 1000.0, 1200.0])
    ]
    assert [each["id"] for each in values["layers"]] == ["points"]
    assert values["points"] == values["paths"] == []
    assert values["credit"].startswith("Own drawing")
    assert AuditEvent.objects.filter(action="chart.begun", subject_id=str(chart.key)).count() == 1


def test_charts_of_one_title_get_addresses_of_their_own(
    version: CourseVersion, instructor: User
) -> None:
    drawing = charting.drawing_from_library("profile", now=NOW)

    slugs = [
        charting.begin_chart(version, title=title, drawing=drawing, by=instructor, now=NOW).slug
        for title in ("Ear", "Ear", "耳", "Ear_2")
    ]

    assert slugs == ["ear", "ear-2", "chart", "ear-2-2"]


def test_published_version_gets_no_chart(instructor: User) -> None:
    drawing = charting.drawing_from_library("front", now=NOW)

    with pytest.raises(NotADraft):
        charting.begin_chart(
            VersionFactory(), title="Face", drawing=drawing, by=instructor, now=NOW
        )


# ---------------------------------------------------------------- save


def test_save_writes_everything_the_values_say(chart: Chart, instructor: User) -> None:
    layers = [
        {"id": "points", "title": "Stomach line", "kind": "points", "on": True},
        {"id": "flow", "title": "Flow", "kind": "flow", "on": False},
    ]
    points = [point(), point(code="ST9", caution="Never press.", caution_level="do-not-press")]
    paths = [stroke(layer="flow")]

    saved = save(chart, instructor, layers=layers, points=points, paths=paths, description="Front.")

    assert saved.is_changed
    assert hash_of(fresh(chart)) == saved.number
    values = fresh(chart)
    assert values["layers"] == layers
    assert values["points"] == points
    assert values["paths"] == paths


def test_what_the_studio_saves_is_what_an_import_would_make(
    package: Package, instructor: User, alone: object
) -> None:
    version = package.load().version
    assert version is not None
    imported = version.charts.get()
    values = values_of(imported)

    saved = charting.save_chart(
        version, imported.key, values=values, based_on="", by=instructor, now=NOW
    )

    assert not saved.is_changed
    references = {"who2008": 1}
    assert record_of(values, imported.slug, references) == chart_record(imported, references)
    assert unfinished(values, imported.slug, references=["who2008"]) == []


def test_points_keep_their_keys_and_rows(chart: Chart, instructor: User) -> None:
    first, second = point(code="A"), point(code="B")
    save(chart, instructor, points=[first, second])
    rows = {row.key: row.pk for row in ChartPoint.objects.all()}

    save(chart, instructor, points=[second | {"name": "Moved"}, first])

    assert {row.key: row.pk for row in ChartPoint.objects.all()} == rows
    assert [row.code for row in ChartPoint.objects.all()] == ["B", "A"]
    assert ChartPoint.objects.get(key=UUID(second["key"])).name == "Moved"


def test_key_of_a_chart_is_never_changed(chart: Chart, instructor: User) -> None:
    save(chart, instructor, key=str(uuid4()), points=[point()])

    assert Chart.objects.get().key == chart.key


def test_stale_save_is_refused_and_names_who_was_first(
    chart: Chart, instructor: User, registrar: User
) -> None:
    old = hash_of(fresh(chart))
    save(chart, registrar, points=[point(code="Theirs")])

    with pytest.raises(ChartMoved, match=r"registrar@example.com saved this chart first") as caught:
        save(chart, instructor, based_on=old, points=[point(code="Mine")])

    assert [row.code for row in ChartPoint.objects.all()] == ["Theirs"]
    assert caught.value.number == hash_of(fresh(chart))


def test_save_whose_confirmation_was_lost_is_no_conflict(chart: Chart, instructor: User) -> None:
    old = hash_of(fresh(chart))
    points = [point()]
    save(chart, instructor, based_on=old, points=points)

    again = save(chart, instructor, based_on=old, points=points)

    assert not again.is_changed


def test_saves_in_one_go_are_one_line_of_the_trail_until_somebody_else_saves(
    chart: Chart, instructor: User, registrar: User
) -> None:
    for by, code in ((instructor, "A"), (instructor, "B"), (registrar, "C"), (instructor, "D")):
        save(chart, by, points=[point(code=code)])

    trail = AuditEvent.objects.filter(action="chart.saved").order_by("pk")
    assert [each.actor_label for each in trail] == [
        "instructor@example.com", "registrar@example.com", "instructor@example.com",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "‘title’ is empty."),
        ({"views": []}, "The chart has no views."),
        ({"layers": []}, "The chart has no layers."),
        ({"points": [point(layer="gone")]}, "Point ST3: the chart has no layer ‘gone’."),
        (
            {"points": [point(at=[{"view": "front", "x": 2000, "y": 5, "label": "e"}])]},
            "Point ST3: (2000, 5) lies outside what the view ‘front’ shows.",
        ),
        ({"points": [point(at=[])]}, "‘position’ must be a list"),
        ({"points": [point(caution_level="deadly")]}, "‘how grave’ must be one of"),
        ({"points": [point(language="not a tag")]}, "is not a language tag"),
        ({"points": [point(key="x")]}, "must be a UUID"),
        ({"points": [point(onclick="x")]}, "unknown key ‘onclick’"),
        ({"paths": [stroke(points=[[1, 2]])]}, "‘bends’ must be a list of at least two places"),
        ({"paths": [stroke(order=0)]}, "Stroke Cheek to the jaw: ‘order’ must be a whole number"),
        (
            {"layers": [{"id": f"l{n}", "title": "L", "kind": "points"} for n in range(11)]},
            "there are more than 10 layers",
        ),
    ],
)
def test_what_an_import_refuses_is_refused_and_nothing_is_written(
    chart: Chart, instructor: User, changes: Values, sentence: str
) -> None:
    before = fresh(chart)

    with pytest.raises(ChartRefused) as caught:
        save(chart, instructor, **({"description": "Other."} | changes))

    assert sentence in str(caught.value)
    assert fresh(chart) == before


def test_size_of_a_drawing_cannot_be_changed(chart: Chart, instructor: User) -> None:
    views = copy.deepcopy(fresh(chart)["views"])
    views[0]["width"] = 900
    views[0]["crop"][2] = 900

    with pytest.raises(ChartRefused, match="size of a drawing"):
        save(chart, instructor, views=views)


def test_point_of_another_chart_cannot_be_taken(chart: Chart, instructor: User) -> None:
    other = ChartPointFactory(chart=ChartFactory(version=chart.version))

    with pytest.raises(ChartRefused, match="another chart"):
        save(chart, instructor, points=[point(key=str(other.key))])


def test_words_may_be_missing_while_somebody_is_at_it(chart: Chart, instructor: User) -> None:
    bare = point(name="", place="", caution_level="light", references=["gone"])

    save(chart, instructor, points=[bare])

    assert unfinished(fresh(chart), chart.slug, references=[]) == [
        "Point ST3: ‘name’ is empty.",
        "Point ST3: ‘place in words’ is empty.",
        "Point ST3: a caution level needs a caution.",
        "Point ST3: the course has no reference ‘gone’.",
    ]


def test_lesson_that_shows_a_layer_that_is_gone_is_named(chart: Chart) -> None:
    lesson = LessonFactory(
        module__version=chart.version,
        title="Strokes",
        body=f"::: chart {chart.slug} layers=points,flow view=side\nLook.\n:::\n",
    )

    assert unfinished(fresh(chart), chart.slug, references=[], lessons=[lesson]) == [
        "The lesson “Strokes” shows ‘flow’ of it, which is not there any more.",
        "The lesson “Strokes” shows ‘side’ of it, which is not there any more.",
    ]


def test_title_takes_the_address_along_only_while_no_lesson_shows_it(
    chart: Chart, instructor: User
) -> None:
    save(chart, instructor, title="The face")
    assert Chart.objects.get().slug == "the-face"
    LessonFactory(module__version=chart.version, body="::: chart the-face\nLook.\n:::\n")

    save(chart, instructor, title="Face and neck")

    assert (Chart.objects.get().slug, Chart.objects.get().title) == ("the-face", "Face and neck")


def test_views_are_added_renamed_ordered_and_removed(chart: Chart, instructor: User) -> None:
    drawing = charting.drawing_from_library("profile", now=NOW)
    charting.add_view(chart.version, chart.key, title="", drawing=drawing, by=instructor, now=NOW)
    views = fresh(chart)["views"]
    assert [each["id"] for each in views] == ["front", "profile"]
    both = point(
        at=[
            {"view": "front", "x": 500.0, "y": 500.0, "label": "e"},
            {"view": "profile", "x": 400.0, "y": 500.0, "label": "w"},
        ]
    )

    save(chart, instructor, views=[views[1] | {"title": "Side"}, views[0]], points=[both])
    assert [each["title"] for each in fresh(chart)["views"]] == ["Side", "Front"]

    save(chart, instructor, views=[views[0]], points=[both | {"at": both["at"][:1]}])
    assert [each["id"] for each in fresh(chart)["views"]] == ["front"]

    # What was taken away comes back, as one step of the page's undo does it.
    save(chart, instructor, views=views, points=[both])
    assert [each["id"] for each in fresh(chart)["views"]] == ["front", "profile"]


def test_chart_has_at_most_six_views(chart: Chart, instructor: User) -> None:
    drawing = charting.drawing_from_library("profile", now=NOW)

    def add() -> None:
        charting.add_view(
            chart.version, chart.key, title="Side", drawing=drawing, by=instructor, now=NOW
        )

    for _ in range(5):
        add()
    with pytest.raises(ChartRefused, match="at most 6 views"):
        add()


# ---------------------------------------------------------------- copies, and away


def test_copy_has_keys_and_an_address_of_its_own(chart: Chart, instructor: User) -> None:
    save(chart, instructor, points=[point()], paths=[stroke()])
    before = fresh(chart)

    made = charting.duplicate_chart(chart.version, chart.key, by=instructor, now=NOW)

    values = fresh(made)
    assert fresh(chart) == before
    assert made.slug == "points-of-the-face-copy"
    assert made.title == "Points of the face (copy)"
    keys = {before["key"], before["points"][0]["key"], before["paths"][0]["key"]}
    assert not keys & {values["key"], values["points"][0]["key"], values["paths"][0]["key"]}
    assert values["points"][0]["at"] == before["points"][0]["at"]


def test_chart_that_lessons_show_is_removed_only_by_force(chart: Chart, instructor: User) -> None:
    save(chart, instructor, points=[point()])
    for title in ("First", "Second"):
        LessonFactory(
            module__version=chart.version,
            title=title,
            body=f"Text.\n\n:::  chart {chart.slug} layers=points\nLook.\n:::\n",
        )

    with pytest.raises(ChartInUse, match=r"The lessons “First”, “Second” show this chart\."):
        charting.remove_chart(chart.version, chart.key, by=instructor, now=NOW)
    assert Chart.objects.exists()

    charting.remove_chart(chart.version, chart.key, by=instructor, now=NOW, is_forced=True)
    assert not Chart.objects.exists()
    assert not ChartPoint.objects.exists()


@pytest.mark.parametrize(
    ("body", "is_used"),
    [
        ("::: chart face\nLook.\n:::", True),
        (":::: chart face view=front\n::::", True),
        ("::: chart face-of-another\n:::", False),
        ("::: note face\n:::", False),
        ("A chart face in words.", False),
    ],
)
def test_lessons_that_show_a_chart_are_found(
    version: CourseVersion, body: str, is_used: bool
) -> None:
    LessonFactory(module__version=version, body=body)

    assert bool(charting.used_in(version, "face")) == is_used


def test_every_change_refuses_what_is_published(chart: Chart, instructor: User) -> None:
    ReferenceFactory(version=chart.version)
    values = fresh(chart)
    CourseVersion.objects.filter(pk=chart.version_id).update(
        status="published", published_at=NOW, canonical_text="{}", canonical_sha256="x"
    )
    drawing = charting.drawing_from_library("front", now=NOW)
    version, key = chart.version, chart.key

    for change in (
        lambda: charting.save_chart(
            version, key, values=values, based_on="", by=instructor, now=NOW
        ),
        lambda: charting.duplicate_chart(version, key, by=instructor, now=NOW),
        lambda: charting.remove_chart(version, key, by=instructor, now=NOW, is_forced=True),
        lambda: charting.add_view(version, key, title="", drawing=drawing, by=instructor, now=NOW),
    ):
        with pytest.raises(DomainError, match="no longer a draft"):
            change()
