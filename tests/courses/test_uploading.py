"""Large files in pieces: nothing counted that is not on the disk, everything goes on."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from ce_platform.accounts.models import User
from ce_platform.core.models import BackgroundJob, StoredFile
from courses.domain import recording as recordings
from courses.domain import uploading
from courses.domain.errors import NotADraft, UploadRefused, WrongOffset
from courses.models import CourseVersion, Recording, Upload
from tests.conftest import NOW
from tests.courses import recorded
from tests.factories.courses import RecordingFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:  # type: ignore[no-untyped-def]
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    return VersionFactory(status="draft", course__owner=instructor)


@pytest.fixture
def film(tmp_path: Path) -> bytes:
    return recorded.phone_movie(tmp_path / "film.mov").read_bytes()


@pytest.fixture
def work(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """Inside this the background job runs as after a commit."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def begin(version: CourseVersion, by: User, size: int = 10, fingerprint: str = "f", **options):  # type: ignore[no-untyped-def]
    return uploading.begin_upload(
        version, file_name="film.mov", size_bytes=size, fingerprint=fingerprint, by=by, now=NOW,
        **options,
    )  # fmt: skip


def send(upload: Upload, content: bytes, *, piece: int = 2_000) -> Upload:
    while upload.received_bytes < len(content):
        start = upload.received_bytes
        upload = uploading.add_piece(
            upload, offset=start, content=content[start : start + piece], now=NOW
        )
    return upload


def test_pieces_make_the_file(version: CourseVersion, instructor: User) -> None:
    upload = begin(version, instructor)

    upload = uploading.add_piece(upload, offset=0, content=b"0123", now=NOW)
    upload = uploading.add_piece(upload, offset=4, content=b"456789", now=NOW)

    assert upload.received_bytes == 10
    assert uploading.upload_path(upload).read_bytes() == b"0123456789"


def test_work_folder_is_no_folder_of_the_web(version: CourseVersion, instructor: User) -> None:
    upload = uploading.add_piece(begin(version, instructor), offset=0, content=b"0", now=NOW)

    path = uploading.upload_path(upload)
    assert path.stat().st_mode & 0o007 == 0
    assert Path(settings.STATIC_ROOT) not in path.parents


def test_same_file_of_the_same_person_goes_on(version: CourseVersion, instructor: User) -> None:
    first = begin(version, instructor)
    uploading.add_piece(first, offset=0, content=b"0123", now=NOW)

    again = begin(version, instructor)

    assert (again.pk, again.received_bytes) == (first.pk, 4)
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("other", ["fingerprint", "size", "person", "course", "replaces"])
def test_another_file_begins_anew(
    version: CourseVersion, instructor: User, registrar: User, other: str
) -> None:
    first = begin(version, instructor)
    again = begin(
        VersionFactory(status="draft") if other == "course" else version,
        registrar if other == "person" else instructor,
        size=11 if other == "size" else 10,
        fingerprint="g" if other == "fingerprint" else "f",
        replaces=RecordingFactory(version=version) if other == "replaces" else None,
    )

    assert again.pk != first.pk


def test_disk_that_has_less_than_the_row_says_is_believed(
    version: CourseVersion, instructor: User
) -> None:
    upload = uploading.add_piece(begin(version, instructor), offset=0, content=b"01234", now=NOW)
    os.truncate(uploading.upload_path(upload), 3)

    assert begin(version, instructor).received_bytes == 3


@pytest.mark.parametrize("offset", [0, 3, 5, 9])
def test_wrong_offset_tells_the_right_one(
    version: CourseVersion, instructor: User, offset: int
) -> None:
    upload = uploading.add_piece(begin(version, instructor), offset=0, content=b"0123", now=NOW)

    with pytest.raises(WrongOffset) as wrong:
        uploading.add_piece(upload, offset=offset, content=b"x", now=NOW)

    assert wrong.value.offset == 4
    assert uploading.upload_path(upload).read_bytes() == b"0123"


def test_piece_that_came_late_is_not_counted_twice(
    version: CourseVersion, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent again while the first try was still being written."""
    upload = begin(version, instructor)
    real = uploading._write

    def overtaken(path: Path, offset: int, content: bytes) -> None:
        real(path, offset, content)
        Upload.objects.filter(pk=upload.pk).update(received_bytes=4)

    monkeypatch.setattr(uploading, "_write", overtaken)

    with pytest.raises(WrongOffset):
        uploading.add_piece(upload, offset=0, content=b"0123", now=NOW)

    upload.refresh_from_db()
    assert upload.received_bytes == 4


def test_bytes_are_counted_only_when_they_are_on_the_disk(
    version: CourseVersion, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(version, instructor)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "io")))

    with pytest.raises(OSError, match="io"):
        uploading.add_piece(upload, offset=0, content=b"0123", now=NOW)

    upload.refresh_from_db()
    assert upload.received_bytes == 0


def test_full_disk_is_a_sentence(
    version: CourseVersion, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = begin(version, instructor)
    full = OSError(errno.ENOSPC, "full")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(full))

    with pytest.raises(UploadRefused, match="not enough room"):
        uploading.add_piece(upload, offset=0, content=b"0123", now=NOW)


def test_file_for_which_there_is_no_room_is_not_begun(
    version: CourseVersion, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        uploading.shutil, "disk_usage", lambda _: SimpleNamespace(free=uploading.AIR_BYTES + 29)
    )

    with pytest.raises(UploadRefused, match="not enough room"):
        begin(version, instructor)
    assert begin(version, instructor, size=9)


@pytest.mark.parametrize(
    ("size", "sentence"), [(0, "is empty"), (2_000_000_001, "larger than 2 GB")]
)
def test_size_has_limits(
    version: CourseVersion, instructor: User, size: int, sentence: str
) -> None:
    with pytest.raises(UploadRefused, match=sentence):
        begin(version, instructor, size=size)


def test_only_so_many_at_once(version: CourseVersion, instructor: User) -> None:
    for number in range(uploading.MOST_AT_ONCE):
        begin(version, instructor, fingerprint=str(number))

    with pytest.raises(UploadRefused, match="on their way already"):
        begin(version, instructor, fingerprint="one more")


def test_published_course_takes_no_files(instructor: User) -> None:
    with pytest.raises(NotADraft):
        begin(VersionFactory(), instructor)


def test_file_longer_than_announced_is_refused(version: CourseVersion, instructor: User) -> None:
    with pytest.raises(UploadRefused, match="longer than it said"):
        uploading.add_piece(begin(version, instructor), offset=0, content=b"0" * 11, now=NOW)


def test_piece_has_a_limit(version: CourseVersion, instructor: User) -> None:
    upload = begin(version, instructor, size=uploading.LARGEST_PIECE + 1)

    with pytest.raises(UploadRefused, match="at most 4 MB"):
        uploading.add_piece(upload, offset=0, content=b"0" * upload.size_bytes, now=NOW)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\fakepath\\my film.mov", "my film.mov"),
        ("../../etc/passwd", "passwd"),
        ("", "recording"),
        ("a\x00b.mov", "ab.mov"),
        ("x" * 300, "x" * 200),
    ],
)
def test_name_of_a_file_is_only_shown(given: str, kept: str) -> None:
    assert uploading.short_name(given) == kept


# ---------------------------------------------------------------- finish


def test_unfinished_file_is_not_looked_into(version: CourseVersion, instructor: User) -> None:
    upload = uploading.add_piece(begin(version, instructor), offset=0, content=b"0123", now=NOW)

    with pytest.raises(UploadRefused, match="still missing"):
        uploading.finish_upload(upload, now=NOW)

    assert BackgroundJob.objects.count() == 0


def test_film_becomes_a_recording_and_nothing_stays_behind(
    version: CourseVersion, instructor: User, film: bytes, folder: Path, work: Any
) -> None:
    upload = send(begin(version, instructor, size=len(film)), film)

    with work():
        uploading.finish_upload(upload, now=NOW)

    (recording,) = Recording.objects.all()
    assert (recording.version, recording.title, recording.slug) == (version, "film", "film")
    assert (recording.kind, recording.width, recording.height) == ("video", 320, 180)
    assert 950 <= recording.duration_ms <= 1_050
    assert recording.file.content_type == "video/mp4"
    assert recording.poster is not None
    assert recording.poster.content_type == "image/webp"
    assert BackgroundJob.objects.get().status == "done"
    assert Upload.objects.count() == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", [b"<html></html>", b"\0\0\0\x10ftypisom" + b"\0" * 300])
def test_refused_file_leaves_a_sentence_and_nothing_else(
    version: CourseVersion, instructor: User, folder: Path, content: bytes, work: Any
) -> None:
    upload = send(begin(version, instructor, size=len(content)), content)
    files = StoredFile.objects.count()

    with work():
        uploading.finish_upload(upload, now=NOW)

    upload.refresh_from_db()
    assert upload.refusal
    assert (Recording.objects.count(), StoredFile.objects.count()) == (0, files)
    assert list(folder.iterdir()) == []
    uploading.drop_upload(upload)
    assert Upload.objects.count() == 0


def test_finishing_twice_makes_one_recording(
    version: CourseVersion, instructor: User, film: bytes, work: Any
) -> None:
    upload = send(begin(version, instructor, size=len(film)), film)
    with work():
        uploading.finish_upload(upload, now=NOW)
    job = BackgroundJob.objects.get()

    recordings.look_into_upload({"upload": str(upload.uid)}, recordings.JobProgress(job))

    assert Recording.objects.count() == 1


def test_course_published_meanwhile_refuses_the_file(
    version: CourseVersion, instructor: User, film: bytes, work: Any
) -> None:
    upload = send(begin(version, instructor, size=len(film)), film)
    CourseVersion.objects.filter(pk=version.pk).update(
        status="published", canonical_text="{}", canonical_sha256="0" * 64, published_at=NOW
    )

    with work():
        uploading.finish_upload(upload, now=NOW)

    upload.refresh_from_db()
    assert "no longer a draft" in upload.refusal


def test_file_for_a_recording_that_was_removed_meanwhile_changes_nothing(
    version: CourseVersion, instructor: User, film: bytes, folder: Path, work: Any
) -> None:
    recording = RecordingFactory(version=version)
    upload = send(begin(version, instructor, size=len(film), replaces=recording), film)
    recordings.remove_recording(version, recording.key, by=instructor, now=NOW)

    with work():
        uploading.finish_upload(upload, now=NOW)

    upload.refresh_from_db()
    assert "was removed meanwhile" in upload.refusal
    assert Recording.objects.count() == 0
    assert list(folder.iterdir()) == []


def test_file_finds_the_recording_that_an_import_made_anew(
    version: CourseVersion, instructor: User, film: bytes, work: Any
) -> None:
    recording = RecordingFactory(version=version, kind="video")
    upload = send(begin(version, instructor, size=len(film), replaces=recording), film)
    recording.delete()
    again = RecordingFactory(version=version, kind="video", key=recording.key)

    with work():
        uploading.finish_upload(upload, now=NOW)

    assert Upload.objects.count() == 0
    assert Recording.objects.get() == again
    assert Recording.objects.get().file != again.file


def test_work_that_failed_for_no_fault_of_the_file_can_be_asked_for_again(
    version: CourseVersion,
    instructor: User,
    film: bytes,
    monkeypatch: pytest.MonkeyPatch,
    work: Any,
) -> None:
    upload = send(begin(version, instructor, size=len(film)), film)
    with monkeypatch.context() as broken:
        broken.setattr(
            recordings, "keep_recording", lambda *_, **__: (_ for _ in ()).throw(OSError("full"))
        )
        with work():
            uploading.finish_upload(upload, now=NOW)
    upload.refresh_from_db()
    assert (upload.finished_at, upload.refusal, Recording.objects.count()) == (None, "", 0)

    with work():
        uploading.finish_upload(upload, now=NOW)

    assert Recording.objects.count() == 1


def test_file_sent_whole_becomes_a_recording(
    version: CourseVersion, instructor: User, film: bytes, work: Any
) -> None:
    file = SimpleUploadedFile("My_first-film.MOV", film)

    with work():
        uploading.send_whole(version, file, by=instructor, now=NOW)

    assert Recording.objects.get().title == "My first film"


def test_form_without_javascript_has_a_limit(
    version: CourseVersion, instructor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "LARGEST_FORM_FILE", 3)

    with pytest.raises(UploadRefused, match="Without JavaScript"):
        uploading.send_whole(version, SimpleUploadedFile("a.mov", b"0123"), by=instructor, now=NOW)


# ---------------------------------------------------------------- sweep


def test_upload_that_nobody_touched_for_a_week_is_forgotten(
    version: CourseVersion, instructor: User, folder: Path
) -> None:
    upload = uploading.add_piece(begin(version, instructor), offset=0, content=b"0123", now=NOW)
    assert uploading.sweep_uploads(NOW + timedelta(days=6)) == 0
    assert uploading.upload_path(upload).exists()

    assert uploading.sweep_uploads(NOW + timedelta(days=8)) == 1

    assert Upload.objects.count() == 0
    assert list(folder.iterdir()) == []


def test_upload_being_looked_into_is_left_alone(version: CourseVersion, instructor: User) -> None:
    upload = begin(version, instructor)
    Upload.objects.filter(pk=upload.pk).update(finished_at=NOW)

    assert uploading.sweep_uploads(NOW + timedelta(days=8)) == 0


def test_leftovers_of_a_crash_are_removed(
    version: CourseVersion, instructor: User, folder: Path
) -> None:
    upload = uploading.add_piece(begin(version, instructor), offset=0, content=b"0123", now=NOW)
    (folder / "packing-1").mkdir()
    (folder / "packing-1" / "kept").write_bytes(b"half")
    (folder / f"{'0' * 32}.part").write_bytes(b"nobody's")
    old = (NOW - timedelta(days=2)).timestamp()
    for each in folder.iterdir():
        os.utime(each, (old, old))

    assert uploading.sweep_uploads(NOW) == 2

    assert list(folder.iterdir()) == [uploading.upload_path(upload)]


def test_file_being_looked_into_cannot_be_dropped(version: CourseVersion, instructor: User) -> None:
    upload = begin(version, instructor)
    upload.finished_at = NOW
    upload.save()

    with pytest.raises(UploadRefused, match="being looked into"):
        uploading.drop_upload(upload)


# ---------------------------------------------------------------- kill


def test_process_killed_in_the_middle_of_a_piece_loses_that_piece_alone(
    version: CourseVersion, instructor: User, folder: Path
) -> None:
    """The bytes of a cut-off piece may stand in the file; the next try writes over them."""
    content = bytes(range(256)) * 40
    upload = begin(version, instructor, size=len(content))
    upload = uploading.add_piece(upload, offset=0, content=content[:4_000], now=NOW)
    # The same write in another process, killed when its first half is in the file.
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(f"""
            import os, signal
            from pathlib import Path
            handle = os.open({str(uploading.upload_path(upload))!r}, os.O_WRONLY)
            os.pwrite(handle, b"?" * 3_000, 4_000)
            os.kill(os.getpid(), signal.SIGKILL)
        """)],
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL

    upload = begin(version, instructor, size=len(content))
    assert upload.received_bytes == 4_000
    upload = send(upload, content)

    assert uploading.upload_path(upload).read_bytes() == content
