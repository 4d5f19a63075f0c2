"""Shares of points as Moodle writes them: percent, with up to five decimals."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Item, decimal, decimal_words, letter
from quizzes.question_types.base import Content

HUNDRED: Final = Decimal(100)
_NEAR: Final = Decimal("0.01")


def percent_of(count: int) -> str:
    """What one of so many right choices is worth."""
    return decimal_words((HUNDRED / count).quantize(Decimal("0.00001"), ROUND_HALF_UP))


def percent(text: str, item: Item) -> Decimal:
    value = decimal(text)
    if value is None or not -HUNDRED <= value <= HUNDRED:
        raise NotRepresented(f"“{text[:20]}” cannot be the worth of an answer.")
    return value


def all_weights(content: Content) -> list[str]:
    """Of a question with several right choices. All or nothing is said by taking everything away
    for one wrong choice."""
    right = [choice["correct"] for choice in content["choices"]]
    each = percent_of(sum(right))
    wrong = each if content["scoring"] == "partial" else "100"
    return [each if is_right else f"-{wrong}" for is_right in right]


def choice_question(
    weights: Sequence[Decimal], choices: list[Content], item: Item, *, is_single: bool
) -> tuple[str, Content]:
    """Choices with their worth in percent → our type and its share of the content."""
    for place, (weight, choice) in enumerate(zip(weights, choices, strict=True)):
        choice["id"] = letter(place)
        choice["correct"] = weight == HUNDRED if is_single else weight > 0
    right = [choice for choice in choices if choice["correct"]]
    if not right:
        raise NotRepresented("No choice earns all points, so none can be the right one here.")
    if is_single and len(right) > 1:
        item.changed("Several choices earn all points; it became a question with several answers.")
        return "multiple-choice", {"choices": choices, "scoring": "all-or-nothing"}
    if is_single:
        if any(0 < weight < HUNDRED for weight in weights):
            item.changed("Choices that earned a part of the points earn none here.")
        if any(weight < 0 for weight in weights):
            item.changed("Wrong choices took points away; here they earn none.")
        return "single-choice", {"choices": choices}
    return "multiple-choice", {"choices": choices, "scoring": _scoring(weights, len(right), item)}


def _scoring(weights: Sequence[Decimal], count: int, item: Item) -> str:
    share = HUNDRED / count
    right = [weight for weight in weights if weight > 0]
    wrong = [weight for weight in weights if weight <= 0]
    if any(abs(weight - share) > _NEAR for weight in right):
        item.changed("Right choices had different worth; here each has the same.")
    if wrong and all(weight == -HUNDRED for weight in wrong):
        return "all-or-nothing"
    if any(abs(weight + share) > _NEAR for weight in wrong):
        item.changed("A wrong choice takes away as much as a right one gives.")
    return "partial"
