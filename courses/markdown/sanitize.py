"""The last gate before HTML is stored or shown: only what our own renderer writes gets through."""

import nh3
from django.utils.safestring import SafeString, mark_safe

from courses.markdown.grammar import CALLOUTS, GRADES, grade_class

_CLASSES = {
    "a": {"footnote-back", "handout"},
    "aside": {"callout", *(f"callout-{kind}" for kind in CALLOUTS)},
    "button": {"term-word"},
    "div": {"table-scroll"},
    "p": {
        "callout-label",
        "callout-title",
        "verdict",
        *(f"verdict-{grade_class(g)}" for g in GRADES),
    },
    "section": {"footnotes"},
    "span": {
        "term",
        "term-definition",
        "handout-detail",
        "verdict-word",
        "grade",
        *(f"grade-{grade_class(grade)}" for grade in GRADES),
    },
    "sup": {"ref", "footnote-ref"},
}
_CLEANER = nh3.Cleaner(
    tags={
        *("a", "aside", "b", "blockquote", "br", "button", "code", "div", "em", "h2", "h3", "h4"),
        *("h5", "h6", "hr", "li", "ol", "p", "pre", "section", "span", "strong", "sup", "table"),
        *("tbody", "td", "th", "thead", "tr", "ul"),
    },
    attributes={
        "a": {"href", "id", "rel", "aria-label", "download"},
        "aside": {"aria-label", "data-claim"},
        "b": {"lang"},
        "button": {"popovertarget"},
        "div": {"role", "tabindex", "aria-label"},
        "li": {"id"},
        "ol": {"start"},
        "span": {"id", "lang", "popover"},
        "td": {"align"},
        "th": {"align", "scope"},
    },
    tag_attribute_values={"aside": {"role": {"note"}}, "button": {"type": {"button"}}},
    allowed_classes=_CLASSES,
    url_schemes={"https", "mailto"},
    link_rel=None,  # The renderer writes rel itself, on links that lead outside.
    strip_comments=True,
)


def sanitize(html: str) -> SafeString:
    return mark_safe(_CLEANER.clean(html))  # noqa: S308 – this is the gate
