"""Kept files: those that a part has named well, and all others by their SHA-256."""

import mimetypes
from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.db.models import QuerySet

from ce_platform.core.models import MadeFile, StoredFile
from ce_platform.office.moving_out.writing import ArchiveWriter, Column

INDEX: Final = "files/index.csv"


def ending_of(file: StoredFile) -> str:
    kind = file.content_type.partition(";")[0].strip()
    return _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ".bin"


_ENDINGS: Final = {"image/jpeg": ".jpg", "text/vtt": ".vtt", "audio/mp4": ".m4a"}


def files_to_keep() -> QuerySet[StoredFile]:
    """Without archives, audit packs and bundles: they are made of the rest, and made again."""
    rows = StoredFile.objects.all()
    for model in apps.get_models():
        if issubclass(model, MadeFile):
            made = model._default_manager.filter(file__isnull=False)
            rows = rows.exclude(pk__in=made.values("file_id"))
    return rows


def write_kept_files(writer: ArchiveWriter) -> None:
    for file in files_to_keep().order_by("pk").iterator(chunk_size=500):
        if not writer.has_kept(file.pk):
            writer.stored(f"files/{file.sha256[:2]}/{file.sha256}{ending_of(file)}", file)
        writer.step()
    writer.table(
        INDEX,
        about="Where every kept file is: a row of the records that names a file names its id. A "
        "file may be here twice, under two names.",
        columns=[
            Column("id", "as records name it"),
            Column("path", "in this archive"),
            Column("sha256", ""),
            Column("size", "bytes"),
            Column("content_type", ""),
        ],
        rows=_rows(writer),
    )


def _rows(writer: ArchiveWriter) -> Iterator[list[Any]]:
    yield from writer.kept_files()
