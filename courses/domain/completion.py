"""What stands between a learner and completion, and the one place that completes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F, Max

from ce_platform.accounts.models import User, zone_named
from ce_platform.core import audit
from courses.domain.locking import locked_course
from courses.frozen import remember_each
from courses.models import (
    Attendance,
    Course,
    CourseVersion,
    Enrollment,
    Evaluation,
    Lesson,
    LessonProgress,
    long_texts,
)
from courses.parts import ChecklistLine, CoursePart, Item, parts

ATTENDANCE_MISSING = "attendance-missing"


def lock_enrollment(enrollment_id: int) -> Enrollment:
    """The enrollment, locked until the transaction ends and read after the lock was won.

    Every write that can satisfy a requirement begins with this, so that two different last steps
    at the same moment see each other. Order of locks: enrollment, attempt, certificate; of a
    live course: enrollment, course, session.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("lock_enrollment needs a transaction around it")
    rows = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("user", "course", "version")
        .defer(*long_texts("version"))
    )
    try:
        return rows.get(pk=enrollment_id)
    except Enrollment.DoesNotExist:
        # PostgreSQL, after waiting, reads the row anew and what is joined to it as it was before:
        # an enrollment that took a newer version meanwhile, or whose accounts were merged, fits
        # to neither and is not found. The next statement sees both as they are now.
        return rows.get(pk=enrollment_id)


def unmet_items(enrollments: Sequence[Enrollment]) -> dict[int, list[Item]]:
    """Per enrollment id what is still to be done, in the order of the course.

    Module by module its lessons, then what the parts say about it (its quiz); then what ends the
    whole course (the exam), of a live course the attendance, the evaluation, and the parts of the
    last steps.
    The enrollments come with their version; the number of queries does not depend on how many
    they are.
    """
    found: dict[int, list[Item]] = {enrollment.pk: [] for enrollment in enrollments}
    if not enrollments:
        return found
    lessons = lessons_by_version(enrollment.version for enrollment in enrollments)
    places: dict[int | None, int] = {}
    for of_version in lessons.values():
        for lesson in of_version:
            places.setdefault(lesson.module_id, len(places))
    finished = set(
        LessonProgress.objects.filter(
            enrollment__in=list(found), finished_at__isnull=False
        ).values_list("enrollment_id", "lesson_key")
    )
    for enrollment in enrollments:
        for lesson in lessons[enrollment.version_id]:
            if (enrollment.pk, lesson.key) not in finished:
                found[enrollment.pk].append(
                    Item(
                        code="lesson-not-finished",
                        sentence=f"You still need: the lesson “{lesson.title}”.",
                        url=_lesson_url(enrollment, lesson),
                        module_id=lesson.module_id,
                    )
                )
    first, last = _in_order()
    _gather(first, enrollments, found)
    for items in found.values():
        # A stable sort: within a module its lessons stay before its quiz.
        items.sort(key=lambda item: places.get(item.module_id, len(places)))
    attendances = _attendances(enrollments)
    for enrollment in enrollments:
        attendance = attendances.get(enrollment.pk)
        if enrollment.version.is_live and (attendance is None or not attendance.is_whole):
            found[enrollment.pk].append(_attendance_item(enrollment, attendance))
    evaluated = set(
        Evaluation.objects.filter(enrollment__in=list(found)).values_list(
            "enrollment_id", flat=True
        )
    )
    for enrollment in enrollments:
        if enrollment.pk not in evaluated and not _is_on_paper(attendances.get(enrollment.pk)):
            found[enrollment.pk].append(
                Item(
                    code="evaluation-missing",
                    sentence="You still need: the evaluation, six short questions.",
                    url=_evaluation_url(enrollment),
                )
            )
    _gather(last, enrollments, found)
    return found


def checklist(enrollment: Enrollment) -> list[ChecklistLine]:
    """Everything the course asks of the learner, met or not, shown from the first day."""
    lessons = lessons_by_version([enrollment.version])[enrollment.version_id]
    finished = set(
        LessonProgress.objects.filter(enrollment=enrollment, finished_at__isnull=False).values_list(
            "lesson_key", flat=True
        )
    )
    done = [lesson for lesson in lessons if lesson.key in finished]
    open_lesson = next((lesson for lesson in lessons if lesson.key not in finished), None)
    lines = []
    # A live course may do without lessons, and then nobody is told to read any.
    if lessons or not enrollment.version.is_live:
        lines.append(
            ChecklistLine(
                code="lessons",
                text="Finish every lesson",
                is_met=open_lesson is None,
                url=_lesson_url(enrollment, open_lesson) if open_lesson else "",
                detail=f"{len(done)} of {len(lessons)}",
            )
        )
    first, last = _in_order()
    for part in first:
        lines += part.checklist(enrollment)
    attendance = _attendances([enrollment]).get(enrollment.pk)
    if enrollment.version.is_live:
        lines.append(
            ChecklistLine(
                code="attendance",
                text="Attend a whole session",
                is_met=attendance is not None and attendance.is_whole,
                url=_dates_url(enrollment),
                detail="the office records it",
            )
        )
    is_on_paper = _is_on_paper(attendance)
    lines.append(
        ChecklistLine(
            code="evaluation",
            text="Answer the evaluation",
            is_met=is_on_paper or Evaluation.objects.filter(enrollment=enrollment).exists(),
            url=_evaluation_url(enrollment),
            detail="on paper, at the session" if is_on_paper else "six short questions",
        )
    )
    for part in last:
        lines += part.checklist(enrollment)
    return lines


def complete_if_met(enrollment: Enrollment, *, now: datetime, by: User | None = None) -> bool:
    """Complete the enrollment when nothing is unmet. True when it is completed now or was before.

    Call it with the row locked by `lock_enrollment`, in the same transaction as the write that
    may have been the last step. Date, zone and instant are those of `completion_moment`; no
    session is completed before its end. `by`: who took the last step, if it was not the learner.
    """
    if enrollment.status == Enrollment.Status.COMPLETED:
        return True
    if enrollment.status != Enrollment.Status.OPEN:
        return False
    if enrollment.version.is_live and not _is_over(enrollment, now=now):
        return False
    if unmet_items([enrollment])[enrollment.pk]:
        return False
    enrollment.status = Enrollment.Status.COMPLETED
    moment = completion_moment(enrollment, now=now)
    enrollment.completed_at = moment.at
    enrollment.completed_on = moment.on
    enrollment.completed_zone = moment.zone
    enrollment.save(update_fields=["status", "completed_at", "completed_on", "completed_zone"])
    Course.objects.filter(pk=enrollment.course_id).update(
        completion_count=F("completion_count") + 1
    )
    audit.record(
        "enrollment.completed",
        subject_type="enrollment",
        subject_id=enrollment.uid,
        by=by or enrollment.user,
        now=now,
        completed_on=enrollment.completed_on.isoformat(),
        zone=enrollment.completed_zone,
    )
    for part in parts():
        part.completed(enrollment, now=now)
    return True


def _is_over(enrollment: Enrollment, *, now: datetime) -> bool:
    """Of a live course: whether the attended session is over; it stays as it is until the end of
    the transaction, for its date and hours become those of a certificate.

    `now` may lie before the record: of a quiz that closed by its deadline it is that deadline.
    """
    locked_course(enrollment.course_id)
    attendance = (
        Attendance.objects.filter(enrollment=enrollment)
        .select_related("session")
        .select_for_update(of=("session",))
        .first()
    )
    return attendance is not None and attendance.session.ends_at <= max(now, attendance.recorded_at)


@dataclass(frozen=True)
class Moment:
    """An instant with the date it had where it counts."""

    at: datetime
    on: date
    zone: str
    """The zone that gave the date: a name that this machine no longer knows is not it."""


def completion_moment(enrollment: Enrollment, *, now: datetime) -> Moment:
    """When an enrollment is completed whose last step is taken now.

    Home study: now, on the learner's local date. Live: when the session ended, on its own date
    and in its own zone, wherever the learner lives and whenever the office wrote down that they
    were there. What the course asks besides, lessons and quizzes, may have been done later: then
    that is the moment. An evaluation or a record made afterwards moves no date.
    """
    attendance = _attendances([enrollment]).get(enrollment.pk)
    if attendance is None or not attendance.is_whole:
        zone = zone_named(enrollment.user.time_zone)
        return Moment(at=now, on=now.astimezone(zone).date(), zone=zone.key)
    session = attendance.session
    read = LessonProgress.objects.filter(
        enrollment=enrollment,
        lesson_key__in=[
            lesson.key for lesson in lessons_by_version([enrollment.version])[enrollment.version_id]
        ],
    ).aggregate(last=Max("finished_at"))["last"]
    worked = [read, *(part.worked_until(enrollment) for part in parts())]
    at = max([session.ends_at, *(each for each in worked if each is not None)])
    zone = zone_named(session.zone)
    return Moment(at=at, on=at.astimezone(zone).date(), zone=zone.key)


def lessons_by_version(versions: Iterable[CourseVersion]) -> dict[int, list[Lesson]]:
    """Version id → its lessons in order; those of a frozen version are shared.

    Without the long texts: this runs on every write that may be the last step.
    """

    def fetch(version_ids: Collection[int]) -> dict[int, list[Lesson]]:
        found: dict[int, list[Lesson]] = {version_id: [] for version_id in version_ids}
        for lesson in (
            Lesson.objects.filter(version_id__in=version_ids)
            .only("id", "version_id", "module_id", "key", "position", "slug", "title")
            .order_by("position", "id")
        ):
            found[lesson.version_id].append(lesson)
        return found

    return remember_each(versions, "lessons", fetch)


def _in_order() -> tuple[list[CoursePart], list[CoursePart]]:
    every = list(parts())
    return (
        [part for part in every if not part.is_after_evaluation],
        [part for part in every if part.is_after_evaluation],
    )


def _gather(
    group: list[CoursePart], enrollments: Sequence[Enrollment], found: dict[int, list[Item]]
) -> None:
    for part in group:
        for enrollment_id, items in part.unmet(enrollments).items():
            found[enrollment_id] += items


def _attendances(enrollments: Sequence[Enrollment]) -> dict[int, Attendance]:
    """With their sessions, by enrollment id; no query where no course is live."""
    # An author's preview is nobody's: it has no number and no attendance.
    live = [each.pk for each in enrollments if each.version.is_live and each.pk is not None]
    if not live:
        return {}
    rows = Attendance.objects.filter(enrollment__in=live).select_related("session")
    return {row.enrollment_id: row for row in rows}


def _is_on_paper(attendance: Attendance | None) -> bool:
    """Georgia wants the certificate on the day of completion: who has answered on paper is not
    held back by the same six questions here."""
    return attendance is not None and attendance.session.has_paper_evaluations


def _attendance_item(enrollment: Enrollment, attendance: Attendance | None) -> Item:
    if attendance is None:
        sentence = "You still need: to attend a session. The office records who was there."
    else:
        sentence = (
            f"You were there for {attendance.minutes} of {attendance.session.minutes} minutes. "
            "Only a whole session is credited; ask the office what you can do."
        )
    return Item(code=ATTENDANCE_MISSING, sentence=sentence, url=_dates_url(enrollment))


def _dates_url(enrollment: Enrollment) -> str:
    return f"{enrollment.get_absolute_url()}#dates"


def _lesson_url(enrollment: Enrollment, lesson: Lesson) -> str:
    return enrollment.address("courses:lesson-detail", lesson.slug)


def _evaluation_url(enrollment: Enrollment) -> str:
    return enrollment.address("courses:evaluation")
