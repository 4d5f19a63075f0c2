"""Several right answers; all or nothing, or a share for each right one less each wrong one."""

from collections.abc import Sequence
from fractions import Fraction

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
)
from quizzes.question_types.choices import ChoiceQuestion
from quizzes.question_types.shares import SharedPoints


@register
class MultipleChoice(ChoiceQuestion, SharedPoints):
    name = "multiple-choice"
    label = "Multiple choice"
    description = "Several right answers"
    studio_place = 2
    editor_template = "quizzes/editors/multiple_choice.html"
    input_type = "checkbox"
    hint = "Choose all that apply."
    whole_label = "All right ones and no wrong one, or no points"
    share_label = "A share of the points for each right one, less one share for each wrong one"

    def clean_answers(self, reader: TableReader) -> Content:
        choices = self.clean_choices(reader)
        if choices and not any(choice["correct"] for choice in choices):
            reader.problem("choices", "At least one choice must be correct; here none is.")
        return {"choices": choices, "scoring": self.clean_scoring(reader)}

    def package_answers(self, content: Content) -> Content:
        return {
            "scoring": self.package_scoring(content),
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
        share = Fraction(len(chosen & right) - len(chosen - right), len(right))
        return self.scored(content, share)

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        return {**super().answers_of_editor(raw), "scoring": self.scoring_of_editor(raw)}

    def raw_of_answers(self, content: Content) -> Fields:
        return {**super().raw_of_answers(content), "scoring": [content["scoring"]]}

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {**super().editor_view(raw, problems), "scorings": self.scoring_views(raw)}

    def said_answers(self, content: Content) -> list[Said]:
        return [*super().said_answers(content), self.said_scoring(content)]
