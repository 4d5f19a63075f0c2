"""Components that wrap a body. Their arguments are named, so that a misspelled one fails.

Each tag hands its arguments to one leaf template in `templates/components/`; the page
`pages:components` shows every one of them.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from django import template
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

Text = str | Promise

CALLOUT_LABELS: Final[dict[str, Text]] = {
    "caution": _("Caution"),
    "do-not": _("Do not"),
    "contraindication": _("When not to"),
    "try": _("Try it"),
    "note": _("Note"),
    "tradition": _("Tradition, not tested"),
    "claim": _("Claim examined"),
}
PANEL_TONES: Final = frozenset({"", "accent", "quiet"})


@register.simple_block_tag
def page_heading(content: str, *, title: Text, eyebrow: Text = "", lede: Text = "") -> SafeString:
    """The one h1 of a page; the body holds its buttons or facts and may be empty."""
    return render_to_string(
        "components/_page_heading.html",
        {"content": content, "title": title, "eyebrow": eyebrow, "lede": lede},
    )


@register.simple_block_tag
def card(
    content: str, *, title: Text = "", href: str = "", eyebrow: Text = "", level: int = 3
) -> SafeString:
    """One separate thing in a list; with `href` the whole card is the link."""
    return render_to_string(
        "components/_card.html",
        {"content": content, "title": title, "href": href, "eyebrow": eyebrow, "level": level},
    )


@register.simple_block_tag
def panel(
    content: str,
    *,
    title: Text = "",
    id: str = "",
    level: int = 2,
    tone: str = "",
    eyebrow: Text = "",
) -> SafeString:
    """A boxed section of a page. Tone "accent" marks the one next step."""
    if tone not in PANEL_TONES:
        raise template.TemplateSyntaxError(f"panel has no tone {tone!r}")
    return render_to_string(
        "components/_panel.html",
        {
            "content": content,
            "title": title,
            "id": id,
            "level": level,
            "tone": tone,
            "eyebrow": eyebrow,
        },
    )


@register.simple_block_tag
def dialog(
    content: str,
    *,
    id: str,
    title: Text,
    trigger: Text,
) -> SafeString:
    """A button and the popover it opens; no script is needed for either."""
    return render_to_string(
        "components/_dialog.html",
        {"content": content, "id": id, "title": title, "trigger": trigger},
    )


@register.simple_block_tag
def callout(content: str, *, kind: str, title: Text = "") -> SafeString:
    """A caution, an exercise, a note … : the same markup as inside a lesson."""
    if kind not in CALLOUT_LABELS:
        raise template.TemplateSyntaxError(f"callout has no kind {kind!r}")
    return render_to_string(
        "components/_callout.html",
        {"content": content, "kind": kind, "label": CALLOUT_LABELS[kind], "title": title},
    )


@register.simple_block_tag
def disclosure(
    content: str,
    *,
    summary: Text,
    open: bool = False,
    id: str = "",
) -> SafeString:
    """Detail that most people skip, one tap away."""
    return render_to_string(
        "components/_disclosure.html",
        {"content": content, "summary": summary, "open": open, "id": id},
    )


@register.simple_tag
def toc_items(items: Iterable[Mapping[str, Any]]) -> SafeString:
    """The lines of a table of contents: title, url, is_finished, is_current, is_locked.

    Put together here and not by a template, which took a quarter of the time of a lesson page:
    there are many lines, and every learner's differ.
    """
    finished = f'<span class="visually-hidden"> ({escape(gettext("finished"))})</span>'
    lines = []
    for item in items:
        marks = "".join(
            f" is-{name}" for name in ("finished", "current", "locked") if item[f"is_{name}"]
        )
        inside = escape(str(item["title"]))
        if item["url"] and not item["is_locked"]:
            here = ' aria-current="page"' if item["is_current"] else ""
            done = finished if item["is_finished"] else ""
            inside = f'<a href="{escape(item["url"])}"{here}>{inside}{done}</a>'
        else:
            inside = f"<span>{inside}</span>"
        lines.append(f'<li class="toc-item{marks}">{inside}</li>')
    return mark_safe("".join(lines))  # noqa: S308 – every part is escaped
