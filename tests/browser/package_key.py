"""The right answers of the starter course, read from its package as a careful learner would."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parents[2] / "content" / "facial-massage-introduction"


def _plain(markdown: str) -> str:
    """Letters and digits only: pages set curly quotes and drop marks of Markdown."""
    return "".join(letter for letter in markdown.casefold() if letter.isalnum())


def _questions() -> Iterator[dict[str, Any]]:
    for path in [*PACKAGE.glob("*/quiz.toml"), PACKAGE / "final-exam.toml"]:
        yield from tomllib.loads(path.read_text())["questions"]


_QUESTIONS: dict[str, dict[str, Any]] = {_plain(each["stem"]): each for each in _questions()}


def type_of(stem: str) -> str:
    """The type of the question with this visible stem."""
    return str(_QUESTIONS[_plain(stem)]["type"])


def is_right(stem: str, choice: str) -> bool:
    """Whether the choice with this visible text answers the question with this visible stem."""
    question = _QUESTIONS[_plain(stem)]
    if question["type"] == "true-false":
        return _plain(choice) == ("true" if question["answer"] else "false")
    right = [each["text"] for each in question["choices"] if each.get("correct")]
    return _plain(choice) in map(_plain, right)


def answer_to(stem: str, term: str) -> str:
    """The answer that belongs to this visible term."""
    pairs = _QUESTIONS[_plain(stem)]["pairs"]
    return next(str(each["answer"]) for each in pairs if _plain(each["term"]) == _plain(term))


def place_of(stem: str, item: str) -> str:
    """The right place of this visible item, counted from 1."""
    items = [_plain(each["text"]) for each in _QUESTIONS[_plain(stem)]["items"]]
    return str(items.index(_plain(item)) + 1)
