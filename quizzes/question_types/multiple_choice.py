"""Several right answers; all or nothing, or a share for each right one less each wrong one."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Final

from quizzes.question_types import register
from quizzes.question_types.base import (
    Content,
    ContentProblem,
    Fields,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    first,
)
from quizzes.question_types.choices import ChoiceQuestion

ALL_OR_NOTHING: Final = "all-or-nothing"
PARTIAL: Final = "partial"
SCORINGS: Final = (
    (ALL_OR_NOTHING, "All right ones and no wrong one, or no points"),
    (PARTIAL, "A share of the points for each right one, less one share for each wrong one"),
)


def share_of(chosen: AbstractSet[str], right: AbstractSet[str], scoring: str) -> Fraction:
    """Partial credit: a wrong choice takes away what a right one gives, never below zero.

    So choosing everything earns no more than what the choices deserve.
    """
    if scoring == ALL_OR_NOTHING:
        return Fraction(int(chosen == right))
    return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))


@register
class MultipleChoice(ChoiceQuestion):
    name = "multiple-choice"
    label = "Multiple choice"
    description = "Several right answers"
    studio_place = 2
    editor_template = "quizzes/editors/multiple_choice.html"
    input_type = "checkbox"
    hint = "Choose all that apply."

    def clean_answers(self, reader: TableReader) -> Content:
        choices = self.clean_choices(reader)
        if choices and not any(choice["correct"] for choice in choices):
            reader.problem("choices", "At least one choice must be correct; here none is.")
        scoring = reader.word("scoring", of=(ALL_OR_NOTHING, PARTIAL), default=ALL_OR_NOTHING)
        return {"choices": choices, "scoring": scoring}

    def package_answers(self, content: Content) -> Content:
        scoring = content["scoring"]
        return {
            "scoring": None if scoring == ALL_OR_NOTHING else scoring,
            **super().package_answers(content),
        }

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        chosen = self.chosen_ids(raw, content, seed)
        return {"choices": sorted(chosen)} if chosen else None

    def ids_of(self, response: Response | None) -> set[str]:
        return set(response["choices"]) if response else set()

    def right_response(self, content: Content) -> Response:
        right = [choice["id"] for choice in content["choices"] if choice["correct"]]
        return {"choices": sorted(right)}

    def grade(self, content: Content, response: Response | None) -> Fraction:
        right = {choice["id"] for choice in content["choices"] if choice["correct"]}
        return share_of(self.ids_of(response), right, content["scoring"])

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        return {
            **super().answers_of_editor(raw),
            "scoring": first(raw, "scoring") or ALL_OR_NOTHING,
        }

    def raw_of_answers(self, content: Content) -> Fields:
        return {**super().raw_of_answers(content), "scoring": [content["scoring"]]}

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        chosen = first(raw, "scoring") or ALL_OR_NOTHING
        return {
            **super().editor_view(raw, problems),
            "scorings": [
                {"value": value, "label": label, "is_chosen": value == chosen}
                for value, label in SCORINGS
            ],
        }

    def said_answers(self, content: Content) -> list[Said]:
        scoring = Said("scoring", "Points", dict(SCORINGS)[content["scoring"]])
        return [*super().said_answers(content), scoring]
