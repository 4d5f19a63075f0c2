"""Folders and zips that mean harm are refused with a sentence; mistakes get file and line."""

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from courses.package import storage
from courses.package.source import PackageRefused, PackageSource


def zipped(*entries: tuple[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return out.getvalue()


def refused(content: bytes) -> str:
    with pytest.raises(PackageRefused) as error:
        PackageSource.from_zip(content)
    return str(error.value)


def test_zip_reads_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "p" / "a").mkdir(parents=True)
    (tmp_path / "p" / "course.toml").write_text("x = 1\n")
    (tmp_path / "p" / "a" / "b.md").write_text("text")
    folder = PackageSource.open(tmp_path / "p")
    zip_file = PackageSource.from_zip(zipped(("course.toml", b"x = 1\n"), ("a/b.md", b"text")))

    assert folder.paths() == zip_file.paths() == ["a/b.md", "course.toml"]
    assert folder.toml("course.toml") == zip_file.toml("course.toml") == {"x": 1}


def test_folder_around_everything_in_a_zip_is_taken_off() -> None:
    source = PackageSource.from_zip(
        zipped(
            ("my-course/", b""),
            ("my-course/course.toml", b"x = 1"),
            ("my-course/a/b.md", b""),
            ("my-course/.DS_Store", b"x"),
            ("__MACOSX/my-course/._course.toml", b"x"),
        )
    )

    assert source.paths() == ["a/b.md", "course.toml"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("/etc/passwd", "‘/etc/passwd’ points out of the package."),
        ("../up.toml", "‘../up.toml’ points out of the package."),
        ("a/../../up.toml", "‘a/../../up.toml’ points out of the package."),
        ("C:/windows", "‘C:/windows’ points out of the package."),
        ("a\\b.toml", "‘a\\b.toml’ points out of the package."),
        ("a\x1bb.toml", "‘a?b.toml’ has a file name with invisible characters."),
        ("a\u202eb.toml", "‘a?b.toml’ has a file name with invisible characters."),
        ("a" * 201, f"‘{'a' * 80}’ has a file name that is too long."),
        (
            "a b.toml",
            "‘a b.toml’ has a bad name; use letters, digits, dots, hyphens, underscores.",
        ),
        (
            "naïve.toml",
            "‘naïve.toml’ has a bad name; use letters, digits, dots, hyphens, underscores.",
        ),
    ],
)
def test_zip_with_a_bad_name_is_refused(name: str, sentence: str) -> None:
    assert refused(zipped(("course.toml", b""), (name, b"x"))) == sentence


def test_zip_with_a_name_cut_at_nul_is_refused() -> None:
    content = zipped(("course.tomlXevil", b"x"))

    assert "invisible characters" in refused(
        content.replace(b"course.tomlXevil", b"course.toml\0evil")
    )


def test_zip_with_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("figures/x.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    assert refused(out.getvalue()) == (
        "‘figures/x.png’ is a link or a device; a package holds plain files."
    )


def test_zip_that_says_it_is_encrypted_is_refused() -> None:
    content = bytearray(zipped(("course.toml", b"x")))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.index(mark) + offset
        content[place] |= 1

    assert refused(bytes(content)) == "‘course.toml’ is encrypted."


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zip_with_the_same_name_twice_is_refused() -> None:
    assert refused(zipped(("a.toml", b"x"), ("a.toml", b"y"))) == (
        "The zip has two entries of the same name."
    )
    assert refused(zipped(("a.toml", b"x"), ("A.toml", b"y"))) == (
        "‘A.toml’ and ‘a.toml’ are the same name."
    )


def test_zip_with_too_many_entries_is_refused() -> None:
    content = zipped(*((f"a{number}.md", b"") for number in range(501)))

    assert refused(content) == "The zip has more than 500 entries."


def test_zip_that_grows_too_much_is_refused() -> None:
    content = zipped(("course.toml", b"\0" * 5_000_000))

    assert refused(content) == "‘course.toml’ grows more than 100 times when unpacked."


def test_zip_is_counted_while_reading_whatever_it_says_of_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(storage, "MOST_BYTES", 1_000)
    content = zipped(*((f"a{n}.md", os.urandom(400)) for n in range(3)))

    assert refused(content) == "The package is larger than 0 MB unpacked."


def test_zip_that_lies_about_a_size_is_refused() -> None:
    content = bytearray(zipped(("course.toml", b"x" * 5_000)))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.index(mark) + offset
        content[place : place + 4] = struct.pack("<I", 10)

    assert refused(bytes(content)).startswith("The zip cannot be read: ")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"not a zip at all",
        lambda content: b"",
        lambda content: content[:-30],
        lambda content: content.replace(b"course.toml", b"course.tom!", 1),
        lambda content: content[:40] + b"\xff\xff\xff" + content[43:],
    ],
)
def test_broken_zip_is_refused_with_a_sentence(spoil: Callable[[bytes], bytes]) -> None:
    assert refused(spoil(zipped(("course.toml", b"some text that is compressed")))).startswith(
        "The zip cannot be read: "
    )


def test_zip_compressed_in_an_odd_way_is_refused() -> None:
    content = zipped(("course.toml", b"x" * 100), compression=zipfile.ZIP_BZIP2)

    assert refused(content) == "‘course.toml’ is compressed in a way that is not understood."


def test_folder_with_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "course.toml").symlink_to("/etc/passwd")

    with pytest.raises(PackageRefused, match="is a link"):
        PackageSource.open(tmp_path)


def test_folder_with_a_linked_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "figures").symlink_to("/etc")

    with pytest.raises(PackageRefused, match="figures is a link"):
        PackageSource.open(tmp_path)


def test_folder_leaves_out_what_computers_leave_behind(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("x")
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / "course.toml").write_text("x = 1")

    assert PackageSource.open(tmp_path).paths() == ["course.toml"]


def test_nothing_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageRefused, match="There is no folder or zip file"):
        PackageSource.open(tmp_path / "absent")


# ---------------------------------------------------------------- reading


def source_of(content: bytes, path: str = "a.toml") -> PackageSource:
    return PackageSource.from_zip(zipped((path, content)))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"x = 1\ny = = 2\n", "a.toml:2: This is not valid TOML: Invalid value."),
        (b"x = 1\nx = 2\n", "a.toml:2: This is not valid TOML: Cannot overwrite a value."),
        (b'x = "open', "a.toml:1: This is not valid TOML: Unterminated string."),
        (b"x = 1\ny = \xff\n", "a.toml:2: The file is not UTF-8 text."),
        (b"x = 1\n\n\x00", "a.toml:3: The file holds a NUL character."),
        (b"x = " + b"[" * 5_000, "a.toml:1: This TOML is nested too deeply."),
    ],
)
def test_unreadable_toml_is_named_with_its_line(content: bytes, problem: str) -> None:
    source = source_of(content)

    assert not source.toml("a.toml")
    assert not source.toml("a.toml")
    assert [str(each) for each in source.problems] == [problem]


def test_text_loses_its_mark_and_windows_line_ends() -> None:
    assert source_of(b"\xef\xbb\xbfa\r\nb\rc", "a.md").read_text("a.md") == "a\nb\nc"


def test_huge_text_is_a_problem() -> None:
    content = os.urandom(600_000).hex().encode()
    source = source_of(content, "a.md")

    assert source.read_text("a.md") == ""
    assert [str(each) for each in source.problems] == ["a.md:1: The file is larger than 1,000 kB."]


def test_line_of_finds_the_nth_beginning() -> None:
    source = source_of(b"a\n[[x]]\nb\n  [[x]]\n")

    assert (source.line_of("a.toml", "[[x]]"), source.line_of("a.toml", "[[x]]", 1)) == (2, 4)
    assert source.line_of("a.toml", "absent") == 1
