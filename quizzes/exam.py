"""The quizzes of a version on paper, with every right answer: for a body that asks for the exam.

Never shown to a learner. What may be asked of a published version is frozen, so the exam of an
edition reads the same for as long as its records are kept.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from courses.models import CourseVersion
from quizzes import wording
from quizzes.cases import case_of
from quizzes.models import QuestionRevision, Quiz
from quizzes.presenting import Renderer
from quizzes.queries import asked_count, pool_of_version, quizzes_of
from quizzes.question_types import type_named
from quizzes.question_types.base import Block, Line, Said
from quizzes.studio_queries import Names

_FIGURE: Final = re.compile(r"!\[([^\]\n]*)\]\(figure:[\w-]+\)")
_RIGHT: Final = " (right)"
# Lines that tell two files apart, and a reader nothing.
_UNREAD: Final = re.compile(r"^(picture\.file|places\.[^.]+\.at|figures\..*)$")


@dataclass(frozen=True)
class AnswerLine:
    """One line of what a question offers and what counts."""

    label: str
    text: SafeString
    is_right: bool


@dataclass(frozen=True)
class ExamQuestion:
    number: int
    kind: str
    worth: str
    case: SafeString | None
    stem: SafeString
    answers: Sequence[AnswerLine]
    explanation: SafeString
    objective: str


@dataclass(frozen=True)
class ExamQuiz:
    title: str
    facts: Sequence[tuple[str, str]]
    questions: Sequence[ExamQuestion]


def grading_of(version: CourseVersion) -> list[tuple[str, list[tuple[str, str]]]]:
    """Per quiz its title and what it takes to pass it; one query."""
    return [(quiz.title, _facts(quiz)) for quiz in quizzes_of([version.pk])]


def exam_of(version: CourseVersion) -> list[ExamQuiz]:
    """Every graded quiz with all that may be asked, in the order of the course; six queries."""
    items: dict[int, list[QuestionRevision]] = {}
    for item in pool_of_version(version):
        items.setdefault(item.quiz_id, []).append(item.revision)
    names, renderer = Names(version), Renderer(version, prefix="exam")
    return [
        ExamQuiz(
            title=quiz.title,
            facts=_facts(quiz),
            questions=[
                _question(number, revision, names=names, renderer=renderer)
                for number, revision in enumerate(items.get(quiz.pk, []), start=1)
            ],
        )
        for quiz in quizzes_of([version.pk])
        if quiz.purpose == Quiz.Purpose.GRADED
    ]


def _facts(quiz: Quiz) -> list[tuple[str, str]]:
    facts = wording.facts(quiz, count=asked_count(quiz), allowed=quiz.attempts_allowed)
    if quiz.pool_count > asked_count(quiz):
        facts.insert(1, ("Drawn from", wording.questions(quiz.pool_count)))
    return facts


def _question(
    number: int, revision: QuestionRevision, *, names: Names, renderer: Renderer
) -> ExamQuestion:
    content = revision.data
    kind = type_named(revision.type)
    case = case_of(content)
    return ExamQuestion(
        number=number,
        kind=str(kind.label),
        worth=wording.points(revision.points),
        case=renderer.html(Block(_told(f"**{case.title}**\n\n{case.text}"))) if case else None,
        stem=renderer.html(Block(_told(content["stem"]))),
        answers=[
            AnswerLine(
                label=said.label,
                text=renderer.html(Line(_told(said.text.removesuffix(_RIGHT)))),
                is_right=_is_right(said),
            )
            for said in kind.said_answers(content)
            if said.text and not _UNREAD.match(said.key)
        ],
        explanation=renderer.html(Block(_told(content["explanation"]))),
        objective=names.objective(revision.objective_key),
    )


def _is_right(said: Said) -> bool:
    """Types say it behind a choice, in a line about a place, or in a line of its own."""
    if said.key.endswith(".correct"):
        return said.text == "right"
    return said.text.endswith(_RIGHT) or said.label.startswith("Right ")


def _told(text: str) -> str:
    """Pictures by their words: on paper there is nothing to tap."""
    return _FIGURE.sub(r"[Picture: \1]", text)


__all__ = ["AnswerLine", "ExamQuestion", "ExamQuiz", "exam_of", "grading_of"]
