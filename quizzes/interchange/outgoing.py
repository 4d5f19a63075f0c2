"""Questions on their way out, and what the other form cannot say of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, TypeVar

from quizzes.cases import case_of
from quizzes.embedding import has_pictures
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import ONE, short_text
from quizzes.question_types.base import Content

OBJECTIVES: Final = "Objectives and the lessons to read again stay behind."


@dataclass(frozen=True)
class Outgoing:
    type: str
    content: Content
    points: Decimal = ONE
    key: str = ""
    has_objective: bool = False
    tags: tuple[str, ...] = ()

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


@dataclass
class Losses:
    """Of one question while it is written."""

    sentences: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        if sentence not in self.sentences:
            self.sentences.append(sentence)


Say = Callable[[Outgoing, Losses], str]
Text = TypeVar("Text")


def said_in_turn(
    questions: Sequence[Outgoing], say: "Callable[[Outgoing, Losses], Text]"
) -> tuple[list[Text], list[Loss]]:
    """What each question is in the other form; those it cannot say are named among the losses."""
    texts: list[Text] = []
    losses: list[Loss] = []
    for number, question in enumerate(questions, start=1):
        own = Losses()
        try:
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
    """What a picture shows is a chart or a figure of the course, and stays with it."""
    if has_pictures(question.content):
        raise NotRepresented("It shows pictures, and leaves only with the package of its course.")


def of_all(questions: Sequence[Outgoing]) -> list[Loss]:
    """What stays behind of most questions is said once."""
    return [Loss(0, "", OBJECTIVES)] if any(each.has_objective for each in questions) else []


def feedback_stays(content: Content, name: str, losses: Losses, *, word: str) -> None:
    """Notes on single parts that the other form has no place for."""
    if any(each["feedback"] for each in content[name]):
        losses.add(f"The notes on single {word} stay behind.")
