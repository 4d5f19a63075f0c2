"""A piece of a page that many readers get alike, rendered once per process.

    {% kept here platform.is_registrar %}<ul>…</ul>{% endkept %}

The values named are everything that the piece depends on, besides the language. What belongs to
one person or one request must not be inside; a form with its token is refused when the template
is read.

    {% kept_field some_form.reason %}

A field as a group, for forms of which a page has many that stay closed and empty: an empty field is
rendered once for all forms of its class.
"""

from typing import Final

from django import template
from django.forms import BoundField
from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()

# Far more than there are pages times roles: only a value that should not be named comes here.
MOST_VARIANTS: Final = 1000


class KeptNode(template.Node):
    def __init__(self, depends_on: list[FilterExpression], nodelist: NodeList) -> None:
        self.depends_on = depends_on
        self.nodelist = nodelist
        self._made: dict[tuple[object, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        variant = (get_language(), *(each.resolve(context) for each in self.depends_on))
        made = self._made.get(variant)
        if made is None:
            made = self.nodelist.render(context)
            if len(self._made) >= MOST_VARIANTS:
                self._made.clear()
            self._made[variant] = made
        return made


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    depends_on = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodelist.get_nodes_by_type(CsrfTokenNode):
        raise TemplateSyntaxError("The token of a form belongs to one person and is never kept.")
    return KeptNode(depends_on, nodelist)


_empty_fields: dict[tuple[object, ...], str] = {}
_NAME: Final = "\0name"


@register.simple_tag
def kept_field(field: BoundField) -> SafeString:
    """Two empty forms of a class must not differ here in anything but their prefix."""
    form = field.form
    if form.is_bound or form.initial.get(field.name):
        return field.as_field_group()
    variant = (type(form), field.name, form.auto_id, form.prefix is None, get_language())
    if variant not in _empty_fields:
        if len(_empty_fields) >= MOST_VARIANTS:
            _empty_fields.clear()
        _empty_fields[variant] = field.as_field_group().replace(field.html_name, _NAME)
    # Safe as it came, and the name of a field is made of its form's prefix.
    return mark_safe(_empty_fields[variant].replace(_NAME, escape(field.html_name)))  # noqa: S308
