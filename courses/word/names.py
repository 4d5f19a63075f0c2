"""Names in the XML of Word, and small readers of it."""

from typing import Final
from xml.etree.ElementTree import Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
M: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
PIC: Final = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
C: Final = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DGM: Final = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
V: Final = "{urn:schemas-microsoft-com:vml}"
XML: Final = "{http://www.w3.org/XML/1998/namespace}"

# "Strict Open XML" has its own names for the same things.
_STRICT = {
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}": W,
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}": R,
    "{http://purl.oclc.org/ooxml/drawingml/main}": A,
    "{http://purl.oclc.org/ooxml/officeDocument/math}": M,
    "{http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing}": WP,
    "{http://purl.oclc.org/ooxml/drawingml/picture}": PIC,
    "{http://purl.oclc.org/ooxml/drawingml/chart}": C,
    "{http://purl.oclc.org/ooxml/drawingml/diagram}": DGM,
}


def loosen(tree: Element) -> None:
    """Rename strict names to the common ones, in place."""
    for element in tree.iter():
        if "purl.oclc.org" in element.tag:
            element.tag = _loose(element.tag)
        for name in [each for each in element.attrib if "purl.oclc.org" in each]:
            element.attrib[_loose(name)] = element.attrib.pop(name)


def _loose(name: str) -> str:
    space, _, local = name.rpartition("}")
    return _STRICT.get(space + "}", space + "}") + local


def child(element: Element | None, *path: str) -> Element | None:
    """`child(paragraph, "pPr", "numPr")` in the main namespace."""
    for name in path:
        if element is None:
            return None
        element = element.find(W + name)
    return element


def value(element: Element | None, *path: str) -> str | None:
    """The `w:val` of a descendant; None when there is no such element."""
    found = child(element, *path)
    return None if found is None else found.get(W + "val", "")


def switch(element: Element | None, name: str) -> bool | None:
    """A property that is on, off or not spoken of."""
    found = value(element, name)
    return None if found is None else found not in ("0", "false", "off")


def whole(text: str | None, *, default: int, lowest: int = 0, highest: int = 1_000_000) -> int:
    """A number from an attribute, kept within bounds."""
    if text is None or len(text) > 9 or not text.lstrip("-").isdecimal():
        return default
    return max(lowest, min(highest, int(text)))
