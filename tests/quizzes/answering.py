"""Answering as a learner would: by the words of a choice, wherever the seed put it."""

from datetime import datetime

from quizzes.domain.attempts import Answer, save_response
from quizzes.models import Attempt, AttemptItem
from quizzes.question_types import type_named
from quizzes.question_types.base import Response

RIGHT: dict[str, Response] = {
    "single-choice": {"choice": "b"},
    "multiple-choice": {"choices": ["a", "b", "c"]},
    "true-false": {"answer": False},
    "matching": {"pairs": {"a": "a", "b": "b", "c": "c"}},
    "ordering": {"order": ["a", "b", "c", "d"]},
    "fill-in": {"gaps": {"first": "submandibular", "second": "jugular"}},
    "short-text": {"text": "Buccinator"},
    "numeric": {"number": "3", "typed": "3"},
}
WRONG: dict[str, Response] = {
    "single-choice": {"choice": "a"},
    "multiple-choice": {"choices": ["d"]},
    "true-false": {"answer": True},
    "matching": {"pairs": {"a": "c", "b": "a", "c": "b"}},
    "ordering": {"order": ["d", "c", "b", "a"]},
    "fill-in": {"gaps": {"first": "mastoid", "second": "facial"}},
    "short-text": {"text": "masseter"},
    "numeric": {"number": "4", "typed": "4,0"},
}


def fields(item: AttemptItem, response: Response | None) -> dict[str, list[str]]:
    kind = type_named(item.revision.type)
    return kind.raw_of(response, item.revision.data, item.seed)


def answer(item: AttemptItem, *, is_right: bool = True, now: datetime) -> AttemptItem:
    kind = item.revision.type
    response = (RIGHT if is_right else WRONG)[kind]
    return save_response(
        item.attempt,
        position=item.position,
        answer=Answer(raw=fields(item, response), number=item.response_number),
        now=now,
    )


def answer_all(attempt: Attempt, *, right: int | None = None, now: datetime) -> None:
    """`right` of the questions right, the others wrong; all right when nothing is said."""
    items = list(attempt.items.select_related("revision", "attempt").order_by("position"))
    for place, item in enumerate(items):
        answer(item, is_right=right is None or place < right, now=now)


def form_of(attempt: Attempt, *, is_right: bool = True) -> dict[str, list[str]]:
    """What the page's form sends when every question is answered."""
    sent: dict[str, list[str]] = {}
    for item in attempt.items.select_related("revision").order_by("position"):
        response = (RIGHT if is_right else WRONG)[item.revision.type]
        sent[f"q{item.position}-number"] = [str(item.response_number)]
        for name, values in fields(item, response).items():
            sent[f"q{item.position}-{name}"] = values
    return sent
