"""Who took which course, and what they answered."""

import json
from collections.abc import Iterator
from typing import Any, Final

from ce_platform.office.moving_out.parts import ArchivePart, Table, part_of_tables
from ce_platform.office.moving_out.people_part import PERSON
from ce_platform.office.moving_out.writing import ArchiveWriter
from courses.models import Attendance, Enrollment, Evaluation, LessonProgress, MarginQuestion
from quizzes.models import Attempt

COURSE: Final = (
    ("course", "course__slug", "as in its address"),
    ("course_title", "version__title", "of the version that was studied"),
    ("edition", "version__edition", ""),
    ("revision", "version__revision", ""),
)
_OF_ENROLLMENT: Final = (
    ("enrollment", "enrollment__uid", "learning/enrollments.csv"),
    ("person", "enrollment__user__uid", "who: people/people.csv"),
    ("email", "enrollment__user__email", ""),
    ("name", "enrollment__user__name_on_certificates", ""),
    ("course", "enrollment__course__slug", "as in its address"),
)
_COMPLETION: Final = (
    ("completed_at", "completed_at", "UTC"),
    ("completed_on", "completed_on", "the learner's local day: the one that counts"),
    ("completed_zone", "completed_zone", "time zone of that day"),
)

TABLES: Final = part_of_tables(
    "learning",
    Table(
        "learning/enrollments.csv",
        "Therapists in courses: open, completed, withdrawn.",
        lambda: Enrollment.objects.all(),
        (
            ("enrollment", "uid", "never changes; other tables name it"),
            *PERSON,
            *COURSE,
            ("status", "status", "open, completed or withdrawn"),
            ("started_at", "started_at", "UTC"),
            ("last_activity_at", "last_activity_at", "UTC"),
            *_COMPLETION,
            ("finished_lessons", "finished_lesson_count", ""),
            ("seconds_on_task", "seconds_on_task", "while pages were visible"),
        ),
    ),
    Table(
        "learning/completions.csv",
        "Completed enrollments alone, with the hours of the version.",
        lambda: Enrollment.objects.filter(status=Enrollment.Status.COMPLETED),
        (
            ("enrollment", "uid", "learning/enrollments.csv"),
            *PERSON,
            *COURSE,
            ("credit_hours", "version__credit_hours", "CE hours; what a certificate says decides"),
            *_COMPLETION,
        ),
    ),
    Table(
        "learning/lessons.csv",
        "How far each lesson was read.",
        lambda: LessonProgress.objects.all(),
        (
            *_OF_ENROLLMENT,
            ("lesson", "lesson__title", ""),
            ("opened_at", "opened_at", "UTC"),
            ("finished_at", "finished_at", "UTC; empty: not finished"),
            ("seconds_visible", "seconds_visible", ""),
        ),
    ),
    Table(
        "learning/attempts.csv",
        "Tries at quizzes. What was answered is in learning/attempts.jsonl.",
        lambda: Attempt.objects.all(),
        (
            ("attempt", "uid", "learning/attempts.jsonl"),
            *_OF_ENROLLMENT,
            ("quiz", "quiz__title", ""),
            ("number", "number", "1 for the first try"),
            ("status", "status", "in-progress, submitted, graded or voided"),
            ("started_at", "started_at", "UTC"),
            ("submitted_at", "submitted_at", "UTC"),
            ("percent", "percent", "of the points, by the grade in force"),
            ("pass_percent", "quiz__pass_percent", "asked for"),
            ("is_passed", "is_passed", ""),
        ),
    ),
    Table(
        "learning/evaluations.csv",
        "What therapists said of courses. Agreement is 1 (strongly disagree) to 5.",
        lambda: Evaluation.objects.all(),
        (
            *_OF_ENROLLMENT,
            ("submitted_at", "submitted_at", "UTC"),
            ("objectives_met", "objectives_met", "1 to 5"),
            ("content_accurate", "content_accurate", "1 to 5"),
            ("useful_in_practice", "useful_in_practice", "1 to 5"),
            ("free_of_bias", "free_of_bias", "1 to 5"),
            ("minutes_taken", "minutes_taken", "as the therapist says"),
            ("comment", "comment", ""),
        ),
    ),
    Table(
        "learning/attendance.csv",
        "Who was at which session of a live course.",
        lambda: Attendance.objects.all(),
        (
            ("person", "user__uid", "who: people/people.csv"),
            ("name", "holder_name", "as on the list"),
            ("course", "session__course__slug", "as in its address"),
            ("session", "session__uid", ""),
            ("starts_at", "session__starts_at", "UTC"),
            ("minutes", "minutes", ""),
            ("is_whole", "is_whole", "only a whole session is credited"),
            ("recorded_at", "recorded_at", "UTC"),
            ("recorded_by", "recorded_by_label", ""),
        ),
    ),
    Table(
        "learning/questions-in-the-margin.csv",
        "What learners asked about lessons, and the answers.",
        lambda: MarginQuestion.objects.all(),
        (
            ("person", "asked_by__uid", "who: people/people.csv"),
            ("course", "course__slug", "as in its address"),
            ("text", "text", ""),
            ("asked_at", "asked_at", "UTC"),
            ("answer", "answer", ""),
            ("answered_at", "answered_at", "UTC"),
            ("answered_by", "answered_by_name", ""),
            ("is_shown", "is_shown", "to every learner of the lesson"),
        ),
    ),
    order=20,
)


def _attempts(writer: ArchiveWriter) -> None:
    writer.lines(
        "learning/attempts.jsonl",
        writer.stepping(_told()),
        about="Each attempt with every question in the order served, the revision of it, the "
        "answer as kept and each grade that was given (points per question in `items`).",
    )


def _told() -> Iterator[dict[str, Any]]:
    attempts = (
        Attempt.objects.select_related("enrollment", "quiz")
        .prefetch_related("items__revision__question", "grades")
        .order_by("pk")
    )
    for attempt in attempts.iterator(chunk_size=200):
        yield {
            "attempt": attempt.uid,
            "enrollment": attempt.enrollment.uid,
            "quiz": attempt.quiz.title,
            "number": attempt.number,
            "status": attempt.status,
            "started_at": attempt.started_at,
            "deadline_at": attempt.deadline_at,
            "submitted_at": attempt.submitted_at,
            "closed_by": attempt.closed_by,
            "questions": [
                {
                    "question": item.revision.question.key,
                    "revision": item.revision.number,
                    "sha256": item.revision.sha256,
                    "response": json.loads(item.response) if item.response else None,
                    "saved_at": item.saved_at,
                }
                for item in attempt.items.all()
            ],
            "grades": [
                {
                    "number": grade.number,
                    "points": grade.points,
                    "points_possible": grade.points_possible,
                    "percent": grade.percent,
                    "pass_percent": grade.pass_percent,
                    "is_passed": grade.is_passed,
                    "graded_at": grade.graded_at,
                    "reason": grade.reason,
                    "items": json.loads(grade.items_json),
                }
                for grade in attempt.grades.all()
            ],
        }


ATTEMPTS: Final = ArchivePart(
    "attempts", _attempts, count=lambda: Attempt.objects.count(), order=21
)
