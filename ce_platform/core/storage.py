"""Local files that are either whole or not there, even after a power cut."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage


class ContentAddressedStorage(FileSystemStorage):
    """For files that are named by what is in them.

    Django writes into the final name, so a crash or a full disk leaves half a file under the name
    of the whole one. Here the bytes are written beside it, forced to the disk, and renamed.
    Writing the same name again replaces equal bytes by equal bytes.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        made = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".part-", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in content.chunks():
                    file.write(piece)
                file.flush()
                if self.file_permissions_mode is not None:
                    os.fchmod(file.fileno(), self.file_permissions_mode)
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(temporary).unlink()
            raise
        # A name lasts when its folder is on the disk, and a new folder when the one above is.
        for folder in [target.parent, *(each.parent for each in made)]:
            _force_to_disk(folder)
        return name


def _force_to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
