"""Moodle's questions in the middle of a text: `{1:MULTICHOICE:=right~wrong}`."""

import re
from typing import Final

from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import Item, letter
from quizzes.interchange.markup import plain_of
from quizzes.interchange.outgoing import Losses
from quizzes.question_types.base import Content

MARK: Final = "qzgap{}zq"
"""Stands for a gap while HTML is turned into Markdown, which leaves letters alone."""
_MARKED: Final = re.compile(r"qzgap(\d{1,3})zq")
_GAP: Final = re.compile(
    r"\{\s*(?P<points>\d{0,3}(?:\.\d{1,4})?):(?P<kind>[A-Z_]{2,24}):(?P<body>(?:\\.|[^\\}]){0,4000})\}",
    re.DOTALL,
)
_LISTS: Final = {
    *("MULTICHOICE", "MC", "MULTICHOICE_S", "MCS", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"),
    *("MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"),
}
_SPECIAL: Final = re.compile(r'([\\}#~/"])')
_OURS: Final = re.compile(r"\[\[ {0,3}([^\[\]\s](?:[^\[\]\n]{0,58}[^\[\]\s])?) {0,3}\]\]")
FILL: Final = "Fill in the gaps."


def split_stem(text: str, item: Item) -> tuple[str, str]:
    """Stem and text of a body in Markdown: the text begins where the first gap is."""
    paragraphs = text.split("\n\n")
    first = next(
        (place for place, each in enumerate(paragraphs) if _OURS.search(each)), len(paragraphs)
    )
    stem = "\n\n".join(paragraphs[:first])
    if not stem:
        item.changed(f"It has no words before the text with gaps; “{FILL}” was put there.")
        stem = FILL
    return stem, "\n\n".join(paragraphs[first:])


def joined_stem(content: Content, losses: Losses) -> str:
    """The way back: stem, an empty line, the text."""
    first = content["text"].split("\n\n")[0]
    if not _OURS.search(first) or _OURS.search(content["stem"]) or "[[" in content["stem"]:
        losses.add("Question and text with gaps became one text.")
    return f"{content['stem']}\n\n{content['text']}"


def with_gaps(text: str) -> str:
    """Marks for gaps → our spelling of them."""
    return _MARKED.sub(lambda found: f"[[{letter(int(found[1]))}]]", text)


def marked(text: str, gaps: list[str]) -> str:
    """Our gaps → what the other form has in their places; `gaps` are the names in order."""
    return _OURS.sub(
        lambda found: MARK.format(gaps.index(found[1])) if found[1] in gaps else found[0], text
    )


def read_gaps(text: str, item: Item) -> tuple[str, list[Content]]:
    """The text with marks, and the gaps as our content says them."""
    gaps: list[Content] = []

    def take(found: re.Match[str]) -> str:
        if found["kind"] not in _LISTS:
            raise NotRepresented(
                f"It has a gap of the kind {found['kind']} in a text; only gaps with a list to "
                "choose from are known here."
            )
        if found["points"] not in ("", "1"):
            item.changed("Gaps had different worth; here each has the same.")
        gaps.append(_gap(found["body"], len(gaps), item))
        return MARK.format(len(gaps) - 1)

    return _GAP.sub(take, text), gaps


def _gap(body: str, place: int, item: Item) -> Content:
    right: list[str] = []
    others: list[str] = []
    notes: list[str] = []
    for option in _split(body, "~"):
        words, *feedback = _split(option, "#")
        weight = "0"
        if found := re.match(r"\s*(?:=|%(-?[\d.]{1,10})%)", words):
            weight = "100" if found[1] is None else found[1]
            words = words[found.end() :]
        text = " ".join(_bare(words).split())
        notes.append(_bare(feedback[0]).strip() if feedback else "")
        if weight.rstrip("0").rstrip(".") in ("1", "100") or weight == "100":
            right.append(text)
        else:
            if weight.lstrip("-").strip("0.") and not weight.startswith("-"):
                item.changed("Options that earned a part of the points earn none here.")
            others.append(text)
    if len(right) != 1:
        raise NotRepresented("A gap in its text has not exactly one right option.")
    feedback_text = notes[0] if len(set(notes)) == 1 else ""
    if not feedback_text and any(notes):
        item.leave("Notes on single options of a gap have no place here.")
    return {"id": letter(place), "right": right[0], "others": others, "feedback": feedback_text}


def _split(text: str, mark: str) -> list[str]:
    pieces = [""]
    place = 0
    while place < len(text):
        if text[place] == "\\" and place + 1 < len(text):
            pieces[-1] += text[place : place + 2]
            place += 2
        elif text[place] == mark:
            pieces.append("")
            place += 1
        else:
            pieces[-1] += text[place]
            place += 1
    return pieces


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def write_gap(gap: Content, losses: Losses) -> str:
    note = plain_of(gap["feedback"], is_line=True)
    if note != gap["feedback"]:
        losses.add("The looks of notes on gaps stay behind.")
    tail = f"#{_escaped(note)}" if note else ""
    options = [f"={_escaped(gap['right'])}{tail}"]
    options += [f"~{_escaped(option)}{tail}" for option in gap["others"]]
    if any(option.startswith(("=", "%")) for option in gap["others"]):
        losses.add("An option begins with a sign that the other system reads as a mark.")
    return f"{{1:MULTICHOICE:{''.join(options)}}}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def has_gap(text: str) -> bool:
    return _GAP.search(text) is not None
