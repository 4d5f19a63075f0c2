"""Questions out of a file: looked at first, then added, all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.core import signing
from django.db import transaction
from rapidfuzz import fuzz, process

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.errors import DomainError
from ce_platform.core.models import StoredFile
from ce_platform.core.text import canonical_json, clean, fold
from courses.domain.drafting import locked_draft
from courses.domain.picturing import add_ready_figures
from courses.models import CourseVersion
from quizzes.domain.authoring_questions import MOST_QUESTIONS
from quizzes.domain.checking import TextChecker, check_content
from quizzes.domain.drafting import finish, pool_of, renumber, settle
from quizzes.domain.errors import Elsewhere, TooManyQuestions
from quizzes.domain.importing_pictures import (
    NONE,
    Brought,
    PicturesAtHand,
    alternatives_that_tell,
    brought_of,
    said_of,
)
from quizzes.embedding import has_pictures, picture_names
from quizzes.interchange.found import Found, Note, Reading
from quizzes.models import Question, QuestionRevision, Quiz, QuizPoolItem
from quizzes.package.model import content_sha256, short, without_marks
from quizzes.package.writing import newest_revisions
from quizzes.question_types import type_named
from quizzes.tags import LONGEST_TAG, MOST_TAGS, fold_tags

_SALT: Final = "quizzes.importing"
_PICTURE_SALT: Final = "quizzes.importing.picture"
# What the page of a preview hands back; a form takes 5 MB.
_MOST_KEPT: Final = 3_000_000
# Seconds. Whoever leaves a preview open overnight may go on.
_KEPT_FOR: Final = 2 * 24 * 60 * 60
# Percent: one sentence in slightly other words is some 83 percent the same.
_ALIKE: Final = 80
# Comparing takes the square of the length.
_MOST_LETTERS: Final = 1_200


class PreviewGone(DomainError):
    """What a preview handed back cannot be made out, is of another course, or is too old."""

    def __init__(self) -> None:
        super().__init__("This preview cannot be used any more. Choose the file once more.")


class PreviewTooLarge(DomainError):
    """More text than a page can hand back."""

    def __init__(self) -> None:
        super().__init__(
            "These questions are too long to be looked at together. Bring them in parts."
        )


class NoLongerFits(DomainError):
    """What a question names was taken out of the course since the preview was made."""

    def __init__(self, left: Sequence[Note]) -> None:
        first = left[0]
        name = f"“{first.title}”: " if first.title else ""
        super().__init__(
            f"The course was changed since you looked at the file. {name}{first.sentence} "
            "Nothing was added; below is what can be added now."
        )


@dataclass(frozen=True)
class Looked:
    """One question of a file beside what the quiz, or the bank, has already."""

    question: Found
    is_known: bool
    """There already, word for word, or standing twice in the file."""
    alike: str
    """The beginning of the one that says nearly the same; empty when there is none."""
    notes: Sequence[str]
    """What was changed in it, and what of it does not come along."""
    read: Found
    """As the file says it, its pictures not yet figures of the course."""


@dataclass(frozen=True)
class Sight:
    reading: Reading
    questions: Sequence[Looked]
    pictures: PicturesAtHand

    @property
    def fresh(self) -> list[Looked]:
        return [each for each in self.questions if not each.is_known]


def look_at(
    version: CourseVersion, quiz: Quiz | None, reading: Reading, brought: Brought = NONE
) -> Sight:
    """What a file would bring to a quiz, or without one to the bank; nothing is written.

    `brought`: its pictures, made ready. The same number of queries for every number of questions.
    """
    checker, pictures = TextChecker(version), PicturesAtHand(version, brought)
    there = _revisions(version, quiz)
    seen = {_same(revision.type, revision.data, revision.sha256) for revision in there}
    wholes = [_whole(revision.type, revision.data) for revision in there]
    stems = [str(revision.data["stem"]) for revision in there]
    looked: list[Looked] = []
    left = list(reading.left)
    by_place: dict[tuple[int, str], list[str]] = {}
    for note in (*reading.changes, *reading.left):
        by_place.setdefault((note.line, note.title), []).append(note.sentence)
    for read in reading.questions:
        found, changes, losses = pictures.placed(read)
        notes = [*changes, *losses]
        if not found.content:
            left += [Note(read.line, read.title, sentence) for sentence in losses]
            continue
        cleaned = check_content(
            version, found.type, found.content, checker=checker, pictures=pictures
        )
        if cleaned.problems:
            left += [
                Note(found.line, found.title, sentence)
                for sentence in (*(each.sentence for each in cleaned.problems), *losses)
            ]
            continue
        same = _same(found.type, cleaned.content)
        is_known = same in seen
        seen.add(same)
        nearest = None
        if not is_known:
            nearest = process.extractOne(
                _whole(found.type, cleaned.content),
                wholes,
                scorer=fuzz.ratio,
                processor=None,
                score_cutoff=_ALIKE,
            )
        looked.append(
            Looked(
                replace(found, content=cleaned.content),
                is_known,
                short(without_marks(stems[nearest[2]])) if nearest else "",
                [
                    *by_place.get((found.line, found.title), []),
                    *notes,
                    *alternatives_that_tell(found.type, cleaned.content),
                ],
                read,
            )
        )
    kept = replace(reading, questions=[each.question for each in looked], left=sorted(left))
    return Sight(kept, looked, pictures)


@transaction.atomic
def add_found(
    version: CourseVersion,
    quiz: Quiz | None,
    questions: Sequence[Found],
    brought: Brought = NONE,
    *,
    by: User | None,
    now: datetime,
) -> int:
    """Add the questions to a quiz, or without one to the bank only; how many were new. What they
    show becomes figures of the course in the same step.

    What is there word for word is not added again, so twice is once. Rows are written in batches,
    so the number of queries hardly grows with the number of questions.
    Errors: NotADraft, Elsewhere, TooManyQuestions, UnknownQuestionType, FigureRefused,
    NoLongerFits.
    """
    # Locked before anything is read, so that two sendings do not both find their questions new.
    version = locked_draft(version)
    if quiz is not None:
        quiz = Quiz.objects.filter(pk=quiz.pk, version=version).first()
        if quiz is None:
            raise Elsewhere("This quiz was removed meanwhile.")
        quiz.version = version
    sight = look_at(version, quiz, _as_reading(questions), brought)
    if sight.reading.left:
        raise NoLongerFits(sight.reading.left)
    fresh = [each.question for each in sight.fresh]
    if not fresh:
        return 0
    pool = pool_of(quiz) if quiz is not None else []
    if len(pool) + len(fresh) > MOST_QUESTIONS:
        raise TooManyQuestions(
            f"A quiz has at most {MOST_QUESTIONS} questions; with these it would have "
            f"{len(pool) + len(fresh)}."
        )
    shown = {name for each in fresh for name in picture_names(each.content)}
    figures = {
        slug: picture for slug, picture in sight.pictures.new.items() if f"figure:{slug}" in shown
    }
    add_ready_figures(version, figures, by=by, now=now)
    rows = Question.objects.bulk_create([Question(course=version.course) for _ in fresh])
    revisions = QuestionRevision.objects.bulk_create(
        [_revision(row, found, by=by, now=now) for row, found in zip(rows, fresh, strict=True)]
    )
    if quiz is None:
        audit.record(
            "questions.imported",
            subject_type="version",
            subject_id=version.pk,
            by=by,
            now=now,
            course=version.course.slug,
            label=version.label,
            count=len(fresh),
        )
        settle(version)
        return len(fresh)
    renumber(pool)
    QuizPoolItem.objects.bulk_create(
        [
            QuizPoolItem(quiz=quiz, revision=revision, position=position)
            for position, revision in enumerate(revisions, start=len(pool) + 1)
        ]
    )
    finish(version, "questions.imported", subject=quiz, by=by, now=now, count=len(fresh))
    return len(fresh)


# ------------------------------------------------------------------------------- the preview


def kept_text(
    version: CourseVersion, quiz: Quiz | None, sight: Sight, brought: Brought = NONE
) -> str:
    """What the page of a preview holds until somebody adds: signed, so that nobody changes it, and
    in the page itself, so that two tabs do not mix. Of pictures it holds the names of their files.
    What was said about the file comes along, so that the preview can be shown once more.
    Errors: PreviewTooLarge."""
    reading = sight.reading
    kept = signing.dumps(
        {
            "place": _place(version, quiz),
            "questions": [
                [
                    *(each.type, each.content, str(each.points), each.line, each.title, each.tags),
                    *(each.origin, each.lacks_picture),
                ]
                for each in (looked.read for looked in sight.fresh)
            ],
            "pictures": brought.as_json(),
            "refused": dict(brought.refused),
            "format": reading.format,
            "unit": reading.unit,
            "changes": [astuple(note) for note in reading.changes],
            "left": [astuple(note) for note in reading.left],
        },
        salt=_SALT,
        compress=True,
    )
    if len(kept) > _MOST_KEPT:
        raise PreviewTooLarge
    return kept


def kept_reading(version: CourseVersion, quiz: Quiz | None, kept: str) -> tuple[Reading, Brought]:
    """Errors: PreviewGone."""
    try:
        told: Mapping[str, Any] = signing.loads(kept, salt=_SALT, max_age=_KEPT_FOR)
    except signing.BadSignature:
        raise PreviewGone from None
    if told["place"] != _place(version, quiz):
        raise PreviewGone
    try:
        questions = [
            Found(
                name,
                content,
                line,
                title=title,
                points=Decimal(points),
                tags=tuple(tags),
                origin=origin,
                lacks_picture=lacks_picture,
            )
            for name, content, points, line, title, tags, origin, lacks_picture in told["questions"]
        ]
        reading = Reading(
            told["format"],
            questions,
            [Note(*each) for each in told["changes"]],
            [Note(*each) for each in told["left"]],
            told["unit"],
        )
        return reading, replace(brought_of(told["pictures"]), refused=told["refused"])
    except (KeyError, TypeError, ValueError):
        # The page was made before the last upgrade.
        raise PreviewGone from None


def seen_picture(version: CourseVersion, sha256: str, extension: str) -> str:
    """The end of an address that shows a picture to the authors of one course, while a preview
    lasts: the hash alone, which others may know, opens nothing."""
    return signing.dumps([version.pk, sha256, extension], salt=_PICTURE_SALT)


def picture_seen(version: CourseVersion, seen: str) -> StoredFile | None:
    """`seen_picture` backwards; None when it is not of this course, or too old."""
    try:
        pk, sha256, extension = signing.loads(seen, salt=_PICTURE_SALT, max_age=_KEPT_FOR)
    except signing.BadSignature:
        return None
    if pk != version.pk:
        return None
    return StoredFile.objects.filter(
        area=StoredFile.Area.COURSE_MEDIA, sha256=sha256, content_type=f"image/{extension}"
    ).first()


def _place(version: CourseVersion, quiz: Quiz | None) -> list[object]:
    return [version.pk, str(quiz.key) if quiz is not None else ""]


# ------------------------------------------------------------------------------- helpers


def _revisions(version: CourseVersion, quiz: Quiz | None) -> list[QuestionRevision]:
    if quiz is not None:
        return [item.revision for item in pool_of(quiz)]
    return list(newest_revisions(version.course).values())


def _whole(type_name: str, content: Mapping[str, Any]) -> str:
    return fold(type_named(type_name).search_text(dict(content)))[:_MOST_LETTERS]


def _same(type_name: str, content: Mapping[str, Any], sha256: str = "") -> str:
    """What two questions that say and show the same have in common."""
    if sha256 and not has_pictures(dict(content)):
        return sha256
    return content_sha256(type_name, canonical_json(said_of(dict(content))))


def _as_reading(questions: Sequence[Found]) -> Reading:
    return Reading("", list(questions), [], [])


def _revision(row: Question, found: Found, *, by: User | None, now: datetime) -> QuestionRevision:
    text = canonical_json(found.content)
    return QuestionRevision(
        question=row,
        number=1,
        type=found.type,
        content=text,
        sha256=content_sha256(found.type, text),
        points=found.points,
        tags=canonical_json(folded_tags(found.tags)),
        created_at=now,
        created_by_id=by.pk if by is not None else None,
    )


def folded_tags(tags: Sequence[str]) -> list[str]:
    """In the one spelling that the bank keeps; a question has at most ten, of forty letters."""
    short_ones = [fold(clean(tag)).replace(",", " ")[:LONGEST_TAG].strip() for tag in tags]
    return fold_tags(short_ones)[:MOST_TAGS]
