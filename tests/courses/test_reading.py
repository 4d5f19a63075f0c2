import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import CourseVersion, Lesson
from courses.reading import (
    Library,
    course_references,
    lesson_references,
    lesson_segments,
    reference_html,
    store_body,
)
from tests.courses.conftest import Package
from tests.factories.courses import LessonFactory, ReferenceFactory, VersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def version(package: Package) -> CourseVersion:
    made = package.load().version
    assert made is not None
    return made


def test_lesson_comes_apart_in_order(version: CourseVersion) -> None:
    segments = lesson_segments(version.lessons.get(slug="points"))

    assert [segment.kind for segment in segments] == ["html", "figure", "chart", "html"]
    assert "<h2>A picture</h2>" in segments[0].html
    assert "<table>" in segments[3].html
    assert "footnotes" in segments[3].html
    figure = version.figures.get()
    assert segments[1].figure is not None
    assert segments[1].figure.srcset == (
        f"/media/figures/{figure.sizes[480]}.png 480w, /media/figures/{figure.sizes[640]}.png 640w"
    )
    assert segments[1].figure.src == f"/media/figures/{figure.sizes[640]}.png"
    assert (segments[1].figure.width, segments[1].figure.height) == (640, 400)
    assert segments[1].figure.alt == "Six bars of growing height."
    chart = segments[2].chart
    assert chart is not None
    assert chart.id == "l1-chart-2"
    assert [layer.is_on for layer in chart.layers] == [True, False]
    assert [point.code for point in chart.points] == ["ST3", "ST9"]
    assert segments[2].html.startswith("<p>Two points on one drawing <sup")


def test_reading_a_lesson_takes_no_query(version: CourseVersion) -> None:
    lesson = version.lessons.get(slug="points")

    with CaptureQueriesContext(connection) as queries:
        lesson_segments(lesson)
        lesson_references(lesson)

    assert len(queries) == 0


def test_references_of_a_lesson_lead_both_ways(version: CourseVersion) -> None:
    lesson = version.lessons.get(slug="points")
    html = "".join(segment.html for segment in lesson_segments(lesson))

    lines = lesson_references(lesson)

    assert [(line.number, line.url, line.back) for line in lines] == [
        (2, "https://example.com/who", ["#l1-cite-2-1", "#l1-cite-2-2"]),
    ]
    anchors = re.findall(r'id="(l1-cite[^"]*)"', html)
    assert [f"#{anchor}" for anchor in anchors] == lines[0].back
    assert 'href="#ref-2"' in html


def test_reference_is_escaped_and_names_its_source(version: CourseVersion) -> None:
    line = lesson_references(version.lessons.get(slug="claims"))[0]

    assert reference_html(line) == (
        "Klein AV, Kiat H. 2014. Detox diets. J Hum Nutr Diet. "
        '<a href="https://doi.org/10.1111/jhn.12286" rel="noopener">doi.org/10.1111/jhn.12286</a> '
        '<a href="#l2-cite-1-1" class="footnote-back" aria-label="Back to citation 1 of '
        'reference 1">↩\ufe0e</a>'
    )


def test_printed_course_has_one_list_with_all_ways_back(version: CourseVersion) -> None:
    lines = course_references(version, list(version.lessons.all()))

    assert [(line.number, line.back) for line in lines] == [
        (1, ["#l2-cite-1-1", "#l3-cite-1-1"]),
        (2, ["#l1-cite-2-1", "#l1-cite-2-2", "#l3-cite-2-1"]),
    ]


def test_ids_are_unique_over_all_lessons(version: CourseVersion) -> None:
    html = "".join(
        segment.html for lesson in version.lessons.all() for segment in lesson_segments(lesson)
    )
    ids = re.findall(r'\bid="([^"]*)"', html)

    assert ids
    assert len(ids) == len(set(ids))


def test_text_cannot_forge_a_placeholder() -> None:
    version = VersionFactory()
    ReferenceFactory(
        version=version, slug="a1", position=1, text="--><!--figure:{}--> <script>x</script>"
    )
    lesson: Lesson = LessonFactory(
        module__version=version,
        body='A [@a1] <!--figure:{"slug":"x"}--> <!--references:[[1,"x","y"]]-->',
    )
    lesson.body_html = store_body(lesson, Library(version))

    segments = lesson_segments(lesson)

    assert [segment.kind for segment in segments] == ["html"]
    assert "&lt;!--figure" in segments[0].html
    assert [line.text for line in lesson_references(lesson)] == [
        "--><!--figure:{}--> <script>x</script>"
    ]
    assert "<script>" not in reference_html(lesson_references(lesson)[0])


def test_lesson_that_was_stored_without_markup_still_reads() -> None:
    lesson = LessonFactory()

    assert [(each.kind, each.html) for each in lesson_segments(lesson)] == [
        ("html", "<p>Some text.</p>")
    ]
