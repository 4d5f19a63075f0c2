"""A zip as it is written: piece by piece, with the size and SHA-256 of every file.

What must be known of all files at the end, their names and hashes, waits in a file of its own, so
that memory does not grow with the pack.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ce_platform.core.models import StoredFile

_PIECE: Final = 64 * 1024
SUMS: Final = "SHA256SUMS"


class Spool:
    """Plain values written one after another and read back in order, from a file without a name:
    it is gone when the process is."""

    def __init__(self, folder: Path) -> None:
        # Closed by `close` or by the end of the process.
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8", dir=folder)  # noqa: SIM115
        self.count = 0

    def add(self, value: Any) -> None:
        self._file.write(f"{json.dumps(value)}\n")
        self.count += 1

    def __iter__(self) -> Iterator[Any]:
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)
        self._file.seek(0, 2)

    def close(self) -> None:
        self._file.close()


@dataclass(frozen=True)
class PackedFile:
    path: str
    """Inside the folder of the pack."""
    size_bytes: int
    sha256: str


class PackWriter:
    """Everything stands in one folder, so that unpacking it twice mixes nothing."""

    def __init__(self, file: IO[bytes], *, folder: str, at: datetime, workplace: Path) -> None:
        self.folder = folder
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, allowZip64=True)
        self._date = (at.year, at.month, at.day, at.hour, at.minute, at.second)
        self._files = Spool(workplace)
        self._missing = Spool(workplace)

    # ---- files
    def text(self, path: str, text: str) -> PackedFile:
        return self.content(path, text.encode())

    def values(self, path: str, values: Any) -> PackedFile:
        """As JSON that a person can read too."""
        return self.text(
            path, json.dumps(values, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        )

    def content(self, path: str, content: bytes, *, is_packed: bool = False) -> PackedFile:
        """`is_packed`: squeezing it again, a PDF or a picture, would cost time and gain nothing."""
        with self.opened(path, ZIP_STORED if is_packed else ZIP_DEFLATED) as out:
            out.write(content)
        return out.packed

    def stored(
        self,
        path: str,
        file: StoredFile,
        *,
        is_packed: bool = False,
        while_copying: Callable[[], None] | None = None,
    ) -> PackedFile | None:
        """A copy of kept bytes. None: they are not where they should be, and the index says so.

        `while_copying` is called after every piece, for whoever must show that they are alive.
        """
        try:
            source = file.storage.open(file.path)
        except FileNotFoundError:
            self.missing(path, "The file is on record, but its bytes are not there.")
            return None
        with source, self.opened(path, ZIP_STORED if is_packed else ZIP_DEFLATED) as out:
            while piece := source.read(_PIECE):
                out.write(piece)
                if while_copying is not None:
                    while_copying()
        if out.packed.sha256 != file.sha256:
            self.missing(path, f"The bytes are not those of SHA-256 {file.sha256}.")
        return out.packed

    @contextmanager
    def opened(self, path: str, compression: int = ZIP_DEFLATED) -> Iterator["_Entry"]:
        info = ZipInfo(f"{self.folder}/{path}", self._date)
        info.compress_type = compression
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as file:
            entry = _Entry(file, path)
            yield entry
        self._files.add([path, entry.packed.size_bytes, entry.packed.sha256])

    # ---- what the index tells
    def missing(self, path: str, sentence: str) -> None:
        """What should be in the pack and is not."""
        self._missing.add([path, sentence])

    @property
    def missing_count(self) -> int:
        return self._missing.count

    @property
    def file_count(self) -> int:
        return self._files.count

    def missing_things(self) -> Iterator[tuple[str, str]]:
        yield from ((path, sentence) for path, sentence in self._missing)

    def files(self) -> Iterator[PackedFile]:
        for path, size_bytes, sha256 in self._files:
            yield PackedFile(path, size_bytes, sha256)

    def finish(self) -> None:
        """Add the list that `sha256sum -c` reads, and close the zip."""
        info = ZipInfo(f"{self.folder}/{SUMS}", self._date)
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as out:
            for file in self.files():
                out.write(f"{file.sha256}  {file.path}\n".encode())
        self.close()

    def close(self) -> None:
        """Also after work that was cut short: a zip that is not closed would try to be, later."""
        self._zip.close()
        self._files.close()
        self._missing.close()


class _Entry:
    """Counts and hashes what goes by."""

    def __init__(self, file: IO[bytes], path: str) -> None:
        self._file = file
        self._path = path
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._size += len(piece)
        self._file.write(piece)

    @property
    def packed(self) -> PackedFile:
        return PackedFile(self._path, self._size, self._digest.hexdigest())
