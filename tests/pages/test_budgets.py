"""Budgets that do not depend on the machine, held on the real starter course (docs/performance.md).

The course is imported, published and studied once for this file, in a transaction around all of
its tests; what a test does is taken back by the test's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoDbBlocker, Settings

from ce_platform.accounts.models import User
from ce_platform.pages import demo_people
from courses import frozen
from courses.models import Enrollment, Lesson
from quizzes import presenting
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.models import Attempt, Quiz
from tests.conftest import NOW
from tests.factories.certificates import make_certificate
from tests.factories.quizzes import quiz_with, started
from tests.pages.shared import made_once
from tests.pages.wire import Loaded, fonts_of, foreign, foreign_in_files, on_the_wire, with_imports
from tests.quizzes.answering import form_of

HTML = 60_000
WIRE = 80_000
FONTS = 120_000
LESSON_QUERIES = 8
PAGE_QUERIES = 10
LONG_QUIZ = 50


@pytest.fixture(scope="module")
def _studied_course(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo: course, submissions to bodies, a therapist who has begun."""

    def make() -> None:
        with patch.object(django_settings, "DEMO", True):
            call_command("load_licensing_bodies", quiet=True)
            demo_people.seed(now=NOW)

    with made_once(make, blocker=django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def _on_the_demo(_studied_course: None, db: None, settings: Settings) -> None:
    """The demo's bar is on every page, so these pages are the longest that there are."""
    settings.DEMO = True


@dataclass(frozen=True)
class Learner:
    client: Client
    enrollment: Enrollment

    @property
    def exam(self) -> Quiz:
        return Quiz.objects.get(version=self.enrollment.version, slug="final-exam")

    def attempt(self) -> Attempt:
        return start_attempt(self.enrollment, self.exam, by=self.enrollment.user, now=NOW)

    def reviewed(self) -> Attempt:
        """Everything answered wrong or not at all: the longest review."""
        return submit_attempt(self.attempt(), by=self.enrollment.user, now=NOW)


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client


@pytest.fixture
def learner() -> Learner:
    enrollment = Enrollment.objects.select_related("version", "course", "user").get(
        user__email="therapist@example.com"
    )
    return Learner(signed_in("therapist@example.com"), enrollment)


def get(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def queries(client: Client, url: str) -> int:
    """After a first visit: what is frozen is made once in each process."""
    get(client, url)
    with CaptureQueriesContext(connection) as captured:
        get(client, url)
    return len(captured)


def lesson_urls(enrollment: Enrollment) -> list[str]:
    slugs = Lesson.objects.filter(version=enrollment.version).values_list("slug", flat=True)
    return [reverse("courses:lesson-detail", args=[enrollment.uid, slug]) for slug in slugs]


# ---------------------------------------------------------------- lessons


def test_every_lesson_keeps_its_queries_and_bytes(learner: Learner) -> None:
    urls = lesson_urls(learner.enrollment)

    assert len(urls) == 9
    for url in urls:
        assert queries(learner.client, url) <= LESSON_QUERIES, url
        assert len(get(learner.client, url).encode()) <= HTML, url


def test_lesson_read_for_the_first_time_in_a_process_asks_not_much_more(learner: Learner) -> None:
    url = lesson_urls(learner.enrollment)[0]
    queries(learner.client, url)
    frozen.forget()

    with CaptureQueriesContext(connection) as captured:
        get(learner.client, url)

    assert len(captured) <= LESSON_QUERIES + 5


def test_free_lesson_keeps_its_queries_and_bytes(learner: Learner) -> None:
    lesson = Lesson.objects.get(version=learner.enrollment.version, is_free=True)
    url = reverse("courses:lesson-sample", args=[learner.enrollment.course.slug, lesson.slug])

    assert queries(Client(), url) <= LESSON_QUERIES
    assert len(get(Client(), url).encode()) <= HTML


# ---------------------------------------------------------------- other pages

Address = Callable[[Learner], str]
LEARNER_PAGES: dict[str, Address] = {
    "home": lambda _: reverse("pages:home"),
    "learning": lambda _: reverse("pages:learning"),
    "catalogue": lambda _: reverse("courses:course-list"),
    "hours": lambda each: reverse("courses:course-hours", args=[each.enrollment.course.slug]),
    "quiz": lambda each: reverse("quizzes:quiz-detail", args=[each.enrollment.uid, each.exam.slug]),
    "attempt": lambda each: each.attempt().get_absolute_url(),
    "overview": lambda each: reverse("quizzes:attempt-submit", args=[each.attempt().uid]),
    "review": lambda each: reverse("quizzes:attempt-review", args=[each.reviewed().uid]),
    "evaluation": lambda each: reverse("courses:evaluation", args=[each.enrollment.uid]),
    "licenses": lambda _: reverse("licensing:license-list"),
    "certificates": lambda _: reverse("certificates:certificate-list"),
    "profile": lambda _: reverse("accounts:profile"),
}
OFFICE_PAGES = (
    "pages:office",
    "pages:mail-list",
    "licensing:office-submission-list",
    "licensing:office-body-list",
    "certificates:office-certificate-list",
    "quizzes:office-request-list",
)


@pytest.mark.parametrize("name", LEARNER_PAGES)
def test_page_of_a_learner_keeps_its_queries_and_bytes(name: str, learner: Learner) -> None:
    url = LEARNER_PAGES[name](learner)

    assert queries(learner.client, url) <= PAGE_QUERIES
    assert len(get(learner.client, url).encode()) <= HTML


def test_overview_of_a_course_keeps_its_bytes(learner: Learner) -> None:
    """It gathers the outline, the checklist, the next step and what ends at the learner's bodies
    before they are done, so it may ask more."""
    url = learner.enrollment.get_absolute_url()

    assert queries(learner.client, url) <= 15
    assert len(get(learner.client, url).encode()) <= HTML


def test_course_page_keeps_its_queries_and_bytes(learner: Learner) -> None:
    """It works out for each license how much would count beside all that was earned."""
    url = learner.enrollment.course.get_absolute_url()

    assert queries(learner.client, url) <= 22
    assert queries(Client(), f"{url}?state=US-FL") <= 16
    assert len(get(learner.client, url).encode()) <= HTML


@pytest.mark.parametrize("name", ["pages:home", "courses:course-list", "certificates:verify"])
def test_page_of_a_visitor_keeps_its_queries_and_bytes(name: str) -> None:
    url = reverse(name)

    assert queries(Client(), url) <= PAGE_QUERIES
    assert len(get(Client(), url).encode()) <= HTML


@pytest.mark.parametrize("name", OFFICE_PAGES)
def test_desk_keeps_its_queries_and_bytes(name: str, learner: Learner) -> None:
    make_certificate(user=learner.enrollment.user)
    registrar = signed_in("registrar@example.com")

    assert queries(registrar, reverse(name)) <= PAGE_QUERIES
    assert len(get(registrar, reverse(name)).encode()) <= HTML


def test_desk_of_an_instructor_keeps_its_queries_and_bytes() -> None:
    instructor = signed_in("instructor@example.com")

    assert queries(instructor, reverse("pages:teach")) <= PAGE_QUERIES
    assert len(get(instructor, reverse("pages:teach")).encode()) <= HTML


@pytest.mark.parametrize("name", [*LEARNER_PAGES, "course", "overview of the course"])
def test_page_of_a_learner_leaves_the_long_texts_of_the_version(
    name: str, learner: Learner
) -> None:
    """The course page shows its description; nothing shows what was sealed or is searched."""
    pages = {
        **LEARNER_PAGES,
        "course": lambda each: each.enrollment.course.get_absolute_url(),
        "overview of the course": lambda each: str(each.enrollment.get_absolute_url()),
    }
    url = pages[name](learner)

    with CaptureQueriesContext(connection) as captured:
        get(learner.client, url)

    assert [each["sql"] for each in captured if fetches_long_texts(each["sql"])] == []


def test_steps_of_a_learner_leave_the_long_texts_of_the_version(learner: Learner) -> None:
    client, enrollment = learner.client, learner.enrollment
    lesson = lesson_urls(enrollment)[0]
    attempt = learner.attempt()
    # Which question comes first is drawn, so its answer is written by its type.
    first = {name: sent for name, sent in form_of(attempt).items() if name.startswith("q1-")}
    steps = [
        (f"{lesson}finish/", {}),
        (f"{lesson}unfinish/", {}),
        (f"{lesson}time/", {"seconds": "30", "scroll": "100"}),
        (reverse("quizzes:item-save", args=[attempt.uid, 1]), first),
        (reverse("quizzes:attempt-submit", args=[attempt.uid]), {}),
        (reverse("quizzes:attempt-start", args=[enrollment.uid, learner.exam.slug]), {}),
        (reverse("courses:enrollment-withdraw", args=[enrollment.uid]), {}),
    ]

    with CaptureQueriesContext(connection) as captured:
        assert [client.post(url, sent).status_code // 100 for url, sent in steps] == [
            *(3, 3, 2, 2, 3, 3, 3)
        ]

    assert [each["sql"] for each in captured if fetches_long_texts(each["sql"])] == []


def fetches_long_texts(sql: str) -> bool:
    columns = sql.split(" FROM ", 1)[0]
    return '"canonical_text"' in columns or '"search_text"' in columns


# ---------------------------------------------------------------- quizzes


def long_attempt(count: int) -> tuple[Client, Attempt]:
    attempt = started(quiz_with(count), now=NOW)
    client = Client()
    client.force_login(attempt.enrollment.user)
    return client, attempt


def test_fifty_questions_keep_their_bytes_asked_and_reviewed() -> None:
    client, attempt = long_attempt(LONG_QUIZ)
    url = attempt.get_absolute_url()
    client.post(url, form_of(attempt))

    asked = get(client, url)
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)
    reviewed = get(client, reverse("quizzes:attempt-review", args=[attempt.uid]))

    assert (asked.count("<fieldset"), reviewed.count("<article")) == (LONG_QUIZ, LONG_QUIZ)
    assert len(asked.encode()) <= HTML
    assert len(reviewed.encode()) <= HTML


def test_saving_an_answer_asks_the_same_whatever_the_number_of_questions() -> None:
    counts = []
    for count in (3, LONG_QUIZ):
        client, attempt = long_attempt(count)
        sent = {"q2-number": "0", "q2-choice": "1"}
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(reverse("quizzes:item-save", args=[attempt.uid, 2]), sent)
        assert answer.status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("name", ["attempt-detail", "attempt-submit", "attempt-review"])
def test_pages_of_an_attempt_ask_the_same_whatever_the_number_of_questions(name: str) -> None:
    counts = []
    for count in (3, LONG_QUIZ):
        client, attempt = long_attempt(count)
        if name == "attempt-review":
            submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)
        presenting.forget()
        counts.append(queries(client, reverse(f"quizzes:{name}", args=[attempt.uid])))

    assert counts[0] == counts[1] <= PAGE_QUERIES


# ---------------------------------------------------------------- what is sent


@pytest.mark.parametrize("name", [*LEARNER_PAGES, "longest lesson", "overview of the course"])
def test_page_with_styles_and_scripts_stays_small_on_the_wire(name: str, learner: Learner) -> None:
    pages = {
        **LEARNER_PAGES,
        "longest lesson": lambda each: max(
            lesson_urls(each.enrollment), key=lambda url: len(get(each.client, url))
        ),
        "overview of the course": lambda each: each.enrollment.get_absolute_url(),
    }
    html = get(learner.client, pages[name](learner))
    sent = on_the_wire(html)

    assert sum(sent.values()) <= WIRE, sent
    assert sum(fonts_of(html).values()) <= FONTS, fonts_of(html)


def test_lesson_with_a_chart_loads_its_modules(learner: Learner) -> None:
    """So that the test above measures something."""
    html = get(
        learner.client,
        reverse("courses:lesson-detail", args=[learner.enrollment.uid, "nodes-and-flow"]),
    )
    attempt = get(learner.client, learner.attempt().get_absolute_url())

    assert {"/static/js/chart.js", "/static/js/reader.js", "/static/css/main.css"} <= set(
        on_the_wire(html)
    )
    assert {"/static/js/quiz.js", "/static/js/quiz-outbox.js", "/static/js/quiz-clock.js"} <= set(
        on_the_wire(attempt)
    )
    assert len(fonts_of(html)) >= 3


def test_no_page_loads_anything_from_another_host(learner: Learner) -> None:
    registrar = signed_in("registrar@example.com")
    pages = [get(learner.client, address(learner)) for address in LEARNER_PAGES.values()]
    pages += [get(learner.client, url) for url in lesson_urls(learner.enrollment)]
    pages += [get(registrar, reverse(name)) for name in OFFICE_PAGES]
    pages += [get(Client(), reverse(name)) for name in ("pages:home", "account_login")]

    for html in pages:
        loaded = Loaded(html)
        assert loaded.styles
        assert foreign(loaded.everything) == []
        assert foreign_in_files(with_imports([*loaded.styles, *loaded.scripts])) == []


def test_other_hosts_would_be_noticed() -> None:
    page = (
        '<link rel="stylesheet" href="//cdn.example.net/a.css">'
        '<img src="/media/a.webp" srcset="https://a.example/b 2x"><a href="https://doi.org/1">1</a>'
    )

    assert foreign(Loaded(page).everything) == ["//cdn.example.net/a.css", "https://a.example/b"]
    assert foreign_in_files({"a.css": "url(https://fonts.example.net/b.woff2)"}) == [
        "a.css: https://fonts.example.net/b.woff2"
    ]
