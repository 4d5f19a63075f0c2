"""Lesson text: Markdown with blocks for cautions, claims, charts; see docs/course-package.md."""

from collections.abc import Callable

from django.utils.safestring import SafeString

from courses.markdown.context import (
    HandoutEntry,
    MarkdownContext,
    ReferenceEntry,
    TermEntry,
    context_for,
    reference_entry,
    source_url,
)
from courses.markdown.parser import Parsed, Problem, Use, parse, parse_inline
from courses.markdown.rendering import to_html, to_html_with_figures

__all__ = [
    "HandoutEntry",
    "MarkdownContext",
    "Parsed",
    "Problem",
    "ReferenceEntry",
    "TermEntry",
    "Use",
    "context_for",
    "parse",
    "parse_inline",
    "reference_entry",
    "render",
    "render_inline",
    "render_with_figures",
    "source_url",
]


def render(
    text: str, *, version_context: MarkdownContext | None = None, prefix: str = "text"
) -> SafeString:
    """Sanitized HTML. `prefix` begins every id, so give each text of a page its own."""
    return to_html(parse(text), context=version_context, prefix=prefix)


def render_inline(
    text: str, *, version_context: MarkdownContext | None = None, prefix: str = "text"
) -> SafeString:
    """One line of text without a paragraph around it: an objective, a choice."""
    return to_html(parse_inline(text), context=version_context, prefix=prefix)


def render_with_figures(
    text: str,
    *,
    version_context: MarkdownContext | None = None,
    prefix: str = "text",
    draw: Callable[[str, str], str],
) -> SafeString:
    """Sanitized HTML with figures between its paragraphs. `draw` makes the HTML of a figure from
    its name and the alternative text that stands in the text's own brackets."""
    return to_html_with_figures(parse(text), context=version_context, prefix=prefix, draw=draw)
