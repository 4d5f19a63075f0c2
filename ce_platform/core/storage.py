"""Local files that are either whole or not there, even after a power cut."""

import contextlib
import os
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.core.files.storage import FileSystemStorage, storages

UNFINISHED: Final = ".unfinished"
PART_LIFE: Final = timedelta(hours=1)


class ContentAddressedStorage(FileSystemStorage):
    """For files that are named by what is in them.

    Django writes into the final name, so a crash or a full disk leaves half a file under the name
    of the whole one. Here the bytes are written beside it, forced to the disk, and renamed.
    Writing the same name again replaces equal bytes by equal bytes. A process that is killed while
    it writes leaves its part in one folder, where `sweep_parts` finds it.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: Any) -> str:
        target = Path(self.path(name))
        made = [folder for folder in target.parents if not folder.exists()]
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._unfinished()
        unfinished.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=unfinished)
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

    def _unfinished(self) -> Path:
        """On the same disk, so that renaming moves no bytes."""
        return Path(self.path(UNFINISHED))

    def sweep_parts(self, now: datetime) -> int:
        """Take away what was begun and has not grown for an hour: nobody writes it any more."""
        oldest = (now - PART_LIFE).timestamp()
        count = 0
        with contextlib.suppress(FileNotFoundError):
            for part in self._unfinished().iterdir():
                with contextlib.suppress(FileNotFoundError):  # Finished, or swept by another.
                    if part.stat().st_mtime < oldest:
                        part.unlink()
                        count += 1
        return count


def sweep_parts(now: datetime) -> int:
    kept = [each for each in storages.backends if each != "staticfiles"]
    places = [storages[each] for each in kept]
    return sum(
        each.sweep_parts(now) for each in places if isinstance(each, ContentAddressedStorage)
    )


def _force_to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
