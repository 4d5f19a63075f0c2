"""Tokens to HTML with the class names of the design. The result still passes the sanitizer."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from courses.markdown.context import EMPTY, MarkdownContext
from courses.markdown.grammar import CALLOUTS, grade_class
from courses.markdown.parser import MARKDOWN, Parsed, parse
from courses.markdown.sanitize import sanitize
from courses.markdown.words import inline_text

NONE: Mapping[str, Any] = {}
# Between pieces of sanitized HTML, which cannot hold a comment themselves.
PLACEHOLDER = re.compile(
    r"<!--figure:(?P<figure>.*?)-->|<!--chart:(?P<chart>.*?)-->(?P<caption>.*?)<!--/chart-->"
    r"|<!--recording:(?P<recording>.*?)-->(?P<said>.*?)<!--transcript-->(?P<transcript>.*?)"
    r"<!--/recording-->",
    re.DOTALL,
)
# A button is one block to its line, so the comma after it could begin the next line alone. Inside
# the term, where lines do not break, it cannot.
_AFTER_A_TERM = re.compile(
    r'(class="term-definition"[^>]*>(?:(?!</span>).)*</span>)</span>([,.;:!?)…’”]+)'
)
_NUMBER_IN_STYLE = re.compile(r"text-align:(left|right|center)")


class Renderer(RendererHTML):
    """One per text: it numbers terms, citations and tables while it goes."""

    def __init__(self, context: MarkdownContext | None, prefix: str) -> None:
        super().__init__()
        self.context = context or EMPTY
        self.prefix = prefix
        self.term_count = 0
        self.cited: dict[int, int] = {}
        self.headings: list[str] = []
        self.links: list[str] = []
        for name in ("link_open", "citation", "term_open", "term_close", "callout_open",
                     "callout_close", "chart_open", "chart_close", "recording_open",
                     "recording_close", "link_close", "figure", "image", "footnote_ref",
                     "footnote_anchor", "footnote_open", "footnote_close",
                     "footnote_block_open", "footnote_block_close", "heading_open", "table_open",
                     "table_close", "th_open", "td_open", "fence", "code_block"):  # fmt: skip
            self.rules[name] = getattr(self, f"_{name}")

    # Every rule has the signature that markdown-it-py asks for.

    def _link_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        if "handout" in tokens[i].meta:
            entry = self.context.handouts.get(tokens[i].meta["handout"])
            self.links.append(f" ({entry.detail})" if entry else "")
            return f'<a href="{escape(entry.url)}" class="handout" download>' if entry else "<a>"
        self.links.append("")
        href = str(tokens[i].attrs.get("href", ""))
        if href.startswith("https://"):
            return f'<a href="{escape(href)}" rel="noopener">'
        return f'<a href="{escape(href)}">' if href else "<a>"

    def _link_close(self, *_: Any) -> str:
        detail = self.links.pop()
        shown = f'<span class="handout-detail">{escape(detail)}</span>' if detail else ""
        return f"{shown}</a>"

    def _citation(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        numbers = self._numbers(tokens[i].meta["slugs"])
        grade = tokens[i].meta["grade"]
        if not grade:
            return numbers
        return f'<span class="grade grade-{grade_class(grade)}">{grade} {numbers}</span>'

    def _numbers(self, slugs: Sequence[str]) -> str:
        links = []
        for slug in slugs:
            entry = self.context.references.get(slug)
            if entry is None:
                links.append(escape(slug))
                continue
            label = f'aria-label="Reference {entry.number}"'
            if self.context.has_list:
                count = self.cited[entry.number] = self.cited.get(entry.number, 0) + 1
                anchor = cite_id(self.prefix, entry.number, count)
                links.append(
                    f'<a href="#ref-{entry.number}" id="{anchor}" {label}>{entry.number}</a>'
                )
            elif entry.url.startswith("https://"):
                links.append(
                    f'<a href="{escape(entry.url)}" rel="noopener" {label}>{entry.number}</a>'
                )
            else:
                links.append(str(entry.number))
        return f'<sup class="ref">{" ".join(links)}</sup>'

    def _term_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        if tokens[i].meta["slug"] not in self.context.glossary:
            return "<span>"
        self.term_count += 1
        target = f"{self.prefix}-term-{self.term_count}"
        return (
            f'<span class="term"><button type="button" class="term-word" popovertarget="{target}">'
        )

    def _term_close(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        entry = self.context.glossary.get(tokens[i].meta["slug"])
        if entry is None:
            return "</span>"
        language = f' lang="{escape(entry.language)}"' if entry.language else ""
        return (
            f'</button><span class="term-definition" id="{self.prefix}-term-{self.term_count}" '
            f"popover><b{language}>{escape(entry.term)}</b> {escape(entry.definition)}"
            "</span></span>"
        )

    def _callout_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        meta = tokens[i].meta
        label = CALLOUTS[meta["kind"]]
        claim = f' data-claim="{escape(meta["claim"])}"' if meta.get("claim") else ""
        title = (
            f'<p class="callout-title">{escape(meta["title"])}</p>\n' if meta.get("title") else ""
        )
        return (
            f'<aside class="callout callout-{meta["kind"]}" role="note" '
            f'aria-label="{label}"{claim}>\n'
            f'<p class="callout-label">{label}</p>\n{title}'
        )

    def _callout_close(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        meta = tokens[i].meta
        if "verdict" not in meta:
            return "</aside>\n"
        # The verdict stands in the block of its claim: on screen, in print, read aloud.
        return (
            f'<p class="verdict verdict-{grade_class(meta["verdict"])}">'
            f'<span class="verdict-word">{meta["verdict"]}</span> '
            f"{self._numbers(meta['slugs'])}</p>\n</aside>\n"
        )

    def _nothing(self, *_: Any) -> str:
        """Figures, charts, recordings are taken out before rendering; see `pieces`."""
        return ""

    _chart_open = _chart_close = _recording_open = _recording_close = _figure = _nothing

    def _image(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        return escape(inline_text(tokens[i].children or []))

    def _heading_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        self.headings.append(inline_text(tokens[i + 1].children or []))
        return f"<{tokens[i].tag}>"

    def _table_open(self, *_: Any) -> str:
        # A wide table scrolls by itself, also by keyboard. A group is no landmark, so that two
        # tables under one heading may share a name.
        name = f"Table: {self.headings[-1]}" if self.headings else "Table"
        return (
            f'<div class="table-scroll" role="group" tabindex="0" aria-label="{escape(name)}">'
            "<table>\n"
        )

    def _table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def _th_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        return f'<th scope="col"{_align(tokens[i])}>'

    def _td_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        return f"<td{_align(tokens[i])}>"

    def _fence(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        return f"<pre><code>{escape(tokens[i].content)}</code></pre>\n"

    _code_block = _fence

    def _footnote_ref(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        number = tokens[i].meta["id"] + 1
        return (
            f'<sup class="footnote-ref"><a href="#{self.prefix}-fn-{number}" '
            f'id="{self._footnote_mark(tokens[i])}" aria-label="Footnote {number}">{number}</a>'
            "</sup>"
        )

    def _footnote_mark(self, token: Token) -> str:
        again = token.meta.get("subId") or 0
        return f"{self.prefix}-fnref-{token.meta['id'] + 1}" + (f"-{again + 1}" if again else "")

    def _footnote_block_open(self, *_: Any) -> str:
        return '<section class="footnotes">\n<ol>\n'

    def _footnote_block_close(self, *_: Any) -> str:
        return "</ol>\n</section>\n"

    def _footnote_open(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        return f'<li id="{self.prefix}-fn-{tokens[i].meta["id"] + 1}">'

    def _footnote_close(self, *_: Any) -> str:
        return "</li>\n"

    def _footnote_anchor(self, tokens: Sequence[Token], i: int, *_: Any) -> str:
        return (
            f' <a href="#{self._footnote_mark(tokens[i])}" class="footnote-back" '
            'aria-label="Back to the text">↩\ufe0e</a>'
        )


def cite_id(prefix: str, number: int, count: int) -> str:
    """The anchor of the `count`-th citation of a reference in one text."""
    return f"{prefix}-cite-{number}-{count}"


def _align(token: Token) -> str:
    found = _NUMBER_IN_STYLE.search(str(token.attrs.get("style", "")))
    return f' align="{found[1]}"' if found else ""


def to_html(parsed: Parsed, *, context: MarkdownContext | None, prefix: str) -> SafeString:
    """A text without figures, charts, recordings; what stands there comes out as nothing."""
    return sanitize(_render(Renderer(context, prefix), parsed.tokens))


def to_html_with_figures(
    parsed: Parsed,
    *,
    context: MarkdownContext | None,
    prefix: str,
    draw: Callable[[str, str], str],
) -> SafeString:
    """`draw` is given the name of a figure and the words in its brackets, and is trusted."""
    renderer = Renderer(context, prefix)
    found = [
        draw(tokens[0].meta["slug"], tokens[0].meta["alt"])
        if kind == "figure"
        else sanitize(_render(renderer, tokens))
        for kind, tokens in pieces(parsed.tokens)
    ]
    return mark_safe("".join(found))  # noqa: S308 – sanitized, or made by a template


def to_stored_html(
    parsed: Parsed,
    *,
    context: MarkdownContext | None,
    prefix: str,
    figures: Mapping[str, Any],
    charts: Mapping[str, Any],
    recordings: Mapping[str, Any] = NONE,
    transcripts: Mapping[str, str] = NONE,
) -> str:
    """A lesson body as it is stored: sanitized pieces with placeholders between them.

    `<!--figure:RECORD-->`, `<!--chart:RECORD-->CAPTION<!--/chart-->` and
    `<!--recording:RECORD-->CAPTION<!--transcript-->TEXT<!--/recording-->`, the records as JSON;
    `courses.reading` takes them apart again. Unknown ones come out as nothing: the import has
    named them as mistakes. `transcripts`: Markdown, by the name of the recording.
    """
    renderer = Renderer(context, prefix)
    stored = []
    spoken_count = 0
    for kind, tokens in pieces(parsed.tokens):
        if kind == "figure":
            record = figures.get(tokens[0].meta["slug"])
            if record is not None:
                stored.append(f"<!--figure:{comment_json(record)}-->")
        elif kind == "chart":
            meta = tokens[0].meta
            caption = sanitize(_render(renderer, tokens[1:-1]))
            if meta["slug"] in charts:
                placed = {
                    "record": charts[meta["slug"]],
                    "layers": meta["layers"],
                    "view": meta["view"],
                }
                stored.append(f"<!--chart:{comment_json(placed)}-->{caption}<!--/chart-->")
        elif kind == "recording":
            slug = tokens[0].meta["slug"]
            caption = sanitize(_render(renderer, tokens[1:-1]))
            if slug in recordings:
                # Its own ids: a transcript may have footnotes, as the lesson has.
                spoken_count += 1
                spoken = render_text(
                    transcripts.get(slug, ""), context, f"{prefix}-spoken-{spoken_count}"
                )
                stored.append(
                    f"<!--recording:{comment_json(recordings[slug])}-->{caption}"
                    f"<!--transcript-->{spoken}<!--/recording-->"
                )
        else:
            stored.append(sanitize(_render(renderer, tokens)))
    return "".join(stored)


def render_text(text: str, context: MarkdownContext | None, prefix: str) -> SafeString:
    """A text beside the lesson: its numbers lead to the sources, not into the lesson's list."""
    if not text:
        return sanitize("")
    return to_html(parse(text), context=(context or EMPTY).without_list(), prefix=prefix)


def comment_json(value: Any) -> str:
    """JSON that cannot end the comment it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("--", "-\\u002d").replace(">", "\\u003e")


def pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """The top level cut into runs of text, figures, charts and recordings."""
    start = 0
    is_inside = False
    for index, token in enumerate(tokens):
        if token.type == "figure" and not is_inside:
            if index > start:
                yield "html", tokens[start:index]
            yield "figure", tokens[index : index + 1]
            start = index + 1
        elif token.type in ("chart_open", "recording_open"):
            if index > start:
                yield "html", tokens[start:index]
            start, is_inside = index, True
        elif token.type in ("chart_close", "recording_close"):
            yield token.type.removesuffix("_close"), tokens[start : index + 1]
            start, is_inside = index + 1, False
    if start < len(tokens):
        yield "html", tokens[start:]


def _render(renderer: Renderer, tokens: Sequence[Token]) -> str:
    options: OptionsDict = MARKDOWN.options
    return _AFTER_A_TERM.sub(r"\1\2</span>", str(renderer.render(tokens, options, {})))


def safe_piece(stored: str) -> SafeString:
    """A piece of what `to_stored_html` made; it was sanitized there."""
    return mark_safe(stored)  # noqa: S308
