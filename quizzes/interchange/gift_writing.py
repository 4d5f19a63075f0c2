"""GIFT, written. Texts stay Markdown, which Moodle knows."""

import re
from collections.abc import Sequence
from typing import Final

from quizzes.interchange import weights
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import ONE, decimal, decimal_words
from quizzes.interchange.gift import FORMAT, NONCHARACTERS
from quizzes.interchange.outgoing import Losses, Outgoing, Written, feedback_stays, said_in_turn
from quizzes.question_types.base import Content

_ESCAPED: Final = re.compile(r"([\\~=#{}:])")


def write(questions: Sequence[Outgoing]) -> Written:
    texts, losses = said_in_turn(questions, _say)
    return Written(
        ".gift.txt",
        "text/plain; charset=utf-8",
        ("\n\n".join(texts) + "\n").encode(),
        losses,
        len(texts),
    )


def _say(question: Outgoing, losses: Losses) -> str:
    write_own = _WRITERS.get(question.type)
    if write_own is None:
        raise NotRepresented("GIFT has no question of this type.")
    if question.points != ONE:
        losses.add("GIFT has no points; it will be worth 1.")
    content = question.content
    answers = write_own(content, losses)
    explanation = content["explanation"]
    general = f"####{_text(explanation, losses)}" if explanation else ""
    title = _text(question.title, losses)
    tags = " ".join(f"[tag:{tag}]" for tag in question.tags if not {"[", "]"} & set(tag))
    remark = f"// {tags}\n" if tags else ""
    return f"{remark}::{title}::[markdown]{_text(content['stem'], losses)}{{{answers}{general}}}"


def _text(text: str, losses: Losses) -> str:
    if NONCHARACTERS.search(text):
        losses.add("Signs that stand for nothing were taken out.")
        text = NONCHARACTERS.sub("", text)
    written = _ESCAPED.sub(r"\\\1", text).replace("\n", r"\n")
    if FORMAT.match(text):
        # It would be taken for the name of a format.
        return f"[markdown]{written}"
    return written


def _choices_of(content: Content, losses: Losses) -> str:
    if "scoring" not in content:
        marks = ["=" if choice["correct"] else "~" for choice in content["choices"]]
    else:
        say_all_or_nothing(content, losses)
        marks = [f"~%{each}%" for each in weights.all_weights(content)]
    lines = []
    for mark, choice in zip(marks, content["choices"], strict=True):
        text = _text(choice["text"], losses)
        if mark == "~" and text.lstrip().startswith("%"):
            mark = "~%0%"
        lines.append(f"{mark}{text}{_note(choice['feedback'], losses)}")
    return "\n" + "\n".join(lines) + "\n"


def say_all_or_nothing(content: Content, losses: Losses) -> None:
    if content["scoring"] == "all-or-nothing":
        losses.add(
            "There, a part of the right choices earns a part of the points; one wrong choice takes "
            "all."
        )
    elif sum(choice["correct"] for choice in content["choices"]) == 1:
        losses.add("With one right choice, a share of the points is all or nothing.")


def _note(text: str, losses: Losses) -> str:
    return f"#{_text(text, losses)}" if text else ""


def _truth_of(content: Content, losses: Losses) -> str:
    names = ("feedback_false", "feedback_true")
    wrong, right = (content[name] for name in (names if content["answer"] else names[::-1]))
    notes = f"{_text(wrong, losses)}#{_text(right, losses)}" if right else _text(wrong, losses)
    return f"{'T' if content['answer'] else 'F'}{f'#{notes}' if notes else ''}"


def _matching_of(content: Content, losses: Losses) -> str:
    say_matching(content, losses)
    lines = [(pair["term"], pair["answer"]) for pair in content["pairs"]]
    lines += [("", extra) for extra in content["extras"]]
    if any("->" in term for term, _answer in lines):
        raise NotRepresented("A term holds “->”, which GIFT puts between term and answer.")
    return (
        "\n"
        + "\n".join(f"={_text(term, losses)} -> {_text(answer, losses)}" for term, answer in lines)
        + "\n"
    )


def say_matching(content: Content, losses: Losses) -> None:
    feedback_stays(content, "pairs", losses, word="pairs")
    if content["scoring"] != "partial":
        losses.add("There, each right pair earns a share of the points.")
    answers = [pair["answer"].casefold() for pair in content["pairs"]]
    if content["reuse"] and len(set(answers)) == len(answers):
        losses.add("There, no answer is said to serve several terms.")


def _short_text_of(content: Content, losses: Losses) -> str:
    if content["exact_case"]:
        losses.add("GIFT does not tell capitals apart.")
    say_accents(content, losses)
    lines = []
    for answer in content["answers"]:
        if answer["text"].startswith(("%", "[")) or "->" in answer["text"]:
            raise NotRepresented("An accepted answer has signs that GIFT reads as marks.")
        share = weights.HUNDRED * (decimal(answer["share"]) or ONE * 0)
        weight = "" if share == weights.HUNDRED else f"%{decimal_words(share)}%"
        text = _text(answer["text"], losses)
        lines.append(f"={weight}{text}{_note(answer['feedback'], losses)}")
    return "\n" + "\n".join(lines) + "\n"


def say_accents(content: Content, losses: Losses) -> None:
    if not content["exact_accents"]:
        losses.add("There, accents must be right.")


def _numeric_of(content: Content, losses: Losses) -> str:
    if content["unit"]:
        losses.add("The unit stays behind.")
    value, tolerance = absolute(content, losses)
    return f"#{value}:{tolerance}" if tolerance != "0" else f"#{value}"


def absolute(content: Content, losses: Losses) -> tuple[str, str]:
    """Value and tolerance as numbers of the same unit."""
    if content["feedback_low"] or content["feedback_high"]:
        losses.add("The notes to a lower and a higher number stay behind.")
    value, tolerance = content["value"], content["tolerance"]
    if content["tolerance_in"] == "percent":
        losses.add("The tolerance in percent became one in numbers.")
        spread = abs((decimal(value) or ONE * 0) * (decimal(tolerance) or ONE * 0)) / 100
        tolerance = decimal_words(spread)
    return value, tolerance


_WRITERS: Final = {
    "single-choice": _choices_of,
    "multiple-choice": _choices_of,
    "true-false": _truth_of,
    "matching": _matching_of,
    "short-text": _short_text_of,
    "numeric": _numeric_of,
}
