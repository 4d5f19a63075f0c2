from collections.abc import Mapping, Sequence
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from courses import queries
from courses.domain.enrolling import withdraw
from courses.domain.progress import finish_lesson, open_lesson
from courses.models import Course, CourseVersion, Enrollment, Subject
from courses.parts import CatalogueFilter, CoursePart, Item, OutlineLine
from tests.conftest import NOW
from tests.factories.courses import (
    EnrollmentFactory,
    LessonFactory,
    ModuleFactory,
    VersionFactory,
    publish,
    publishable,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def found(query: str) -> list[str]:
    return [course.slug for course in queries.catalogue(QueryDict(query))]


@pytest.fixture
def courses() -> list[CourseVersion]:
    made = []
    for slug, title, subject in (
        ("lymph", "Lymphatic dráinage of the face", "Lymph"),
        ("points", "Points of the face", "Meridians"),
    ):
        version = publishable(title=title, course__slug=slug)
        version.subjects.add(Subject.objects.create(slug=subject.lower(), name=subject))
        made.append(publish(version))
    VersionFactory(status="draft", title="A draft of the face")
    return made


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["points", "lymph"]),
        ("q=FACE", ["points", "lymph"]),
        ("q=Drainage", ["lymph"]),
        ("q=dráinage+FACE", ["lymph"]),
        ("q=drainage+points", []),
        ("q=face+the", ["points", "lymph"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=" + "x" * 5_000, []),
        ("subject=meridians", ["points"]),
        ("subject=absent", []),
        ("subject=lymph&q=face", ["lymph"]),
        ("q=Ana", ["points", "lymph"]),
    ],
)
def test_catalogue_finds_by_words_and_subject(
    courses: list[CourseVersion], query: str, slugs: list[str]
) -> None:
    assert found(query) == slugs


def test_catalogue_has_the_version_at_hand_without_its_long_texts(
    courses: list[CourseVersion],
) -> None:
    with CaptureQueriesContext(connection) as captured:
        rows = list(queries.catalogue(QueryDict("")))
        assert [row.on_sale_version.title for row in rows if row.on_sale_version]

    assert len(captured) == 1
    assert "canonical_text" not in captured[0]["sql"]


def test_catalogue_filters_offer_subjects_that_are_on_sale(
    courses: list[CourseVersion], alone: list[CoursePart]
) -> None:
    Subject.objects.create(slug="unused", name="Unused")

    class States(CoursePart):
        def catalogue_filters(
            self, query: QueryDict, *, user: User | None = None
        ) -> list[CatalogueFilter]:
            return [CatalogueFilter("state", "State", [("", "All")])]

        def filter_catalogue(
            self, courses: QuerySet[Course], query: QueryDict, *, user: User | None = None
        ) -> QuerySet[Course]:
            return courses.filter(slug="lymph") if query.get("state") else courses

    alone.append(States())

    subject, state = queries.catalogue_filters(QueryDict("subject=lymph"))

    assert (subject.choices, subject.chosen) == (
        [("", "All subjects"), ("lymph", "Lymph"), ("meridians", "Meridians")],
        "lymph",
    )
    assert state.name == "state"
    assert found("state=FL") == ["lymph"]


# ---------------------------------------------------------------- outline


@pytest.fixture
def enrollment(owner: User) -> Enrollment:
    version = VersionFactory(credit_hours=Decimal("0.5"), lesson_count=3)
    first = ModuleFactory(version=version, position=1, title="One")
    second = ModuleFactory(version=version, position=2, title="Two")
    for position, module in ((1, first), (2, first), (3, second)):
        LessonFactory(
            module=module,
            position=position,
            title=f"Lesson {position}",
            slug=f"lesson-{position}",
            is_free=position == 1,
        )
    return EnrollmentFactory(user=owner, version=version)


class Quizzes(CoursePart):
    def outline_lines(
        self, version: CourseVersion, enrollment: Enrollment | None
    ) -> list[OutlineLine]:
        first = version.modules.get(position=1)
        return [
            OutlineLine("Exam", "", "/exam/", False, None),
            OutlineLine("Quiz", "", "/quiz/", True, first.pk),
        ]


def test_outline_has_lessons_quizzes_and_progress(
    enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    alone.append(Quizzes())
    lesson = enrollment.version.lessons.get(position=1)
    finish_lesson(enrollment, lesson, now=NOW)

    outline = queries.outline(enrollment.version, enrollment, current=lesson)

    assert [(step.title, step.is_done) for step in outline.steps] == [
        ("Lesson 1", True),
        ("Lesson 2", False),
        ("Quiz", True),
        ("Lesson 3", False),
        ("Exam", False),
    ]
    assert (outline.lesson_count, outline.finished_count) == (3, 1)
    assert [each.is_current for each in outline.lessons] == [True, False, False]
    assert outline.lessons[0].url == f"/learn/{enrollment.uid}/lessons/lesson-1/"
    before, after = outline.neighbors(enrollment.version.lessons.get(position=3))
    assert (before and before.title, after and after.title) == ("Quiz", "Exam")
    before, after = outline.neighbors(lesson)
    assert (before, after and after.title) == (None, "Lesson 2")


def test_visitor_may_read_free_lessons_only(enrollment: Enrollment) -> None:
    outline = queries.outline(enrollment.version)

    assert [(each.url, each.is_locked) for each in outline.lessons] == [
        (f"/courses/{enrollment.course.slug}/lessons/lesson-1/", False),
        ("", True),
        ("", True),
    ]


def test_queries_of_the_outline_do_not_grow(enrollment: Enrollment) -> None:
    counts = []
    for position in (4, 5, 6):
        module = ModuleFactory(version=enrollment.version, position=position)
        LessonFactory(module=module, position=position)
        from courses import frozen

        frozen.forget()
        with CaptureQueriesContext(connection) as captured:
            queries.outline(enrollment.version, enrollment)
        counts.append(len(captured))

    assert len(set(counts)) == 1
    assert counts[0] <= 4


# ---------------------------------------------------------------- next, my learning


def test_next_step_follows_the_learner(enrollment: Enrollment) -> None:
    first, second, third = enrollment.version.lessons.all()
    steps = []

    def look() -> None:
        step = queries.next_step(Enrollment.objects.get())
        steps.append((step.label, step.url.rsplit("/", 2)[1]))

    look()
    open_lesson(enrollment, second, now=NOW)
    look()
    finish_lesson(enrollment, second, now=NOW)
    look()
    finish_lesson(enrollment, first, now=NOW)
    finish_lesson(enrollment, third, now=NOW)
    look()
    withdraw(enrollment.pk, by=enrollment.user, now=NOW)
    look()

    assert steps == [
        ("Start the first lesson", "lesson-1"),
        ("Go on reading", "lesson-2"),
        ("Go to the next lesson", "lesson-1"),
        ("Go to the next step", "evaluation"),
        ("Go back to the course page", str(enrollment.uid)),
    ]


class ModuleQuizzes(CoursePart):
    """A quiz for each module, and an exam."""

    passed: frozenset[int] = frozenset()

    def unmet(self, enrollments: Sequence[Enrollment]) -> Mapping[int, list[Item]]:
        return {
            each.pk: [
                Item("quiz", f"Quiz {module.position}", f"/quiz-{module.position}/", module.pk)
                for module in each.version.modules.all()
                if module.position not in self.passed
            ]
            + [Item("quiz", "Exam", "/exam/")]
            for each in enrollments
        }


def test_next_step_after_the_last_lesson_of_a_module_is_its_quiz(
    enrollment: Enrollment, alone: list[CoursePart]
) -> None:
    part = ModuleQuizzes()
    alone.append(part)
    first, second, third = enrollment.version.lessons.all()
    steps = []

    def look() -> None:
        step = queries.next_step(Enrollment.objects.get())
        steps.append((step.label, step.url.strip("/").rsplit("/", 1)[-1]))

    for lesson in (first, second):
        open_lesson(enrollment, lesson, now=NOW)
        finish_lesson(enrollment, lesson, now=NOW)
        look()
    open_lesson(enrollment, third, now=NOW)
    look()
    finish_lesson(enrollment, third, now=NOW)
    part.passed = frozenset({1})
    look()
    part.passed = frozenset({1, 2})
    look()

    assert steps == [
        ("Go to the next lesson", "lesson-2"),
        ("Go to the next step", "quiz-1"),
        ("Go on reading", "lesson-3"),
        ("Go to the next step", "quiz-2"),
        ("Go to the next step", "exam"),
    ]


def test_my_learning_is_ones_own_open_first(enrollment: Enrollment, stranger: User) -> None:
    done = EnrollmentFactory(
        user=enrollment.user,
        status="completed",
        completed_at=NOW,
        completed_on=NOW.date(),
        completed_zone="UTC",
    )
    left = EnrollmentFactory(user=enrollment.user, status="withdrawn")
    EnrollmentFactory(user=stranger, version=enrollment.version)

    rows = queries.my_learning(enrollment.user)

    assert [row.enrollment for row in rows] == [enrollment, done]
    assert left not in [row.enrollment for row in rows]
    assert (rows[0].lesson_count, rows[0].finished_count) == (3, 0)


def test_queries_of_my_learning_do_not_grow(owner: User) -> None:
    counts = []
    for _ in range(3):
        enrollment = EnrollmentFactory(user=owner)
        lesson = LessonFactory(module__version=enrollment.version)
        open_lesson(enrollment, lesson, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            rows = queries.my_learning(owner)
        counts.append(len(captured))

    assert len(rows) == 3
    assert counts == [4, 4, 4]
