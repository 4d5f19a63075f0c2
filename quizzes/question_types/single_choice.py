"""One right answer among several."""

from fractions import Fraction

from quizzes.question_types import register
from quizzes.question_types.base import BadResponse, Content, Raw, Response, TableReader
from quizzes.question_types.choices import ChoiceQuestion


@register
class SingleChoice(ChoiceQuestion):
    name = "single-choice"
    label = "Single choice"
    description = "One right answer among several"
    studio_place = 1
    input_type = "radio"
    hint = "Choose one."

    def clean_answers(self, reader: TableReader) -> Content:
        choices = self.clean_choices(reader)
        right = sum(choice["correct"] for choice in choices)
        if choices and right != 1:
            reader.problem(
                "choices",
                f"Exactly one choice must be correct; here {right or 'none'} is."
                if right < 2
                else f"Exactly one choice must be correct; here {right} are.",
            )
        return {"choices": choices}

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        chosen = self.chosen_ids(raw, content, seed)
        if len(chosen) > 1:
            raise BadResponse("Choose one answer to this question.")
        return {"choice": chosen.pop()} if chosen else None

    def ids_of(self, response: Response | None) -> set[str]:
        return {response["choice"]} if response else set()

    def right_response(self, content: Content) -> Response:
        return {"choice": next(choice["id"] for choice in content["choices"] if choice["correct"])}

    def grade(self, content: Content, response: Response | None) -> Fraction:
        right = {choice["id"] for choice in content["choices"] if choice["correct"]}
        return Fraction(int(self.ids_of(response) == right))
