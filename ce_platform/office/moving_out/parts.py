"""What each app adds to the archive of everything.

An app registers its part in `AppConfig.ready()`. A part writes what a person wants to open: tables,
documents under names that can be read. Nothing is lost where an app has none: every table of the
database is written row by row besides (`records.py`), and every kept file (`kept.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ce_platform.office.moving_out.writing import ArchiveWriter, Column


@dataclass(frozen=True)
class ArchivePart:
    """`files` reads inside one snapshot of the database and may write nothing to it. It is handed
    rows one by one (`iterator`), so that memory does not grow with the installation."""

    name: str
    files: Callable[[ArchiveWriter], None]
    count: Callable[[], int] = lambda: 0
    """How often `files` will call `writer.step()`, for the progress that is shown."""
    order: int = 50


@dataclass(frozen=True)
class Table:
    """A table for a spreadsheet: columns are paths through the models, as `values_list` takes
    them."""

    path: str
    about: str
    rows: Callable[[], QuerySet[Any]]
    columns: Sequence[tuple[str, str, str]]
    """(name, path through the models, meaning)"""

    def write(self, writer: ArchiveWriter) -> None:
        rows = self.rows().order_by("pk").values_list(*[lookup for _, lookup, _ in self.columns])
        writer.table(
            self.path,
            about=self.about,
            columns=[Column(name, meaning) for name, _, meaning in self.columns],
            rows=writer.stepping(rows.iterator(chunk_size=1000)),
        )


def part_of_tables(name: str, *tables: Table, order: int = 50) -> ArchivePart:
    def files(writer: ArchiveWriter) -> None:
        for table in tables:
            table.write(writer)

    return ArchivePart(
        name, files, count=lambda: sum(table.rows().count() for table in tables), order=order
    )


_parts: dict[str, ArchivePart] = {}


def register(*parts: ArchivePart) -> None:
    for part in parts:
        _parts[part.name] = part


def archive_parts() -> Iterable[ArchivePart]:
    return sorted(_parts.values(), key=lambda part: (part.order, part.name))
