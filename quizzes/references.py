"""What the texts of a question refer to, and whether it is there. Pure."""

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Any

from courses.markdown import parse

Where = tuple[str | int, ...]


def texts_of(value: Any, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Every text inside the content, with its path."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from texts_of(each, (*where, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from texts_of(each, (*where, index))


def dangling(
    text: str,
    *,
    references: Callable[[], Container[str]],
    glossary: Callable[[], Container[str]],
    no_reference: str,
    no_term: str,
) -> Iterator[str]:
    """A sentence for everything in a text that is no good, or not there. The known names are
    asked for only when the text refers to something; the two last are sentences with `{}`."""
    parsed = parse(text)
    for problem in parsed.problems:
        yield f"{problem.sentence[:1].upper()}{problem.sentence[1:]}."
    for use in parsed.uses:
        if use.kind == "reference" and use.name not in references():
            yield no_reference.format(use.name)
        elif use.kind == "glossary" and use.name not in glossary():
            yield no_term.format(use.name)
        elif use.kind in ("figure", "chart", "recording", "handout"):
            yield f"A {use.kind} cannot stand in a quiz yet; describe it in words."
