"""What leaves in a format and comes back says the same, for every type that the format can say."""

import re
from collections import Counter
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from courses.markdown import render, render_inline
from quizzes.interchange import formats
from quizzes.interchange.outgoing import Outgoing
from quizzes.question_types.base import Content
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
        return " ".join(unescape(html).split())

    result = shown(content, "")
    if type_name == "fill-in":
        order = [names[name] for name in in_text]
        result["gaps"] = [result["gaps"][int(name.removeprefix("part-"))] for name in order]
    if type_name == "matching":
        # One answer may stand in several spellings that read the same.
        result["extras"] = sorted(result["extras"])
    return result


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_leaves_without_a_loss_comes_back_the_same(format_name: str) -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
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
