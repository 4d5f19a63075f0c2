"""Pieces of a page that the apps above make."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from courses.parts import Panel


def rendered(request: HttpRequest, panels: Iterable[Panel]) -> list[SafeString]:
    """In their order."""
    return [
        render_to_string(panel.template, dict(panel.context), request)
        for panel in sorted(panels, key=lambda each: each.order)
    ]
