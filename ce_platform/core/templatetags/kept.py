"""A piece of a page that many readers get alike, rendered once per process.

    {% kept here platform.is_registrar %}<ul>…</ul>{% endkept %}

The values named are everything that the piece depends on, besides the language. What belongs to
one person or one request must not be inside; a form with its token is refused when the template
is read.
"""

from typing import Final

from django import template
from django.template import TemplateSyntaxError
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.safestring import SafeString
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
