"""The quizzes of a version as the files that `reading` takes."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Prefetch

from courses.models import CourseVersion
from courses.package.exporting import ExportRefused
from courses.package.toml import Rows, Values, decimal_text, write_toml
from courses.parts import PackagePlaces
from quizzes.embedding import VersionPictures, has_pictures, is_as_now
from quizzes.models import QuestionRevision, Quiz, QuizPoolItem
from quizzes.package.pictures import with_names
from quizzes.package.reading import FINAL_EXAM, PRACTICE, slug_of
from quizzes.question_types import type_named

DEFAULT_POINTS = 1


def export_quizzes(version: CourseVersion, places: PackagePlaces) -> dict[str, str]:
    """Path → text; two queries, five more when a question shows pictures. Errors: ExportRefused."""
    pictures = VersionPictures(version)
    pool = QuizPoolItem.objects.select_related("revision__question")
    quizzes = list(
        version.quizzes.select_related("module").prefetch_related(Prefetch("pool", queryset=pool))
    )
    paths = [_path(quiz, places) for quiz in quizzes]
    for path, number in Counter(paths).items():
        if number > 1:
            raise ExportRefused(
                "A package has one quiz for each module and one for the whole course, but "
                f"{number} would be {path}."
            )
    return {
        path: write_toml(_quiz_table(quiz, places, pictures))
        for path, quiz in zip(paths, quizzes, strict=True)
    }


def _path(quiz: Quiz, places: PackagePlaces) -> str:
    is_practice = quiz.purpose == Quiz.Purpose.PRACTICE
    if quiz.module is None:
        return PRACTICE if is_practice else FINAL_EXAM
    return f"{places.modules[quiz.module.key]}/{PRACTICE if is_practice else 'quiz.toml'}"


def _quiz_table(quiz: Quiz, places: PackagePlaces, pictures: VersionPictures) -> Values:
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
        "questions": Rows(
            _question_table(item.revision, places, pictures) for item in quiz.pool.all()
        ),
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
