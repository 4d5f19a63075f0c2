"""The background job: from the kept text to the signed file. Cut off at any moment it starts again
and makes the same pages; bytes that were being kept are found and taken away."""

import hashlib
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from ce_platform.core import audit, codes, files, mail
from ce_platform.core.jobs import JobProgress
from ce_platform.core.models import StoredFile
from ce_platform.core.text import sha256_text
from certificates.domain.errors import RecordAltered
from certificates.models import Transcript
from certificates.transcript.document import Made, signed_transcript
from certificates.transcript.record import TranscriptRecord, read_record

CONTENT_TYPE: Final = "application/pdf"
AREA: Final = StoredFile.Area.PRIVATE


def record_of(transcript: Transcript) -> TranscriptRecord:
    """What was written down. Errors: RecordAltered."""
    if sha256_text(transcript.record_json) != transcript.sha256:
        raise RecordAltered(codes.dashed(transcript.code))
    return read_record(transcript.record_json)


def make_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    transcript = Transcript.objects.select_related("user").get(pk=parameters["transcript"])
    if transcript.made_at is not None:
        return  # It was done, and the worker died before it could say so.
    _discard(transcript, transcript.unfinished_sha256)
    made = signed_transcript(record_of(transcript), now=timezone.now())
    _keep(transcript, made, progress=progress)


def _keep(transcript: Transcript, made: Made, *, progress: JobProgress) -> None:
    """Before the bytes get a name the row knows it, so that they are found again after a crash.
    Errors: LeaseLost, with nothing left behind."""
    sha256 = hashlib.sha256(made.content).hexdigest()
    with transaction.atomic():
        progress.advance(0)
        Transcript.objects.filter(pk=transcript.pk).update(unfinished_sha256=sha256)
    try:
        now = timezone.now()
        stored = files.store_bytes(made.content, area=AREA, content_type=CONTENT_TYPE, now=now)
        _say_made(transcript, stored, made, progress=progress, now=now)
    except BaseException:
        _discard(transcript, sha256)
        raise


def _say_made(
    transcript: Transcript,
    stored: StoredFile,
    made: Made,
    *,
    progress: JobProgress,
    now: datetime,
) -> None:
    with transaction.atomic():
        progress.advance(0)  # Another worker has it by now: this one's file is not wanted.
        Transcript.objects.filter(pk=transcript.pk).update(
            file=stored,
            file_sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            page_count=made.page_count,
            signer=made.signer,
            made_at=now,
            unfinished_sha256="",
        )
        audit.record(
            "transcript.made",
            subject_type="transcript",
            subject_id=transcript.uid,
            by=None,
            now=now,
            file_sha256=stored.sha256,
            page_count=made.page_count,
        )
        if transcript.asked_by_label:  # Blank once the account was closed.
            mail.write_mail(
                "transcript_ready",
                to_email=transcript.asked_by_label,
                to_user_id=transcript.asked_by_id,
                cause=f"transcript-ready:{transcript.uid.hex}",
                now=now,
                transcript=transcript,
                is_own=transcript.asked_by_id == transcript.user_id,
                code=codes.dashed(transcript.code),
                url=transcript.get_absolute_url(),
            )


def _discard(transcript: Transcript, sha256: str) -> None:
    """Bytes that were to become this transcript and did not."""
    if not sha256 or Transcript.objects.filter(file__sha256=sha256).exists():
        return
    try:
        files.erase(sha256, area=AREA)
    except ProtectedError:  # Somebody else's file has the same bytes; it is theirs.
        return
    Transcript.objects.filter(pk=transcript.pk, unfinished_sha256=sha256).update(
        unfinished_sha256=""
    )
