"""A version as the package that import takes: as files in memory, as a zip, as a folder."""

import io
import os
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from django.db.models import Prefetch

from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from courses import drawings, recordings
from courses.domain.handout import EXTENSIONS as HANDOUT_ENDINGS
from courses.models import (
    Chart,
    ChartView,
    CourseVersion,
    Figure,
    Handout,
    Lesson,
    Module,
    Objective,
    Recording,
)
from courses.package.reading import PLACES
from courses.package.schema import SLUG
from courses.package.storage import FolderFiles
from courses.package.tables import (
    chart_table,
    course_table,
    figures_table,
    glossary_table,
    handouts_table,
    lesson_head,
    module_table,
    recordings_table,
    references_table,
)
from courses.package.toml import Values, write_toml
from courses.parts import PackagePlaces, parts

# The first moment that a zip can name: the same version gives the same bytes at any time.
NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE: Final = 0o100644
MOST_NUMBERED: Final = 99
ENDINGS: Final = {"image/png": "png", "image/webp": "webp", "image/jpeg": "jpg"}
PACKED: Final = (".png", ".webp", ".jpg", ".mp4", ".webm", ".m4a", ".mp3", ".weba")
_Files = dict[str, "str | bytes | KeptFile"]
_FOLDERS: Final = re.compile(r"[^/]+$|\d\d-|figures/|charts/|recordings/|handouts/")


class ExportRefused(DomainError):
    """The version cannot be said as a package, or not be written there."""


@dataclass(frozen=True)
class KeptFile:
    """Bytes of a package that lie in the storage: read when they are wanted, in pieces if large."""

    file: StoredFile
    what: str
    """For the person, when it is not there: `the recording glide.mp4`."""

    def read(self) -> bytes:
        """Errors: ExportRefused."""
        return _read(self.file, self.what)


def export_files(version: CourseVersion) -> dict[str, bytes]:
    """Path inside the package → bytes, in the order of the paths; a constant number of queries.

    The same version gives the same bytes. An author's account is named by its e-mail address: the
    result is for people who may see it. Errors: ExportRefused.
    """
    return {
        path: content.read() if isinstance(content, KeptFile) else content
        for path, content in package_files(version).items()
    }


def package_files(version: CourseVersion) -> dict[str, bytes | KeptFile]:
    """The same without the bytes of pictures, recordings and handouts. Errors: ExportRefused."""
    modules = _modules(version)
    places = _places(version, modules)
    files: _Files = {"course.toml": write_toml(course_table(version))}
    for module in modules:
        files[f"{places.modules[module.key]}/module.toml"] = write_toml(module_table(module))
        for lesson in module.lessons.all():
            files[f"{places.lessons[lesson.key]}.md"] = _lesson_text(lesson)
    _add_rows(files, "references.toml", references_table(version.references.all()))
    # In the order in which they were written, not of the alphabet.
    _add_rows(files, "glossary.toml", glossary_table(version.glossary.order_by("pk")))
    _add_figures(files, version)
    _add_charts(files, version)
    _add_recordings(files, version)
    _add_handouts(files, version)
    for part in parts():
        files.update(part.export(version, places))
    return {
        path: content.encode() if isinstance(content, str) else content
        for path, content in sorted(files.items())
    }


def export_zip(version: CourseVersion) -> bytes:
    """The files as a zip, in one folder named after the course. Errors: ExportRefused."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in export_files(version).items():
            entry = zipfile.ZipInfo(f"{version.course.slug}/{path}", NO_TIME)
            entry.create_system = 3  # Unix, on every machine.
            entry.external_attr = PLAIN_FILE << 16
            # Pictures and recordings do not get any smaller.
            is_packed = path.endswith(PACKED)
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return out.getvalue()


def export_folder(version: CourseVersion, folder: Path, *, overwrite: bool = False) -> None:
    """Write the files into a new or an empty folder. Errors: ExportRefused, PackageRefused.

    With `overwrite` also into a folder that holds a package: files of the package that this
    version does not have are removed, whatever else lies there (a README, git's own) stays.
    """
    files = export_files(version)
    stale: list[Path] = []
    if folder.exists() and not folder.is_dir():
        raise ExportRefused(f"{folder} is a file, not a folder.")
    # What begins with a dot is no part of a package: a new repository of git counts as empty.
    if folder.exists() and any(not each.name.startswith(".") for each in folder.iterdir()):
        if not overwrite:
            raise ExportRefused(f"The folder {folder} is not empty.")
        if not (folder / "course.toml").is_file():
            raise ExportRefused(
                f"The folder {folder} holds other things than a course package. "
                "Choose an empty one."
            )
        stale = [path for inside, path in _packaged(folder) if inside not in files]
    for inside, content in files.items():
        path = folder / inside
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    for path in stale:
        path.unlink()
        if not any(path.parent.iterdir()):
            path.parent.rmdir()


def export_to(version: CourseVersion, output: Path, *, overwrite: bool = False) -> None:
    """Into a zip when the name ends so, else into a folder. Errors: as of `export_folder`."""
    if output.suffix.lower() != ".zip":
        export_folder(version, output, overwrite=overwrite)
        return
    if output.is_dir():
        raise ExportRefused(f"{output} is a folder, not a zip file.")
    if output.exists() and not overwrite:
        raise ExportRefused(f"The file {output} is there already.")
    content = export_zip(version)
    output.parent.mkdir(parents=True, exist_ok=True)
    _write(output, content)


def _packaged(folder: Path) -> Iterable[tuple[str, Path]]:
    """Files that import would read as part of a course. Errors: PackageRefused."""
    for inside in FolderFiles(folder).names():
        if PLACES.fullmatch(inside) and _FOLDERS.match(inside):
            yield inside, folder / inside


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


# ---------------------------------------------------------------- names


def _modules(version: CourseVersion) -> list[Module]:
    lessons = Lesson.objects.prefetch_related(
        Prefetch("objectives", queryset=Objective.objects.order_by("position", "pk"))
    )
    return list(version.modules.prefetch_related(Prefetch("lessons", queryset=lessons)))


def _places(version: CourseVersion, modules: Iterable[Module]) -> PackagePlaces:
    places = PackagePlaces(
        objectives={objective.key: objective.code for objective in version.objectives.all()}
    )
    numbers = _Numbers("modules in the course")
    for module in modules:
        folder = numbers.name(module.slug)
        places.modules[module.key] = folder
        lesson_numbers = _Numbers(f"lessons in the module “{module.title}”")
        for lesson in module.lessons.all():
            places.lessons[lesson.key] = f"{folder}/{lesson_numbers.name(lesson.slug)}"
    return places


@dataclass
class _Numbers:
    """The two leading digits that say the order."""

    of: str
    given: int = 0

    def name(self, slug: str) -> str:
        self.given += 1
        if self.given > MOST_NUMBERED:
            raise ExportRefused(f"There are more than {MOST_NUMBERED} {self.of}.")
        return f"{self.given:02}-{_checked(slug)}"


def _checked(slug: str) -> str:
    """Fit for the name of a file, here and where it is imported."""
    if not SLUG.fullmatch(slug):
        raise ExportRefused(
            f"‘{slug}’ cannot be the name of a file in a package: those are made of small letters, "
            "digits and hyphens."
        )
    return slug


# ---------------------------------------------------------------- contents


def _lesson_text(lesson: Lesson) -> str:
    return f"+++\n{write_toml(lesson_head(lesson))}+++\n\n{lesson.body}\n"


def _add_rows(files: _Files, path: str, values: Values) -> None:
    """A file that holds nothing but rows is left out when there are none."""
    if any(values.values()):
        files[path] = write_toml(values)


def _add_figures(files: _Files, version: CourseVersion) -> None:
    """The picture as it is kept, in its largest size: what the author sent is not."""
    named: list[tuple[Figure, str]] = []
    for figure in version.figures.select_related("file").order_by("pk"):
        name = f"{_checked(figure.slug)}.{ENDINGS[figure.file.content_type]}"
        files[f"figures/{name}"] = KeptFile(figure.file, f"the picture {name}")
        named.append((figure, name))
    _add_rows(files, "figures/figures.toml", figures_table(named))


def _add_charts(files: _Files, version: CourseVersion) -> None:
    views = ChartView.objects.select_related("drawing")
    charts = list(
        version.charts.order_by("slug").prefetch_related(
            Prefetch("views", queryset=views), "points"
        )
    )
    names = _drawing_names(charts)
    for chart in charts:
        files[f"charts/{_checked(chart.slug)}.toml"] = write_toml(chart_table(chart, names))
        for view in chart.views.all():
            name = names[view.drawing.sha256]
            if f"charts/drawings/{name}" not in files:
                kept = _read(view.drawing, f"the drawing {name}")
                files[f"charts/drawings/{name}"] = drawings.as_sent(kept)


def _add_recordings(files: _Files, version: CourseVersion) -> None:
    """Each as it is kept, with its captions and transcript beside it."""
    named: list[tuple[Recording, str]] = []
    for recording in version.recordings.select_related("file").order_by("pk"):
        slug = _checked(recording.slug)
        name = f"{slug}.{recordings.EXTENSIONS[recording.file.content_type]}"
        files[f"recordings/{name}"] = KeptFile(recording.file, f"the recording {name}")
        if recording.captions:
            files[f"recordings/{slug}.vtt"] = recording.captions
        if recording.transcript:
            files[f"recordings/{slug}.md"] = f"{recording.transcript}\n"
        named.append((recording, name))
    _add_rows(files, "recordings/recordings.toml", recordings_table(named))


def _add_handouts(files: _Files, version: CourseVersion) -> None:
    named: list[tuple[Handout, str]] = []
    for handout in version.handouts.select_related("file").order_by("pk"):
        name = f"{_checked(handout.slug)}.{HANDOUT_ENDINGS[handout.file.content_type]}"
        files[f"handouts/{name}"] = KeptFile(handout.file, f"the handout {name}")
        named.append((handout, name))
    _add_rows(files, "handouts/handouts.toml", handouts_table(named))


def _drawing_names(charts: Iterable[Chart]) -> dict[str, str]:
    """SHA-256 → file name: that of the first view which shows it, numbered when it is taken."""
    names: dict[str, str] = {}
    for chart in charts:
        for view in chart.views.all():
            if view.drawing.sha256 in names:
                continue
            slug = _checked(view.slug)
            taken = set(names.values())
            spellings = (f"{slug}{'' if number == 1 else f'-{number}'}.svg" for number in count(1))
            names[view.drawing.sha256] = next(name for name in spellings if name not in taken)
    return names


def _read(file: StoredFile, what: str) -> bytes:
    try:
        return file.read()
    except OSError:
        raise ExportRefused(f"The storage no longer has {what}.") from None
