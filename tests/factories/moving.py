"""A course with two versions, the newer one on sale."""

from typing import Any
from uuid import uuid4

from courses.models import Course, CourseVersion, Enrollment, Lesson, LessonProgress
from tests.factories.courses import NOW, EnrollmentFactory, LessonFactory, VersionFactory


def newer_of(version: CourseVersion, *, edition: int = 2, **values: Any) -> CourseVersion:
    """The next version of the same course, on sale from now on."""
    newer: CourseVersion = VersionFactory(course=version.course, edition=edition, **values)
    put_on_sale(newer)
    return newer


def put_on_sale(version: CourseVersion | None, *, course: Course | None = None) -> None:
    course = version.course if version is not None else course
    assert course is not None
    Course.objects.filter(pk=course.pk).update(on_sale_version=version)
    course.on_sale_version = version


def twin(lesson: Lesson, version: CourseVersion, **values: Any) -> Lesson:
    """The same lesson in another version, word for word unless something else is said."""
    made: Lesson = LessonFactory(
        module__version=version,
        **{
            "key": lesson.key,
            "slug": lesson.slug,
            "title": lesson.title,
            "body": lesson.body,
            "position": lesson.position,
        }
        | values,
    )
    return made


def finished(enrollment: Enrollment, *lessons: Lesson, seconds: int = 60) -> None:
    """As if the learner had read these, without asking whether the course is complete."""
    for lesson in lessons:
        LessonProgress.objects.create(
            enrollment=enrollment,
            lesson=lesson,
            lesson_key=lesson.key,
            opened_at=NOW,
            finished_at=NOW,
            seconds_visible=seconds,
            scroll_permille=900,
        )
    enrollment.finished_lesson_count += len(lessons)
    enrollment.seconds_on_task += seconds * len(lessons)
    enrollment.last_lesson = lessons[-1]
    enrollment.save()


def on_the_way(**values: Any) -> tuple[Enrollment, CourseVersion]:
    """A learner who has read one of two lessons, and a newer edition in which that one changed."""
    version: CourseVersion = VersionFactory()
    read = LessonFactory(module__version=version, key=uuid4())
    other = LessonFactory(module=read.module)
    enrollment: Enrollment = EnrollmentFactory(version=version, **values)
    finished(enrollment, read)
    newer = newer_of(version)
    twin(read, newer, body="Another text.")
    twin(other, newer)
    return enrollment, newer
