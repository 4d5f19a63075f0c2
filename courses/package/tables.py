"""Rows of a version → the values of its files, each in the order of docs/course-package.md."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from courses.models import (
    Chart,
    ChartView,
    CourseVersion,
    Figure,
    GlossaryTerm,
    Handout,
    Lesson,
    Module,
    Recording,
    Reference,
)
from courses.package.reading import FORMAT
from courses.package.toml import Rows, Values, decimal_text, number


def course_table(version: CourseVersion) -> Values:
    return {
        "format": FORMAT,
        "key": str(version.course.key),
        "slug": version.course.slug,
        "title": version.title,
        "subtitle": version.subtitle,
        "language": version.language,
        "delivery": version.delivery,
        # Their order is not kept; the database sorts by the rules of its own language.
        "subjects": sorted(subject.name for subject in version.subjects.all()),
        "summary": version.summary,
        "description": version.description,
        "cost": version.cost_text,
        "audience": version.audience,
        "prerequisites": version.prerequisites,
        "worksheet": {
            "difficulty": version.difficulty,
            "difficulty_reason": version.difficulty_reason,
        },
        "credit": Rows(
            {"category": row.category, "credit_hours": decimal_text(row.credit_hours)}
            for row in version.credits.all()
        ),
        "authors": Rows(
            {
                "key": str(row.key),
                "name": row.name,
                "credentials": row.credentials,
                "bio": row.biography,
                "email": row.user.email if row.user else "",
            }
            for row in version.authors.select_related("user")
        ),
        "objectives": Rows(
            {"key": str(row.key), "code": row.code, "text": row.text}
            for row in version.objectives.all()
        ),
    }


def module_table(module: Module) -> Values:
    return {"key": str(module.key), "title": module.title, "summary": module.summary}


def lesson_head(lesson: Lesson) -> Values:
    """Expects the objectives fetched along."""
    return {
        "key": str(lesson.key),
        "title": lesson.title,
        "objectives": [objective.code for objective in lesson.objectives.all()],
        "free": lesson.is_free or None,
        "media_minutes": _minutes(lesson.media_minutes),
    }


def _minutes(value: Decimal) -> int | str | None:
    """A whole number, or text with one decimal, as the reader wants it."""
    if not value:
        return None
    return int(value) if value == int(value) else decimal_text(value)


def figures_table(files: Iterable[tuple[Figure, str]]) -> Values:
    """Figures with the names of their files."""
    return {
        "figures": Rows(
            {
                "key": str(figure.key),
                "file": file,
                "alt": figure.alt,
                "caption": figure.caption,
                "credit": figure.credit,
            }
            for figure, file in files
        )
    }


def recordings_table(files: Iterable[tuple[Recording, str]]) -> Values:
    """Recordings with the names of their files."""
    return {
        "recordings": Rows(
            {
                "key": str(recording.key),
                "file": file,
                "title": recording.title,
                "credit": recording.credit,
                "captions_language": recording.captions_language,
            }
            for recording, file in files
        )
    }


def handouts_table(files: Iterable[tuple[Handout, str]]) -> Values:
    """Handouts with the names of their files."""
    return {
        "handouts": Rows(
            {
                "key": str(handout.key),
                "file": file,
                "title": handout.title,
                "credit": handout.credit,
            }
            for handout, file in files
        )
    }


def chart_table(chart: Chart, drawings: Mapping[str, str]) -> Values:
    """Expects views and points fetched along. `drawings`: SHA-256 → name of the file."""
    return {
        "key": str(chart.key),
        "title": chart.title,
        "description": chart.description,
        "credit": chart.credit,
        "views": Rows(
            {
                "id": view.slug,
                "title": view.title,
                "drawing": drawings[view.drawing.sha256],
                "width": view.width,
                "height": view.height,
                "crop": _crop(view),
            }
            for view in chart.views.all()
        ),
        "layers": Rows(
            {
                "id": layer["id"],
                "title": layer["title"],
                "kind": layer["kind"],
                "on": None if layer["on"] else False,
            }
            for layer in chart.layers
        ),
        "points": Rows(
            {
                "key": str(point.key),
                "code": point.code,
                "name": point.name,
                "language": point.language,
                "layer": point.layer,
                "place": point.place,
                "caution": point.caution,
                "caution_level": point.caution_level,
                "note": point.note,
                "references": point.references,
                "at": [
                    {
                        "view": place["view"],
                        "x": number(place["x"]),
                        "y": number(place["y"]),
                        "label": place["label"],
                    }
                    for place in point.places
                ],
            }
            for point in chart.points.all()
        ),
        "paths": Rows(
            {
                "key": path["key"],
                "layer": path["layer"],
                "view": path["view"],
                "title": path["title"],
                "order": path["order"],
                "arrow": path["arrow"] or None,
                "points": [[number(x), number(y)] for x, y in path["points"]],
            }
            for path in chart.paths
        ),
    }


def _crop(view: ChartView) -> list[float | int] | None:
    """Nothing when the whole drawing is shown."""
    crop = [view.crop_x, view.crop_y, view.crop_width, view.crop_height]
    return None if crop == [0, 0, view.width, view.height] else [number(each) for each in crop]


def references_table(references: Iterable[Reference]) -> Values:
    return {
        "references": Rows(
            {
                "key": str(row.key),
                "id": row.slug,
                "text": row.text,
                "doi": row.doi,
                "pmid": row.pmid,
                "url": row.url,
                "read": row.read,
            }
            for row in references
        )
    }


def glossary_table(terms: Iterable[GlossaryTerm]) -> Values:
    return {
        "terms": Rows(
            {
                "key": str(row.key),
                "id": row.slug,
                "term": row.term,
                "definition": row.definition,
                "language": row.language,
            }
            for row in terms
        )
    }
