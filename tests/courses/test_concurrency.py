"""Several people, tabs and clicks at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from courses.domain.counters import recount
from courses.domain.enrolling import enroll
from courses.domain.evaluation import submit_evaluation
from courses.domain.progress import add_time, finish_lesson, open_lesson
from courses.models import Course, CourseVersion, Enrollment, LessonProgress, PromoSnapshot
from courses.package.importing import CourseMoved
from tests.conftest import NOW
from tests.courses.conftest import Package
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    EnrollmentFactory,
    LessonFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("alone")]
ANSWERS = {
    "objectives_met": 5,
    "content_accurate": 5,
    "useful_in_practice": 5,
    "free_of_bias": 5,
    "minutes_taken": 60,
}


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Start all at once, each with a connection of its own; what each returned or raised."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_many_clicks_on_enroll_make_one_enrollment() -> None:
    user, course = UserFactory(), VersionFactory().course

    found = together(*[lambda: enroll(user, course, now=NOW).pk] * 8)

    assert found == [Enrollment.objects.get().pk] * 8
    assert Course.objects.get().enrollment_count == 1


@pytest.mark.parametrize("_round", range(5))
def test_two_different_last_steps_do_not_miss_each_other(_round: int) -> None:
    enrollment = EnrollmentFactory()
    Course.objects.update(enrollment_count=1)
    first, second = (LessonFactory(module__version=enrollment.version) for _ in range(2))
    learner = enrollment.user

    together(
        *[lambda: finish_lesson(enrollment, first, now=NOW)] * 2,
        *[lambda: finish_lesson(enrollment, second, now=NOW)] * 2,
        *[lambda: submit_evaluation(enrollment.pk, answers=ANSWERS, by=learner, now=NOW)] * 2,
    )

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.finished_lesson_count) == ("completed", 2)
    assert Course.objects.get().completion_count == 1
    assert recount() == []


def test_opening_and_timing_one_lesson_in_many_tabs_makes_one_row() -> None:
    enrollment = EnrollmentFactory()
    lesson = LessonFactory(module__version=enrollment.version)

    found = together(
        *[lambda: open_lesson(enrollment, lesson, now=NOW)] * 4,
        *[lambda: add_time(enrollment, lesson, seconds=30, scroll_permille=10, now=NOW)] * 4,
    )

    assert [each for each in found if isinstance(each, Exception)] == []
    assert LessonProgress.objects.count() == 1


def test_publishing_at_once_publishes_once() -> None:
    draft = publishable()

    found = together(*[lambda: publish(draft).status] * 4)

    assert found == ["published"] * 4
    assert PromoSnapshot.objects.count() == 1


def test_importing_at_once_makes_one_version(package: Package) -> None:
    found = together(*[lambda: package.load().outcome] * 3)

    assert CourseVersion.objects.count() == 1
    assert found.count("This made a new draft, edition 1.0.") == 1
    assert all(
        isinstance(each, CourseMoved) or str(each).startswith(("This made", "Nothing changes"))
        for each in found
    )
