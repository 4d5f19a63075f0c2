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
    figures: Container[str] | None = None,
    is_line: bool = False,
) -> Iterator[str]:
    """A sentence for everything in a text that is no good, or not there. The known names are
    asked for only when the text refers to something; `no_reference` and `no_term` are sentences
    with `{}`. `figures`: those that the question embeds; None where none may stand. `is_line`:
    a choice or a note, in which a figure takes the place of all words.
    """
    parsed = parse(text)
    for problem in parsed.problems:
        yield f"{problem.sentence[:1].upper()}{problem.sentence[1:]}."
    for use in parsed.uses:
        if use.kind == "reference" and use.name not in references():
            yield no_reference.format(use.name)
        elif use.kind == "glossary" and use.name not in glossary():
            yield no_term.format(use.name)
        elif use.kind == "figure" and figures is not None:
            if use.name not in figures:
                yield f"There is no figure “{use.name}” in this course."
            elif is_line and "\n" in text.strip():
                yield "A figure stands in a choice or a note alone, without words."
        elif use.kind == "figure":
            yield "A figure cannot stand here; put it into a question."
        elif use.kind in ("chart", "recording", "handout"):
            yield f"A {use.kind} cannot stand in a quiz; describe it in words."


def is_line(where: Where) -> bool:
    """Whether the text at this path of a question is shown as one line."""
    return where[:1] not in (("stem",), ("explanation",))
