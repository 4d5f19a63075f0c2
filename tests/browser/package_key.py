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


def _right(question: dict[str, Any]) -> set[str]:
    match question["type"]:
        case "true-false":
            return {"true" if question["answer"] else "false"}
        case "tap-the-point":
            return {
                _plain(place["description"]) for place in question["places"] if place.get("correct")
            }
        case "label-the-chart":
            return set()
        case _:
            return {
                _plain(choice["text"]) for choice in question["choices"] if choice.get("correct")
            }


_RIGHT = {_plain(question["stem"]): _right(question) for question in _questions()}
_NAMES = {
    _plain(place["description"]): str(place["label"])
    for question in _questions()
    if question["type"] == "label-the-chart"
    for place in question["places"]
}


def is_right(stem: str, choice: str) -> bool:
    """Whether the choice with this visible text answers the question with this visible stem. The
    number that a place has on this page is no part of its words."""
    wanted = _RIGHT[_plain(stem)]
    return _plain(choice) in wanted or _plain(choice).lstrip("0123456789") in wanted


def name_of(place: str) -> str:
    """What belongs to the place with this visible description."""
    return _NAMES[_plain(place)]
