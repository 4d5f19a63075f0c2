"""The figures and charts that a question may name, and what it holds of a figure. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from quizzes.question_types.base import TableReader

FIGURE_KEYS: Final = frozenset({"sizes", "extension", "width", "height", "alt", "credit"})
_MOST_FIGURES: Final = 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Pictures(Protocol):
    """The charts and figures that an author may name; records as courses make them."""

    def chart(self, name: str) -> Mapping[str, Any] | None:
        """By its key or its short name: a `courses.charts.chart_record`."""

    def figure(self, name: str) -> Mapping[str, Any] | None:
        """By its short name: a `courses.reading.figure_record`."""


class PictureChoices(Pictures, Protocol):
    """The same for somebody who is to choose among them."""

    def charts(self) -> Sequence[Mapping[str, Any]]:
        """All charts."""

    def figures(self) -> Sequence[Mapping[str, Any]]:
        """All figures."""


def clean_figures(reader: "TableReader") -> dict[str, Any]:
    """The figures that texts of the question show, by name: put in by `embed`. A question without
    any says nothing of them, as it did before there were any."""
    reader.known.add("figures")
    given = reader.table.get("figures", {})
    if not isinstance(given, Mapping) or len(given) > _MOST_FIGURES:
        reader.problem("figures", f"A question shows at most {_MOST_FIGURES} figures.")
        return {}
    figures = {}
    for name, record in given.items():
        if not is_figure(record):
            reader.problem("figures", "“figures” is filled in by the platform.")
            return {}
        figures[str(name)] = dict(record)
    return {"figures": figures} if figures else {}


def is_figure(record: Any) -> bool:
    """Whether it is what `embed` puts in for a figure."""
    return (
        isinstance(record, Mapping)
        and set(record) == FIGURE_KEYS
        and isinstance(record["sizes"], Mapping)
        and all(is_sha256(each) for each in record["sizes"].values())
        and all(str(width).isdecimal() for width in record["sizes"])
        and record["extension"] in ("png", "webp")
        and all(isinstance(record[name], str) for name in ("alt", "credit"))
        and all(isinstance(record[name], int) and record[name] > 0 for name in ("width", "height"))
    )


def is_sha256(value: Any) -> bool:
    return isinstance(value, str) and _SHA256.fullmatch(value) is not None
