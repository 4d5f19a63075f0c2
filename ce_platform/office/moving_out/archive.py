"""The whole archive, from the first row to the manifest."""

import importlib.resources
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from ce_platform.core.models import Provider
from ce_platform.office.moving_out.kept import files_to_keep, write_kept_files
from ce_platform.office.moving_out.parts import archive_parts
from ce_platform.office.moving_out.readme import readme_of
from ce_platform.office.moving_out.records import count_records, write_records
from ce_platform.office.moving_out.writing import ArchiveWriter, Column

FORMAT: Final = 1
"""Of the archive: grows when what is written here changes its meaning."""


@dataclass(frozen=True)
class Written:
    file_count: int
    row_count: int
    missing_count: int


def steps() -> int:
    """How often the writer will step; a part that counts wrongly only bends the progress."""
    parts = sum(part.count() for part in archive_parts())
    return parts + count_records() + files_to_keep().count()


def write_archive(
    file: IO[bytes],
    *,
    name: str,
    now: datetime,
    workplace: Path,
    step: Callable[[int], None] = lambda count: None,
) -> Written:
    """Call it inside `snapshot()`. Memory does not grow with the installation, but for the zip's
    own list of files and one course's questions at a time."""
    writer = ArchiveWriter(file, folder=name, at=now, workplace=workplace, step=step)
    try:
        for part in archive_parts():
            part.files(writer)
        counts = write_records(writer)
        write_kept_files(writer)
        _write_guides(writer, counts)
        written = Written(
            file_count=writer.file_count + 2,  # With the manifest and the sums.
            row_count=sum(counts.values()),
            missing_count=writer.missing_count,
        )
        writer.finish(
            {
                "format": FORMAT,
                "name": name,
                "made_at": now,
                "provider": _provider(),
                "rows": counts,
                "missing_count": written.missing_count,
            }
        )
    finally:
        writer.close()
    return written


def _write_guides(writer: ArchiveWriter, counts: dict[str, int]) -> None:
    """What a reader needs: what is missing, what columns mean, how to check, the README."""
    writer.table(
        "missing.csv",
        about="What should be here and is not, and why. Empty but for its head when all is here.",
        columns=[Column("path", "where it would be"), Column("why", "")],
        rows=writer.missing_things(),
    )
    described = list(writer.descriptions)
    writer.table(
        "columns.csv",
        about="Every column of every table and of every file of records, and what it means.",
        columns=[Column("file", ""), Column("column", ""), Column("meaning", "")],
        rows=(
            (each.path, column.name, column.meaning)
            for each in described
            for column in each.columns
        ),
    )
    script = importlib.resources.files(__package__).joinpath("verify_archive.py")
    writer.describe(
        "verify_archive.py",
        "Checks all files against manifest.json: `python verify_archive.py .`",
    )
    writer.content("verify_archive.py", script.read_bytes())
    writer.text(
        "README.md",
        readme_of(
            writer.descriptions,
            provider=_provider(),
            at=writer.at,
            counts=counts,
            missing_count=writer.missing_count,
        ),
    )


def _provider() -> str:
    return Provider.objects.values_list("name", flat=True).filter(pk=1).first() or ""
