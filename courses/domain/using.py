"""Where the texts of a draft refer to its references and terms, and what they refer to in vain."""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.urls import reverse

from courses.markdown import Problem, Use, parse
from courses.markdown.grammar import REFERENCE
from courses.models import Chart, ChartPoint, ChartView, CourseVersion, Lesson
from courses.parts import parts

# Wider than what the parser takes for a term, so that nothing in use is called unused.
TERM: Final = re.compile(r"glossary:([A-Za-z0-9_-]+)")


@dataclass(frozen=True)
class Place:
    """Somewhere in the course, as a line of a list says it."""

    title: str
    url: str = ""


@dataclass
class Uses:
    """By slug, in the order of the course; a place stands once, however often it refers there."""

    references: dict[str, list[Place]] = field(default_factory=dict)
    glossary: dict[str, list[Place]] = field(default_factory=dict)

    def _note(self, place: Place, text: str) -> None:
        for slug in dict.fromkeys(REFERENCE.findall(text)):
            self.references.setdefault(slug, []).append(place)
        for slug in dict.fromkeys(TERM.findall(text)):
            self.glossary.setdefault(slug, []).append(place)


def uses_in(version: CourseVersion) -> Uses:
    """What refers to each reference and each term: lessons, the course page, charts and what the
    parts have. A constant number of queries; texts are searched and not parsed, so that a course
    of a hundred lessons is listed at once.
    """
    found = Uses()
    slug = version.course.slug
    for lesson in Lesson.objects.filter(version=version).only("key", "title", "body", "position"):
        found._note(Place(lesson.title, lesson_url(slug, lesson)), lesson.body)
    found._note(
        Place("The course page", reverse("courses:studio-course-page", args=[slug])),
        version.description,
    )
    for point in ChartPoint.objects.filter(version=version).select_related("chart"):
        for name in point.references:
            places = found.references.setdefault(name, [])
            url = reverse("courses:studio-chart", args=[slug, point.chart.key])
            place = Place(f"The chart “{point.chart.title}”", url)
            if place not in places:
                places.append(place)
    for part in parts():
        for line, text in part.studio_texts(version):
            found._note(Place(f"{line.title}: {line.detail}", line.url), text)
    return found


def lesson_url(slug: str, lesson: Lesson) -> str:
    return reverse("courses:studio-lesson", args=[slug, lesson.key])


# ---------------------------------------------------------------- what is not there


@dataclass(frozen=True)
class Names:
    """What texts of a version may refer to, by kind of use."""

    known: Mapping[str, Container[str]]
    layers: Mapping[str, Container[str]]
    """Of each chart."""
    views: Mapping[str, Container[str]]


_NOUNS: Final = {
    "reference": "reference",
    "glossary": "term in the glossary",
    "figure": "figure",
    "chart": "chart",
    "recording": "recording",
    "handout": "handout",
}


def names_in(version: CourseVersion) -> Names:
    """Seven queries."""
    charts = list(Chart.objects.filter(version=version))
    views: dict[str, set[str]] = {chart.slug: set() for chart in charts}
    for chart_slug, slug in ChartView.objects.filter(chart__version=version).values_list(
        "chart__slug", "slug"
    ):
        views[chart_slug].add(slug)
    return Names(
        known={
            "reference": set(version.references.values_list("slug", flat=True)),
            "glossary": set(version.glossary.values_list("slug", flat=True)),
            "figure": set(version.figures.values_list("slug", flat=True)),
            "chart": set(views),
            "recording": set(version.recordings.values_list("slug", flat=True)),
            "handout": set(version.handouts.values_list("slug", flat=True)),
        },
        layers={chart.slug: {layer["id"] for layer in chart.layers} for chart in charts},
        views=views,
    )


def text_problems(text: str, names: Names, *, only: Container[str] = _NOUNS) -> list[Problem]:
    """What cannot be understood in a text, and what it refers to that is not there. `only`: the
    kinds of things that may stand in it."""
    parsed = parse(text)
    found = list(parsed.problems)
    for use in parsed.uses:
        found += _problems_of(use, names, only)
    return sorted(found, key=lambda problem: problem.line)


def _problems_of(use: Use, names: Names, only: Container[str]) -> Iterator[Problem]:
    if use.kind not in names.known:
        return
    if use.kind not in only:
        yield Problem(use.line, f"a {use.kind} cannot stand here")
    elif use.name not in names.known[use.kind]:
        yield Problem(use.line, f"there is no {_NOUNS[use.kind]} ‘{use.name[:60]}’")
    elif use.kind == "chart":
        for layer in use.options.get("layers") or []:
            if layer not in names.layers[use.name]:
                yield Problem(use.line, f"the chart ‘{use.name}’ has no layer ‘{layer[:60]}’")
        view = use.options.get("view")
        if view and view not in names.views[use.name]:
            yield Problem(use.line, f"the chart ‘{use.name}’ has no view ‘{view[:60]}’")
