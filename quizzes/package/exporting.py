"""The quizzes of a version as the files that `reading` takes."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import Prefetch

from courses.models import CourseVersion
from courses.package.exporting import ExportRefused
from courses.package.toml import Rows, Values, decimal_text, write_toml
from courses.parts import PackagePlaces
from quizzes.cases import Case, case_of
from quizzes.embedding import VersionPictures, has_pictures, is_as_now
from quizzes.models import QuestionRevision, Quiz, QuizDraw, QuizPoolItem
from quizzes.package.pictures import with_names
from quizzes.package.reading import BANK, FINAL_EXAM, PRACTICE, slug_of
from quizzes.question_types import type_named

DEFAULT_POINTS = 1


def export_quizzes(version: CourseVersion, places: PackagePlaces) -> dict[str, str]:
    """Path → text; three queries, five more when a question shows pictures.
    Errors: ExportRefused."""
    pictures = VersionPictures(version)
    pool = QuizPoolItem.objects.select_related("revision__question")
    quizzes = list(
        version.quizzes.select_related("module").prefetch_related(
            Prefetch("pool", queryset=pool), "draws"
        )
    )
    paths = [_path(quiz, places) for quiz in quizzes]
    for path, number in Counter(paths).items():
        if number > 1:
            raise ExportRefused(
                "A package has one quiz for each module and one for the whole course, but "
                f"{number} would be {path}."
            )
    cases = _Cases()
    files = {
        path: write_toml(_quiz_table(quiz, places, cases, pictures))
        for path, quiz in zip(paths, quizzes, strict=True)
    }
    if banked := _banked(quizzes):
        files[BANK] = write_toml(_questions_of(banked, places, cases, pictures))
    return files


def _banked(quizzes: Sequence[Quiz]) -> list[QuestionRevision]:
    """What is drawn and asked by no quiz by itself, each once, in the order of the bank."""
    fixed = {item.revision.question_id for quiz in quizzes for item in _fixed(quiz)}
    found = {
        item.revision.question_id: item.revision
        for quiz in quizzes
        for item in quiz.pool.all()
        if item.revision.question_id not in fixed
    }
    return [found[question_id] for question_id in sorted(found)]


def _fixed(quiz: Quiz) -> list[QuizPoolItem]:
    return [item for item in quiz.pool.all() if item.draw_id is None]


class _Cases:
    """Every case is written once: in the file that needs it first."""

    def __init__(self) -> None:
        self._written: dict[str, Case] = {}

    def new_among(self, revisions: Iterable[QuestionRevision]) -> Rows:
        """Tables of the cases that no file has yet. Errors: ExportRefused."""
        rows = Rows()
        for revision in revisions:
            case = case_of(revision.data)
            if case is None:
                continue
            if case.id not in self._written:
                rows.append(case.table)
            if self._written.setdefault(case.id, case) != case:
                raise ExportRefused(
                    f"The case “{case.title}” is worded in two ways; a package has one for both."
                )
        return rows


def _path(quiz: Quiz, places: PackagePlaces) -> str:
    is_practice = quiz.purpose == Quiz.Purpose.PRACTICE
    if quiz.module is None:
        return PRACTICE if is_practice else FINAL_EXAM
    return f"{places.modules[quiz.module.key]}/{PRACTICE if is_practice else 'quiz.toml'}"


def _quiz_table(
    quiz: Quiz, places: PackagePlaces, cases: _Cases, pictures: VersionPictures
) -> Values:
    folder = "" if quiz.module is None else places.modules[quiz.module.key]
    return {
        "key": str(quiz.key),
        "slug": None if quiz.slug == slug_of(folder, quiz.purpose) else quiz.slug,
        "title": quiz.title,
        "introduction": quiz.introduction,
        "pass_percent": decimal_text(quiz.pass_percent),
        "attempts": quiz.attempts_allowed,
        "time_limit_minutes": _minutes(quiz),
        "draw": quiz.draw_count,
        "shuffle": None if quiz.is_shuffled else False,
        "review": None if quiz.review == Quiz.Review.AFTER_SUBMIT else quiz.review,
        "extra_time": None if quiz.extra_time == Quiz.ExtraTime.LEARNER else quiz.extra_time,
        "draws": Rows(_draw_table(draw, places) for draw in quiz.draws.all()),
        **_questions_of([item.revision for item in _fixed(quiz)], places, cases, pictures),
    }


def _draw_table(draw: QuizDraw, places: PackagePlaces) -> Values:
    objective = _name(draw.objective_key, places.objectives)
    if not draw.tag and objective is None:
        raise ExportRefused(f"“{draw.quiz.title}” draws from an objective that is gone.")
    return {
        "key": str(draw.key),
        "count": draw.count,
        "tag": draw.tag,
        "objective": objective,
    }


def _questions_of(
    revisions: Sequence[QuestionRevision],
    places: PackagePlaces,
    cases: _Cases,
    pictures: VersionPictures,
) -> Values:
    return {
        "cases": cases.new_among(revisions),
        "questions": Rows(_question_table(revision, places, pictures) for revision in revisions),
    }


def _minutes(quiz: Quiz) -> int | None:
    if quiz.time_limit_seconds is None:
        return None
    minutes, seconds = divmod(quiz.time_limit_seconds, 60)
    if seconds:
        raise ExportRefused(f"The time limit of “{quiz.title}” is not in whole minutes.")
    return minutes


def _question_table(
    revision: QuestionRevision, places: PackagePlaces, pictures: VersionPictures
) -> Values:
    """A lesson or an objective that the version no longer has is left out: it says nothing."""
    content = revision.data
    kind = type_named(revision.type)
    answers = kind.package_answers(content)
    kept = None
    if has_pictures(content):
        answers = with_names(content, answers, pictures)
        # Its pictures were changed since. Here it goes on to show what it showed; where nobody
        # has this revision it will show what the package brings.
        kept = None if is_as_now(kind, content, pictures) else revision.sha256
    tables = {name: Rows(value) for name, value in answers.items() if _is_rows(value)}
    return {
        "key": str(revision.question.key),
        "type": revision.type,
        "objective": _name(revision.objective_key, places.objectives),
        "points": None if revision.points == DEFAULT_POINTS else decimal_text(revision.points),
        "tags": revision.tag_list,
        "difficulty": revision.difficulty,
        "case": case.id if (case := case_of(content)) else None,
        "stem": content["stem"],
        "explanation": content["explanation"],
        "lesson": _name(revision.lesson_key, places.lessons),
        "kept": kept,
        # In TOML a table ends where the next begins, so plain values come first.
        **{name: value for name, value in answers.items() if name not in tables},
        **tables,
    }


def _name(key: UUID | None, names: Mapping[UUID, str]) -> str | None:
    return None if key is None else names.get(key)


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)
