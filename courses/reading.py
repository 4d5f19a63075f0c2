"""What a lesson page is made of, out of the stored text of the lesson: no query is needed.

`store_body` writes `Lesson.body_html` when a lesson is imported or saved; `lesson_segments` takes
it apart when it is read.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info

from ce_platform.core.text import sha256_text
from courses.charts import ChartData, chart_records, chart_view_data
from courses.markdown import HandoutEntry, MarkdownContext, Parsed, context_for, parse
from courses.markdown.context import ReferenceEntry, reference_entry
from courses.markdown.rendering import (
    PLACEHOLDER,
    cite_id,
    comment_json,
    safe_piece,
    to_stored_html,
)
from courses.models import CourseVersion, Figure, Handout, Lesson, Recording, Reference
from courses.recordings import EXTENSIONS

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
class RecordingData:
    id: str
    kind: str
    """video | audio"""
    title: str
    src: str
    content_type: str
    duration: str
    """In words."""
    width: int | None
    height: int | None
    poster: str
    captions: str
    """Address of the WebVTT file; empty: none."""
    captions_language: str
    captions_label: str
    transcript: SafeString
    credit: str

    @property
    def is_upright(self) -> bool:
        return (self.height or 0) > (self.width or 0)


@dataclass(frozen=True)
class Segment:
    """A piece of a lesson, in order: text, a figure, a chart or a recording."""

    kind: str
    """html | figure | chart | recording"""
    html: SafeString = NOTHING
    """The text; of a chart or a recording its caption."""
    figure: FigureData | None = None
    chart: ChartData | None = None
    recording: RecordingData | None = None


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
        self.context = replace(
            context_for(version),
            handouts={
                handout.slug: handout_entry(handout)
                for handout in Handout.objects.filter(version=version).select_related("file")
            },
        )
        numbers = {slug: entry.number for slug, entry in self.context.references.items()}
        self.charts = chart_records(version, numbers)
        self.figures = {
            figure.slug: figure_record(figure)
            for figure in Figure.objects.filter(version=version).select_related("file")
        }
        recordings = list(
            Recording.objects.filter(version=version).select_related("file", "poster")
        )
        self.recordings = {each.slug: recording_record(each) for each in recordings}
        self.transcripts = {each.slug: each.transcript for each in recordings}

    def __eq__(self, other: object) -> bool:
        """Two are the same when they hold the same: then a text gives the same HTML."""
        return isinstance(other, Library) and self._held == other._held

    def __hash__(self) -> int:
        return hash(self._held)

    @cached_property
    def _held(self) -> str:
        """Of everything above: plain data, all of which stands in its `repr`."""
        return sha256_text(repr(sorted(vars(self).items())))


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


def recording_record(recording: Recording) -> dict[str, Any]:
    """Plain data of a recording; its addresses are made when it is read."""
    return {
        "key": str(recording.key),
        "kind": recording.kind,
        "title": recording.title,
        "file": recording.file.sha256,
        "type": recording.file.content_type,
        "duration_ms": recording.duration_ms,
        "width": recording.width,
        "height": recording.height,
        "poster": recording.poster.sha256 if recording.poster else "",
        "captions": sha256_text(recording.captions) if recording.captions else "",
        "language": recording.captions_language,
        "credit": recording.credit,
    }


def handout_entry(handout: Handout) -> HandoutEntry:
    kind = handout.file_name.rpartition(".")[2].upper()
    size = size_in_words(handout.file.size_bytes)
    return HandoutEntry(url=handout_url(handout), detail=f"{kind}, {size}")


def size_in_words(size_bytes: int) -> str:
    if size_bytes >= 1_000_000:
        return f"{size_bytes / 1_000_000:.1f} MB"
    return f"{max(1, round(size_bytes / 1000))} kB"


def handout_url(handout: Handout) -> str:
    return reverse("courses:handout", args=[handout.file.sha256, handout.file_name])


def store_body(lesson: Lesson, library: Library, *, parsed: Parsed | None = None) -> str:
    """The text for `Lesson.body_html`. Ids begin with `l` and the position of the lesson."""
    stored = to_stored_html(
        parsed or parse(lesson.body),
        context=library.context,
        prefix=lesson_prefix(lesson),
        figures=library.figures,
        charts=library.charts,
        recordings=library.recordings,
        transcripts=library.transcripts,
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
    if found["recording"]:
        recording = recording_data(
            json.loads(found["recording"]),
            id=f"{lesson_prefix(lesson)}-recording-{count}",
            transcript=found["transcript"],
        )
        return [Segment("recording", html=safe_piece(found["said"]), recording=recording)]
    record = json.loads(found["chart"])
    chart = chart_view_data(
        record["record"],
        id=f"{lesson_prefix(lesson)}-chart-{count}",
        layers=record["layers"],
        view=record["view"],
    )
    return [Segment("chart", html=safe_piece(found["caption"]), chart=chart)]


def figure_address(sha256: str, extension: str) -> str:
    return reverse("courses:figure", args=[sha256, extension])


def figure_data(
    record: Mapping[str, Any], *, address: Callable[[str, str], str] = figure_address
) -> FigureData:
    """`address`: of a file of it, by its SHA-256 and extension."""
    urls = {int(width): address(sha, record["extension"]) for width, sha in record["sizes"].items()}
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


def recording_data(record: Mapping[str, Any], *, id: str, transcript: str) -> RecordingData:
    """`transcript`: HTML that went through the sanitizer."""
    captions = record["captions"]
    return RecordingData(
        id=id,
        kind=record["kind"],
        title=record["title"],
        src=reverse("courses:recording", args=[record["file"], EXTENSIONS[record["type"]]]),
        content_type=record["type"],
        duration=duration_in_words(record["duration_ms"]),
        width=record["width"],
        height=record["height"],
        poster=reverse("courses:poster", args=[record["poster"]]) if record["poster"] else "",
        captions=reverse("courses:captions", args=[record["key"], captions]) if captions else "",
        captions_language=record["language"],
        captions_label=language_name(record["language"]),
        transcript=safe_piece(transcript),
        credit=record["credit"],
    )


def duration_in_words(milliseconds: int) -> str:
    """1 hour 2 minutes; 3 minutes 20 seconds; 45 seconds. Rounded to the second."""
    seconds = max(1, round(milliseconds / 1000))
    parts = [
        (seconds // 3600, "hour"),
        (seconds // 60 % 60, "minute"),
        (0 if seconds >= 3600 else seconds % 60, "second"),
    ]
    return " ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in parts if count)


def language_name(tag: str) -> str:
    """For the choice among captions; what is not known is shown as it is written."""
    try:
        return str(get_language_info(tag.lower())["name"])
    except KeyError:
        return tag


def has_recordings(lesson: Lesson) -> bool:
    """Whether the stored text shows any."""
    return "<!--recording:" in lesson.body_html


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
    "RecordingData",
    "ReferenceLine",
    "Segment",
    "course_references",
    "lesson_references",
    "lesson_segments",
    "reference_html",
    "store_body",
]
