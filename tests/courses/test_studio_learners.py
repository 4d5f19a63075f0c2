"""What an instructor learns from the learners: how many, never who."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from courses import frozen
from courses.models import (
    CourseMember,
    CourseVersion,
    Enrollment,
    Evaluation,
    Lesson,
    LessonProgress,
    MarginQuestion,
)
from courses.studio import insight
from quizzes.domain.attempts import start_attempt, submit_attempt
from tests.conftest import NOW
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory, LessonFactory, ModuleFactory, VersionFactory
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
LONG_AGO = NOW - timedelta(days=14)


@pytest.fixture
def version(instructor: User) -> CourseVersion:
    made: CourseVersion = VersionFactory(
        course__owner=instructor, course__slug="face", credit_hours=Decimal("1.5")
    )
    return made


@pytest.fixture
def lessons(version: CourseVersion) -> list[Lesson]:
    module = ModuleFactory(version=version)
    return [
        LessonFactory(module=module, title=title, counted_words=1_600)
        for title in ("First", "Second", "Third")
    ]


def study(lesson: Lesson, *, seconds: int = 0, is_finished: bool = False, **more: object) -> None:
    enrollment = more.pop("enrollment", None) or EnrollmentFactory(
        **{"version": lesson.version, "last_lesson": lesson, **more}
    )
    LessonProgress.objects.create(
        enrollment=enrollment,
        lesson=lesson,
        lesson_key=lesson.key,
        opened_at=NOW,
        finished_at=NOW if is_finished else None,
        seconds_visible=seconds,
    )


def evaluate(
    version: CourseVersion, *, useful: int = 4, minutes: int = 90, comment: str = ""
) -> None:
    Evaluation.objects.create(
        enrollment=EnrollmentFactory(version=version),
        submitted_at=NOW,
        objectives_met=4,
        content_accurate=5,
        useful_in_practice=useful,
        free_of_bias=5,
        minutes_taken=minutes,
        comment=comment,
    )


def page_of(version: CourseVersion, query: str = "") -> str:
    return reverse("courses:studio-learners", args=[version.course.slug]) + query


def html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


# ---------------------------------------------------------------- lessons


def test_version_without_learners_counts_nothing(
    version: CourseVersion, lessons: list[Lesson]
) -> None:
    figures = insight.learner_figures(version, now=NOW)

    assert (figures.learner_count, figures.most_stopped) == (0, None)
    assert [(each.title, each.opened_count, each.median_minutes) for each in figures.lessons] == [
        ("First", 0, None),
        ("Second", 0, None),
        ("Third", 0, None),
    ]


def test_lessons_tell_who_opened_finished_and_stopped(
    version: CourseVersion, lessons: list[Lesson]
) -> None:
    first, second, _third = lessons
    study(first, is_finished=True, last_activity_at=LONG_AGO)
    study(second, last_activity_at=LONG_AGO)
    study(second, last_activity_at=LONG_AGO, status=Enrollment.Status.WITHDRAWN)
    study(second, last_activity_at=LONG_AGO + timedelta(seconds=1))

    figures = insight.learner_figures(version, now=NOW)

    assert (figures.learner_count, figures.open_count, figures.left_count) == (4, 3, 1)
    assert [
        (each.opened_count, each.finished_count, each.stopped_count) for each in figures.lessons
    ] == [(1, 1, 1), (3, 0, 2), (0, 0, 0)]
    assert figures.most_stopped is not None
    assert figures.most_stopped.title == "Second"
    assert insight.stopping_places([version.pk], now=NOW) == {version.pk: ("Second", 2)}


def test_who_completed_the_course_has_not_stopped(
    version: CourseVersion, lessons: list[Lesson]
) -> None:
    study(
        lessons[2],
        last_activity_at=LONG_AGO,
        status=Enrollment.Status.OPEN,
    )
    Enrollment.objects.update(
        status=Enrollment.Status.COMPLETED,
        completed_at=NOW,
        completed_on=NOW.date(),
        completed_zone="UTC",
    )

    figures = insight.learner_figures(version, now=NOW)

    assert (figures.completed_count, figures.most_stopped) == (1, None)
    assert insight.stopping_places([version.pk], now=NOW) == {}


def test_minutes_are_the_median_of_those_who_finished(
    version: CourseVersion, lessons: list[Lesson]
) -> None:
    for seconds in (240, 600, 6_000):
        study(lessons[0], seconds=seconds, is_finished=True)
    study(lessons[0], seconds=0, is_finished=True)
    study(lessons[0], seconds=9_000)

    first, second, _third = insight.learner_figures(version, now=NOW).lessons

    assert (first.median_minutes, first.planned_minutes) == (10, 10)
    assert second.median_minutes is None


def test_progress_that_came_along_from_an_older_version_counts(
    version: CourseVersion, lessons: list[Lesson]
) -> None:
    older = VersionFactory(course=version.course, edition=1, revision=7)
    twin = LessonFactory(module__version=older, key=lessons[1].key)
    study(
        twin,
        enrollment=EnrollmentFactory(version=version, last_lesson=twin, last_activity_at=LONG_AGO),
    )

    figures = insight.learner_figures(version, now=NOW)

    assert [(each.opened_count, each.stopped_count) for each in figures.lessons] == [
        (0, 0),
        (1, 1),
        (0, 0),
    ]


def test_newest_learners_are_counted(version: CourseVersion, lessons: list[Lesson]) -> None:
    study(lessons[0])
    study(lessons[1])
    study(lessons[1])

    figures = insight.learner_figures(version, now=NOW, newest=2)

    assert (figures.learner_count, figures.is_cut) == (2, True)
    assert [each.opened_count for each in figures.lessons] == [0, 2, 0]
    assert insight.learner_figures(version, now=NOW, newest=3).is_cut is False


# ---------------------------------------------------------------- evaluations


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_three_evaluations_show_nothing(
    count: int, version: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    for _ in range(count):
        evaluate(version, useful=1, minutes=777, comment="More pictures, please.")

    figures = insight.evaluation_figures(version)
    page = html(client_of(instructor), page_of(version))
    desk = html(client_of(instructor), reverse("pages:teach"))

    assert (figures.count, figures.is_open, figures.agreements) == (count, False, [])
    assert "come with the third answer" in page
    assert "More pictures" not in page
    assert "777" not in page + desk


def test_third_evaluation_opens_figures_and_comments(
    version: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    evaluate(version, useful=5, minutes=40)
    evaluate(version, useful=4, minutes=90)
    evaluate(version, useful=1, minutes=600, comment="More pictures, <b>please</b>.")

    figures = insight.evaluation_figures(version)
    page = html(client_of(instructor), page_of(version))

    useful = next(each for each in figures.agreements if each.name == "useful_in_practice")
    assert [bar.count for bar in useful.bars] == [1, 0, 0, 1, 1]
    assert useful.mean is not None
    assert round(useful.mean, 2) == Decimal("3.33")
    assert (figures.median_minutes, figures.claimed_minutes) == (90, 90)
    assert [bar.count for bar in figures.minutes] == [1, 0, 1, 0, 1]
    assert "More pictures, &lt;b&gt;please" in page


def test_minutes_stand_beside_the_claim_at_its_edges(version: CourseVersion) -> None:
    """Ninety minutes are claimed."""
    for minutes in (44, 45, 71, 72, 107, 108, 134, 135):
        evaluate(version, minutes=minutes)

    assert [bar.count for bar in insight.evaluation_figures(version).minutes] == [1, 2, 2, 2, 1]


def test_comments_are_paged_newest_first(
    version: CourseVersion, instructor: User, client_of: ClientOf
) -> None:
    for number in range(22):
        evaluate(version, comment=f"Comment {number:02}.")
    client = client_of(instructor)

    first = html(client, page_of(version))
    after = Evaluation.objects.get(comment="Comment 02.").pk
    second = html(client, page_of(version, f"?version=1.0&after={after}"))

    assert first.index("Comment 21.") < first.index("Comment 02.")
    assert "Comment 01." not in first
    assert f"after={after}" in first
    assert "Comment 01." in second


# ---------------------------------------------------------------- the page


def test_no_learner_is_named(
    version: CourseVersion, lessons: list[Lesson], instructor: User, client_of: ClientOf
) -> None:
    quiz = quiz_with(1, version=version)
    learner = UserFactory(name_on_certificates="Lena Learner", email="lena@example.com")
    enrollment = EnrollmentFactory(version=version, user=learner, last_lesson=lessons[0])
    study(lessons[0], enrollment=enrollment)
    submit_attempt(start_attempt(enrollment, quiz, by=learner, now=NOW), by=learner, now=NOW)
    for _ in range(3):
        evaluate(version, comment="Good.")
    client = client_of(instructor)

    pages = html(client, page_of(version)) + html(client, reverse("pages:teach"))

    assert "Where does ST3 lie?" in pages
    assert "Lena" not in pages
    assert "lena@" not in pages
    assert str(enrollment.uid) not in pages


def test_version_is_chosen(version: CourseVersion, instructor: User, client_of: ClientOf) -> None:
    LessonFactory(module__version=version, title="Of the first")
    second = VersionFactory(course=version.course, edition=2)
    LessonFactory(module__version=second, title="Of the second")
    EnrollmentFactory(version=version)
    EnrollmentFactory(version=second)
    client = client_of(instructor)

    on_sale, chosen = html(client, page_of(version)), html(client, page_of(version, "?version=2.0"))

    assert ("Of the first" in on_sale, "Of the second" in on_sale) == (True, False)
    assert ("Of the first" in chosen, "Of the second" in chosen) == (False, True)
    for unknown in ("3.0", "x", "2"):
        assert client.get(page_of(version, f"?version={unknown}")).status_code == 404


def test_draft_has_no_figures(instructor: User, client_of: ClientOf) -> None:
    draft = VersionFactory(course__owner=instructor, status="draft")

    page = html(client_of(instructor), page_of(draft))

    assert "Nobody can take this course yet" in page
    assert client_of(instructor).get(page_of(draft, "?version=1.0")).status_code == 200


@pytest.mark.parametrize(("role", "status"), [("co-author", 200), ("reviewer", 200), ("", 404)])
def test_who_looks(role: str, status: int, version: CourseVersion, client_of: ClientOf) -> None:
    user = UserFactory()
    user.groups.add(Group.objects.get(name="instructor"))
    if role:
        CourseMember.objects.create(
            course=version.course, user=user, role=role, added_at=NOW, added_by_id=1
        )

    answer = client_of(user).get(page_of(version))

    assert answer.status_code == status
    if status == 200:
        assert (">Margin questions</a>" in answer.content.decode()) is (role == "co-author")


def test_page_asks_the_same_for_many(
    version: CourseVersion, lessons: list[Lesson], instructor: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    for _ in range(3):
        evaluate(version, comment="Good.")
    counts = []
    for number in range(3):
        quiz = quiz_with(1, version=version, title=f"Quiz {number}")
        LessonFactory(module=lessons[0].module, title=f"More {number}")
        enrollment = EnrollmentFactory(version=version)
        study(lessons[number], enrollment=enrollment)
        submit_attempt(
            start_attempt(enrollment, quiz, by=enrollment.user, now=NOW),
            by=enrollment.user,
            now=NOW,
        )
        evaluate(version, comment="Good.")
        html(client, page_of(version))
        frozen.forget()
        with CaptureQueriesContext(connection) as captured:
            html(client, page_of(version))
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts


# ---------------------------------------------------------------- the desk


def test_desk_says_in_a_line_each_what_learners_teach(
    version: CourseVersion, lessons: list[Lesson], instructor: User, client_of: ClientOf
) -> None:
    study(lessons[1], last_activity_at=timezone.now() - timedelta(days=15))
    quiz = quiz_with(1, version=version)
    learner = EnrollmentFactory(version=version)
    submit_attempt(start_attempt(learner, quiz, by=learner.user, now=NOW), by=learner.user, now=NOW)
    for text in ("How?", "Why?"):
        MarginQuestion.objects.create(
            course=version.course,
            version=version,
            lesson_key=lessons[0].key,
            text=text,
            asked_at=NOW,
            asked_by=learner.user,
        )

    page = " ".join(html(client_of(instructor), reverse("pages:teach")).split())

    assert "2 learners’ questions wait" in page
    assert "“Where does ST3 lie?” (0 of 1 right)" in page
    assert "“Second” (1)" in page
    assert f'href="{page_of(version)}?version=1.0#lessons"' in page


def test_desk_of_many_courses_asks_ten_times_at_most(instructor: User, client_of: ClientOf) -> None:
    client = client_of(instructor)
    counts = []
    for _ in range(3):
        lesson = LessonFactory(module__version__course__owner=instructor)
        quiz = quiz_with(1, version=lesson.version)
        learner = EnrollmentFactory(
            version=lesson.version,
            last_lesson=lesson,
            last_activity_at=timezone.now() - timedelta(days=15),
        )
        submit_attempt(
            start_attempt(learner, quiz, by=learner.user, now=NOW), by=learner.user, now=NOW
        )
        html(client, reverse("pages:teach"))
        with CaptureQueriesContext(connection) as captured:
            html(client, reverse("pages:teach"))
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts
    assert counts[0] <= 10
