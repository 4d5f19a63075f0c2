"""What a file of another system says, in our words: the one result of every reader.

Nothing is dropped silently. What came along in another shape is a *change*, what did not come
along is *left*; both name their line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import unquote

from ce_platform.core.text import canonical_json
from courses.domain.figure_uses import named_in
from quizzes.interchange import shelf
from quizzes.interchange.errors import InterchangeRefused, NotRepresented
from quizzes.interchange.shelf import FoundPicture, PictureMissing
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from quizzes.word import FoundQuestion

MOST_QUESTIONS: Final = 500
MOST_POINTS: Final = 1000
ONE: Final = Decimal(1)
_MOST_NOTES: Final = 2_000
_LONGEST_TITLE: Final = 80
_ASIDE: Final = "aside:"


@dataclass(frozen=True)
class Found(FoundQuestion):
    title: str = ""
    """What the file calls it; for people who look for it there."""
    points: Decimal = ONE
    tags: tuple[str, ...] = ()
    category: str = ""
    lacks_picture: bool = False
    """A picture of it did not come along, so somebody must look whether it can be asked."""
    origin: Mapping[str, Any] | None = None
    """Of a question about places on a picture that left from here: what it was about, see
    `quizzes.interchange.origin`."""

    @property
    def pictures(self) -> list[str]:
        """The names of what it shows, until those are figures of a course."""
        named = named_in(canonical_json(self.content))
        figure = self.content.get("figure")
        return list(dict.fromkeys([*named, *([figure] if figure else [])]))


@dataclass(frozen=True, order=True)
class Note:
    line: int
    title: str
    sentence: str


@dataclass(frozen=True)
class Reading:
    format: str
    questions: list[Found]
    changes: list[Note]
    """What came along in another shape."""
    left: list[Note]
    """What did not come along, and why."""
    unit: str = "Line"
    """What is counted: lines of a text, rows of a table, questions of a package."""
    pictures: Mapping[str, FoundPicture] = field(default_factory=dict)
    """By the names that the questions call them."""

    def said(self, note: Note) -> str:
        """For the command line."""
        where = f"{self.unit} {note.line}" if note.line else "The file"
        title = f", “{note.title}”" if note.title else ""
        return f"{where}{title}: {note.sentence}"


@dataclass
class Item:
    """One question of a file while it is read."""

    line: int
    title: str = ""
    points: Decimal = ONE
    tags: list[str] = field(default_factory=list)
    category: str = ""
    changes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    find: shelf.Find = shelf.nothing
    """Where the pictures of the text are that is being read."""
    pictures: dict[str, FoundPicture] = field(default_factory=dict)
    named: dict[tuple[shelf.Find, str], str] = field(default_factory=dict)
    """What an address is called, where it was found: a text may show one large file a thousand
    times, which is read once."""
    aside: list[str] = field(default_factory=list)
    lacks_picture: bool = False
    origin: Mapping[str, Any] | None = None

    def changed(self, sentence: str) -> None:
        if sentence not in self.changes:
            self.changes.append(sentence)

    def leave(self, sentence: str) -> None:
        if sentence not in self.left:
            self.left.append(sentence)

    def of_file(self, sentence: str) -> None:
        """A setting that most questions of a file have: said once, not at each of them."""
        if sentence not in self.settings:
            self.settings.append(sentence)

    def picture(self, address: str, *, alt: str = "", name: str = "") -> str:
        """The one place where pictures of a question arrive: what it is called from now on, or
        nothing when it does not come along, which is noted."""
        if address.startswith(_ASIDE) and address.removeprefix(_ASIDE).isdecimal():
            address = dict(enumerate(self.aside)).get(int(address.removeprefix(_ASIDE)), "")
        is_inline = address.startswith("data:")
        file_name = name or ("" if is_inline else unquote(address.rpartition("/")[2]))
        called = name or alt or file_name.partition("?")[0] or "without a name"
        seen = self.find, address
        own = self.named.get(seen, "")
        words = shelf.alt_of(alt)
        if not own:
            try:
                content = shelf.bytes_behind(address, self.find)
            except PictureMissing as reason:
                self.lose_picture(called, str(reason))
                return ""
            own = self.named[seen] = shelf.name_of(content)
            self.pictures.setdefault(own, FoundPicture(content, file_name, words))
        if words and not self.pictures[own].alt:
            self.pictures[own] = replace(self.pictures[own], file_name=file_name, alt=words)
        return own

    def put_aside(self, address: str) -> str:
        """A short address for a picture that stands in the text itself."""
        self.aside.append(address)
        return f"{_ASIDE}{len(self.aside) - 1}"

    def lose_picture(self, called: str, why: str) -> None:
        self.lacks_picture = True
        self.leave(f"The picture “{short_text(called, most=60)}” {why}.")

    def set_points(self, text: str) -> None:
        """Points as a file writes them; what cannot be points stays one."""
        points = decimal(text)
        if points is None or not 0 < points <= MOST_POINTS:
            if text.strip():
                self.changed(f"“{short_text(text)}” cannot be its points; it is worth 1.")
            return
        self.points = points.quantize(Decimal("0.01"))
        if not self.points:
            self.points = Decimal("0.01")
        if self.points != points:
            self.changed(f"Its points were rounded to {self.points}.")


Read = Callable[[Item], tuple[str, Content]]


class Collector:
    """Takes question by question and keeps the notes in order."""

    def __init__(self, format_name: str, *, unit: str = "Line") -> None:
        self.unit = unit
        self._format = format_name
        self._questions: list[Found] = []
        self._changes: dict[Note, None] = {}
        self._left: dict[Note, None] = {}
        self._pictures: dict[str, FoundPicture] = {}
        self._count = 0

    def take(self, item: Item, read: Read) -> None:
        self._count += 1
        if self._count > MOST_QUESTIONS:
            raise InterchangeRefused(
                f"The file has more than {MOST_QUESTIONS} questions. Bring it in parts."
            )
        try:
            type_name, content = read(item)
            problems = []
            # What is about a figure is looked at when that has its measures.
            if "figure" not in content:
                cleaned = type_named(type_name).clean(content)
                content, problems = cleaned.content, cleaned.problems
        except NotRepresented as error:
            self._refuse(item, [str(error)])
            return
        if problems:
            self._refuse(item, [problem.sentence for problem in problems])
            return
        for sentence in item.settings:
            self.change(0, sentence)
        for sentence in item.changes:
            self.change(item.line, sentence, title=item.title)
        for sentence in item.left:
            self.leave(item.line, sentence, title=item.title)
        found = Found(
            type_name,
            content,
            item.line,
            title=short_text(item.title),
            points=item.points,
            tags=tuple(item.tags),
            category=item.category,
            lacks_picture=item.lacks_picture,
            origin=item.origin,
        )
        self._questions.append(found)
        for name in found.pictures:
            picture = item.pictures.get(name)
            known = self._pictures.get(name)
            # Of several, one that somebody has described.
            if picture is not None and (known is None or not known.alt):
                self._pictures[name] = picture

    def _refuse(self, item: Item, sentences: list[str]) -> None:
        """A choice that was nothing but a picture is empty now: the reason is told as well."""
        for sentence in [*sentences, *(item.left if item.lacks_picture else ())]:
            self.leave(item.line, sentence, title=item.title)

    def change(self, line: int, sentence: str, *, title: str = "") -> None:
        self._add(self._changes, line, sentence, title)

    def leave(self, line: int, sentence: str, *, title: str = "") -> None:
        self._add(self._left, line, sentence, title)

    def _add(self, notes: dict[Note, None], line: int, sentence: str, title: str) -> None:
        if len(notes) >= _MOST_NOTES:
            raise InterchangeRefused("Too much of the file is not understood to list it.")
        notes[Note(line, short_text(title), sentence)] = None

    def reading(self) -> Reading:
        return Reading(
            self._format,
            self._questions,
            sorted(self._changes),
            sorted(self._left),
            self.unit,
            self._pictures,
        )


def short_text(text: str, *, most: int = _LONGEST_TITLE) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def decimal(text: str | None) -> Decimal | None:
    """A number as files write it; None: it is none."""
    text = (text or "").strip()
    if not text or len(text) > 40:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) < 40 else None


def decimal_words(value: Decimal) -> str:
    """1.500 → 1.5 and 1E+2 → 100."""
    words = f"{value:f}"
    words = words.rstrip("0").rstrip(".") if "." in words else words
    return "0" if words in ("-0", "") else words


def letter(place: int) -> str:
    """The id of a choice by its place: a, b, …"""
    return chr(ord("a") + place) if place < 26 else f"n{place + 1}"
