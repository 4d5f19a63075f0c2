"""A run from the file to the rows: brought, looked through, brought in, undone.

Looking through writes lines of the run and nothing else. Bringing in stores the PDFs first, which
changes nothing anybody sees, and then writes everything in one transaction, or nothing.
"""

import json
import logging
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import IO, Any, Final

from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.inviting import invite
from ce_platform.accounts.models import User
from ce_platform.core import audit, files, jobs
from ce_platform.core.keeping import keep_alive
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json, fold
from ce_platform.office.moving_in import reading
from ce_platform.office.moving_in.columns import Recognized, missing_among, recognize
from ce_platform.office.moving_in.drafts import Context
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds import Kind, kind_named
from ce_platform.office.moving_in.looking import START, look_through
from ce_platform.office.moving_in.models import ColumnName, ImportLine, ImportRun
from ce_platform.office.moving_in.writing import bring_in

logger = logging.getLogger(__name__)
State = ImportRun.State
CHECK_JOB: Final = "moving-in.check"
APPLY_JOB: Final = "moving-in.apply"
INVITE_JOB: Final = "moving-in.invite"
AREA: Final = StoredFile.Area.PRIVATE


def kind_of(run: ImportRun) -> Kind:
    kind = kind_named(run.kind)
    if kind is None:
        raise ImportRefused("This kind of table is not known here any more.")
    return kind


# ---------------------------------------------------------------- what is brought


def headings_of(run: ImportRun) -> list[str]:
    """Errors: ImportRefused."""
    if run.file is None:
        raise ImportRefused("The file is not here any more. Bring it again.")
    with reading.opened(run.file) as source:
        return _headings(source)


def _headings(source: reading.Source) -> list[str]:
    for _, cells in source.lines():
        return [reading.text_of_cell(cell) for cell in cells]
    raise ImportRefused("The table is empty.")


def bring_file(
    file: IO[bytes],
    *,
    kind: Kind,
    name: str,
    source: str,
    options: Mapping[str, Any],
    by: User,
    now: datetime,
) -> ImportRun:
    """Keep the file and look at its headings. Errors: ImportRefused, with nothing kept."""
    with ExitStack() as stack:
        headings = _headings(reading.source_of(file, stack))
    found = recognized(kind, headings, options)
    file.seek(0)
    sha256 = reading.sha256_of(iter(lambda: file.read(1024 * 1024), b""))
    trial = files.on_trial(sha256, area=AREA, now=now)
    stored = files.store_open_file(
        file,
        sha256,
        area=AREA,
        content_type="application/octet-stream",
        now=now,
        while_copying=lambda: None,
    )
    with transaction.atomic():
        trial.delete()
        run = ImportRun.objects.create(
            kind=kind.name,
            state=State.COLUMNS,
            file=stored,
            file_name=name[-200:],
            source=(source or (found.profile.source if found.profile else "an earlier system"))[
                :80
            ],
            profile=found.profile.name if found.profile else "",
            columns_json=canonical_json(list(found.columns)),
            options_json=canonical_json(options),
            created_at=now,
            created_by_id=by.pk,
            created_by_label=by.email,
        )
        audit.record(
            "import.brought",
            subject_type="import",
            subject_id=run.uid,
            by=by,
            now=now,
            kind=kind.name,
            sha256=stored.sha256,
        )
        if not found.missing and not found.unknown:
            _check(run, by=by, now=now)
    return run


def recognized(kind: Kind, headings: list[str], options: Mapping[str, Any]) -> Recognized:
    named = dict(ColumnName.objects.filter(kind=kind.name).values_list("heading", "column"))
    return recognize(
        headings, kind.columns, kind=kind.name, named=named, fixed=options.get("fixed", {})
    )


@transaction.atomic
def name_columns(
    run: ImportRun,
    *,
    headings: list[str],
    columns: list[str],
    options: Mapping[str, Any],
    by: User,
    now: datetime,
) -> ImportRun:
    """Say which column is which, remember it for the next file, and look through. Errors:
    ImportRefused."""
    row = locked(run)
    if row.state not in (State.COLUMNS, State.LOOKED_AT, State.FAILED):
        raise ImportRefused("This file is being worked on, or was brought in already.")
    missing = missing_among(columns, kind_of(row).columns, fixed=options.get("fixed", {}))
    if missing:
        raise ImportRefused(f"Say which column is: {', '.join(missing)}.")
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise ImportRefused("Two columns cannot be the same one of ours.")
    for heading, column in zip(headings, columns, strict=True):
        if heading:
            ColumnName.objects.update_or_create(
                kind=row.kind, heading=fold(heading)[:120], defaults={"column": column}
            )
    row.columns_json = canonical_json(columns)
    row.options_json = canonical_json(options)
    row.save(update_fields=["columns_json", "options_json"])
    _check(row, by=by, now=now)
    return row


def locked(run: ImportRun) -> ImportRun:
    """Its job and file are read when they are asked for, and not joined: PostgreSQL, after waiting
    for the row, would join those of before (`kept_lists.locked`)."""
    return ImportRun.objects.select_for_update().get(pk=run.pk)


def is_at_work(run: ImportRun) -> bool:
    return run.job is not None and run.job.is_unfinished


# ---------------------------------------------------------------- looking through


@transaction.atomic
def check(run: ImportRun, *, by: User, now: datetime) -> ImportRun:
    """Look through it, or once more. Pressed twice, it runs once. Errors: ImportRefused."""
    row = locked(run)
    if is_at_work(row):
        return row
    if row.state in (State.DONE, State.UNDONE):
        raise ImportRefused("It was brought in already. Bring the file again to compare it.")
    _check(row, by=by, now=now)
    return row


def _check(run: ImportRun, *, by: User, now: datetime) -> None:
    run.state, run.error = State.CHECKING, ""
    run.job = jobs.start(
        CHECK_JOB,
        title=f"Looking through {run.file_name}"[:200],
        now=now,
        created_by_id=by.pk,
        run=run.pk,
    )
    run.save(update_fields=["state", "error", "job"])


def check_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    run = ImportRun.objects.select_related("file").filter(pk=parameters["run"]).first()
    if run is None or run.state != State.CHECKING or run.job_id != progress.job.pk:
        return  # Thrown away, or looked through by another worker.
    try:
        look_through(run, kind_of(run), progress=progress, now=timezone.now())
    except ImportRefused as refusal:
        ImportRun.objects.filter(pk=run.pk, state=State.CHECKING, job=progress.job).update(
            state=State.FAILED, error=str(refusal)[:500]
        )
    except jobs.LeaseLost:
        raise
    except Exception:
        # The page must not wait for ever for a mistake of ours.
        ImportRun.objects.filter(pk=run.pk, state=State.CHECKING, job=progress.job).update(
            state=State.FAILED, error="Something went wrong here. The log of the worker says what."
        )
        raise


# ---------------------------------------------------------------- bringing in


@transaction.atomic
def apply(run: ImportRun, *, by: User, now: datetime) -> ImportRun:
    """Bring in all of it, in the background. Pressed twice, it runs once. Errors: ImportRefused."""
    row = locked(run)
    if row.state in (State.APPLYING, State.DONE):
        return row
    if row.state != State.LOOKED_AT:
        raise ImportRefused("Look through it first.")
    if row.bad_count:
        raise ImportRefused("There are lines to be mended, so nothing is brought in.")
    if not row.new_count and not row.change_count:
        raise ImportRefused("Everything in this file is here already.")
    row.state, row.error = State.APPLYING, ""
    row.job = jobs.start(
        APPLY_JOB,
        title=f"Bringing in {row.file_name}"[:200],
        now=now,
        created_by_id=by.pk,
        run=row.pk,
        starter=by.pk,
    )
    row.save(update_fields=["state", "error", "job"])
    audit.record(
        "import.started",
        subject_type="import",
        subject_id=row.uid,
        by=by,
        now=now,
        kind=row.kind,
        new=row.new_count,
        change=row.change_count,
    )
    return row


def apply_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    run = ImportRun.objects.select_related("file").filter(pk=parameters["run"]).first()
    if run is None or run.state != State.APPLYING or run.job_id != progress.job.pk:
        return
    by = User.objects.get(pk=parameters["starter"])
    mine = ImportRun.objects.filter(pk=run.pk, state=State.APPLYING, job=progress.job)
    try:
        documents = store_documents(run, kind_of(run), progress=progress)
        bring_in(run, kind_of(run), documents=documents, progress=progress, by=by)
    except ImportRefused as refusal:
        mine.update(state=State.LOOKED_AT, error=str(refusal)[:500])
        return
    except jobs.LeaseLost:
        raise
    except Exception:
        mine.update(
            state=State.LOOKED_AT,
            error="Something went wrong here, and nothing was brought in. The log says what.",
        )
        raise


def store_documents(
    run: ImportRun, kind: Kind, *, progress: jobs.JobProgress
) -> dict[str, StoredFile]:
    """The PDFs and letters of lines to be written by SHA-256, kept before the transaction. Again
    after a crash: those that are kept already cost one look each. Errors: ImportRefused
    when one is another by now."""
    wanted = list(
        run.lines.filter(action__in=[ImportLine.Action.NEW, ImportLine.Action.CHANGE])
        .exclude(pdf_sha256="")
        .values_list("pdf_name", "pdf_sha256")
    )
    progress.total(len(wanted) + run.new_count + run.change_count)
    found: dict[str, StoredFile] = {}
    if not wanted:
        return found
    if run.file is None:
        raise ImportRefused("The file is not here any more. Bring it again.")
    alive = keep_alive(progress)
    with reading.opened(run.file) as source:
        for place, (name, sha256) in enumerate(wanted, start=1):
            if source.archive is None:
                raise ImportRefused("The PDFs are not in the file any more. Bring it again.")
            content = b"".join(source.archive.pieces(name, most=reading.MOST_SHEET_BYTES))
            stored = files.store_bytes(
                content,
                area=AREA,
                content_type=kind.file_type(content[:START]),
                now=timezone.now(),
            )
            if stored.sha256 != sha256:
                raise ImportRefused(f"{name} is not the file that was looked at.")
            found[sha256] = stored
            alive()
            if place % 50 == 0:
                progress.advance(50)
    return found


# ---------------------------------------------------------------- undoing, inviting


@transaction.atomic
def undo(run: ImportRun, *, reason: str, by: User, now: datetime) -> ImportRun:
    """Take back what it brought, as far as records of law allow. Errors: ImportRefused."""
    row = locked(run)
    kind = kind_of(row)
    if row.state == State.UNDONE:
        return row
    if not kind.can_be_undone:
        raise ImportRefused(kind.undo_words)
    if row.state != State.DONE:
        raise ImportRefused("This import cannot be undone.")
    reason = " ".join(reason.split())[:300]
    if not reason:
        raise ImportRefused("Say why it is undone; the reason is kept.")
    kind.undo(
        Context.of(row, today=by.local_date(now), now=now, by=by),
        reason=reason,
    )
    row.state, row.undone_at, row.undone_reason = State.UNDONE, now, reason
    row.save(update_fields=["state", "undone_at", "undone_reason"])
    audit.record(
        "import.undone", subject_type="import", subject_id=row.uid, by=by, now=now, reason=reason
    )
    return row


def waiting_invitations(run: ImportRun) -> Any:
    return run.lines.filter(
        is_new_account=True,
        invited_at__isnull=True,
        user__isnull=False,
        user__last_login__isnull=True,
        user__closed_at__isnull=True,
    )


@transaction.atomic
def start_inviting(run: ImportRun, *, by: User, now: datetime) -> None:
    """A mail to everybody whose account this import made. Pressed twice, each gets one."""
    row = locked(run)
    if row.state != State.DONE or is_at_work(row) or not waiting_invitations(row).exists():
        return
    row.job = jobs.start(
        INVITE_JOB,
        title=f"Inviting the people of {row.file_name}"[:200],
        now=now,
        created_by_id=by.pk,
        run=row.pk,
        starter=by.pk,
    )
    row.save(update_fields=["job"])


def invite_in_background(parameters: dict[str, Any], progress: jobs.JobProgress) -> None:
    run = ImportRun.objects.get(pk=parameters["run"])
    by = User.objects.get(pk=parameters["starter"])
    waiting = waiting_invitations(run).order_by("row")
    progress.total(waiting.count())
    while lines := list(waiting.select_related("user")[:50]):
        for line in lines:
            now = timezone.now()
            with transaction.atomic():
                first = ImportLine.objects.filter(pk=line.pk, invited_at__isnull=True)
                if first.update(invited_at=now) and line.user is not None:
                    invite(line.user, by=by, now=now)
        progress.advance(len(lines))


def unused_of(run: ImportRun) -> list[str]:
    found: list[str] = json.loads(run.unused_json)
    return found
