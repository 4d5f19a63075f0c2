"""A number typed by the learner, right within a tolerance."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from ce_platform.core.text import fold
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
    first,
    is_of_answers,
)
from quizzes.question_types.decimals import decimal_text, read_decimal

LONGEST: Final = 40
LONGEST_UNIT: Final = 30
ABSOLUTE: Final = "absolute"
PERCENT: Final = "percent"
_TOLERANCES: Final = ((ABSOLUTE, "in the same unit"), (PERCENT, "percent of the right number"))
_FIELDS: Final = ("value", "tolerance", "unit", "feedback_low", "feedback_high")


@register
class Numeric(QuestionType):
    """Numbers are stored as text and compared as exact decimals: 0.1 and 0.2 are 0.3 here.

    A response keeps what was typed beside the number it was read as, so that the form shows it
    again as it was written.
    """

    name = "numeric"
    label = "Number"
    description = "A number, right within a tolerance"
    studio_place = 8
    form_template = "quizzes/types/numeric.html"
    review_template = "quizzes/types/parts_review.html"
    editor_template = "quizzes/editors/numeric.html"
    author_names = {
        "value": "Right number",
        "tolerance": "Tolerance",
        "unit": "Unit",
        "feedback_low": "Note to a lower number",
        "feedback_high": "Note to a higher number",
    }

    # ---- writing
    def clean_answers(self, reader: TableReader) -> Content:
        value = _read(reader, "value", is_required=True)
        tolerance = _read(reader, "tolerance", is_required=False)
        kind = reader.word("tolerance_in", of=(ABSOLUTE, PERCENT), default=ABSOLUTE)
        if tolerance.startswith("-"):
            reader.problem("tolerance", "“tolerance” cannot be below zero.")
        if kind == PERCENT and tolerance != "0" and value == "0":
            reader.problem("tolerance", "A percentage of 0 is 0; say by how much it may differ.")
        return {
            "value": value,
            "tolerance": tolerance,
            "tolerance_in": kind,
            "unit": " ".join(reader.text("unit", most=LONGEST_UNIT).split()),
            "feedback_low": reader.text("feedback_low", most=LONGEST_LINE),
            "feedback_high": reader.text("feedback_high", most=LONGEST_LINE),
        }

    def package_answers(self, content: Content) -> Content:
        kind, tolerance = content["tolerance_in"], content["tolerance"]
        return {
            "value": content["value"],
            "tolerance": None if tolerance == "0" else tolerance,
            "tolerance_in": None if kind == ABSOLUTE else kind,
            **{name: content[name] for name in ("unit", "feedback_low", "feedback_high")},
        }

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        return {"hint": "Write a number.", "unit": content["unit"], "most": str(LONGEST)}

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        typed = " ".join(first(raw, "value").split())
        if not typed:
            return None
        is_short = len(typed) <= LONGEST + LONGEST_UNIT
        number = read_decimal(_without_unit(typed, content["unit"])) if is_short else None
        if number is None:
            raise BadResponse("Write a number alone, such as 3 or 2.5, without words.")
        return {"number": decimal_text(number), "typed": typed}

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        return {"value": [response["typed"] if response else ""]}

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        if response is None:
            return Fraction(0)
        away = abs(Fraction(response["number"]) - Fraction(content["value"]))
        return Fraction(int(away <= _tolerance(content)))

    def right_response(self, content: Content) -> Response:
        return {"number": content["value"], "typed": content["value"]}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        right = _with_unit(content["value"], content)
        if _tolerance(content):
            percent = " %" if content["tolerance_in"] == PERCENT else ""
            right = f"{right}, give or take {content['tolerance']}{percent}"
        is_right = self.grade(content, response) == 1
        feedback = ""
        if response is not None and not is_right:
            is_low = Decimal(response["number"]) < Decimal(content["value"])
            feedback = content["feedback_low" if is_low else "feedback_high"]
        own = _with_unit(response["number"], content) if response else ""
        return {
            "parts": [
                {
                    "name": "",
                    "own": own,
                    "right": right,
                    "is_right": is_right,
                    "feedback": Line(feedback),
                }
            ]
        }

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        return {
            **{name: first(raw, name) for name in _FIELDS},
            "tolerance_in": first(raw, "tolerance_in") or ABSOLUTE,
        }

    def raw_of_answers(self, content: Content) -> Fields:
        return {name: [content[name]] for name in (*_FIELDS, "tolerance_in")}

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        found = [
            {"id": f"number-{_field(problem)}", "sentence": problem.sentence}
            for problem in problems
            if is_of_answers(problem)
        ]
        chosen = first(raw, "tolerance_in") or ABSOLUTE
        view: dict[str, Any] = {"problems": found}
        for name in _FIELDS:
            view[name] = {
                "id": f"number-{name}",
                "value": first(raw, name),
                "problems": [each["sentence"] for each in found if each["id"] == f"number-{name}"],
            }
        view["tolerances"] = [
            {"value": value, "label": label, "is_chosen": value == chosen}
            for value, label in _TOLERANCES
        ]
        return view

    # ---- comparing, counting, searching
    def said_answers(self, content: Content) -> list[Said]:
        percent = " %" if content["tolerance_in"] == PERCENT else ""
        return [
            Said("value", "Right number", f"{_with_unit(content['value'], content)} (right)"),
            Said("tolerance", "Tolerance", f"{content['tolerance']}{percent}"),
            Said("feedback_low", "Note to a lower number", content["feedback_low"]),
            Said("feedback_high", "Note to a higher number", content["feedback_high"]),
        ]

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return [_with_unit(response["number"], content)] if response else []

    def search_text(self, content: Content) -> str:
        return "\n".join([content["stem"], _with_unit(content["value"], content)])


def _read(reader: TableReader, name: str, *, is_required: bool) -> str:
    """A number in canonical form; 0 when it is none."""
    given = reader.text(name, is_required=is_required, most=LONGEST)
    if not given:
        return "0" if not is_required else ""
    number = read_decimal(given)
    if number is None:
        reader.problem(name, f'“{name}” must be a number in quotation marks, such as "2.5".')
        return given
    return decimal_text(number)


def _tolerance(content: Content) -> Fraction:
    tolerance = Fraction(content["tolerance"])
    if content["tolerance_in"] == PERCENT:
        return abs(Fraction(content["value"])) * tolerance / 100
    return tolerance


def _with_unit(number: str, content: Content) -> str:
    return f"{number} {content['unit']}" if content["unit"] else number


def _without_unit(typed: str, unit: str) -> str:
    """The unit stands beside the field; some write it once more."""
    words = fold(typed)
    if unit and words.endswith(fold(unit)):
        return words[: -len(fold(unit))]
    return typed


def _field(problem: ContentProblem) -> str:
    name = str(problem.where[0]) if problem.where else ""
    return name if name in _FIELDS else "value"
