"""What leaves in a format and comes back says the same, for every type that the format can say."""

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from courses.markdown import render, render_inline
from quizzes.interchange import formats
from quizzes.interchange.found import ONE
from quizzes.interchange.outgoing import Outgoing
from quizzes.question_types import all_types, type_named
from quizzes.question_types.base import Content
from tests.factories.pictures import content_of
from tests.factories.quizzes import single
from tests.quizzes.any_question import questions

FORMATS = ["gift", "moodle-xml", "qti", "package"]
# Names that an author gave to parts; learners never see them.
_PARTS = ("choices", "pairs", "items", "gaps")
_STRAIGHT = str.maketrans("“”‘’", "\"\"''")
_PLAIN = {"right", "others", "unit", "share", "value", "tolerance", "tolerance_in", "scoring", "id"}


def as_read(type_name: str, content: Content) -> Any:
    """The content as learners read it: rendered, and without the names of its parts."""
    names: dict[str, str] = {}
    for part in _PARTS:
        for place, each in enumerate(content.get(part, [])):
            names[each["id"]] = f"part-{place}"
    in_text = re.findall(r"\[\[(.*?)\]\]", content.get("text", ""))
    order = [[gap["id"] for gap in content.get("gaps", [])].index(name) for name in in_text]
    names |= {name: f"part-{place}" for place, name in enumerate(in_text)}

    def shown(value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return {name: shown(each, name) for name, each in value.items() if name != "id"}
        if isinstance(value, list):
            return [shown(each, key) for each in value]
        is_typed = type_name == "short-text" and key == "text"
        if not isinstance(value, str) or key in _PLAIN or is_typed:
            return value
        if key == "text" and type_name == "fill-in":
            value = re.sub(r"\[\[(.*?)\]\]", lambda found: names[found[1]], value)
        is_block = key in ("stem", "explanation") or (key == "text" and type_name == "fill-in")
        # Quotes become curly where they are shown; a format of HTML hands on what is shown.
        html = (render if is_block else render_inline)(value).translate(_STRAIGHT)
        # Nobody sees a line break at the edge of a paragraph.
        html = re.sub(r"(<p>|^)(\s*<br>)+|(<br>\s*)+(?=</p>|$)", r"\1", html)
        return " ".join(unescape(html).split())

    result = shown(content, "")
    if type_name == "fill-in":
        result["gaps"] = [result["gaps"][place] for place in order]
    if type_name == "matching":
        # One answer may stand in several spellings that read the same.
        result["extras"] = sorted(result["extras"])
    return result


LOSSLESS: dict[str, Content] = {
    "single-choice": {
        "choices": [
            {
                "id": "a",
                "text": "50 % = `{~}` # \\\\ “é” 🙂",
                "correct": True,
                "feedback": "*Yes*: a",
            },
            {"id": "b", "text": "%50%no -> b", "feedback": "No."},
        ]
    },
    "multiple-choice": {
        "choices": [{"id": name, "text": f"Sign {name}", "correct": name != "c"} for name in "abc"],
        "scoring": "partial",
    },
    "true-false": {"answer": False, "feedback_true": "Think.", "feedback_false": "Right."},
    "matching": {
        "pairs": [
            {"id": "a", "term": "*Chin*", "answer": "Submental nodes"},
            {"id": "b", "term": "Cheek", "answer": "Submandibular nodes"},
        ],
        "extras": ["Mastoid nodes"],
        "scoring": "partial",
    },
    "ordering": {"items": [{"id": name, "text": f"Step *{name}*"} for name in "abc"]},
    "fill-in": {
        "text": "From the nose to the [[x]] and the **[[y]]** nodes.\n\nThat is all.",
        "gaps": [
            {"id": "x", "right": "first", "others": ["second }~#", 'third "3"']},
            {"id": "y", "right": "last", "others": ["next"]},
        ],
        "scoring": "partial",
    },
    "short-text": {
        "answers": [{"text": "muscle = x:y", "share": "1"}, {"text": "buccinator", "share": "0.5"}],
        "exact_accents": True,
    },
    "numeric": {"value": "-3.5", "tolerance": "0.25"},
}
# These go out and in with a database at hand: `test_interchange_pictures`.
ON_PICTURES = {"tap-the-point", "label-the-chart"}
NEVER = {"gift": {"ordering", "fill-in"}}


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("type_name", sorted(LOSSLESS))
def test_every_type_goes_out_and_in_where_the_format_has_a_word_for_it(
    type_name: str, format_name: str
) -> None:
    stem = "What is *2* ≤ {x} ~ `=` #1 \\\\: “ü” 🙂?\n\n- one\n- two"
    own = LOSSLESS[type_name]
    if format_name == "qti":
        # Code becomes plain text on the way back, which is told.
        stem = stem.replace("`", "")
    if format_name == "qti" and type_name == "single-choice":
        own = {
            "choices": [{"id": name, "text": f"*{name}*", "correct": name == "a"} for name in "ab"]
        }
    cleaned = type_named(type_name).clean({"stem": stem, "explanation": "Because: #1.", **own})
    assert cleaned.problems == []

    written = formats.write(format_name, [Outgoing(type_name, cleaned.content, ONE + 1)])

    if type_name in NEVER.get(format_name, ()):
        assert [(loss.number, loss.is_left_out) for loss in written.losses] == [(1, True)]
        return
    points_stay = [] if format_name != "gift" else ["GIFT has no points; it will be worth 1."]
    assert [loss.sentence for loss in written.losses] == points_stay
    reading = formats.read(written.content)
    assert (reading.format, reading.changes, reading.left) == (format_name, [], [])
    (found,) = reading.questions
    assert found.points == (1 if format_name == "gift" else 2)
    assert as_read(type_name, found.content) == as_read(type_name, cleaned.content)


@pytest.mark.parametrize("format_name", ["gift", "package"])
@pytest.mark.parametrize("type_name", sorted(ON_PICTURES))
def test_what_shows_a_picture_is_named_as_left_out(format_name: str, type_name: str) -> None:
    written = formats.write(format_name, [Outgoing(type_name, content_of(type_name))])

    assert written.count == 0
    assert [(loss.number, loss.is_left_out) for loss in written.losses] == [(1, True)]


def test_the_text_of_a_case_is_named_as_staying_behind() -> None:
    case = {"id": "client", "title": "A client", "text": "She has a stiff neck."}
    content = type_named("single-choice").clean(single(case=case)).content

    written = formats.write("gift", [Outgoing("single-choice", content)])

    assert "The text of its case stays behind." in [loss.sentence for loss in written.losses]


def test_every_type_is_tried_here() -> None:
    names = {kind.name for kind in all_types()}

    assert set(LOSSLESS) == names - ON_PICTURES


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_leaves_without_a_loss_comes_back_the_same(format_name: str) -> None:
    counts: Counter[str] = Counter()

    @settings(
        max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(questions())
    def comes_back(question: tuple[str, Content]) -> None:
        type_name, content = question
        written = formats.write(format_name, [Outgoing(type_name, content)])
        if written.losses or not written.count:
            return
        reading = formats.read(written.content, format_name=format_name)
        assert reading.left == []
        if reading.changes:
            return
        counts[type_name] += 1
        (found,) = reading.questions
        assert found.type == type_name
        assert as_read(type_name, found.content) == as_read(type_name, content)

    comes_back()
    assert counts
