"""Looking through a file: every line read and held against what is here, and nothing written."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final

from django.db import transaction

from ce_platform.accounts.models import zone_named
from ce_platform.core import jobs
from ce_platform.core.keeping import keep_alive
from ce_platform.core.models import Provider
from ce_platform.core.text import canonical_json
from ce_platform.office.moving_in import reading
from ce_platform.office.moving_in.archive import Archive
from ce_platform.office.moving_in.drafts import Action, Cells, Context, Draft
from ce_platform.office.moving_in.errors import ImportRefused
from ce_platform.office.moving_in.kinds import Kind
from ce_platform.office.moving_in.models import ImportLine, ImportRun

CHUNK: Final = 500
START: Final = 1024
"""So much of a file tells what it is."""
LARGEST_PDF: Final = 10_000_000
"""As large as the verification page takes."""
_MOST_UNUSED: Final = 50
_MOST_PROBLEMS: Final = 20


def look_through(run: ImportRun, kind: Kind, *, progress: jobs.JobProgress, now: datetime) -> None:
    """Lines are written chunk by chunk; cut off, it begins anew. Errors: ImportRefused."""
    if run.file is None:
        raise ImportRefused("The file is not here any more. Bring it again.")
    run.lines.all().delete()
    counts: Counter[str] = Counter()
    with reading.opened(run.file) as source:
        progress.total(sum(1 for _ in source.lines()) - 1)
        context = Context.of(run, today=_today(now), now=now, files=_names(source.archive, source))
        used: set[str] = set()
        lines = source.lines()
        next(lines, None)  # The headings.
        while drafts := [_draft(kind, run, line, context) for line in islice(lines, CHUNK)]:
            _hash_documents(kind, drafts, source.archive, keep_alive(progress))
            kind.place([each for each in drafts if each.action != Action.SKIPPED], context)
            made = [line_of(run, draft) for draft in drafts]
            with transaction.atomic():
                progress.advance(len(made))  # Refused when another worker has it.
                ImportLine.objects.bulk_create(made)
            counts.update(line.action for line in made)
            counts["notes"] += sum(bool(line.note) for line in made)
            counts["pdfs"] += sum(bool(line.pdf_sha256) for line in made)
            used.update(line.pdf_name for line in made if line.pdf_name)
        unused = sorted(
            name
            for name in (source.archive.names if source.archive else [])
            if name not in used and name != source.sheet_name
        )
    _conclude(run, counts, unused, progress=progress)


def _conclude(
    run: ImportRun, counts: Mapping[str, int], unused: list[str], *, progress: jobs.JobProgress
) -> None:
    total = sum(counts[action] for action in Action.values)
    if not total:
        raise ImportRefused("Below the headings there is no line.")
    with transaction.atomic():
        progress.advance(0)
        ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.CHECKING).update(
            state=ImportRun.State.LOOKED_AT,
            line_count=total,
            new_count=counts[Action.NEW],
            change_count=counts[Action.CHANGE],
            same_count=counts[Action.SAME],
            skipped_count=counts[Action.SKIPPED],
            bad_count=counts[Action.BAD],
            note_count=counts["notes"],
            pdf_count=counts["pdfs"],
            unused_json=canonical_json(unused[:_MOST_UNUSED]),
        )


def _today(now: datetime) -> Any:
    provider = Provider.objects.filter(pk=1).first()
    return now.astimezone(zone_named(provider.time_zone if provider else "America/New_York")).date()


def _names(archive: Archive | None, source: reading.Source) -> Mapping[str, str]:
    """By whole path, and by the last part alone where only one file is called so."""
    found: dict[str, str] = {}
    if archive is None:
        return found
    ends: Counter[str] = Counter()
    names = [name for name in archive.names if name != source.sheet_name]
    for name in names:
        ends[PurePosixPath(name).name.casefold()] += 1
    for name in names:
        end = PurePosixPath(name).name.casefold()
        if ends[end] == 1:
            found[end] = name
    for name in names:
        found[name.casefold()] = name
    return found


def _draft(kind: Kind, run: ImportRun, line: reading.Line, context: Context) -> Draft:
    number, cells = line
    draft = Draft(row=number)
    ours: dict[str, Any] = {
        name: value for name, value in context.options.get("fixed", {}).items() if value
    }
    labels = {column.name: column.label for column in kind.columns}
    said = {name: _value(cell) for name, cell in zip(run.columns, cells, strict=False) if name}
    if is_example(kind, said):
        draft.action = Action.SKIPPED
        draft.notes.append("The example of the template.")
        return draft
    for name, value in said.items():
        if value == "" and name in ours:
            continue
        ours[name] = value
    kind.read(Cells(draft, ours, labels), draft, context)
    return draft


def is_example(kind: Kind, said: Mapping[str, Any]) -> bool:
    """The line that our template begins with, left in. Days are not compared: a spreadsheet
    writes them its own way."""
    examples = {
        column.name: column.example
        for column in kind.columns
        if not column.name.endswith("_on") and not column.name.startswith("valid_")
    }
    compared = [(examples[name], value) for name, value in said.items() if name in examples]
    filled = [(example, value) for example, value in compared if value != ""]
    return len(filled) > 1 and all(example == value for example, value in filled)


def _value(cell: Any) -> Any:
    """Dates of a workbook stay dates; all else is what a person reads in the cell."""
    if hasattr(cell, "year") or isinstance(cell, bool):
        return cell if hasattr(cell, "year") else ("Yes" if cell else "No")
    return reading.text_of_cell(cell)


def _hash_documents(
    kind: Kind, drafts: Iterable[Draft], archive: Archive | None, alive: Any
) -> None:
    if archive is None:
        return
    for draft in drafts:
        if not draft.pdf_name:
            continue
        try:
            draft.pdf_sha256 = reading.sha256_of(_checked(kind, archive, draft.pdf_name))
        except ImportRefused as refusal:
            draft.refuse(kind.file_column, draft.pdf_name, str(refusal))
        alive()


def _checked(kind: Kind, archive: Archive, name: str) -> Iterator[bytes]:
    is_first = True
    for piece in archive.pieces(name, most=LARGEST_PDF):
        if is_first:
            kind.file_type(piece[:START])
        is_first = False
        yield piece
    if is_first:
        raise ImportRefused("This file is empty.")


def line_of(run: ImportRun, draft: Draft) -> ImportLine:
    return ImportLine(
        run=run,
        row=draft.row,
        action=Action.BAD if draft.problems else draft.action,
        values_json=canonical_json(draft.values),
        problems_json=canonical_json([list(each) for each in draft.problems[:_MOST_PROBLEMS]]),
        note=" ".join(dict.fromkeys(draft.notes)),
        pdf_name=draft.pdf_name,
        pdf_sha256=draft.pdf_sha256,
        key=draft.key,
        person_key=draft.person_key,
    )
