"""What single choice and multiple choice have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar, Final

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
    ordered_by_seed,
)
from quizzes.question_types.rows import (
    free_name,
    read_name,
    rearranged_rows,
    row_tokens,
    with_blank_rows,
)

FEWEST: Final = 2
MOST: Final = 10
_BLANK_ROWS: Final = 2
_FIRST_ROWS: Final = 4


class ChoiceQuestion(QuestionType):
    """Choices are presented by their place (1, 2, …), never by the id the author gave.

    Authors tend to write the right answer first: an id in the page would say which one that was.
    """

    form_template: ClassVar[str] = "quizzes/types/choices.html"
    review_template: ClassVar[str] = "quizzes/types/choices_review.html"
    editor_template: ClassVar[str] = "quizzes/editors/choices.html"
    input_type: ClassVar[str]
    hint: ClassVar[str]

    def clean_choices(self, reader: TableReader) -> list[Content]:
        choices: list[Content] = []
        for choice in reader.tables("choices"):
            choices.append(
                {
                    "id": read_name(choice, choices, word="choices"),
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

    # ---- writing in the studio
    # A row of the form is called by a number, its token: `row` lists the tokens in the order of
    # the page, `text-3` is the text of row 3, and `correct` holds the tokens of the right ones.

    def answers_of_editor(self, raw: Raw) -> Content:
        """Rows in which nothing stands are no choices. New ones get the next free letter as id."""
        tokens = _filled(raw)
        right = set(raw.get("correct", ()))
        taken = {first(raw, f"id-{token}") for token in tokens}
        choices: list[Content] = []
        for token in tokens:
            name = first(raw, f"id-{token}")
            if not name:
                name = free_name(taken)
                taken.add(name)
            choices.append(
                {
                    "id": name,
                    "text": first(raw, f"text-{token}"),
                    "correct": token in right,
                    "feedback": first(raw, f"feedback-{token}"),
                }
            )
        return {"choices": choices}

    def raw_of_answers(self, content: Content) -> Fields:
        fields: Fields = {"row": [], "correct": []}
        for place, choice in enumerate(content["choices"]):
            token = str(place)
            fields["row"].append(token)
            fields[f"id-{token}"] = [choice["id"]]
            fields[f"text-{token}"] = [choice["text"]]
            fields[f"feedback-{token}"] = [choice["feedback"]]
            if choice["correct"]:
                fields["correct"].append(token)
        return with_blank_rows(fields, _BLANK_ROWS, most=MOST)

    def blank_editor(self) -> Fields:
        return with_blank_rows({}, _FIRST_ROWS, most=MOST)

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        filled = _filled(raw)
        right = set(raw.get("correct", ()))
        found: list[dict[str, Any]] = []
        of_row: dict[str, list[str]] = {}
        for problem in problems:
            if not is_of_answers(problem):
                continue
            match problem.where:
                case ("choices", int(index), *_) if index < len(filled):
                    token = filled[index]
                    of_row.setdefault(token, []).append(problem.sentence)
                    found.append({"id": f"choice-{token}", "sentence": problem.sentence})
                case _:
                    found.append({"id": "choices", "sentence": problem.sentence})
        tokens = row_tokens(raw)
        rows = [
            {
                "token": token,
                "place": place,
                "id": first(raw, f"id-{token}"),
                "text": first(raw, f"text-{token}"),
                "feedback": first(raw, f"feedback-{token}"),
                "is_right": token in right,
                "problems": of_row.get(token, []),
                "is_first": place == 1,
                "is_last": place == len(tokens),
            }
            for place, token in enumerate(tokens, start=1)
        ]
        return {
            "input": self.input_type,
            "rows": rows,
            "may_add": len(rows) < MOST,
            "most": MOST,
            "problems": found,
            "general": [each["sentence"] for each in found if each["id"] == "choices"],
        }

    def rearranged(self, raw: Raw, step: str) -> Fields:
        fields = rearranged_rows(raw, step, most=MOST)
        action, _, token = step.partition(":")
        if action == "remove":
            fields["correct"] = [each for each in fields.get("correct", []) if each != token]
        return fields

    def said_answers(self, content: Content) -> list[Said]:
        lines = []
        for choice in content["choices"]:
            name = choice["id"]
            mark = " (right)" if choice["correct"] else ""
            lines.append(Said(f"choices.{name}.text", f"Choice {name}", f"{choice['text']}{mark}"))
            if choice["feedback"]:
                lines.append(
                    Said(f"choices.{name}.feedback", f"Note to {name}", choice["feedback"])
                )
        return lines

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return sorted(self.ids_of(response))

    def statistic_labels(self, content: Content) -> dict[str, str]:
        return {choice["id"]: choice["text"] for choice in content["choices"]}

    def search_text(self, content: Content) -> str:
        return "\n".join([content["stem"], *(choice["text"] for choice in content["choices"])])


# ------------------------------------------------------------------------------- rows of the form


def _filled(raw: Raw) -> list[str]:
    """The tokens of the rows in which something stands."""
    right = set(raw.get("correct", ()))
    return [
        token
        for token in row_tokens(raw)
        if token in right or first(raw, f"text-{token}") or first(raw, f"feedback-{token}")
    ]
