"""Questions pasted into a quiz: what the text says, and what of it the quiz does not ask yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json
from courses.domain.drafting import locked_draft
from quizzes.domain.authoring_questions import add_question
from quizzes.domain.checking import check_content
from quizzes.domain.drafting import pool_of
from quizzes.models import Quiz
from quizzes.package.model import content_sha256
from quizzes.question_types import type_named
from quizzes.word import FoundQuestion, Problem, read_questions


@dataclass(frozen=True)
class Pasted:
    fresh: Sequence[FoundQuestion]
    known: Sequence[FoundQuestion]
    """Asked by the quiz already, word for word, or standing twice in the text."""
    problems: Sequence[Problem]


def read_pasted(quiz: Quiz, text: str) -> Pasted:
    """What a text would bring to the quiz; nothing is written."""
    read = read_questions(text)
    seen = {item.revision.sha256 for item in pool_of(quiz)}
    fresh: list[FoundQuestion] = []
    known: list[FoundQuestion] = []
    problems = list(read.problems)
    for question in read.questions:
        cleaned = check_content(quiz.version, question.type, question.content)
        if cleaned.problems:
            problems += [(question.line, problem.sentence) for problem in cleaned.problems]
            continue
        sha256 = content_sha256(question.type, canonical_json(cleaned.content))
        # With the figures that it shows, for those who look at it before it is added.
        shown = replace(question, content=cleaned.content)
        (known if sha256 in seen else fresh).append(shown)
        seen.add(sha256)
    return Pasted(fresh, known, sorted(problems))


@transaction.atomic
def add_pasted(quiz: Quiz, text: str, *, by: User, now: datetime) -> Pasted:
    """Add every question that is understood and new to the quiz: all of them or none.

    The same text sent twice adds nothing the second time. Errors: as `add_question`.
    """
    # Locked before the quiz is read, so that two sendings do not both find their questions new.
    locked_draft(quiz.version)
    pasted = read_pasted(quiz, text)
    for question in pasted.fresh:
        written = type_named(question.type).named(question.content)
        add_question(quiz, question.type, written, by=by, now=now)
    return pasted
