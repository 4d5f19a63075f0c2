"""What a file of another system says, in our words: the one result of every reader.

Nothing is dropped silently. What came along in another shape is a *change*, what did not come
along is *left*; both name their line.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from quizzes.interchange.errors import InterchangeRefused, NotRepresented
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from quizzes.word import FoundQuestion

MOST_QUESTIONS: Final = 500
MOST_POINTS: Final = 1000
ONE: Final = Decimal(1)
_MOST_NOTES: Final = 2_000
_LONGEST_TITLE: Final = 80


@dataclass(frozen=True)
class Found(FoundQuestion):
    title: str = ""
    """What the file calls it; for people who look for it there."""
    points: Decimal = ONE
    tags: tuple[str, ...] = ()
    category: str = ""


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

    def picture(self, name: str) -> None:
        """The one place where pictures of a question arrive; they do not come along yet."""
        self.leave(
            f"The picture “{short_text(name, most=60)}” does not come along: pictures in questions "
            "are not read from files yet."
        )

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
        self._count = 0

    def take(self, item: Item, read: Read) -> None:
        self._count += 1
        if self._count > MOST_QUESTIONS:
            raise InterchangeRefused(
                f"The file has more than {MOST_QUESTIONS} questions. Bring it in parts."
            )
        try:
            type_name, content = read(item)
            cleaned = type_named(type_name).clean(content)
        except NotRepresented as error:
            self.leave(item.line, str(error), title=item.title)
            return
        if cleaned.problems:
            for problem in cleaned.problems:
                self.leave(item.line, problem.sentence, title=item.title)
            return
        for sentence in item.settings:
            self.change(0, sentence)
        for sentence in item.changes:
            self.change(item.line, sentence, title=item.title)
        for sentence in item.left:
            self.leave(item.line, sentence, title=item.title)
        self._questions.append(
            Found(
                type_name,
                cleaned.content,
                item.line,
                title=short_text(item.title),
                points=item.points,
                tags=tuple(item.tags),
                category=item.category,
            )
        )

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
            self._format, self._questions, sorted(self._changes), sorted(self._left), self.unit
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
