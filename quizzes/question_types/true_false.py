"""A statement that is true or false. The two answers always stand in this order."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from quizzes.question_types import register
from quizzes.question_types.base import (
    LONGEST_LINE,
    BadResponse,
    Content,
    ContentProblem,
    Fields,
    Line,
    QuestionType,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    Told,
    first,
    is_of_answers,
)

_ANSWERS: Final = (("true", "True", True), ("false", "False", False))


@register
class TrueFalse(QuestionType):
    name = "true-false"
    label = "True or false"
    description = "A statement that holds or does not"
    stem_label = "Statement"
    studio_place = 3
    editor_template = "quizzes/editors/true_false.html"
    form_template = "quizzes/types/choices.html"
    review_template = "quizzes/types/choices_review.html"

    def clean_answers(self, reader: TableReader) -> Content:
        return {
            "answer": reader.flag("answer", default=None),
            "feedback_true": reader.text("feedback_true", most=LONGEST_LINE),
            "feedback_false": reader.text("feedback_false", most=LONGEST_LINE),
        }

    def package_answers(self, content: Content) -> Content:
        return {name: content[name] for name in ("answer", "feedback_true", "feedback_false")}

    def present_answers(self, content: Content, seed: int) -> Shown:
        return {
            "hint": "" if "true or false" in content["stem"].casefold() else "True or false?",
            "input": "radio",
            "options": [{"value": value, "text": label} for value, label, _ in _ANSWERS],
        }

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        values = set(raw.get("choice", ()))
        if not values:
            return None
        for value, _, answer in _ANSWERS:
            if values == {value}:
                return {"answer": answer}
        raise BadResponse("Answer this question with true or false.")

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        if response is None:
            return {"choice": []}
        return {"choice": [value for value, _, answer in _ANSWERS if answer is response["answer"]]}

    def right_response(self, content: Content) -> Response:
        return {"answer": content["answer"]}

    def grade(self, content: Content, response: Response | None) -> Fraction:
        return Fraction(int(response is not None and response["answer"] is content["answer"]))

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        return {
            "input": "radio",
            "options": [
                {
                    "text": label,
                    "feedback": Line(content[f"feedback_{value}"]),
                    "is_right": content["answer"] is answer,
                    "is_chosen": response is not None and response["answer"] is answer,
                }
                for value, label, answer in _ANSWERS
            ],
        }

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return self.raw_of(response, content, 0)["choice"]

    def statistic_labels(self, content: Content) -> dict[str, str]:
        return {value: label for value, label, _ in _ANSWERS}

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        content: Content = {
            "feedback_true": first(raw, "feedback_true"),
            "feedback_false": first(raw, "feedback_false"),
        }
        for value, _, answer in _ANSWERS:
            if first(raw, "answer") == value:
                content["answer"] = answer
        return content

    def raw_of_answers(self, content: Content) -> Fields:
        return {
            "answer": ["true" if content["answer"] else "false"],
            "feedback_true": [content["feedback_true"]],
            "feedback_false": [content["feedback_false"]],
        }

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        found = [
            {"id": f"id_{_field(problem)}", "field": _field(problem), "sentence": problem.sentence}
            for problem in problems
            if is_of_answers(problem)
        ]
        return {
            "problems": found,
            "general": [each["sentence"] for each in found if each["field"] == "answer"],
            "answers": [
                {
                    "value": value,
                    "label": label,
                    "is_right": first(raw, "answer") == value,
                    "feedback": first(raw, f"feedback_{value}"),
                    "problems": [
                        each["sentence"] for each in found if each["field"] == f"feedback_{value}"
                    ],
                }
                for value, label, _ in _ANSWERS
            ],
        }

    def told(self, content: Content) -> list[Told]:
        """A statement that is false is a wrong answer whole."""
        verdict = f"{content['feedback_true']} {content['explanation']}"
        return [
            Told(
                content["stem"], is_question=True, is_wrong=not content["answer"], verdict=verdict
            ),
            Told(content["feedback_true"]),
            Told(content["feedback_false"]),
            Told(content["explanation"]),
        ]

    def said_answers(self, content: Content) -> list[Said]:
        right = next(label for _, label, answer in _ANSWERS if answer is content["answer"])
        lines = [Said("answer", "Right answer", right)]
        for value, label, _ in _ANSWERS:
            if content[f"feedback_{value}"]:
                lines.append(
                    Said(f"feedback_{value}", f"Note to “{label}”", content[f"feedback_{value}"])
                )
        return lines


def _field(problem: ContentProblem) -> str:
    name = str(problem.where[0]) if problem.where else ""
    return name if name.startswith("feedback_") else "answer"
