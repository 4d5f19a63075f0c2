from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from courses.models import CourseVersion
from courses.package.source import PackageSource
from courses.parts import Change
from quizzes.models import Question, QuestionRevision
from quizzes.package.lines import QuizLines
from quizzes.package.reading import read_share
from quizzes.package.writing import changes_of, write_quizzes
from tests.factories.courses import ModuleFactory, VersionFactory

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
MODULE = UUID(int=1)
LESSON = UUID(int=2)
OBJECTIVE = UUID(int=3)
QUIZ = f"""\
key = "{UUID(int=10)}"
title = "Quiz: points"
pass_percent = "80"
attempts = 3
time_limit_minutes = 30
draw = 2

[[questions]]
key = "{UUID(int=11)}"
type = "single-choice"
objective = "O1"
points = "2"
lesson = "01-points/01-map"
stem = \"\"\"
Where?
[[questions]] is no header here.
\"\"\"
explanation = "Because [@who2008]."

[[questions.choices]]
id = "a"
text = "Here"
correct = true

[[questions.choices]]
id = "b"
text = "There, in the [fascia](glossary:fascia)"

[[questions]]
key = "{UUID(int=12)}"
type = "true-false"
stem = "So?"
explanation = "No."
answer = false
"""
Package = Callable[..., PackageSource]
pytestmark = pytest.mark.django_db


@pytest.fixture
def package(tmp_path: Path) -> Package:
    def make(text: str = QUIZ, name: str = "01-points/quiz.toml") -> PackageSource:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        source = PackageSource.open(tmp_path)
        source.modules = {"01-points": MODULE}
        source.lessons = {"01-points/01-map": LESSON}
        source.objectives = {"O1": OBJECTIVE}
        source.references = {"who2008"}
        source.glossary = {"fascia"}
        return source

    return make


def test_a_quiz_is_read_whole(package: Package) -> None:
    source = package()

    (quiz,) = read_share(source).quizzes

    assert source.problems == []
    assert quiz.settings == {
        "slug": "points",
        "title": "Quiz: points",
        "introduction": "",
        "pass_percent": Decimal("80.00"),
        "attempts_allowed": 3,
        "time_limit_seconds": 1800,
        "draw_count": 2,
        "is_shuffled": True,
        "review": "after-submit",
        "purpose": "graded",
        "extra_time": "learner",
    }
    first, second = quiz.questions
    assert (quiz.module_key, first.objective_key, first.lesson_key) == (MODULE, OBJECTIVE, LESSON)
    assert (first.points, second.points) == (Decimal("2.00"), Decimal("1.00"))
    assert second.content == {
        "stem": "So?",
        "explanation": "No.",
        "answer": False,
        "feedback_true": "",
        "feedback_false": "",
    }


def test_the_final_exam_belongs_to_the_whole_course(package: Package) -> None:
    package()
    source = package(
        QUIZ.replace(str(UUID(int=10)), str(UUID(int=20)))
        .replace(str(UUID(int=11)), str(UUID(int=21)))
        .replace(str(UUID(int=12)), str(UUID(int=22))),
        "final-exam.toml",
    )

    quizzes = read_share(source).quizzes

    assert source.problems == []
    assert [(quiz.slug, quiz.module_key) for quiz in quizzes] == [
        ("points", MODULE),
        ("final-exam", None),
    ]


def test_two_quizzes_with_one_address_are_a_mistake(package: Package) -> None:
    package(QUIZ)
    exam = QUIZ.replace("-00000000000", "-10000000000").replace("draw =", 'slug = "points"\ndraw =')
    source = package(exam, "final-exam.toml")

    read_share(source)

    assert [str(problem) for problem in source.problems] == [
        "final-exam.toml:6: Two quizzes are named ‘points’; give this one another “slug”."
    ]


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ('pass_percent = "80"', 'pass_percent = "101"', 3, "at most 100"),
        ('pass_percent = "80"', "pass_percent = 80.5", 3, "in quotation marks"),
        ('pass_percent = "80"', 'pass_percent = "nan"', 3, "number above 0"),
        ('pass_percent = "80"\n', "", 1, "“pass_percent” is missing"),
        ("attempts = 3", "attempts = 0", 4, "whole number from 1"),
        ("attempts = 3", "attempts = true", 4, "whole number from 1"),
        ("draw = 2", "draw = 9", 6, "only 2 questions"),
        ("draw = 2", "drawn = 2", 6, "means nothing here"),
        ('key = "00000000-0000-0000-0000-00000000000a"', 'key = "x"', 1, "must be a UUID"),
        ('type = "single-choice"', 'type = "essay"', 10, "no question type 'essay'"),
        ('objective = "O1"', 'objective = "O9"', 11, "no objective “O9”"),
        ('points = "2"', 'points = "0"', 12, "number above 0"),
        ("01-points/01-map", "01-points/07-none", 13, "no lesson “01-points/07-none”"),
        ("[@who2008]", "[@nobody]", 18, "no reference “nobody”"),
        ('text = "Here"', 'text = ""', 22, "“text” is missing"),
        ('id = "b"', 'id = "a"', 26, "Two choices have the id “a”"),
        ("glossary:fascia", "glossary:bone", 27, "no term “bone”"),
        ("correct = true\n", "", 8, "here none is"),
        (
            '"00000000-0000-0000-0000-00000000000c"',
            '"00000000-0000-0000-0000-00000000000b"',
            30,
            "stands already in 01-points/quiz.toml",
        ),
        ("answer = false", "answer = 0", 34, "must be true or false"),
        ("answer = false", "anwser = false", 34, "“anwser” means nothing here"),
        ("answer = false", "answer = false\nfeedback_true = 3", 35, "must be text"),
        ("So?", "![](figure:map)", 32, "no figure “map”"),
        ("draw = 2", 'draw = 2\nslug = "Not one"', 7, "made of small letters"),
        ("draw = 2", f'draw = 2\nslug = "{"a" * 81}"', 7, "longer than 80"),
        ("draw = 2", "draw = ", 6, "not valid TOML"),
    ],
)
def test_every_mistake_has_file_and_line(
    package: Package, before: str, after: str, line: int, words: str
) -> None:
    assert before in QUIZ
    source = package(QUIZ.replace(before, after))

    read_share(source)

    found = [problem for problem in source.problems if words in problem.sentence]
    assert [(problem.path, problem.line) for problem in found] == [("01-points/quiz.toml", line)]


def test_a_quiz_without_questions_is_a_mistake(package: Package) -> None:
    source = package(QUIZ.split("[[questions]]")[0].replace("draw = 2\n", ""))

    read_share(source)

    assert [problem.sentence for problem in source.problems] == [
        "A quiz needs at least one question."
    ]


@pytest.mark.parametrize(
    "text", ["questions = 3", "questions = [1]", "title = []", "[[questions]]", "[questions]\na=1"]
)
def test_odd_shapes_are_mistakes_and_never_crash(package: Package, text: str) -> None:
    source = package(text)

    read_share(source)

    assert source.problems


def test_lines_of_inline_tables_fall_back_to_the_question() -> None:
    lines = QuizLines('title = "x"\nquestions = [ { stem = "y", choices = [ {} ] } ]\n')

    assert lines.of_question(0, ("choices", 0, "text")) == 2


# ------------------------------------------------------------------------------- writing


@pytest.fixture
def draft() -> CourseVersion:
    version: CourseVersion = VersionFactory(status="draft")
    ModuleFactory(version=version, key=MODULE)
    return version


def test_writing_makes_quiz_pool_and_first_revisions(
    package: Package, draft: CourseVersion
) -> None:
    write_quizzes(draft, read_share(package()).quizzes, now=NOW)

    quiz = draft.quizzes.get()
    assert (quiz.title, quiz.position, quiz.module.key) == ("Quiz: points", 1, MODULE)
    assert list(quiz.pool.values_list("position", "revision__number", "revision__type")) == [
        (1, 1, "single-choice"),
        (2, 1, "true-false"),
    ]


def test_writing_again_makes_no_new_revision(package: Package, draft: CourseVersion) -> None:
    for _ in range(2):
        write_quizzes(draft, read_share(package()).quizzes, now=NOW)

    assert QuestionRevision.objects.count() == Question.objects.count() == 2
    assert draft.quizzes.count() == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Where?", "Where exactly?"),
        ('points = "2"', 'points = "3"'),
        ('objective = "O1"\n', ""),
        ('lesson = "01-points/01-map"\n', ""),
    ],
)
def test_a_changed_question_gets_a_new_revision_and_the_old_one_stays(
    package: Package, draft: CourseVersion, before: str, after: str
) -> None:
    write_quizzes(draft, read_share(package()).quizzes, now=NOW)
    changed = QUIZ.replace(before, after)

    quizzes = read_share(package(changed)).quizzes
    told = changes_of(quizzes, draft.course)
    write_quizzes(draft, quizzes, now=NOW)

    assert list(
        QuestionRevision.objects.filter(question__key=UUID(int=11))
        .order_by("number")
        .values_list("number", flat=True)
    ) == [1, 2]
    assert QuestionRevision.objects.filter(question__key=UUID(int=12)).count() == 1
    assert [change.action for change in told] == ["change", "change"]
    assert "(revision 2)" in told[1].what


def test_changes_are_told_before_they_are_made(package: Package, draft: CourseVersion) -> None:
    quizzes = read_share(package()).quizzes
    assert changes_of(quizzes, None) == [Change("add", "the quiz “Quiz: points” with 2 questions")]

    write_quizzes(draft, quizzes, now=NOW)
    assert changes_of(quizzes, draft.course) == [
        Change("keep", "the quiz “Quiz: points” with 2 questions")
    ]

    third = QUIZ[QUIZ.rindex("[[questions]]") :].replace(str(UUID(int=12)), str(uuid4()))
    text = QUIZ[: QUIZ.rindex("[[questions]]")] + third.replace("So?", "Really?")
    text = text.replace('"80"', '"75"')
    assert changes_of(read_share(package(text)).quizzes, draft.course) == [
        Change("change", "the quiz “Quiz: points” with 2 questions: pass mark"),
        Change("add", "the question “Really?”"),
        Change("remove", "the question “So?”"),
    ]
    assert changes_of([], draft.course) == [Change("remove", "the quiz “Quiz: points”")]


def test_another_order_of_questions_is_a_change(package: Package, draft: CourseVersion) -> None:
    write_quizzes(draft, read_share(package()).quizzes, now=NOW)
    head, second = QUIZ[: QUIZ.rindex("[[questions]]")], QUIZ[QUIZ.rindex("[[questions]]") :]
    place = head.index("[[questions]]")
    quizzes = read_share(package(head[:place] + second + head[place:])).quizzes

    assert changes_of(quizzes, draft.course) == [
        Change("change", "the quiz “Quiz: points” with 2 questions: order of questions")
    ]
