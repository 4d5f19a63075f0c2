"""The canonical text of a version: everything it says, in one spelling, to be hashed.

Texts are taken as the author wrote them (Markdown), files by their SHA-256. What is made from
them (HTML, sizes of pictures) is not part of it, so that a better renderer changes no record.
A key that is added here later must be left out when empty: old texts must come out the same.
"""

import json
from decimal import Decimal
from typing import Any

from ce_platform.core.text import canonical_json
from courses.models import Chart, CourseVersion, Figure, Lesson, Module, Recording
from courses.parts import parts

FORMAT = 1


def canonical_text_of(version: CourseVersion) -> str:
    return canonical_json(canonical_data(version))


def canonical_data(version: CourseVersion) -> dict[str, Any]:
    """Plain data: text, whole numbers, lists, tables. Decimals are written as text."""
    shares = {}
    for part in parts():
        share = part.canonical(version)
        if share is not None:
            shares[part.name] = share
    return {
        "format": FORMAT,
        "course": {"key": str(version.course.key), "slug": version.course.slug},
        "edition": version.edition,
        "revision": version.revision,
        **_texts(
            version,
            "title",
            "subtitle",
            "language",
            "delivery",
            "summary",
            "description",
            "audience",
            "prerequisites",
            "cost_text",
            "buy_url",
            "difficulty_reason",
        ),
        "difficulty": version.difficulty,
        "subjects": sorted(version.subjects.values_list("name", flat=True)),
        "credit_hours": _decimal(version.credit_hours),
        "credits": [
            {"category": row.category, "credit_hours": _decimal(row.credit_hours)}
            for row in version.credits.order_by("position", "category")
        ],
        "worksheet": {
            "counted_words": version.counted_words,
            "media_minutes": _decimal(version.media_minutes),
            "question_count": version.question_count,
        },
        "authors": [
            {"key": str(row.key), **_texts(row, "name", "credentials", "biography")}
            for row in version.authors.order_by("position", "key")
        ],
        "objectives": [
            {"key": str(row.key), **_texts(row, "code", "text")}
            for row in version.objectives.order_by("position", "key")
        ],
        "modules": [_module(row) for row in _modules(version)],
        "figures": [
            figure_says(row) for row in version.figures.select_related("file").order_by("slug")
        ],
        "charts": [chart_says(row) for row in charts_of(version)],
        **_lists(
            recordings=[
                recording_says(row)
                for row in version.recordings.select_related("file", "poster").order_by("slug")
            ],
            handouts=[
                {
                    "key": str(row.key),
                    "sha256": row.file.sha256,
                    **_texts(row, "slug", "title", "file_name", "credit"),
                }
                for row in version.handouts.select_related("file").order_by("slug")
            ],
        ),
        "references": [
            {"key": str(row.key), **_texts(row, "slug", "text", "doi", "pmid", "url", "read")}
            for row in version.references.order_by("position", "key")
        ],
        "glossary": [
            {"key": str(row.key), **_texts(row, "slug", "term", "definition", "language")}
            for row in version.glossary.order_by("slug")
        ],
        "parts": shares,
    }


def _modules(version: CourseVersion) -> list[Module]:
    return list(
        version.modules.order_by("position", "key").prefetch_related(
            "lessons", "lessons__objectives"
        )
    )


def _module(module: Module) -> dict[str, Any]:
    return {
        "key": str(module.key),
        **_texts(module, "slug", "title", "summary"),
        "lessons": [_lesson(row) for row in module.lessons.all()],
    }


def _lesson(lesson: Lesson) -> dict[str, Any]:
    return {
        "key": str(lesson.key),
        **_texts(lesson, "slug", "title", "body"),
        "counted_words": lesson.counted_words,
        "media_minutes": _decimal(lesson.media_minutes),
        "is_free": lesson.is_free,
        "objectives": sorted(str(objective.key) for objective in lesson.objectives.all()),
    }


def figure_says(figure: Figure) -> dict[str, Any]:
    return {
        "key": str(figure.key),
        "sha256": figure.file.sha256,
        **_texts(figure, "slug", "alt", "caption", "credit"),
    }


def charts_of(version: CourseVersion) -> list[Chart]:
    return list(
        version.charts.order_by("slug").prefetch_related("views", "views__drawing", "points")
    )


def chart_says(chart: Chart) -> dict[str, Any]:
    return {
        "key": str(chart.key),
        **_texts(chart, "slug", "title", "description", "credit"),
        "layers": json.loads(chart.layers_json),
        "paths": json.loads(chart.paths_json),
        "views": [
            {
                **_texts(view, "slug", "title"),
                "drawing": view.drawing.sha256,
                "width": view.width,
                "height": view.height,
                "crop": [view.crop_x, view.crop_y, view.crop_width, view.crop_height],
            }
            for view in chart.views.all()
        ],
        "points": [
            {
                "key": str(point.key),
                **_texts(
                    point,
                    "code",
                    "name",
                    "language",
                    "layer",
                    "place",
                    "caution",
                    "caution_level",
                    "note",
                ),
                "references": json.loads(point.references_json),
                "at": json.loads(point.at_json),
            }
            for point in chart.points.all()
        ],
    }


def _lists(**named: list[dict[str, Any]]) -> dict[str, Any]:
    """What came later than the first sealed texts, where there is any."""
    return {name: rows for name, rows in named.items() if rows}


def recording_says(recording: Recording) -> dict[str, Any]:
    return {
        "key": str(recording.key),
        "sha256": recording.file.sha256,
        "poster": recording.poster.sha256 if recording.poster else "",
        "duration_ms": recording.duration_ms,
        "width": recording.width or 0,
        "height": recording.height or 0,
        **_texts(
            recording,
            "slug",
            "kind",
            "title",
            "captions",
            "captions_language",
            "transcript",
            "credit",
        ),
    }


def _texts(row: Any, *names: str) -> dict[str, str]:
    return {name: getattr(row, name) for name in names}


def _decimal(value: Decimal) -> str:
    """1, 1.0 and 1.00 are one number, whatever the database gives back."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
