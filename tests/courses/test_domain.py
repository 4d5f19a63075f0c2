"""Enrolling, progress, completion, evaluation."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent
from courses.domain.completion import checklist, complete_if_met, lock_enrollment, unmet_items
from courses.domain.enrolling import enroll, withdraw
from courses.domain.errors import (
    AccountEnded,
    AccountSwitchedOff,
    EnrollmentNotOpen,
    EvaluationNotValid,
    NotOnSale,
    NotYours,
    WrongLesson,
)
from courses.domain.evaluation import submit_evaluation
from courses.domain.progress import add_time, finish_lesson, open_lesson, unfinish_lesson
from courses.models import Course, CourseVersion, Enrollment, Evaluation, Lesson, LessonProgress
from courses.parts import ChecklistLine, CoursePart, Item
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import (
    CourseFactory,
    EnrollmentFactory,
    LessonFactory,
    ModuleFactory,
    VersionFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]
LATER = NOW + timedelta(hours=1)
ANSWERS = {
    "objectives_met": 5,
    "content_accurate": "4",
    "useful_in_practice": 5,
    "free_of_bias": 3,
    "minutes_taken": 70,
    "comment": " Fine.\x00 ",
}


@pytest.fixture
def enrollment(owner: User) -> Enrollment:
    version = VersionFactory()
    module = ModuleFactory(version=version)
    LessonFactory(module=module, title="First", slug="first", position=1)
    LessonFactory(module=module, title="Second", slug="second", position=2)
    return EnrollmentFactory(user=owner, version=version)


def lessons(enrollment: Enrollment) -> list[Lesson]:
    return list(enrollment.version.lessons.all())


def finish_all(enrollment: Enrollment, *, now: datetime = NOW) -> None:
    for lesson in lessons(enrollment):
        finish_lesson(enrollment, lesson, now=now)


# ---------------------------------------------------------------- enrolling


def test_enroll_pins_the_version_on_sale(owner: User) -> None:
    version = VersionFactory()

    enrollment = enroll(owner, version.course, now=NOW)

    assert (enrollment.version, enrollment.status, enrollment.started_at) == (version, "open", NOW)
    assert Course.objects.get().enrollment_count == 1
    assert AuditEvent.objects.get(action="enrollment.opened").actor_label == owner.email


def test_enroll_twice_is_enroll_once(owner: User) -> None:
    course = VersionFactory().course

    first, second = enroll(owner, course, now=NOW), enroll(owner, course, now=LATER)

    assert first == second
    assert Course.objects.get().enrollment_count == 1


def test_enroll_in_a_course_that_is_not_on_sale_is_refused(owner: User) -> None:
    with pytest.raises(NotOnSale, match="not open for new learners"):
        enroll(owner, CourseFactory(), now=NOW)


@pytest.mark.parametrize(
    ("state", "refusal"),
    [({"closed_at": NOW}, AccountEnded), ({"is_active": False}, AccountSwitchedOff)],
)
def test_nobody_is_enrolled_in_an_account_that_cannot_be_used(
    owner: User, registrar: User, state: dict[str, Any], refusal: type[Exception]
) -> None:
    """Also where the account was loaded before it was closed, as in an old tab."""
    course = VersionFactory().course
    User.objects.filter(pk=owner.pk).update(**state)

    for by in (registrar, None):
        with pytest.raises(refusal):
            enroll(owner, course, by=by, now=NOW)

    assert not Enrollment.objects.exists()


def test_who_is_in_an_old_version_stays_in_it(enrollment: Enrollment) -> None:
    newer = VersionFactory(course=enrollment.course, edition=2)
    Course.objects.update(on_sale_version=newer)

    again = enroll(enrollment.user, enrollment.course, now=LATER)

    assert again == enrollment
    assert again.version == enrollment.version


def test_after_completion_enrolling_is_a_retake(owner: User) -> None:
    course = VersionFactory().course
    first = enroll(owner, course, now=NOW)
    submit_evaluation(first.pk, answers=ANSWERS, by=owner, now=NOW)

    second = enroll(owner, course, now=LATER)

    assert second != first
    assert Enrollment.objects.get(pk=first.pk).status == "completed"


def test_who_left_comes_back_to_where_they_were(enrollment: Enrollment) -> None:
    finish_lesson(enrollment, lessons(enrollment)[0], now=NOW)
    withdraw(enrollment.pk, by=enrollment.user, now=NOW)

    again = enroll(enrollment.user, enrollment.course, now=LATER)

    assert again == enrollment
    assert (again.status, again.finished_lesson_count) == ("open", 1)


def test_who_left_an_old_version_starts_the_new_one(enrollment: Enrollment) -> None:
    withdraw(enrollment.pk, by=enrollment.user, now=NOW)
    newer = VersionFactory(course=enrollment.course, edition=2)
    Course.objects.update(on_sale_version=newer)

    again = enroll(enrollment.user, enrollment.course, now=LATER)

    assert again.version == newer


def test_withdraw_is_for_the_learner_and_open_courses_only(
    enrollment: Enrollment, stranger: User
) -> None:
    with pytest.raises(NotYours):
        withdraw(enrollment.pk, by=stranger, now=NOW)
    withdraw(enrollment.pk, by=enrollment.user, now=NOW)
    assert withdraw(enrollment.pk, by=enrollment.user, now=NOW).status == "withdrawn"
    with pytest.raises(EnrollmentNotOpen, match="You left this course"):
        finish_lesson(enrollment, lessons(enrollment)[0], now=NOW)


def test_completed_course_cannot_be_left(owner: User) -> None:
    enrollment = EnrollmentFactory(user=owner)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)

    with pytest.raises(EnrollmentNotOpen, match="its record stays as it is"):
        withdraw(enrollment.pk, by=owner, now=NOW)


def test_database_refuses_two_open_enrollments(enrollment: Enrollment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EnrollmentFactory(user=enrollment.user, version=enrollment.version)


def test_database_refuses_completion_without_a_date(enrollment: Enrollment) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrollment.objects.update(status="completed")


# ---------------------------------------------------------------- progress


def test_open_lesson_remembers_where_the_learner_is(enrollment: Enrollment) -> None:
    first, second = lessons(enrollment)

    open_lesson(enrollment, first, now=NOW)
    open_lesson(enrollment, second, now=LATER)

    stored = Enrollment.objects.get()
    assert (stored.last_lesson, stored.last_activity_at) == (second, LATER)
    assert list(LessonProgress.objects.values_list("lesson_key", "opened_at")) == [
        (first.key, NOW),
        (second.key, LATER),
    ]


def test_open_lesson_again_at_once_writes_nothing(enrollment: Enrollment) -> None:
    lesson = lessons(enrollment)[0]
    open_lesson(enrollment, lesson, now=NOW)

    with CaptureQueriesContext(connection) as queries:
        open_lesson(enrollment, lesson, now=NOW + timedelta(minutes=1))

    assert [query["sql"].split()[0] for query in queries if "PROGRESS" in query["sql"].upper()] == [
        "SELECT"
    ]
    assert not [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_lesson_of_another_course_is_refused(enrollment: Enrollment) -> None:
    foreign = LessonFactory()

    for step in (open_lesson, finish_lesson, unfinish_lesson):
        with pytest.raises(WrongLesson):
            step(enrollment, foreign, now=NOW)
    with pytest.raises(WrongLesson):
        add_time(enrollment, foreign, seconds=1, scroll_permille=0, now=NOW)


def test_finish_twice_is_finish_once_and_can_be_taken_back(enrollment: Enrollment) -> None:
    lesson = lessons(enrollment)[0]

    finish_lesson(enrollment, lesson, now=NOW)
    assert finish_lesson(enrollment, lesson, now=LATER).finished_lesson_count == 1
    assert LessonProgress.objects.get().finished_at == NOW

    unfinish_lesson(enrollment, lesson, now=LATER)
    assert unfinish_lesson(enrollment, lesson, now=LATER).finished_lesson_count == 0
    assert LessonProgress.objects.get().finished_at is None


def test_time_is_added_and_scroll_is_remembered(enrollment: Enrollment) -> None:
    lesson = lessons(enrollment)[0]
    open_lesson(enrollment, lesson, now=NOW)

    add_time(enrollment, lesson, seconds=30, scroll_permille=400, now=NOW + timedelta(seconds=31))
    add_time(enrollment, lesson, seconds=30, scroll_permille=250, now=NOW + timedelta(seconds=61))

    progress = LessonProgress.objects.get()
    assert (progress.seconds_visible, progress.scroll_permille) == (60, 250)
    assert Enrollment.objects.get().seconds_on_task == 60


@pytest.mark.parametrize(
    ("seconds", "scroll", "passed", "counted"),
    [
        (30, 0, 30, 30),
        (10_000, 0, 10_000, 120),
        (30, 0, 10, 10),
        (30, 0, 0, 0),
        (-50, -5, 60, 0),
        (10**12, 10**9, 60, 60),
    ],
)
def test_odd_time_is_trimmed_and_never_refused(
    enrollment: Enrollment, seconds: int, scroll: int, passed: int, counted: int
) -> None:
    lesson = lessons(enrollment)[0]
    open_lesson(enrollment, lesson, now=NOW)

    add_time(
        enrollment,
        lesson,
        seconds=seconds,
        scroll_permille=scroll,
        now=NOW + timedelta(seconds=passed),
    )

    progress = LessonProgress.objects.get()
    assert progress.seconds_visible == counted
    assert 0 <= progress.scroll_permille <= 1000


def test_completed_course_takes_no_more_time(owner: User, enrollment: Enrollment) -> None:
    finish_all(enrollment)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)

    add_time(
        enrollment,
        lessons(enrollment)[0],
        seconds=30,
        scroll_permille=1,
        now=NOW + LATER.resolution,
    )

    assert Enrollment.objects.get().seconds_on_task == 0


# ---------------------------------------------------------------- completion


class Quiz(CoursePart):
    """A part that is met once somebody says so."""

    name = "quiz"

    def __init__(self, *, is_after_evaluation: bool = False) -> None:
        self.is_met = False
        self.is_after_evaluation = is_after_evaluation
        self.completed_ids: list[int] = []
        self.calls = 0

    @property
    def code(self) -> str:
        return "last" if self.is_after_evaluation else "quiz"

    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        self.calls += 1
        return {} if self.is_met else {each.pk: [Item(self.code, "…")] for each in enrollments}

    def checklist(self, enrollment: Enrollment) -> list[ChecklistLine]:
        return [ChecklistLine(self.code, "…", self.is_met)]

    def completed(self, enrollment: Enrollment, *, now: datetime) -> None:
        self.completed_ids.append(enrollment.pk)


def codes(enrollment: Enrollment) -> list[str]:
    return [item.code for item in unmet_items([enrollment])[enrollment.pk]]


def test_unmet_items_stand_in_the_order_of_the_course(
    enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    alone += [Quiz(is_after_evaluation=True), Quiz()]

    items = unmet_items([enrollment])[enrollment.pk]

    assert [item.code for item in items] == [
        "lesson-not-finished",
        "lesson-not-finished",
        "quiz",
        "evaluation-missing",
        "last",
    ]
    assert items[0].sentence == "You still need: the lesson “First”."
    assert items[0].url == f"/learn/{enrollment.uid}/lessons/first/"
    assert [(line.code, line.is_met, line.detail) for line in checklist(enrollment)] == [
        ("lessons", False, "0 of 2"),
        ("quiz", False, ""),
        ("evaluation", False, "six short questions"),
        ("last", False, ""),
    ]


def test_last_step_completes_on_the_local_date_of_the_learner(
    owner: User, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    quiz = Quiz()
    quiz.is_met = True
    alone.append(quiz)
    User.objects.filter(pk=owner.pk).update(time_zone="America/Los_Angeles")
    finish_all(enrollment)
    late = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)

    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=late)

    stored = Enrollment.objects.get()
    assert (stored.status, stored.completed_at) == ("completed", late)
    assert (stored.completed_on, stored.completed_zone) == (
        date(2026, 11, 20),
        "America/Los_Angeles",
    )
    assert Course.objects.get().completion_count == 1
    assert quiz.completed_ids == [stored.pk]
    assert AuditEvent.objects.filter(action="enrollment.completed").count() == 1


def test_any_last_step_completes(owner: User, enrollment: Enrollment) -> None:
    first, second = lessons(enrollment)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)
    finish_lesson(enrollment, second, now=NOW)

    assert finish_lesson(enrollment, first, now=NOW).status == "completed"


def test_completing_twice_is_completing_once(owner: User, alone: list[CoursePart]) -> None:
    quiz = Quiz()
    quiz.is_met = True
    alone.append(quiz)
    enrollment = EnrollmentFactory(user=owner)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)

    with transaction.atomic():
        assert complete_if_met(lock_enrollment(enrollment.pk), now=LATER)

    assert quiz.completed_ids == [enrollment.pk]
    assert Enrollment.objects.get().completed_at == NOW
    assert Course.objects.get().completion_count == 1


def test_nothing_completes_while_something_is_unmet(
    owner: User, enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    alone.append(Quiz())
    finish_all(enrollment)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)

    assert codes(enrollment) == ["quiz"]
    assert Enrollment.objects.get().status == "open"


def test_left_course_does_not_complete(owner: User) -> None:
    enrollment = EnrollmentFactory(user=owner)
    withdraw(enrollment.pk, by=owner, now=NOW)

    with transaction.atomic():
        assert not complete_if_met(lock_enrollment(enrollment.pk), now=NOW)


@pytest.mark.django_db(transaction=True)
def test_lock_needs_a_transaction() -> None:
    enrollment = EnrollmentFactory()

    with pytest.raises(RuntimeError, match="transaction"):
        lock_enrollment(enrollment.pk)


def test_completed_enrollment_keeps_its_lessons_finished(
    owner: User, enrollment: Enrollment
) -> None:
    finish_all(enrollment)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)

    with pytest.raises(EnrollmentNotOpen):
        unfinish_lesson(enrollment, lessons(enrollment)[0], now=LATER)
    assert finish_lesson(enrollment, lessons(enrollment)[0], now=LATER).status == "completed"


def test_queries_of_unmet_do_not_grow_with_enrollments(alone: list[CoursePart]) -> None:
    alone.append(Quiz())
    counts = []
    enrollments: list[Enrollment] = []
    for _ in range(3):
        version: CourseVersion = VersionFactory()
        LessonFactory(module__version=version)
        enrollments.append(EnrollmentFactory(version=version))
        with CaptureQueriesContext(connection) as queries:
            found = unmet_items(enrollments)
        counts.append(len(queries))

    assert counts == [3, 3, 3]
    assert [len(items) for items in found.values()] == [3, 3, 3]


def test_progress_follows_the_key_and_not_the_row(owner: User, enrollment: Enrollment) -> None:
    lesson = lessons(enrollment)[0]
    finish_lesson(enrollment, lesson, now=NOW)

    assert LessonProgress.objects.get().lesson_key == lesson.key
    assert len(codes(enrollment)) == 2


# ---------------------------------------------------------------- evaluation


def test_evaluation_is_kept_clean_and_once(owner: User, enrollment: Enrollment) -> None:
    first = submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)
    second = submit_evaluation(
        enrollment.pk, answers={**ANSWERS, "minutes_taken": 5}, by=owner, now=LATER
    )

    assert first == second
    stored = Evaluation.objects.get()
    assert (stored.minutes_taken, stored.comment, stored.content_accurate) == (70, "Fine.", 4)
    assert stored.submitted_at == NOW


@pytest.mark.parametrize(
    "spoiled",
    [
        {"objectives_met": 0},
        {"objectives_met": 6},
        {"objectives_met": "x"},
        {"objectives_met": None},
        {"minutes_taken": 0},
        {"minutes_taken": 10_001},
        {"comment": "x" * 4_001},
    ],
)
def test_evaluation_out_of_range_is_refused(
    owner: User, enrollment: Enrollment, spoiled: dict[str, Any]
) -> None:
    with pytest.raises(EvaluationNotValid):
        submit_evaluation(enrollment.pk, answers={**ANSWERS, **spoiled}, by=owner, now=NOW)

    assert not Evaluation.objects.exists()


def test_evaluation_is_the_learners_own(enrollment: Enrollment) -> None:
    with pytest.raises(NotYours):
        submit_evaluation(enrollment.pk, answers=ANSWERS, by=UserFactory(), now=NOW)
