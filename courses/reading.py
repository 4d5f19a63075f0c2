"""What a lesson page is made of, out of the stored text of the lesson: no query is needed.

`store_body` writes `Lesson.body_html` when a lesson is imported or saved; `lesson_segments` takes
it apart when it is read.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from courses.charts import ChartData, chart_records, chart_view_data
from courses.markdown import MarkdownContext, Parsed, context_for, parse
from courses.markdown.context import ReferenceEntry, reference_entry
from courses.markdown.rendering import (
    PLACEHOLDER,
    cite_id,
    comment_json,
    safe_piece,
    to_stored_html,
)
from courses.models import CourseVersion, Figure, Lesson, Reference

_CITED = re.compile(r'id="([a-z0-9-]+)-cite-(\d+)-(\d+)"')
_REFERENCES = re.compile(r"<!--references:(.*?)-->\Z", re.DOTALL)
NOTHING = SafeString("")
# What the column of text is wide, for the browser's choice among the sizes of a picture.
FIGURE_SIZES = "(min-width: 62rem) 41rem, 100vw"

# Slow, careful reading with a hand on one's own face; novels are read twice as fast.
WORDS_PER_MINUTE = 160


def minutes_to_read(lesson: Lesson) -> int:
    """Whole minutes, with audio and video; at least 1."""
    return max(1, round(lesson.counted_words / WORDS_PER_MINUTE + float(lesson.media_minutes)))


@dataclass(frozen=True)
class FigureData:
    slug: str
    src: str
    srcset: str
    sizes: str
    width: int
    height: int
    alt: str
    caption: str
    credit: str


@dataclass(frozen=True)
class Segment:
    """A piece of a lesson, in order: text, a figure or a chart."""

    kind: str
    """html | figure | chart"""
    html: SafeString = NOTHING
    """The text; of a chart its caption."""
    figure: FigureData | None = None
    chart: ChartData | None = None


@dataclass(frozen=True)
class ReferenceLine:
    """One line of the list of references: `id="ref-N"`, with ways back to where it is cited."""

    number: int
    text: str
    url: str
    back: Sequence[str]
    """Fragments (`#l1-cite-3-1`) of the places that cite it."""


class Library:
    """What lessons of one version embed, fetched once for all of them."""

    def __init__(self, version: CourseVersion) -> None:
        self.context = context_for(version)
        numbers = {slug: entry.number for slug, entry in self.context.references.items()}
        self.charts = chart_records(version, numbers)
        self.figures = {
            figure.slug: figure_record(figure)
            for figure in Figure.objects.filter(version=version).select_related("file")
        }


def figure_record(figure: Figure) -> dict[str, Any]:
    """Plain data of a figure; its addresses are made when it is read."""
    return {
        "slug": figure.slug,
        "alt": figure.alt,
        "caption": figure.caption,
        "credit": figure.credit,
        "width": figure.width,
        "height": figure.height,
        "extension": "png" if figure.file.content_type == "image/png" else "webp",
        "sizes": {str(width): sha for width, sha in sorted(figure.sizes.items())},
    }


def store_body(lesson: Lesson, library: Library, *, parsed: Parsed | None = None) -> str:
    """The text for `Lesson.body_html`. Ids begin with `l` and the position of the lesson."""
    stored = to_stored_html(
        parsed or parse(lesson.body),
        context=library.context,
        prefix=lesson_prefix(lesson),
        figures=library.figures,
        charts=library.charts,
    )
    cited = {int(number) for _, number, _ in _CITED.findall(stored)}
    # Numbers in the tables of charts have no anchor of their own, but belong to the list.
    for chart in re.finditer(r"<!--chart:(.*?)-->", stored, re.DOTALL):
        for point in json.loads(chart[1]).get("record", {}).get("points", []):
            cited |= set(point["references"])
    entries = sorted(
        (entry for entry in library.context.references.values() if entry.number in cited),
        key=lambda entry: entry.number,
    )
    if not entries:
        return stored
    listed = [[entry.number, entry.text, entry.url] for entry in entries]
    return f"{stored}<!--references:{comment_json(listed)}-->"


def lesson_prefix(lesson: Lesson) -> str:
    return f"l{lesson.position}"


def lesson_segments(lesson: Lesson) -> list[Segment]:
    """The pieces of a lesson as a template shows them."""
    stored = _REFERENCES.sub("", lesson.body_html)
    segments = []
    end = 0
    for count, found in enumerate(PLACEHOLDER.finditer(stored), start=1):
        segments += _text(stored[end : found.start()])
        segments += _placed(lesson, found, count)
        end = found.end()
    return segments + _text(stored[end:])


def _text(stored: str) -> list[Segment]:
    return [Segment("html", html=safe_piece(stored))] if stored.strip() else []


def _placed(lesson: Lesson, found: "re.Match[str]", count: int) -> list[Segment]:
    if found["figure"]:
        return [Segment("figure", figure=figure_data(json.loads(found["figure"])))]
    record = json.loads(found["chart"])
    chart = chart_view_data(
        record["record"],
        id=f"{lesson_prefix(lesson)}-chart-{count}",
        layers=record["layers"],
        view=record["view"],
    )
    return [Segment("chart", html=safe_piece(found["caption"]), chart=chart)]


def figure_data(record: Mapping[str, Any]) -> FigureData:
    urls = {
        int(width): reverse("courses:figure", args=[sha, record["extension"]])
        for width, sha in record["sizes"].items()
    }
    return FigureData(
        slug=record["slug"],
        src=urls[max(urls)],
        srcset=", ".join(f"{url} {width}w" for width, url in sorted(urls.items())),
        sizes=FIGURE_SIZES,
        width=record["width"],
        height=record["height"],
        alt=record["alt"],
        caption=record["caption"],
        credit=record["credit"],
    )


def lesson_references(lesson: Lesson) -> list[ReferenceLine]:
    """The references this lesson cites, with their numbers of the course; no query."""
    found = _REFERENCES.search(lesson.body_html)
    if found is None:
        return []
    back = _back_links(lesson.body_html)
    return [
        ReferenceLine(number, text, url, back.get(number, []))
        for number, text, url in json.loads(found[1])
    ]


def course_references(version: CourseVersion, lessons: Sequence[Lesson]) -> list[ReferenceLine]:
    """The whole list, for a page that shows several lessons at once (the printable course)."""
    back: dict[int, list[str]] = {}
    for lesson in lessons:
        for number, links in _back_links(lesson.body_html).items():
            back.setdefault(number, []).extend(links)
    entries: list[ReferenceEntry] = [
        reference_entry(row) for row in Reference.objects.filter(version=version)
    ]
    return [
        ReferenceLine(entry.number, entry.text, entry.url, back.get(entry.number, []))
        for entry in entries
    ]


def _back_links(stored: str) -> dict[int, list[str]]:
    links: dict[int, list[str]] = {}
    for prefix, number, count in _CITED.findall(stored):
        links.setdefault(int(number), []).append("#" + cite_id(prefix, int(number), int(count)))
    return links


def reference_html(line: ReferenceLine) -> SafeString:
    """The inside of one `<li>`: the text, its source, the ways back."""
    source = (
        f' <a href="{escape(line.url)}" rel="noopener">{escape(line.url.split("//")[-1])}</a>'
        if line.url.startswith("https://")
        else ""
    )
    back = "".join(
        f' <a href="{link}" class="footnote-back" aria-label="Back to citation {count} of '
        f'reference {line.number}">↩\ufe0e</a>'
        for count, link in enumerate(line.back, start=1)
    )
    return mark_safe(f"{escape(line.text)}{source}{back}")  # noqa: S308 – every part is escaped


def is_current(lesson: Lesson, library: Library) -> bool:
    """Whether the stored text is what today's renderer makes of the body."""
    return lesson.body_html == store_body(lesson, library)


__all__ = [
    "FigureData",
    "Library",
    "MarkdownContext",
    "ReferenceLine",
    "Segment",
    "course_references",
    "lesson_references",
    "lesson_segments",
    "reference_html",
    "store_body",
]
