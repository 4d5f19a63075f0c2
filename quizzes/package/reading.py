"""quiz.toml and final-exam.toml: read, checked, every mistake with file and line."""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from courses.package.schema import SLUG
from quizzes.domain.drafting import FINAL_EXAM as FINAL_EXAM_ADDRESS
from quizzes.domain.drafting import practice_address
from quizzes.embedding import NamedPictures, embedded
from quizzes.models import Quiz
from quizzes.package.lines import QuizLines
from quizzes.package.model import PackagedQuestion, PackagedQuiz
from quizzes.question_types import UnknownQuestionType, type_named
from quizzes.question_types.base import Content, ContentProblem, QuestionType, TableReader
from quizzes.references import dangling, is_line

if TYPE_CHECKING:
    from courses.package.source import PackageSource

FINAL_EXAM: Final = "final-exam.toml"
PRACTICE: Final = "practice.toml"
_QUESTION_KEYS: Final = ("key", "type", "objective", "points", "lesson", "kept")
_PRACTICE_PERCENT: Final = Decimal(80)
_MOST_PERCENT: Final = Decimal(100)
_MOST_POINTS: Final = Decimal(1000)
_MOST_MINUTES: Final = 24 * 60
_MOST_QUESTIONS: Final = 500
_LONGEST_SLUG: Final = 80


Kept = Callable[[UUID, str], Content | None]
"""Question key and SHA-256 → the content of that revision, when there is one."""


def _nothing_kept(key: UUID, sha256: str) -> None:
    return None


@dataclass
class _File:
    """One quiz file with what is needed to name a mistake in it."""

    source: "PackageSource"
    path: str
    table: Mapping[str, Any]
    lines: QuizLines
    kept: "Kept"

    def quiz_problem(self, key: str | int | None, sentence: str) -> None:
        self.source.problem(self.path, self.lines.of_quiz(key), sentence)

    def question_problem(self, index: int, where: tuple[str | int, ...], sentence: str) -> None:
        self.source.problem(
            self.path, self.lines.of_question(index, where), f"Question {index + 1}: {sentence}"
        )


def read_quizzes(source: "PackageSource", *, kept: Kept = _nothing_kept) -> list[PackagedQuiz]:
    """Quizzes in the order of the course; the final exam comes last. `kept` finds revisions whose
    pictures a question goes on to show although its chart was changed.

    Mistakes go to the source; a quiz with a mistake may be in the list in part, so nothing may
    be written while the source has problems.
    """
    graded, practice = Quiz.Purpose.GRADED, Quiz.Purpose.PRACTICE
    places = [
        place
        for folder in sorted(source.modules)
        for place in (
            (f"{folder}/{PRACTICE}", folder, practice),
            (f"{folder}/quiz.toml", folder, graded),
        )
    ]
    known = set(source.paths())
    quizzes: list[PackagedQuiz] = []
    seen: dict[UUID, str] = {}
    for path, folder, purpose in [*places, (PRACTICE, "", practice), (FINAL_EXAM, "", graded)]:
        if path not in known:
            continue
        table = source.toml(path)
        if table is None:
            continue  # The source has noted where its syntax breaks.
        file = _File(source, path, table, QuizLines(source.read_text(path)), kept)
        quiz = _read_quiz(file, folder, purpose, seen)
        if quiz is None:
            continue
        if quiz.key in {other.key for other in quizzes}:
            file.quiz_problem("key", "Another quiz has this key; every quiz has its own.")
        if quiz.slug in {other.slug for other in quizzes}:
            file.quiz_problem(
                "slug", f"Two quizzes are named ‘{quiz.slug}’; give this one another “slug”."
            )
        quizzes.append(quiz)
    return quizzes


def slug_of(folder: str, purpose: str) -> str:
    """The address of a quiz that names none: that of its module; "": of the whole course."""
    module = re.sub(r"^\d+-", "", folder)
    if purpose == Quiz.Purpose.PRACTICE:
        return practice_address(module)
    return module or FINAL_EXAM_ADDRESS


def _read_quiz(
    file: _File, folder: str, purpose: str, seen: dict[UUID, str]
) -> PackagedQuiz | None:
    problems: list[ContentProblem] = []
    reader = TableReader(file.table, problems)
    key = _key(reader)
    slug = reader.text("slug", most=_LONGEST_SLUG)
    if slug and not SLUG.fullmatch(slug):
        reader.problem("slug", "“slug” is made of small letters, digits and hyphens.")
    title = reader.text("title", is_required=True, most=200)
    if "\n" in title:
        reader.problem("title", "“title” must be one line of text.")
    introduction = reader.text("introduction")
    pass_percent = _decimal(
        reader,
        "pass_percent",
        # Practice is not passed, so it need not say when.
        default=_PRACTICE_PERCENT if purpose == Quiz.Purpose.PRACTICE else None,
        most=_MOST_PERCENT,
    )
    attempts = _whole(reader, "attempts", most=1000)
    minutes = _whole(reader, "time_limit_minutes", most=_MOST_MINUTES)
    drawn = _whole(reader, "draw", most=1000)
    is_shuffled = reader.flag("shuffle", default=True)
    review = reader.word("review", of=Quiz.Review.values, default=Quiz.Review.AFTER_SUBMIT)
    extra_time = reader.word("extra_time", of=Quiz.ExtraTime.values, default=Quiz.ExtraTime.LEARNER)
    tables = reader.tables("questions")
    reader.nothing_else()
    if len(tables) > _MOST_QUESTIONS:
        reader.problem("questions", f"A quiz has at most {_MOST_QUESTIONS} questions.")
        tables = tables[:_MOST_QUESTIONS]
    if not tables and not problems:
        reader.problem("questions", "A quiz needs at least one question.")
    if drawn is not None and tables and drawn > len(tables):
        reader.problem("draw", f"“draw” is {drawn}, but there are only {len(tables)} questions.")
    for problem in problems:
        file.quiz_problem(problem.where[0] if problem.where else None, problem.sentence)
    for sentence in _dangling(introduction, file.source):
        file.quiz_problem("introduction", sentence)
    questions = [
        question
        for index, each in enumerate(tables)
        if (question := _read_question(file, index, each.table, seen)) is not None
    ]
    if key is None or pass_percent is None:
        return None
    return PackagedQuiz(
        key=key,
        slug=slug or slug_of(folder, purpose),
        module_key=file.source.modules[folder] if folder else None,
        title=title,
        introduction=introduction,
        pass_percent=pass_percent,
        attempts_allowed=attempts,
        time_limit_seconds=minutes * 60 if minutes else None,
        draw_count=drawn,
        is_shuffled=is_shuffled,
        review=review,
        purpose=purpose,
        extra_time=extra_time,
        questions=questions,
    )


def _read_question(
    file: _File, index: int, table: Mapping[str, Any], seen: dict[UUID, str]
) -> PackagedQuestion | None:
    problems: list[ContentProblem] = []
    own = {name: value for name, value in table.items() if name in _QUESTION_KEYS}
    reader = TableReader(own, problems)
    key = _key(reader)
    type_name = reader.text("type", is_required=True, most=30)
    points = _decimal(reader, "points", default=Decimal(1), most=_MOST_POINTS)
    objective = reader.text("objective")
    lesson = reader.text("lesson")
    kept_sha256 = reader.text("kept", most=64)
    if key is not None and key in seen:
        reader.problem("key", f"The key stands already in {seen[key]}; every question has its own.")
    elif key is not None:
        seen[key] = file.path
    if objective and objective not in file.source.objectives:
        reader.problem("objective", f"course.toml has no objective “{objective}”.")
    if lesson and lesson not in file.source.lessons:
        reader.problem(
            "lesson", f"The package has no lesson “{lesson}”; write it like 01-module/01-lesson."
        )
    content = None
    written = {name: value for name, value in table.items() if name not in _QUESTION_KEYS}
    kept = file.kept(key, kept_sha256) if key and kept_sha256 else None
    if type_name:
        pictures = NamedPictures(charts=file.source.charts, figures=file.source.figures)
        try:
            kind = type_named(type_name)
        except UnknownQuestionType as error:
            reader.problem("type", str(error))
        else:
            cleaned = embedded(kind, written, pictures, kept=kept)
            content = cleaned.content
            problems += cleaned.problems
            problems += _unknown_names(kind, content, file.source)
    for problem in problems:
        file.question_problem(index, problem.where, problem.sentence)
    if key is None or content is None or points is None:
        return None
    return PackagedQuestion(
        key=key,
        type=type_name,
        content=content,
        points=points,
        objective_key=file.source.objectives.get(objective),
        lesson_key=file.source.lessons.get(lesson),
        written=written,
        kept=kept,
    )


# ------------------------------------------------------------------------------- values


def _key(reader: TableReader) -> UUID | None:
    text = reader.text("key", is_required=True, most=40)
    try:
        return UUID(text)
    except ValueError:
        if text:
            reader.problem("key", "“key” must be a UUID.")
        return None


def _whole(reader: TableReader, name: str, *, most: int) -> int | None:
    reader.known.add(name)
    value = reader.table.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        reader.problem(name, f"“{name}” must be a whole number from 1 to {most}.")
        return None
    return value


def _decimal(
    reader: TableReader, name: str, *, default: Decimal | None, most: Decimal
) -> Decimal | None:
    """A number in quotation marks (or a whole one without), above 0, at most two decimals."""
    reader.known.add(name)
    value = reader.table.get(name, default)
    if value is None:
        reader.problem(name, f"“{name}” is missing.")
        return None
    try:
        # Turning a whole number of a million digits into a decimal one takes minutes.
        if isinstance(value, (bool, float)) or (isinstance(value, int) and value > most):
            raise InvalidOperation
        number = Decimal(value)
        is_fine = 0 < number <= most and number == number.quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError):
        is_fine = False
    if not is_fine:
        reader.problem(
            name,
            f"“{name}” must be a number above 0, at most {most}, with at most two decimals, "
            'in quotation marks: "80".',
        )
        return None
    return number.quantize(Decimal("0.01"))


# ------------------------------------------------------------------------------- cross-references


def _unknown_names(
    kind: QuestionType, content: Content, source: "PackageSource"
) -> Iterator[ContentProblem]:
    figures = content.get("figures", {})
    for where, text in kind.texts(content):
        for sentence in _dangling(text, source, figures=figures, is_line=is_line(where)):
            yield ContentProblem(where, sentence)


def _dangling(
    text: str,
    source: "PackageSource",
    *,
    figures: Container[str] | None = None,
    is_line: bool = False,
) -> Iterator[str]:
    return dangling(
        text,
        figures=figures,
        is_line=is_line,
        references=lambda: source.references,
        glossary=lambda: source.glossary,
        no_reference="references.toml has no reference “{}”.",
        no_term="glossary.toml has no term “{}”.",
    )
