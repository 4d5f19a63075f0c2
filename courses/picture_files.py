"""Pictures of courses put into storage, in the sizes that pages offer.

Call it outside a transaction and before the row that names the files: a file that no row names
later costs only its room.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json
from courses import pictures


@dataclass(frozen=True)
class StoredPicture:
    file: StoredFile
    """The largest size."""
    width: int
    height: int
    sizes: dict[int, str]
    """Width → SHA-256."""
    source_width: int = 0
    """Of the picture as it was sent; 0: nobody asked."""

    @property
    def values(self) -> dict[str, Any]:
        """What a `Figure` says about its files."""
        return {
            "file": self.file,
            "width": self.width,
            "height": self.height,
            "sizes_json": canonical_json({str(width): sha for width, sha in self.sizes.items()}),
        }


def store_picture(content: bytes, *, now: datetime) -> StoredPicture:
    """Re-encode a picture and keep every size. Errors: PictureRefused, and then nothing is kept."""
    picture = pictures.make_sizes(content)
    files = {
        width: keep_media(size, picture.content_type, now=now)
        for width, size in picture.sizes.items()
    }
    return StoredPicture(
        file=files[max(files)],
        width=picture.width,
        height=picture.height,
        sizes={width: file.sha256 for width, file in files.items()},
        source_width=picture.source_width,
    )


def keep_media(content: bytes, content_type: str, *, now: datetime) -> StoredFile:
    return store_bytes(
        content, area=StoredFile.Area.COURSE_MEDIA, content_type=content_type, now=now
    )
