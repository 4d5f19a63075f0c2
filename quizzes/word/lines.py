"""What one line of a pasted quiz is: a stem, a choice, an answer, an explanation."""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

LETTERS: Final = "abcdefghij"
# Marks that authors put at a right choice.
_TICKS: Final = "*✓✔√"
_BULLETS: Final = "•●○◦▪▫■□·‣⁃o–—-"

_SPACES = re.compile(r"[\s\u200b\u200c\u200d\u2060\ufeff]+")
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_NAMED_QUESTION = re.compile(
    r"(?:q|question|item)\s*(?:(?:#|no\.?|nr\.?)?\s*(?P<number>\d{1,3})(?:\s+of\s+\d{1,3})?"
    r"\s*(?:[.):–—-]+\s*|$)|[.):]\s+)(?P<text>.*)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:_{2,}\s*)?\(?(?P<number>\d{1,3})(?:[.):]|\.\))(?:\s+|$)(?P<text>.*)")
# Letters that no choice may have are seen as well, so that they are not taken for text.
_LETTERED = re.compile(r"\(?(?P<letter>[A-Za-z])(?:\)|[.:]|\.\))(?:\s+(?P<text>.*)|$)")
_TICKED_LABEL = re.compile(r"(\(?[A-Ja-j][.):])[*✓✔√](?=\s)")
_CHECKBOX = re.compile(r"(?:\[(?P<typed>[ xX✓✔]?)\]|(?P<drawn>[☐☑☒]))\s*(?P<text>\S.*)")
_BULLET = re.compile(rf"(?P<bullet>[{re.escape(_BULLETS)}])\s+(?P<text>\S.*)")
_TRUTH = re.compile(r"(?P<word>true|false)\.?", re.IGNORECASE)
_BOTH_TRUTHS = re.compile(
    r"[(\[]?\s*(?:true\s*(?:/|or|\|)?\s*false|t\s*(?:/|or)\s*f)\s*[)\]]?[.:?]?", re.IGNORECASE
)
_ANSWER = re.compile(
    r"[(\[]?\s*(?:the\s+)?(?:correct|right)?\s*"
    r"(?:answers?|ans|(?<=correct )(?:choices?|options?|responses?)|(?<=correct)(?=\s*[:=]))"
    r"(?:\s+(?:is|are)\b\s*:?|\s*[:=–—]|\s*\.(?=\s)|\s+-|\s*(?=$))\s*(?P<text>.*?)\s*[)\]]?",
    re.IGNORECASE,
)
_EXPLANATION = re.compile(
    r"(?:explanation|rationale|feedback|reason)\s*(?:[:–—]|\.(?=\s)|\s-)\s*(?P<text>.*)",
    re.IGNORECASE,
)
_EXPLANATION_INSIDE = re.compile(
    r" (?=\*{0,2}(?:explanation|rationale|feedback) ?:)", re.IGNORECASE
)
_KEY = re.compile(
    r"(?:the\s+)?(?:answer\s+(?:key|sheet)|key|correct\s+answers|answers)\s*[:.–—-]?\s*(?P<text>.*)",
    re.IGNORECASE,
)
_KEY_ENTRY = re.compile(
    r"\s*[,;|]?\s*(?:q|question)?\s*\(?(?P<number>\d{1,3})\s*[.):=–—-]*\s*"
    r"\(?(?P<answer>true|false|[a-jt](?![a-z])(?:\s*(?:,|&|/|\+|and\b)\s*[a-j](?![a-z]))*)\)?\.?",
    re.IGNORECASE,
)
_LETTER_LIST = re.compile(r"\(?[a-j]\)?(?:\s*(?:,|;|&|/|\+|\band\b|\s)\s*\(?[a-j]\)?)*[.)]?", re.I)
_RIGHT_WORDS = re.compile(
    r"\s*[(\[](?:correct|right|correct answer|right answer|answer)[)\]]\.?$", re.I
)


@dataclass(frozen=True)
class Line:
    number: int
    """From 1, as the author counts."""
    kind: str
    """blank | question | choice | answer | explanation | key | both-truths | text"""
    text: str = ""
    label: str = ""
    """Number of a question; letter or number of a choice, empty when it has none."""
    bullet: str = ""
    is_marked: bool = False
    """A choice that the author marked as right."""
    is_named: bool = False
    """A question that says so: `Q1`, `Question 1`."""


def read_line(number: int, raw: str) -> Line:
    """Judge one line by itself. Bold letters come as `**`."""
    text = _SPACES.sub(" ", raw).strip()
    if not text:
        return Line(number, "blank")
    bare = bare_text(text)
    if found := _KEY.fullmatch(bare):
        rest = found["text"]
        if not rest or key_entries(rest) is not None:
            is_lone_answer = bare.lower().startswith(("answers", "correct answers")) and not rest
            return Line(number, "key", rest, is_named=not is_lone_answer)
    if found := _EXPLANATION.fullmatch(bare):
        return Line(number, "explanation", _rest(text, found["text"]))
    if (found := _ANSWER.fullmatch(bare)) and _is_answer(bare, found["text"]):
        return Line(number, "answer", found["text"])
    if _BOTH_TRUTHS.fullmatch(bare):
        return Line(number, "both-truths")
    if found := _NAMED_QUESTION.fullmatch(bare):
        return Line(
            number,
            "question",
            _rest(text, found["text"]),
            label=found["number"] or "",
            is_named=True,
        )
    return _choice(number, text) or _numbered(number, text) or Line(number, "text", text)


def _is_answer(bare: str, rest: str) -> bool:
    """‘Answers’ as the first word of a sentence is no answer."""
    return bool(rest) or len(bare.split()) <= 2


def _numbered(number: int, text: str) -> Line | None:
    is_marked, inner = _without_tick(text)
    found = _NUMBERED.fullmatch(_bold_taken_from_label(inner))
    if found is None:
        return None
    rest, is_right = _right(found["text"])
    return Line(
        number,
        "question",
        found["text"],
        label=found["number"],
        is_marked=is_marked or is_right or _is_all_bold(text) or bool(rest and _is_all_bold(rest)),
    )


def _choice(number: int, text: str) -> Line | None:
    is_ticked, inner = _without_tick(text)
    if found := _TICKED_LABEL.match(inner):
        is_ticked, inner = True, f"{found[1]} {inner[found.end() :]}"
    is_bold = _is_all_bold(inner)
    inner = _bold_taken_from_label(inner)
    label = bullet = ""
    if found := _CHECKBOX.fullmatch(inner):
        is_ticked = (
            is_ticked or bool((found["typed"] or "").strip()) or found["drawn"] in ("☑", "☒")
        )
        bullet = "☐"
        rest = found["text"]
        if inside := _LETTERED.fullmatch(rest):
            label, rest = inside["letter"].lower(), inside["text"] or ""
    elif found := _LETTERED.fullmatch(inner):
        label, rest = found["letter"].lower(), found["text"] or ""
    elif found := _BULLET.fullmatch(inner):
        bullet, rest = found["bullet"], found["text"]
    elif found := _TRUTH.fullmatch(bare_text(inner)):
        rest = found["word"].capitalize()
    elif is_ticked and text[0] == "*" and text[1:2] == " ":
        # An asterisk with a space is a bullet first; whether it marks is seen by its neighbors.
        return Line(number, "choice", text[1:].strip(), bullet="*")
    else:
        return None
    rest, is_right = _right(rest)
    return Line(number, "choice", rest, label, bullet, is_marked=is_ticked or is_bold or is_right)


def _without_tick(text: str) -> tuple[bool, str]:
    """`*b) text` and `✓ b) text`, but not the two asterisks of bold letters."""
    if text[0] in _TICKS and not text.startswith("**"):
        return True, text[1:].lstrip()
    if text.startswith("***") and not text.startswith("****"):
        return True, text[1:]
    return False, text


def _right(text: str) -> tuple[str, bool]:
    """The text of a choice without the marks that call it right."""
    text = text.strip()
    without = _RIGHT_WORDS.sub("", text)
    is_right = without != text
    text = without
    if text and not text.startswith("**") and text[0] in _TICKS and text.count("*") != 2:
        is_right, text = True, text[1:].lstrip()
    elif text and not text.endswith("**") and text[-1] in _TICKS and text.count("*") != 2:
        is_right, text = True, text[:-1].rstrip()
    if _is_all_bold(text):
        is_right, text = True, text[2:-2].strip()
    return text, is_right


def _is_all_bold(text: str) -> bool:
    found = _BOLD.fullmatch(text)
    return found is not None and "**" not in found[1]


def _bold_taken_from_label(text: str) -> str:
    """`**b) text**` and `**b)** text` begin like `b) text`."""
    if _is_all_bold(text):
        return text[2:-2].strip()
    found = re.match(r"\*\*\s*(\(?[A-Ja-j0-9]{1,3}[.):]+)\s*\*\*\s*", text)
    if found:
        return f"{found[1]} {text[found.end() :]}"
    # Bold from the label on into the text: the label is no part of what stays bold.
    found = re.match(r"\*\*\s*(\(?[A-Ja-j0-9]{1,3}[.):]+)\s+", text)
    return f"{found[1]} **{text[found.end() :]}" if found else text


def bare_text(text: str) -> str:
    """Without the marks of bold letters."""
    return text.replace("**", "").strip()


def _rest(text: str, bare_rest: str) -> str:
    """What follows a label, with its bold letters where they can be told apart from the label."""
    if not bare_rest or text.endswith(bare_rest):
        return bare_rest
    for start in range(len(text)):
        tail = text[start:]
        if bare_text(tail) == bare_rest and len(_BOLD.findall(tail)) * 2 == tail.count("**"):
            return tail
    return bare_rest


def key_entries(text: str) -> list[tuple[str, str]] | None:
    """`1. b 2. c, d 3. True`: (number, answer) in order; None when something else is in it."""
    entries: list[tuple[str, str]] = []
    position = 0
    text = bare_text(text)
    while position < len(text):
        found = _KEY_ENTRY.match(text, position)
        if found is None:
            return entries if entries and not text[position:].strip(" .;,|") else None
        entries.append((str(int(found["number"])), found["answer"]))
        position = found.end()
    return entries


def answer_letters(text: str) -> list[str] | None:
    """`b`, `B.`, `a, c`, `a and c`, `(b)`: the letters; None when it is something else."""
    text = text.strip().strip("*").strip()
    if _LETTER_LIST.fullmatch(text):
        return re.findall(r"[a-j]", re.sub(r"\band\b", "", text.lower()))
    # `BD`: letters run together, in order.
    low = text.lower().rstrip(".")
    is_run = text.isupper() and 1 < len(low) <= len(LETTERS) and set(low) <= set(LETTERS)
    if is_run and list(low) == sorted(set(low)):
        return list(low)
    return None


def answer_truth(text: str) -> bool | None:
    word = text.strip().strip("*().").lower()
    return {"true": True, "t": True, "false": False, "f": False}.get(word)


def split_line(text: str) -> list[str]:
    """What stands on one line and is written on several by others."""
    text = _SPACES.sub(" ", text).strip()
    first, *explanation = _EXPLANATION_INSIDE.split(text, maxsplit=1)
    if explanation and not _ANSWER.fullmatch(bare_text(first)):
        return split_choices(text)
    return [*split_choices(first), *explanation]


def split_choices(text: str) -> list[str]:
    """`stem a) one b) two answer: b` on one line, cut before every choice and the answer."""
    starts: list[int] = []
    position = 0
    style = ""
    for letter in LETTERS:
        pattern = rf"(?:(?<=\s)|^)(?P<mark>[*✓✔]?)(?P<open>\(?){letter}\)\s"
        found = re.compile(pattern, re.IGNORECASE).search(text, position)
        if found is None or (starts and found["open"] != style):
            break
        style = found["open"]
        starts.append(found.start())
        position = found.end()
    if len(starts) < 2:
        return [text]
    ending = re.compile(
        r"\s(?=(?:correct\s+)?ans(?:wer)?s?\s*[:.]\s*\S+(?:\s*(?:,|and)\s*\w)*\.?$)", re.I
    )
    found = ending.search(text, position)
    cuts = [*starts, *([found.start()] if found else []), len(text)]
    pieces = [text[: cuts[0]], *(text[a:b] for a, b in pairwise(cuts))]
    return [each.strip() for each in pieces if each.strip()]
