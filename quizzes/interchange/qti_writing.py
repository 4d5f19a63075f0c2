"""QTI 2.1, written: a zip with a manifest, a test with what each question is worth, and an item
for each question."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from html import escape
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from quizzes.interchange import cloze, qti_pictures
from quizzes.interchange.errors import NotRepresented
from quizzes.interchange.found import decimal_words
from quizzes.interchange.gift_writing import say_accents
from quizzes.interchange.markup import to_html
from quizzes.interchange.outgoing import Losses, Outgoing, Written, feedback_stays, said_in_turn
from quizzes.question_types.base import Content

_NAMESPACE: Final = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_TEMPLATES: Final = "http://www.imsglobal.org/question/qti_v2p1/rptemplates"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ELEMENT: Final = re.compile("<[^<>]*>")
_EMPTY: Final = re.compile(r"<(li|blockquote|p)>\s*</\1>")
_NEVER: Final = re.compile("[\ufffe\uffff]")
# A zip holds no earlier day; the same questions give the same bytes.
_DAY: Final = (1980, 1, 1, 0, 0, 0)
_MATCH: Final = f'<responseProcessing template="{_TEMPLATES}/match_correct"/>'
_MAP: Final = f'<responseProcessing template="{_TEMPLATES}/map_response"/>'


@dataclass(frozen=True)
class _ItemFile:
    text: str
    media: Mapping[str, bytes]
    origin: str
    """What stands beside it in the manifest."""


def write(questions: Sequence[Outgoing]) -> Written:
    items, losses = said_in_turn(questions, _say, has_pictures=True)
    left = {loss.number for loss in losses if loss.is_left_out}
    kept = [each for number, each in enumerate(questions, start=1) if number not in left]
    names = [f"items/question-{number:03}.xml" for number in range(1, len(items) + 1)]
    files: dict[str, str | bytes] = {
        "imsmanifest.xml": _manifest(names, items),
        "test.xml": _test(names, kept),
        **{name: item.text for name, item in zip(names, items, strict=True)},
    }
    for item in items:
        files |= item.media
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return Written(".qti.zip", "application/zip", buffer.getvalue(), losses, len(items))


def _manifest(names: Sequence[str], items: Sequence[_ItemFile]) -> str:
    resources = "".join(
        f'<resource identifier="Q{number}" type="imsqti_item_xmlv2p1" href="{name}">'
        f"{f'<metadata>{item.origin}</metadata>' if item.origin else ''}"
        f'<file href="{name}"/>'
        f"{''.join(f'<file href={quoteattr(quote(path))}/>' for path in item.media)}</resource>"
        for number, (name, item) in enumerate(zip(names, items, strict=True), start=1)
    )
    needed = "".join(
        f'<dependency identifierref="Q{number}"/>' for number in range(1, len(names) + 1)
    )
    return (
        f'{_HEAD}<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" identifier="MANIFEST">'
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>"
        '<organizations/><resources><resource identifier="TEST" type="imsqti_test_xmlv2p1" '
        f'href="test.xml"><file href="test.xml"/>{needed}</resource>{resources}</resources>'
        "</manifest>"
    )


def _test(names: Sequence[str], questions: Sequence[Outgoing]) -> str:
    references = "".join(
        f'<assessmentItemRef identifier="Q{number}" href="{name}">'
        f'<weight identifier="POINTS" value="{decimal_words(question.points)}"/>'
        "</assessmentItemRef>"
        for number, (name, question) in enumerate(zip(names, questions, strict=True), start=1)
    )
    return (
        f'{_HEAD}<assessmentTest xmlns="{_NAMESPACE}" identifier="TEST" title="Questions">'
        '<testPart identifier="PART" navigationMode="nonlinear" submissionMode="simultaneous">'
        '<assessmentSection identifier="SECTION" title="Questions" visible="true">'
        f"{references}</assessmentSection></testPart></assessmentTest>"
    )


# ------------------------------------------------------------------------------- one item

_Said = tuple[str, str, str, str]
"""Declarations, body below the stem, processing, notes."""


def _say(question: Outgoing, losses: Losses) -> _ItemFile:
    if question.type in qti_pictures.WRITERS:
        said = qti_pictures.WRITERS[question.type](question.content, losses)
        return _item(question, (said.declared, said.body, said.processing, ""), losses, said.origin)
    own = _WRITERS.get(question.type)
    if own is None:
        raise NotRepresented("QTI items of this type are not written yet.")
    return _item(question, own(question.content, losses), losses)


def _item(question: Outgoing, said: "_Said", losses: Losses, origin: str = "") -> _ItemFile:
    content = question.content
    declared, body, processing, notes = said
    if content["explanation"]:
        declared += (
            '<outcomeDeclaration identifier="EXPLANATION" cardinality="single" '
            'baseType="identifier"><defaultValue><value>explanation</value></defaultValue>'
            "</outcomeDeclaration>"
        )
        notes += (
            '<modalFeedback outcomeIdentifier="EXPLANATION" identifier="explanation" '
            f'showHide="show">{_html(content["explanation"], losses)}</modalFeedback>'
        )
    if question.tags:
        losses.add("Tags stay behind.")
    stem = "" if question.type == "fill-in" else _html(content["stem"], losses)
    name = re.sub(r"[^A-Za-z0-9]", "", question.key)[:40]
    text = (
        f'{_HEAD}<assessmentItem xmlns="{_NAMESPACE}" identifier="Q{name}" '
        f'title="{escape(question.title)}" adaptive="false" timeDependent="false">'
        f"{declared}"
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float">'
        "<defaultValue><value>0</value></defaultValue></outcomeDeclaration>"
        f"<itemBody>{stem}{body}</itemBody>{processing}{notes}</assessmentItem>"
    )
    return _ItemFile(text, losses.media, origin)


def _html(text: str, losses: Losses, *, is_line: bool = False) -> str:
    if _NEVER.search(text):
        losses.add("Signs that stand for nothing were taken out.")
        text = _NEVER.sub("", text)
    html = to_html(text, losses.sentences, draw=partial(_image, losses), is_line=is_line)
    if text and "<img" not in html and not _ELEMENT.sub("", html).strip():
        losses.add("A text that shows nothing stays behind.")
    elif _EMPTY.search(html):
        losses.add("An empty item of a list stays behind.")
    return html


def _image(losses: Losses, slug: str, alt: str) -> str:
    """A figure of the texts; its file lies in a folder beside that of the items."""
    figure = losses.figure(slug)
    path = f"media/{figure.sha256[:12]}/{figure.file_name}"
    losses.media[path] = figure.content
    return (
        f"<img src={quoteattr(f'../{quote(path)}')} alt={quoteattr(alt or figure.alt)} "
        f'width="{figure.width}" height="{figure.height}"/>'
    )


def _plain(text: str, losses: Losses) -> str:
    if _NEVER.search(text):
        losses.add("Signs that stand for nothing were taken out.")
    return escape(_NEVER.sub("", text))


def _declared(
    cardinality: str,
    base: str,
    right: Sequence[str],
    *,
    name: str = "RESPONSE",
    mapping: str = "",
) -> str:
    values = "".join(f"<value>{value}</value>" for value in right)
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"<correctResponse>{values}</correctResponse>{mapping}</responseDeclaration>"
    )


def _mapping(worth: Mapping[str, Fraction]) -> str:
    entries = "".join(
        f'<mapEntry mapKey="{name}" mappedValue="{float(value):.6f}"/>'
        for name, value in worth.items()
    )
    return f'<mapping lowerBound="0" defaultValue="0">{entries}</mapping>'


def _identifier(name: str) -> str:
    """Ids of ours may begin with a digit, those of QTI may not."""
    return f"C-{name}"


def _note(name: str, text: str, losses: Losses) -> str:
    if not text:
        return ""
    return (
        f'<feedbackInline outcomeIdentifier="FEEDBACK" identifier="{name}" showHide="show">'
        f"{_html(text, losses, is_line=True)}</feedbackInline>"
    )


def _with_notes(declared: str, body: str, processing: str) -> tuple[str, str]:
    """Notes on choices are shown by an outcome that repeats the response."""
    if "feedbackInline" not in body:
        return declared, processing
    is_multiple = 'cardinality="multiple"' in declared
    outcome = (
        f'<outcomeDeclaration identifier="FEEDBACK" cardinality='
        f'"{"multiple" if is_multiple else "single"}" baseType="identifier"/>'
    )
    score = (
        '<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>'
        if "map_response" in processing
        else '<responseCondition><responseIf><match><variable identifier="RESPONSE"/>'
        '<correct identifier="RESPONSE"/></match><setOutcomeValue identifier="SCORE">'
        '<baseValue baseType="float">1</baseValue></setOutcomeValue></responseIf>'
        "</responseCondition>"
    )
    return declared + outcome, (
        f'<responseProcessing>{score}<setOutcomeValue identifier="FEEDBACK">'
        '<variable identifier="RESPONSE"/></setOutcomeValue></responseProcessing>'
    )


# ------------------------------------------------------------------------------- types


def _choices(content: Content, losses: Losses) -> _Said:
    choices = content["choices"]
    right = [_identifier(choice["id"]) for choice in choices if choice["correct"]]
    is_single = "scoring" not in content
    mapping, processing = "", _MATCH
    if not is_single and content["scoring"] == "partial":
        share = Fraction(1, len(right))
        mapping, processing = (
            _mapping(
                {
                    _identifier(choice["id"]): share if choice["correct"] else -share
                    for choice in choices
                }
            ),
            _MAP,
        )
    options = "".join(
        f'<simpleChoice identifier="{_identifier(choice["id"])}">'
        f"{_html(choice['text'], losses, is_line=True)}"
        f"{_note(_identifier(choice['id']), choice['feedback'], losses)}</simpleChoice>"
        for choice in choices
    )
    body = (
        '<choiceInteraction responseIdentifier="RESPONSE" shuffle="true" '
        f'maxChoices="{1 if is_single else 0}">{options}</choiceInteraction>'
    )
    declared = _declared(
        "single" if is_single else "multiple", "identifier", right, mapping=mapping
    )
    words = sorted(choice["text"].strip(" .").lower() for choice in choices)
    if words == ["false", "true"]:
        losses.add(
            "With “True” and “False” as its only choices it is a true-or-false question there."
        )
    declared, processing = _with_notes(declared, body, processing)
    return declared, body, processing, ""


def _truth(content: Content, losses: Losses) -> _Said:
    options = "".join(
        f'<simpleChoice identifier="{name}">{label}'
        f"{_note(name, content[f'feedback_{name}'], losses)}</simpleChoice>"
        for name, label in (("true", "True"), ("false", "False"))
    )
    body = (
        '<choiceInteraction responseIdentifier="RESPONSE" shuffle="false" maxChoices="1">'
        f"{options}</choiceInteraction>"
    )
    declared = _declared("single", "identifier", ["true" if content["answer"] else "false"])
    declared, processing = _with_notes(declared, body, _MATCH)
    return declared, body, processing, ""


def _matching(content: Content, losses: Losses) -> _Said:
    feedback_stays(content, "pairs", losses, word="pairs")
    most = 0 if content["reuse"] else 1
    answers = dict.fromkeys([*(pair["answer"] for pair in content["pairs"]), *content["extras"]])
    names = {answer: f"A-{place}" for place, answer in enumerate(answers, start=1)}
    terms = "".join(
        f'<simpleAssociableChoice identifier="{_identifier(pair["id"])}" matchMax="1">'
        f"{_html(pair['term'], losses, is_line=True)}</simpleAssociableChoice>"
        for pair in content["pairs"]
    )
    options = "".join(
        f'<simpleAssociableChoice identifier="{name}" matchMax="{most}">'
        f"{_html(answer, losses, is_line=True)}</simpleAssociableChoice>"
        for answer, name in names.items()
    )
    right = [f"{_identifier(pair['id'])} {names[pair['answer']]}" for pair in content["pairs"]]
    mapping, processing = "", _MATCH
    if content["scoring"] == "partial":
        mapping = _mapping(dict.fromkeys(right, Fraction(1, len(right))))
        processing = _MAP
    body = (
        '<matchInteraction responseIdentifier="RESPONSE" shuffle="true" '
        f'maxAssociations="{len(right)}"><simpleMatchSet>{terms}</simpleMatchSet>'
        f"<simpleMatchSet>{options}</simpleMatchSet></matchInteraction>"
    )
    return _declared("multiple", "directedPair", right, mapping=mapping), body, processing, ""


def _ordering(content: Content, losses: Losses) -> _Said:
    if content["scoring"] == "partial":
        losses.add("There, only the whole order earns points.")
    feedback_stays(content, "items", losses, word="items")
    right = [_identifier(each["id"]) for each in content["items"]]
    options = "".join(
        f'<simpleChoice identifier="{_identifier(each["id"])}">'
        f"{_html(each['text'], losses, is_line=True)}</simpleChoice>"
        for each in content["items"]
    )
    body = (
        '<orderInteraction responseIdentifier="RESPONSE" shuffle="true">'
        f"{options}</orderInteraction>"
    )
    return _declared("ordered", "identifier", right), body, _MATCH, ""


def _fill_in(content: Content, losses: Losses) -> _Said:
    feedback_stays(content, "gaps", losses, word="gaps")
    names = [gap["id"] for gap in content["gaps"]]
    html = _html(cloze.marked(cloze.joined_stem(content, losses), names), losses)
    declared = ""
    tests = []
    for place, gap in enumerate(content["gaps"]):
        name = f"GAP{place + 1}"
        declared += _declared("single", "identifier", ["O1"], name=name)
        options = "".join(
            f'<inlineChoice identifier="O{number}">{_plain(option, losses)}</inlineChoice>'
            for number, option in enumerate([gap["right"], *gap["others"]], start=1)
        )
        html = html.replace(
            cloze.MARK.format(place),
            f'<inlineChoiceInteraction responseIdentifier="{name}" shuffle="true">{options}'
            "</inlineChoiceInteraction>",
        )
        tests.append(
            f'<match><variable identifier="{name}"/><correct identifier="{name}"/></match>'
        )
    return declared, html, _gap_processing(content, tests), ""


def _gap_processing(content: Content, tests: Sequence[str]) -> str:
    if content["scoring"] != "partial":
        return _condition(f"<and>{''.join(tests)}</and>", _score("1"))
    share = f"{float(Fraction(1, len(tests))):.6f}"
    added = (
        f'<sum><variable identifier="SCORE"/><baseValue baseType="float">{share}</baseValue></sum>'
    )
    conditions = "".join(
        _condition(test, _score(expression=added), is_inner=True) for test in tests
    )
    return f"<responseProcessing>{conditions}</responseProcessing>"


def _score(value: str = "", *, expression: str = "") -> str:
    inner = expression or f'<baseValue baseType="float">{value}</baseValue>'
    return f'<setOutcomeValue identifier="SCORE">{inner}</setOutcomeValue>'


def _condition(test: str, then: str, *, is_inner: bool = False) -> str:
    text = f"<responseCondition><responseIf>{test}{then}</responseIf></responseCondition>"
    return text if is_inner else f"<responseProcessing>{text}</responseProcessing>"


def _short_text(content: Content, losses: Losses) -> _Said:
    say_accents(content, losses)
    feedback_stays(content, "answers", losses, word="answers")
    if any("*" in answer["text"] for answer in content["answers"]):
        losses.add("There, a * is no sign for any letters.")
    exact = "true" if content["exact_case"] else "false"
    entries = "".join(
        f'<mapEntry mapKey="{_plain(answer["text"], losses)}" mappedValue="{answer["share"]}" '
        f'caseSensitive="{exact}"/>'
        for answer in content["answers"]
    )
    declared = _declared(
        "single",
        "string",
        [_plain(content["answers"][0]["text"], losses)],
        mapping=f'<mapping lowerBound="0" defaultValue="0">{entries}</mapping>',
    )
    body = '<p><textEntryInteraction responseIdentifier="RESPONSE" expectedLength="40"/></p>'
    return declared, body, _MAP, ""


def _numeric(content: Content, losses: Losses) -> _Said:
    mode = "relative" if content["tolerance_in"] == "percent" else "absolute"
    tolerance = content["tolerance"]
    how = (
        'toleranceMode="exact"'
        if tolerance == "0"
        else f'toleranceMode="{mode}" tolerance="{tolerance} {tolerance}"'
    )
    if mode == "relative" and tolerance == "0":
        losses.add("A tolerance of 0 percent is none.")
    unit = f" {_plain(content['unit'], losses)}" if content["unit"] else ""
    body = f'<p><textEntryInteraction responseIdentifier="RESPONSE" expectedLength="12"/>{unit}</p>'
    pair = '<variable identifier="RESPONSE"/><correct identifier="RESPONSE"/>'
    otherwise, notes, outcome = "", "", ""
    for name, test in (("low", "lt"), ("high", "gt")):
        if text := content[f"feedback_{name}"]:
            otherwise += (
                f"<responseElseIf><{test}>{pair}</{test}>"
                '<setOutcomeValue identifier="FEEDBACK"><baseValue baseType="identifier">'
                f"{name}</baseValue></setOutcomeValue></responseElseIf>"
            )
            notes += (
                f'<modalFeedback outcomeIdentifier="FEEDBACK" identifier="{name}" '
                f'showHide="show">{_html(text, losses, is_line=True)}</modalFeedback>'
            )
            outcome = (
                '<outcomeDeclaration identifier="FEEDBACK" cardinality="single" '
                'baseType="identifier"/>'
            )
    processing = (
        f"<responseProcessing><responseCondition><responseIf><equal {how}>{pair}</equal>"
        f"{_score('1')}</responseIf>{otherwise}</responseCondition></responseProcessing>"
    )
    return _declared("single", "float", [content["value"]]) + outcome, body, processing, notes


_WRITERS: Final[Mapping[str, Callable[[Content, Losses], _Said]]] = {
    "single-choice": _choices,
    "multiple-choice": _choices,
    "true-false": _truth,
    "matching": _matching,
    "ordering": _ordering,
    "fill-in": _fill_in,
    "short-text": _short_text,
    "numeric": _numeric,
}
