"""Several right answers; all or nothing, or a share for each right one less each wrong one."""

from fractions import Fraction
from typing import Final

from quizzes.question_types import register
from quizzes.question_types.base import Content, Raw, Response, TableReader
from quizzes.question_types.choices import ChoiceQuestion

ALL_OR_NOTHING: Final = "all-or-nothing"
PARTIAL: Final = "partial"


@register
class MultipleChoice(ChoiceQuestion):
    name = "multiple-choice"
    label = "Multiple choice"
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
        """Partial credit: a wrong choice takes away what a right one gives, never below zero.

        So choosing everything earns no more than what the choices deserve.
        """
        chosen = self.ids_of(response)
        right = {choice["id"] for choice in content["choices"] if choice["correct"]}
        if content["scoring"] == ALL_OR_NOTHING:
            return Fraction(int(chosen == right))
        return max(Fraction(0), Fraction(len(chosen & right) - len(chosen - right), len(right)))
