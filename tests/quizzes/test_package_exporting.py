"""Quizzes leave as the files that they came from."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from courses.models import CourseVersion
from courses.package.exporting import ExportRefused, export_zip
from courses.package.importing import import_package
from courses.package.source import PackageSource
from courses.package.toml import Rows, write_toml
from courses.parts import PackagePlaces
from quizzes.models import QuestionRevision, Quiz
from quizzes.package.exporting import _is_rows, export_quizzes
from quizzes.package.model import PackagedQuiz
from quizzes.package.reading import read_share
from quizzes.package.writing import changes_of, write_quizzes
from quizzes.question_types import type_named
from quizzes.question_types.base import Content
from tests.conftest import NOW
from tests.factories.courses import ModuleFactory, VersionFactory
from tests.factories.pictures import WRITTEN
from tests.factories.quizzes import EVERY_TYPE, multiple, quiz_with
from tests.quizzes.any_question import questions

MODULE, LESSON, OBJECTIVE = UUID(int=1), UUID(int=2), UUID(int=3)
PLACES = PackagePlaces(
    modules={MODULE: "01-points"},
    lessons={LESSON: "01-points/01-map"},
    objectives={OBJECTIVE: "O1"},
)
QUIZ = f"""\
key = "{UUID(int=10)}"
title = "Quiz: points"
introduction = "Two questions."
pass_percent = "72.5"
attempts = 3
time_limit_minutes = 30
draw = 2
shuffle = false
review = "after-pass"

[[questions]]
key = "{UUID(int=11)}"
type = "single-choice"
objective = "O1"
points = "2.5"
stem = \"\"\"
Where?

[[questions]] is no header here.\"\"\"
explanation = "Because [@who2008]."
lesson = "01-points/01-map"

[[questions.choices]]
id = "there"
text = "There, in the [fascia](glossary:fascia)"
feedback = 'No, "here".'

[[questions.choices]]
id = "here"
text = "Here"
correct = true

[[questions]]
key = "{UUID(int=12)}"
type = "multiple-choice"
stem = "Which?"
scoring = "partial"

[[questions.choices]]
id = "b"
text = "This"
correct = true
feedback = "Yes."

[[questions.choices]]
id = "a"
text = "That"
correct = true

[[questions]]
key = "{UUID(int=13)}"
type = "true-false"
stem = "So?"
explanation = "No."
answer = false
feedback_true = "No."
feedback_false = "Right."
"""
Read = Callable[[dict[str, str]], list[PackagedQuiz]]
database = pytest.mark.django_db


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Quizzes out of files, in a package with one module, lesson and objective."""

    def read_files(files: dict[str, str]) -> list[PackagedQuiz]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        source = PackageSource.open(tmp_path)
        source.modules = {"01-points": MODULE}
        source.lessons = {"01-points/01-map": LESSON}
        source.objectives = {"O1": OBJECTIVE}
        source.references = {"who2008"}
        source.glossary = {"fascia"}
        quizzes = read_share(source).quizzes
        assert source.problems == []
        return quizzes

    return read_files


@pytest.fixture
def draft() -> CourseVersion:
    version: CourseVersion = VersionFactory(status="draft")
    ModuleFactory(version=version, key=MODULE, slug="points")
    return version


@database
def test_a_quiz_leaves_letter_by_letter_as_it_came(read: Read, draft: CourseVersion) -> None:
    exam = QUIZ.replace("-00000000000", "-10000000000").replace("Quiz: points", "Final exam")
    files = {"01-points/quiz.toml": QUIZ, "final-exam.toml": exam}
    write_quizzes(draft, read(files), now=NOW)

    assert export_quizzes(draft, PLACES) == files


@database
def test_what_the_format_takes_for_granted_is_left_out(draft: CourseVersion) -> None:
    quiz = quiz_with(
        [("multiple-choice", multiple(scoring="all-or-nothing", explanation=""))],
        version=draft,
        slug="final-exam",
    )

    (text,) = export_quizzes(draft, PLACES).values()

    table = tomllib.loads(text)
    assert list(table) == ["key", "title", "pass_percent", "questions"]
    assert table["pass_percent"] == "80"
    assert list(table["questions"][0]) == ["key", "type", "stem", "choices"]
    assert [list(choice) for choice in table["questions"][0]["choices"]][:2] == [
        ["id", "text", "correct"],
        ["id", "text", "correct", "feedback"],
    ]
    assert table["key"] == str(quiz.key)


@database
def test_what_was_exported_changes_nothing(read: Read, draft: CourseVersion) -> None:
    contents = [(name, make()) for name, make in EVERY_TYPE.items()]
    quiz_with(contents, version=draft, module=draft.modules.get(), position=1, slug="points")
    quiz_with(contents, version=draft, position=2, slug="final-exam", attempts_allowed=2)
    revisions = QuestionRevision.objects.count()

    quizzes = read(export_quizzes(draft, PLACES))
    write_quizzes(draft, quizzes, now=NOW)

    assert {change.action for change in changes_of(quizzes, draft.course)} == {"keep"}
    assert QuestionRevision.objects.count() == revisions


@database
def test_an_address_of_its_own_survives(read: Read, draft: CourseVersion) -> None:
    module = draft.modules.get()
    quiz_with(1, version=draft, module=module, position=1, slug="check-yourself")
    quiz_with(1, version=draft, position=2, slug="last-exam")

    files = export_quizzes(draft, PLACES)

    assert 'slug = "check-yourself"\n' in files["01-points/quiz.toml"]
    assert [quiz.slug for quiz in read(files)] == ["check-yourself", "last-exam"]


@database
def test_practice_and_who_gives_time_survive(read: Read, draft: CourseVersion) -> None:
    module = draft.modules.get()
    common = {"version": draft, "module": module}
    quiz_with(1, **common, position=1, slug="points-practice", purpose="practice")
    quiz_with(1, **common, position=2, slug="points", extra_time="office")
    quiz_with(1, version=draft, position=3, slug="practice", purpose="practice")

    files = export_quizzes(draft, PLACES)
    quizzes = read(files)

    assert sorted(files) == ["01-points/practice.toml", "01-points/quiz.toml", "practice.toml"]
    assert all("slug" not in text for text in files.values())
    assert [(quiz.slug, quiz.purpose, quiz.extra_time) for quiz in quizzes] == [
        ("points-practice", "practice", "learner"),
        ("points", "graded", "office"),
        ("practice", "practice", "learner"),
    ]
    assert {change.action for change in changes_of(quizzes, draft.course)} == {"keep"}


@database
def test_pooled_revision_leaves_and_not_a_newer_one(read: Read, draft: CourseVersion) -> None:
    write_quizzes(draft, read({"final-exam.toml": QUIZ}), now=NOW)
    first = QuestionRevision.objects.get(question__key=UUID(int=13))
    QuestionRevision.objects.create(
        question=first.question,
        number=2,
        type=first.type,
        content=first.content.replace("So?", "Really?"),
        sha256="0" * 64,
        created_at=NOW,
    )

    (text,) = export_quizzes(draft, PLACES).values()

    assert "So?" in text
    assert "Really?" not in text


@database
def test_lesson_and_objective_that_are_gone_are_left_out(read: Read, draft: CourseVersion) -> None:
    write_quizzes(draft, read({"final-exam.toml": QUIZ}), now=NOW)

    (text,) = export_quizzes(draft, PackagePlaces()).values()

    assert "objective" not in text
    assert "lesson" not in text


@database
def test_two_quizzes_of_one_module_are_refused(draft: CourseVersion) -> None:
    for position in (1, 2):
        quiz_with(1, version=draft, module=draft.modules.get(), position=position)

    with pytest.raises(ExportRefused, match=r"but 2 would be 01-points/quiz\.toml"):
        export_quizzes(draft, PLACES)


@database
def test_time_limit_in_seconds_is_refused(draft: CourseVersion) -> None:
    quiz_with(1, version=draft, title="Quick", time_limit_seconds=90)

    with pytest.raises(ExportRefused, match="time limit of “Quick” is not in whole minutes"):
        export_quizzes(draft, PLACES)


@database
@pytest.mark.parametrize("count", [1, 5])
def test_number_of_queries_stays_the_same(draft: CourseVersion, count: int) -> None:
    quiz_with(count, version=draft, module=draft.modules.get())
    quiz_with(count, version=draft)

    with CaptureQueriesContext(connection) as queries:
        export_quizzes(draft, PLACES)

    assert len(queries) == 3


@database
def test_quizzes_are_in_the_package_of_a_course() -> None:
    starter = Path(__file__).parents[2] / "content" / "facial-massage-introduction"
    version = import_package(PackageSource.open(starter), by=None, now=NOW).version
    assert version is not None
    Quiz.objects.filter(module=None).update(
        attempts_allowed=7, pass_percent=Decimal("66.67"), slug="the-last-one"
    )

    source = PackageSource.from_zip(export_zip(version))
    again = import_package(source, by=None, now=NOW)

    assert again.problems == []
    assert again.is_unchanged
    exam = source.toml("final-exam.toml")
    assert exam is not None
    assert (exam["attempts"], exam["pass_percent"], len(exam["questions"])) == (7, "66.67", 15)


# ------------------------------------------------------------------------------- any question


# What a picture shows is named in a package: test_picture_authoring.
@settings(deadline=None)
@given(questions().filter(lambda question: question[0] not in WRITTEN))
def test_any_question_is_read_as_it_was_written(question: tuple[str, Content]) -> None:
    kind, content = question
    answers = type_named(kind).package_answers(content)

    written = write_toml(
        {
            "stem": content["stem"],
            "explanation": content["explanation"],
            **{name: Rows(value) if _is_rows(value) else value for name, value in answers.items()},
        }
    )

    assert type_named(kind).clean(tomllib.loads(written)).content == content
