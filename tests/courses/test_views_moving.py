"""The notice on the learner's page, the offer, and the two answers to it."""

import html
from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from courses import frozen
from courses.domain.enrolling import withdraw
from courses.models import CourseVersion, Enrollment, Lesson, LessonProgress
from quizzes.domain.attempts import start_attempt
from tests.conftest import NOW
from tests.courses.marked import marked
from tests.factories.courses import EnrollmentFactory, LessonFactory, VersionFactory
from tests.factories.licensing import (
    ApprovedFactory,
    BodyFactory,
    LicenseFactory,
    SubmittedFactory,
)
from tests.factories.moving import finished, newer_of, on_the_way, put_on_sale, twin
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
NOTICE = "A newer version of this course is out"
QUIET = "A newer version is out:"


@pytest.fixture
def course(owner: User) -> tuple[Enrollment, CourseVersion]:
    return on_the_way(user=owner)


@pytest.fixture
def enrollment(course: tuple[Enrollment, CourseVersion]) -> Enrollment:
    return course[0]


@pytest.fixture
def newer(course: tuple[Enrollment, CourseVersion]) -> CourseVersion:
    return course[1]


@pytest.fixture
def client(owner: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(owner)


def url(name: str, enrollment: Enrollment) -> str:
    return reverse(f"courses:enrollment-{name}", args=[enrollment.uid])


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def said(client: Client, address: str) -> str:
    """The page where the browser ends up, with what was said on the way."""
    return html.unescape(client.get(address, follow=True).content.decode())


def test_notice_leads_to_the_offer(client: Client, enrollment: Enrollment) -> None:
    page = text(client, enrollment.get_absolute_url())

    assert NOTICE in page
    assert url("newer", enrollment) in page


def test_no_notice_without_a_newer_version(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    put_on_sale(enrollment.version)

    assert NOTICE not in text(client, enrollment.get_absolute_url())
    answer = client.get(url("newer", enrollment))
    assert (answer.status_code, answer.url) == (302, enrollment.get_absolute_url())


def test_offer_says_what_is_read_again_and_shows_the_words(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    LessonFactory(module__version=newer, title="Quite new")

    answer = client.get(url("newer", enrollment))

    page = html.unescape(answer.content.decode())
    assert [(group.id, len(group.moves)) for group in answer.context["groups"]] == [
        ("again", 1),
        ("new", 1),
        ("ahead", 1),
    ]
    assert "One lesson is to be read again." in page
    assert "<del>Some</del> <ins>Another</ins> text." in marked(page)
    assert "0.5 CE hours, as in yours" in page
    assert 'name="version" value="2.0"' in page


def test_move_and_a_second_click(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    for _ in range(2):
        answer = client.post(url("move", enrollment), {"version": "2.0"})
        assert (answer.status_code, answer.url) == (302, enrollment.get_absolute_url())

    page = text(client, enrollment.get_absolute_url())
    enrollment.refresh_from_db()
    assert enrollment.version == newer
    assert page.count("You are in edition 2.0 now.") == 1
    assert NOTICE not in page


def test_stay_makes_the_notice_small_and_the_offer_stays(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    answer = client.post(url("stay", enrollment), {"version": "2.0"})

    page = text(client, enrollment.get_absolute_url())
    assert (answer.status_code, answer.url) == (302, enrollment.get_absolute_url())
    assert NOTICE not in page
    assert QUIET in page
    assert "you chose to stay with yours" in text(client, url("newer", enrollment))
    newer_of(enrollment.version, edition=3)
    assert NOTICE in text(client, enrollment.get_absolute_url())


@pytest.mark.parametrize("name", ["move", "stay"])
@pytest.mark.parametrize("sent", [{}, {"version": "2"}, {"version": "9.9"}, {"version": "٢.٠"}])
def test_a_version_nobody_was_shown_changes_nothing(
    name: str, sent: dict[str, str], client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    answer = client.post(url(name, enrollment), sent)

    enrollment.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, url("newer", enrollment))
    assert enrollment.version != newer
    assert "Nothing of yours was changed." in said(client, answer.url)


def test_a_switch_of_sale_between_page_and_click(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    newest = newer_of(enrollment.version, edition=3)

    answer = client.post(url("move", enrollment), {"version": "2.0"})

    page = said(client, answer.url)
    enrollment.refresh_from_db()
    assert enrollment.version not in (newer, newest)
    assert "The office changed which version is on sale" in page
    assert 'name="version" value="3.0"' in page


def test_an_open_attempt_is_named_and_linked(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    quiz = quiz_with(1, version=enrollment.version, title="Quiz: points")
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)

    page = text(client, url("newer", enrollment))
    answer = client.post(url("move", enrollment), {"version": "2.0"})

    assert attempt.get_absolute_url() in page
    assert "Move to the newer version" not in page
    assert "Submit or finish the quiz “points” first" in said(client, answer.url)


@pytest.mark.parametrize("name", ["move", "stay"])
def test_a_course_that_was_left_says_so(
    name: str, client: Client, enrollment: Enrollment, newer: CourseVersion, owner: User
) -> None:
    withdraw(enrollment.pk, by=owner, now=NOW)

    answer = client.post(url(name, enrollment), {"version": "2.0"})

    assert answer.url == enrollment.get_absolute_url()
    assert "Open it again from the course page" in said(client, answer.url)


def test_a_window_from_before_finishes_no_lesson_nobody_read(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    lesson = Lesson.objects.get(version=newer, body="Another text.")
    client.post(url("move", enrollment), {"version": "2.0"})
    finish = reverse("courses:lesson-finish", args=[enrollment.uid, lesson.slug])

    answer = client.post(finish, {"version": "1.0"})

    here = reverse("courses:lesson-detail", args=[enrollment.uid, lesson.slug])
    assert (answer.status_code, urlsplit(answer.url).path) == (302, here)
    assert "This is the lesson as it reads there." in said(client, here)
    assert not LessonProgress.objects.filter(finished_at__isnull=False).exists()
    client.post(finish, {"version": "2.0"})
    assert LessonProgress.objects.filter(finished_at__isnull=False).count() == 1


def test_where_the_newer_edition_is_not_approved_is_said_first(
    client: Client, enrollment: Enrollment, newer: CourseVersion, owner: User
) -> None:
    florida = BodyFactory(code="US-FL", jurisdiction="Florida", name="Florida Board")
    texas = BodyFactory(code="US-TX", jurisdiction="Texas", name="Texas Department")
    LicenseFactory(user=owner, body=florida, number="MA1")
    LicenseFactory(user=owner, body=texas, number="MT2")
    forever = {"submitted_on": None, "decided_on": date(2020, 1, 1), "valid_to": None}
    ApprovedFactory(
        body=florida, course=newer.course, edition=1, valid_from=date(2020, 1, 1), **forever
    )
    SubmittedFactory(body=florida, course=newer.course, edition=2, submitted_on=date(2026, 1, 2))

    page = text(client, url("newer", enrollment))

    assert "Florida has approved your edition and not the newer one." in page
    assert page.index("Florida, your license MA1") < page.index("Texas, your license MT2")
    assert "Submitted to Florida Board on January 2, 2026" in page
    assert page.count("Nothing is recorded. Ask the board before you count on it.") == 2


def test_within_one_edition_nothing_changes_for_licenses(client: Client, owner: User) -> None:
    enrollment = EnrollmentFactory(user=owner)
    lesson = LessonFactory(module__version=enrollment.version)
    finished(enrollment, lesson)
    mended = newer_of(enrollment.version, edition=1, revision=1)
    twin(lesson, mended, body="Some text, mended.")

    page = text(client, url("newer", enrollment))

    assert "what they have said about yours holds for the newer one as well" in page
    assert "Only typing mistakes were mended" in page
    assert "<ins>text, mended.</ins>" in marked(page)


def test_offer_asks_as_often_for_much_as_for_little(client: Client, owner: User) -> None:
    counts = []
    for number in (1, 3):
        version = VersionFactory()
        lessons = [LessonFactory(module__version=version) for _ in range(number)]
        enrollment = EnrollmentFactory(user=owner, version=version)
        finished(enrollment, *lessons)
        newer = newer_of(version)
        for lesson in lessons:
            twin(lesson, newer, body="Another text.")
            quiz_with(1, version=version)
            quiz_with(1, version=newer)
            body = BodyFactory()
            LicenseFactory(user=owner, body=body)
            ApprovedFactory(body=body, course=version.course)
        page = url("newer", enrollment)
        text(client, page)
        frozen.forget()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page).status_code == 200
        counts.append(len(asked))

    assert counts[0] == counts[1], counts


def test_notice_costs_one_query(
    client: Client, enrollment: Enrollment, newer: CourseVersion
) -> None:
    page = enrollment.get_absolute_url()

    def asked() -> int:
        text(client, page)
        with CaptureQueriesContext(connection) as captured:
            text(client, page)
        return len(captured)

    with_notice = asked()
    put_on_sale(enrollment.version)

    assert with_notice == asked() + 1


def test_long_names_and_emoji_stand_on_the_page(client: Client, owner: User) -> None:
    long = "Handgriffe" * 19 + " 🙂<b>"
    lesson = LessonFactory(title=long)
    enrollment = EnrollmentFactory(user=owner, version=lesson.version)
    finished(enrollment, lesson)
    newer = newer_of(lesson.version)
    twin(lesson, newer, title=f"{long}!", body="Another text.")

    raw = client.get(url("newer", enrollment)).content.decode()

    assert raw.count("🙂&lt;b&gt;!") == 2
    assert "<b>!" not in raw
