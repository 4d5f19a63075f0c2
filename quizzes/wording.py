"""How a quiz is called and explained in sentences."""

import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from html import unescape
from typing import Any, Final

from django.utils.html import strip_tags

from ce_platform.core.templatetags.wording import minutes_of, plain_number
from quizzes.models import Quiz

# Percent. Boards and approvers that name a pass mark name 70 to 80.
USUAL_LOWEST_PASS: Final = 70
_CITED: Final = re.compile(r'<sup class="ref">.*?</sup>')


def in_a_sentence(quiz: Quiz) -> str:
    """“Quiz: points of the face” → the quiz “points of the face”; Final exam → the final exam."""
    title = quiz.title.strip()
    kind, colon, rest = title.partition(":")
    if colon and kind.strip().casefold() == "quiz" and rest.strip():
        return f"the quiz “{rest.strip()}”"
    if title.casefold() in {"final exam", "final test", "final quiz"}:
        return f"the {title.lower()}"
    return f"“{title}”"


def to_pass(quiz: Quiz) -> str:
    return f"{plain_number(quiz.pass_percent)} % to pass"


def mark(quiz: Quiz) -> str:
    """What it takes, or that it takes nothing."""
    return "for practice" if quiz.purpose == Quiz.Purpose.PRACTICE else to_pass(quiz)


def percent(value: Decimal | None, *, mark: Decimal) -> str:
    """Whole percents where the pass mark is whole: rounded down, so nothing reads as passed that
    is not."""
    if value is None:
        return ""
    if mark == mark.to_integral_value():
        value = value.to_integral_value(ROUND_DOWN)
    return f"{plain_number(value)} %"


def questions(count: int) -> str:
    return f"{count} question{'' if count == 1 else 's'}"


def points(value: Decimal) -> str:
    return f"{plain_number(value)} point{'' if value == 1 else 's'}"


def attempts_rule(quiz: Quiz) -> str:
    allowed = quiz.attempts_allowed
    if allowed is None:
        return "as many attempts as you like"
    return f"{allowed} attempt{'' if allowed == 1 else 's'}"


def facts(quiz: Quiz, *, count: int, allowed: int | None) -> list[tuple[str, str]]:
    """Short facts for the page of a quiz; `allowed` with what the office granted."""
    limit = quiz.time_limit_seconds
    if quiz.purpose == Quiz.Purpose.PRACTICE:
        return [("Questions", str(count)), ("Counts for", "Nothing: it is practice")]
    return [
        ("Questions", str(count)),
        ("To pass", f"{plain_number(quiz.pass_percent)} %"),
        ("Attempts", "As many as you like" if allowed is None else str(allowed)),
        ("Time", "No limit" if limit is None else minutes_of(limit)),
    ]


def time_rule(quiz: Quiz) -> str:
    if quiz.time_limit_seconds is None:
        return "no time limit"
    return f"{minutes_of(quiz.time_limit_seconds)} per attempt"


def review_rule(quiz: Quiz) -> str:
    """When answers and explanations are shown."""
    return {
        Quiz.Review.AFTER_SUBMIT: "You see answers and explanations after each attempt.",
        Quiz.Review.AFTER_PASS: "You see answers and explanations once you have passed.",
        Quiz.Review.NEVER: "You see your score; answers are not shown.",
    }[Quiz.Review(quiz.review)]


def beginning(text: str, *, most: int = 80) -> str:
    """The first words of a text, to tell a question from the others of its quiz."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def all_of(content: Any) -> str:
    """Every text inside the content of a question, one paragraph each."""
    return "\n\n".join(_texts(content))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from _texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts(value)


def without_marks(html: str) -> str:
    """The words of a rendered text alone, without numbers of sources."""
    return " ".join(unescape(strip_tags(_CITED.sub("", html))).split())
