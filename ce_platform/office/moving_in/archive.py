"""A zip from outside, file by file. What is hostile in it is refused with a sentence."""

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Final

from ce_platform.office.moving_in.errors import ImportRefused

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 2_000_000_000
"""Unpacked, all of it."""
MOST_RATIO: Final = 200
RATIO_COUNTS_FROM: Final = 1_000_000
LONGEST_NAME: Final = 200
_PIECE: Final = 64 * 1024
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
# How an entry of a zip's directory begins, and how much its end may hold.
_ENTRY: Final = b"PK\x01\x02"
_WORKBOOK: Final = "[Content_Types].xml"
_LEFT_OUT: Final = ("__MACOSX", ".DS_Store", "Thumbs.db")


class Archive:
    """Names are checked when it is opened; bytes are counted while they come."""

    def __init__(
        self,
        file: IO[bytes],
        *,
        most_files: int = MOST_FILES,
        most_bytes: int = MOST_BYTES,
        is_any_name: bool = False,
    ) -> None:
        file.seek(0)
        _count_entries(file, most_files)
        try:
            self._zip = zipfile.ZipFile(file)
            self._entries = self._checked(self._zip.infolist(), is_any_name=is_any_name)
        except _BROKEN:
            raise ImportRefused("The zip cannot be read; it may have been cut short.") from None
        if sum(entry.file_size for entry in self._entries.values()) > most_bytes:
            raise ImportRefused(f"Unpacked, the zip is larger than {most_bytes // 1_000_000} MB.")

    @property
    def names(self) -> list[str]:
        return list(self._entries)

    @property
    def is_workbook(self) -> bool:
        return _WORKBOOK in self._entries

    def pieces(self, name: str, *, most: int) -> Iterator[bytes]:
        """Errors: ImportRefused, also where a file is larger than the zip says."""
        entry = self._entries[name]
        count = 0
        try:
            with self._zip.open(entry) as file:
                while piece := file.read(_PIECE):
                    count += len(piece)
                    if count > most:
                        raise ImportRefused(f"{name} is larger than {most // 1_000_000} MB.")
                    if count > RATIO_COUNTS_FROM and count > MOST_RATIO * max(
                        1, entry.compress_size
                    ):
                        raise ImportRefused(f"{name} grows more than {MOST_RATIO} times.")
                    yield piece
        except ImportRefused:
            raise
        except _BROKEN:
            raise ImportRefused(f"{name} cannot be unpacked; the zip is damaged.") from None

    def _checked(
        self, entries: list[zipfile.ZipInfo], *, is_any_name: bool
    ) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        folded: dict[str, str] = {}
        for entry in entries:
            name = entry.filename
            if entry.flag_bits & 0x1:
                raise ImportRefused(f"{_shown(name)} is encrypted.")
            if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise ImportRefused(f"{_shown(name)} is a link or a device, not a file.")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ImportRefused(f"{_shown(name)} is compressed in an unusual way.")
            # zipfile has cut the name at a NUL byte and turned some separators already.
            for each in (entry.orig_filename, name):
                _check_path(each)
            if entry.is_dir() or any(
                part in _LEFT_OUT or (part.startswith(".") and not is_any_name)
                for part in name.split("/")
            ):
                continue
            if name.casefold() in folded:
                raise ImportRefused(f"The zip holds {_shown(name)} twice.")
            folded[name.casefold()] = name
            found[name] = entry
        return found


def _count_entries(file: IO[bytes], most: int) -> None:
    """Before zipfile makes an object of each: there is room for a million in an upload."""
    count, tail = 0, b""
    while piece := file.read(1024 * 1024):
        seen = tail + piece
        count += seen.count(_ENTRY)
        tail = seen[-(len(_ENTRY) - 1) :]
        if count > most + 1_000:
            raise ImportRefused(f"The zip holds more than {most:,} files.")
    file.seek(0)


def _check_path(name: str) -> None:
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name):
        raise ImportRefused(f"{_shown(name)} has a name with invisible characters.")
    if (
        name.startswith("/")
        or "\\" in name
        or (len(name) > 1 and name[1] == ":")
        or ".." in name.split("/")
    ):
        raise ImportRefused(f"{_shown(name)} points out of the zip.")
    if len(name) > LONGEST_NAME:
        raise ImportRefused(f"{_shown(name)} has a name that is too long.")


def _shown(name: str) -> str:
    return "‘" + "".join(each if each.isprintable() else "?" for each in name[:80]) + "’"
