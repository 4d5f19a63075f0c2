"""One QTI item: what it asks, what is right, and its texts."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from html import escape
from typing import Final
from xml.etree.ElementTree import Element

from ce_platform.core.text import clean
from quizzes.interchange import cloze, markup, qti_pictures
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import (
    ONE,
    Item,
    decimal,
    decimal_words,
    letter,
    short_text,
)
from quizzes.interchange.gift import short_text_content
from quizzes.question_types.base import Content

_INTERACTION: Final = "Interaction"
_NOT_SHOWN: Final = ("feedbackInline", "feedbackBlock", "modalFeedback", "rubricBlock")
_LONGEST_UNIT: Final = 30


def read_item(element: Element, item: Item, points: str) -> tuple[str, Content]:
    body = element.find("itemBody")
    if body is None:
        raise NotRepresented("It has no body.")
    item.set_points(points or "1")
    interactions = [each for each in body.iter() if str(each.tag).endswith(_INTERACTION)]
    if not interactions:
        raise NotRepresented("This is a text without a question, which a quiz here cannot ask.")
    kinds = {str(each.tag) for each in interactions}
    if len(kinds) > 1 or (len(interactions) > 1 and kinds != {"inlineChoiceInteraction"}):
        raise NotRepresented("It asks for several things at once, which a question here does not.")
    answers = _Answers(element, interactions[0])
    match interactions[0].tag:
        case "choiceInteraction":
            type_name, own = _choices(answers, item)
        case "matchInteraction":
            type_name, own = _matching(answers, item)
        case "orderInteraction":
            type_name, own = _ordering(answers, item)
        case "inlineChoiceInteraction":
            return _gaps(element, body, interactions, item)
        case "textEntryInteraction":
            type_name, own = _typed(answers, body, item)
        case kind if str(kind) in qti_pictures.READERS:
            type_name, own = qti_pictures.READERS[str(kind)](answers, item)
        case kind:
            raise NotRepresented(f"Its kind of answer (<{str(kind)[:40]}>) is not known here.")
    stem = _stem(body, interactions[0], item)
    return type_name, {"stem": stem, "explanation": _explanation(element, item), **own}


class _Answers:
    """What the declaration of one response says is right and worth how much."""

    def __init__(self, element: Element, interaction: Element) -> None:
        self.element = element
        self.interaction = interaction
        name = interaction.get("responseIdentifier", "RESPONSE")
        declared = [
            each
            for each in element.findall("responseDeclaration")
            if each.get("identifier") == name
        ]
        if not declared:
            raise NotRepresented("It does not declare its answer.")
        self.declaration = declared[0]
        self.is_single = self.declaration.get("cardinality", "single") == "single"
        self.base = self.declaration.get("baseType", "")
        self.right = [
            clean("".join(each.itertext()))
            for each in self.declaration.findall("correctResponse/value")
        ]
        mapping = self.declaration.find("mapping")
        self.entries = list(mapping) if mapping is not None else []
        self.worth: dict[str, Decimal] = {
            each.get("mapKey", ""): decimal(each.get("mappedValue")) or ONE * 0
            for each in self.entries
        }

    @property
    def is_mapped(self) -> bool:
        """Whether points follow the mapping: the processing says so, or there is none."""
        processing = self.element.find("responseProcessing")
        template = processing.get("template", "") if processing is not None else ""
        if "match_correct" in template:
            return False
        return bool(self.worth) and (
            "map_response" in template
            or processing is None
            or any(True for _ in processing.iter("mapResponse"))
        )


def _choices(answers: _Answers, item: Item) -> tuple[str, Content]:
    right = set(answers.right)
    if not right and answers.worth:
        most = max(answers.worth.values())
        right = {
            name
            for name, worth in answers.worth.items()
            if worth > 0 and (not answers.is_single or worth == most)
        }
    if not right:
        raise NotRepresented("It does not say which answer is right.")
    found = answers.interaction.findall("simpleChoice")
    names = [each.get("identifier", "") for each in found]
    texts = [_inner(each, item, is_line=True) for each in found]
    notes = [_note_of(answers.element, each, item) for each in found]
    if truth := _truth(texts, names, right, notes):
        return truth
    choices: list[Content] = [
        {"id": letter(place), "text": text, "correct": name in right, "feedback": note}
        for place, (name, text, note) in enumerate(zip(names, texts, notes, strict=True))
    ]
    if answers.is_single and len(right) == 1:
        if any(0 < worth < max(answers.worth.values()) for worth in answers.worth.values()):
            item.changed("Choices that earned a part of the points earn none here.")
        return "single-choice", {"choices": choices}
    scoring = "partial" if answers.is_mapped else "all-or-nothing"
    if scoring == "partial" and not _is_usual(answers, names, right):
        item.changed(
            "Choices had different worth; here each right one gives what a wrong one takes."
        )
    return "multiple-choice", {"choices": choices, "scoring": scoring}


def _is_usual(answers: _Answers, names: list[str], right: set[str]) -> bool:
    worths = {abs(answers.worth.get(name, ONE * 0)) for name in names}
    signs = all((answers.worth.get(name, ONE * 0) > 0) == (name in right) for name in names)
    return len(worths) == 1 and signs


def _truth(
    texts: list[str], names: list[str], right: set[str], notes: list[str]
) -> tuple[str, Content] | None:
    words = [text.strip(" .").lower() for text in texts]
    if sorted(words) != ["false", "true"] or len(right) != 1:
        return None
    place = words.index("true")
    return "true-false", {
        "answer": names[place] in right,
        "feedback_true": notes[place],
        "feedback_false": notes[1 - place],
    }


def _matching(answers: _Answers, item: Item) -> tuple[str, Content]:
    sets = answers.interaction.findall("simpleMatchSet")
    if len(sets) != 2:
        raise NotRepresented("It does not have two sets to match.")
    terms, others = (
        {each.get("identifier", ""): each for each in part.findall("simpleAssociableChoice")}
        for part in sets
    )
    chosen: dict[str, str] = {}
    for value in answers.right or list(answers.worth):
        one, _, other = value.partition(" ")
        if one in others and other in terms:
            one, other = other, one
        if one in chosen:
            raise NotRepresented("A term of it belongs to several answers.")
        if one in terms and other in others:
            chosen[one] = other
    missing = [name for name in terms if name not in chosen]
    if missing:
        raise NotRepresented("Not every term of it has an answer.")
    written = {name: _inner(each, item, is_line=True) for name, each in others.items()}
    pairs: list[Content] = [
        {
            "id": letter(place),
            "term": _inner(each, item, is_line=True),
            "answer": written[chosen[name]],
        }
        for place, (name, each) in enumerate(terms.items())
    ]
    is_reused = len(set(chosen.values())) < len(chosen) or any(
        each.get("matchMax", "1") != "1" for each in others.values()
    )
    extras = [text for name, text in written.items() if name not in chosen.values()]
    return "matching", {
        "pairs": pairs,
        "extras": extras,
        "reuse": is_reused,
        "scoring": "partial" if answers.is_mapped else "all-or-nothing",
    }


def _ordering(answers: _Answers, item: Item) -> tuple[str, Content]:
    found = {
        each.get("identifier", ""): each for each in answers.interaction.findall("simpleChoice")
    }
    if sorted(answers.right) != sorted(found):
        raise NotRepresented("It does not say the right order of all its items.")
    return "ordering", {
        "items": [
            {
                "id": letter(place),
                "text": _inner(found[name], item, is_line=True),
                "feedback": _note_of(answers.element, found[name], item),
            }
            for place, name in enumerate(answers.right)
        ],
        "scoring": "all-or-nothing",
    }


# ------------------------------------------------------------------------------- typed answers


def _typed(answers: _Answers, body: Element, item: Item) -> tuple[str, Content]:
    if answers.base in ("float", "integer"):
        return _numeric(answers, body, item)
    texts = dict.fromkeys(answers.right, ONE)
    exact_case = True
    most = max(answers.worth.values(), default=ONE) or ONE
    if answers.entries:
        texts |= {name: max(worth / most, ONE * 0) for name, worth in answers.worth.items()}
        exact_case = any(each.get("caseSensitive", "true") == "true" for each in answers.entries)
        if exact_case and any(each.get("caseSensitive") == "false" for each in answers.entries):
            item.changed("Capitals counted in some of its answers; here they count in all.")
    found: list[Content] = [
        {"text": text, "share": decimal_words(share.quantize(ONE / 10_000))}
        for text, share in texts.items()
        if text
    ]
    if any("*" in answer["text"] for answer in found):
        item.changed("A * in an answer stands for any letters here.")
    return "short-text", short_text_content(found, item, exact_case=exact_case)


def _numeric(answers: _Answers, body: Element, item: Item) -> tuple[str, Content]:
    value = decimal(answers.right[0] if answers.right else "")
    if value is None:
        raise NotRepresented("It does not say which number is right.")
    equal = next(iter(answers.element.iter("equal")), None)
    tolerance, kind = ONE * 0, "absolute"
    if equal is not None and equal.get("toleranceMode", "exact") != "exact":
        kind = "percent" if equal.get("toleranceMode") == "relative" else "absolute"
        said = [decimal(each) for each in equal.get("tolerance", "0").split()]
        numbers = [each for each in said if each is not None]
        if not numbers or len(numbers) < len(said):
            item.changed("Its tolerance is not understood; the number must be exact.")
            kind = "absolute"
        else:
            tolerance = numbers[0]
            if len(set(numbers)) > 1:
                item.changed("The tolerance above and below was different; the first is taken.")
    return "numeric", {
        "value": decimal_words(value),
        "tolerance": decimal_words(tolerance),
        "tolerance_in": kind,
        "unit": _unit(body, answers.interaction),
        "feedback_low": _modal(answers.element, "low", item),
        "feedback_high": _modal(answers.element, "high", item),
    }


def _unit(body: Element, interaction: Element) -> str:
    """The words right behind the field, when they are few."""
    words = " ".join((interaction.tail or "").split())
    parent = next((each for each in body.iter() if interaction in list(each)), None)
    is_last = parent is not None and list(parent)[-1] is interaction
    return words if is_last and len(words) <= _LONGEST_UNIT else ""


def _gaps(
    element: Element, body: Element, interactions: list[Element], item: Item
) -> tuple[str, Content]:
    gaps: list[Content] = []
    scored = _Answers(element, interactions[0])
    for place, each in enumerate(interactions):
        answers = _Answers(element, each)
        options = {
            option.get("identifier", ""): " ".join("".join(option.itertext()).split())
            for option in each.findall("inlineChoice")
        }
        right = [name for name in answers.right if name in options]
        if len(right) != 1:
            raise NotRepresented("A gap in its text has not exactly one right option.")
        others = [text for name, text in options.items() if name != right[0]]
        gaps.append(
            {
                "id": letter(place),
                "right": options[right[0]],
                "others": others,
            }
        )
        scored.worth |= answers.worth
    html = _html(body, replaced={id(each): place for place, each in enumerate(interactions)})
    text = cloze.with_gaps(markup.from_html(html, item))
    stem, text = cloze.split_stem(text, item)
    is_shared = scored.is_mapped or any(True for _ in element.iter("sum"))
    return "fill-in", {
        "stem": stem,
        "explanation": _explanation(element, item),
        "text": text,
        "gaps": gaps,
        "scoring": "partial" if is_shared else "all-or-nothing",
    }


# ------------------------------------------------------------------------------- texts


def _stem(body: Element, interaction: Element, item: Item) -> str:
    unit = _unit(body, interaction) if interaction.tag == "textEntryInteraction" else ""
    html = _html(body, skipped=interaction, unit=unit)
    prompt = interaction.find("prompt")
    if prompt is not None:
        html += f"<p>{_html(prompt)}</p>"
    return markup.from_html(html, item)


def _explanation(element: Element, item: Item) -> str:
    """What is shown when looking back. Several notes become one text."""
    texts = []
    for each in element.findall("modalFeedback"):
        name = each.get("identifier", "")
        if name in ("low", "high") and element.find(".//textEntryInteraction") is not None:
            continue
        text = markup.from_html(_html(each), item)
        if text and each.get("outcomeIdentifier") != "EXPLANATION":
            item.changed("A note to the whole question became a part of the explanation.")
        texts.append(text)
    for rubric in element.iter("rubricBlock"):
        words = " ".join("".join(rubric.itertext()).split())
        if words:
            item.leave(f"A note to those who mark was left out: “{short_text(words)}”.")
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _modal(element: Element, name: str, item: Item) -> str:
    for each in element.findall("modalFeedback"):
        if each.get("identifier") == name:
            return markup.from_html(_html(each), item, is_line=True)
    return ""


def _note_of(element: Element, choice: Element, item: Item) -> str:
    """The note inside a choice."""
    texts = [
        markup.from_html(_html(each), item, is_line=True)
        for each in choice.iter()
        if each.tag in ("feedbackInline", "feedbackBlock")
    ]
    return " ".join(text for text in texts if text)


def _inner(element: Element, item: Item, *, is_line: bool = False) -> str:
    return markup.from_html(_html(element), item, is_line=is_line)


def _html(
    element: Element,
    *,
    skipped: Element | None = None,
    unit: str = "",
    replaced: Mapping[int, int] | None = None,
) -> str:
    """What stands inside, as HTML, without notes; fields of answers are skipped or marked."""
    return "".join(_pieces(element, skipped, unit, replaced or {}))


def _pieces(
    element: Element, skipped: Element | None, unit: str, replaced: Mapping[int, int]
) -> Iterator[str]:
    yield escape(element.text or "", quote=False)
    for each in element:
        tag = str(each.tag)
        tail = each.tail or ""
        if id(each) in replaced:
            yield cloze.MARK.format(replaced[id(each)])
        elif each is skipped:
            tail = tail if " ".join(tail.split()) != unit else ""
        elif tag == "object" and each.get("type", "").lower().startswith("image/"):
            # What HTML says with another element: its words stand inside.
            alt = " ".join("".join(each.itertext()).split())
            yield f'<img src="{escape(each.get("data", ""))}" alt="{escape(alt)}">'
        elif tag not in _NOT_SHOWN:
            attributes = "".join(
                f' {name}="{escape(value)}"'
                for name, value in each.attrib.items()
                if name in ("href", "src", "alt", "colspan", "rowspan")
            )
            yield f"<{tag}{attributes}>"
            yield from _pieces(each, skipped, unit, replaced)
            yield f"</{tag}>"
        yield escape(tail, quote=False)
