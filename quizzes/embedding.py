"""What a question names and what is put into it: charts and figures of a version.

A revision shows for ever what it showed when it was written; so it holds the geometry of its places
and the hashes of its files, and not the name of something that changes.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from courses.charts import chart_records
from courses.models import CourseVersion, Figure
from courses.reading import figure_record
from quizzes.question_types.base import Cleaned, Content, QuestionType
from quizzes.question_types.figures import Pictures

Record = Mapping[str, Any]


class NamedPictures:
    """Records at hand: of a package, or of a test."""

    def __init__(self, *, charts: Sequence[Record] = (), figures: Sequence[Record] = ()) -> None:
        self._charts = charts
        self._figures = figures

    def charts(self) -> Sequence[Record]:
        return self._charts

    def figures(self) -> Sequence[Record]:
        return self._figures

    def chart(self, name: str) -> Record | None:
        return next((each for each in self.charts() if name in (each["key"], each["slug"])), None)

    def figure(self, name: str) -> Record | None:
        return next((each for each in self.figures() if each["slug"] == name), None)


class VersionPictures(NamedPictures):
    """Those of a version as they are now: four queries for all charts and one for all figures,
    asked when the first is named."""

    def __init__(self, version: CourseVersion) -> None:
        super().__init__()
        self._version = version

    def charts(self) -> Sequence[Record]:
        return self._all_charts

    def figures(self) -> Sequence[Record]:
        return self._all_figures

    @cached_property
    def _all_charts(self) -> list[Record]:
        charts = chart_records(self._version, {}).values()
        return sorted(charts, key=lambda chart: (chart["title"], chart["slug"]))

    @cached_property
    def _all_figures(self) -> list[Record]:
        rows = Figure.objects.filter(version=self._version).select_related("file")
        return [figure_record(row) for row in rows.order_by("slug")]


def embedded(
    kind: QuestionType, content: Content, pictures: Pictures, *, kept: Content | None = None
) -> Cleaned:
    """The canonical content of what an author wrote, with everything that is wrong."""
    put_in = kind.embed(content, pictures, kept=kept)
    cleaned = kind.clean(put_in.content)
    # What could not be put in is not there; nobody needs to be told twice.
    missing = {problem.where for problem in put_in.problems}
    missing |= {(*where[:-1], "at") for where in missing if where[-1:] == ("point",)}
    problems = [problem for problem in cleaned.problems if problem.where not in missing]
    return Cleaned(cleaned.content, [*put_in.problems, *problems])


def is_as_now(kind: QuestionType, content: Content, pictures: Pictures) -> bool:
    """Whether the charts and figures that a revision shows are still as it shows them."""
    if not has_pictures(content):
        return True
    now = embedded(kind, kind.named(content), pictures)
    return not now.problems and now.content == content


def has_pictures(content: Content) -> bool:
    return "figures" in content or "picture" in content


def picture_names(content: Content) -> list[str]:
    """`chart:KEY` and `figure:NAME` of everything it shows."""
    names = [f"figure:{name}" for name in content.get("figures", {})]
    picture = content.get("picture")
    if picture:
        chart, figure = picture["chart"], picture["figure"]
        names.append(f"chart:{chart}" if chart else f"figure:{figure}")
    return names
