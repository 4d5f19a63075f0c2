"""What single choice and multiple choice have in common."""

import re
from typing import ClassVar, Final

from quizzes.question_types.base import (
    LONGEST_LINE,
    BadResponse,
    Content,
    Fields,
    Line,
    QuestionType,
    Raw,
    Response,
    Shown,
    TableReader,
    ordered_by_seed,
)

FEWEST: Final = 2
MOST: Final = 10
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")


class ChoiceQuestion(QuestionType):
    """Choices are presented by their place (1, 2, …), never by the id the author gave.

    Authors tend to write the right answer first: an id in the page would say which one that was.
    """

    form_template: ClassVar[str] = "quizzes/types/choices.html"
    review_template: ClassVar[str] = "quizzes/types/choices_review.html"
    input_type: ClassVar[str]
    hint: ClassVar[str]

    def clean_choices(self, reader: TableReader) -> list[Content]:
        choices: list[Content] = []
        for choice in reader.tables("choices"):
            name = choice.text("id", is_required=True)
            if name and not _ID.fullmatch(name):
                choice.problem("id", "“id” may have small letters, digits and dashes, at most 20.")
            elif name in {other["id"] for other in choices}:
                choice.problem("id", f"Two choices have the id “{name}”.")
            choices.append(
                {
                    "id": name,
                    "text": choice.text("text", is_required=True, most=LONGEST_LINE),
                    "correct": choice.flag("correct", default=False),
                    "feedback": choice.text("feedback", most=LONGEST_LINE),
                }
            )
            choice.nothing_else()
        if not FEWEST <= len(choices) <= MOST:
            reader.problem(
                "choices", f"A question needs {FEWEST} to {MOST} choices; this has {len(choices)}."
            )
        return choices

    def package_answers(self, content: Content) -> Content:
        return {
            "choices": [
                {
                    "id": choice["id"],
                    "text": choice["text"],
                    "correct": choice["correct"] or None,
                    "feedback": choice["feedback"],
                }
                for choice in content["choices"]
            ]
        }

    def in_order(self, content: Content, seed: int) -> list[Content]:
        choices: list[Content] = content["choices"]
        return ordered_by_seed(choices, seed, names=[choice["id"] for choice in choices])

    def present_answers(self, content: Content, seed: int) -> Shown:
        return {
            # Many authors end their stem with these words; nobody needs them twice.
            "hint": "" if self.hint in content["stem"] else self.hint,
            "input": self.input_type,
            "options": [
                {"value": str(place), "text": Line(choice["text"])}
                for place, choice in enumerate(self.in_order(content, seed), start=1)
            ],
        }

    def chosen_ids(self, raw: Raw, content: Content, seed: int) -> set[str]:
        by_value = {
            str(place): str(choice["id"])
            for place, choice in enumerate(self.in_order(content, seed), start=1)
        }
        values = set(raw.get("choice", ()))
        if not values <= set(by_value):
            raise BadResponse("That choice is not among the choices of this question.")
        return {by_value[value] for value in values}

    def ids_of(self, response: Response | None) -> set[str]:
        """The ids of the chosen choices of a stored answer."""
        raise NotImplementedError

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        chosen = self.ids_of(response)
        return {
            "choice": [
                str(place)
                for place, choice in enumerate(self.in_order(content, seed), start=1)
                if choice["id"] in chosen
            ]
        }

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        chosen = self.ids_of(response)
        return {
            "input": self.input_type,
            "options": [
                {
                    "text": Line(choice["text"]),
                    "feedback": Line(choice["feedback"]),
                    "is_right": choice["correct"],
                    "is_chosen": choice["id"] in chosen,
                }
                for choice in self.in_order(content, seed)
            ],
        }

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return sorted(self.ids_of(response))

    def statistic_labels(self, content: Content) -> dict[str, str]:
        return {choice["id"]: choice["text"] for choice in content["choices"]}

    def search_text(self, content: Content) -> str:
        return "\n".join([content["stem"], *(choice["text"] for choice in content["choices"])])
