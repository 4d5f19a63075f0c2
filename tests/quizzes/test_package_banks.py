"""Draws, tags, cases and the bank in a course package."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from courses.models import CourseVersion
from courses.package.exporting import ExportRefused, export_files
from courses.package.importing import import_package
from courses.package.source import PackageSource
from courses.parts import PackagePlaces
from quizzes.models import Question, QuestionRevision, QuizPoolItem
from quizzes.package.exporting import export_quizzes
from quizzes.package.model import PackagedShare
from quizzes.package.reading import read_share
from quizzes.package.writing import changes_of, write_quizzes
from quizzes.parts import QuizzesPart
from tests.conftest import NOW
from tests.factories.courses import ModuleFactory, VersionFactory, publish
from tests.factories.quizzes import PoolItemFactory, QuizFactory, RevisionFactory, single

part = QuizzesPart()
CONTENT = Path(__file__).parents[2] / "content"
MODULE, OBJECTIVE = UUID(int=1), UUID(int=3)
PLACES = PackagePlaces(modules={MODULE: "01-points"}, objectives={OBJECTIVE: "O1"})
EXAM = f"""\
key = "{UUID(int=10)}"
title = "Final exam"
pass_percent = "80"

[[draws]]
key = "{UUID(int=30)}"
count = 2
tag = "points"

[[draws]]
key = "{UUID(int=31)}"
count = 1
objective = "O1"

[[cases]]
id = "ortiz"
title = "Mrs. Ortiz, 58"
text = "She has a stiff jaw."

[[questions]]
key = "{UUID(int=11)}"
type = "true-false"
tags = ["jaw", "points"]
difficulty = "hard"
case = "ortiz"
stem = "So?"
explanation = "No."
answer = false
"""
BANK = f"""\
[[questions]]
key = "{UUID(int=21)}"
type = "true-false"
tags = ["points"]
case = "ortiz"
stem = "Why?"
explanation = "No."
answer = false

[[questions]]
key = "{UUID(int=22)}"
type = "true-false"
tags = ["points"]
stem = "How?"
explanation = "No."
answer = true

[[questions]]
key = "{UUID(int=23)}"
type = "true-false"
objective = "O1"
stem = "When?"
explanation = "No."
answer = true
"""
FILES = {"final-exam.toml": EXAM, "bank.toml": BANK}
pytestmark = pytest.mark.django_db


class Files:
    """A package in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def names(self) -> list[str]:
        return list(self._files)

    def read(self, name: str) -> bytes:
        return self._files[name]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def source_of(folder: Path, files: dict[str, str]) -> PackageSource:
    for name, text in files.items():
        (folder / name).write_text(text)
    source = PackageSource.open(folder)
    source.objectives = {"O1": OBJECTIVE}
    return source


def read(folder: Path, files: dict[str, str]) -> PackagedShare:
    source = source_of(folder, files)
    share = read_share(source)
    assert source.problems == []
    return share


def written(folder: Path, files: dict[str, str]) -> CourseVersion:
    version: CourseVersion = VersionFactory(status="draft")
    ModuleFactory(version=version, key=MODULE)
    share = read(folder, files)
    write_quizzes(version, share.quizzes, banked=share.bank, now=NOW)
    return version


def test_draws_and_bank_leave_letter_by_letter_as_they_came(folder: Path) -> None:
    version = written(folder, FILES)

    assert export_quizzes(version, PLACES) == FILES
    drawn = QuizPoolItem.objects.filter(draw__isnull=False).order_by("position")
    assert [item.revision.data["stem"] for item in drawn] == ["Why?", "How?", "When?"]


def test_an_identical_package_changes_nothing(folder: Path) -> None:
    version = written(folder, FILES)
    canonical = part.canonical(version)
    share = read(folder, FILES)

    told = changes_of(share.quizzes, version.course, banked=share.bank)
    write_quizzes(version, share.quizzes, banked=share.bank, now=NOW)

    assert [change.action for change in told] == ["keep"]
    assert told[0].what == "the quiz “Final exam” with 1 question and 3 drawn"
    assert QuestionRevision.objects.count() == Question.objects.count() == 4
    assert part.canonical(version) == canonical


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("final-exam.toml", "count = 2", "count = 1", "with 1 question and 2 drawn: draws"),
        ("final-exam.toml", '["jaw", "points"]', '["jaw"]', "“So?” (revision 2)"),
        ("final-exam.toml", '"hard"', '"easy"', "“So?” (revision 2)"),
        ("final-exam.toml", "stiff jaw", "stiff neck", "“Why?” in the bank"),
        ("bank.toml", "How?", "How so?", "“How so?” in the bank"),
    ],
)
def test_what_changed_is_told(folder: Path, file: str, before: str, after: str, told: str) -> None:
    version = written(folder, FILES)
    share = read(folder, {**FILES, file: FILES[file].replace(before, after)})

    changes = changes_of(share.quizzes, version.course, banked=share.bank)

    assert any(told in change.what and change.action == "change" for change in changes), changes


@pytest.mark.parametrize(
    ("file", "before", "after", "line", "words"),
    [
        ("final-exam.toml", "count = 2", "count = 0", 7, "whole number from 1"),
        ("final-exam.toml", "count = 2\n", "", 5, "“count” is missing"),
        ("final-exam.toml", 'tag = "points"\n', "", 5, "either a tag or an objective"),
        ("final-exam.toml", 'tag = "points"', 'tag = "a, b"', 8, "no comma"),
        ("final-exam.toml", 'objective = "O1"', 'objective = "O9"', 13, "no objective “O9”"),
        ("final-exam.toml", 'tag = "points"', 'tag = "points"\nof = 3', 9, "means nothing"),
        ("final-exam.toml", str(UUID(int=31)), str(UUID(int=30)), 11, "Another draw has this key"),
        ("final-exam.toml", "She has a stiff jaw.", "See [@nobody].", 18, "no reference “nobody”"),
        ("final-exam.toml", 'title = "Mrs. Ortiz, 58"\n', "", 15, "“title” is missing"),
        ("final-exam.toml", '["jaw", "points"]', '"jaw"', 23, "must be a list of words"),
        ("final-exam.toml", '["jaw", "points"]', f'["{"x" * 41}"]', 23, "at most 40 characters"),
        ("final-exam.toml", '"hard"', '"awful"', 24, "must be one of easy, medium, hard"),
        ("bank.toml", 'case = "ortiz"', 'case = "nobody"', 5, "no case “nobody”"),
        ("bank.toml", str(UUID(int=22)), str(UUID(int=11)), 11, "stands already in final-exam"),
        ("bank.toml", "[[questions]]", "[[quizzes]]", 1, "“quizzes” means nothing"),
        (
            "bank.toml",
            "[[questions]]\nkey",
            '[[cases]]\nid = "ortiz"\ntitle = "x"\ntext = "y"\n\n[[questions]]\nkey',
            2,
            "Another case has the id “ortiz”",
        ),
    ],
)
def test_every_mistake_has_file_and_line(
    folder: Path, file: str, before: str, after: str, line: int, words: str
) -> None:
    assert before in FILES[file]
    source = source_of(folder, {**FILES, file: FILES[file].replace(before, after, 1)})

    read_share(source)

    found = [problem for problem in source.problems if words in problem.sentence]
    assert [(problem.path, problem.line) for problem in found] == [(file, line)], source.problems


def test_one_case_may_stand_in_two_files(folder: Path) -> None:
    case = EXAM[EXAM.index("[[cases]]") : EXAM.index("[[questions]]")]

    assert len(read(folder, {**FILES, "bank.toml": case + BANK}).bank) == 3


def test_a_case_in_two_wordings_is_refused() -> None:
    quiz = QuizFactory(version=VersionFactory(status="draft"))
    for text in ("One.", "Two."):
        case: dict[str, Any] = {"id": "a", "title": "A client", "text": text}
        revision = RevisionFactory(
            question__course=quiz.version.course, content_data=single(case=case)
        )
        PoolItemFactory(quiz=quiz, revision=revision)

    with pytest.raises(ExportRefused, match="“A client” is worded in two ways"):
        export_quizzes(quiz.version, PackagePlaces())


def test_a_published_course_with_a_bank_comes_back_equal(tmp_path: Path) -> None:
    """Into the same course, and as another course, whose bank is empty."""
    starter = PackageSource.open(CONTENT / "facial-massage-introduction")
    draw = f'[[draws]]\nkey = "{UUID(int=30)}"\ncount = 2\ntag = "points"\n\n[[questions]]'
    bank = BANK.replace('case = "ortiz"\n', "").replace('objective = "O1"', 'tags = ["points"]')
    files = {path: starter.read_bytes(path) for path in starter.paths()}
    exam = files["final-exam.toml"].decode()
    tagged = exam.replace("stem =", 'tags = ["points", "exam"]\nstem =', 1)
    quiz = files["01-meridians/quiz.toml"].decode()
    files |= {
        "final-exam.toml": tagged.replace("[[questions]]", draw, 1).encode(),
        "01-meridians/quiz.toml": quiz.replace("stem =", 'tags = ["points"]\nstem =', 1).encode(),
        "bank.toml": bank.encode(),
    }
    draft = import_package(PackageSource(Files(files)), by=None, now=NOW).version
    assert draft is not None
    first = publish(draft)

    exported = export_files(first)
    again = import_package(PackageSource(Files(exported)), by=None, now=NOW)
    head = exported["course.toml"].decode()
    other = head.replace(str(first.course.key), str(UUID(int=99))).replace(
        f'slug = "{first.course.slug}"', 'slug = "another"'
    )
    second = import_package(
        PackageSource(Files({**exported, "course.toml": other.encode()})), by=None, now=NOW
    ).version

    assert (again.problems, again.is_unchanged) == ([], True)
    assert second is not None
    assert second.course != first.course
    canonical = part.canonical(first)
    assert part.canonical(second) == canonical
    # One of the quiz, three of the bank; the exam asks its own tagged one by itself.
    assert [question.get("draw") for question in canonical[-1]["questions"]].count(
        str(UUID(int=30))
    ) == 4


def test_a_published_exam_does_not_become_practice_under_its_key() -> None:
    """Nor the other way: attempts at practice, which shows its answers, would count as passed."""
    starter = PackageSource.open(CONTENT / "facial-massage-introduction")
    draft = import_package(starter, by=None, now=NOW).version
    assert draft is not None
    files = export_files(publish(draft))
    files["practice.toml"] = files.pop("final-exam.toml")

    again = import_package(PackageSource(Files(files)), by=None, now=NOW)

    assert (
        again.is_written,
        [(each.path, each.line, each.sentence) for each in again.problems],
    ) == (
        False,
        [
            (
                "practice.toml",
                1,
                "In a published version this key is that of a graded quiz, and here it would be "
                "a practice quiz; give this one a key of its own.",
            )
        ],
    )
