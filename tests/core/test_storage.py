"""What a crash, a full disk or two writers at once may leave behind."""

import os
import stat
from datetime import datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.storage import ContentAddressedStorage

PRIVATE = StoredFile.Area.PRIVATE


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_file_is_written_whole_and_for_the_owner(tmp_path: Path) -> None:
    storage = ContentAddressedStorage(location=tmp_path, file_permissions_mode=0o640)

    name = storage.save("ab/cd/abcd", ContentFile(b"whole"))

    path = tmp_path / "ab/cd/abcd"
    assert (name, files_in(tmp_path)) == ("ab/cd/abcd", ["ab/cd/abcd"])
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"whole", 0o640)


def test_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    storage = ContentAddressedStorage(location=tmp_path)

    with pytest.raises(OSError, match="No space left"):
        storage.save("ab/cd/abcd", ContentFile(b"half"))
    assert files_in(tmp_path) == []


def test_second_writer_of_the_same_bytes_makes_no_second_file(tmp_path: Path) -> None:
    storage = ContentAddressedStorage(location=tmp_path)

    names = [storage.save("ab/cd/abcd", ContentFile(b"same")) for _ in range(2)]

    assert (names, files_in(tmp_path)) == (["ab/cd/abcd"] * 2, ["ab/cd/abcd"])


def test_name_outside_the_folder_is_refused(tmp_path: Path) -> None:
    storage = ContentAddressedStorage(location=tmp_path / "inside")

    with pytest.raises(Exception, match="outside"):
        storage.path("../elsewhere")


@pytest.mark.django_db
def test_bytes_that_were_cut_short_are_written_again(now: datetime) -> None:
    row = store_bytes(b"a longer text", area=PRIVATE, content_type="text/plain", now=now)
    Path(row.storage.path(row.path)).write_bytes(b"a long")

    again = store_bytes(b"a longer text", area=PRIVATE, content_type="text/plain", now=now)

    assert (again.pk, again.read()) == (row.pk, b"a longer text")
