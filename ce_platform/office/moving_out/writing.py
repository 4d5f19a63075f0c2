"""The archive as it is written: one zip, file after file, each described for its reader."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final, TypeVar
from uuid import UUID

from ce_platform.core.csv_text import csv_lines
from ce_platform.core.models import StoredFile
from ce_platform.core.zips import PackWriter, Spool

Row = TypeVar("Row")
MANIFEST: Final = "manifest.json"
# What deflating would make no smaller.
_PACKED: Final = ("image/png", "image/jpeg", "image/webp", "video/", "audio/", "application/zip",
                  "application/vnd.openxmlformats", "application/pdf")  # fmt: skip


@dataclass(frozen=True)
class Column:
    name: str
    meaning: str


@dataclass(frozen=True)
class Description:
    """A line of the README: what is at this path, or at all paths of this shape."""

    path: str
    about: str
    columns: Sequence[Column] = ()


def plain(value: Any) -> Any:
    """What JSON can hold, without losing anything: decimals and moments as exact text."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case UUID():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case dict():
            return {str(key): plain(each) for key, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in value]
    return str(value)


def cell(value: Any) -> str:
    """For a spreadsheet."""
    value = plain(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def json_line(value: Any) -> bytes:
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class ArchiveWriter:
    """`step` is called after every row and every piece of a file: it counts and keeps the job
    alive."""

    def __init__(
        self,
        file: IO[bytes],
        *,
        folder: str,
        at: datetime,
        workplace: Path,
        step: Callable[[int], None] = lambda count: None,
    ) -> None:
        self._pack = PackWriter(file, folder=folder, at=at, workplace=workplace)
        self._step = step
        self._kept = Spool(workplace)
        self._kept_ids: set[int] = set()
        self.at = at
        self.row_count = 0
        self.descriptions: list[Description] = []

    # ---- what parts call
    def describe(self, path: str, about: str, columns: Sequence[Column] = ()) -> None:
        """For the README. `path` may have CAPITALS where names differ: `certificates/YEAR/…`."""
        self.descriptions.append(Description(path, about, columns))

    def table(
        self, path: str, *, about: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]
    ) -> None:
        """A table for spreadsheets, row by row."""
        self.describe(path, about, columns)
        with self._pack.opened(path) as out:
            names = [column.name for column in columns]
            for line in csv_lines(names, ([cell(value) for value in row] for row in rows)):
                out.write(line)

    def lines(self, path: str, values: Iterable[Any], *, about: str = "") -> int:
        """One JSON value a line; how many."""
        if about:
            self.describe(path, about)
        count = 0
        with self._pack.opened(path) as out:
            for value in values:
                out.write(json_line(value))
                count += 1
        return count

    def text(self, path: str, text: str) -> None:
        self._pack.text(path, text)

    def values(self, path: str, values: Any) -> None:
        self._pack.values(path, plain(values))

    def content(self, path: str, content: bytes, *, is_packed: bool = False) -> None:
        self._pack.content(path, content, is_packed=is_packed)

    def stored(self, path: str, file: StoredFile) -> None:
        """A kept file under a name that can be read. It is found again by its id as well."""
        packed = self._pack.stored(
            path,
            file,
            is_packed=file.content_type.startswith(_PACKED),
            while_copying=lambda: self._step(0),
        )
        if packed is not None:
            self._kept.add([file.pk, path, file.sha256, file.size_bytes, file.content_type])
            self._kept_ids.add(file.pk)

    def missing(self, path: str, sentence: str) -> None:
        """What should be in the archive and is not."""
        self._pack.missing(path, sentence)

    def step(self, count: int = 1) -> None:
        self._step(count)

    def stepping(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            yield row
            self._step(1)

    # ---- what the archive itself calls
    def has_kept(self, file_id: int) -> bool:
        return file_id in self._kept_ids

    def kept_files(self) -> Iterator[list[Any]]:
        yield from self._kept

    @property
    def file_count(self) -> int:
        return self._pack.file_count

    @property
    def missing_count(self) -> int:
        return self._pack.missing_count

    def missing_things(self) -> Iterator[tuple[str, str]]:
        return self._pack.missing_things()

    def finish(self, about: dict[str, Any]) -> None:
        """The manifest of all files so far, then the list for `sha256sum -c`."""
        with self._pack.opened(MANIFEST) as out:
            head = json.dumps(plain(about), ensure_ascii=False, indent=1)
            out.write(head[: head.rindex("}")].rstrip().encode() + b',\n "files": [')
            for number, file in enumerate(self._pack.files()):
                values = {"path": file.path, "size": file.size_bytes, "sha256": file.sha256}
                line = json.dumps(values, ensure_ascii=False)
                out.write((",\n  " if number else "\n  ").encode() + line.encode())
            out.write(b"\n ]\n}\n")
        self._pack.finish()

    def close(self) -> None:
        self._pack.close()
        self._kept.close()
