"""What a learner reads in each lesson of a version, and whether two versions say the same there.

That is the text and the figures, charts and recordings it shows. Titles, credits, the places of
things in the course, references and the glossary are not part of it: a lesson with only these
changed need not be read again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from ce_platform.core.text import canonical_json, sha256_text
from courses.domain.canonical import chart_says, charts_of, figure_says, recording_says
from courses.domain.figure_uses import named_in
from courses.frozen import remember
from courses.markdown import parse
from courses.markdown.words import inline_text
from courses.models import CourseVersion, Lesson

# As in `figure_uses`, texts are searched and not parsed: a course is compared while its learner
# waits.
_BLOCK: Final = re.compile(r"^[ >\t]*:{3,}[ \t]*(chart|recording)[ \t]+([^\s{]+)", re.MULTILINE)
_LEFT_BLANK: Final = re.compile(r" ([.,;:])")
# Of what is shown: what is not read there, or names it for the machine.
_NOT_READ: Final = ("key", "slug", "credit", "poster")


@dataclass(frozen=True)
class Shown:
    """A figure, a chart or a recording that a lesson shows."""

    kind: str
    """figure | chart | recording"""
    name: str
    """For people: its title; of a figure what it shows."""
    sha256: str
    """Of what is seen, heard and read in it."""


@dataclass(frozen=True)
class Matter:
    """What one lesson gives to read."""

    title: str
    text_sha256: str
    shown: tuple[Shown, ...]

    def says_the_same_as(self, other: "Matter") -> bool:
        return self._read == other._read

    @property
    def _read(self) -> tuple[str, list[str]]:
        return self.text_sha256, [each.sha256 for each in self.shown]

    def shows_anew(self, before: "Matter") -> list[Shown]:
        """What it shows that was not shown like this before."""
        known = {each.sha256 for each in before.shown}
        return [each for each in self.shown if each.sha256 not in known]


def as_read(body: str) -> str:
    """The words of a lesson without the marks its author writes, a paragraph for each piece.

    Sources, pictures, charts and recordings are left out.
    """
    pieces = []
    for token in parse(body).tokens:
        if token.type == "inline":
            words = " ".join(inline_text(token.children or []).split())
            # Where a source stood before the end of a sentence, its blank is left.
            pieces.append(_LEFT_BLANK.sub(r"\1", words))
        elif token.type == "callout_open":
            pieces.append(token.meta.get("title", ""))
    return "\n\n".join(piece for piece in pieces if piece)


def matter_of(version: CourseVersion) -> dict[UUID, Matter]:
    """By key of the lesson, in the order of the version; kept when the version is frozen.

    Seven queries the first time, however many lessons there are.
    """
    return remember(version, "reading matter", lambda: _collect(version))


def _collect(version: CourseVersion) -> dict[UUID, Matter]:
    library = _library(version)
    return {
        lesson.key: Matter(
            title=lesson.title,
            text_sha256=sha256_text(_folded(lesson.body)),
            shown=tuple(_shown_in(lesson.body, library)),
        )
        for lesson in Lesson.objects.filter(version=version)
        .only("key", "title", "body", "position")
        .order_by("position", "id")
    }


def _folded(body: str) -> str:
    """Blanks at the ends of lines and of the text are not seen."""
    return "\n".join(line.rstrip() for line in body.strip().splitlines())


def _shown_in(body: str, library: Mapping[tuple[str, str], Shown]) -> Iterator[Shown]:
    names = [("figure", slug) for slug in named_in(body)]
    names += dict.fromkeys((kind, slug) for kind, slug in _BLOCK.findall(body))
    for name in names:
        if name in library:
            yield library[name]


def _library(version: CourseVersion) -> dict[tuple[str, str], Shown]:
    found = {}
    for figure in version.figures.select_related("file"):
        found["figure", figure.slug] = _shown("figure", figure.alt, figure_says(figure))
    for chart in charts_of(version):
        found["chart", chart.slug] = _shown("chart", chart.title, chart_says(chart))
    for recording in version.recordings.select_related("file", "poster"):
        found["recording", recording.slug] = _shown(
            "recording", recording.title, recording_says(recording)
        )
    return found


def _shown(kind: str, name: str, says: dict[str, Any]) -> Shown:
    read = {key: value for key, value in says.items() if key not in _NOT_READ}
    return Shown(kind=kind, name=name, sha256=sha256_text(canonical_json(read)))
