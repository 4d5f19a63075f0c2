"""Lesson text: Markdown with blocks for cautions, claims, charts; see docs/course-package.md."""

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
from courses.markdown.rendering import to_html

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
