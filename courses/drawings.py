"""Line drawings let in by rebuilding: what is not on the list does not exist in the result.

An SVG from a package is read without entities, checked shape by shape, and written anew. The
result is one group `#drawing`, to be shown by `<use href="…#drawing">`. Pale fills become custom
properties, so that a page can restyle them in the dark.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from ce_platform.core.errors import DomainError

LARGEST_FILE: Final = 1_000_000
MOST_SHAPES: Final = 5_000
DEEPEST: Final = 20
SVG: Final = "{http://www.w3.org/2000/svg}"
# Classes of the house drawings whose fill a page may change.
RESTYLED: Final = {"tint", "iris", "spark"}

# Each text matches in one way only, and no number is long: a hostile value must not make the
# search try for hours.
LONGEST_VALUE: Final = 1_000
_LONG_NUMBER = re.compile(r"[0-9.]{41}")
_NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_NUMBERS = re.compile(rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER})*\s*")
_ONE_NUMBER = re.compile(_NUMBER)
_PATH = re.compile(r"[MmLlHhVvCcSsQqTtAaZz0-9eE+\-.,\s]*")
_ARGUMENTS = rf"\(\s*{_NUMBER}(?:[\s,]+{_NUMBER}){{0,5}}\s*\)"
_MOVE = rf"(?:translate|scale|rotate|matrix|skewX|skewY){_ARGUMENTS}"
_TRANSFORM = re.compile(rf"{_MOVE}(?:[\s,]*{_MOVE}){{0,19}}")
_COLOR = re.compile(r"currentColor|none|#[0-9a-fA-F]{3}|#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}(?: [A-Za-z][A-Za-z0-9_-]{0,39}){0,4}")
_RESTYLED_FILL = re.compile(r' fill="var\(--drawing-[a-z]+, (#[0-9a-f]+)\)"')
_VIEW_BOX = re.compile(rf"0 0 ({_NUMBER}) ({_NUMBER})")

_COMMON = {
    "id": _NAME,
    "class": _NAME,
    "transform": _TRANSFORM,
    "fill": _COLOR,
    "stroke": _COLOR,
    "stroke-width": _ONE_NUMBER,
    "stroke-linecap": re.compile("butt|round|square"),
    "stroke-linejoin": re.compile("miter|round|bevel"),
    "stroke-dasharray": _NUMBERS,
    "fill-rule": re.compile("nonzero|evenodd"),
    "opacity": _ONE_NUMBER,
    "fill-opacity": _ONE_NUMBER,
    "stroke-opacity": _ONE_NUMBER,
}
_SHAPES: Final = {
    "g": (),
    "path": ("d",),
    "circle": ("cx", "cy", "r"),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "line": ("x1", "y1", "x2", "y2"),
    "rect": ("x", "y", "width", "height", "rx", "ry"),
    "polyline": ("points",),
    "polygon": ("points",),
}
_GEOMETRY = {"d": _PATH, "points": _NUMBERS}


class DrawingRefused(DomainError):
    """The drawing holds something that is not a plain shape."""


def rebuild(content: bytes) -> bytes:
    """The drawing as we keep it. Errors: DrawingRefused."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    if len(content) > LARGEST_FILE:
        raise DrawingRefused(f"the drawing is larger than {LARGEST_FILE // 1000} kB")
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise DrawingRefused("the drawing declares entities or a document type") from None
    except (ParseError, ValueError, LookupError) as error:
        raise DrawingRefused(f"the drawing is not well-formed: {error}") from None
    if root.tag != f"{SVG}svg":
        raise DrawingRefused("the drawing is not an SVG file")
    box = _VIEW_BOX.fullmatch(root.get("viewBox", "")[:LONGEST_VALUE])
    if box is None:
        raise DrawingRefused('the drawing needs a viewBox like "0 0 1000 1200"')
    for name in root.attrib:
        if name not in {"viewBox", "width", "height", "version"}:
            raise DrawingRefused(f"‘{name}’ is not allowed on the drawing")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box[1]} {box[2]}">',
        '<g id="drawing">',
        *_children(root, [0], depth=1),
        "</g>",
        "</svg>",
    ]
    return ("\n".join(lines) + "\n").encode()


def as_sent(rebuilt: bytes) -> bytes:
    """A rebuilt drawing in the form that a package brings: `rebuild` of it gives the same bytes.

    No value of a rebuilt drawing can hold a quotation mark, so what stands between them is ours.
    """
    text = rebuilt.decode().replace('<g id="drawing">\n', "", 1).replace("</g>\n</svg>", "</svg>")
    return _RESTYLED_FILL.sub(r' fill="\1"', text.replace(' id="part-', ' id="')).encode()


def size_of(rebuilt: bytes) -> tuple[float, float]:
    """Width and height of a rebuilt drawing."""
    found = re.search(rf'viewBox="0 0 ({_NUMBER}) ({_NUMBER})"', rebuilt[:300].decode())
    if found is None:
        raise ValueError("not a rebuilt drawing")
    return float(found[1]), float(found[2])


def _children(parent: object, counted: list[int], *, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        raise DrawingRefused("the drawing is nested too deeply")
    for element in parent:  # type: ignore[attr-defined]
        counted[0] += 1
        if counted[0] > MOST_SHAPES:
            raise DrawingRefused(f"the drawing has more than {MOST_SHAPES:,} shapes")
        if not isinstance(element.tag, str):
            continue  # a comment
        tag = element.tag.removeprefix(SVG)
        if tag not in _SHAPES:
            raise DrawingRefused(f"<{tag[:40]}> is not allowed in a drawing")
        if (element.text or "").strip() or (element.tail or "").strip():
            raise DrawingRefused("text is not allowed in a drawing")
        attributes = "".join(_attributes(tag, dict(element.attrib)))
        if tag == "g":
            yield f"<g{attributes}>"
            yield from _children(element, counted, depth=depth + 1)
            yield "</g>"
        elif len(element):
            raise DrawingRefused(f"<{tag}> holds something inside")
        else:
            yield f"<{tag}{attributes}/>"


def _attributes(tag: str, given: dict[str, str]) -> Iterator[str]:
    for name, value in given.items():
        rule = _COMMON.get(name)
        if name in _SHAPES[tag]:
            rule = _GEOMETRY.get(name, _ONE_NUMBER)
        if rule is None:
            raise DrawingRefused(f"‘{name[:40]}’ is not allowed on <{tag}>")
        value = " ".join(value.split())
        longest = LARGEST_FILE if rule in (_PATH, _NUMBERS) else LONGEST_VALUE
        if len(value) > longest or _LONG_NUMBER.search(value) or not rule.fullmatch(value):
            raise DrawingRefused(f"‘{name}’ of <{tag}> has a value that is not allowed")
        if name == "id":
            # `drawing` is our own; and names must not meet those of the page.
            value = f"part-{value}"
        elif name == "fill" and value.startswith("#") and given.get("class") in RESTYLED:
            value = f"var(--drawing-{given['class']}, {value.lower()})"
        yield f" {name}={quoteattr(value)}"
