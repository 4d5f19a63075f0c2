"""Moodle XML, written. Texts stay Markdown, which Moodle knows."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from urllib.parse import quote

from quizzes.interchange import cloze, moodle_pictures, weights
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import ONE, decimal, decimal_words
from quizzes.interchange.gift_writing import absolute, say_accents, say_all_or_nothing, say_matching
from quizzes.interchange.markup import plain_of
from quizzes.interchange.moodle_files import file_element, xml_text
from quizzes.interchange.outgoing import FIGURE, Losses, Outgoing, Written, said_in_turn
from quizzes.interchange.shelf import bracketed
from quizzes.question_types.base import Content

_REFERENCE: Final = re.compile(
    r"\[(?:[^\[\]@]{1,40}: ?)?@\w|\]\((?:glossary|figure|handout):|\]\{lang="
)


def write(questions: Sequence[Outgoing]) -> Written:
    texts, losses = said_in_turn(questions, _say, has_pictures=True)
    body = "\n".join(texts)
    return Written(
        ".moodle.xml",
        "application/xml; charset=utf-8",
        f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}\n</quiz>\n'.encode(),
        losses,
        len(texts),
    )


def _say(question: Outgoing, losses: Losses) -> str:
    own = _WRITERS.get(question.type)
    if own is None:
        raise NotRepresented("Moodle has no question of this type that we can write.")
    content = question.content
    kind, body, lines = own(content, losses)
    for text in (content["stem"], content["explanation"]):
        if _REFERENCE.search(FIGURE.sub("", text)):
            losses.add("References, terms and languages stand there as they are written here.")
    return "\n".join(
        [
            f'<question type="{kind}">',
            f"<name><text>{xml_text(question.title, losses)}</text></name>",
            _field("questiontext", body, losses),
            _field("generalfeedback", content["explanation"], losses),
            f"<defaultgrade>{decimal_words(question.points)}</defaultgrade>",
            *lines,
            *_tags(question, losses),
            "</question>",
        ]
    )


def _tags(question: Outgoing, losses: Losses) -> list[str]:
    tags = "".join(f"<tag><text>{xml_text(tag, losses)}</text></tag>" for tag in question.tags)
    return [f"<tags>{tags}</tags>"] if tags else []


def _field(name: str, text: str, losses: Losses, *, attributes: str = "", inner: str = "") -> str:
    return f'<{name}{attributes} format="markdown">{_with_files(text, losses)}{inner}</{name}>'


def _with_files(text: str, losses: Losses) -> str:
    """The text, and the figures that it shows, which hang on its field."""
    hung: dict[str, str] = {}

    def take(found: re.Match[str]) -> str:
        figure = losses.figure(found[2])
        hung[figure.slug] = file_element(figure.file_name, figure.content)
        alt = found[1] or bracketed(figure.alt)
        return f"![{alt}](@@PLUGINFILE@@/{quote(figure.file_name)})"

    text = FIGURE.sub(take, text)
    return f"<text>{xml_text(text, losses)}</text>{''.join(hung.values())}"


def _answer(text: str, fraction: str, feedback: str, losses: Losses, *, is_plain: bool) -> str:
    form = "plain_text" if is_plain else "markdown"
    said = f"<text>{xml_text(text, losses)}</text>" if is_plain else _with_files(text, losses)
    return (
        f'<answer fraction="{fraction}" format="{form}">{said}'
        f"{_field('feedback', feedback, losses)}</answer>"
    )


_Said = tuple[str, str, list[str]]
"""The type in Moodle, the question text, and the lines below it."""


def _choices(content: Content, losses: Losses) -> _Said:
    is_single = "scoring" not in content
    if is_single:
        worth = ["100" if choice["correct"] else "0" for choice in content["choices"]]
    else:
        say_all_or_nothing(content, losses)
        worth = weights.all_weights(content)
    return (
        "multichoice",
        content["stem"],
        [
            f"<single>{'true' if is_single else 'false'}</single>",
            *(
                _answer(choice["text"], each, choice["feedback"], losses, is_plain=False)
                for choice, each in zip(content["choices"], worth, strict=True)
            ),
        ],
    )


def _truth(content: Content, losses: Losses) -> _Said:
    lines = []
    for word, is_true in (("true", True), ("false", False)):
        fraction = "100" if content["answer"] is is_true else "0"
        lines.append(_answer(word, fraction, content[f"feedback_{word}"], losses, is_plain=True))
    return "truefalse", content["stem"], lines


def _matching(content: Content, losses: Losses) -> _Said:
    say_matching(content, losses)
    pairs = [(pair["term"], pair["answer"]) for pair in content["pairs"]]
    pairs += [("", extra) for extra in content["extras"]]
    lines = []
    for term, answer in pairs:
        if FIGURE.search(answer):
            raise NotRepresented("An answer of a pair is a picture, which Moodle does not show.")
        words = plain_of(answer)
        if words != answer:
            losses.add("Answers of pairs are plain text there; their looks stay behind.")
        inner = f"<answer><text>{xml_text(words, losses)}</text></answer>"
        lines.append(_field("subquestion", term, losses, inner=inner))
    return "matching", content["stem"], ["<shuffleanswers>true</shuffleanswers>", *lines]


def _ordering(content: Content, losses: Losses) -> _Said:
    is_whole = content["scoring"] == "all-or-nothing"
    if not is_whole:
        losses.add("Points for a part of the order are counted in another way there.")
    grading = "ALL_OR_NOTHING" if is_whole else "RELATIVE_ALL_PREVIOUS_AND_NEXT"
    return (
        "ordering",
        content["stem"],
        [
            "<layouttype>VERTICAL</layouttype>",
            "<selecttype>ALL</selecttype>",
            "<selectcount>0</selectcount>",
            f"<gradingtype>{grading}</gradingtype>",
            "<showgrading>SHOW</showgrading>",
            "<numberingstyle>none</numberingstyle>",
            *(
                _answer(each["text"], str(place), each["feedback"], losses, is_plain=False)
                for place, each in enumerate(content["items"], start=1)
            ),
        ],
    )


def _fill_in(content: Content, losses: Losses) -> _Said:
    if content["scoring"] != "partial":
        losses.add("There, each right gap earns a share of the points.")
    joined = cloze.joined_stem(content, losses)
    if cloze.has_gap(joined):
        raise NotRepresented("Its text holds what Moodle reads as a gap.")
    names = [gap["id"] for gap in content["gaps"]]
    text = cloze.marked(joined, names)
    for place, gap in enumerate(content["gaps"]):
        text = text.replace(cloze.MARK.format(place), cloze.write_gap(gap, losses))
    return "cloze", text, []


def _short_text(content: Content, losses: Losses) -> _Said:
    say_accents(content, losses)
    lines = [f"<usecase>{int(content['exact_case'])}</usecase>"]
    for answer in content["answers"]:
        fraction = decimal_words(weights.HUNDRED * (decimal(answer["share"]) or ONE * 0))
        lines.append(_answer(answer["text"], fraction, answer["feedback"], losses, is_plain=True))
    return "shortanswer", content["stem"], lines


def _numeric(content: Content, losses: Losses) -> _Said:
    value, tolerance = absolute(content, losses)
    lines = [
        f'<answer fraction="100" format="plain_text"><text>{value}</text>'
        f"<tolerance>{tolerance}</tolerance></answer>"
    ]
    if content["unit"]:
        name = xml_text(content["unit"], losses)
        lines.append(
            f"<units><unit><multiplier>1</multiplier><unit_name>{name}</unit_name></unit></units>"
        )
        lines += ["<unitgradingtype>0</unitgradingtype>", "<showunits>0</showunits>"]
    return "numerical", content["stem"], lines


_WRITERS: Final[Mapping[str, Callable[[Content, Losses], _Said]]] = {
    "single-choice": _choices,
    "multiple-choice": _choices,
    "true-false": _truth,
    "matching": _matching,
    "ordering": _ordering,
    "fill-in": _fill_in,
    "short-text": _short_text,
    "numeric": _numeric,
    **moodle_pictures.WRITERS,
}
