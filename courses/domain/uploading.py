"""Large files on their way in: piece by piece, so that a lost network loses one piece.

The bytes lie in a private folder that no address leads to, one file per upload. The row says how
many of them are safely on the disk; what a cut-off piece left behind that is written over.
`Upload.replaces_key` is of the recording that the file is to replace; empty: it becomes a new one.
By key, because the recording may be removed, or made anew by an import, while the file comes in.
A row goes when its recording is there; one that was refused stays until its sender has read why.
"""

import errno
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.core import jobs
from ce_platform.core.text import clean
from courses.domain.drafting import locked_draft
from courses.domain.errors import UploadRefused, WrongOffset
from courses.models import Course, CourseVersion, Recording, Upload
from courses.recordings import LARGEST_FILE

LARGEST_PIECE: Final = 4 * 1024 * 1024
# What a form without JavaScript may send in one go.
LARGEST_FORM_FILE: Final = 60_000_000
MOST_AT_ONCE: Final = 10
FORGOTTEN_AFTER: Final = timedelta(days=7)
# Files that no row names: left by a crash between the two.
LEFTOVER_AFTER: Final = timedelta(days=1)
# The file as sent, as packed anew and as kept; and some air for everybody else.
ROOM_FACTOR: Final = 3
AIR_BYTES: Final = 500_000_000
NO_ROOM: Final = (
    "There is not enough room for this file on the server at the moment. Tell the office; nothing "
    "that you have sent is lost."
)


def upload_path(upload: Upload) -> Path:
    return work_folder() / f"{upload.uid.hex}.part"


def work_folder() -> Path:
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    return folder


@transaction.atomic
def begin_upload(
    version: CourseVersion,
    *,
    file_name: str,
    size_bytes: int,
    fingerprint: str,
    replaces: Recording | None = None,
    by: User,
    now: datetime,
) -> Upload:
    """A place for a file. One that this person began and did not finish is found again by its
    fingerprint, and goes on where it stopped. Errors: NotADraft, UploadRefused.
    """
    version = locked_draft(version)
    if size_bytes <= 0:
        raise UploadRefused("The file is empty.")
    if size_bytes > LARGEST_FILE:
        raise UploadRefused(f"The file is larger than {LARGEST_FILE // 1_000_000_000} GB.")
    mine = Upload.objects.filter(course=version.course, by=by, finished_at=None, refusal="")
    replaces_key = replaces.key if replaces else None
    known = mine.filter(
        fingerprint=fingerprint, size_bytes=size_bytes, replaces_key=replaces_key
    ).first()
    if known is not None and fingerprint:
        return _as_far_as_it_is_here(known)
    if mine.count() >= MOST_AT_ONCE:
        raise UploadRefused(
            f"{MOST_AT_ONCE} files of yours are on their way already. Finish or drop one first."
        )
    if not has_room_for(size_bytes):
        raise UploadRefused(NO_ROOM)
    return Upload.objects.create(
        course=version.course,
        by=by,
        file_name=short_name(file_name),
        size_bytes=size_bytes,
        fingerprint=fingerprint,
        replaces_key=replaces_key,
        created_at=now,
        touched_at=now,
    )


def short_name(file_name: str) -> str:
    """The last part of a name, whatever kind of computer it came from; for people to read."""
    return clean(file_name.replace("\\", "/").rpartition("/")[2])[-200:] or "recording"


def has_room_for(size_bytes: int) -> bool:
    return shutil.disk_usage(work_folder()).free > size_bytes * ROOM_FACTOR + AIR_BYTES


def _as_far_as_it_is_here(upload: Upload) -> Upload:
    """A disk that was restored may have less than the row says."""
    path = upload_path(upload)
    here = path.stat().st_size if path.exists() else 0
    if here < upload.received_bytes:
        upload.received_bytes = here
        upload.save(update_fields=["received_bytes"])
    return upload


def add_piece(upload: Upload, *, offset: int, content: bytes, now: datetime) -> Upload:
    """Write a piece behind what is here. Counted only when it is on the disk.

    Two that write the same place at once write the same bytes, and only one of them is counted.
    Not in a transaction: a disk takes its time. Errors: UploadRefused, WrongOffset.
    """
    upload = Upload.objects.get(pk=upload.pk)
    if upload.finished_at is not None or upload.refusal:
        raise UploadRefused("This file has been sent already.")
    if len(content) > LARGEST_PIECE:
        raise UploadRefused("A piece has at most 4 MB.")
    if offset != upload.received_bytes:
        raise WrongOffset(upload.received_bytes)
    if offset + len(content) > upload.size_bytes:
        raise UploadRefused("The file is longer than it said. Choose it again.")
    if not content:
        return upload
    _write(upload_path(upload), offset, content)
    counted = Upload.objects.filter(
        pk=upload.pk, received_bytes=offset, finished_at=None, refusal=""
    ).update(received_bytes=offset + len(content), touched_at=now)
    upload = Upload.objects.get(pk=upload.pk)
    if not counted:
        raise WrongOffset(upload.received_bytes)
    return upload


def _write(path: Path, offset: int, content: bytes) -> None:
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)
    try:
        view = memoryview(content)
        while view:
            written = os.pwrite(handle, view, offset)
            offset, view = offset + written, view[written:]
        os.fsync(handle)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UploadRefused(NO_ROOM) from None
        raise
    finally:
        os.close(handle)
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@transaction.atomic
def finish_upload(upload: Upload, *, now: datetime) -> Upload:
    """All is here: have it looked into. Done twice it is done once. Errors: UploadRefused."""
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.finished_at is not None or upload.refusal:
        return upload
    if upload.received_bytes != upload.size_bytes:
        raise UploadRefused("A part of the file is still missing.")
    upload.finished_at = upload.touched_at = now
    upload.save(update_fields=["finished_at", "touched_at"])
    jobs.start(
        KIND,
        title=f"Looking into {upload.file_name}"[:200],
        now=now,
        created_by_id=upload.by_id,
        upload=str(upload.uid),
    )
    return upload


KIND: Final = "recording"


def send_whole(
    version: CourseVersion,
    file: "UploadedFile[bytes]",
    *,
    replaces: Recording | None = None,
    by: User,
    now: datetime,
) -> Upload:
    """A file sent by a plain form, in one go. Errors: NotADraft, UploadRefused."""
    size = file.size or 0
    if size > LARGEST_FORM_FILE:
        raise UploadRefused(
            f"Without JavaScript a file has at most {LARGEST_FORM_FILE // 1_000_000} MB. With it "
            "the file is sent in pieces and may be far larger."
        )
    upload = begin_upload(
        version, file_name=file.name or "", size_bytes=size, fingerprint="", replaces=replaces,
        by=by, now=now,
    )  # fmt: skip
    offset = 0
    for piece in file.chunks(LARGEST_PIECE):
        upload = add_piece(upload, offset=offset, content=piece, now=now)
        offset += len(piece)
    return finish_upload(upload, now=now)


def drop_upload(upload: Upload) -> None:
    """Forget a file that is on its way or was refused. Not while it is looked into."""
    if upload.finished_at is not None and not upload.refusal:
        raise UploadRefused("The file is being looked into. Wait a moment.")
    Upload.objects.filter(pk=upload.pk).delete()
    upload_path(upload).unlink(missing_ok=True)


def refuse_upload(upload: Upload, sentence: str, *, now: datetime) -> None:
    Upload.objects.filter(pk=upload.pk).update(refusal=sentence[:500], touched_at=now)
    upload_path(upload).unlink(missing_ok=True)


def reopen_upload(upload: Upload) -> None:
    """All of it is here, but it could not be looked into: its sender may ask again."""
    Upload.objects.filter(pk=upload.pk).update(finished_at=None)


def uploads_of(course: Course, *, by: User) -> list[Upload]:
    """What this person has on its way into a course, and what was refused."""
    return list(Upload.objects.filter(course=course, by=by).order_by("created_at", "pk"))


def find_upload(course: Course, uid: UUID, *, by: User) -> Upload | None:
    return Upload.objects.filter(course=course, uid=uid, by=by).first()


def sweep_uploads(now: datetime) -> int:
    """Forget uploads that nobody touched for a week, and files that no row names.

    One that is being looked into is left alone: its job ends it. A hundred at a time.
    """
    count = 0
    for upload in Upload.objects.filter(
        Q(finished_at=None) | ~Q(refusal=""), touched_at__lt=now - FORGOTTEN_AFTER
    )[:100]:
        upload_path(upload).unlink(missing_ok=True)
        upload.delete()
        count += 1
    return count + _leftovers(now)


def _leftovers(now: datetime) -> int:
    before = (now - LEFTOVER_AFTER).timestamp()
    old = [each for each in work_folder().iterdir() if each.stat().st_mtime < before][:100]
    named = {
        f"{uid.hex}.part" for uid in Upload.objects.values_list("uid", flat=True)
    } if old else set()  # fmt: skip
    count = 0
    for each in old:
        if each.name in named:
            continue
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)
        count += 1
    return count
