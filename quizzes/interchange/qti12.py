"""QTI 1.2 as Canvas writes it (Classic Quizzes), read only: choices, true or false, matching,
typed answers, numbers, and drop-down lists in a text.

https://www.imsglobal.org/question/qtiv1p2/imsqti_asi_bindv1p2.html
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from html import escape
from typing import Final
from xml.etree.ElementTree import Element

from ce_platform.core.text import clean
from quizzes.interchange import cloze, markup
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.files import line_of
from quizzes.interchange.found import (
    ONE,
    Collector,
    Item,
    decimal,
    decimal_words,
    letter,
    short_text,
)
from quizzes.interchange.gift import matching_content, short_text_content
from quizzes.interchange.shelf import Find
from quizzes.question_types.base import Content

_KINDS: Final = {
    "essay_question": "It asks for a free text (essay), which no computer can mark.",
    "file_upload_question": "It asks for a file, which no computer can mark.",
    "text_only_question": "This is a text without a question, which a quiz here cannot ask.",
    "calculated_question": "Its numbers are calculated anew each time, as no question here does.",
    "fill_in_multiple_blanks_question": "It has several gaps to type in; here gaps have a list.",
}
_BLANK: Final = re.compile(r"\[([^\[\]\s]{1,60})\]")


def take_items(tree: Element, collector: Collector, *, find: Find, place: int = 0) -> int:
    """Every item of the file; how many there were. `place`: how many came before, in a package."""
    count = 0
    for element in tree.iter("item"):
        count += 1
        item = Item(place + count if collector.unit != "Line" else line_of(element))
        item.title = short_text(element.get("title", ""))
        item.find = find
        collector.take(item, lambda each, element=element: _question(element, each))  # type: ignore[misc]
    return count


def _question(element: Element, item: Item) -> tuple[str, Content]:
    told = {
        _words(field.find("fieldlabel")): _words(field.find("fieldentry"))
        for field in element.iter("qtimetadatafield")
    }
    kind = told.get("question_type", "")
    if kind in _KINDS:
        raise NotRepresented(_KINDS[kind])
    item.set_points(told.get("points_possible", "") or "1")
    presentation = element.find("presentation")
    if presentation is None:
        raise NotRepresented("It has no body.")
    _other_notes(element, item)
    stem = _material(presentation.find("material"), item)
    content: Content = {"stem": stem, "explanation": _note(element, "general_fb", item)}
    lists = list(presentation.iter("response_lid"))
    if kind == "multiple_dropdowns_question":
        return _gaps(element, presentation, lists, content, item)
    if kind == "matching_question" or len(lists) > 1:
        return "matching", {**content, **_matching(element, lists, item)}
    if len(lists) == 1:
        type_name, own = _choices(element, lists[0], item)
        return type_name, {**content, **own}
    if (
        presentation.find(".//response_str") is None
        and presentation.find(".//response_num") is None
    ):
        raise NotRepresented("Its kind of answer is not known here.")
    if kind == "numerical_question":
        return "numeric", {**content, **_numeric(element, item)}
    answers: list[Content] = [
        {
            "text": " ".join(text.split()),
            "share": decimal_words((score / 100).quantize(ONE / 10_000)),
        }
        for text, score, is_right in _conditions(element)
        if is_right
    ]
    return "short-text", {**content, **_typed(answers, item)}


def _typed(answers: list[Content], item: Item) -> Content:
    own = short_text_content(answers, item, exact_case=False)
    return {**own, "exact_accents": False}


# ------------------------------------------------------------------------------- what is right


def _conditions(element: Element) -> Iterator[tuple[str, Decimal, bool]]:
    """(response, score, whether it earns) of every condition with a response in it."""
    for condition in element.iter("respcondition"):
        score = ONE * 0
        for setting in condition.findall("setvar"):
            if setting.get("varname", "SCORE").upper() == "SCORE":
                score = decimal(_words(setting)) or ONE * 0
        denied = {each for no in condition.iter("not") for each in no.iter("varequal")}
        for equal in condition.iter("varequal"):
            if equal not in denied:
                yield _words(equal), score, score > 0


def _choices(element: Element, answers: Element, item: Item) -> tuple[str, Content]:
    labels = list(answers.iter("response_label"))
    is_single = answers.get("rcardinality", "Single").lower() == "single"
    right = {name for name, _score, earns in _conditions(element) if earns}
    names = [each.get("ident", "") for each in labels]
    if not right & set(names):
        raise NotRepresented("It does not say which answer is right.")
    choices: list[Content] = [
        {
            "id": letter(place),
            "text": _material(each.find("material"), item, is_line=True),
            "correct": name in right,
            "feedback": _note(element, f"{name}_fb", item, is_line=True),
        }
        for place, (name, each) in enumerate(zip(names, labels, strict=True))
    ]
    words = [choice["text"].strip(" .").lower() for choice in choices]
    if sorted(words) == ["false", "true"] and is_single:
        notes = {word: each["feedback"] for word, each in zip(words, choices, strict=True)}
        return "true-false", {
            "answer": choices[words.index("true")]["correct"],
            "feedback_true": notes["true"],
            "feedback_false": notes["false"],
        }
    if is_single:
        return "single-choice", {"choices": choices}
    item.changed("The file gives points for all right choices together.")
    return "multiple-choice", {"choices": choices, "scoring": "all-or-nothing"}


def _matching(element: Element, lists: list[Element], item: Item) -> Content:
    right = _right_of_lists(element)
    pairs: list[Content] = []
    written: dict[str, str] = {}
    used: set[str] = set()
    for response in lists:
        for label in response.iter("response_label"):
            name = label.get("ident", "")
            if name not in written:
                written[name] = _material(label.find("material"), item, is_line=True)
        answer = right.get(response.get("ident", ""), "")
        if answer not in written:
            raise NotRepresented("Not every term of it has an answer.")
        used.add(answer)
        pairs.append(
            {
                "id": letter(len(pairs)),
                "term": _material(response.find("material"), item, is_line=True),
                "answer": written[answer],
            }
        )
    extras = [text for name, text in written.items() if name not in used]
    return matching_content(pairs, list(dict.fromkeys(extras)))


def _right_of_lists(element: Element) -> dict[str, str]:
    """Which option of each list is right."""
    return {
        equal.get("respident", ""): _words(equal)
        for condition in element.iter("respcondition")
        if any((decimal(_words(each)) or ONE * 0) > 0 for each in condition.findall("setvar"))
        for equal in condition.iter("varequal")
    }


def _gaps(
    element: Element, presentation: Element, lists: list[Element], content: Content, item: Item
) -> tuple[str, Content]:
    right = _right_of_lists(element)
    gaps: list[Content] = []
    named: dict[str, int] = {}
    for response in lists:
        options = {
            label.get("ident", ""): _words(label.find("material"))
            for label in response.iter("response_label")
        }
        answer = right.get(response.get("ident", ""), "")
        if answer not in options:
            raise NotRepresented("A gap in its text has not exactly one right option.")
        named[_words(response.find("material"))] = len(gaps)
        others = [text for name, text in options.items() if name != answer]
        gaps.append({"id": letter(len(gaps)), "right": options[answer], "others": others})
    html = _html(presentation.find("material"))

    def mark(found: re.Match[str]) -> str:
        return cloze.MARK.format(named[found[1]]) if found[1] in named else found[0]

    text = cloze.with_gaps(markup.from_html(_BLANK.sub(mark, html), item))
    content["stem"], text = cloze.split_stem(text, item)
    return "fill-in", {**content, "text": text, "gaps": gaps, "scoring": "partial"}


def _numeric(element: Element, item: Item) -> Content:
    """Canvas writes the exact number beside the span around it."""
    for condition in element.iter("respcondition"):
        exact = [decimal(_words(each)) for each in condition.iter("varequal")]
        low = [
            decimal(_words(each)) for each in (*condition.iter("vargte"), *condition.iter("vargt"))
        ]
        high = [decimal(_words(each)) for each in condition.iter("varlte")]
        if low and high and low[0] is not None and high[0] is not None:
            value = exact[0] if exact and exact[0] is not None else (low[0] + high[0]) / 2
            tolerance = (high[0] - low[0]) / 2
            if abs(value - low[0]) != abs(high[0] - value):
                value = (low[0] + high[0]) / 2
                item.changed("The right number was moved to the middle of its span.")
            return {"value": decimal_words(value), "tolerance": decimal_words(tolerance)}
        if exact and exact[0] is not None:
            return {"value": decimal_words(exact[0])}
    raise NotRepresented("It does not say which number is right.")


# ------------------------------------------------------------------------------- texts


def _words(element: Element | None) -> str:
    return clean("".join(element.itertext())) if element is not None else ""


def _html(material: Element | None) -> str:
    if material is None:
        return ""
    texts = []
    for text in material.iter("mattext"):
        words = "".join(text.itertext())
        is_html = text.get("texttype", "text/plain").lower() in ("text/html", "text/xhtml")
        texts.append(words if is_html else escape(words, quote=False))
    return "<br>".join(texts)


def _material(material: Element | None, item: Item, *, is_line: bool = False) -> str:
    return markup.from_html(_html(material), item, is_line=is_line)


def _note(element: Element, name: str, item: Item, *, is_line: bool = False) -> str:
    for each in element.findall("itemfeedback"):
        if each.get("ident") == name:
            return _material(each.find(".//material"), item, is_line=is_line)
    return ""


def _other_notes(element: Element, item: Item) -> None:
    labels = {each.get("ident", "") for each in element.iter("response_label")}
    for each in element.findall("itemfeedback"):
        name = each.get("ident", "")
        if name != "general_fb" and name.removesuffix("_fb") not in labels:
            words = " ".join(_words(each).split())
            if words:
                item.leave(f"A note was left out: “{short_text(words)}”")
