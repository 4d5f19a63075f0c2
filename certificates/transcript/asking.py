"""Asking for a transcript: what is printed is written down at once, the file is made afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core import audit, codes, jobs
from ce_platform.core.errors import DomainError
from ce_platform.core.models import UNFINISHED, BackgroundJob
from certificates.models import Transcript
from certificates.transcript.gathering import fit_for_print, gather
from certificates.transcript.periods import Choice

KIND: Final = "transcript"
MOST_A_DAY: Final = 12
"""About one person, whoever asks: each is kept for good."""
DAY: Final = timedelta(days=1)
SAME_CLICK: Final = timedelta(minutes=1)
MOST_LISTED: Final = 50


class TooManyTranscripts(DomainError):
    def __init__(self) -> None:
        super().__init__(
            f"{MOST_A_DAY} transcripts were made for this person within a day. The earlier ones "
            "are still here; ask for another one tomorrow."
        )


class NothingOnRecord(DomainError):
    def __init__(self) -> None:
        super().__init__("There is nothing on record in this period. Choose other dates.")


class NameUnknown(DomainError):
    def __init__(self) -> None:
        super().__init__("Write your name, as on your license, in your profile first.")


def verify_url_of(code: str) -> str:
    """What the QR code opens; printed, so it must hold for years."""
    path = reverse("certificates:verify-transcript", args=[codes.dashed(code)])
    return f"{settings.PUBLIC_BASE_URL}{path}"


def ask_for_transcript(user: User, *, choice: Choice, by: User, now: datetime) -> Transcript:
    """Write down what the transcript of `user` says now, and have its PDF made.

    A second click, and the same question while the answer is being made, lead to the first one.
    Errors: TooManyTranscripts, NothingOnRecord, NameUnknown.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        known = _being_made(user, choice, by=by, now=now)
        if known is not None:
            return known
        if Transcript.objects.filter(user=user, asked_at__gt=now - DAY).count() >= MOST_A_DAY:
            raise TooManyTranscripts
        gathered = gather(user, choice, now=now)
        if not gathered.record.lines and not gathered.record.left_out:
            raise NothingOnRecord
        if not gathered.record.holder_name:
            raise NameUnknown
        code = codes.new_code()
        record = replace(
            fit_for_print(gathered.record), code=codes.dashed(code), verify_url=verify_url_of(code)
        )
        transcript = Transcript.objects.create(
            code=code,
            user=user,
            first_on=gathered.span.first,
            last_on=gathered.span.last,
            choice_json=choice.canonical_text(),
            asked_at=now,
            asked_by_id=by.pk,
            asked_by_label=by.email,
            record_json=record.canonical_text(),
            sha256=record.sha256(),
        )
        _start(transcript, by=by, now=now)
        audit.record(
            "transcript.asked",
            subject_type="transcript",
            subject_id=transcript.uid,
            by=by,
            now=now,
            user=user.pk,
            first_on=str(transcript.first_on or ""),
            last_on=str(transcript.last_on or ""),
            line_count=len(record.lines),
            sha256=transcript.sha256,
        )
    return transcript


def make_again(transcript: Transcript, *, by: User, now: datetime) -> Transcript:
    """Have the file made once more after it could not be made. Otherwise nothing changes."""
    with transaction.atomic():
        # The job is not joined: see `kept_lists.locked`.
        row = Transcript.objects.select_for_update().get(pk=transcript.pk)
        if row.made_at is None and (
            row.job is None or row.job.status == BackgroundJob.Status.FAILED
        ):
            _start(row, by=by, now=now)
    return row


def _start(transcript: Transcript, *, by: User, now: datetime) -> None:
    transcript.job = jobs.start(
        KIND, title="Transcript", now=now, created_by_id=by.pk, transcript=transcript.pk
    )
    transcript.save(update_fields=["job"])


def _being_made(user: User, choice: Choice, *, by: User, now: datetime) -> Transcript | None:
    same = Transcript.objects.filter(
        user=user, asked_by_id=by.pk, choice_json=choice.canonical_text()
    ).order_by("-asked_at", "-pk")
    waiting = same.filter(made_at__isnull=True, job__status__in=UNFINISHED).first()
    return waiting or same.filter(made_at__isnull=False, asked_at__gt=now - SAME_CLICK).first()


def transcripts_of(user: User) -> QuerySet[Transcript]:
    """Earlier ones, newest first; what they say is not fetched along."""
    return (
        Transcript.objects.filter(user=user)
        .select_related("job")
        .defer("record_json")
        .order_by("-asked_at", "-pk")
    )


def is_unfinished(transcript: Transcript) -> bool:
    return (
        transcript.made_at is None and transcript.job is not None and transcript.job.is_unfinished
    )
