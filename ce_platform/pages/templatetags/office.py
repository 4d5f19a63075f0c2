"""What the pages of the office have in common."""

from django import template

from ce_platform.pages.office_places import BarLink, bar

register = template.Library()


@register.simple_tag
def office_bar(here: str) -> list[BarLink]:
    return bar(here)
