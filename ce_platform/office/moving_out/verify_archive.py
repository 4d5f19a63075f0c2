"""Checks an archive of everything against its manifest. Needs Python alone, nothing installed:

    python verify_archive.py FOLDER_OR_ZIP

It says every file that is changed, is missing or is not in the manifest. It ends with 0 if there
is none, with 1 if there is one, and with 2 if it is no archive that can be read.
"""

import hashlib
import json
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
# What a zip says of bytes that are not those that were packed.
_SPOILED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, *_SPOILED)


class NoArchive(Exception):
    """There is nothing that could be checked."""


def faults(archive: Path) -> Iterator[str]:
    """A sentence for every file that is not as the manifest says. Errors: NoArchive."""
    with ExitStack() as stack:
        try:
            root = _Zipped(archive, stack) if archive.is_file() else _Unpacked(archive)
            with root.opened(MANIFEST) as file:
                listed = [
                    (str(each["path"]), str(each["sha256"])) for each in json.load(file)["files"]
                ]
        except _UNREADABLE as error:
            raise NoArchive(str(error) or type(error).__name__) from None
        yield from root.beside
        for path, sha256 in listed:
            if path not in root.found:
                yield f"missing: {path}"
            elif _sum_of(root, path) != sha256:
                yield f"changed: {path}"
        if SUMS not in root.found:
            yield f"missing: {SUMS}"
        elif not _is_told_by_sums(root, listed):
            yield f"changed: {SUMS} or {MANIFEST}, for they do not agree"
        for path in sorted(root.found - {path for path, _ in listed} - {MANIFEST, SUMS}):
            yield f"not in the manifest: {path}"


class _Zipped:
    """The zip holds one folder, and each name once."""

    def __init__(self, archive: Path, stack: ExitStack) -> None:
        self._zip = stack.enter_context(zipfile.ZipFile(archive))
        names = [name for name in self._zip.namelist() if not name.endswith("/")]
        inside = [name for name in names if name.endswith(f"/{MANIFEST}") and name.count("/") == 1]
        if not inside:
            raise ValueError(f"there is no {MANIFEST} in it")
        self._folder = inside[0].removesuffix(MANIFEST)
        self.found = {
            name.removeprefix(self._folder) for name in names if name.startswith(self._folder)
        }
        self.beside = [
            f"not in the manifest: {name}" for name in names if not name.startswith(self._folder)
        ]
        self.beside += [f"twice: {name}" for name, count in Counter(names).items() if count > 1]

    def opened(self, path: str) -> IO[bytes]:
        return self._zip.open(f"{self._folder}{path}")


class _Unpacked:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        inside = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
        self.found = {path.relative_to(folder).as_posix() for path in inside}
        self.beside: list[str] = []

    def opened(self, path: str) -> IO[bytes]:
        return (self._folder / path).open("rb")


def _sum_of(root: _Zipped | _Unpacked, path: str) -> str:
    digest = hashlib.sha256()
    try:
        with root.opened(path) as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except (OSError, *_SPOILED):
        return ""
    return digest.hexdigest()


def _is_told_by_sums(root: _Zipped | _Unpacked, listed: list[tuple[str, str]]) -> bool:
    """The two lists are of the same files, and the manifest itself is in the second one."""
    wanted = [*listed, (MANIFEST, _sum_of(root, MANIFEST))]
    try:
        with root.opened(SUMS) as file:
            # Not `splitlines`: a name may hold what Python takes for the end of a line.
            lines = file.read().decode().removesuffix("\n").split("\n")
    except (OSError, ValueError, *_SPOILED):
        return False
    return sorted(lines) == sorted(f"{sha256}  {path}" for path, sha256 in wanted)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Say which folder or zip: python verify_archive.py FOLDER_OR_ZIP\n")
        return 2
    count = 0
    try:
        for sentence in faults(Path(arguments[0])):
            sys.stdout.write(f"{sentence}\n")
            count += 1
    except NoArchive as error:
        sys.stderr.write(f"This is no archive that can be read: {error}.\n")
        return 2
    sys.stdout.write("Every file is as the manifest says.\n" if not count else f"{count} faults.\n")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
