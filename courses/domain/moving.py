"""A learner on the way takes a newer version of the course: what that changes, and doing it.

It is offered and never imposed: an enrollment stays with the version it began with until its
learner says otherwise. Progress is found again by the keys of lessons and quizzes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from courses.domain.completion import lessons_by_version, lock_enrollment
from courses.domain.errors import CannotMove, EnrollmentNotOpen, NotTheNewerVersion, NotYours
from courses.domain.reading_matter import Matter, Shown, matter_of
from courses.frozen import version_by_id
from courses.models import (
    Attendance,
    Course,
    CourseVersion,
    DeclinedVersion,
    Enrollment,
    Lesson,
    LessonProgress,
)
from courses.parts import Fate, Item, MovingLine, parts

__all__ = [
    "Fate",
    "LessonMove",
    "Moving",
    "declined_at",
    "hindrances",
    "move_to_version",
    "newer_version",
    "stay_with_own_version",
    "what_moving_changes",
]


@dataclass(frozen=True)
class LessonMove:
    """One lesson, before and after."""

    key: UUID
    title: str
    fate: Fate
    is_changed: bool
    """The learner reads something else in it than before; False where there is no before."""
    old_title: str = ""
    """Where the lesson is called differently now."""
    shown_anew: Sequence[Shown] = ()
    """Figures, charts and recordings in it that are new or changed."""
    kind: str = "lesson"


@dataclass(frozen=True)
class Moving:
    """What it means for one learner to go from one version to another."""

    before: CourseVersion
    after: CourseVersion
    lessons: Sequence[LessonMove]
    """In the order of the newer version; those that are gone at the end."""
    lines: Sequence[MovingLine]
    """The same of the parts: quizzes."""

    @property
    def is_same_edition(self) -> bool:
        return self.before.edition == self.after.edition

    @property
    def hours_before(self) -> Decimal:
        return self.before.credit_hours

    @property
    def hours_after(self) -> Decimal:
        return self.after.credit_hours

    def with_fate(self, fate: Fate) -> list["LessonMove | MovingLine"]:
        found: list[LessonMove | MovingLine] = [each for each in self.lessons if each.fate == fate]
        return found + [each for each in self.lines if each.fate == fate]

    @property
    def kept(self) -> list["LessonMove | MovingLine"]:
        """Done, and it stays done."""
        return self.with_fate(Fate.KEPT)

    @property
    def again(self) -> list["LessonMove | MovingLine"]:
        """Was done; its text is another one now, so it is to be read again."""
        return self.with_fate(Fate.AGAIN)

    @property
    def new(self) -> list["LessonMove | MovingLine"]:
        return self.with_fate(Fate.NEW)

    @property
    def gone(self) -> list["LessonMove | MovingLine"]:
        return self.with_fate(Fate.GONE)

    @property
    def ahead(self) -> list["LessonMove | MovingLine"]:
        """Was not done, and is not."""
        return self.with_fate(Fate.AHEAD)

    @property
    def changed(self) -> list[LessonMove]:
        """Lessons that say something else than before, whatever becomes of their ticks."""
        return [each for each in self.lessons if each.is_changed]


def newer_version(enrollment: Enrollment) -> CourseVersion | None:
    """The version on sale, when it is newer than the one this open enrollment studies.

    The enrollment comes with its course and version. No query when the version is kept.
    """
    on_sale_id = enrollment.course.on_sale_version_id
    if (
        enrollment.status != Enrollment.Status.OPEN
        or on_sale_id is None
        or on_sale_id == enrollment.version_id
    ):
        return None
    version = version_by_id(on_sale_id)
    version.course = enrollment.course
    mine = enrollment.version
    is_newer = (version.edition, version.revision) > (mine.edition, mine.revision)
    return version if is_newer else None


def what_moving_changes(enrollment: Enrollment, version: CourseVersion) -> Moving:
    """Compare what the learner has with `version`. Nothing is written.

    A revision of the same edition mends typing mistakes, so every tick stays. In another edition a
    lesson keeps its tick when what is read in it is the same; a changed one is read again, because
    a tick stands for the hours. The number of queries does not depend on the course.
    """
    before, after = matter_of(enrollment.version), matter_of(version)
    finished = set(
        LessonProgress.objects.filter(enrollment=enrollment, finished_at__isnull=False).values_list(
            "lesson_key", flat=True
        )
    )
    is_same_edition = version.edition == enrollment.version.edition
    lessons = [
        _moved(key, matter, before.get(key), key in finished, is_same_edition)
        for key, matter in after.items()
    ]
    lessons += [
        LessonMove(key=key, title=matter.title, fate=Fate.GONE, is_changed=False)
        for key, matter in before.items()
        if key not in after
    ]
    return Moving(
        before=enrollment.version,
        after=version,
        lessons=lessons,
        lines=[line for part in parts() for line in part.moving_lines(enrollment, version)],
    )


def _moved(
    key: UUID, matter: Matter, before: Matter | None, was_finished: bool, is_same_edition: bool
) -> LessonMove:
    if before is None:
        return LessonMove(key=key, title=matter.title, fate=Fate.NEW, is_changed=False)
    is_changed = not matter.says_the_same_as(before)
    fate = Fate.AHEAD
    if was_finished:
        fate = Fate.AGAIN if is_changed and not is_same_edition else Fate.KEPT
    return LessonMove(
        key=key,
        title=matter.title,
        fate=fate,
        is_changed=is_changed,
        old_title=before.title if before.title != matter.title else "",
        shown_anew=tuple(matter.shows_anew(before)),
    )


def hindrances(enrollment: Enrollment, *, now: datetime) -> list[Item]:
    """What must be finished in the present version first: an open attempt, a signed statement, and
    what was attended of a live course: a session is one of its edition."""
    items = [item for part in parts() for item in part.hindrances_to_moving(enrollment, now=now)]
    if enrollment.version.is_live and Attendance.objects.filter(enrollment=enrollment).exists():
        items.append(
            Item(
                code="session-attended",
                sentence="You attended a session of your edition. Finish that edition; what is "
                "still open stands on the page of your course.",
                url=enrollment.get_absolute_url(),
            )
        )
    return items


def move_to_version(
    enrollment_id: int, version: CourseVersion, *, by: User, now: datetime
) -> Enrollment:
    """Take the learner into the newer version they were shown, with their progress.

    Doing it twice changes nothing. What the learner had read and must read again is unticked; what
    fell away keeps its time and loses its tick, so that the counters agree with the rows. Ticks
    that are taken are kept in the audit event.

    Nothing is completed here, though what was unmet may have fallen away: who signed for the
    certificate of one version is not moved to another (a hindrance of certificates), so that the
    signature is always still to come, and it completes.
    Errors: NotYours, EnrollmentNotOpen, NotTheNewerVersion, CannotMove.
    """
    with transaction.atomic():
        enrollment = _locked(enrollment_id, by=by)
        if enrollment.version_id == version.pk:
            return enrollment
        _check_offered(enrollment, version)
        in_the_way = hindrances(enrollment, now=now)
        if in_the_way:
            raise CannotMove(in_the_way)
        moving = what_moving_changes(enrollment, version)
        unticked = _move_progress(enrollment, moving)
        enrollment.version = version
        enrollment.last_lesson = _last_lesson(enrollment, moving)
        enrollment.last_activity_at = now
        enrollment.finished_lesson_count = LessonProgress.objects.filter(
            enrollment=enrollment, finished_at__isnull=False
        ).count()
        enrollment.save(
            update_fields=["version", "last_lesson", "last_activity_at", "finished_lesson_count"]
        )
        audit.record(
            "enrollment.moved",
            subject_type="enrollment",
            subject_id=enrollment.uid,
            by=by,
            now=now,
            from_version=moving.before.pk,
            from_label=moving.before.label,
            to_version=version.pk,
            to_label=version.label,
            unticked=unticked,
        )
    return enrollment


def stay_with_own_version(
    enrollment_id: int, version: CourseVersion, *, by: User, now: datetime
) -> None:
    """Remember that the learner saw this newer version and stays: the notice becomes quiet.

    It binds nobody: they may move later. Doing it twice changes nothing.
    Errors: NotYours, EnrollmentNotOpen, NotTheNewerVersion.
    """
    with transaction.atomic():
        enrollment = _locked(enrollment_id, by=by)
        if enrollment.version_id == version.pk:
            return
        _check_offered(enrollment, version)
        _, is_new = DeclinedVersion.objects.get_or_create(
            enrollment=enrollment, version=version, defaults={"declined_at": now}
        )
        if is_new:
            audit.record(
                "enrollment.stayed",
                subject_type="enrollment",
                subject_id=enrollment.uid,
                by=by,
                now=now,
                version=version.pk,
                label=version.label,
            )


def declined_at(enrollment: Enrollment, version: CourseVersion) -> datetime | None:
    """When the learner chose to stay although this version is newer; None: not yet."""
    return (
        DeclinedVersion.objects.filter(enrollment=enrollment, version=version)
        .values_list("declined_at", flat=True)
        .first()
    )


def _locked(enrollment_id: int, *, by: User) -> Enrollment:
    enrollment = lock_enrollment(enrollment_id)
    if enrollment.user_id != by.pk:
        raise NotYours
    # On PostgreSQL the joined course is as it was before we waited for the lock.
    enrollment.course = Course.objects.get(pk=enrollment.course_id)
    return enrollment


def _check_offered(enrollment: Enrollment, version: CourseVersion) -> None:
    if enrollment.status != Enrollment.Status.OPEN:
        raise EnrollmentNotOpen(enrollment.status)
    offered = newer_version(enrollment)
    if offered is None or offered.pk != version.pk:
        raise NotTheNewerVersion


def _move_progress(enrollment: Enrollment, moving: Moving) -> list[list[str]]:
    """Point the rows at the lessons of the newer version; returns key and time of lost ticks."""
    twins = {lesson.key: lesson for lesson in lessons_by_version([moving.after])[moving.after.pk]}
    fates = {each.key: each.fate for each in moving.lessons}
    unticked = []
    rows = list(LessonProgress.objects.filter(enrollment=enrollment).order_by("pk"))
    for row in rows:
        fate = fates.get(row.lesson_key, Fate.GONE)
        if row.lesson_key in twins:
            row.lesson = twins[row.lesson_key]
        if fate in (Fate.AGAIN, Fate.GONE):
            if row.finished_at is not None:
                unticked.append([str(row.lesson_key), row.finished_at.isoformat()])
            row.finished_at = None
            row.scroll_permille = 0
    LessonProgress.objects.bulk_update(rows, ["lesson", "finished_at", "scroll_permille"])
    return unticked


def _last_lesson(enrollment: Enrollment, moving: Moving) -> Lesson | None:
    """Where the learner was, by key; where that is gone the first lesson still to be read."""
    if enrollment.last_lesson is None:
        return None
    lessons = lessons_by_version([moving.after])[moving.after.pk]
    here = enrollment.last_lesson.key
    done = {each.key for each in moving.lessons if each.fate == Fate.KEPT}
    return next(
        (each for each in lessons if each.key == here),
        next((each for each in lessons if each.key not in done), None),
    )
