"""Writing the quizzes of a package into a draft version, and saying before what will change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max, Prefetch

from courses.models import Course, CourseVersion, Module
from courses.package.plan import newest_version
from courses.parts import Change
from quizzes.embedding import VersionPictures, embedded, has_pictures
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.package.model import PackagedQuestion, PackagedQuiz, short
from quizzes.question_types import type_named
from quizzes.wording import questions as counted

SETTING_NAMES: Final = {
    "slug": "address",
    "title": "title",
    "introduction": "introduction",
    "pass_percent": "pass mark",
    "attempts_allowed": "attempts",
    "time_limit_seconds": "time limit",
    "draw_count": "number of questions drawn",
    "is_shuffled": "shuffling",
    "review": "review",
    "purpose": "purpose",
    "extra_time": "who gives extra time",
}


def newest_revisions(course: Course) -> dict[UUID, QuestionRevision]:
    """Question key → its newest revision, for the whole bank of a course."""
    newest = (
        QuestionRevision.objects.filter(question__course=course)
        .values("question_id")
        .annotate(newest=Max("number"))
        .values_list("question_id", "newest")
    )
    numbers = dict(newest)
    return {
        revision.question.key: revision
        for revision in QuestionRevision.objects.filter(question__course=course).select_related(
            "question"
        )
        if numbers[revision.question_id] == revision.number
    }


def changes_of(quizzes: Sequence[PackagedQuiz], course: Course | None) -> list[Change]:
    """What an import will do to the quizzes, compared with the newest version of the course."""
    before: dict[UUID, Quiz] = {}
    bank: dict[UUID, QuestionRevision] = {}
    version = newest_version(course)
    if course is not None and version is not None:
        bank = newest_revisions(course)
        before = {
            quiz.key: quiz
            for quiz in version.quizzes.select_related("module").prefetch_related(
                Prefetch("pool", queryset=QuizPoolItem.objects.select_related("revision__question"))
            )
        }
    changes: list[Change] = []
    for place, quiz in enumerate(quizzes, start=1):
        label = f"{_called(quiz.title)} with {counted(len(quiz.questions))}"
        old = before.pop(quiz.key, None)
        if old is None:
            changes.append(Change("add", label))
            continue
        different = _different_settings(quiz, old, place)
        details = _question_changes(quiz, old, bank)
        if different:
            changes.append(Change("change", f"{label}: {', '.join(different)}"))
        else:
            changes.append(Change("change" if details else "keep", label))
        changes += details
    changes += [Change("remove", _called(quiz.title)) for quiz in before.values()]
    return changes


def _called(title: str) -> str:
    return f"the quiz “{title}”"


def _different_settings(quiz: PackagedQuiz, old: Quiz, place: int) -> list[str]:
    different = [
        SETTING_NAMES[field]
        for field, value in quiz.settings.items()
        if getattr(old, field) != value
    ]
    if old.position != place:
        different.append("place")
    if (old.module.key if old.module else None) != quiz.module_key:
        different.append("module")
    before = [entry.revision.question.key for entry in old.pool.all()]
    after = [question.key for question in quiz.questions]
    if before != after and set(before) == set(after):
        different.append("order of questions")
    return different


def _question_changes(
    quiz: PackagedQuiz, old: Quiz, bank: dict[UUID, QuestionRevision]
) -> list[Change]:
    pooled = {entry.revision.question.key: entry.revision for entry in old.pool.all()}
    changes = []
    for question in quiz.questions:
        revision = pooled.pop(question.key, None)
        if revision is None:
            changes.append(Change("add", f"the question “{question.short_stem}”"))
        elif not question.equals(revision):
            newest = bank[question.key]
            number = newest.number if question.equals(newest) else newest.number + 1
            changes.append(
                Change("change", f"the question “{question.short_stem}” (revision {number})")
            )
    changes += [
        Change("remove", f"the question “{short(str(revision.data['stem']))}”")
        for revision in pooled.values()
    ]
    return changes


def write_quizzes(
    version: CourseVersion, quizzes: Sequence[PackagedQuiz], *, now: datetime
) -> None:
    """Make the quizzes of a draft version be what the package says. Safe to run again.

    A question gets a new revision only when something in it changed; old revisions stay.
    """
    modules = {module.key: module for module in Module.objects.filter(version=version)}
    bank = newest_revisions(version.course)
    questions = {each.key: each for each in Question.objects.filter(course=version.course)}
    pictures = VersionPictures(version)
    # A draft has no attempts, so its quizzes can be made anew.
    QuizPoolItem.objects.filter(quiz__version=version).delete()
    Quiz.objects.filter(version=version).delete()
    for place, packaged in enumerate(quizzes, start=1):
        quiz = Quiz.objects.create(
            version=version,
            key=packaged.key,
            position=place,
            module=modules[packaged.module_key] if packaged.module_key else None,
            **packaged.settings,
        )
        pool = []
        for number, read in enumerate(packaged.questions, start=1):
            question = _with_pictures(read, pictures)
            row = questions.get(question.key)
            if row is None:
                row = Question.objects.create(course=version.course, key=question.key)
                questions[question.key] = row
            revision = bank.get(question.key)
            if revision is None or not question.equals(revision):
                revision = _new_revision(row, question, after=revision, now=now)
                bank[question.key] = revision
            pool.append(QuizPoolItem(quiz=quiz, revision=revision, position=number))
        QuizPoolItem.objects.bulk_create(pool)


def _with_pictures(question: PackagedQuestion, pictures: VersionPictures) -> PackagedQuestion:
    """New pictures have their sizes only now that they are kept."""
    if not has_pictures(question.content):
        return question
    kind = type_named(question.type)
    cleaned = embedded(kind, question.written, pictures, kept=question.kept)
    return replace(question, content=cleaned.content)


def _new_revision(
    row: Question, question: PackagedQuestion, *, after: QuestionRevision | None, now: datetime
) -> QuestionRevision:
    return QuestionRevision.objects.create(
        question=row,
        number=after.number + 1 if after else 1,
        type=question.type,
        content=question.content_text,
        sha256=question.sha256,
        points=question.points,
        objective_key=question.objective_key,
        lesson_key=question.lesson_key,
        created_at=now,
    )
