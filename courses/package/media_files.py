"""The files of a package put into storage, before the transaction that names them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ce_platform.core.models import StoredFile
from courses.domain.handout import keep_handout, prepare_handout
from courses.domain.recording import KeptRecording, keep_recording
from courses.models import Figure
from courses.package.content import PackagedCourse
from courses.package.recordings import prepared_file
from courses.package.source import PackageSource
from courses.picture_files import StoredPicture, keep_media, store_picture


@dataclass
class StoredMedia:
    figures: dict[str, StoredPicture]
    """By slug of the figure."""
    drawings: dict[bytes, StoredFile]
    """By the rebuilt drawing itself."""
    recordings: dict[str, KeptRecording]
    """By slug."""
    handouts: dict[str, StoredFile]
    """By slug."""


def recognize_pictures(course: PackagedCourse) -> dict[str, StoredPicture]:
    """Pictures that left with an export and come back untouched, by slug of the figure.

    They count as what they were made from, so nothing changes, and they are not encoded again:
    each time would cost a photograph some of its sharpness. Only files that we made ourselves and
    still keep for this very figure are let through; one query.
    """
    wanted = {(figure.key, figure.sha256): figure for figure in course.figures}
    rows = Figure.objects.filter(
        key__in=[key for key, _ in wanted], file__sha256__in=[sha256 for _, sha256 in wanted]
    )
    found = {}
    for row in rows.select_related("file").order_by("pk"):
        figure = wanted.get((row.key, row.file.sha256))
        if figure is not None:
            figure.source_sha256 = row.source_sha256
            found[figure.slug] = StoredPicture(row.file, row.width, row.height, row.sizes)
    return found


def store_media(
    source: PackageSource,
    course: PackagedCourse,
    *,
    recognized: Mapping[str, StoredPicture],
    now: datetime,
) -> StoredMedia:
    """Re-encode pictures, pack recordings anew, and keep them.

    A file that no row names later costs only its room.
    """
    figures = dict(recognized)
    for figure in course.figures:
        if figure.slug not in recognized:
            figures[figure.slug] = store_picture(source.read_bytes(figure.path), now=now)
    drawings = {
        view.drawing: keep_media(view.drawing, "image/svg+xml", now=now)
        for chart in course.charts
        for view in chart.views
    }
    recordings = {}
    for recording in course.recordings:
        with prepared_file(source, recording.path) as prepared:
            recordings[recording.slug] = keep_recording(prepared, now=now)
    handouts = {
        handout.slug: keep_handout(prepare_handout(source.read_bytes(handout.path)), now=now)
        for handout in course.handouts
    }
    return StoredMedia(figures, drawings, recordings, handouts)
