"""import_questions and export_questions."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from courses.models import CourseVersion
from quizzes.models import Question, QuizPoolItem
from tests.factories.courses import VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parent / "interchange_files"


@pytest.fixture
def draft() -> CourseVersion:
    version = VersionFactory(status="draft", course__slug="drafted")
    quiz_with(0, version=version, slug="points")
    return version


def run(name: str, *options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command(name, *map(str, options), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_dry_run_says_everything_with_its_line_and_adds_nothing(draft: CourseVersion) -> None:
    out, err = run("import_questions", "drafted", FILES / "aiken.txt", "--dry-run")

    assert out == "2 of 2 questions would be added to the bank.\n"
    assert err == "left out  Line 13, “Which oil?”: The answer “D” is none of its choices.\n"
    assert not Question.objects.exists()


def test_questions_are_added_once_to_the_bank_or_a_quiz(draft: CourseVersion) -> None:
    into = ("import_questions", "drafted", FILES / "aiken.txt")

    first = run(*into, "--quiz", "points")[0]
    second = run(*into, "--quiz", "points")[0]
    bank = run(*into, "--format", "aiken")[0]

    assert "2 of 2 questions were added to the quiz" in first
    assert "0 of 2 questions were added" in second
    assert "0 of 2 questions were added to the bank" in bank
    assert (Question.objects.count(), QuizPoolItem.objects.count()) == (2, 2)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("drafted", "gone.txt"), "cannot be read"),
        (("elsewhere", FILES / "aiken.txt"), "There is no course ‘elsewhere’."),
        (("drafted", FILES / "aiken.txt", "--quiz", "none"), "it has points."),
        (("drafted", FILES / "aiken.txt", "--format", "moodle-xml"), "Nothing was added."),
        (("drafted", FILES / "aiken.txt", "--format", "word"), "invalid choice"),
    ],
)
def test_an_import_that_cannot_be_ends_with_a_sentence(
    draft: CourseVersion, options: tuple[object, ...], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("import_questions", *options)


def test_what_is_exported_is_read_again_and_nothing_is_written_over(
    draft: CourseVersion, tmp_path: Path
) -> None:
    run("import_questions", "drafted", FILES / "moodle.gift.txt", "--quiz", "points")
    output = tmp_path / "questions.xml"
    export = ("export_questions", "drafted", "--format", "moodle-xml", "--output", output)

    out, _err = run(*export)
    again = run("import_questions", "drafted", output, "--quiz", "points", "--dry-run")[0]

    assert out == f"7 questions are in {output}.\n"
    assert "0 of 7 questions would be added" in again
    with pytest.raises(CommandError, match="is there already"):
        run(*export)
    run(*export, "--force")


def test_an_export_of_nothing_writes_nothing(draft: CourseVersion, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no question that this format can say"):
        run("export_questions", "drafted", "--format", "gift", "--output", tmp_path / "a.txt")

    assert list(tmp_path.iterdir()) == []


def test_a_question_that_two_quizzes_ask_leaves_once(draft: CourseVersion, tmp_path: Path) -> None:
    first = quiz_with(2, version=draft, slug="first")
    second = quiz_with(1, version=draft, slug="second")
    shared = QuizPoolItem.objects.filter(quiz=first).order_by("position")[0].revision
    QuizPoolItem.objects.create(quiz=second, revision=shared, position=9)

    out, _err = run(
        "export_questions", "drafted", "--format", "gift", "--output", tmp_path / "a.gift"
    )

    assert out.startswith("3 questions are in ")
