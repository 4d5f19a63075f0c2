"""Bringing in: all lines in one transaction, held once more against what is here by then."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs
from ce_platform.core.models import Provider, StoredFile
from ce_platform.office.moving_in.drafts import Action, Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds import Kind
from ce_platform.office.moving_in.models import ImportLine, ImportRun

CHUNK: Final = 500
MEANWHILE: Final = (
    "Something of this file changed here since it was looked through, so nothing was brought in. "
    "Look through it once more."
)


def bring_in(
    run: ImportRun,
    kind: Kind,
    *,
    documents: Mapping[str, StoredFile],
    progress: jobs.JobProgress,
    by: User,
) -> None:
    """One transaction. Errors: ImportRefused, LeaseLost; then nothing was written.

    What came meanwhile by another run is found to be here and is not written twice. Two runs at
    once wait for each other at the row of the provider, which both lock first.
    """
    try:
        with transaction.atomic():
            progress.advance(0)  # Another worker has it: refused before anything is written.
            list(Provider.objects.select_for_update().filter(pk=1))
            row = ImportRun.objects.select_for_update().get(pk=run.pk)
            if row.state != ImportRun.State.APPLYING or row.job_id != progress.job.pk:
                return
            now = timezone.now()
            _write_lines(row, kind, documents=documents, by=by, now=now)
            row.state, row.applied_at = ImportRun.State.DONE, now
            row.applied_by_id, row.applied_by_label = by.pk, by.email
            row.save(
                update_fields=[
                    "state",
                    "applied_at",
                    "applied_by_id",
                    "applied_by_label",
                    "new_count",
                    "change_count",
                    "same_count",
                ]
            )
            audit.record(
                "import.done",
                subject_type="import",
                subject_id=row.uid,
                by=by,
                now=now,
                kind=row.kind,
                new=row.new_count,
                change=row.change_count,
                same=row.same_count,
            )
            progress.advance(row.new_count + row.change_count)
    except IntegrityError:
        raise ImportRefused(MEANWHILE) from None


def _write_lines(
    run: ImportRun,
    kind: Kind,
    *,
    documents: Mapping[str, StoredFile],
    by: User,
    now: datetime,
) -> None:
    context = Context.of(run, today=_today(by, now), now=now, by=by)
    counts = dict.fromkeys(Action.values, 0)
    lines = _lines_to_write(run)
    while chunk := list(islice(lines, CHUNK)):
        drafts = [_draft(line) for line in chunk]
        kind.place(drafts, context)
        for draft in drafts:
            if draft.problems:
                _, _, sentence = draft.problems[0]
                raise ImportRefused(f"Row {draft.row}: {sentence} {MEANWHILE}"[:500])
        wanted = [
            (line, draft)
            for line, draft in zip(chunk, drafts, strict=True)
            if draft.action in (Action.NEW, Action.CHANGE)
        ]
        written = kind.write([draft for _, draft in wanted], context, documents=documents)
        for (line, draft), what in zip(wanted, written, strict=True):
            line.target, line.is_new_account = what.target, what.is_new_account
            line.user = draft.user
        for line, draft in zip(chunk, drafts, strict=True):
            line.action = draft.action
            line.user = draft.user
            counts[draft.action] += 1
        # As one upsert: a CASE for each row would take longer than all the rest together.
        ImportLine.objects.bulk_create(
            chunk,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["action", "target", "is_new_account", "user"],
        )
    run.new_count, run.change_count = counts[Action.NEW], counts[Action.CHANGE]
    run.same_count = counts[Action.SAME]


def _today(by: User, now: datetime) -> date:
    return by.local_date(now)


def _lines_to_write(run: ImportRun) -> Iterator[ImportLine]:
    """By row, a chunk at a time: a cursor of SQLite must not stay open over writes."""
    after = 0
    while chunk := list(
        run.lines.filter(row__gt=after).exclude(action=Action.SKIPPED).order_by("row")[:CHUNK]
    ):
        yield from chunk
        after = chunk[-1].row


def _draft(line: ImportLine) -> Draft:
    values: dict[str, Any] = line.values
    return Draft(
        row=line.row,
        values=values,
        key=line.key,
        pdf_name=line.pdf_name,
        pdf_sha256=line.pdf_sha256,
    )
