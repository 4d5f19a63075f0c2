"""Where the files of a package lie: a folder or a zip. Hostile ones are refused with a sentence."""

import io
import os
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Protocol

from ce_platform.core.errors import DomainError

MOST_ENTRIES = 500
MOST_BYTES = 200_000_000
MOST_RATIO = 100
# Small files of repeated text compress very well; nobody is harmed by them.
RATIO_COUNTS_FROM = 1_000_000
LONGEST_NAME = 200
CHUNK = 65_536
_DRIVE = re.compile(r"[A-Za-z]:")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_LEFT_OUT = ("__MACOSX",)
# How an entry of a zip's directory begins.
_ENTRY = b"PK\x01\x02"

# What zipfile raises on broken and on hostile files.
_BROKEN = (
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


class PackageRefused(DomainError):
    """The folder or zip is not looked into any further."""


class StoredFiles(Protocol):
    def names(self) -> Iterable[str]: ...

    def read(self, name: str) -> bytes: ...


class FolderFiles:
    """A folder on this machine. Links are not followed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._paths: dict[str, Path] = {}
        total = 0
        for folder, folders, files in os.walk(root, followlinks=False):
            folders[:] = sorted(name for name in folders if not _is_left_out(name))
            for name in [*folders, *sorted(files)]:
                path = Path(folder) / name
                if _is_left_out(name):
                    continue
                inside = path.relative_to(root).as_posix()
                if path.is_symlink():
                    raise PackageRefused(f"{inside} is a link; a package holds plain files.")
                if path.is_dir():
                    continue
                if not path.is_file():
                    raise PackageRefused(f"{inside} is not a plain file.")
                _check_name(inside)
                total += path.stat().st_size
                self._paths[inside] = path
                if len(self._paths) > MOST_ENTRIES:
                    raise PackageRefused(f"The package has more than {MOST_ENTRIES} files.")
                if total > MOST_BYTES:
                    raise _too_large()
        _check_unique(self._paths)

    def names(self) -> Iterable[str]:
        return self._paths.keys()

    def read(self, name: str) -> bytes:
        with self._paths[name].open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise _too_large()
        return content


class ZipFiles:
    """A zip. Everything in it is read once at the start, so that a lie is found before it hurts."""

    def __init__(self, zipped: Path | bytes) -> None:
        self._zipped = zipped
        # Counted before zipfile makes an object of each: there is room for a million in an upload.
        if isinstance(zipped, bytes) and zipped.count(_ENTRY) > MOST_ENTRIES:
            raise _too_many()
        try:
            with self._open() as archive:
                entries = archive.infolist()
                if len(entries) > MOST_ENTRIES:
                    raise _too_many()
                self._entries = _checked(entries)
                left = MOST_BYTES
                for entry in self._entries.values():
                    left -= sum(len(piece) for piece in _pieces(archive, entry, left=left))
        except PackageRefused:
            raise
        except _BROKEN as error:
            raise PackageRefused(f"The zip cannot be read: {_said(error)}.") from None

    def _open(self) -> zipfile.ZipFile:
        file: IO[bytes] | Path = (
            io.BytesIO(self._zipped) if isinstance(self._zipped, bytes) else self._zipped
        )
        return zipfile.ZipFile(file)

    def names(self) -> Iterable[str]:
        return self._entries.keys()

    def read(self, name: str) -> bytes:
        with self._open() as archive:
            return b"".join(_pieces(archive, self._entries[name], left=MOST_BYTES))


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    found = {}
    raw: list[str] = []
    for entry in entries:
        name = entry.filename
        if entry.flag_bits & 0x1:
            raise PackageRefused(f"{_shown(name)} is encrypted.")
        if not name.isascii() and not entry.flag_bits & 0x800:
            raise PackageRefused("The zip has a file name that is not UTF-8.")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise PackageRefused(
                f"{_shown(name)} is a link or a device; a package holds plain files."
            )
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageRefused(f"{_shown(name)} is compressed in a way that is not understood.")
        # zipfile has cut the name at a NUL byte and turned some separators already.
        _check_path(entry.orig_filename)
        _check_path(name)
        if entry.is_dir() or any(_is_left_out(part) for part in name.split("/")):
            continue
        _check_name(name)
        raw.append(name)
        found[name] = entry
    if len(raw) != len(found):
        raise PackageRefused("The zip has two entries of the same name.")
    _check_unique(found)
    return _without_wrapper(found)


def _without_wrapper(found: dict[str, zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """A zip made from a folder often has that folder around everything."""
    tops = {name.split("/")[0] for name in found}
    if len(tops) != 1 or "course.toml" in found:
        return found
    top = tops.pop()
    if f"{top}/course.toml" not in found:
        return found
    return {name.removeprefix(f"{top}/"): entry for name, entry in found.items()}


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, left: int) -> Iterable[bytes]:
    """The bytes of one entry, counted while they come."""
    count = 0
    with archive.open(entry) as file:
        while piece := file.read(CHUNK):
            count += len(piece)
            if count > left:
                raise _too_large()
            if count > RATIO_COUNTS_FROM and count > MOST_RATIO * max(1, entry.compress_size):
                raise PackageRefused(
                    f"{_shown(entry.filename)} grows more than {MOST_RATIO} times when unpacked."
                )
            yield piece


def _check_path(name: str) -> None:
    """No way out of the package: no absolute names, no `..`, no backslashes, no controls."""
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Cs") for letter in name):
        raise PackageRefused(f"{_shown(name)} has a file name with invisible characters.")
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or _DRIVE.match(name) or ".." in parts:
        raise PackageRefused(f"{_shown(name)} points out of the package.")
    if len(name) > LONGEST_NAME:
        raise PackageRefused(f"{_shown(name)} has a file name that is too long.")


def _check_name(name: str) -> None:
    _check_path(name)
    for part in name.split("/"):
        if not _NAME.fullmatch(part):
            raise PackageRefused(
                f"{_shown(name)} has a bad name; use letters, digits, dots, hyphens, underscores."
            )


def _check_unique(names: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        folded = name.casefold()
        if folded in seen:
            raise PackageRefused(f"{_shown(name)} and {_shown(seen[folded])} are the same name.")
        seen[folded] = name


def _is_left_out(name: str) -> bool:
    """What computers leave behind: .git, .DS_Store, __MACOSX."""
    return (name.startswith(".") and name not in (".", "..")) or name in _LEFT_OUT


def _too_many() -> PackageRefused:
    return PackageRefused(f"The zip has more than {MOST_ENTRIES} entries.")


def _too_large() -> PackageRefused:
    return PackageRefused(f"The package is larger than {MOST_BYTES // 1_000_000} MB unpacked.")


def _shown(name: str) -> str:
    return "‘" + "".join(each if each.isprintable() else "?" for each in name[:80]) + "’"


def _said(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:120].rstrip(".")
