"""Pictures of questions that come in: made ready before anybody looks, figures only when added.

Until then a question calls its pictures by the hash of their bytes. Files are kept in the sizes of
pages, which a preview shows; the rows that make figures of them are written together with the
questions.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final

from ce_platform.core.errors import DomainError
from courses.domain.picturing import ReadyPicture, figures_by_file, free_slugs, picture_ready
from courses.models import CourseVersion
from courses.reading import figure_record
from quizzes.embedding import NamedPictures, Record, VersionPictures
from quizzes.interchange import shelf
from quizzes.interchange.errors import InterchangeRefused
from quizzes.interchange.found import Found, Reading, short_text
from quizzes.interchange.origin import brought_home
from quizzes.interchange.picture_reading import pixels_in
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from quizzes.question_types.giveaways import giveaway_in

# Somebody waits while they are encoded: a second each for large photographs.
MOST_PICTURES: Final = 60
MOST_PIXELS: Final = 250_000_000
_SHOWN: Final = re.compile(rf"{shelf.WORDS}\(figure:([a-z0-9-]+)\)")
_BRACKETS: Final = re.compile(rf"{shelf.WORDS}\(figure:")


@dataclass(frozen=True)
class Brought:
    """The pictures of a file by the names that its questions call them."""

    ready: Mapping[str, ReadyPicture]
    refused: Mapping[str, str]
    """Name → why it does not come along, as a sentence."""

    def as_json(self) -> dict[str, Any]:
        """What was refused was left out of the questions already."""
        return {name: asdict(picture) for name, picture in self.ready.items()}


NONE: Final = Brought({}, {})


def brought_of(told: Mapping[str, Any]) -> Brought:
    """`Brought.as_json` backwards."""
    return Brought({name: ReadyPicture(**each) for name, each in told.items()}, {})


def bring(reading: Reading, *, now: datetime) -> Brought:
    """Encode and keep what the questions show. Call it outside a transaction: it takes a while.

    Errors: InterchangeRefused.
    """
    if len(reading.pictures) > MOST_PICTURES:
        raise InterchangeRefused(
            f"The file has more than {MOST_PICTURES} pictures. Bring it in parts."
        )
    if sum(pixels_in(found.content) for found in reading.pictures.values()) > MOST_PIXELS:
        raise InterchangeRefused(
            "The pictures of this file are too large to be looked at together. Bring it in parts, "
            "or save them smaller."
        )
    ready, refused = {}, {}
    for name, found in reading.pictures.items():
        try:
            ready[name] = picture_ready(
                found.content, file_name=found.file_name[-100:], alt=found.alt, now=now
            )
        except DomainError as refusal:
            called = short_text(found.file_name or found.alt or "without a name", most=60)
            refused[name] = f"The picture “{called}” does not come along. {refusal}"
    return Brought(ready, refused)


class PicturesAtHand(NamedPictures):
    """Those of a version, and those that are on their way into it.

    One query, when there is any on its way; two more when one is new.
    """

    def __init__(self, version: CourseVersion, brought: Brought) -> None:
        super().__init__()
        self._of_version = VersionPictures(version)
        self.ready = brought.ready
        self.refused = brought.refused
        self.slugs: dict[str, str] = {}
        """Name → what it is, or will be, called in the course."""
        self.new: dict[str, ReadyPicture] = {}
        """Slug → what will be a figure."""
        self._records: dict[str, Record] = {}
        """By slug, of everything in `slugs`."""
        self._by_file: dict[str, Record] = {}
        if not brought.ready:
            return
        known = figures_by_file(version)
        self._by_file = {sha256: figure_record(figure) for sha256, figure in known.items()}
        fresh = {}
        for name, picture in brought.ready.items():
            figure = known.get(picture.source_sha256)
            if figure is None:
                fresh[name] = picture
            else:
                self.slugs[name] = figure.slug
                self._records[figure.slug] = figure_record(figure)
        slugs = free_slugs(version, list(fresh.values())) if fresh else []
        for slug, (name, picture) in zip(slugs, fresh.items(), strict=True):
            self.slugs[name] = slug
            self.new[slug] = picture
            self._records[slug] = {**picture.record, "slug": slug}

    def charts(self) -> Sequence[Record]:
        return self._of_version.charts()

    def figures(self) -> Sequence[Record]:
        return self._of_version.figures()

    def figure(self, name: str) -> Record | None:
        return self._records.get(name) or self._of_version.figure(name)

    def by_file(self, sha256: str) -> Record | None:
        """The figure of the course that has a file, where pictures are on their way."""
        return self._by_file.get(sha256)

    # ---- questions
    def placed(self, found: Found) -> tuple[Found, list[str], list[str]]:
        """The question with its pictures under their names in the course; what is changed by
        that, and what of it is left."""
        names = found.pictures
        if not any(shelf.is_name(name) for name in names):
            return found, [], []
        left = [self.refused[name] for name in names if name in self.refused]
        content = _mapped(found.content, self._written)
        changes: list[str] = []
        if name := content.get("figure"):
            if name not in self.slugs:
                # Nothing is left to ask about; the reason is told instead of the question.
                return replace(found, content={}, lacks_picture=True), [], left
            picture = self.ready[name]
            content, changes = brought_home(
                content,
                found.origin,
                pictures=self,
                slug=self.slugs[name],
                record=self._records[self.slugs[name]],
                source_width=picture.source_width,
            )
        is_lacking = found.lacks_picture or bool(left)
        return replace(found, content=content, lacks_picture=is_lacking), changes, left

    def _written(self, text: str) -> str:
        def take(match: re.Match[str]) -> str:
            name = match[2]
            if name not in self.slugs:
                return ""
            slug = self.slugs[name]
            # The brackets are for words that are other ones than those of the figure.
            is_own = match[1] == shelf.bracketed(str(self._records[slug]["alt"]))
            return f"![{'' if is_own else match[1]}](figure:{slug})"

        return shelf.WRITTEN.sub(take, text).strip() if "(figure:" in text else text


def _mapped(value: Any, written: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return written(value)
    if isinstance(value, dict):
        return {name: _mapped(each, written) for name, each in value.items()}
    return [_mapped(each, written) for each in value] if isinstance(value, list) else value


def alternatives_that_tell(type_name: str, content: Content) -> Iterator[str]:
    """A sentence for each picture of the question that is described by a right answer: whoever
    listens would be told. Other systems take names of files and captions for descriptions.

    A picture that is a choice is described as what it is; only those above the choices count.
    """
    if not content.get("figures"):
        return
    kind = type_named(type_name)
    labels = kind.statistic_labels(content)
    right = [labels[key] for key in sorted(kind.right_keys(content)) if key in labels]
    names = [name for name in right if "(figure:" not in name]
    if kind.name == "true-false":
        return
    for words, figure in _SHOWN.findall(str(content["stem"])):
        told = giveaway_in(words or str(content["figures"].get(figure, {}).get("alt", "")), names)
        if told:
            yield (
                f"The words for those who cannot see the picture tell the right answer, “{told}”. "
                "Describe the picture without it."
            )


def said_of(content: Content) -> Content:
    """What of a question is the same when it comes in once more: figures by their files, because
    somebody may have described them meanwhile."""
    figures = {
        name: dict(sorted(record["sizes"].items()))
        for name, record in content.get("figures", {}).items()
    }
    own: Content = _mapped(content, lambda text: _BRACKETS.sub("![](figure:", text))
    if figures:
        own["figures"] = figures
    if picture := content.get("picture"):
        own["picture"] = {name: each for name, each in picture.items() if name != "credit"}
    return own
