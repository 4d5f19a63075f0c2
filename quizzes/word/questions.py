"""Text pasted from Word to questions in the form of a course package.

Authors write quizzes in many ways, and none of them is wrong. What is understood without doubt
becomes a question; everything else is named with its line. Nothing is guessed: a question whose
right answer is not written down is no question.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ce_platform.core.text import clean, fold
from courses.word.inline import Span, markdown
from quizzes.question_types import type_named
from quizzes.word.lines import (
    LETTERS,
    Line,
    answer_letters,
    answer_truth,
    bare_text,
    key_entries,
    read_line,
    split_line,
)

LONGEST_TEXT: Final = 300_000
MOST_QUESTIONS: Final = 500
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_TRUTH_BEFORE = re.compile(r"^(?:true\s*(?:/|or)\s*false|t\s*/\s*f)\s*[:.?–—-]\s*", re.IGNORECASE)
_TRUTH_AFTER = re.compile(
    r"\s*[(\[]\s*(?:true\s*(?:/|or)\s*false|t\s*/\s*f)\s*[)\]]\s*$", re.IGNORECASE
)
_SEVERAL = re.compile(r"\b(?:all|any) that apply\b|\bselect all\b|\bcheck all\b", re.IGNORECASE)
_WITH_TEXT = re.compile(r"\(?([a-jA-J])\)?\s*[.):–—-]\s*(\S.*)")

Problem = tuple[int, str]
"""Line, from 1, and what is wrong with it."""


@dataclass(frozen=True)
class FoundQuestion:
    type: str
    content: dict[str, Any]
    """As `clean` of the question type gives it."""
    line: int


@dataclass(frozen=True)
class ReadQuestions:
    questions: list[FoundQuestion]
    problems: list[Problem]


@dataclass
class _Choice:
    line: int
    label: str
    bullet: str
    text: str
    is_marked: bool


@dataclass
class _Draft:
    """One question while its lines come in."""

    line: int
    number: str = ""
    is_named: bool = False
    stem: list[str] = field(default_factory=list)
    choices: list[_Choice] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    explanation: list[str] = field(default_factory=list)
    has_explanation: bool = False
    broken: list[Problem] = field(default_factory=list)
    """Lines in the middle of it that were not understood, so that all of it is not."""
    is_truth: bool = False
    """Says “True / False” on a line of its own."""

    def called(self) -> str:
        return f"Question {self.number}" if self.number else "This question"

    def is_done(self) -> bool:
        return bool(self.answers or self.has_explanation)


def read_questions(text: str) -> ReadQuestions:
    """The questions of a pasted text, and what was not understood, line by line."""
    problems: list[Problem] = []
    if len(text) > LONGEST_TEXT:
        return ReadQuestions([], [(1, f"The text is longer than {LONGEST_TEXT:,} characters.")])
    sorter = _Sorter(problems)
    for line in _lines(text):
        sorter.take(line)
    drafts = sorter.drafts
    if len(drafts) > MOST_QUESTIONS:
        return ReadQuestions([], [(1, f"These are more than {MOST_QUESTIONS} questions.")])
    _apply_key(drafts, sorter.key, problems)
    questions = [
        question for draft in drafts if (question := _question(draft, problems)) is not None
    ]
    return ReadQuestions(questions, sorted(problems))


def _lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(clean(f"x{text}x")[1:-1].split("\n"), start=1):
        for piece in split_line(raw) or [""]:
            yield read_line(number, piece)


def _choice_of(line: Line) -> _Choice:
    return _Choice(line.number, line.label, line.bullet, line.text, line.is_marked)


class _Sorter:
    """Gives every line to its question."""

    def __init__(self, problems: list[Problem]) -> None:
        self.drafts: list[_Draft] = []
        self.key: list[tuple[int, str, str]] = []
        """(line, number of the question, answer) of an answer key at the end."""
        self._problems = problems
        self._is_in_key = False
        self._after_blank = True

    def take(self, line: Line) -> None:
        if self._is_in_key and line.kind != "blank":
            self._key_line(line)
        elif line.kind == "blank":
            self._blank()
        else:
            getattr(self, f"_{line.kind.replace('-', '_')}")(line)
        self._after_blank = line.kind == "blank"

    @property
    def _current(self) -> _Draft | None:
        return self.drafts[-1] if self.drafts else None

    def _blank(self) -> None:
        draft = self._current
        if draft is None:
            return
        if draft.has_explanation:
            draft.explanation.append("")
        elif draft.stem and not draft.choices:
            draft.stem.append("")

    def _question(self, line: Line) -> None:
        draft = self._current
        if draft is not None and self._is_numbered_choice(line, draft):
            text = bare_text(line.text).strip("*✓✔√☑ ") if line.is_marked else line.text
            draft.choices.append(_Choice(line.number, line.label, "", text, line.is_marked))
            return
        self.drafts.append(
            _Draft(
                line.number,
                number=str(int(line.label)) if line.label else "",
                is_named=line.is_named,
                stem=[line.text] if line.text else [],
            )
        )

    def _is_numbered_choice(self, line: Line, draft: _Draft) -> bool:
        """Under “Question 1”, a line `1)` is a choice when the numbers begin at one."""
        is_inside = draft.is_named and bool(draft.stem) and not draft.is_done()
        is_next = line.label == str(len(draft.choices) + 1) and len(draft.choices) < len(LETTERS)
        return is_inside and not line.is_named and is_next

    def _choice(self, line: Line) -> None:
        draft = self._current
        shown = f"{line.label}) {line.text}" if line.label else line.text
        if draft is None:
            self._strange(line)
        elif draft.is_done():
            self._continue(draft, shown, line)
        elif not line.label and not draft.stem:
            draft.stem.append(line.text)
        elif line.label == "a" and draft.choices:
            # The choices of another question, whose own line was taken for something else.
            self.drafts.append(_Draft(line.number, broken=[self._begins_anew(line)]))
            self.drafts[-1].choices.append(_choice_of(line))
        elif not line.label or self._is_next(line.label, draft):
            draft.choices.append(_choice_of(line))
        elif draft.choices:
            draft.broken.append(
                (line.number, f"“{_short(shown)}” does not follow the choice before it.")
            )
        else:
            # A sentence may begin with an initial.
            draft.stem.append(shown)

    def _begins_anew(self, line: Line) -> Problem:
        return line.number, "The choices begin with “a” again, but there is no question before."

    def _is_next(self, label: str, draft: _Draft) -> bool:
        return len(draft.choices) < len(LETTERS) and label == LETTERS[len(draft.choices)]

    def _answer(self, line: Line) -> None:
        draft = self._current
        if draft is None:
            self._strange(line)
        else:
            draft.answers.append((line.number, line.text))

    def _explanation(self, line: Line) -> None:
        draft = self._current
        if draft is None:
            self._strange(line)
            return
        if draft.has_explanation:
            draft.explanation.append("")
        draft.has_explanation = True
        if line.text:
            draft.explanation.append(line.text)

    def _both_truths(self, line: Line) -> None:
        draft = self._current
        if draft is None or draft.is_done() or draft.choices:
            self._text(Line(line.number, "text", "True or false"))
        else:
            draft.is_truth = True

    def _key(self, line: Line) -> None:
        draft = self._current
        if not line.is_named and draft is not None and not draft.is_done() and not draft.choices:
            return  # “Answers:” stands above the choices.
        self._is_in_key = True
        if line.text:
            self._key_line(Line(line.number, "text", line.text))

    def _key_line(self, line: Line) -> None:
        text = line.text
        if line.kind == "question":
            text = f"{line.label}. {line.text}"
        elif line.kind == "choice" and line.label:
            text = f"{line.label}) {line.text}"
        entries = key_entries(text)
        if not entries:
            self._problems.append((line.number, "This line of the answer key is not understood."))
            return
        self.key += [(line.number, number, answer) for number, answer in entries]

    def _text(self, line: Line) -> None:
        draft = self._current
        if draft is None or (self._after_blank and (draft.is_done() or draft.choices)):
            if draft is not None and draft.has_explanation and not any(draft.explanation):
                draft.explanation.append(line.text)
                return
            # Perhaps a question without a number; if nothing follows, it is named.
            self.drafts.append(_Draft(line.number, stem=[line.text]))
            return
        self._continue(draft, line.text, line)

    def _continue(self, draft: _Draft, text: str, line: Line) -> None:
        if draft.has_explanation:
            draft.explanation.append(text)
        elif draft.answers:
            if draft.answers[-1][1]:
                self._strange(line)
            else:
                draft.answers[-1] = (draft.answers[-1][0], text)
        elif draft.choices:
            last = draft.choices[-1]
            last.text = f"{last.text} {text}".strip()
        else:
            draft.stem.append(text)

    def _strange(self, line: Line) -> None:
        self._problems.append(
            (line.number, f"“{_short(line.text or line.label)}” belongs to no question.")
        )


# ---------------------------------------------------------------- the answer key


def _apply_key(
    drafts: list[_Draft], key: list[tuple[int, str, str]], problems: list[Problem]
) -> None:
    for line, number, answer in key:
        named = [draft for draft in drafts if draft.number == number]
        if not named:
            problems.append((line, f"The answer key names question {number}, which is not here."))
        elif len(named) > 1:
            problems.append(
                (line, f"There are {len(named)} questions with the number {number}, so the answer "
                       "key cannot be used for them.")
            )  # fmt: skip
        else:
            named[0].answers.append((line, answer))


# ---------------------------------------------------------------- one question


def _question(draft: _Draft, problems: list[Problem]) -> FoundQuestion | None:
    found: list[Problem] = []
    question = _read(draft, found)
    problems += found
    return question if not found else None


def _read(draft: _Draft, problems: list[Problem]) -> FoundQuestion | None:
    stem_lines = _trimmed(draft.stem)
    if draft.broken:
        problems += draft.broken
        return None
    if not stem_lines:
        problems.append((draft.line, f"{draft.called()} has no text."))
        return None
    choices = draft.choices
    truths = [answer_truth(text) for _, text in draft.answers]
    if _are_truths(choices) or (
        not choices and (draft.is_truth or any(each is not None for each in truths))
    ):
        return _true_false(draft, stem_lines, problems)
    if not choices:
        if not draft.number and not draft.answers:
            problems.append(
                (draft.line, f"“{_short(stem_lines[0])}” is neither a question nor an answer.")
            )
        else:
            problems.append((draft.line, f"{draft.called()} has no choices that are understood."))
        return None
    if len({bool(choice.label) for choice in choices}) > 1:
        problems.append(
            (draft.line, f"{draft.called()} has choices with letters and choices without.")
        )
        return None
    marked = _marked(draft, problems)
    if problems:
        return None
    named = _named(draft, problems)
    if problems:
        return None
    right = named or marked
    if named and marked and named != marked:
        problems.append(
            (draft.line, f"{draft.called()} marks another choice than its answer names.")
        )
        return None
    if not right:
        problems.append(
            (draft.line, f"{draft.called()} does not say which answer is right. Mark it with * or "
                         "add a line like “Answer: b”.")
        )  # fmt: skip
        return None
    is_several = len(right) > 1 or any(_SEVERAL.search(line) for line in stem_lines)
    content = {
        "stem": _block(stem_lines),
        "explanation": _block(_trimmed(draft.explanation)),
        "choices": [
            {"id": LETTERS[index], "text": _inline(choice.text), "correct": index in right}
            for index, choice in enumerate(choices)
            if index < len(LETTERS)
        ],
    }
    return _cleaned("multiple-choice" if is_several else "single-choice", content, draft, problems)


def _cleaned(
    kind: str, content: dict[str, Any], draft: _Draft, problems: list[Problem]
) -> FoundQuestion:
    cleaned = type_named(kind).clean(content)
    for problem in cleaned.problems:
        line = draft.line
        if len(problem.where) > 1 and problem.where[0] == "choices":
            line = draft.choices[int(problem.where[1])].line
        problems.append((line, f"{draft.called()}: {problem.sentence}"))
    if len(draft.choices) > len(LETTERS):
        problems.append((draft.line, f"{draft.called()} has more than {len(LETTERS)} choices."))
    return FoundQuestion(kind, cleaned.content, draft.line)


def _true_false(
    draft: _Draft, stem_lines: list[str], problems: list[Problem]
) -> FoundQuestion | None:
    said: set[bool] = set()
    for line, text in draft.answers:
        truth = answer_truth(text)
        letters = answer_letters(text)
        if draft.choices and letters and len(letters) == 1 and (truth is None or _is_letter(text)):
            place = LETTERS.index(letters[0])
            truth = answer_truth(draft.choices[place].text) if place < len(draft.choices) else truth
        if truth is None:
            problems.append((line, f"“{_short(text)}” is neither true nor false."))
        else:
            said.add(truth)
    marks = [choice for choice in draft.choices if choice.is_marked]
    said |= {answer_truth(choice.text) is True for choice in marks}
    if problems:
        return None
    if len(said) != 1:
        problems.append(
            (draft.line, f"{draft.called()} does not say whether it is true or false. Add a line "
                         "like “Answer: True”.")
            if not said
            else (draft.line, f"{draft.called()} is said to be both true and false.")
        )  # fmt: skip
        return None
    lines = [*stem_lines]
    lines[0] = _TRUTH_BEFORE.sub("", lines[0]) or lines[0]
    lines[-1] = _TRUTH_AFTER.sub("", lines[-1]) or lines[-1]
    content = {
        "stem": _block(lines),
        "explanation": _block(_trimmed(draft.explanation)),
        "answer": said.pop(),
    }
    return _cleaned("true-false", content, draft, problems)


def _is_letter(text: str) -> bool:
    """`F` below choices a) and b) is False; `a` and `b` are letters."""
    return text.strip("() .").lower() in ("a", "b")


def _are_truths(choices: list[_Choice]) -> bool:
    words = [answer_truth(choice.text) for choice in choices]
    return len(choices) == 2 and set(words) == {True, False}


def _marked(draft: _Draft, problems: list[Problem]) -> set[int]:
    """Places of the choices that are marked as right."""
    bullets = {choice.bullet for choice in draft.choices}
    if "*" in bullets and len(bullets) > 1:
        problems.append(
            (draft.line, f"{draft.called()} has choices with different bullets; it is not clear "
                         "what the asterisk means.")
        )  # fmt: skip
    marked = {index for index, choice in enumerate(draft.choices) if choice.is_marked}
    # Where everything is bold, bold says nothing.
    is_everything = len(marked) == len(draft.choices) and not _SEVERAL.search(" ".join(draft.stem))
    return set() if is_everything else marked


def _named(draft: _Draft, problems: list[Problem]) -> set[int]:
    """Places of the choices that the answer lines name; all lines must say the same."""
    said: list[set[int]] = []
    for line, text in draft.answers:
        places = _places(text, draft.choices)
        if places is None:
            problems.append(
                (
                    line,
                    f"The answer “{_short(text)}” is none of the choices, or may mean two.",
                )
            )
        else:
            said.append(places)
    if any(each != said[0] for each in said):
        problems.append((draft.answers[-1][0], f"{draft.called()} has two different answers."))
    return said[0] if said else set()


def _places(text: str, choices: list[_Choice]) -> set[int] | None:
    """`b`, `b, d`, `b) the text`, `2`, or the text of a choice itself."""
    same = {index for index, choice in enumerate(choices) if _folded(choice.text) == _folded(text)}
    by_label = _places_by_label(text, choices)
    if len(same) != 1:
        return by_label
    # Blood groups A, B and O as choices a, b and c: the letter may mean either.
    return same if by_label in (None, same) else None


def _places_by_label(text: str, choices: list[_Choice]) -> set[int] | None:
    if choices[0].label.isdecimal():
        numbers = re.findall(r"\d+", text)
        is_list = re.fullmatch(r"\d+(?:\s*(?:,|and|&|\s)\s*\d+)*\.?", text) is not None
        places = {int(number) - 1 for number in numbers} if is_list else set()
        return places if places and max(places) < len(choices) and min(places) >= 0 else None
    letters = answer_letters(text)
    if letters is None and (found := _WITH_TEXT.fullmatch(text)):
        place = LETTERS.index(found[1].lower())
        is_same = place < len(choices) and _folded(choices[place].text) == _folded(found[2])
        return {place} if is_same else None
    places = {LETTERS.index(letter) for letter in letters or ()}
    return places if places and max(places) < len(choices) else None


# ---------------------------------------------------------------- text


def _block(lines: list[str]) -> str:
    """Lines as they stand; a blank line parts paragraphs."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join(markdown(_spans("\n".join(each)))[0] for each in paragraphs if each)


def _inline(text: str) -> str:
    return markdown(_spans(text))[0].replace("\n", " ")


def _spans(text: str) -> list[Span]:
    """Bold letters come as `**`; everything else is taken at its word."""
    spans = []
    position = 0
    for found in _BOLD.finditer(text):
        spans += [Span(text[position : found.start()]), Span(found[1], is_bold=True)]
        position = found.end()
    return [*spans, Span(text[position:])]


def _trimmed(lines: list[str]) -> list[str]:
    text = [line.strip() for line in lines]
    while text and not text[0]:
        text = text[1:]
    while text and not text[-1]:
        text = text[:-1]
    return text


def _folded(text: str) -> str:
    return fold(bare_text(text)).strip(" .*")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
