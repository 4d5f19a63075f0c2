"""Aiken: a question on one line, choices with letters, and `ANSWER: B`."""

import re
from typing import Final

from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Collector, Item, Reading, letter, short_text
from quizzes.interchange.markup import from_plain
from quizzes.question_types.base import Content

NAME: Final = "aiken"
_CHOICE: Final = re.compile(r"\s*([A-Za-z])[.)]\s+(.*\S)\s*")
_ANSWER: Final = re.compile(r"\s*ANSWER\s*:\s*(.*?)\s*", re.IGNORECASE)
_FEEDBACK: Final = re.compile(
    r"\s*(?:FEEDBACK|EXPLANATION|RATIONALE)\s*:\s*(.*?)\s*", re.IGNORECASE
)


class _Draft:
    def __init__(self, line: int) -> None:
        self.line = line
        self.stem: list[str] = []
        self.choices: list[tuple[str, str]] = []
        self.answer = ""
        self.notes: list[str] = []


def is_answer(line: str) -> bool:
    return _ANSWER.fullmatch(line) is not None


def read(text: str) -> Reading:
    collector = Collector(NAME)
    draft: _Draft | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        feedback = _FEEDBACK.fullmatch(line)
        if draft is not None and draft.answer and line.strip() and not feedback:
            _finish(draft, collector)
            draft = None
        if not line.strip():
            continue
        if draft is None:
            draft = _Draft(number)
        if feedback and draft.answer:
            draft.notes.append(feedback[1])
        elif found := _ANSWER.fullmatch(line):
            draft.answer = found[1] or "?"
        elif (found := _CHOICE.fullmatch(line)) and draft.stem:
            draft.choices.append((found[1].upper(), found[2]))
        elif draft.choices:
            collector.leave(number, f"“{short_text(line)}” stands between the choices.")
        else:
            draft.stem.append(line.strip())
    if draft is not None:
        _finish(draft, collector)
    return collector.reading()


def _finish(draft: _Draft, collector: Collector) -> None:
    item = Item(draft.line, title=short_text(" ".join(draft.stem), most=60))
    collector.take(item, lambda _item: _question(draft))


def _question(draft: _Draft) -> tuple[str, Content]:
    if not draft.choices:
        raise NotRepresented("It has no choices like “A. …”.")
    if not draft.answer:
        raise NotRepresented("It has no line “ANSWER: …”.")
    letters = [name for name, _text in draft.choices]
    if len(set(letters)) < len(letters):
        raise NotRepresented("Two of its choices have the same letter.")
    right = draft.answer.strip(" .)").upper()
    if right not in letters:
        raise NotRepresented(
            f"The answer “{short_text(draft.answer, most=30)}” is none of its choices."
        )
    stem = from_plain("\n".join(draft.stem))
    explanation = from_plain("\n".join(draft.notes))
    texts = [text.strip(" .").lower() for _name, text in draft.choices]
    if sorted(texts) == ["false", "true"]:
        answer = texts[letters.index(right)] == "true"
        return "true-false", {"stem": stem, "explanation": explanation, "answer": answer}
    return "single-choice", {
        "stem": stem,
        "explanation": explanation,
        "choices": [
            {
                "id": letter(place),
                "text": from_plain(text, is_line=True),
                "correct": name == right,
            }
            for place, (name, text) in enumerate(draft.choices)
        ],
    }
