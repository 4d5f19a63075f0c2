"""Pictures leave with their questions and come back: to the chart or figure that they were, and
elsewhere as a picture with the same places."""

import io
import re
import zipfile
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from courses.domain.picturing import add_ready_figures, picture_ready
from courses.models import ChartView, CourseVersion, Figure
from quizzes.domain.importing import Sight, add_found, look_at
from quizzes.domain.importing_pictures import bring
from quizzes.domain.outgoing import written
from quizzes.embedding import VersionPictures, embedded
from quizzes.interchange import formats
from quizzes.interchange.found import Item
from quizzes.interchange.outgoing import Outgoing
from quizzes.models import QuestionRevision
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from tests.factories.courses import VersionFactory, stored_file
from tests.factories.pictures import face_chart, label, tap
from tests.factories.quizzes import NOW
from tests.quizzes.test_interchange_round_trips import LOSSLESS

pytestmark = pytest.mark.django_db
FORMATS = ["moodle-xml", "qti"]
SHAPES: list[dict[str, Any]] = [
    {"circle": [60, 40.5, 12.3]},
    {"rectangle": [150, 110, 40, 30]},
    {"polygon": [[250, 30], [320, 45], [280, 90.5]]},
    {"circle": [350, 200, 3]},
]


@pytest.fixture
def version() -> CourseVersion:
    """With the chart of a face and a photograph of a hand."""
    version = VersionFactory(status="draft", course__slug="drafted")
    face_chart(version)
    drawing = (Path(settings.BASE_DIR) / "static" / "drawings" / "front.svg").read_bytes()
    ChartView.objects.update(drawing=stored_file(drawing, "image/svg+xml"))
    for slug, content in (("hand", _photo()), ("flat", _flat())):
        ready = picture_ready(content, file_name=f"{slug}.png", alt=f"A {slug} thing.", now=NOW)
        add_ready_figures(version, {slug: ready}, by=None, now=NOW)
    return version


@cache  # Encoded once, because its bytes are the same in every test: see tests/pictures.py.
def _photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((400, 250), 90).convert("RGB").save(out, "PNG")
    return out.getvalue()


def _flat() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 60), "teal").save(out, "PNG")
    return out.getvalue()


def on_figure(written_content: dict[str, Any]) -> dict[str, Any]:
    """The same question about the photograph, with areas of all shapes."""
    places = [
        {
            **{key: value for key, value in place.items() if key != "point"},
            **shape,
            "name": f"Area {number}",
            **({"label": f"Name <{number}>"} if "correct" not in written_content else {}),
        }
        for number, (place, shape) in enumerate(
            zip(written_content["places"], SHAPES, strict=True), start=1
        )
    ]
    rest = {key: each for key, each in written_content.items() if key not in ("chart", "view")}
    return {**rest, "figure": "hand", "places": places}


def with_own_places(written_content: dict[str, Any]) -> dict[str, Any]:
    """On the chart, with areas that are no points of it."""
    own = on_figure(written_content)["places"]
    moved = [{**place, "rectangle": [400 + 50 * n, 300, 30.5, 20]} for n, place in enumerate(own)]
    for place in moved:
        place.pop("circle", None)
        place.pop("polygon", None)
    return {**written_content, "places": [*written_content["places"][:2], *moved[2:]]}


def as_tap(content: dict[str, Any]) -> dict[str, Any]:
    places = [{k: v for k, v in each.items() if k != "label"} for each in content["places"]]
    return {**content, "places": places}


WRITTEN = {
    "tap one": ("tap-the-point", tap()),
    "tap several": ("tap-the-point", tap("ST3", "CV24", scoring="all-or-nothing")),
    "tap several, in part": ("tap-the-point", tap("ST3", "GB14", "ST4", scoring="partial")),
    "tap own places of a chart": ("tap-the-point", as_tap(with_own_places(tap()))),
    "tap a figure": ("tap-the-point", as_tap(on_figure(tap()))),
    "label": ("label-the-chart", label()),
    "label, all or nothing": ("label-the-chart", label(scoring="all-or-nothing")),
    "label a figure": ("label-the-chart", on_figure(label())),
}


def content_of(version: CourseVersion, type_name: str, own: dict[str, Any]) -> Content:
    cleaned = embedded(type_named(type_name), own, VersionPictures(version))
    assert cleaned.problems == []
    return cleaned.content


def there_and_back(
    format_name: str, type_name: str, content: Content, into: CourseVersion
) -> Sight:
    file = written(format_name, [Outgoing(type_name, content)]).content
    reading = formats.read(file)
    return look_at(into, None, reading, bring(reading, now=NOW))


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("name", sorted(WRITTEN))
def test_a_question_on_a_picture_comes_back_the_same_and_elsewhere_on_the_picture_it_brought(
    version: CourseVersion, name: str, format_name: str
) -> None:
    type_name, own = WRITTEN[name]
    content = content_of(version, type_name, own)

    file = written(format_name, [Outgoing(type_name, content)]).content
    reading = formats.read(file)
    brought = bring(reading, now=NOW)
    sight = look_at(version, None, reading, brought)

    assert (sight.reading.left, sight.reading.changes) == ([], [])
    (found,) = sight.questions
    assert (found.question.type, found.question.content) == (type_name, content)
    add_found(version, None, reading.questions, brought, by=None, now=NOW)
    assert Figure.objects.filter(version=version).count() == 2

    elsewhere = VersionFactory(status="draft", course__slug="elsewhere")
    for count in (1, 0):
        assert count == add_found(elsewhere, None, reading.questions, brought, by=None, now=NOW)

    (figure,) = Figure.objects.filter(version=elsewhere)
    revision = QuestionRevision.objects.get(question__course=elsewhere.course)
    again = revision.data
    picture, before = again["picture"], content["picture"]
    assert (picture["chart"], picture["figure"], picture["alt"]) == ("", figure.slug, before["alt"])
    left, top, across, down = before["crop"]
    assert picture["width"] / picture["height"] == pytest.approx(across / down, rel=0.01)
    for place, was in zip(again["places"], content["places"], strict=True):
        assert (place["shape"], place["id"]) == (was["shape"], was["id"])
        assert place["description"] == was["description"]
        x, y = _first(place)
        was_x, was_y = _first(was)
        assert x / picture["width"] == pytest.approx((was_x - left) / across, abs=0.01)
        assert y / picture["height"] == pytest.approx((was_y - top) / down, abs=0.01)
    kind = type_named(type_name)
    assert kind.right_response(again) == kind.right_response(content)
    assert again["scoring"] == content["scoring"]


def _first(place: Content) -> tuple[float, float]:
    at = place["at"][0] if place["shape"] == "polygon" else place["at"]
    return at[0], at[1]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("type_name", sorted(LOSSLESS))
def test_figures_of_every_type_come_back_the_same(
    version: CourseVersion, type_name: str, format_name: str
) -> None:
    own = {**LOSSLESS[type_name]}
    if "choices" in own:
        texts = ["![](figure:flat)", "![Another \\[thing\\]](figure:hand)", "Words"]
        own["choices"] = [
            {**choice, "text": text, "feedback": ""}
            for choice, text in zip(own["choices"], texts, strict=False)
        ]
    stem = "What is **this**?\n\n![](figure:hand)\n\nSay it.\n\n![Words of its own](figure:flat)"
    explanation = "Because.\n\n![](figure:flat)"
    own |= {"stem": stem, "explanation": explanation}
    content = content_of(version, type_name, own)

    sight = there_and_back(format_name, type_name, content, version)

    (found,) = sight.questions
    again = found.question.content
    assert again["figures"] == content["figures"]
    assert (again["stem"], again["explanation"]) == (stem, explanation)
    assert again.get("choices") == content.get("choices") or format_name == "moodle-xml"
    assert not sight.reading.left
    assert not found.question.lacks_picture


@pytest.mark.parametrize("format_name", FORMATS)
def test_the_same_questions_give_the_same_bytes_and_a_look_reads_no_picture(
    version: CourseVersion, format_name: str
) -> None:
    questions = [
        Outgoing(type_name, content_of(version, type_name, own))
        for type_name, own in WRITTEN.values()
    ]

    first, second = (written(format_name, questions) for _ in range(2))
    seen = written(format_name, questions, is_look=True)

    assert first.content == second.content
    assert seen.losses == first.losses
    assert len(seen.content) < len(first.content)


def test_a_point_that_was_moved_is_told(version: CourseVersion) -> None:
    content = content_of(version, "tap-the-point", tap())
    file = written("qti", [Outgoing("tap-the-point", content)]).content
    chart = version.charts.get()
    point = chart.points.order_by("position").first()
    assert point is not None
    point.at_json = point.at_json.replace("600", "620")
    point.save()

    reading = formats.read(file)
    (found,) = look_at(version, None, reading, bring(reading, now=NOW)).questions

    assert found.question.content["places"][0]["at"][0] == 620
    assert found.notes == [
        "It shows the chart “Points of the face” as it is now, which is not as it was then."
    ]


# ------------------------------------------------------------------------------- other systems


def hung(content: bytes) -> str:
    return f'<file name="map.png" path="/" encoding="base64">{b64encode(content).decode()}</file>'


def moodle(kind: str, inner: str) -> bytes:
    return (
        f'<quiz><question type="{kind}"><name><text>Map</text></name><questiontext format="html">'
        f"<text>Where?</text></questiontext>{inner}</question></quiz>"
    ).encode()


def looked(content: bytes, version: CourseVersion) -> Sight:
    reading = formats.read(content)
    return look_at(version, None, reading, bring(reading, now=NOW))


def test_markers_of_moodle_become_names_of_places(version: CourseVersion) -> None:
    sight = looked(
        moodle(
            "ddmarker",
            f"{hung(_flat())}<drag><no>1</no><text>Jaw</text><noofdrags>1</noofdrags></drag>"
            "<drag><no>2</no><text>Brow</text></drag><drag><no>3</no><text>Ear</text></drag>"
            "<drop><no>1</no><shape>circle</shape><coords>20,30;8</coords><choice>1</choice></drop>"
            "<drop><no>2</no><shape>polygon</shape><coords>40,10;60,10;50,30</coords>"
            "<choice>2</choice></drop>"
            "<drop><no>3</no><shape>rectangle</shape><coords>60,40;20,10</coords>"
            "<choice>1</choice></drop>",
        ),
        version,
    )

    (found,) = sight.questions
    content = found.question.content
    assert found.question.type == "label-the-chart"
    assert [(place["shape"], place["at"], place["label"]) for place in content["places"]] == [
        ("circle", [20, 30, 8], "Jaw"),
        ("polygon", [[40, 10], [60, 10], [50, 30]], "Brow"),
        ("rectangle", [60, 40, 20, 10], "Jaw"),
    ]
    assert [each["text"] for each in content["distractors"]] == ["Ear"]
    assert (content["scoring"], content["picture"]["figure"]) == ("partial", "flat")
    assert len(found.notes) == 3


@pytest.mark.parametrize(
    ("inner", "sentence"),
    [
        (
            "{picture}<drag><no>1</no><text>Jaw</text></drag><drop><no>1</no><shape>circle</shape>"
            "<coords>20,30;8</coords><choice>1</choice></drop>",
            "It has one marker and names no other place.",
        ),
        (
            "{picture}<drag><no>1</no><text>A</text></drag><drag><no>2</no><text>B</text></drag>"
            "<drop><no>1</no><shape>circle</shape><coords>x,30;nan</coords><choice>1</choice></drop>",
            "An area of it, “x,30;nan”, is none that is known here.",
        ),
        ("<drag><no>1</no><text>Jaw</text></drag>", "The picture that it is about is not in"),
        (
            '<file name="a.png" encoding="base64">!</file><drag><no>1</no><text>Jaw</text></drag>',
            "Without its picture there is nothing to ask.",
        ),
    ],
    ids=["one marker", "no numbers", "no picture", "damaged"],
)
def test_what_markers_cannot_be_here_is_told(
    version: CourseVersion, inner: str, sentence: str
) -> None:
    sight = looked(moodle("ddmarker", inner.format(picture=hung(_flat()))), version)

    assert sight.questions == []
    assert any(sentence in note.sentence for note in sight.reading.left)


def test_names_of_moodle_get_boxes_that_fit_them(version: CourseVersion) -> None:
    sight = looked(
        moodle(
            "ddimageortext",
            f"{hung(_flat())}<drag><no>1</no><text>Jaw</text><draggroup>1</draggroup></drag>"
            "<drag><no>2</no><text>Brow</text><draggroup>2</draggroup></drag>"
            "<drop><text></text><no>1</no><choice>1</choice><xleft>10</xleft><ytop>5</ytop></drop>"
            "<drop><text></text><no>2</no><choice>2</choice><xleft>60</xleft><ytop>40</ytop></drop>",
        ),
        version,
    )

    (found,) = sight.questions
    places = found.question.content["places"]
    assert [(place["at"], place["label"]) for place in places] == [
        ([10, 5, 46, 26], "Jaw"),
        ([60, 40, 30, 20], "Brow"),
    ]
    assert any("places of the same color" in note for note in found.notes)


def item(interaction: str, declared: str) -> bytes:
    data = f"data:image/png;base64,{b64encode(_flat()).decode()}"
    return (
        '<assessmentItem identifier="Q" title="Map"><responseDeclaration identifier="RESPONSE" '
        f"{declared}</responseDeclaration><itemBody><p>Where?</p>"
        f"{interaction.replace('DATA', data)}</itemBody></assessmentItem>"
    ).encode()


@pytest.mark.parametrize("is_qti_3", [False, True])
def test_hotspots_of_others_are_places_in_the_pixels_of_the_picture(
    version: CourseVersion, is_qti_3: bool
) -> None:
    """The picture is shown twice as large there as it is."""
    file = item(
        '<hotspotInteraction responseIdentifier="RESPONSE" maxChoices="1"><object '
        'type="image/png" data="DATA" width="180" height="120">A teal field</object>'
        '<hotspotChoice identifier="A" shape="circle" coords="40,60,16" hotspotLabel="Left"/>'
        '<hotspotChoice identifier="B" shape="rect" coords="100,20,140,60"/>'
        '<hotspotChoice identifier="C" shape="poly" coords="10,90,40,90,20,110,10,90"/>'
        "</hotspotInteraction>",
        'cardinality="single" baseType="identifier"><correctResponse><value>B</value>'
        "</correctResponse>",
    )
    if is_qti_3:
        file = re.sub(rb"(?<=<)(/?)(?=[a-z])(?!p>)(?!object)", rb"\1qti-", file)
        file = re.sub(rb"(?<=[a-z])([A-Z])(?=[a-z]+[ >=])", lambda f: b"-" + f[1].lower(), file)

    (found,) = looked(file, version).questions
    content = found.question.content
    assert [(place["at"], place["correct"]) for place in content["places"]] == [
        ([20, 30, 8], False),
        ([50, 10, 20, 20], True),
        ([[5, 45], [20, 45], [10, 55]], False),
    ]
    assert content["places"][0]["description"] == "Left"
    assert content["picture"]["alt"] == "A teal field"


AREAS = (
    '<selectPointInteraction responseIdentifier="RESPONSE" maxChoices="1"><object type="image/png" '
    'data="DATA" width="90" height="60">A teal field</object></selectPointInteraction>'
)


def test_taps_anywhere_become_marked_areas_unless_there_is_one(version: CourseVersion) -> None:
    start = 'cardinality="single" baseType="point"><areaMapping defaultValue="0">'
    one = '<areaMapEntry shape="circle" coords="20,30,8" mappedValue="1"/>'
    other = '<areaMapEntry shape="rect" coords="50%,50%,100%,100%" mappedValue="0"/>'

    alone = looked(item(AREAS, f"{start}{one}</areaMapping>"), version)
    both = looked(item(AREAS, f"{start}{one}{other}</areaMapping>"), version)

    assert "a single one would tell the answer" in alone.reading.left[0].sentence
    (found,) = both.questions
    assert [(place["at"], place["correct"]) for place in found.question.content["places"]] == [
        ([20, 30, 8], True),
        ([45, 30, 45, 30], False),
    ]


def test_words_of_gap_texts_become_names(version: CourseVersion) -> None:
    sight = looked(
        item(
            '<graphicGapMatchInteraction responseIdentifier="RESPONSE"><object type="image/png" '
            'data="DATA" width="90" height="60">The jaw and the brow</object>'
            '<gapText identifier="J" matchMax="1">Jaw</gapText><gapText identifier="B" '
            'matchMax="1">Brow</gapText><gapText identifier="E" matchMax="1">Ear</gapText>'
            '<associableHotspot identifier="H1" shape="circle" coords="20,30,8" matchMax="1"/>'
            '<associableHotspot identifier="H2" shape="circle" coords="60,30,8" matchMax="1"/>'
            "</graphicGapMatchInteraction>",
            'cardinality="multiple" baseType="directedPair"><correctResponse><value>J H1</value>'
            "<value>B H2</value></correctResponse>",
        ),
        version,
    )

    (found,) = sight.questions
    content = found.question.content
    assert [place["label"] for place in content["places"]] == ["Jaw", "Brow"]
    assert [each["text"] for each in content["distractors"]] == ["Ear"]
    # The words that came with the picture tell both names.
    assert content["picture"]["alt"] == "The picture of this question."


def test_a_picture_shown_a_hundred_times_is_read_once_and_keeps_the_first_words() -> None:
    read: list[str] = []

    def find(address: str) -> bytes:
        read.append(address)
        return b"picture"

    item = Item(1, find=find)
    names = {item.picture("a.png", alt=alt) for alt in ["", "A hand.", "Another."] * 30}
    item.find = lambda _address: b"another picture"
    other = item.picture("a.png")

    assert read == ["a.png"]
    assert [(each.file_name, each.alt) for each in item.pictures.values()] == [
        ("a.png", "A hand."),
        ("a.png", ""),
    ]
    assert list(item.pictures) == [*names, other]


@pytest.mark.parametrize("format_name", FORMATS)
def test_no_file_is_named_by_what_a_question_may_ask_for(
    version: CourseVersion, format_name: str
) -> None:
    own = {**LOSSLESS["single-choice"], "stem": "What is this?\n\n![A joint](figure:hand)"}
    content = content_of(version, "single-choice", own)

    sent = written(format_name, [Outgoing("single-choice", content)]).content

    if format_name == "moodle-xml":
        names = re.findall(r'(?:<file name="|PLUGINFILE@@/)([^")]+)', sent.decode())
    else:
        with zipfile.ZipFile(io.BytesIO(sent)) as package:
            names = [name for name in package.namelist() if name.startswith("media/")]
    assert names
    assert not [name for name in names if "hand" in name]
