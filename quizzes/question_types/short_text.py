"""A few words typed by the learner, compared with accepted answers."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from quizzes.question_types import register
from quizzes.question_types.base import (
    LONGEST_LINE,
    OTHER_ANSWER,
    BadResponse,
    Content,
    ContentProblem,
    Counted,
    Fields,
    Line,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    first,
)
from quizzes.question_types.decimals import decimal_text, read_decimal
from quizzes.question_types.rows import RowField, RowsEditor, RowTable

MOST_ANSWERS: Final = 20
LONGEST: Final = 200
WILDCARD: Final = "*"
# What keyboards and word processors write for the same sign.
_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
    }
)
# Letters whose stroke Unicode does not take for a mark.
_STROKED: Final = str.maketrans("đĐłŁøØ", "dDlLoO")


@register
class ShortText(RowsEditor):
    """Case, accents, repeated spaces and the shapes of quotes and dashes make no difference,
    unless the author says so. One `*` in an accepted answer stands for any letters or none."""

    name = "short-text"
    label = "Short answer"
    description = "A word or a few, typed"
    studio_place = 7
    form_template = "quizzes/types/short_text.html"
    review_template = "quizzes/types/parts_review.html"
    editor_template = "quizzes/editors/short_text.html"
    author_names = {"answers": "Accepted answers", "text": "Answer", "share": "Share"}
    rows = RowTable(
        name="answers",
        word="Answer",
        legend="Accepted answers",
        hint="The first one is shown as the right answer and earns all points. A * stands for any "
        "letters. A share of 0.5 earns half of the points; 0 earns none and shows the note.",
        most=MOST_ANSWERS,
        first_rows=2,
        is_named=False,
        fields=(
            RowField("text", "Answer", most=LONGEST),
            RowField("share", "Share of the points, 0 to 1", most=10, is_short=True),
            RowField("feedback", "Note to those who write it", is_note=True),
        ),
    )

    # ---- writing
    def clean_answers(self, reader: TableReader) -> Content:
        exact_case = reader.flag("exact_case", default=False)
        exact_accents = reader.flag("exact_accents", default=False)
        folding = Folding(exact_case, exact_accents)
        answers: list[Content] = []
        seen: set[tuple[str, ...]] = set()
        for index, table in enumerate(reader.tables("answers")):
            text = " ".join(table.text("text", is_required=True, most=LONGEST).split())
            share = _read_share(table)
            answers.append(
                {
                    "text": text,
                    "share": share,
                    "feedback": table.text("feedback", most=LONGEST_LINE),
                }
            )
            table.nothing_else()
            if text.count(WILDCARD) > 1:
                table.problem("text", "An answer may have one * at most.")
            elif text and not any(part.strip() for part in folding.parts(text)):
                table.problem(
                    "text", "This would accept everything or nothing; write some letters."
                )
            elif text and folding.parts(text) in seen:
                table.problem("text", f"“{text}” means the same as an answer above it.")
            seen.add(folding.parts(text))
            if index == 0 and share != "1":
                table.problem("share", "The first answer earns all points: its share is 1.")
        if not 1 <= len(answers) <= MOST_ANSWERS:
            reader.problem(
                "answers",
                f"A question needs 1 to {MOST_ANSWERS} accepted answers; this has {len(answers)}.",
            )
        return {"answers": answers, "exact_case": exact_case, "exact_accents": exact_accents}

    def package_answers(self, content: Content) -> Content:
        return {
            "exact_case": content["exact_case"] or None,
            "exact_accents": content["exact_accents"] or None,
            "answers": [
                {**answer, "share": None if answer["share"] == "1" else answer["share"]}
                for answer in content["answers"]
            ],
        }

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        return {"hint": "Write a word or a few.", "most": str(LONGEST)}

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        text = " ".join(_visible(first(raw, "text")).split())
        if len(text) > LONGEST:
            raise BadResponse(f"Write at most {LONGEST} characters; this has {len(text)}.")
        return {"text": text} if text else None

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        return {"text": [response["text"] if response else ""]}

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        answer = _accepted(content, response)
        return Fraction(answer["share"]) if answer else Fraction(0)

    def right_response(self, content: Content) -> Response:
        """What a wildcard stands for shows as three dots, which it accepts like anything."""
        return {"text": content["answers"][0]["text"].replace(WILDCARD, "…")}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        answer = _accepted(content, response)
        return {
            "parts": [
                {
                    "name": "",
                    "own": response["text"] if response else "",
                    "right": self.right_response(content)["text"],
                    "is_right": answer is not None and answer["share"] == "1",
                    "is_partly_right": answer is not None and answer["share"] not in ("0", "1"),
                    "feedback": Line(answer["feedback"] if answer else ""),
                }
            ]
        }

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        return {
            "answers": [
                {**answer, "share": answer["share"] or "1"} for answer in self.rows.tables(raw)
            ],
            "exact_case": bool(first(raw, "exact_case")),
            "exact_accents": bool(first(raw, "exact_accents")),
        }

    def raw_of_answers(self, content: Content) -> Fields:
        return {
            **self.rows.raw_of(content["answers"]),
            "exact_case": ["on"] if content["exact_case"] else [],
            "exact_accents": ["on"] if content["exact_accents"] else [],
        }

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {
            **super().editor_view(raw, problems),
            "exact_case": bool(first(raw, "exact_case")),
            "exact_accents": bool(first(raw, "exact_accents")),
        }

    # ---- comparing, counting, searching
    def said_answers(self, content: Content) -> list[Said]:
        lines = []
        for place, answer in enumerate(content["answers"], start=1):
            share = "right" if answer["share"] == "1" else f"{answer['share']} of the points"
            lines.append(
                Said(f"answers.{place}", f"Accepted answer {place}", f"{answer['text']} ({share})")
            )
            if answer["feedback"]:
                lines.append(
                    Said(
                        f"answers.{place}.feedback",
                        f"Note to answer {place}",
                        answer["feedback"],
                    )
                )
        exact = [
            word
            for word, flag in (("capitals", "exact_case"), ("accents", "exact_accents"))
            if content[flag]
        ]
        counted = f"Must be exact: {' and '.join(exact)}" if exact else ""
        return [*lines, Said("exact", "Spelling", counted)]

    counted = Counted.TYPED

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        """The accepted answer that it fits; what a learner typed is nobody's to read."""
        if response is None:
            return []
        answer = _accepted(content, response)
        return [answer["text"] if answer else OTHER_ANSWER]

    def statistic_labels(self, content: Content) -> dict[str, str]:
        return {answer["text"]: answer["text"] for answer in content["answers"]}

    def right_keys(self, content: Content) -> frozenset[str]:
        return frozenset(
            answer["text"] for answer in content["answers"] if Fraction(answer["share"]) == 1
        )

    def answer_ids(self, content: Content) -> frozenset[str]:
        """A typed answer refers to nothing: any key can grade it."""
        return frozenset()

    def search_text(self, content: Content) -> str:
        return "\n".join([content["stem"], *(answer["text"] for answer in content["answers"])])


@dataclass(frozen=True)
class Folding:
    exact_case: bool
    exact_accents: bool

    def __call__(self, text: str) -> str:
        """What counts of a text. Spaces at its ends stay: beside a wildcard they mean something."""
        text = unicodedata.normalize("NFKD", _visible(text).translate(_SIGNS)).translate(_SIGNS)
        if not self.exact_accents:
            text = "".join(letter for letter in text if not unicodedata.combining(letter))
            text = text.translate(_STROKED)
        if not self.exact_case:
            text = unicodedata.normalize("NFKD", text.casefold())
        return _single_spaces(text)

    def parts(self, accepted: str) -> tuple[str, ...]:
        """An accepted answer: one part, or what stands before and behind the wildcard."""
        return tuple(self(part) for part in accepted.split(WILDCARD))

    def accepts(self, accepted: str, given: str) -> bool:
        folded = self(given).strip()
        match self.parts(accepted):
            case (whole,):
                return folded == whole.strip()
            case (before, behind):
                before, behind = before.lstrip(), behind.rstrip()
                is_long_enough = len(folded) >= len(before) + len(behind)
                return is_long_enough and folded.startswith(before) and folded.endswith(behind)
        return False


def _single_spaces(text: str) -> str:
    words = " ".join(text.split())
    before = " " if text[:1].isspace() and words else ""
    behind = " " if text[-1:].isspace() and words else ""
    return f"{before}{words}{behind}"


def _visible(text: str) -> str:
    """Without the signs that only steer the setting of type, such as soft hyphens."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def _accepted(content: Content, response: Response | None) -> Content | None:
    """The accepted answer that earns most among those that fit."""
    if response is None:
        return None
    folding = Folding(content["exact_case"], content["exact_accents"])
    fitting = [
        answer for answer in content["answers"] if folding.accepts(answer["text"], response["text"])
    ]
    return max(fitting, key=lambda answer: Fraction(answer["share"]), default=None)


def _read_share(table: TableReader) -> str:
    """In canonical form; 1 when nothing is said."""
    given = table.text("share", most=10) or "1"
    share = read_decimal(given)
    if share is None or not 0 <= share <= 1 or share != round(share, 4):
        table.problem("share", "“share” must be a number from 0 to 1 with at most four decimals.")
        return "1"
    return decimal_text(share)
