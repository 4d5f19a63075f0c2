"""Runs that were only looked at go with their file; of what was brought in, lines forget whose they
were."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, Q

from ce_platform.accounts.models import User
from ce_platform.core import audit, files
from ce_platform.core.models import BackgroundJob, StoredFile
from ce_platform.licensing.domain.submissions import is_letter_of_a_submission
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.models import ImportLine, ImportRun
from ce_platform.office.moving_in.running import AREA, State, locked

UNAPPLIED_LIFE: Final = timedelta(days=14)
"""Of what was looked at and never brought in."""
LINES_LIFE: Final = timedelta(days=30)
"""How long the lines of what was brought in say whose they were."""
_SWEEP_SIZE: Final = 20


def discard(run: ImportRun, *, by: User | None, now: datetime) -> None:
    """Throw away what was only looked at, with its file. `by=None`: its time is over. Errors:
    ImportRefused."""
    with transaction.atomic():
        try:
            row = locked(run)
        except ImportRun.DoesNotExist:
            return
        if row.applied_at is not None or row.state == State.APPLYING:
            raise ImportRefused("It was brought in, so what was done is kept.")
        stored = row.file
        leftover = set(row.lines.exclude(pdf_sha256="").values_list("pdf_sha256", flat=True))
        row.delete()
        audit.record(
            "import.thrown-away", subject_type="import", subject_id=run.uid, by=by, now=now
        )
    forget_file(stored)
    for sha256 in leftover:
        _erase(sha256)


SOMEBODY_LEFT: Final = (
    "Somebody in this file has closed their account, so the file was deleted. Take them out of "
    "your table and bring it again."
)


def delete_file_of(run: ImportRun, *, now: datetime) -> None:
    """Of a run that names somebody who has left. What is being brought in is left alone: its file
    goes afterwards with every other."""
    row = locked(run)
    if row.applied_at is not None or row.state == State.APPLYING:
        return
    row.lines.all().delete()
    stored, row.file, row.state, row.error = row.file, None, State.FAILED, SOMEBODY_LEFT
    row.save(update_fields=["file", "state", "error"])
    files.let_go(stored, now=now)


def forget_file(stored: StoredFile | None) -> None:
    if stored is not None and not ImportRun.objects.filter(file=stored).exists():
        _erase(stored.sha256)


def _erase(sha256: str) -> None:
    if is_letter_of_a_submission(sha256):
        return
    with suppress(ProtectedError):  # Somebody else's file has the same bytes.
        files.erase(sha256, area=AREA)


def sweep_runs(now: datetime) -> int:
    """What was looked at and not brought in goes after some days; lines of what was brought in
    forget whose they were; files that are not needed any more go."""
    count = 0
    old = ImportRun.objects.filter(
        applied_at__isnull=True, created_at__lte=now - UNAPPLIED_LIFE
    ).exclude(state=State.APPLYING)
    for run in old.order_by("pk")[:_SWEEP_SIZE]:
        discard(run, by=None, now=now)
        count += 1
    for run in ImportRun.objects.filter(applied_at__isnull=False, file__isnull=False)[:_SWEEP_SIZE]:
        stored = run.file
        ImportRun.objects.filter(pk=run.pk).update(file=None)
        forget_file(stored)
        count += 1
    named = ImportRun.objects.filter(applied_at__lte=now - LINES_LIFE, blanked_at__isnull=True)
    for run in named[:_SWEEP_SIZE]:
        blank_lines(Q(run=run))
        ImportRun.objects.filter(pk=run.pk).update(blanked_at=now)
        count += 1
    # Given up because it killed its workers, or stopped: the page must not wait for ever.
    for run in ImportRun.objects.filter(
        state__in=[State.CHECKING, State.APPLYING], job__status=BackgroundJob.Status.FAILED
    )[:_SWEEP_SIZE]:
        is_checking = run.state == State.CHECKING
        ImportRun.objects.filter(pk=run.pk, state=run.state).update(
            state=State.FAILED if is_checking else State.LOOKED_AT,
            error="The work was stopped. Nothing was brought in.",
        )
        count += 1
    return count


def blank_lines(lines: Q) -> None:
    """Values, notes and file names go; what became of the line stays."""
    ImportLine.objects.filter(lines).update(
        values_json="{}", problems_json="[]", note="", pdf_name=""
    )
