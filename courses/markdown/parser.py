"""Markdown to tokens: CommonMark by markdown-it-py, then our own blocks and marks.

Parsing never fails. What an author got wrong is kept as a problem with its line, and the text
comes out in a harmless form; the import of a package refuses it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from courses.markdown.blocks import read_blocks
from courses.markdown.grammar import (
    BARE_GRADE,
    CITATION,
    GRADES,
    HANDOUT,
    LANGUAGE,
    LONGEST_PARAGRAPH,
    LONGEST_TEXT,
    REFERENCE,
)
from courses.markdown.words import inline_text


@dataclass(frozen=True)
class Problem:
    """What an author got wrong. `line` counts from 0 at the start of the text."""

    line: int
    sentence: str


@dataclass(frozen=True)
class Use:
    """Something the text refers to: a reference, a term, a figure, a chart, a recording."""

    kind: str
    """reference | glossary | figure | chart | recording | handout"""
    name: str
    line: int
    options: dict[str, Any] = field(default_factory=dict)
    """Of a chart: layers, view."""


@dataclass(frozen=True)
class Parsed:
    tokens: list[Token]
    problems: list[Problem]
    uses: list[Use]


MOST_PROBLEMS = 50


class Notes:
    """Collects problems and uses while one text is parsed."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.uses: list[Use] = []

    def problem(self, line: int, sentence: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(line, sentence))

    def use(self, kind: str, name: str, line: int, **options: Any) -> None:
        self.uses.append(Use(kind, name, line, options))


def parse(text: str) -> Parsed:
    """The tokens of a lesson body, a question's stem, a description."""
    notes = Notes()
    if len(text) > LONGEST_TEXT:
        notes.problem(0, f"the text is longer than {LONGEST_TEXT:,} characters")
        text = text[:LONGEST_TEXT]
    tokens = MARKDOWN.parse(text, {"notes": notes})
    return Parsed(tokens, sorted(notes.problems, key=lambda each: each.line), notes.uses)


def parse_inline(text: str) -> Parsed:
    """One line of text without blocks: an objective, a choice."""
    notes = Notes()
    tokens = MARKDOWN.parseInline(text[:LONGEST_PARAGRAPH], {"notes": notes})
    return Parsed(tokens, notes.problems, notes.uses)


# ---------------------------------------------------------------- inline marks


def _citation(state: StateInline, silent: bool) -> bool:
    """`[@who2008]`, `[weakly supported: @who2008 @kwon2018]`."""
    if state.src[state.pos] != "[":
        return False
    found = CITATION.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.meta = {
            "grade": " ".join(found[1].split()) if found[1] else "",
            "slugs": list(dict.fromkeys(REFERENCE.findall(found[2]))),
        }
    state.pos = found.end()
    return True


# ---------------------------------------------------------------- rules over the whole text


def _limit_paragraphs(state: StateCore) -> None:
    """Before inline parsing, whose cost can grow with the square of a paragraph's length."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH:
            _notes(state).problem(
                _first_line(token),
                f"a paragraph is longer than {LONGEST_PARAGRAPH:,} characters",
            )
            token.content = token.content[:LONGEST_PARAGRAPH]


def _check_headings(state: StateCore) -> None:
    for index, token in enumerate(state.tokens):
        if token.type == "heading_open" and token.tag == "h1":
            _notes(state).problem(_first_line(token), "headings start at ‘##’")
            token.tag = "h2"
            state.tokens[index + 2].tag = "h2"


def _read_inline(state: StateCore) -> None:
    """Give meaning to what inline parsing found: citations, terms, languages, links, pictures."""
    notes = _notes(state)
    lonely = _lonely_figures(state.tokens)
    last = 0
    for token in state.tokens:
        last = token.map[0] if token.map else last
        if token.type != "inline" or not token.children:
            continue
        children = token.children
        for index, line in _lines(children, last):
            child = children[index]
            if child.type == "citation":
                _read_citation(child, line, notes)
            elif child.type == "link_open":
                _read_link(children, index, line, notes)
            elif child.type == "span_open":
                _read_language(child, line, notes)
            elif child.type == "image":
                _read_image(child, line, notes, is_alone=id(child) in lonely)
            elif child.type == "text":
                _read_text(child, line, notes)
    _lift_figures(state, lonely)


def _lines(children: Sequence[Token], line: int) -> Iterator[tuple[int, int]]:
    """Index and line of each child; a cell of a table has the line of its row."""
    for index, child in enumerate(children):
        yield index, line
        if child.type in ("softbreak", "hardbreak"):
            line += 1


def _read_citation(token: Token, line: int, notes: Notes) -> None:
    grade = token.meta["grade"]
    if grade and grade not in GRADES:
        notes.problem(line, f"‘{grade}’ is not a grade; the grades are: {', '.join(GRADES)}")
        token.meta["grade"] = ""
    for slug in token.meta["slugs"]:
        notes.use("reference", slug, line)


def _read_link(children: Sequence[Token], index: int, line: int, notes: Notes) -> None:
    token = children[index]
    href = str(token.attrs.get("href", ""))
    if href.startswith(HANDOUT):
        slug = href.removeprefix(HANDOUT)
        notes.use("handout", slug, line)
        token.meta = {"handout": slug}
        return
    if not href.startswith("glossary:"):
        if not href.startswith(("https://", "mailto:", "#")):
            notes.problem(line, f"the link ‘{href[:60]}’ must begin with https:// or mailto:")
            token.attrs = {}
        return
    slug = href.removeprefix("glossary:")
    notes.use("glossary", slug, line)
    # Links do not nest, so the next end is this one's.
    close = next(
        children[later]
        for later in range(index, len(children))
        if children[later].type == "link_close"
    )
    token.type, close.type = "term_open", "term_close"
    token.tag = close.tag = "span"
    token.meta = close.meta = {"slug": slug}


def _read_language(token: Token, line: int, notes: Notes) -> None:
    language = str(token.attrs.get("lang", ""))
    if not LANGUAGE.fullmatch(language) or len(token.attrs) > 1 or "insecure_attrs" in token.meta:
        notes.problem(line, "braces after brackets hold a language only, like {lang=zh-Latn}")
        token.attrs = {}


def _read_image(token: Token, line: int, notes: Notes, *, is_alone: bool) -> None:
    source = str(token.attrs.get("src", ""))
    if not source.startswith("figure:"):
        notes.problem(line, f"the picture ‘{source[:60]}’ must be a figure of this package")
    elif not is_alone:
        notes.problem(
            line, "a figure stands alone in a paragraph of its own, outside lists and blocks"
        )
    else:
        notes.use("figure", source.removeprefix("figure:"), line)


def _read_text(token: Token, line: int, notes: Notes) -> None:
    if not any(mark in token.content for mark in ("[", "](", ":::")):
        return
    found = BARE_GRADE.search(token.content)
    if found:
        notes.problem(line, f"the grade ‘{found[1]}’ names no reference")
    if "[^" in token.content:
        notes.problem(line, "a footnote is used that is not written below the text")
    if "](" in token.content:
        notes.problem(line, "a link is written like [text](https://example.com)")
    if "[@" in token.content:
        notes.problem(line, "a reference is written like [@who2008] or [@who2008 @kwon2018]")
    if token.content.strip().strip(":") == "" and token.content.strip().startswith(":::"):
        notes.problem(line, "‘:::’ closes nothing here")


def _lonely_figures(tokens: Sequence[Token]) -> set[int]:
    """Ids of image tokens that stand alone in a paragraph at the top level."""
    found = set()
    for index, token in enumerate(tokens):
        if token.type != "inline" or not token.children or len(token.children) != 1:
            continue
        opener = tokens[index - 1]
        if opener.type == "paragraph_open" and opener.level == 0:
            found.add(id(token.children[0]))
    return found


def _lift_figures(state: StateCore, lonely: set[int]) -> None:
    tokens: list[Token] = []
    skip = 0
    for index, token in enumerate(state.tokens):
        if skip:
            skip -= 1
            continue
        following = state.tokens[index + 1] if index + 1 < len(state.tokens) else None
        child = following.children[0] if following and following.children else None
        if (
            token.type == "paragraph_open"
            and child is not None
            and id(child) in lonely
            and child.type == "image"
            and str(child.attrs.get("src", "")).startswith("figure:")
        ):
            figure = Token("figure", "", 0)
            figure.block = True
            figure.map = token.map
            figure.meta = {
                "slug": str(child.attrs["src"]).removeprefix("figure:"),
                "alt": inline_text(child.children or []),
            }
            tokens.append(figure)
            skip = 2
        else:
            tokens.append(token)
    state.tokens = tokens


def _read_containers(state: StateCore) -> None:
    read_blocks(state.tokens, state.src, _notes(state))


def _notes(state: StateCore) -> Notes:
    notes: Notes = state.env["notes"]
    return notes


def _first_line(token: Token) -> int:
    return token.map[0] if token.map else 0


def _make() -> MarkdownIt:
    md = MarkdownIt(
        "commonmark",
        {"html": False, "typographer": True, "maxNesting": 20, "quotes": "“”‘’"},
    )
    md.enable(["table", "smartquotes"])
    md.use(footnote_plugin, inline=False)
    md.use(container_plugin, "block", validate=lambda params, *_: bool(params.strip(" :")))
    md.use(attrs_plugin, spans=True, after=(), allowed=["lang"])
    md.inline.ruler.before("link", "citation", _citation)
    md.core.ruler.before("inline", "limit_paragraphs", _limit_paragraphs)
    md.core.ruler.after("inline", "check_headings", _check_headings)
    md.core.ruler.after("check_headings", "read_inline", _read_inline)
    md.core.ruler.after("read_inline", "read_containers", _read_containers)
    return md


MARKDOWN = _make()
