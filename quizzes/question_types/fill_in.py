"""A text with gaps; each gap is a drop-down list."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from ce_platform.core.text import fold
from courses.markdown import parse
from courses.markdown.rendering import to_html
from quizzes.question_types import register
from quizzes.question_types.base import (
    AUTHORED_ORDER,
    LONGEST_LINE,
    BadResponse,
    Block,
    Content,
    ContentProblem,
    Fields,
    Line,
    Raw,
    Response,
    Said,
    Shown,
    TableReader,
    Told,
    first,
    mixed_by_seed,
    told_apart,
)
from quizzes.question_types.rows import RowField, RowsEditor, RowTable, read_name
from quizzes.question_types.shares import SharedPoints

MOST_GAPS: Final = 10
MOST_OTHERS: Final = 7
# Longer lines make a drop-down list that leaves the screen of a phone.
LONGEST_OPTION: Final = 80
# Every part has a longest length, so that no text takes long.
_GAP: Final = re.compile(r"\[\[ {0,3}([^\[\]\s](?:[^\[\]\n]{0,58}[^\[\]\s])?) {0,3}\]\]")
# A “>” in the quotation marks of an attribute ends no tag.
_TAG: Final = re.compile(r"""(<(?:[^>"]|"[^"]*")*>)""")
# Where a mark stays a mark, or a list could not be opened.
_CODE: Final = ("code_inline", "code_block", "fence")
_LINKS: Final = ("link", "term")
_PLACE: Final = re.compile(r"\[\[([0-9]{1,3})\]\]", re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_MARKS: Final = re.compile(r"([!-/:-@\[-`{-~])")


@register
class FillIn(RowsEditor, SharedPoints):
    """The text names its gaps, `[[first-node]]`; learners meet them by their places.

    Options are plain text, since a drop-down list shows nothing else. They stand in the order of
    the alphabet, or mixed: the right one has no place of its own.
    """

    name = "fill-in"
    label = "Fill in the gaps"
    description = "A text with gaps, each with a list to choose from"
    stem_label = "What to do"
    studio_place = 6
    form_template = "quizzes/types/fill_in.html"
    review_template = "quizzes/types/parts_review.html"
    editor_template = "quizzes/editors/fill_in.html"
    whole_label = "All gaps right, or no points"
    share_label = "A share of the points for each right gap"
    author_names = {
        "text": "Text with gaps",
        "gaps": "Gaps",
        "id": "Gap",
        "right": "Right",
        "others": "Other options",
    }
    beside_rows = {"text": "gap-text"}
    rows = RowTable(
        name="gaps",
        word="Gap",
        legend="Gaps",
        hint="One for each [[name]] in the text. Learners see the options mixed.",
        most=MOST_GAPS,
        first_rows=2,
        is_named=False,
        fields=(
            RowField("id", "Name in the text", most=20, is_short=True),
            RowField("right", "Right", most=LONGEST_OPTION),
            RowField("others", "Other options, one per line"),
            RowField("feedback", "Note on this gap", is_note=True),
        ),
    )

    # ---- writing
    def clean_answers(self, reader: TableReader) -> Content:
        text = reader.text("text", is_required=True)
        gaps: list[Content] = []
        for table in reader.tables("gaps"):
            gap = {
                "id": read_name(table, gaps, word="gaps"),
                "right": " ".join(
                    table.text("right", is_required=True, most=LONGEST_OPTION).split()
                ),
                "others": table.texts("others", most=LONGEST_OPTION),
                "feedback": table.text("feedback", most=LONGEST_LINE),
            }
            table.nothing_else()
            _check_options(table, gap)
            gaps.append(gap)
        if not 1 <= len(gaps) <= MOST_GAPS:
            reader.problem("gaps", f"A question needs 1 to {MOST_GAPS} gaps; this has {len(gaps)}.")
        _check_places(reader, text, gaps)
        return {"text": text, "gaps": gaps, "scoring": self.clean_scoring(reader)}

    def package_answers(self, content: Content) -> Content:
        return {
            "text": content["text"],
            "scoring": self.package_scoring(content),
            "gaps": content["gaps"],
        }

    # ---- answering
    def present_answers(self, content: Content, seed: int) -> Shown:
        gaps = _in_text(content)
        return {
            "hint": "Choose what belongs in each gap.",
            "text": Block(_numbered(content["text"], [gap["id"] for gap in gaps])),
            "gaps": [
                [
                    {"value": str(number), "text": option}
                    for number, option in enumerate(_options(gap, seed), start=1)
                ]
                for gap in gaps
            ],
        }

    def laid_out(self, shown: Shown, fields: Fields) -> Shown:
        """The text in pieces, each with the gap that follows it."""
        pieces: list[dict[str, Any]] = []
        html = ""
        for part in _TAG.split(shown["text"]):
            if part.startswith("<"):
                html += part
                continue
            # Every second one is the number of a gap.
            words = _PLACE.split(part)
            for before, number in zip(words[::2], words[1::2], strict=False):
                html += before
                index = int(number) - 1
                if not 0 <= index < len(shown["gaps"]):
                    continue
                pieces.append(
                    {
                        "html": _safe(html),
                        "token": number,
                        "options": shown["gaps"][index],
                        "chosen": first(fields, f"gap-{number}"),
                    }
                )
                html = ""
            html += words[-1]
        return {**shown, "pieces": pieces, "rest": _safe(html)}

    def clean_response(self, raw: Raw, content: Content, seed: int) -> Response | None:
        chosen: dict[str, str] = {}
        for place, gap in enumerate(_in_text(content), start=1):
            value = first(raw, f"gap-{place}")
            if not value:
                continue
            options = dict(enumerate(_options(gap, seed), start=1))
            option = options.get(int(value)) if re.fullmatch("[1-9]", value) else None
            if option is None:
                raise BadResponse("That option is not in the list of this gap.")
            chosen[gap["id"]] = option
        return {"gaps": chosen} if chosen else None

    def raw_of(self, response: Response | None, content: Content, seed: int) -> Fields:
        chosen = _chosen(response)
        return {
            f"gap-{place}": [
                str(_options(gap, seed).index(chosen[gap["id"]]) + 1) if gap["id"] in chosen else ""
            ]
            for place, gap in enumerate(_in_text(content), start=1)
        }

    # ---- grading and looking back
    def grade(self, content: Content, response: Response | None) -> Fraction:
        chosen, gaps = _chosen(response), content["gaps"]
        count = sum(chosen.get(gap["id"]) == gap["right"] for gap in gaps)
        return self.scored(content, Fraction(count, len(gaps)))

    def right_response(self, content: Content) -> Response:
        return {"gaps": {gap["id"]: gap["right"] for gap in content["gaps"]}}

    def review_answers(self, content: Content, response: Response | None, seed: int) -> Shown:
        """The text with everything right in it, then gap by gap what was chosen."""
        chosen, gaps = _chosen(response), _in_text(content)
        right = {gap["id"]: _MARKS.sub(r"\\\1", gap["right"]) for gap in gaps}
        return {
            "text": Block(
                _GAP.sub(lambda found: f"**{right.get(found[1], found[1])}**", content["text"])
            ),
            "parts": [
                {
                    "name": f"Gap {place}" if len(gaps) > 1 else "",
                    "own": chosen.get(gap["id"], ""),
                    "right": gap["right"],
                    "is_right": chosen.get(gap["id"]) == gap["right"],
                    "feedback": Line(gap["feedback"]),
                }
                for place, gap in enumerate(gaps, start=1)
            ],
        }

    # ---- writing in the studio
    def answers_of_editor(self, raw: Raw) -> Content:
        gaps = self.rows.tables(raw)
        return {
            "text": first(raw, "text"),
            "gaps": [{**gap, "others": gap["others"].split("\n")} for gap in gaps],
            "scoring": self.scoring_of_editor(raw),
        }

    def raw_of_answers(self, content: Content) -> Fields:
        gaps = [{**gap, "others": "\n".join(gap["others"])} for gap in content["gaps"]]
        return {
            **self.rows.raw_of(gaps),
            "text": [content["text"]],
            "scoring": [content["scoring"]],
        }

    def editor_view(self, raw: Raw, problems: Sequence[ContentProblem]) -> Shown:
        return {**super().editor_view(raw, problems), "scorings": self.scoring_views(raw)}

    # ---- comparing, counting, searching
    def said_answers(self, content: Content) -> list[Said]:
        lines = [Said("text", "Text with gaps", content["text"])]
        for gap in content["gaps"]:
            name = gap["id"]
            options = ", ".join([f"{gap['right']} (right)", *gap["others"]])
            lines.append(Said(f"gaps.{name}", f"Gap {name}", options))
            if gap["feedback"]:
                lines.append(Said(f"gaps.{name}.feedback", f"Note to {name}", gap["feedback"]))
        return [*lines, self.said_scoring(content)]

    def told_answers(self, content: Content) -> list[Told]:
        """The text as it is right; and every other option, which is wrong."""
        right = {gap["id"]: gap["right"] for gap in content["gaps"]}
        text = _GAP.sub(lambda gap: right.get(gap[1], gap[0]), content["text"])
        told = [Told(text)]
        for gap in content["gaps"]:
            told += [Told(other, is_wrong=True) for other in gap["others"]]
            told.append(Told(gap["feedback"]))
        return told

    def statistic_keys(self, content: Content, response: Response | None) -> list[str]:
        return sorted(f"{name}={option}" for name, option in _chosen(response).items())

    def statistic_labels(self, content: Content) -> dict[str, str]:
        gaps = _in_text(content)
        return {
            f"{gap['id']}={option}": f"Gap {place}: {option}" if len(gaps) > 1 else option
            for place, gap in enumerate(gaps, start=1)
            for option in (gap["right"], *gap["others"])
        }

    def search_text(self, content: Content) -> str:
        options = [option for gap in content["gaps"] for option in (gap["right"], *gap["others"])]
        return "\n".join([content["stem"], content["text"], *options])


def _check_options(table: TableReader, gap: Content) -> None:
    others = gap["others"]
    if not 1 <= len(others) <= MOST_OTHERS:
        table.problem(
            "others",
            f"A gap needs 1 to {MOST_OTHERS} options beside the right one; this has {len(others)}.",
        )
    seen = {told_apart(gap["right"])}
    for option in others:
        if told_apart(option) in seen:
            table.problem("others", f"The option “{option}” stands here already.")
        seen.add(told_apart(option))


def _check_places(reader: TableReader, text: str, gaps: Sequence[Content]) -> None:
    """Every gap stands in the text once, and nothing else looks like one."""
    named = _GAP.findall(text)
    known = {gap["id"] for gap in gaps}
    for name in dict.fromkeys(named):
        if name not in known:
            reader.problem("text", f"The text has a gap [[{name}]], which is not described.")
        if named.count(name) > 1:
            reader.problem("text", f"The gap [[{name}]] stands in the text more than once.")
    for index, gap in enumerate(gaps):
        if gap["id"] and gap["id"] not in named:
            reader.problems.append(
                ContentProblem(("gaps", index, "id"), f"The text has no gap [[{gap['id']}]].")
            )
    if sorted(named) == sorted(known):
        _check_lists(reader, text, named)


def _check_lists(reader: TableReader, text: str, names: Sequence[str]) -> None:
    """Every gap becomes one list: asked of what the page will show, for Markdown has many ways
    to hide a word (an address, a note that nothing leads to, one cell too many)."""
    parsed = parse(_numbered(text, names))
    _take_out(parsed.tokens)
    parts = _TAG.split(to_html(parsed, context=None, prefix=""))
    # As `laid_out` does: brackets with a tag between them are no gap, and every second is a tag.
    places = [place for words in parts[::2] for place in _PLACE.findall(words)]
    for place, name in enumerate(names, start=1):
        if str(place) in places:
            places.remove(str(place))
        else:
            reader.problem(
                "text",
                f"The gap [[{name}]] must stand among the words of the text, where learners can "
                "open its list: not in a link or its address, in code or in a picture.",
            )
    if places:
        reader.problem("text", "The text has two square brackets around a number that is no gap.")


def _take_out(tokens: Sequence[Token]) -> None:
    """The gaps in code and in links: a list inside a link leads away when it is opened."""
    depth = 0
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if kind in _LINKS:
            depth += 1 if end == "open" else -1
        if depth or token.type in _CODE:
            token.content = _PLACE.sub("", token.content)
        _take_out(token.children or ())


def _numbered(text: str, names: Sequence[str]) -> str:
    """The text with the places of the gaps instead of their names, which may tell the answer."""
    numbers = {name: str(place) for place, name in enumerate(names, start=1)}
    return _GAP.sub(lambda found: f"[[{numbers.get(found[1], '')}]]", text)


def _in_text(content: Content) -> list[Content]:
    """The gaps in the order in which they stand in the text."""
    by_name = {gap["id"]: gap for gap in content["gaps"]}
    return [by_name[name] for name in _names(content["text"]) if name in by_name]


def _names(text: str) -> list[str]:
    return list(dict.fromkeys(_GAP.findall(text)))


def _options(gap: Content, seed: int) -> list[str]:
    options = [gap["right"], *gap["others"]]
    if seed == AUTHORED_ORDER:
        return sorted(options, key=_by_number)
    return [options[index] for index in mixed_by_seed(options, seed)]


def _by_number(option: str) -> str:
    """The alphabet, and 5 before 10."""
    return _DIGITS.sub(lambda found: found[0].zfill(LONGEST_OPTION), fold(option))


def _chosen(response: Response | None) -> Mapping[str, str]:
    return response["gaps"] if response else {}


def _safe(html: str) -> SafeString:
    # Pieces of what the renderer made; they are safe once they stand together again.
    return mark_safe(html)  # noqa: S308
