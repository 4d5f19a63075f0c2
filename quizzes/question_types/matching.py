"""Terms and the answers that belong to them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import Any, Final

from quizzes.question_types import register
from quizzes.question_types.base import (
    LONGEST_LINE,
    BadResponse,
    Content,
    ContentProblem,
    Counted,
    Fields,
    Line,
    Plain,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    Told,
    first,
    mixed_by_seed,
    ordered_by_seed,
    told_apart,
)
from quizzes.question_types.rows import RowField, RowsEditor, RowTable, read_name
from quizzes.question_types.shares import SharedPoints

FEWEST: Final = 2
MOST: Final = 10
MOST_EXTRAS: Final = 10
# Long lines cannot be read in a drop-down list of a phone.
LONGEST_ANSWER: Final = 200
_LONGEST_OPTION: Final = 60
# In front of the number of an extra answer: no id of a pair begins with it.
_EXTRA: Final = "+"


@register
class Matching(RowsEditor, SharedPoints):
    """A stored answer holds the id of a term and the id of the pair whose answer was given.

    Terms and answers are presented by their places, and answers are always mixed: in the order of
    the pairs they would say which belongs to which.
    """

    name = "matching"
    label = "Matching"
    description = "Terms, and the answers that belong to them"
    studio_place = 4
    form_template = "quizzes/types/matching.html"
    review_template = "quizzes/types/parts_review.html"
    editor_template = "quizzes/editors/matching.html"
    scripts = ("js/quiz-matching.js",)
    whole_label = "All pairs right, or no points"
    share_label = "A share of the points for each right pair"
    author_names = {
        "pairs": "Pairs",
        "term": "Term",
        "answer": "Answer",
        "extras": "Other answers",
        "id": "Pair",
    }
    beside_rows = {"extras": "extras"}
    rows = RowTable(
        name="pairs",
        word="Pair",
        legend="Pairs",
        hint="Learners see the answers mixed. Empty lines are left out.",
        most=MOST,
        fields=(
            RowField("term", "Term"),
            RowField("answer", "Answer", most=LONGEST_ANSWER),
            RowField("feedback", "Note on this pair", is_note=True),
        ),
    )

    # ---- writing
    def clean_answers(self, reader: TableReader) -> Content:
        reuse = reader.flag("reuse", default=False)
        pairs: list[Content] = []
        for table in reader.tables("pairs"):
            pair = {
                "id": read_name(table, pairs, word="pairs"),
                "term": table.text("term", is_required=True, most=LONGEST_LINE),
                "answer": table.text("answer", is_required=True, most=LONGEST_ANSWER),
                "feedback": table.text("feedback", most=LONGEST_LINE),
            }
            table.nothing_else()
            if pair["term"] and told_apart(pair["term"]) in {
                told_apart(each["term"]) for each in pairs
            }:
                table.problem("term", f"Two pairs have the term “{pair['term']}”.")
            answers = {told_apart(each["answer"]) for each in pairs}
            if pair["answer"] and told_apart(pair["answer"]) in answers and not reuse:
                table.problem(
                    "answer",
                    f"Two terms have the answer “{pair['answer']}”; say that an answer may serve "
                    "several terms, or change one.",
                )
            pairs.append(pair)
        if not FEWEST <= len(pairs) <= MOST:
            reader.problem(
                "pairs", f"A question needs {FEWEST} to {MOST} pairs; this has {len(pairs)}."
            )
        extras = reader.texts("extras", most=LONGEST_ANSWER)
        if len(extras) > MOST_EXTRAS:
            reader.problem("extras", f"At most {MOST_EXTRAS} other answers; here {len(extras)}.")
            extras = extras[:MOST_EXTRAS]
        taken = {told_apart(pair["answer"]) for pair in pairs}
        for extra in extras:
            if told_apart(extra) in taken:
                reader.problem("extras", f"The answer “{extra}” stands here already.")
            taken.add(told_apart(extra))
        return {
            "pairs": pairs,
            "extras": extras,
            "reuse": reuse,
            "scoring": self.clean_scoring(reader),
        }

    def package_answers(self, content: Content) -> Content:
        return {
            "scoring": self.package_scoring(content),
            "reuse": content["reuse"] or None,
            # A list without a table in it, or it would be taken for one of tables.
            "extras": content["extras"] or None,
            "pairs": content["pairs"],
        }

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        answers = _answers(content)
        return {
            "hint": "Choose the answer that belongs to each term."
            + (" An answer may belong to several." if content["reuse"] else " Each fits once."),
            "reuse": content["reuse"],
            "terms": [
                {"token": str(place), "text": Line(pair["term"])}
                for place, pair in enumerate(self._terms(content, seed), start=1)
            ],
            "answers": [
                {
                    "value": str(place),
                    "letter": _letter(place),
                    "text": Line(answers[name]),
                    "name": Plain(answers[name]),
                }
                for place, name in enumerate(self._answer_names(content, seed), start=1)
            ],
        }

    def laid_out(self, shown: Shown, fields: Fields) -> Shown:
        terms = [
            {**term, "chosen": first(fields, f"term-{term['token']}")} for term in shown["terms"]
        ]
        # Each term has a list of all answers; in full they stand once, beside the terms.
        answers = [{**each, "name": _short(each["name"])} for each in shown["answers"]]
        return {**shown, "terms": terms, "answers": answers}

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        by_value = {
            str(place): name
            for place, name in enumerate(self._answer_names(content, seed), start=1)
        }
        pairs: dict[str, str] = {}
        for place, pair in enumerate(self._terms(content, seed), start=1):
            value = first(raw, f"term-{place}")
            if not value:
                continue
            if value not in by_value:
                raise BadResponse("That answer is not among the answers of this question.")
            pairs[pair["id"]] = by_value[value]
        if not content["reuse"] and len(set(pairs.values())) < len(pairs):
            raise BadResponse("Two terms have the same answer; in this question each fits once.")
        return {"pairs": pairs} if pairs else None

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        values = {
            name: str(place)
            for place, name in enumerate(self._answer_names(content, seed), start=1)
        }
        given = _given(response)
        return {
            f"term-{place}": [values[given[pair["id"]]] if pair["id"] in given else ""]
            for place, pair in enumerate(self._terms(content, seed), start=1)
        }

    def _terms(self, content: Content, seed: int) -> list[Content]:
        pairs: list[Content] = content["pairs"]
        return ordered_by_seed(pairs, seed, names=[pair["id"] for pair in pairs])

    def _answer_names(self, content: Content, seed: int) -> list[str]:
        answers = _answers(content)
        names = list(answers)
        return [names[index] for index in mixed_by_seed(list(answers.values()), seed)]

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        given, right = _given(response), _right(content)
        count = sum(given.get(name) == answer for name, answer in right.items())
        return self.scored(content, Fraction(count, len(right)))

    def right_response(self, content: Content) -> Response:
        return {"pairs": _right(content)}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        answers, given, right = _answers(content), _given(response), _right(content)
        parts: list[dict[str, Any]] = []
        for pair in self._terms(content, seed):
            name = pair["id"]
            own = given.get(name)
            parts.append(
                {
                    "name": Line(pair["term"]),
                    "own": Line(answers[own]) if own else "",
                    "right": Line(answers[right[name]]),
                    "is_right": own == right[name],
                    "feedback": Line(pair["feedback"]),
                }
            )
        return {"parts": parts}

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        return {
            "pairs": self.rows.tables(raw),
            "extras": first(raw, "extras").split("\n"),
            "reuse": bool(first(raw, "reuse")),
            "scoring": self.scoring_of_editor(raw),
        }

    def raw_of_answers(self, content: Content) -> Fields:
        return {
            **self.rows.raw_of(content["pairs"]),
            "extras": ["\n".join(content["extras"])],
            "reuse": ["on"] if content["reuse"] else [],
            "scoring": [content["scoring"]],
        }

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {
            **super().editor_view(raw, problems),
            "reuse": bool(first(raw, "reuse")),
            "scorings": self.scoring_views(raw),
        }

    # ---- comparing, counting, searching
    def said_answers(self, content: Content) -> list[Said]:
        lines = []
        for pair in content["pairs"]:
            name = pair["id"]
            words = f"{pair['term']} – {pair['answer']} (right)"
            lines.append(Said(f"pairs.{name}", f"Pair {name}", words))
            if pair["feedback"]:
                lines.append(Said(f"pairs.{name}.feedback", f"Note to {name}", pair["feedback"]))
        return [
            *lines,
            Said("extras", "Other answers", "\n".join(content["extras"])),
            Said(
                "reuse",
                "Answers",
                "Each may serve several terms" if content["reuse"] else "Each fits one term",
            ),
            self.said_scoring(content),
        ]

    def told_answers(self, content: Content) -> list[Told]:
        """An answer that belongs to no term is wrong."""
        told = []
        for pair in content["pairs"]:
            told += [Told(f"{pair['term']}: {pair['answer']}"), Told(pair["feedback"])]
        return [*told, *(Told(extra, is_wrong=True) for extra in content["extras"])]

    counted = Counted.COMBINED

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return sorted(f"{term}={answer}" for term, answer in _given(response).items())

    def statistic_labels(self, content: Content) -> dict[str, str]:
        return {
            f"{pair['id']}={name}": f"{pair['term']} – {answer}"
            for pair in content["pairs"]
            for name, answer in _answers(content).items()
        }

    def answer_ids(self, content: Content) -> frozenset[str]:
        """An answer has the id of a pair, so with it goes what it says."""
        terms = (f"{pair['id']}=" for pair in content["pairs"])
        answers = (f"{name}: {text}" for name, text in _answers(content).items())
        return frozenset([*terms, *answers])

    def search_text(self, content: Content) -> str:
        pairs = [f"{pair['term']} {pair['answer']}" for pair in content["pairs"]]
        return "\n".join([content["stem"], *pairs, *content["extras"]])


def _letter(place: int) -> str:
    """Of an answer: 1 → A. A question that is still being written may have too many."""
    return ascii_uppercase[place - 1 : place] or str(place)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_OPTION else f"{name[: _LONGEST_OPTION - 1].rstrip()}…"


def _answers(content: Content) -> dict[str, str]:
    """Id → answer, each answer once, in the order of the author."""
    answers: dict[str, str] = {}
    seen: set[str] = set()
    extras = {f"{_EXTRA}{number}": text for number, text in enumerate(content["extras"], start=1)}
    for name, text in [
        *((each["id"], each["answer"]) for each in content["pairs"]),
        *extras.items(),
    ]:
        if told_apart(text) not in seen:
            seen.add(told_apart(text))
            answers[name] = text
    return answers


def _right(content: Content) -> dict[str, str]:
    """Id of a term → id of its answer; terms of one answer have the same."""
    by_text = {told_apart(text): name for name, text in _answers(content).items()}
    return {pair["id"]: by_text[told_apart(pair["answer"])] for pair in content["pairs"]}


def _given(response: Response | None) -> Mapping[str, str]:
    return response["pairs"] if response else {}
