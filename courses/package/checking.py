"""Whether everything a lesson refers to is in the package."""

import difflib
from collections.abc import Collection

from courses.markdown import Use, parse
from courses.package.content import PackagedCourse, PackagedLesson
from courses.package.source import PackageSource

_FILES = {
    "reference": "references.toml has no reference",
    "glossary": "glossary.toml has no term",
    "figure": "figures/figures.toml has no figure",
    "chart": "charts/ has no chart",
    "recording": "recordings/recordings.toml has no recording",
    "handout": "handouts/handouts.toml has no handout",
}


def check_description(source: PackageSource, course: PackagedCourse) -> None:
    """The text of the course page: it may cite references and use terms, nothing else."""
    first = source.line_of("course.toml", "description")
    written = source.read_text("course.toml").split("\n")[first - 1]
    if written.rstrip().endswith(('"""', "'''")):
        first += 1  # The text begins on the line after the quotation marks.
    parsed = parse(course.texts["description"])
    for problem in parsed.problems:
        source.problem("course.toml", first + problem.line, problem.sentence)
    known = {"reference": source.references, "glossary": source.glossary}
    for use in parsed.uses:
        if use.kind not in known:
            sentence = f"a {use.kind} cannot stand on the course page"
            source.problem("course.toml", first + use.line, sentence)
        elif use.name not in known[use.kind]:
            sentence = f"{_FILES[use.kind]} ‘{use.name}’"
            source.problem("course.toml", first + use.line, sentence)


def check_uses(source: PackageSource, course: PackagedCourse) -> None:
    known: dict[str, Collection[str]] = {
        "reference": source.references,
        "glossary": source.glossary,
        "figure": [figure.slug for figure in course.figures],
        "chart": [chart.slug for chart in course.charts],
        "recording": [recording.slug for recording in course.recordings],
        "handout": [handout.slug for handout in course.handouts],
    }
    charts = {chart.slug: chart for chart in course.charts}
    for lesson in course.lessons:
        for use in lesson.parsed.uses:
            if use.name not in known[use.kind]:
                close = difflib.get_close_matches(use.name, list(known[use.kind]), n=1)
                hint = f"; did you mean ‘{close[0]}’?" if close else ""
                _problem(source, lesson, use, f"{_FILES[use.kind]} ‘{use.name}’{hint}")
            elif use.kind == "chart":
                chart = charts[use.name]
                layers = [layer["id"] for layer in chart.layers]
                for layer in use.options["layers"]:
                    if layer not in layers:
                        _problem(source, lesson, use, f"{chart.path} has no layer ‘{layer}’")
                view = use.options["view"]
                if view and view not in [each.slug for each in chart.views]:
                    _problem(source, lesson, use, f"{chart.path} has no view ‘{view}’")


def _problem(source: PackageSource, lesson: PackagedLesson, use: Use, sentence: str) -> None:
    source.problem(lesson.path, lesson.head_lines + use.line + 1, sentence)
