"""All or nothing, and nothing twice."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from ce_platform.core.models import AuditEvent, StoredFile
from courses.domain.canonical import canonical_data
from courses.models import (
    Chart,
    ChartPoint,
    Course,
    CourseVersion,
    Figure,
    GlossaryTerm,
    Lesson,
    Module,
    Objective,
    Reference,
)
from courses.package.importing import CourseMoved, import_package
from courses.package.source import PackageSource
from courses.parts import Change, CoursePart, ImportPlan
from tests.conftest import NOW
from tests.courses.conftest import SAMPLE, Package
from tests.factories.accounts import UserFactory
from tests.factories.courses import CourseFactory, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def changed(changes: list[Change]) -> list[tuple[str, str]]:
    return [(change.action, change.what) for change in changes if change.action != "keep"]


def test_import_writes_everything_the_package_says(package: Package) -> None:
    author = UserFactory(email="instructor@example.com")
    author.groups.add(Group.objects.get(name="instructor"))

    result = package.load()

    version = CourseVersion.objects.get()
    assert (result.version, result.is_written, result.outcome) == (
        version,
        True,
        "This made a new draft, edition 1.0.",
    )
    assert {change.action for change in result.changes} == {"add"}
    assert (version.status, version.edition, version.revision) == ("draft", 1, 0)
    assert (version.course.slug, version.course.owner) == ("sample-course", author)
    assert (version.credit_hours, version.counted_words, version.media_minutes) == (
        Decimal("1.0"),
        43,
        Decimal("60.0"),
    )
    assert version.lesson_count == 3
    assert "claim examined" in version.search_text
    assert '<a href="https://example.com/who" rel="noopener"' in version.description_html
    assert [(each.name, each.user) for each in version.authors.all()] == [("Ana Author", author)]
    assert list(version.modules.values_list("position", "slug")) == [(1, "face"), (2, "neck")]
    assert list(version.lessons.values_list("position", "slug", "is_free")) == [
        (1, "points", True),
        (2, "claims", False),
        (3, "away", False),
    ]
    assert [each.code for each in version.lessons.get(slug="claims").objectives.all()] == [
        "O1",
        "O2",
    ]
    assert list(version.references.values_list("position", "slug")) == [
        (1, "klein2014"),
        (2, "who2008"),
    ]
    figure = version.figures.get()
    assert (figure.width, figure.height, sorted(figure.sizes)) == (640, 400, [480, 640])
    assert figure.file.sha256 == figure.sizes[640]
    chart = version.charts.get()
    assert [view.slug for view in chart.views.all()] == ["front"]
    assert [point.code for point in chart.points.all()] == ["ST3", "ST9"]
    assert AuditEvent.objects.filter(action="package.imported").count() == 1


def test_identical_package_changes_nothing_and_says_so(package: Package) -> None:
    first = package.load()
    rows = _ids()

    second = package.load()

    assert second.version == first.version
    assert second.is_unchanged
    assert second.outcome == "Nothing changes: edition 1.0 says all of this already."
    assert {change.action for change in second.changes} == {"keep"}
    assert _ids() == rows


def test_identical_package_changes_nothing_after_publishing(package: Package) -> None:
    version = package.load().version
    assert version is not None
    publish(version)

    result = package.load()

    assert result.is_unchanged
    assert CourseVersion.objects.get().status == "published"


def test_dry_run_writes_nothing(package: Package) -> None:
    result = package.load(dry_run=True)

    assert result.outcome == "This would make a new draft, edition 1.0. Nothing is written yet."
    assert result.version is None
    assert len(result.changes) == 14
    assert not Course.objects.exists()
    assert not StoredFile.objects.exists()


def test_one_mistake_keeps_everything_out(package: Package) -> None:
    package.replace("glossary.toml", "term =", "word =")

    result = package.load()

    assert result.version is None
    assert result.outcome == "2 problems found. Nothing was written."
    assert not Course.objects.exists()
    assert not StoredFile.objects.exists()


def test_draft_is_rewritten_in_place(package: Package) -> None:
    first = package.load().version
    package.replace("01-face/01-points.md", "lies below the skin", "lies well below the skin")
    package.replace("01-face/module.toml", "The face", "The whole face")
    package.remove("02-neck")
    package.write(
        "02-neck-and-jaw/module.toml",
        'key = "a1f0c1de-0000-4000-8000-000000000003"\ntitle = "New"\n',
    )
    package.write(
        "02-neck-and-jaw/01-new.md",
        '+++\nkey = "b1f0c1de-0000-4000-8000-000000000004"\ntitle = "New lesson"\n+++\nText.\n',
    )

    result = package.load()

    assert result.outcome == "This rewrote the draft of edition 1.0."
    assert CourseVersion.objects.get() == first
    assert changed(result.changes) == [
        ("change", "the module “The whole face”: title"),
        ("add", "the module “New”"),
        ("change", "the lesson “Points of the face”: text"),
        ("add", "the lesson “New lesson”"),
        ("remove", "the module “The neck”"),
        ("remove", "the lesson “Where hands stay away”"),
    ]
    assert list(Module.objects.values_list("slug", "title")) == [
        ("face", "The whole face"),
        ("neck-and-jaw", "New"),
    ]
    assert Lesson.objects.get(slug="points").counted_words == 21


def test_modules_can_change_names_with_each_other(package: Package) -> None:
    package.load()
    (package.root / "01-face").rename(package.root / "x")
    (package.root / "02-neck").rename(package.root / "01-face")
    (package.root / "x").rename(package.root / "02-neck")

    result = package.load()

    assert result.problems == []
    assert list(Module.objects.values_list("slug", "title")) == [
        ("face", "The neck"),
        ("neck", "The face"),
    ]
    assert list(Lesson.objects.values_list("slug", "is_free")) == [
        ("away", True),
        ("points", False),
        ("claims", False),
    ]


@pytest.mark.parametrize(("is_typo", "number"), [(False, (2, 0)), (True, (1, 1))])
def test_after_publishing_a_change_makes_a_new_draft(
    package: Package, is_typo: bool, number: tuple[int, int]
) -> None:
    version = package.load().version
    assert version is not None
    published = publish(version)
    CourseVersion.objects.filter(pk=version.pk).update(status="published")
    package.replace("course.toml", "A small course", "A short course")

    result = package.load(is_typo=is_typo)

    draft = result.version
    assert draft is not None
    assert result.outcome == f"This made a new draft, edition {number[0]}.{number[1]}."
    assert (draft.edition, draft.revision, draft.status) == (*number, "draft")
    assert changed(result.changes) == [("change", "the course page: summary")]
    assert draft.course.on_sale_version == published
    assert {lesson.key for lesson in draft.lessons.all()} == {
        lesson.key for lesson in published.lessons.all()
    }


def test_two_editions_of_the_same_package_differ_only_in_number(package: Package) -> None:
    first = package.load().version
    assert first is not None
    publish(first)
    package.replace("course.toml", "A small course", "A short course")
    second = package.load().version
    assert second is not None

    before, after = canonical_data(first), canonical_data(second)

    assert {name for name in before if before[name] != after[name]} == {"edition", "summary"}


def test_slug_of_a_course_stays(package: Package) -> None:
    package.load()
    package.replace("course.toml", '"sample-course"', '"other-course"')

    assert package.problems() == [
        "course.toml:3: The slug of this course is ‘sample-course’ and stays so."
    ]


def test_slug_of_another_course_is_refused(package: Package) -> None:
    CourseFactory(slug="sample-course")

    assert package.problems() == [
        "course.toml:3: Another course has the slug ‘sample-course’ already."
    ]


class Recorder(CoursePart):
    """A part with one file of its own, `final-exam.toml`."""

    name = "recorder"

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}
        self.written: list[tuple[CourseVersion, Any, int]] = []
        self.fails = False

    def plan_import(self, source: PackageSource, course: Course | None) -> ImportPlan:
        self.seen = {
            "modules": sorted(source.modules),
            "lessons": sorted(source.lessons),
            "objectives": sorted(source.objectives),
            "references": sorted(source.references),
            "glossary": sorted(source.glossary),
            "course": course,
        }
        if source.has("final-exam.toml") and source.toml("final-exam.toml") == {"bad": True}:
            source.problem("final-exam.toml", 1, "the exam is bad")
        return ImportPlan(changes=[Change("keep", "the exam")], share="share")

    def write_import(
        self, version: CourseVersion, share: Any, *, source: PackageSource, now: Any
    ) -> None:
        if self.fails:
            raise IntegrityError("a part failed")
        self.written.append((version, share, version.modules.count()))


def test_parts_read_after_courses_and_write_in_the_same_transaction(
    package: Package, alone: list[CoursePart]
) -> None:
    part = Recorder()
    alone.append(part)

    result = package.load()

    assert part.seen == {
        "modules": ["01-face", "02-neck"],
        "lessons": ["01-face/01-points", "01-face/02-claims", "02-neck/01-away"],
        "objectives": ["O1", "O2"],
        "references": ["klein2014", "who2008"],
        "glossary": ["fascia"],
        "course": None,
    }
    assert part.written == [(result.version, "share", 2)]


def test_mistake_of_a_part_keeps_everything_out(package: Package, alone: list[CoursePart]) -> None:
    alone.append(Recorder())
    package.write("final-exam.toml", "bad = true\n")

    result = package.load()

    assert [str(problem) for problem in result.problems] == ["final-exam.toml:1: The exam is bad."]
    assert not Course.objects.exists()


def test_failure_of_a_part_takes_everything_back(package: Package, alone: list[CoursePart]) -> None:
    part = Recorder()
    part.fails = True
    alone.append(part)

    with pytest.raises(IntegrityError, match="a part failed"):
        package.load()

    assert not Course.objects.exists()
    assert not Lesson.objects.exists()


def test_course_published_in_between_is_not_overwritten(
    package: Package, alone: list[CoursePart], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = package.load().version
    assert version is not None
    package.replace("course.toml", "A small course", "A short course")

    def publish_meanwhile(*args: Any, **kwargs: Any) -> Any:
        publish(version)
        return store_media(*args, **kwargs)

    from courses.package.importing import store_media

    monkeypatch.setattr("courses.package.importing.store_media", publish_meanwhile)

    with pytest.raises(CourseMoved):
        package.load()

    assert CourseVersion.objects.get().status == "published"


# ---------------------------------------------------------------- the command


def test_command_imports_publishes_and_repeats(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_course", str(SAMPLE), "--publish")
    call_command("import_course", str(SAMPLE), "--publish")

    out = capsys.readouterr().out
    assert out.count("add  the lesson") == 3
    assert "This made a new draft, edition 1.0." in out
    assert "Nothing changes: edition 1.0 says all of this already." in out
    assert CourseVersion.objects.get().status == "published"


def test_command_prints_mistakes_and_fails(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    package.replace("course.toml", "summary =", "sumary =")

    with pytest.raises(CommandError, match="2 problems found"):
        call_command("import_course", str(package.root))

    assert "course.toml:9: Unknown key ‘sumary’; did you mean ‘summary’?" in (
        capsys.readouterr().err
    )


def test_command_refuses_what_is_not_there() -> None:
    with pytest.raises(CommandError, match="There is no folder or zip file"):
        call_command("import_course", "/nowhere/at/all")


def test_import_from_a_zip_equals_the_folder(package: Package, tmp_path: Any) -> None:
    import shutil

    archive = shutil.make_archive(str(tmp_path / "course"), "zip", package.root)
    first = package.load()

    result = import_package(
        PackageSource.open(type(tmp_path)(archive)), by=None, now=NOW, dry_run=False
    )

    assert result.is_unchanged
    assert result.version == first.version


def _ids() -> str:
    models = (Module, Lesson, Figure, Chart, ChartPoint, Objective, Reference, GlossaryTerm)
    return json.dumps(
        [list(model._default_manager.values_list("pk", flat=True)) for model in models]
    )


def test_more_than_typing_mistakes_leave_the_edition(package: Package) -> None:
    """A revision keeps the approvals of its edition, so it must not grow into something else."""
    version = package.load().version
    assert version is not None
    publish(version)
    package.replace("course.toml", "A small course", "A short course")
    package.load(is_typo=True)

    package.replace("course.toml", "A short course", "Quite another course")
    result = package.load(is_typo=False)

    assert result.outcome == "This rewrote the draft of edition 2.0."
    assert [each.label for each in CourseVersion.objects.order_by("pk")] == [
        "edition 1.0",
        "edition 2.0",
    ]


def test_slug_taken_at_the_same_moment_is_told(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    CourseFactory(slug="sample-course")
    monkeypatch.setattr("courses.package.importing._check_slug", lambda *_: None)

    with pytest.raises(CourseMoved):
        package.load()
