"""The files of a package put into storage, before the transaction that names them."""

from dataclasses import dataclass
from datetime import datetime

from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from courses import pictures
from courses.domain.handout import keep_handout, prepare_handout
from courses.domain.recording import KeptRecording, keep_recording
from courses.package.content import PackagedCourse
from courses.package.recordings import prepared_file
from courses.package.source import PackageSource


@dataclass
class StoredPicture:
    file: StoredFile
    width: int
    height: int
    sizes: dict[int, str]
    """Width → SHA-256."""


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


def store_media(source: PackageSource, course: PackagedCourse, *, now: datetime) -> StoredMedia:
    """Re-encode pictures, pack recordings anew, and keep them.

    A file that no row names later costs only its room.
    """
    figures = {}
    for figure in course.figures:
        picture = pictures.make_sizes(source.read_bytes(figure.path))
        files = {
            width: _keep(content, picture.content_type, now=now)
            for width, content in picture.sizes.items()
        }
        figures[figure.slug] = StoredPicture(
            file=files[max(files)],
            width=picture.width,
            height=picture.height,
            sizes={width: file.sha256 for width, file in files.items()},
        )
    drawings = {
        view.drawing: _keep(view.drawing, "image/svg+xml", now=now)
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


def _keep(content: bytes, content_type: str, *, now: datetime) -> StoredFile:
    return store_bytes(
        content, area=StoredFile.Area.COURSE_MEDIA, content_type=content_type, now=now
    )
