"""GIFT, the text format of Moodle: https://docs.moodle.org/en/GIFT_format

Read here because the parsers that can be had stopped years ago (docs/decisions/0027).
"""

import re
from collections.abc import Sequence
from typing import Final

from quizzes.interchange import markup, weights
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import (
    ONE,
    Collector,
    Item,
    Reading,
    decimal,
    decimal_words,
    letter,
    short_text,
)
from quizzes.question_types.base import Content

NAME: Final = "gift"
# Escaped signs stand as signs that Unicode has set aside for such uses.
_SIGNS: Final = "\\~=#{}:n"
_HIDDEN: Final = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_SIGNS)}
_SHOWN: Final = str.maketrans(
    {hidden: "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()}
)
NONCHARACTERS: Final = re.compile("[\ufdd0-\ufdef]")
_ESCAPE: Final = re.compile(r"\\([\\~=#{}:n])")
_TITLE: Final = re.compile(r"\s*::(.*?)::", re.DOTALL)
FORMAT: Final = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT: Final = re.compile(r"\s*%(-?\d{1,3}(?:\.\d{0,6})?)%")
_TRUTHS: Final = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_OF_MOODLE: Final = re.compile(r"//\s*question: \d+\s+name:")
_TAG: Final = re.compile(r"\[tag:([^\[\]]{1,80})\]")


def read(text: str) -> Reading:
    collector = Collector(NAME)
    if NONCHARACTERS.search(text):
        collector.change(0, "Signs that stand for nothing were taken out of the text.")
        text = NONCHARACTERS.sub("", text)
    category = ""
    tags: list[str] = []
    block: list[str] = []
    begun = 0
    for number, raw in enumerate([*text.split("\n"), ""], start=1):
        line = raw.strip()
        if line.startswith("//"):
            found = _TAG.findall(line)
            tags += found
            is_said = found or "[id:" in line or _OF_MOODLE.match(line)
            if line.strip("/ ") and not is_said:
                collector.leave(
                    number, f"The remark “{short_text(line.strip('/ '))}” was left out."
                )
        elif not block and line.startswith("$CATEGORY:"):
            category = line.removeprefix("$CATEGORY:").strip()[:200]
        elif line:
            begun = begun or number
            block.append(raw)
        elif block:
            item = Item(begun, category=category, tags=tags)
            joined = "\n".join(block)
            collector.take(item, lambda each, joined=joined: _question(joined, each))  # type: ignore[misc]
            block, begun, tags = [], 0, []
    return collector.reading()


# ------------------------------------------------------------------------------- one question


def _question(block: str, item: Item) -> tuple[str, Content]:
    text = _ESCAPE.sub(lambda found: _HIDDEN[found[1]], block)
    if found := _TITLE.match(text):
        item.title = short_text(found[1].translate(_SHOWN))
        text = text[found.end() :]
    else:
        item.title = short_text(FORMAT.sub("", text).partition("{")[0].translate(_SHOWN), most=60)
    form = "moodle"
    if found := FORMAT.match(text):
        form = found[1].lower()
        text = text[found.end() :]
    start, end = text.find("{"), text.rfind("}")
    if start < 0 and end < 0:
        raise NotRepresented("This is a text without a question, which a quiz here cannot ask.")
    if start < 0 or end < start:
        raise NotRepresented("Its braces are not closed.")
    before, answers, after = text[:start], text[start + 1 : end], text[end + 1 :]
    if "{" in answers or "}" in answers:
        raise NotRepresented("It has several pairs of braces, or a brace without a backslash.")
    if after.strip():
        item.changed("The gap in the middle of the question became a line.")
        before = f"{before.rstrip()} _____ {after.lstrip()}"
        if form == "markdown":
            before = before.replace("_____", r"\_\_\_\_\_")
    reader = _Texts(form, item)
    answers, _, explanation = answers.partition("####")
    content = {
        "stem": reader.text(before),
        "explanation": reader.text(explanation),
    }
    type_name, own = _answers(answers.strip(), reader, item)
    return type_name, {**content, **own}


class _Texts:
    def __init__(self, form: str, item: Item) -> None:
        self._form = form
        self._item = item

    def text(self, raw: str, *, is_line: bool = False) -> str:
        form = self._form
        if found := FORMAT.match(raw):
            form = found[1].lower()
            raw = raw[found.end() :]
        text = raw.strip().translate(_SHOWN)
        if form == "markdown":
            return text
        if form == "html" or (form == "moodle" and markup.looks_like_html(text)):
            return markup.from_html(text, self._item, is_line=is_line)
        return markup.from_plain(text, is_line=is_line)

    def words(self, raw: str) -> str:
        """An answer to be typed, which has no looks."""
        if found := FORMAT.match(raw):
            raw = raw[found.end() :]
        return " ".join(raw.translate(_SHOWN).split())


def _answers(answers: str, reader: _Texts, item: Item) -> tuple[str, Content]:
    if not answers:
        raise NotRepresented("It asks for a free text (essay), which no computer can mark.")
    if answers.startswith("#"):
        return _numeric(answers[1:].strip(), reader, item)
    first, *notes = answers.split("#")
    truth = _TRUTHS.get(first.strip().upper())
    if truth is not None and "~" not in answers and "=" not in answers:
        # The first note is for those who answer wrong, the second for the others.
        wrong, right = [reader.text(each, is_line=True) for each in (*notes, "", "")[:2]]
        named = (
            ("feedback_false", "feedback_true") if truth else ("feedback_true", "feedback_false")
        )
        return "true-false", {"answer": truth, named[0]: wrong, named[1]: right}
    pieces = _pieces(answers)
    if all(mark == "=" for mark, _text in pieces):
        if all("->" in text for _mark, text in pieces):
            return _matching([text for _mark, text in pieces], reader, item)
        return _short_text([text for _mark, text in pieces], reader, item)
    return _choices(pieces, reader, item)


def _pieces(answers: str) -> list[tuple[str, str]]:
    if answers[0] not in "=~":
        raise NotRepresented("Its answers do not begin with = or ~.")
    pieces: list[tuple[str, str]] = []
    for sign in answers:
        if sign in "=~":
            pieces.append((sign, ""))
        else:
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + sign)
    return pieces


def _choices(pieces: Sequence[tuple[str, str]], reader: _Texts, item: Item) -> tuple[str, Content]:
    found = []
    choices: list[Content] = []
    for mark, text in pieces:
        weight = weights.HUNDRED if mark == "=" else weights.HUNDRED * 0
        if mark == "~" and (said := _WEIGHT.match(text)):
            weight = weights.percent(said[1], item)
            text = text[said.end() :]
        words, _, note = text.partition("#")
        found.append(weight)
        choices.append(
            {
                "text": reader.text(words, is_line=True),
                "feedback": reader.text(note, is_line=True),
            }
        )
    is_single = any(mark == "=" for mark, _text in pieces)
    return weights.choice_question(found, choices, item, is_single=is_single)


def _matching(texts: Sequence[str], reader: _Texts, item: Item) -> tuple[str, Content]:
    pairs: list[Content] = []
    extras: list[str] = []
    for text in texts:
        term, _, answer = text.partition("->")
        written = reader.text(answer, is_line=True)
        if "#" in answer:
            item.leave("A note on a pair cannot be told from its answer.")
        if term.strip():
            pairs.append(
                {
                    "id": letter(len(pairs)),
                    "term": reader.text(term, is_line=True),
                    "answer": written,
                }
            )
        else:
            extras.append(written)
    return "matching", matching_content(pairs, extras)


def matching_content(pairs: list[Content], extras: list[str]) -> Content:
    """Other systems give a share for each pair, and let an answer serve several terms."""
    answers = [pair["answer"].casefold() for pair in pairs]
    return {
        "pairs": pairs,
        "extras": extras,
        "reuse": len(set(answers)) < len(answers),
        "scoring": "partial",
    }


def _short_text(texts: Sequence[str], reader: _Texts, item: Item) -> tuple[str, Content]:
    answers: list[Content] = []
    for text in texts:
        share = weights.HUNDRED
        if said := _WEIGHT.match(text):
            share = weights.percent(said[1], item)
            text = text[said.end() :]
        words, _, note = text.partition("#")
        answers.append(
            {
                "text": reader.words(words),
                "share": decimal_words(share / 100),
                "feedback": reader.text(note, is_line=True),
            }
        )
    return "short-text", short_text_content(answers, item, exact_case=False)


def short_text_content(answers: list[Content], item: Item, *, exact_case: bool) -> Content:
    """Moodle tells accents apart, and so does what comes from there."""
    if not any(answer["share"] == "1" for answer in answers):
        raise NotRepresented("No answer earns all points, so none can be shown as the right one.")
    if any((decimal(answer["share"]) or ONE) < 0 for answer in answers):
        item.changed("Answers that took points away earn none here.")
    for answer in answers:
        share = max(decimal(answer["share"]) or ONE * 0, ONE * 0)
        answer["share"] = decimal_words(share.quantize(ONE / 10_000))
    if answers[0]["share"] != "1":
        item.changed("The first answer that earns all points was put first.")
        answers.sort(key=lambda answer: answer["share"] != "1")
    return {"answers": answers, "exact_case": exact_case, "exact_accents": True}


def _numeric(text: str, reader: _Texts, item: Item) -> tuple[str, Content]:
    pieces = [text] if text[:1] not in ("=", "~") else [each for _mark, each in _pieces(text)]
    if len(pieces) > 1:
        item.changed("Only the first of its numbers is taken as right.")
    piece = pieces[0]
    if said := _WEIGHT.match(piece):
        piece = piece[said.end() :]
    number, _, note = piece.partition("#")
    if note.strip():
        item.leave("A note to the right number has no place here; write it into the explanation.")
    number = number.strip().translate(_SHOWN)
    if ".." in number:
        low, high = (decimal(each) for each in number.split("..", 1))
        if low is None or high is None or low > high:
            raise NotRepresented(f"“{short_text(number)}” is no span of numbers.")
        return "numeric", {
            "value": decimal_words((low + high) / 2),
            "tolerance": decimal_words((high - low) / 2),
        }
    value, _, tolerance = number.partition(":")
    if decimal(value) is None or (tolerance.strip() and decimal(tolerance) is None):
        raise NotRepresented(f"“{short_text(number)}” is no number with a tolerance.")
    return "numeric", {
        "value": decimal_words(decimal(value) or ONE * 0),
        "tolerance": decimal_words(decimal(tolerance) or ONE * 0),
    }
