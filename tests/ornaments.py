"""The ornament of a certificate is hundreds of thousands of numbers, the same on every one. Reading
them takes a third of the time of a page: a test process does it once for each ornament."""

from functools import wraps
from typing import Any, Final

_LONG: Final = 2_000


def draw_long_paths_once() -> None:
    """The bytes in the PDF are those that WeasyPrint writes, see tests/test_ornaments.py."""
    from weasyprint import svg as drawing

    original = drawing.TAGS["path"]
    drawn: dict[Any, tuple[list[Any], list[Any]]] = {}

    @wraps(original)
    def path(svg: Any, node: Any, font_size: float) -> None:
        shape = node.get("d", "")
        if len(shape) < _LONG:
            original(svg, node, font_size)
            return
        operations = svg.stream.stream
        # What percentages would be of.
        key = (shape, font_size, svg.inner_width, svg.inner_height)
        if key in drawn:
            operations += drawn[key][0]
            node.vertices += drawn[key][1]
            return
        already, corners = len(operations), len(node.vertices)
        original(svg, node, font_size)
        drawn[key] = operations[already:], list(node.vertices)[corners:]

    drawing.TAGS["path"] = path
