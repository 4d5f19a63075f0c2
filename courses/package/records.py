"""Charts and figures of a package as the records that lessons and questions are made of, before
anything is written."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from courses.models import CourseVersion, Figure
from courses.package.content import PackagedChart, PackagedCourse, PackagedFigure
from courses.picture_files import StoredPicture
from courses.pictures import WIDTHS
from courses.reading import figure_record


def chart_records_of(course: PackagedCourse) -> list[dict[str, Any]]:
    return [_chart_record(chart) for chart in course.charts]


def _chart_record(chart: PackagedChart) -> dict[str, Any]:
    return {
        "key": str(chart.key),
        "slug": chart.slug,
        "title": chart.title,
        "description": chart.description,
        "credit": chart.credit,
        "layers": chart.layers,
        "paths": chart.paths,
        "views": [
            {
                "id": view.slug,
                "title": view.title,
                "drawing": sha256(view.drawing).hexdigest(),
                "width": view.width,
                "height": view.height,
                "crop": list(view.crop),
            }
            for view in chart.views
        ],
        "points": [
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
                "references": [],
                "at": point.at,
            }
            for point in chart.points
        ],
    }


def figure_records_of(
    course: PackagedCourse,
    recognized: Mapping[str, StoredPicture],
    newest: CourseVersion | None,
) -> list[dict[str, Any]]:
    """A picture that is not kept yet has no sizes: they are made when the package is written. One
    query."""
    known: Iterable[Figure] = (
        Figure.objects.filter(version=newest).select_related("file") if newest else ()
    )
    rows = {(row.key, row.source_sha256): row for row in known}
    return [_figure_record(figure, recognized.get(figure.slug), rows) for figure in course.figures]


def _figure_record(
    figure: PackagedFigure,
    recognized: StoredPicture | None,
    rows: Mapping[Any, Figure],
) -> dict[str, Any]:
    row = rows.get((figure.key, figure.source_sha256))
    width = min(figure.width, max(WIDTHS))
    record: dict[str, Any] = {
        "extension": "png",
        "width": width,
        "height": max(1, round(figure.height * width / max(1, figure.width))),
        "sizes": {},
    }
    if row is not None:
        record = figure_record(row)
    elif recognized is not None:
        content_type = recognized.file.content_type
        record = {
            "extension": "png" if content_type == "image/png" else "webp",
            "width": recognized.width,
            "height": recognized.height,
            "sizes": {str(size): sha for size, sha in sorted(recognized.sizes.items())},
        }
    return {
        **record,
        "slug": figure.slug,
        "alt": figure.alt,
        "caption": figure.caption,
        "credit": figure.credit,
    }
