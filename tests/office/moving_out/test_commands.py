"""`move_out` writes everything into one zip, and `verify_archive` finds whatever became of it."""

import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.core.management import CommandError, call_command

from ce_platform.core.models import AuditEvent
from ce_platform.office.management.commands import move_out
from ce_platform.office.moving_out import verify_archive
from tests.factories.accounts import UserFactory
from tests.factories.certificates import make_provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    make_provider()
    UserFactory(email="somebody@example.com")
    path = tmp_path / "everything.zip"
    call_command("move_out", str(path), stdout=io.StringIO())
    return path


def unpacked(archive: Path) -> Path:
    with ZipFile(archive) as file:
        file.extractall(archive.parent / "unpacked")
    return next((archive.parent / "unpacked").iterdir())


def told(path: Path) -> tuple[list[str], str]:
    """What the command prints, and how it ends."""
    out = io.StringIO()
    try:
        call_command("verify_archive", str(path), stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), f"{error.returncode}: {error}"
    return out.getvalue().splitlines(), "0"


def test_what_was_written_is_found_whole_zipped_and_unpacked(archive: Path) -> None:
    whole = (["Every file is as the manifest says."], "0")
    folder = unpacked(archive)

    assert told(archive) == told(folder) == whole
    alone = subprocess.run(
        [sys.executable, "verify_archive.py", "."], cwd=folder, capture_output=True, text=True
    )
    assert (alone.returncode, alone.stdout, alone.stderr) == (0, f"{whole[0][0]}\n", "")
    assert "somebody@example.com" in (folder / "people" / "people.csv").read_text()
    assert (archive.stat().st_mode & 0o077, sorted(archive.parent.glob(".*"))) == (0, [])
    event = AuditEvent.objects.get(action="archive.written")
    assert (event.subject_id, event.actor_label) == ("everything.zip", "")


def test_file_that_is_there_already_is_kept_and_so_is_a_folder(
    archive: Path, tmp_path: Path
) -> None:
    before = archive.read_bytes()
    for target, sentence in (
        (archive, "is there already. Nothing was written."),
        (tmp_path, "is there already. Nothing was written."),
        (tmp_path / "nowhere" / "all.zip", "There is no folder"),
    ):
        with pytest.raises(CommandError, match=sentence) as refused:
            call_command("move_out", str(target))
        assert refused.value.returncode == 1
    assert archive.read_bytes() == before
    assert AuditEvent.objects.filter(action="archive.written").count() == 1


def test_what_a_killed_run_left_is_named_and_not_written_into(tmp_path: Path) -> None:
    left = tmp_path / ".all.zip.unfinished"
    left.write_bytes(b"half")
    left.chmod(0o666)

    with pytest.raises(CommandError, match=r"\.all\.zip\.unfinished is there"):
        call_command("move_out", str(tmp_path / "all.zip"))

    assert (left.read_bytes(), (tmp_path / "all.zip").exists()) == (b"half", False)


def test_run_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: io.BufferedRandom, **options: object) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device.")

    monkeypatch.setattr(move_out, "write_archive", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("move_out", str(tmp_path / "all.zip"))

    assert list(tmp_path.iterdir()) == []
    assert not AuditEvent.objects.filter(action="archive.written").exists()


def change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


FAULTS: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: change(folder / "people" / "people.csv"), "changed: people/people.csv"),
    (lambda folder: (folder / "columns.csv").unlink(), "missing: columns.csv"),
    (lambda folder: (folder / "more.txt").write_text("more"), "not in the manifest: more.txt"),
    (lambda folder: (folder / "SHA256SUMS").unlink(), "missing: SHA256SUMS"),
    (
        lambda folder: change(folder / "SHA256SUMS"),
        "changed: SHA256SUMS or manifest.json, for they do not agree",
    ),
]


@pytest.mark.parametrize(("spoil", "sentence"), FAULTS)
def test_every_fault_of_a_folder_is_named(
    archive: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    folder = unpacked(archive)
    spoil(folder)

    assert told(folder) == ([sentence], "1: 1 file is not as the manifest says.")
    alone = subprocess.run(
        [sys.executable, "verify_archive.py", "."], cwd=folder, capture_output=True, text=True
    )
    assert (alone.returncode, alone.stdout) == (1, f"{sentence}\n1 faults.\n")


def test_every_fault_of_a_zip_is_named(archive: Path, tmp_path: Path) -> None:
    """Packed again without a file, with others beside and in it; then bytes of two are spoiled."""
    folder = unpacked(archive)
    people = (folder / "people" / "people.csv").read_bytes()
    columns = (folder / "columns.csv").read_bytes()
    (folder / "README.md").unlink()
    (folder / "more.txt").write_text("more")
    spoiled = tmp_path / "spoiled.zip"
    with ZipFile(spoiled, "w", ZIP_STORED) as file:
        file.write(folder / "more.txt", "elsewhere/manifest/x.txt")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, f"{folder.name}/{path.relative_to(folder)}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.write(folder / "missing.csv", f"{folder.name}/missing.csv")
    content = spoiled.read_bytes()
    for each in (people, columns):
        assert content.count(each) == 1
        content = content.replace(each, each[:-1] + bytes([each[-1] ^ 1]))
    spoiled.write_bytes(content)

    assert told(spoiled) == (
        [
            "not in the manifest: elsewhere/manifest/x.txt",
            f"twice: {folder.name}/missing.csv",
            "changed: people/people.csv",
            "changed: columns.csv",
            "missing: README.md",
            "not in the manifest: more.txt",
        ],
        "1: 6 files are not as the manifest says.",
    )


def test_squeezed_bytes_that_cannot_be_read_are_a_changed_file(archive: Path) -> None:
    with ZipFile(archive) as file:
        info = next(each for each in file.infolist() if each.filename.endswith("people.csv"))
    content = bytearray(archive.read_bytes())
    start = info.header_offset + 30 + len(info.filename) + 20
    content[start : start + 20] = bytes(20)
    archive.write_bytes(content)

    assert told(archive)[0] == ["changed: people/people.csv"]


@pytest.mark.parametrize("content", [None, b"", b"PK", b"no zip"])
def test_what_is_no_archive_is_refused_with_another_code(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "other.zip"
    if content is not None:
        path.write_bytes(content)
    empty = tmp_path / "empty.zip"
    ZipFile(empty, "w").close()

    for each in (path, empty, tmp_path):
        lines, ending = told(each)
        assert (lines, ending.partition(".")[0].partition(":")[0]) == ([], "2")
        assert "This is no archive that can be read" in ending
        assert verify_archive.main([str(each)]) == 2
    assert verify_archive.main([]) == 2
    shutil.rmtree(tmp_path)
