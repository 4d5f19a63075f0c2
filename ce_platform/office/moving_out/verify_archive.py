"""Checks an archive of everything against its manifest. Needs Python alone, nothing installed:

    python verify_archive.py FOLDER_OR_ZIP

It says every file that is changed, is missing or is not in the manifest, and ends with 1 if there
is one.
"""

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

NOT_LISTED = {"manifest.json", "SHA256SUMS"}


def faults(archive: Path) -> Iterator[str]:
    """A sentence for every file that is not as the manifest says."""
    root: Path | zipfile.Path = archive
    if archive.is_file():
        # The zip holds one folder.
        names = zipfile.ZipFile(archive)
        root = zipfile.Path(names, names.namelist()[0].split("/")[0] + "/")
        found = {name.split("/", 1)[1] for name in names.namelist() if not name.endswith("/")}
    else:
        inside = (path for path in archive.rglob("*") if path.is_file())
        found = {path.relative_to(archive).as_posix() for path in inside}
    listed = json.loads((root / "manifest.json").read_text(encoding="utf-8"))["files"]
    for each in listed:
        if each["path"] not in found:
            yield f"missing: {each['path']}"
            continue
        with (root / each["path"]).open("rb") as file:
            if _sum_of(file) != each["sha256"]:
                yield f"changed: {each['path']}"
    for path in sorted(found - {each["path"] for each in listed} - NOT_LISTED):
        yield f"not in the manifest: {path}"


def _sum_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


if __name__ == "__main__":
    count = 0
    for sentence in faults(Path(sys.argv[1])):
        sys.stdout.write(f"{sentence}\n")
        count += 1
    sys.stdout.write("Every file is as the manifest says.\n" if not count else f"{count} faults.\n")
    sys.exit(1 if count else 0)
