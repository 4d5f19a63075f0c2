"""Recordings of a draft: what was sent becomes one, its texts, its captions, its place."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.files import store_file
from ce_platform.core.jobs import JobProgress, LeaseLost
from ce_platform.core.models import StoredFile
from ce_platform.core.text import clean
from courses.captions import end_of, read_captions, transcript_of, write_captions
from courses.domain.drafting import changed, locked_draft
from courses.domain.errors import NotADraft, RecordingInUse, RecordingTextRefused
from courses.domain.media_time import used_in
from courses.domain.unseen import is_news, state_of, texts_of
from courses.domain.uploading import refuse_upload, reopen_upload, upload_path, work_folder
from courses.markdown import parse
from courses.markdown.grammar import LANGUAGE, LONGEST_TEXT
from courses.models import CourseVersion, Recording, Upload
from courses.recordings import Prepared, prepare_apart

LONGEST_TITLE: Final = 200
LONGEST_CREDIT: Final = 300
MOST_RECORDINGS: Final = 300
# Three forms on one page, each with a state of its own.
TEXTS: Final = ("title", "credit")
CAPTIONS: Final = ("captions", "captions_language")
TRANSCRIPT: Final = ("transcript",)


@dataclass(frozen=True)
class KeptRecording:
    """A prepared recording whose files are in storage."""

    kind: str
    file: StoredFile
    duration_ms: int
    width: int | None
    height: int | None
    poster: StoredFile | None


def keep_recording(prepared: Prepared, *, now: datetime) -> KeptRecording:
    """Put the files into storage, before the transaction that names them."""
    area = StoredFile.Area.COURSE_MEDIA
    poster = None
    if prepared.poster:
        poster = store_file(Path(prepared.poster), area=area, content_type="image/webp", now=now)
    return KeptRecording(
        kind=prepared.kind,
        file=store_file(
            Path(prepared.path), area=area, content_type=prepared.content_type, now=now
        ),
        duration_ms=prepared.duration_ms,
        width=prepared.width,
        height=prepared.height,
        poster=poster,
    )


@transaction.atomic
def add_recording(
    version: CourseVersion, kept: KeptRecording, *, title: str, by: User, now: datetime
) -> Recording:
    """A new recording of a draft. Errors: NotADraft, RecordingTextRefused."""
    version = locked_draft(version)
    slugs = set(version.recordings.values_list("slug", flat=True))
    if len(slugs) >= MOST_RECORDINGS:
        raise RecordingTextRefused(f"A course has at most {MOST_RECORDINGS} recordings.")
    title = _line(title)[:LONGEST_TITLE] or "Recording"
    recording = Recording.objects.create(
        version=version,
        slug=free_slug(title, slugs, "recording"),
        title=title,
        captions_language="",
        **_facts(kept),
    )
    _recorded("recording.added", recording, by=by, now=now)
    return recording


@transaction.atomic
def replace_recording(
    version: CourseVersion, key: UUID, kept: KeptRecording, *, by: User, now: datetime
) -> Recording:
    """Another file for a recording; its name, its texts and its places in lessons stay.

    Errors: NotADraft, RecordingTextRefused (gone, or a video for a sound).
    """
    version = locked_draft(version)
    recording = _recording(version, key)
    if kept.kind != recording.kind:
        raise RecordingTextRefused(
            f"A {recording.kind} recording is replaced by {recording.kind}. Add this file as a "
            "new recording instead."
        )
    for name, value in _facts(kept).items():
        setattr(recording, name, value)
    recording.save()
    changed(version)
    _recorded("recording.replaced", recording, by=by, now=now)
    return recording


def _facts(kept: KeptRecording) -> dict[str, Any]:
    return {
        "kind": kept.kind,
        "file": kept.file,
        "duration_ms": kept.duration_ms,
        "width": kept.width,
        "height": kept.height,
        "poster": kept.poster,
    }


@transaction.atomic
def save_recording_texts(
    version: CourseVersion,
    key: UUID,
    *,
    title: str,
    credit: str,
    based_on: str = "",
    by: User,
    now: datetime,
) -> Recording:
    """Title and credit. The name that lessons use stays.

    Errors: NotADraft, RecordingTextRefused, ChangedMeanwhile.
    """
    version = locked_draft(version)
    recording = _recording(version, key)
    before = texts_of(recording, TEXTS)
    title = _line(title)
    if not title:
        raise RecordingTextRefused("Give it a title.")
    recording.title = title[:LONGEST_TITLE]
    recording.credit = _line(credit)[:LONGEST_CREDIT]
    if is_news(recording, before, based_on=based_on, by=by):
        recording.save(update_fields=TEXTS)
        state = state_of(recording, TEXTS)
        _recorded("recording.changed", recording, by=by, now=now, state=state)
    return recording


@transaction.atomic
def set_captions(
    version: CourseVersion,
    key: UUID,
    *,
    text: str,
    language: str,
    based_on: str = "",
    by: User,
    now: datetime,
) -> Recording:
    """Captions from WebVTT or SubRip, written anew as WebVTT; no text takes them away.

    Errors: NotADraft, RecordingTextRefused, CaptionsRefused (names the lines), ChangedMeanwhile.
    """
    version = locked_draft(version)
    recording = _recording(version, key)
    before = texts_of(recording, CAPTIONS)
    language = language.strip() or version.language
    if not LANGUAGE.fullmatch(language) or len(language) > 35:
        raise RecordingTextRefused(f"“{language[:35]}” is not a language tag like en-US or es.")
    if text.strip():
        cues = read_captions(text, duration_ms=recording.duration_ms)
        recording.captions = write_captions(cues)
        recording.captions_language = language
    else:
        recording.captions = recording.captions_language = ""
    if is_news(recording, before, based_on=based_on, by=by):
        recording.save(update_fields=CAPTIONS)
        state = state_of(recording, CAPTIONS)
        _recorded("recording.captioned", recording, by=by, now=now, state=state)
    return recording


@transaction.atomic
def save_transcript(
    version: CourseVersion, key: UUID, *, text: str, based_on: str = "", by: User, now: datetime
) -> Recording:
    """What is said and shown, as Markdown.

    Errors: NotADraft, RecordingTextRefused, ChangedMeanwhile.
    """
    version = locked_draft(version)
    recording = _recording(version, key)
    before = texts_of(recording, TRANSCRIPT)
    text = clean(text)
    check_transcript(text)
    recording.transcript = text
    if is_news(recording, before, based_on=based_on, by=by):
        recording.save(update_fields=TRANSCRIPT)
        state = state_of(recording, TRANSCRIPT)
        _recorded("recording.transcribed", recording, by=by, now=now, state=state)
    return recording


def check_transcript(text: str) -> None:
    """Errors: RecordingTextRefused, with the first mistake and its line."""
    if len(text) > LONGEST_TEXT:
        raise RecordingTextRefused(f"A transcript has at most {LONGEST_TEXT:,} characters.")
    parsed = parse(text)
    for problem in parsed.problems:
        raise RecordingTextRefused(f"Line {problem.line + 1}: {problem.sentence}.")
    for use in parsed.uses:
        if use.kind not in ("reference", "glossary"):
            raise RecordingTextRefused(
                f"Line {use.line + 1}: a {use.kind} cannot stand in a transcript."
            )


@transaction.atomic
def transcript_from_captions(
    version: CourseVersion, key: UUID, *, based_on: str = "", by: User, now: datetime
) -> Recording:
    """The words of the captions as running text.

    Errors: NotADraft, RecordingTextRefused, ChangedMeanwhile (the transcript).
    """
    version = locked_draft(version)
    recording = _recording(version, key)
    if not recording.captions:
        raise RecordingTextRefused("There are no captions yet.")
    # They were within the recording when they came; it may have been replaced since.
    longest = max(recording.duration_ms, end_of(recording.captions))
    cues = read_captions(recording.captions, duration_ms=longest)
    return save_transcript(
        version, key, text=transcript_of(cues), based_on=based_on, by=by, now=now
    )


@transaction.atomic
def remove_recording(version: CourseVersion, key: UUID, *, by: User, now: datetime) -> str:
    """Take a recording out of a draft; returns its title. Errors: NotADraft,
    RecordingTextRefused, RecordingInUse."""
    version = locked_draft(version)
    recording = _recording(version, key)
    lessons = used_in(version, "recording").get(recording.slug, [])
    if lessons:
        raise RecordingInUse(f"“{recording.title}”", [each.title for each in lessons])
    _recorded("recording.removed", recording, by=by, now=now)
    recording.delete()
    return recording.title


# ---------------------------------------------------------------- what was sent


def look_into_upload(parameters: dict[str, Any], progress: JobProgress) -> None:
    """The work of a job: an upload becomes a recording, or is refused with a sentence.

    Safe to start again: the row of the upload goes in the transaction that makes the recording.
    """
    upload = (
        Upload.objects.select_related("course", "by")
        .filter(uid=parameters["upload"], refusal="")
        .first()
    )
    if upload is None:
        return
    progress.total(1)
    with tempfile.TemporaryDirectory(prefix="packing-", dir=work_folder()) as folder:
        try:
            prepared = prepare_apart(
                upload_path(upload), Path(folder), still_here=lambda: progress.advance(0)
            )
            kept = keep_recording(prepared, now=timezone.now())
            _settle(upload, kept, now=timezone.now())
        except LeaseLost:
            raise
        except DomainError as error:
            refuse_upload(upload, str(error), now=timezone.now())
            return
        except Exception:
            # A full disk, a lost database: what was sent is kept, to be looked into again.
            reopen_upload(upload)
            raise
    upload_path(upload).unlink(missing_ok=True)
    progress.advance()


@transaction.atomic
def _settle(upload: Upload, kept: KeptRecording, *, now: datetime) -> Recording:
    version = upload.course.versions.order_by("-edition", "-revision").first()
    if version is None or version.is_frozen:
        raise NotADraft
    if upload.replaces_key is not None:
        if not version.recordings.filter(key=upload.replaces_key).exists():
            raise RecordingTextRefused(
                "The recording that this file was to replace was removed meanwhile, so nothing "
                "was changed. If it is still wanted, send the file as a new recording."
            )
        recording = replace_recording(version, upload.replaces_key, kept, by=upload.by, now=now)
    else:
        title = Path(upload.file_name).stem.replace("_", " ").replace("-", " ")
        recording = add_recording(version, kept, title=title, by=upload.by, now=now)
    Upload.objects.filter(pk=upload.pk).delete()
    return recording


# ---------------------------------------------------------------- pieces


def _recording(version: CourseVersion, key: UUID) -> Recording:
    recording = Recording.objects.filter(version=version, key=key).first()
    if recording is None:
        raise RecordingTextRefused("That recording is not there any more.")
    return recording


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def free_slug(title: str, taken: set[str], noun: str) -> str:
    """A name for lessons to use that no other one of the version has."""
    wanted = slugify(title)[:50].strip("-_") or noun
    wanted = wanted.replace("_", "-")
    number = 1
    slug = wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def _recorded(action: str, recording: Recording, *, by: User, now: datetime, **detail: str) -> None:
    audit.record(
        action,
        subject_type="recording",
        subject_id=recording.key,
        by=by,
        now=now,
        version=recording.version_id,
        slug=recording.slug,
        sha256=recording.file.sha256,
        **detail,
    )
