"""Questions on their way out, and what the other form cannot say of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeVar

from quizzes.cases import case_of
from quizzes.embedding import has_pictures as shows_pictures
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import ONE, short_text
from quizzes.interchange.shelf import WORDS
from quizzes.question_types.base import Content

# A figure in a text of ours: the words in its brackets, and its name.
FIGURE: Final = re.compile(rf"{WORDS}\(figure:([A-Za-z0-9_-]+)\)")
Files = Callable[[str], bytes]
"""The bytes of a kept file, by its SHA-256. Errors: NotRepresented."""


def unseen(sha256: str) -> bytes:
    """For looking at what a format would leave behind: nothing is read, and nothing drawn."""
    return b""


OBJECTIVES: Final = "Objectives and the lessons to read again stay behind."


@dataclass(frozen=True)
class Outgoing:
    type: str
    content: Content
    points: Decimal = ONE
    key: str = ""
    has_objective: bool = False
    tags: tuple[str, ...] = ()
    files: Files = unseen

    @property
    def title(self) -> str:
        """One line without marks that any format may hold."""
        words = "".join(each if each.isalnum() or each in "-'’?,." else " " for each in self.stem)
        return short_text(words, most=60) or "Question"

    @property
    def stem(self) -> str:
        return str(self.content["stem"])


@dataclass(frozen=True, order=True)
class Loss:
    number: int
    """Of the question, from 1; 0: of all of them."""
    title: str
    sentence: str
    is_left_out: bool = False
    """The whole question is not in the file."""

    def __str__(self) -> str:
        if not self.number:
            return self.sentence
        left = "left out: " if self.is_left_out else ""
        return f"Question {self.number}, “{self.title}”: {left}{self.sentence}"


@dataclass(frozen=True)
class Written:
    name: str
    """Of the file, without the name of the quiz: `.gift.txt`."""
    media_type: str
    content: bytes
    losses: list[Loss]
    count: int
    """Questions that are in the file."""


@dataclass(frozen=True)
class OutgoingFigure:
    slug: str
    extension: str
    alt: str
    width: int
    height: int
    sha256: str
    content: bytes

    @property
    def media_type(self) -> str:
        return f"image/{self.extension}"

    @property
    def file_name(self) -> str:
        """Learners of the other system can read it, and authors name pictures by what they show:
        the answer, often. Back here the bytes are enough to know it."""
        return f"picture-{self.sha256[:12]}.{self.extension}"


@dataclass
class Losses:
    """Of one question while it is written, and the figures of its texts."""

    sentences: list[str] = field(default_factory=list)
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    files: Files = unseen
    media: dict[str, bytes] = field(default_factory=dict)
    """Path inside a package → what lies there."""

    def figure(self, slug: str) -> OutgoingFigure:
        record = self.figures.get(slug)
        if record is None:
            raise NotRepresented(f"It shows the figure “{slug}”, which is not there.")
        sha256 = record["sizes"][max(record["sizes"], key=int)]
        return OutgoingFigure(
            slug,
            record["extension"],
            record["alt"],
            record["width"],
            record["height"],
            sha256,
            self.files(sha256),
        )

    def add(self, sentence: str) -> None:
        if sentence not in self.sentences:
            self.sentences.append(sentence)


Say = Callable[[Outgoing, Losses], str]
Text = TypeVar("Text")


def said_in_turn(
    questions: Sequence[Outgoing],
    say: "Callable[[Outgoing, Losses], Text]",
    *,
    has_pictures: bool = False,
) -> tuple[list[Text], list[Loss]]:
    """What each question is in the other form; those it cannot say are named among the losses.

    `has_pictures`: the form can bring them along.
    """
    texts: list[Text] = []
    losses: list[Loss] = []
    for number, question in enumerate(questions, start=1):
        own = Losses(figures=question.content.get("figures", {}), files=question.files)
        try:
            if not has_pictures:
                _check_pictures(question)
            if case_of(question.content) is not None:
                own.add("The text of its case stays behind.")
            text = say(question, own)
        except NotRepresented as error:
            losses.append(Loss(number, question.title, str(error), is_left_out=True))
            continue
        texts.append(text)
        losses += [Loss(number, question.title, sentence) for sentence in own.sentences]
    return texts, [*of_all(questions), *losses]


def _check_pictures(question: Outgoing) -> None:
    if shows_pictures(question.content):
        raise NotRepresented(
            "It shows pictures, which this file cannot bring along: Moodle XML, QTI and the "
            "package of the whole course can."
        )


def of_all(questions: Sequence[Outgoing]) -> list[Loss]:
    """What stays behind of most questions is said once."""
    return [Loss(0, "", OBJECTIVES)] if any(each.has_objective for each in questions) else []


def feedback_stays(content: Content, name: str, losses: Losses, *, word: str) -> None:
    """Notes on single parts that the other form has no place for."""
    if any(each["feedback"] for each in content[name]):
        losses.add(f"The notes on single {word} stay behind.")
