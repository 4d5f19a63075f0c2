"""Equations as one line of text, so that nothing is lost; a person has to look at them."""

from xml.etree.ElementTree import Element

from courses.word.names import M

_FRACTION = ("num", "den")


def linear(element: Element) -> str:
    """`(a+b)/2`, `x^2`, `√(x)`: fractions and powers never run together."""
    return " ".join(_text(element).split())


def _text(element: Element) -> str:
    name = element.tag.removeprefix(M)
    if name == "t":
        return element.text or ""
    if name == "f":
        over, under = (_grouped(element, part) for part in _FRACTION)
        return f"{over}/{under}"
    if name in ("sSup", "sSub", "sSubSup"):
        base = _grouped(element, "e")
        sub = f"_{_grouped(element, 'sub')}" if name != "sSup" else ""
        sup = f"^{_grouped(element, 'sup')}" if name != "sSub" else ""
        return base + sub + sup
    if name == "rad":
        return f"{_inside(element, 'deg')}√({_inside(element, 'e')})"
    if name == "d":
        return f"({', '.join(_text(each) for each in element.findall(M + 'e'))})"
    return "".join(_text(each) for each in element)


def _inside(element: Element, part: str) -> str:
    found = element.find(M + part)
    return "" if found is None else "".join(_text(each) for each in found)


def _grouped(element: Element, part: str) -> str:
    text = _inside(element, part)
    return text if len(text) <= 1 or text.isalnum() else f"({text})"
