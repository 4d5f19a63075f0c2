"""Recordings and handouts of a package: files packed anew or looked over, captions written anew.

A file is known by what is kept of it, so that the same package changes nothing. One that we have
packed ourselves already, as it comes out of an export, is taken as it is.
"""

import re
import tempfile
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path

from ce_platform.core.files import sha256_of
from courses.captions import CaptionsRefused, read_captions, write_captions
from courses.domain.errors import RecordingTextRefused
from courses.domain.handout import HandoutRefused, prepare_handout
from courses.domain.recording import check_transcript
from courses.hours import minutes_by_lesson
from courses.models import Recording
from courses.package.content import PackagedCourse, PackagedHandout, PackagedRecording
from courses.package.schema import Keys, Table
from courses.package.source import PackageSource
from courses.recordings import Prepared, RecordingRefused, prepare_apart

RECORDINGS = "recordings/recordings.toml"
HANDOUTS = "handouts/handouts.toml"
_RECORDING = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.(?:mp4|mov|webm|weba|m4a|mp3)")
_HANDOUT = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.(?:pdf|png|jpg|jpeg|webp)")


def read_recordings(source: PackageSource, keys: Keys) -> list[PackagedRecording]:
    """`recordings.toml` with its files; beside each may lie NAME.vtt and NAME.md."""
    found: list[PackagedRecording] = []
    named = {RECORDINGS}
    for row in _rows(source, RECORDINGS, "recordings", most=300):
        recording = _read_recording(source, row, keys, named)
        if recording is None:
            continue
        if recording.slug in [each.slug for each in found]:
            row.problem("file", f"the recording ‘{recording.slug}’ stands twice")
        found.append(recording)
    _check_extra(source, "recordings/", named, "recording")
    return found


def _read_recording(
    source: PackageSource, row: Table, keys: Keys, named: set[str]
) -> PackagedRecording | None:
    key = row.key()
    keys.once("recording", row, key)
    title = row.text("title", most=200, is_required=True)
    credit = row.text("credit", most=300)
    language = row.language("captions_language")
    found = _file(source, row, "recordings", _RECORDING, "my-film.mp4 (mp4, mov, webm, m4a, mp3)")
    row.nothing_else()
    if found is None:
        return None
    path, slug = found
    texts = {ending: f"recordings/{slug}.{ending}" for ending in ("vtt", "md")}
    named.update([path, *texts.values()])
    try:
        with prepared_file(source, path) as prepared:
            facts = (prepared.kind, prepared.duration_ms, sha256_of(Path(prepared.path)))
    except RecordingRefused as error:
        source.problem(path, 1, str(error))
        return None
    kind, duration_ms, kept_sha256 = facts
    captions = _captions(source, texts["vtt"], duration_ms)
    if captions and not language:
        row.problem("captions_language", "‘captions_language’ is missing; captions need it")
    return PackagedRecording(
        key=key,
        slug=slug,
        path=path,
        title=title,
        credit=credit,
        captions=captions,
        captions_language=language if captions else "",
        transcript=_transcript(source, texts["md"]),
        kind=kind,
        duration_ms=duration_ms,
        sha256=kept_sha256,
    )


class prepared_file(AbstractContextManager[Prepared]):  # noqa: N801 – used like a function
    """A recording of a package as it will be kept, in a folder that goes afterwards."""

    def __init__(self, source: PackageSource, path: str) -> None:
        self._source, self._path = source, path
        self._folder = tempfile.TemporaryDirectory(prefix="ce-recording-")

    def __enter__(self) -> Prepared:
        folder = Path(self._folder.name)
        sent = folder / "sent"
        try:
            sent.write_bytes(self._source.read_bytes(self._path))
            prepared = prepare_apart(sent, folder)
        except BaseException:
            self._folder.cleanup()
            raise
        if Recording.objects.filter(file__sha256=sha256_of(sent)).exists():
            return Prepared(**{**vars(prepared), "path": str(sent)})
        return prepared

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


def _captions(source: PackageSource, path: str, duration_ms: int) -> str:
    if not source.has(path):
        return ""
    try:
        return write_captions(read_captions(source.read_text(path), duration_ms=duration_ms))
    except CaptionsRefused as refused:
        for line, sentence in refused.problems:
            source.problem(path, line, sentence)
        return ""


def _transcript(source: PackageSource, path: str) -> str:
    if not source.has(path):
        return ""
    text = source.read_text(path).strip()
    try:
        check_transcript(text)
    except RecordingTextRefused as error:
        source.problem(path, 1, str(error))
    return text


def read_handouts(source: PackageSource, keys: Keys) -> list[PackagedHandout]:
    found: list[PackagedHandout] = []
    named = {HANDOUTS}
    for row in _rows(source, HANDOUTS, "handouts", most=200):
        key = row.key()
        keys.once("handout", row, key)
        title = row.text("title", most=200, is_required=True)
        credit = row.text("credit", most=300)
        place = _file(source, row, "handouts", _HANDOUT, "my-sheet.pdf (pdf, png, jpg, webp)")
        row.nothing_else()
        if place is None:
            continue
        path, slug = place
        named.add(path)
        try:
            content = prepare_handout(source.read_bytes(path)).content
        except HandoutRefused as error:
            source.problem(path, 1, str(error))
            continue
        if slug in [each.slug for each in found]:
            row.problem("file", f"the handout ‘{slug}’ stands twice")
        found.append(PackagedHandout(key, slug, path, title, credit, sha256(content).hexdigest()))
    _check_extra(source, "handouts/", named, "handout")
    return found


def _rows(source: PackageSource, path: str, name: str, *, most: int) -> list[Table]:
    values = source.toml(path) if source.has(path) else None
    if values is None:
        return []
    table = Table(source, path, values)
    rows = table.tables(name, most=most)
    table.nothing_else()
    return rows


def _file(
    source: PackageSource, row: Table, folder: str, pattern: "re.Pattern[str]", example: str
) -> tuple[str, str] | None:
    """Path and name of the file that an entry names."""
    name = row.text("file", most=100, is_required=True)
    named = pattern.fullmatch(name)
    if not name:
        return None
    if named is None:
        row.problem("file", f"‘{name}’ must be named like {example}")
        return None
    if not source.has(f"{folder}/{name}"):
        row.problem("file", f"there is no file {folder}/{name}")
        return None
    return f"{folder}/{name}", named[1]


def _check_extra(source: PackageSource, folder: str, named: set[str], noun: str) -> None:
    spoken_of = {problem.path for problem in source.problems}
    for path in source.paths():
        if path.startswith(folder) and path not in named | spoken_of:
            source.problem(path, 1, f"this file belongs to no {noun} of {folder}{noun}s.toml")


def count_minutes(course: PackagedCourse) -> None:
    """Lessons that show recordings have their minutes, whatever the package states."""
    durations = {each.slug: each.duration_ms for each in course.recordings}
    uses = [
        [use.name for use in lesson.parsed.uses if use.kind == "recording"]
        for lesson in course.lessons
    ]
    for lesson, minutes in zip(course.lessons, minutes_by_lesson(uses, durations), strict=True):
        if minutes is not None:
            lesson.media_minutes = minutes
