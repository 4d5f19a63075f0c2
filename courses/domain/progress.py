"""A learner in the lessons: where they are, what they finished, how long they were there."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from courses.domain.completion import complete_if_met, lock_enrollment
from courses.domain.errors import EnrollmentNotOpen, WrongLesson
from courses.models import Enrollment, Lesson, LessonProgress

# A page reports its visible time every half minute; a report of more is not believed.
MOST_SECONDS_PER_REPORT = 120
# Opening the same lesson again within this time is not worth a write.
ACTIVITY_GRAIN = timedelta(minutes=5)


def open_lesson(enrollment: Enrollment, lesson: Lesson, *, now: datetime) -> LessonProgress | None:
    """Remember that the learner is at this lesson, so that any device resumes here.

    Nothing is written for a course that was left, and nothing but the first opening is written
    when the learner is here already. Errors: WrongLesson.
    """
    _check(enrollment, lesson)
    progress = LessonProgress.objects.filter(enrollment=enrollment, lesson_key=lesson.key).first()
    if enrollment.status != Enrollment.Status.OPEN:
        return progress
    is_here = (
        enrollment.last_lesson_id == lesson.pk
        and now - enrollment.last_activity_at <= ACTIVITY_GRAIN
    )
    if progress is not None and is_here:
        return progress
    with transaction.atomic():
        # First the enrollment, as in every write below it: another order would deadlock.
        locked = lock_enrollment(enrollment.pk)
        if locked.status != Enrollment.Status.OPEN:
            return progress
        progress, _ = LessonProgress.objects.get_or_create(
            enrollment=locked,
            lesson_key=lesson.key,
            defaults={"lesson": lesson, "opened_at": now},
        )
        locked.last_lesson = lesson
        locked.last_activity_at = now
        locked.save(update_fields=["last_lesson", "last_activity_at"])
    enrollment.last_lesson = lesson
    enrollment.last_activity_at = now
    return progress


@transaction.atomic
def finish_lesson(enrollment: Enrollment, lesson: Lesson, *, now: datetime) -> Enrollment:
    """Tick a lesson off; it may be the last step. Returns the enrollment as it is now.

    Finishing twice equals finishing once. Errors: WrongLesson, EnrollmentNotOpen.
    """
    enrollment = lock_enrollment(enrollment.pk)
    _check(enrollment, lesson)
    progress = LessonProgress.objects.filter(enrollment=enrollment, lesson_key=lesson.key).first()
    if progress is not None and progress.finished_at is not None:
        return enrollment
    if enrollment.status != Enrollment.Status.OPEN:
        raise EnrollmentNotOpen(enrollment.status)
    if progress is None:
        progress = LessonProgress(
            enrollment=enrollment, lesson=lesson, lesson_key=lesson.key, opened_at=now
        )
    progress.finished_at = now
    progress.save()
    enrollment.finished_lesson_count += 1
    enrollment.last_activity_at = now
    enrollment.save(update_fields=["finished_lesson_count", "last_activity_at"])
    complete_if_met(enrollment, now=now)
    return enrollment


@transaction.atomic
def unfinish_lesson(enrollment: Enrollment, lesson: Lesson, *, now: datetime) -> Enrollment:
    """Take a tick back while the course is open. Errors: WrongLesson, EnrollmentNotOpen."""
    enrollment = lock_enrollment(enrollment.pk)
    _check(enrollment, lesson)
    if enrollment.status != Enrollment.Status.OPEN:
        raise EnrollmentNotOpen(enrollment.status)
    unticked = LessonProgress.objects.filter(
        enrollment=enrollment, lesson_key=lesson.key, finished_at__isnull=False
    ).update(finished_at=None)
    if unticked:
        enrollment.finished_lesson_count -= 1
        enrollment.last_activity_at = now
        enrollment.save(update_fields=["finished_lesson_count", "last_activity_at"])
    return enrollment


@transaction.atomic
def add_time(
    enrollment: Enrollment,
    lesson: Lesson,
    *,
    seconds: int,
    scroll_permille: int,
    now: datetime,
) -> None:
    """Add visible seconds and remember how far down the learner was (0 to 1000).

    Time is shown and reported; it never blocks anything, so odd values are trimmed and not
    refused: no report counts for more than two minutes, and none for more than has passed since
    the lesson was opened. Errors: WrongLesson.
    """
    enrollment = lock_enrollment(enrollment.pk)
    _check(enrollment, lesson)
    if enrollment.status != Enrollment.Status.OPEN:
        return
    progress, _ = LessonProgress.objects.get_or_create(
        enrollment=enrollment,
        lesson_key=lesson.key,
        defaults={"lesson": lesson, "opened_at": now},
    )
    passed = int((now - progress.opened_at).total_seconds()) - progress.seconds_visible
    counted = max(0, min(seconds, MOST_SECONDS_PER_REPORT, passed))
    progress.seconds_visible += counted
    progress.scroll_permille = max(0, min(scroll_permille, 1000))
    progress.save(update_fields=["seconds_visible", "scroll_permille"])
    Enrollment.objects.filter(pk=enrollment.pk).update(
        seconds_on_task=F("seconds_on_task") + counted, last_activity_at=now
    )


def _check(enrollment: Enrollment, lesson: Lesson) -> None:
    if lesson.version_id != enrollment.version_id:
        raise WrongLesson
