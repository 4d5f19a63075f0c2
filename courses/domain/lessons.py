"""Saving the text of a lesson: nothing overwritten unseen, nothing lost, everything in history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean
from courses.domain.drafting import changed, locked_draft
from courses.domain.errors import LessonMoved, OutlineRefused
from courses.domain.setting_aside import set_aside, settle_same
from courses.hours import count_words
from courses.markdown.grammar import LONGEST_TEXT
from courses.models import CourseVersion, Lesson, LessonRevision
from courses.reading import Library, has_recordings, store_body

# Saves of one person within this time are one line of the history.
ONE_GO: Final = timedelta(minutes=10)
LONGEST_TITLE: Final = 200


@dataclass(frozen=True)
class SavedLesson:
    lesson: Lesson
    revision: LessonRevision
    is_changed: bool


def text_of(body: str) -> str:
    """A body as it is kept: one spelling of line ends, a newline at the end, no odd characters."""
    text = clean(body)
    return f"{text}\n" if text else ""


def check_length(title: str, body: str) -> None:
    """Whatever writes a lesson writes one that can be saved again. Errors: OutlineRefused."""
    if len(body) > LONGEST_TEXT:
        raise OutlineRefused(
            f"“{title}” would have {len(body):,} characters; a lesson has at most "
            f"{LONGEST_TEXT:,}. Nothing was changed. Make two lessons of it."
        )


def newest_revision(lesson: Lesson) -> LessonRevision | None:
    return LessonRevision.objects.filter(version=lesson.version_id, lesson_key=lesson.key).first()


@transaction.atomic
def keep_revision(
    lesson: Lesson,
    *,
    by: User | None,
    now: datetime,
    kind: str = LessonRevision.Kind.TYPED,
    note: str = "",
) -> LessonRevision:
    """The newest revision says what the lesson says: made when it does not. In a transaction that
    holds the draft's lock.
    """
    newest = newest_revision(lesson)
    if newest is not None and (newest.title, newest.body) == (lesson.title, lesson.body):
        return newest
    return LessonRevision.objects.create(
        version_id=lesson.version_id,
        lesson_key=lesson.key,
        number=newest.number + 1 if newest else 1,
        kind=kind,
        title=lesson.title,
        body=lesson.body,
        counted_words=lesson.counted_words,
        began_at=now,
        saved_at=now,
        saved_by_id=by.pk if by else None,
        saved_by_label=_label(by),
        note=note,
    )


def newest_number(lesson: Lesson) -> int:
    """The number to save against. 0: it has no history yet, or an import wrote over it since; then
    the save puts what is there now into the history before it writes.
    """
    newest = newest_revision(lesson)
    if newest is None or (newest.title, newest.body) != (lesson.title, lesson.body):
        return 0
    return newest.number


def others_at_it(lesson: Lesson, *, by: User, now: datetime) -> list[str]:
    """Who else saved this lesson in the last minutes: probably still at it."""
    return list(
        LessonRevision.objects.filter(
            version=lesson.version_id,
            lesson_key=lesson.key,
            saved_at__gt=now - ONE_GO,
            saved_by_id__isnull=False,
        )
        .exclude(saved_by_id=by.pk)
        .values_list("saved_by_label", flat=True)
        .order_by("saved_by_label")
        .distinct()
    )


def save_lesson(
    version: CourseVersion,
    key: UUID,
    *,
    title: str,
    body: str,
    based_on: int,
    instead_of: str = "",
    by: User,
    now: datetime,
) -> SavedLesson:
    """Save title and body typed over revision number `based_on`.

    When another text was saved since then, nothing is overwritten: the sent text is set aside for
    its writer, in place of the one with the fingerprint `instead_of`, and LessonMoved tells whose
    is there now. Errors: NotADraft, OutlineRefused (a lesson that is gone, a title that is
    missing), LessonMoved.
    """
    moved: LessonMoved | None = None
    with transaction.atomic():
        version = locked_draft(version)
        lesson = _lesson(version, key)
        title = " ".join(clean(title).split())[:LONGEST_TITLE] or lesson.title
        body = text_of(body)
        check_length(title, body)
        is_known = newest_number(lesson) == based_on
        newest = keep_revision(lesson, by=None, now=now, kind=LessonRevision.Kind.IMPORTED)
        if (lesson.title, lesson.body) == (title, body):
            settle_same(version, key, title, body, by=by, now=now)
            return SavedLesson(lesson, newest, is_changed=False)
        if not is_known:
            kept, dropped = set_aside(
                version, key, based_on=based_on, title=title, body=body, instead_of=instead_of,
                by=by, now=now,
            )  # fmt: skip
            moved = LessonMoved(
                newest, is_own=newest.saved_by_id == by.pk, kept=kept, dropped=dropped
            )
        else:
            lesson.title, lesson.body = title, body
            revision = _write(version, lesson, newest, by=by, now=now)
            settle_same(version, key, title, body, by=by, now=now)
    # Outside: the text set aside must stay although this save is refused.
    if moved is not None:
        raise moved
    return SavedLesson(lesson, revision, is_changed=True)


@transaction.atomic
def restore_revision(
    version: CourseVersion, key: UUID, *, number: int, by: User, now: datetime
) -> SavedLesson:
    """Make a lesson say again what it said; what it says now stays in the history.

    Errors: NotADraft, OutlineRefused.
    """
    version = locked_draft(version)
    lesson = _lesson(version, key)
    old = LessonRevision.objects.filter(version=version, lesson_key=key, number=number).first()
    if old is None:
        raise OutlineRefused("That state of the lesson is not there any more.")
    newest = keep_revision(lesson, by=None, now=now, kind=LessonRevision.Kind.IMPORTED)
    lesson.title, lesson.body = old.title, old.body
    revision = _write(
        version, lesson, newest, by=by, now=now, kind=LessonRevision.Kind.RESTORED,
        note=f"As of number {number}",
    )  # fmt: skip
    return SavedLesson(lesson, revision, is_changed=True)


@transaction.atomic
def replace_text(
    version: CourseVersion,
    key: UUID,
    *,
    title: str,
    body: str,
    note: str,
    by: User,
    now: datetime,
) -> SavedLesson:
    """A text that came from a file takes the place of the lesson's; the history keeps both.

    Errors: NotADraft, OutlineRefused.
    """
    version = locked_draft(version)
    lesson = _lesson(version, key)
    newest = keep_revision(lesson, by=None, now=now, kind=LessonRevision.Kind.IMPORTED)
    lesson.title, lesson.body = title, text_of(body)
    check_length(lesson.title, lesson.body)
    revision = _write(
        version, lesson, newest, by=by, now=now, kind=LessonRevision.Kind.IMPORTED, note=note
    )
    return SavedLesson(lesson, revision, is_changed=True)


def render_lessons(version: CourseVersion, lessons: Sequence[Lesson]) -> None:
    """Count and render these lessons of a draft anew, and save that."""
    if not lessons:
        return
    library = Library(version)
    for lesson in lessons:
        showed_recordings = has_recordings(lesson)
        lesson.counted_words = count_words(lesson.body)
        lesson.body_html = store_body(lesson, library)
        if showed_recordings and not has_recordings(lesson):
            # Minutes that a package states are kept; these were those of the recordings.
            lesson.media_minutes = Decimal(0)
    Lesson.objects.bulk_update(lessons, ["counted_words", "media_minutes", "body_html"])


def _write(
    version: CourseVersion,
    lesson: Lesson,
    newest: LessonRevision,
    *,
    by: User,
    now: datetime,
    kind: str = LessonRevision.Kind.TYPED,
    note: str = "",
) -> LessonRevision:
    render_lessons(version, [lesson])
    lesson.save(update_fields=["title", "body"])
    if (
        kind == newest.kind == LessonRevision.Kind.TYPED
        and newest.saved_by_id == by.pk
        and newest.number > 1
        and now - newest.began_at < ONE_GO
    ):
        revision = newest
        revision.number += 1
        revision.title, revision.body = lesson.title, lesson.body
        revision.counted_words = lesson.counted_words
        revision.saved_at = now
        revision.save()
    else:
        revision = keep_revision(lesson, by=by, now=now, kind=kind, note=note)
        audit.record(
            "lesson.saved",
            subject_type="lesson",
            subject_id=lesson.key,
            by=by,
            now=now,
            version=version.pk,
            number=revision.number,
            kind=kind,
        )
    changed(version)
    return revision


def _lesson(version: CourseVersion, key: UUID) -> Lesson:
    lesson = Lesson.objects.filter(version=version, key=key).first()
    if lesson is None:
        raise OutlineRefused("That lesson is not there any more.")
    return lesson


def _label(by: User | None) -> str:
    return "" if by is None else by.name_on_certificates or by.email
