"""The files of a package put into storage, before the transaction that names them."""

from dataclasses import dataclass
from datetime import datetime

from ce_platform.core.models import StoredFile
from courses.package.content import PackagedCourse
from courses.package.source import PackageSource
from courses.picture_files import StoredPicture, keep_media, store_picture


@dataclass
class StoredMedia:
    figures: dict[str, StoredPicture]
    """By slug of the figure."""
    drawings: dict[bytes, StoredFile]
    """By the rebuilt drawing itself."""


def store_media(source: PackageSource, course: PackagedCourse, *, now: datetime) -> StoredMedia:
    """Re-encode pictures and keep them. A file that no row names later costs only its room."""
    figures = {
        figure.slug: store_picture(source.read_bytes(figure.path), now=now)
        for figure in course.figures
    }
    drawings = {
        view.drawing: keep_media(view.drawing, "image/svg+xml", now=now)
        for chart in course.charts
        for view in chart.views
    }
    return StoredMedia(figures, drawings)
