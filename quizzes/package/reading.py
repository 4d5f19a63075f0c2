"""quiz.toml, final-exam.toml and bank.toml: read, checked, every mistake with file and line."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from courses.package.schema import SLUG
from quizzes.cases import Case, case_in, with_case
from quizzes.domain.drafting import FINAL_EXAM as FINAL_EXAM_ADDRESS
from quizzes.domain.drafting import practice_address
from quizzes.embedding import NamedPictures, embedded
from quizzes.models import QuestionRevision, Quiz
from quizzes.package.lines import QuizLines
from quizzes.package.model import PackagedDraw, PackagedQuestion, PackagedQuiz, PackagedShare
from quizzes.package.values import read_decimal, read_key, read_tags, read_whole
from quizzes.question_types import UnknownQuestionType, type_named
from quizzes.question_types.base import Content, ContentProblem, QuestionType, TableReader
from quizzes.references import dangling, is_line
from quizzes.tags import fold_tags, problem_with

if TYPE_CHECKING:
    from courses.package.source import PackageSource

FINAL_EXAM: Final = "final-exam.toml"
PRACTICE: Final = "practice.toml"
BANK: Final = "bank.toml"
_QUESTION_KEYS: Final = (
    "key",
    "type",
    "objective",
    "points",
    "lesson",
    "tags",
    "difficulty",
    "case",
    "kept",
)
_PRACTICE_PERCENT: Final = Decimal(80)
_MOST_PERCENT: Final = Decimal(100)
_MOST_POINTS: Final = Decimal(1000)
_MOST_MINUTES: Final = 24 * 60
_MOST_QUESTIONS: Final = 500
_MOST_BANKED: Final = 5_000
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
    cases: Mapping[str, Case]
    """Those of the whole package, by id."""
    seen: dict[UUID, str]
    """Key of a question → the file where it stands."""
    kept: "Kept"

    def quiz_problem(self, key: str | int | None, sentence: str) -> None:
        self.source.problem(self.path, self.lines.of_quiz(key), sentence)

    def question_problem(self, index: int, where: tuple[str | int, ...], sentence: str) -> None:
        self.source.problem(
            self.path, self.lines.of_question(index, where), f"Question {index + 1}: {sentence}"
        )

    def row_problem(self, name: str, index: int, key: str | int | None, sentence: str) -> None:
        called = {"draws": "Draw", "cases": "Case"}[name]
        self.source.problem(
            self.path, self.lines.of_row(name, index, key), f"{called} {index + 1}: {sentence}"
        )


def read_share(
    source: "PackageSource",
    *,
    kept: Kept = _nothing_kept,
    purposes: Mapping[UUID, str] = MappingProxyType({}),
) -> PackagedShare:
    """Quizzes in the order of the course, the final exam last; and the questions of the bank.
    `kept` finds revisions whose pictures a question goes on to show although its chart was
    changed. `purposes`: by key, of the quizzes that learners have or had.

    Mistakes go to the source; a quiz with a mistake may be in the list in part, so nothing may
    be written while the source has problems.
    """
    cases: dict[str, Case] = {}
    seen: dict[UUID, str] = {}
    files = {}
    for path, folder, purpose in _places(source):
        table = source.toml(path)
        if table is not None:  # Else the source has noted where its syntax breaks.
            lines = QuizLines(source.read_text(path))
            file = _File(source, path, table, lines, cases, seen, kept)
            files[path] = (file, folder, purpose)
            read_cases(file, cases)
    share = PackagedShare([], [])
    for path, (file, folder, purpose) in files.items():
        if path == BANK:
            share.bank.extend(_read_bank(file))
        elif (quiz := _read_quiz(file, folder, purpose)) is not None:
            _check_among(file, quiz, share.quizzes)
            _check_purpose(file, quiz, purposes)
            share.quizzes.append(quiz)
    return share


def _places(source: "PackageSource") -> list[tuple[str, str, str]]:
    """Files of quizzes that are there, each with the folder of its module and its purpose."""
    graded, practice = Quiz.Purpose.GRADED, Quiz.Purpose.PRACTICE
    places: list[tuple[str, str, str]] = []
    for folder in sorted(source.modules):
        places.append((f"{folder}/{PRACTICE}", folder, practice))
        places.append((f"{folder}/quiz.toml", folder, graded))
    places += [(PRACTICE, "", practice), (FINAL_EXAM, "", graded), (BANK, "", graded)]
    known = set(source.paths())
    return [place for place in places if place[0] in known]


def _check_among(file: _File, quiz: PackagedQuiz, others: Sequence[PackagedQuiz]) -> None:
    if quiz.key in {other.key for other in others}:
        file.quiz_problem("key", "Another quiz has this key; every quiz has its own.")
    if quiz.slug in {other.slug for other in others}:
        file.quiz_problem(
            "slug", f"Two quizzes are named ‘{quiz.slug}’; give this one another “slug”."
        )


def _check_purpose(file: _File, quiz: PackagedQuiz, purposes: Mapping[UUID, str]) -> None:
    """Attempts count on by key, and those at practice were shown the answers."""
    before = purposes.get(quiz.key, quiz.purpose)
    if before != quiz.purpose:
        file.quiz_problem(
            "key",
            f"In a published version this key is that of a {before} quiz, and here it would be "
            f"a {quiz.purpose} quiz; give this one a key of its own.",
        )


def slug_of(folder: str, purpose: str) -> str:
    """The address of a quiz that names none: that of its module; "": of the whole course."""
    module = re.sub(r"^\d+-", "", folder)
    if purpose == Quiz.Purpose.PRACTICE:
        return practice_address(module)
    return module or FINAL_EXAM_ADDRESS


def _read_quiz(file: _File, folder: str, purpose: str) -> PackagedQuiz | None:
    problems: list[ContentProblem] = []
    reader = TableReader(file.table, problems)
    key = read_key(reader)
    slug = reader.text("slug", most=_LONGEST_SLUG)
    if slug and not SLUG.fullmatch(slug):
        reader.problem("slug", "“slug” is made of small letters, digits and hyphens.")
    title = reader.text("title", is_required=True, most=200)
    if "\n" in title:
        reader.problem("title", "“title” must be one line of text.")
    introduction = reader.text("introduction")
    pass_percent = read_decimal(
        reader,
        "pass_percent",
        # Practice is not passed, so it need not say when.
        default=_PRACTICE_PERCENT if purpose == Quiz.Purpose.PRACTICE else None,
        most=_MOST_PERCENT,
    )
    attempts = read_whole(reader, "attempts", most=1000)
    minutes = read_whole(reader, "time_limit_minutes", most=_MOST_MINUTES)
    drawn = read_whole(reader, "draw", most=1000)
    is_shuffled = reader.flag("shuffle", default=True)
    review = reader.word("review", of=Quiz.Review.values, default=Quiz.Review.AFTER_SUBMIT)
    extra_time = reader.word("extra_time", of=Quiz.ExtraTime.values, default=Quiz.ExtraTime.LEARNER)
    tables = _question_tables(reader, most=_MOST_QUESTIONS)
    rows = reader.tables("draws")
    if rows and purpose == Quiz.Purpose.PRACTICE:
        reader.problem("draws", "Practice asks its own questions, and draws none.")
    reader.tables("cases")  # Read before.
    reader.nothing_else()
    if not tables and not rows and not problems:
        reader.problem("questions", "A quiz needs at least one question.")
    if drawn is not None and tables and drawn > len(tables):
        reader.problem("draw", f"“draw” is {drawn}, but there are only {len(tables)} questions.")
    for problem in problems:
        file.quiz_problem(problem.where[0] if problem.where else None, problem.sentence)
    for sentence in _dangling(introduction, file.source):
        file.quiz_problem("introduction", sentence)
    questions = _read_questions(file, tables)
    draws = read_draws(file, rows)
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
        draws=draws,
    )


def _read_bank(file: _File) -> list[PackagedQuestion]:
    problems: list[ContentProblem] = []
    reader = TableReader(file.table, problems)
    tables = _question_tables(reader, most=_MOST_BANKED)
    reader.tables("cases")  # Read before.
    reader.nothing_else()
    for problem in problems:
        file.quiz_problem(problem.where[0] if problem.where else None, problem.sentence)
    return _read_questions(file, tables)


def _question_tables(reader: TableReader, *, most: int) -> list[TableReader]:
    tables = reader.tables("questions")
    if len(tables) > most:
        reader.problem("questions", f"Here may be at most {most:,} questions.")
    return tables[:most]


def _read_questions(file: _File, tables: Sequence[TableReader]) -> list[PackagedQuestion]:
    return [
        question
        for index, each in enumerate(tables)
        if (question := _read_question(file, index, each.table)) is not None
    ]


def _read_question(file: _File, index: int, table: Mapping[str, Any]) -> PackagedQuestion | None:
    seen = file.seen
    problems: list[ContentProblem] = []
    own = {name: value for name, value in table.items() if name in _QUESTION_KEYS}
    reader = TableReader(own, problems)
    key = read_key(reader)
    type_name = reader.text("type", is_required=True, most=30)
    points = read_decimal(reader, "points", default=Decimal(1), most=_MOST_POINTS)
    objective = reader.text("objective")
    lesson = reader.text("lesson")
    kept_sha256 = reader.text("kept", most=64)
    tags = read_tags(reader)
    difficulty = ""
    if "difficulty" in table:
        difficulty = reader.word("difficulty", of=QuestionRevision.Difficulty.values, default="")
    case = file.cases.get(reader.text("case"))
    if case is None and table.get("case"):
        reader.problem("case", f"The package has no case “{table['case']}”.")
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
    written = with_case(
        {name: value for name, value in table.items() if name not in _QUESTION_KEYS}, case
    )
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
            # What is wrong with a case is told once, where it stands.
            problems += [each for each in cleaned.problems if each.where[:1] != ("case",)]
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
        tags=tags,
        difficulty=difficulty,
    )


# ------------------------------------------------------------------------------- draws and cases


def read_draws(file: _File, rows: Sequence[TableReader]) -> list[PackagedDraw]:
    found: list[PackagedDraw] = []
    for index, row in enumerate(rows):
        problems: list[ContentProblem] = []
        reader = TableReader(row.table, problems)
        key = read_key(reader)
        count = read_whole(reader, "count", most=_MOST_QUESTIONS)
        if count is None and "count" not in row.table:
            reader.problem("count", "“count” is missing.")
        tags = fold_tags([reader.text("tag")])
        objective = reader.text("objective")
        if bool(tags) == bool(objective):
            reader.problem("tag", "A draw names either a tag or an objective.")
        elif tags and (sentence := problem_with(tags)):
            reader.problem("tag", sentence)
        elif objective and objective not in file.source.objectives:
            reader.problem("objective", f"course.toml has no objective “{objective}”.")
        if key is not None and key in {other.key for other in found}:
            reader.problem("key", "Another draw has this key; every draw has its own.")
        reader.nothing_else()
        for problem in problems:
            where = problem.where[0] if problem.where else None
            file.row_problem("draws", index, where, problem.sentence)
        if key is not None and count is not None and not problems:
            found.append(
                PackagedDraw(key, count, "".join(tags), file.source.objectives.get(objective))
            )
    return found


def read_cases(file: _File, cases: dict[str, Case]) -> None:
    """Add the cases of a file. One id means one case in the whole package; the same case may
    stand in two files."""
    for index, row in enumerate(TableReader(file.table, []).tables("cases")):
        problems: list[ContentProblem] = []
        case = case_in(TableReader(row.table, problems))
        if case.id and cases.setdefault(case.id, case) != case:
            problems.append(ContentProblem(("id",), f"Another case has the id “{case.id}”."))
        for problem in problems:
            where = problem.where[0] if problem.where else None
            file.row_problem("cases", index, where, problem.sentence)
        for sentence in _dangling(case.text, file.source):
            file.row_problem("cases", index, "text", sentence)


# ------------------------------------------------------------------------------- cross-references


def _unknown_names(
    kind: QuestionType, content: Content, source: "PackageSource"
) -> Iterator[ContentProblem]:
    figures = content.get("figures", {})
    # Cases are looked at by themselves.
    for where, text in kind.texts(with_case(content, None)):
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
