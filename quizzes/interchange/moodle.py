"""Moodle XML, read: https://docs.moodle.org/en/Moodle_XML_format"""

from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element

from ce_platform.core.text import clean
from quizzes.interchange import cloze, markup, moodle_pictures, origin, weights
from quizzes.interchange.errors import InterchangeRefused, NotRepresented
from quizzes.interchange.files import line_of, xml_tree
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
from quizzes.interchange.gift import matching_content, short_text_content
from quizzes.interchange.moodle_files import files_of
from quizzes.interchange.shelf import Folder
from quizzes.question_types.base import Content

NAME: Final = "moodle-xml"
# Settings of Moodle that are the business of the quiz here, or of nobody.
_SETTINGS: Final = {
    "penalty": "The penalty for another try was left out; attempts are counted by the quiz.",
    "shuffleanswers": "Whether choices are mixed is a setting of the quiz here.",
    "answernumbering": "The numbering of choices was left out.",
    "idnumber": "The ID number was left out.",
    "shownumcorrect": "",
    "showstandardinstruction": "",
    "hidden": "",
    "single": "",
    "usecase": "",
    "unitgradingtype": "",
    "unitpenalty": "",
    "showunits": "",
    "unitsleft": "",
    "layouttype": "",
    "selecttype": "",
    "selectcount": "",
    "showgrading": "",
    "numberingstyle": "",
    "gradingtype": "",
    "defaultgrade": "",
}
_COMBINED: Final = {
    "correctfeedback": "The note to a right answer",
    "partiallycorrectfeedback": "The note to a partly right answer",
    "incorrectfeedback": "The note to a wrong answer",
}
# What Moodle puts there by itself.
_STANDARD: Final = {
    "your answer is correct.",
    "your answer is partially correct.",
    "your answer is incorrect.",
}
_TYPES: Final = {
    "essay": "It asks for a free text (essay), which no computer can mark.",
    "description": "This is a text without a question, which a quiz here cannot ask.",
    "calculated": "Its numbers are calculated anew each time, as no question here does.",
    "calculatedsimple": "Its numbers are calculated anew each time, as no question here does.",
    "calculatedmulti": "Its numbers are calculated anew each time, as no question here does.",
    "randomsamatch": "It is made of other questions at random.",
    "random": "It is made of other questions at random.",
}


def read(content: bytes) -> Reading:
    tree = xml_tree(content)
    if tree.tag != "quiz":
        raise InterchangeRefused("This XML is no export of Moodle questions: it has no <quiz>.")
    collector = Collector(NAME)
    category = ""
    for element in tree:
        if element.tag != "question":
            collector.leave(line_of(element), f"<{element.tag[:40]}> is no question.")
            continue
        if element.get("type") == "category":
            category = _words(element.find("category/text"))[:200]
            continue
        title = short_text(_words(element.find("name/text")))
        item = Item(line_of(element), title=title, category=category)
        collector.take(item, lambda each, element=element: _question(element, each))  # type: ignore[misc]
    return collector.reading()


def _question(element: Element, item: Item) -> tuple[str, Content]:
    kind = element.get("type", "")
    own = _READERS.get(kind)
    if own is None:
        raise NotRepresented(_TYPES.get(kind, f"Moodle’s type “{kind[:40]}” is not known here."))
    item.set_points(_words(element.find("defaultgrade")) or "1")
    item.tags += [_words(each)[:80] for each in element.findall("tags/tag/text")]
    content: Content = {
        "stem": _text(element.find("questiontext"), item),
        "explanation": _text(element.find("generalfeedback"), item),
    }
    reader = _Known(element)
    type_name, answers = own(reader, item, content)
    _rest(element, reader.known, item)
    return type_name, {**content, **answers}


class _Known:
    """The children of a question, and which of them were read."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.known = {"name", "questiontext", "generalfeedback", "tags", "defaultgrade"}

    def all(self, name: str) -> list[Element]:
        self.known.add(name)
        return self.element.findall(name)

    def word(self, name: str) -> str:
        self.known.add(name)
        return _words(self.element.find(name))

    def flag(self, name: str) -> bool:
        """An empty element says yes, as in Moodle."""
        self.known.add(name)
        found = self.element.find(name)
        return found is not None and _words(found).lower() in ("", "1", "true")


def _rest(element: Element, known: set[str], item: Item) -> None:
    for each in element:
        name = str(each.tag)
        if name in known:
            continue
        if name in _COMBINED:
            text = _text(each, item)
            if markup.plain_of(text, is_line=False).lower() not in ("", *_STANDARD):
                item.leave(f"{_COMBINED[name]} was left out: “{short_text(text)}”")
        elif name == "hint":
            text = _text(each, item)
            if text:
                item.leave(f"A hint was left out: “{short_text(text)}”")
        elif name in _SETTINGS:
            words = _words(each)
            if _SETTINGS[name] and words and decimal(words) != 0:
                item.of_file(_SETTINGS[name])
            if name == "hidden" and words == "1":
                item.changed("It was hidden in the other system.")
        elif "".join(each.itertext()).strip():
            item.leave(f"<{name[:40]}> is not known here and was left out.")


# ------------------------------------------------------------------------------- text


def _words(element: Element | None) -> str:
    return clean("".join(element.itertext())) if element is not None else ""


def _raw(element: Element | None) -> str:
    """The text of a field as it is written."""
    if element is None:
        return ""
    inner = element.find("text")
    return "".join((element if inner is None else inner).itertext())


def _text(element: Element | None, item: Item, *, is_line: bool = False) -> str:
    return _converted(_raw(element), element, item, is_line=is_line)


def _converted(text: str, element: Element | None, item: Item, *, is_line: bool = False) -> str:
    """The text of a field in our Markdown, with the pictures that hang on it."""
    if element is None:
        return ""
    form = element.get("format", "moodle_auto_format")
    files = files_of(element)
    folder = item.find = Folder(files)
    if form == "markdown":
        converted = markup.from_markdown(text, item, is_line=is_line)
    elif form == "html" or (form != "plain_text" and markup.looks_like_html(text)):
        converted = markup.from_html(text, item, is_line=is_line)
    else:
        converted = markup.from_plain(text, is_line=is_line)
    for path in files:
        if path not in folder.taken:
            name = short_text(path, most=60)
            item.leave(f"The file “{name}” hangs on a text that does not show it; it was left out.")
    return converted


# ------------------------------------------------------------------------------- types


def _choices(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    known.known |= {"single"}
    is_set = known.element.get("type") == "multichoiceset"
    is_single = not is_set and known.flag("single")
    found = []
    choices: list[Content] = []
    for answer in known.all("answer"):
        found.append(weights.percent(answer.get("fraction", "0"), item))
        choices.append(
            {
                "text": _text(answer, item, is_line=True),
                "feedback": _text(answer.find("feedback"), item, is_line=True),
            }
        )
    if is_set:
        found = [weights.HUNDRED if each > 0 else -weights.HUNDRED for each in found]
    type_name, own = weights.choice_question(found, choices, item, is_single=is_single)
    if is_set:
        own["scoring"] = "all-or-nothing"
    return type_name, own


def _truth(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    notes: dict[str, str] = {}
    right = ""
    for answer in known.all("answer"):
        word = _words(answer.find("text")).lower()
        if word not in ("true", "false"):
            raise NotRepresented("Its answers are not “true” and “false”.")
        notes[word] = _text(answer.find("feedback"), item, is_line=True)
        if weights.percent(answer.get("fraction", "0"), item) == weights.HUNDRED:
            right = word
    if not right:
        raise NotRepresented("It does not say whether it is true or false.")
    return "true-false", {
        "answer": right == "true",
        "feedback_true": notes.get("true", ""),
        "feedback_false": notes.get("false", ""),
    }


def _matching(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    pairs: list[Content] = []
    extras: list[str] = []
    # Answers are always mixed here.
    known.word("shuffleanswers")
    for sub in known.all("subquestion"):
        term = _text(sub, item, is_line=True)
        answer = markup.from_plain(_words(sub.find("answer/text")), is_line=True)
        if term:
            pairs.append({"id": letter(len(pairs)), "term": term, "answer": answer})
        elif answer:
            extras.append(answer)
    return "matching", matching_content(pairs, extras)


def _ordering(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    grading = known.word("gradingtype")
    is_whole = grading.upper() in ("ALL_OR_NOTHING", "-1")
    if not is_whole:
        item.changed(
            "Points for a part of the order are counted in another way here: by pairs that stand "
            "the right way around."
        )
    if known.word("selecttype").upper() not in ("", "ALL", "0"):
        item.changed("It showed some of its items only; here it shows all.")
    answers = known.all("answer")
    return "ordering", {
        "items": [
            {
                "id": letter(place),
                "text": _text(answer, item, is_line=True),
                "feedback": _text(answer.find("feedback"), item, is_line=True),
            }
            for place, answer in enumerate(answers)
        ],
        "scoring": "all-or-nothing" if is_whole else "partial",
    }


def _short_text(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    answers: list[Content] = [
        {
            "text": " ".join(_words(answer.find("text")).split()),
            "share": decimal_words(weights.percent(answer.get("fraction", "0"), item) / 100),
            "feedback": _text(answer.find("feedback"), item, is_line=True),
        }
        for answer in known.all("answer")
    ]
    is_exact = known.word("usecase").lower() in ("1", "true")
    return "short-text", short_text_content(answers, item, exact_case=is_exact)


def _numeric(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    right: list[tuple[str, str]] = []
    for answer in known.all("answer"):
        weight = weights.percent(answer.get("fraction", "0"), item)
        number = _words(answer.find("text"))
        if _text(answer.find("feedback"), item, is_line=True):
            item.leave(f"The note to “{number[:40]}” has no place here.")
        if weight == weights.HUNDRED and decimal(number) is not None:
            right.append((number, _words(answer.find("tolerance"))))
        elif number != "*" or weight > 0:
            item.changed(f"The answer “{number[:40]}” was left out: one number is right here.")
    if not right:
        raise NotRepresented("It has no number that earns all points.")
    if len(right) > 1:
        item.changed("Only the first of its right numbers is taken.")
    number, tolerance = right[0]
    return "numeric", {
        "value": decimal_words(decimal(number) or ONE * 0),
        "tolerance": decimal_words(decimal(tolerance) or ONE * 0),
        "unit": _unit(known, item),
    }


def _unit(known: _Known, item: Item) -> str:
    names = []
    for unit in [each for units in known.all("units") for each in units]:
        if decimal(_words(unit.find("multiplier"))) in (ONE, None):
            names.append(_words(unit.find("unit_name")))
    if sum(len(units) for units in known.all("units")) > 1:
        item.changed("Other units than the first one were left out.")
    return names[0] if names else ""


def _cloze(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    field = known.element.find("questiontext")
    marked, gaps = cloze.read_gaps(_raw(field), item)
    text = cloze.with_gaps(_converted(marked, field, item))
    return _filled(text, gaps, item, content)


def _gapselect(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    """`[[2]]` in the text is the second option; the others of its group are its wrong ones."""
    options = [
        (_words(each.find("text")), _words(each.find("group")))
        for name in ("selectoption", "dragbox")
        for each in known.all(name)
    ]
    gaps: list[Content] = []
    field = known.element.find("questiontext")
    marked = _raw(field)
    for place in range(len(options)):
        if f"[[{place + 1}]]" not in marked:
            continue
        right, group = options[place]
        others = [each for each, its in options if its == group and each != right]
        marked = marked.replace(f"[[{place + 1}]]", cloze.MARK.format(len(gaps)))
        gaps.append(
            {"id": letter(len(gaps)), "right": right, "others": list(dict.fromkeys(others))}
        )
    text = cloze.with_gaps(_converted(marked, field, item))
    type_name, own = _filled(text, gaps, item, content)
    return type_name, {**own, "scoring": "partial"}


def _places(known: _Known, item: Item, content: Content) -> tuple[str, Content]:
    """On a picture; what it was when it left from here stands beside it."""
    known.known |= {"file", "drag", "drop", "shuffleanswers", "showmisplaced", origin.TAG}
    item.origin = origin.read(known.element.find(origin.TAG))
    return moodle_pictures.READERS[known.element.get("type", "")](known.element, item)


def _filled(text: str, gaps: list[Content], item: Item, content: Content) -> tuple[str, Content]:
    if not gaps:
        raise NotRepresented("Its text has no gap that is understood.")
    content["stem"], text = cloze.split_stem(text, item)
    return "fill-in", {"text": text, "gaps": gaps, "scoring": "partial"}


_READERS: Final[dict[str, Callable[[_Known, Item, Content], tuple[str, Content]]]] = {
    "multichoice": _choices,
    "multichoiceset": _choices,
    "truefalse": _truth,
    "matching": _matching,
    "ordering": _ordering,
    "shortanswer": _short_text,
    "numerical": _numeric,
    "cloze": _cloze,
    "multianswer": _cloze,
    "gapselect": _gapselect,
    "ddwtos": _gapselect,
    "ddmarker": _places,
    "ddimageortext": _places,
}
