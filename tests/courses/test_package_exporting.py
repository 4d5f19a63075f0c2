"""A course leaves as the package that it came from."""

import io
import random
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from ce_platform.accounts.models import User
from ce_platform.core.text import clean
from courses import frozen, pictures
from courses.domain.canonical import canonical_data
from courses.drawings import as_sent, rebuild
from courses.models import Course, CourseVersion, Figure, Lesson
from courses.package.exporting import (
    ExportRefused,
    export_files,
    export_folder,
    export_zip,
)
from courses.package.importing import ImportResult, import_package
from courses.package.source import PackageRefused, PackageSource
from courses.parts import CoursePart, PackagePlaces
from courses.pictures import make_sizes
from tests.conftest import NOW
from tests.courses.conftest import SAMPLE, Package
from tests.factories.courses import (
    ChartFactory,
    ChartViewFactory,
    LessonFactory,
    VersionFactory,
    publish,
    stored_file,
)

STARTER = Path(__file__).parents[2] / "content" / "facial-massage-introduction"
pytestmark = pytest.mark.django_db


def load(package: Path | bytes) -> ImportResult:
    source = (
        PackageSource.from_zip(package)
        if isinstance(package, bytes)
        else PackageSource.open(package)
    )
    return import_package(source, by=None, now=NOW)


def loaded(package: Path | bytes) -> CourseVersion:
    result = load(package)
    assert result.problems == []
    assert result.version is not None
    return result.version


def said(result: ImportResult) -> list[str]:
    """What changed, and what is wrong."""
    changes = [change.what for change in result.changes if change.action != "keep"]
    return [*changes, *map(str, result.problems)]


# ---------------------------------------------------------------- the starter course


@pytest.mark.usefixtures("instructor")
def test_starter_course_leaves_as_it_came() -> None:
    """File by file, by what it means: the same table, the same text, the same picture."""
    source = PackageSource.open(STARTER)

    files = export_files(loaded(STARTER))

    assert list(files) == source.paths()
    for path, content in files.items():
        original = source.read_bytes(path)
        if path.endswith(".toml"):
            assert meaning(content) == meaning(original), path
        elif path.endswith(".md"):
            assert lesson(content) == lesson(original), path
        elif path.endswith(".svg"):
            assert rebuild(content) == rebuild(original), path
        else:
            assert content == pictures.make_sizes(original).largest, path


def meaning(content: bytes) -> Any:
    return _meaning(tomllib.loads(content.decode()))


def _meaning(value: Any, name: str = "") -> Any:
    """Without what the format takes as the same: ends of texts, defaults, the order of subjects."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        found = [_meaning(each) for each in value]
        return sorted(found) if name == "subjects" else found
    if isinstance(value, dict):
        defaults = {"shuffle": True, "review": "after-submit", "scoring": "all-or-nothing"}
        return {
            name: _meaning(each, name)
            for name, each in value.items()
            if name not in defaults or defaults[name] != each
        }
    return value


def lesson(content: bytes) -> tuple[Any, str]:
    _, head, body = content.decode().split("+++\n", 2)
    return tomllib.loads(head), clean(body)


@pytest.mark.usefixtures("instructor")
@pytest.mark.parametrize("is_published", [False, True])
def test_starter_course_exported_and_imported_changes_nothing(is_published: bool) -> None:
    version = loaded(STARTER)
    if is_published:
        publish(version)

    result = load(export_zip(version))

    assert said(result) == []
    assert result.outcome == "Nothing changes: edition 1.0 says all of this already."


def test_starter_course_imported_elsewhere_and_exported_again_gives_the_same_bytes() -> None:
    with elsewhere():
        there = loaded(STARTER)
        content, said_there = export_zip(there), canonical_data(there)
    assert not Course.objects.exists()

    here = loaded(content)

    assert export_zip(here) == content
    assert canonical_data(here) == said_there


class elsewhere:  # noqa: N801
    """Another installation: what is written in it is gone afterwards."""

    def __enter__(self) -> None:
        self._savepoint = transaction.savepoint()

    def __exit__(self, *error: object) -> None:
        transaction.savepoint_rollback(self._savepoint)
        frozen.forget()


def test_same_version_gives_the_same_bytes() -> None:
    version = loaded(SAMPLE)

    assert export_zip(version) == export_zip(CourseVersion.objects.get())


def test_number_of_queries_does_not_grow_with_the_course() -> None:
    small, large = loaded(SAMPLE), loaded(STARTER)

    counts = []
    for pk in (small.pk, large.pk):
        version = CourseVersion.objects.select_related("course").get(pk=pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            export_files(version)
        counts.append(len(queries))

    assert max(counts) <= 23
    # Without quizzes those for their questions and draws are spared; without questions on charts,
    # the four for all charts.
    assert counts[1] - counts[0] <= 6


# ---------------------------------------------------------------- what people write

HOSTILE = (
    'She said "press".\n\nThen """three""" and \'\'\'three\'\'\'.\n'
    'A path: C:\\temp\\new, an end: \\\n[[objectives]]\nkey = "x"\n+++\nno # comment\n'
    "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18\n"
    "Huyệt Thừa Khấp 💆🏽‍♀️ ơ ư đ\u00a0\u200b\tend\n" + "long " * 3_000 + '\n"'
)
HOSTILE_LINE = " ".join(HOSTILE[:180].split())


def hostile(most: int) -> str:
    return clean(HOSTILE[:most])


def test_whatever_people_write_comes_back_the_same(package: Package) -> None:
    version = loaded(package.root)
    line = HOSTILE_LINE
    CourseVersion.objects.update(
        title=line,
        subtitle=line,
        cost_text=f'\\{line}"',
        summary=hostile(1_000),
        description=hostile(20_000),
        audience=hostile(2_000),
        prerequisites=hostile(2_000),
        difficulty_reason=hostile(1_000),
    )
    version.authors.update(name=line[:90], biography=hostile(4_000))
    version.objectives.update(text=hostile(600))
    version.modules.update(title=line, summary=hostile(2_000))
    version.lessons.update(title="+++", body=f"+++\n\n{hostile(20_000)}\n\n+++\nkey = 1\n+++")
    version.references.update(text=hostile(2_000))
    version.glossary.update(term=line[:90], definition=hostile(1_000))
    version.figures.update(alt=hostile(2_000), caption=hostile(1_000), credit=line)
    version.charts.update(title=line, description=hostile(2_000))
    version.chart_points.update(name=line[:90], place=hostile(1_000), note=hostile(1_000))
    version = CourseVersion.objects.get()

    result = load(export_zip(version))

    assert said(result) == []
    assert result.is_unchanged


def test_line_ends_of_other_systems_become_ours(package: Package) -> None:
    version = loaded(package.root)
    Lesson.objects.filter(slug="points").update(body="One\r\ntwo\rthree")

    source = PackageSource.from_zip(export_zip(version))

    assert source.read_text("01-face/01-points.md").endswith("+++\n\nOne\ntwo\nthree\n")


def test_lesson_is_written_with_its_head(package: Package) -> None:
    package.write(
        "02-neck/01-away.md",
        '+++\nkey = "b1f0c1de-0000-4000-8000-000000000003"\ntitle = "Away"\nfree = true\n'
        'media_minutes = "2.5"\n+++\nHands stay away.\n',
    )

    files = export_files(loaded(package.root))

    assert files["02-neck/01-away.md"].decode() == (
        '+++\nkey = "b1f0c1de-0000-4000-8000-000000000003"\ntitle = "Away"\nfree = true\n'
        'media_minutes = "2.5"\n+++\n\nHands stay away.\n'
    )
    assert b"media_minutes = 30\n" in files["01-face/01-points.md"]


def test_author_is_named_with_the_e_mail_address_of_the_account(
    package: Package, instructor: User
) -> None:
    version = loaded(package.root)
    with_account = export_files(version)["course.toml"].decode()
    version.authors.update(user=None)

    assert f'email = "{instructor.email}"' in with_account
    assert "email" not in export_files(version)["course.toml"].decode()


def test_empty_lists_have_no_files(package: Package) -> None:
    version = loaded(package.root)
    version.glossary.all().delete()
    version.references.all().delete()
    version.figures.all().delete()

    assert not {"glossary.toml", "references.toml", "figures/figures.toml"} & set(
        export_files(version)
    )


@pytest.mark.usefixtures("alone")
def test_parts_add_their_files(package: Package, alone: list[CoursePart]) -> None:
    asked: list[PackagePlaces] = []

    class Exam(CoursePart):
        def export(self, version: CourseVersion, places: PackagePlaces) -> dict[str, str | bytes]:
            asked.append(places)
            return {"final-exam.toml": "an exam"}

    version = loaded(package.root)
    alone.append(Exam())

    files = export_files(version)

    assert files["final-exam.toml"] == b"an exam"
    assert list(files) == sorted(files)
    (places,) = asked
    assert list(places.modules.values()) == ["01-face", "02-neck"]
    assert list(places.lessons.values()) == [
        "01-face/01-points",
        "01-face/02-claims",
        "02-neck/01-away",
    ]
    assert list(places.objectives.values()) == ["O1", "O2"]


# ---------------------------------------------------------------- pictures and drawings


def photo() -> bytes:
    image = Image.frombytes("RGB", (640, 400), random.Random(1).randbytes(640 * 400 * 3))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def with_photo(package: Package) -> Package:
    package.remove("figures/scale.png").write("figures/scale.jpg", photo())
    return package.replace("figures/figures.toml", "scale.png", "scale.jpg")


def test_photograph_that_comes_back_is_not_encoded_again(
    with_photo: Package, tmp_path: Path
) -> None:
    version = loaded(with_photo.root)
    before = Figure.objects.get()
    exported = Package(tmp_path / "exported")
    export_folder(version, exported.root)

    unchanged = exported.load()
    exported.replace("figures/figures.toml", 'credit = "', 'credit = "New: ')
    changed = exported.load()

    assert (exported.root / "figures" / "scale.webp").read_bytes() == before.file.read()
    assert unchanged.is_unchanged
    assert said(changed) == ["the figure scale: credit"]
    after = Figure.objects.get()
    assert after.pk != before.pk
    assert (after.file, after.sizes_json) == (before.file, before.sizes_json)
    # The author's own picture is still known as the one it was made from.
    assert said(with_photo.load()) == ["the figure scale: credit"]


def test_picture_kept_for_another_figure_is_made_anew(with_photo: Package) -> None:
    loaded(with_photo.root)
    kept = Figure.objects.get().file
    with_photo.remove("figures/scale.jpg").write("figures/scale.webp", kept.read())
    with_photo.replace("figures/figures.toml", "scale.jpg", "scale.webp")
    text = (with_photo.root / "figures" / "figures.toml").read_text()
    key = text.split('key = "')[1][:36]
    with_photo.replace("figures/figures.toml", key, f"{key[:-1]}9" if key[-1] != "9" else key[::-1])

    loaded(with_photo.root)

    assert Figure.objects.get().file != kept


def test_other_picture_is_a_change(with_photo: Package) -> None:
    loaded(with_photo.root)
    with_photo.write("figures/scale.jpg", photo()[:-2] + b"\x00\xff\xd9")

    assert said(with_photo.load()) == ["the figure scale: picture"]


@pytest.mark.parametrize("colors", [2, 256, 257, 3_000])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_drawing_of_few_colors_comes_out_byte_for_byte(colors: int, mode: str) -> None:
    chance = random.Random(colors)
    palette = [chance.randbytes(len(mode)) for _ in range(colors)]
    pixels = b"".join(chance.choice(palette) for _ in range(200 * 100))
    out = io.BytesIO()
    Image.frombytes(mode, (200, 100), pixels).save(out, "PNG")

    once = make_sizes(out.getvalue()).largest

    assert make_sizes(once).largest == once


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<g></g>",
        '<g id="part-head"><rect id="drawing" class="tint" fill="#ECE3D6" width="1"/></g>',
        '<path class="iris" fill="currentColor" d="M0 0"/><path class="ink" fill="#FFF" d="M1 1"/>',
        '<g class="spark" fill="#abc"><g id="x"><circle r="2"/></g></g>',
    ],
)
def test_drawing_as_sent_is_rebuilt_as_it_was(inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 1200">{inside}</svg>'
    kept = rebuild(svg.encode())

    sent = as_sent(kept)

    assert rebuild(sent) == kept
    assert b"var(" not in sent
    assert sent.count(b"<g") == svg.count("<g")


def test_drawings_are_named_after_views_and_shared() -> None:
    version = VersionFactory(status="draft")
    front, other = (stored_file(f"<svg>{n}</svg>".encode(), "image/svg+xml") for n in (1, 2))
    for slug, drawing in (("a", front), ("b", other), ("c", front)):
        ChartViewFactory(chart=ChartFactory(version=version, slug=slug), drawing=drawing)

    files = export_files(version)

    named = [
        tomllib.loads(files[f"charts/{slug}.toml"].decode())["views"][0]["drawing"]
        for slug in "abc"
    ]
    assert named == ["front.svg", "front-2.svg", "front.svg"]
    assert [path for path in files if path.endswith(".svg")] == [
        "charts/drawings/front-2.svg",
        "charts/drawings/front.svg",
    ]


def test_picture_missing_from_storage_is_told(package: Package) -> None:
    version = loaded(package.root)
    file = Figure.objects.get().file
    file.storage.delete(file.path)

    with pytest.raises(ExportRefused, match=r"no longer has the picture scale\.png"):
        export_files(version)


# ---------------------------------------------------------------- what cannot be said


def test_name_that_is_none_for_a_file_is_refused() -> None:
    lesson = LessonFactory(module__slug="..", module__version__status="draft")

    with pytest.raises(ExportRefused, match=r"‘\.\.’ cannot be the name of a file"):
        export_files(lesson.version)


def test_more_lessons_than_two_digits_count_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("courses.package.exporting.MOST_NUMBERED", 1)

    with pytest.raises(
        ExportRefused, match="There are more than 1 lessons in the module “The face”"
    ):
        export_files(loaded(SAMPLE))


# ---------------------------------------------------------------- zip and folder


def test_zip_holds_one_folder_named_after_the_course() -> None:
    version = loaded(SAMPLE)

    with zipfile.ZipFile(io.BytesIO(export_zip(version))) as archive:
        entries = archive.infolist()
        contents = {
            entry.filename.removeprefix("sample-course/"): archive.read(entry) for entry in entries
        }

    assert contents == export_files(version)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {entry.external_attr >> 16 for entry in entries} == {0o100644}


def written(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_folder_holds_the_same_files(tmp_path: Path) -> None:
    version = loaded(SAMPLE)

    export_folder(version, tmp_path / "new" / "course")

    assert written(tmp_path / "new" / "course") == export_files(version)


def test_new_repository_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"ref")
    version = loaded(SAMPLE)

    export_folder(version, tmp_path)

    assert written(tmp_path) == {**export_files(version), ".git/HEAD": b"ref"}


def test_link_in_a_package_is_not_followed(package: Package, tmp_path: Path) -> None:
    version = loaded(package.root)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "module.toml").write_text("mine")
    (package.root / "03-more").symlink_to(tmp_path / "outside")

    with pytest.raises(PackageRefused, match="03-more is a link"):
        export_folder(version, package.root, overwrite=True)

    assert written(tmp_path / "outside") == {"module.toml": b"mine"}


def test_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    version = loaded(SAMPLE)
    (tmp_path / "letter.txt").write_text("Dear Ana")

    with pytest.raises(ExportRefused, match="is not empty"):
        export_folder(version, tmp_path)
    with pytest.raises(ExportRefused, match="holds other things than a course package"):
        export_folder(version, tmp_path, overwrite=True)

    assert written(tmp_path) == {"letter.txt": b"Dear Ana"}


def test_overwriting_a_package_removes_what_the_version_no_longer_has(package: Package) -> None:
    version = loaded(package.root)
    beside: dict[str, bytes] = {
        "README.md": b"Mine",
        ".git/HEAD": b"ref",
        ".github/NOTES.md": b"Mine",
        "docs/plan.md": b"Mine",
    }
    package.write("01-face/09-old.md", "old").write("07-old/module.toml", "old")
    package.write("figures/old.png", "old")
    for path, content in beside.items():
        package.write(path, content)

    export_folder(version, package.root, overwrite=True)

    assert written(package.root) == {**export_files(version), **beside}
    assert not (package.root / "07-old").exists()


# ---------------------------------------------------------------- the command


def export(*arguments: str | Path) -> None:
    call_command("export_course", *map(str, arguments))


def test_command_writes_zip_and_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = loaded(SAMPLE)

    export("sample-course", "--output", tmp_path / "course.zip")
    export("sample-course", "--edition", "1.0", "--output", tmp_path / "course")

    assert (tmp_path / "course.zip").read_bytes() == export_zip(version)
    assert written(tmp_path / "course") == export_files(version)
    assert capsys.readouterr().out.splitlines() == [
        f"A sample course (edition 1.0) is in {tmp_path / 'course.zip'}.",
        f"A sample course (edition 1.0) is in {tmp_path / 'course'}.",
    ]


def test_command_takes_the_newest_version_or_the_named_one(
    package: Package, tmp_path: Path
) -> None:
    publish(loaded(package.root))
    package.replace("course.toml", "A small course", "A short course")
    newest = loaded(package.root)

    export("sample-course", "--output", tmp_path / "new.zip")
    export("sample-course", "--edition", "1.0", "--output", tmp_path / "old.zip")

    assert newest.edition == 2
    assert (tmp_path / "new.zip").read_bytes() == export_zip(newest)
    assert (tmp_path / "old.zip").read_bytes() != export_zip(newest)


def test_command_overwrites_only_when_told(tmp_path: Path) -> None:
    version = loaded(SAMPLE)
    file = tmp_path / "course.zip"
    file.write_bytes(b"mine")

    with pytest.raises(CommandError, match=r"is there already\. Nothing was written"):
        export("sample-course", "--output", file)
    assert file.read_bytes() == b"mine"

    export("sample-course", "--output", file, "--force")
    assert file.read_bytes() == export_zip(version)
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["no-course"], "There is no course ‘no-course’"),
        (["sample-course", "--edition", "3.1"], "no edition 3.1; it has 1.0"),
        (["sample-course", "--edition", "x"], "no edition x; it has 1.0"),
    ],
)
def test_command_says_what_it_does_not_find(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    loaded(SAMPLE)

    with pytest.raises(CommandError, match=sentence):
        export(*arguments, "--output", tmp_path / "course.zip")

    assert list(tmp_path.iterdir()) == []


def test_command_says_when_a_name_is_of_the_wrong_kind(tmp_path: Path) -> None:
    loaded(SAMPLE)
    (tmp_path / "course.zip").mkdir()
    (tmp_path / "course").write_text("a file")

    with pytest.raises(CommandError, match="is a folder, not a zip file"):
        export("sample-course", "--output", tmp_path / "course.zip", "--force")
    with pytest.raises(CommandError, match="is a file, not a folder"):
        export("sample-course", "--output", tmp_path / "course", "--force")
