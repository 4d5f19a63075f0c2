import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from ce_platform.accounts.models import User, zone_named
from courses.models import Enrollment
from quizzes.domain.attempts import start_attempt, submit_attempt, void_attempt
from quizzes.domain.extra_time import grant_time
from quizzes.domain.requests import request_another
from quizzes.models import Attempt, AttemptRequest, Quiz
from tests.factories.courses import EnrollmentFactory, LessonFactory
from tests.factories.quizzes import PoolItemFactory, multiple, quiz_with, single, true_false
from tests.quizzes.answering import RIGHT, answer_all, fields, form_of

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
KINDS = [
    ("single-choice", single()),
    ("multiple-choice", multiple()),
    ("true-false", true_false()),
]


@pytest.fixture
def quiz() -> Quiz:
    return quiz_with(KINDS, title="Quiz: points of the face", slug="points")


@pytest.fixture
def enrollment(quiz: Quiz, owner: User) -> Enrollment:
    return EnrollmentFactory(version=quiz.version, user=owner)


@pytest.fixture
def client(owner: User, client_of: ClientOf) -> Client:
    return client_of(owner)


@pytest.fixture
def attempt(quiz: Quiz, enrollment: Enrollment) -> Attempt:
    return start_attempt(enrollment, quiz, by=enrollment.user, now=timezone.now())


def quiz_url(name: str, enrollment: Enrollment, quiz: Quiz) -> str:
    return reverse(f"quizzes:{name}", args=[enrollment.uid, quiz.slug])


def attempt_url(name: str, attempt: Attempt, *more: int) -> str:
    return reverse(f"quizzes:{name}", args=[attempt.uid, *more])


def make_overdue(attempt: Attempt) -> None:
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=timezone.now() - timedelta(minutes=5))


def urls_of(attempt: Attempt) -> list[tuple[str, str]]:
    enrollment, quiz = attempt.enrollment, attempt.quiz
    return [
        ("get", quiz_url("quiz-detail", enrollment, quiz)),
        ("post", quiz_url("attempt-start", enrollment, quiz)),
        ("post", quiz_url("attempt-request", enrollment, quiz)),
        ("get", attempt_url("attempt-detail", attempt)),
        ("post", attempt_url("attempt-detail", attempt)),
        ("post", attempt_url("item-save", attempt, 1)),
        ("get", attempt_url("attempt-submit", attempt)),
        ("post", attempt_url("attempt-submit", attempt)),
        ("get", attempt_url("attempt-review", attempt)),
    ]


def test_a_stranger_finds_nothing(attempt: Attempt, stranger: User, client_of: ClientOf) -> None:
    client = client_of(stranger)

    assert {getattr(client, verb)(url).status_code for verb, url in urls_of(attempt)} == {404}


def test_the_office_finds_no_attempt_of_a_learner(
    attempt: Attempt, registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)

    assert {getattr(client, verb)(url).status_code for verb, url in urls_of(attempt)} == {404}


def test_anonymous_visitors_sign_in(attempt: Attempt) -> None:
    for verb, url in urls_of(attempt):
        response = getattr(Client(), verb)(url)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["attempt-start", "attempt-request"])
def test_writes_are_post(
    name: str, client: Client, enrollment: Enrollment, quiz: Quiz, attempt: Attempt
) -> None:
    assert client.get(quiz_url(name, enrollment, quiz)).status_code == 405
    assert client.get(attempt_url("item-save", attempt, 1)).status_code == 405
    assert client.post(attempt_url("attempt-review", attempt)).status_code == 405


# ---------------------------------------------------------------- the page of a quiz


def test_quiz_page_says_what_it_is_and_starts(
    client: Client, enrollment: Enrollment, quiz: Quiz
) -> None:
    page = client.get(quiz_url("quiz-detail", enrollment, quiz)).content.decode()

    assert "Start the quiz" in page
    assert "80 %" in page
    assert "As many as you like" in page
    assert "No limit" in page

    response = client.post(quiz_url("attempt-start", enrollment, quiz))
    assert response.status_code == 302
    assert response["Location"] == Attempt.objects.get().get_absolute_url()


def test_a_quiz_of_another_course_is_not_found(client: Client, enrollment: Enrollment) -> None:
    assert client.get(quiz_url("quiz-detail", enrollment, quiz_with(1))).status_code == 404


def test_quiz_page_offers_to_continue(client: Client, attempt: Attempt) -> None:
    page = client.get(quiz_url("quiz-detail", attempt.enrollment, attempt.quiz)).content.decode()

    assert "0 of 3 questions answered" in page
    assert attempt.get_absolute_url() in page
    assert "Start the quiz" not in page


def test_quiz_page_closes_what_is_overdue(client: Client, attempt: Attempt) -> None:
    make_overdue(attempt)

    page = client.get(quiz_url("quiz-detail", attempt.enrollment, attempt.quiz)).content.decode()

    assert "Start a new attempt" in page
    attempt.refresh_from_db()
    assert attempt.closed_by == "deadline"


def test_a_used_up_quiz_offers_to_ask(owner: User, client: Client) -> None:
    quiz = quiz_with(1, attempts_allowed=1)
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=NOW)
    submit_attempt(attempt, by=owner, now=NOW)
    url = quiz_url("quiz-detail", enrollment, quiz)

    assert "Ask for another attempt" in client.get(url).content.decode()
    refused = client.post(quiz_url("attempt-start", enrollment, quiz), follow=True)
    assert "You have used every attempt" in refused.content.decode()

    too_long = client.post(quiz_url("attempt-request", enrollment, quiz), {"message": "x" * 1001})
    assert too_long.status_code == 422
    asked = client.post(
        quiz_url("attempt-request", enrollment, quiz), {"message": "Please."}, follow=True
    )
    assert "You asked the office for another attempt" in asked.content.decode()
    assert AttemptRequest.objects.get().message == "Please."


# ------------------------------------------------------------------------------- without a script


def test_the_whole_way_without_a_script(client: Client, attempt: Attempt) -> None:
    url = attempt_url("attempt-detail", attempt)
    page = client.get(url).content.decode()
    assert page.count("<fieldset") == 3
    assert "Save answers" in page

    saved = client.post(url, {**form_of(attempt), "then": "stay"}, follow=True)
    assert "Your answers are saved." in saved.content.decode()
    assert saved.content.decode().count("checked") == 5

    overview = client.post(url, {**form_of(attempt), "then": "overview"}, follow=True)
    assert overview.redirect_chain == [(attempt_url("attempt-submit", attempt), 302)]
    assert "All 3 questions are answered" in overview.content.decode()

    result = client.post(attempt_url("attempt-submit", attempt), follow=True)
    assert result.redirect_chain == [(attempt_url("attempt-review", attempt), 302)]
    assert "You passed" in result.content.decode()
    assert "100 %" in result.content.decode()


def test_overview_lists_what_is_unanswered_and_flagged(client: Client, attempt: Attempt) -> None:
    form = form_of(attempt)
    for name in [name for name in form if name.startswith("q2-") and name != "q2-number"]:
        del form[name]
    form["q3-flag"] = ["on"]

    page = client.post(
        attempt_url("attempt-detail", attempt), {**form, "then": "overview"}, follow=True
    ).content.decode()

    assert "1 question has no answer" in page
    assert f"{attempt_url('attempt-detail', attempt)}#q-2" in page
    assert "You flagged for later" in page
    assert "Submit all the same" in page


def test_a_stale_form_keeps_the_newer_answer_and_says_so(client: Client, attempt: Attempt) -> None:
    url = attempt_url("attempt-detail", attempt)
    stale = {**form_of(attempt, is_right=False), "then": "stay"}
    client.post(url, {**form_of(attempt), "then": "stay"})

    response = client.post(url, stale)

    assert response.status_code == 422
    assert response.content.decode().count("changed in another window") == 6
    answer_numbers = set(attempt.items.values_list("response_number", flat=True))
    assert answer_numbers == {1}


def test_submitting_twice_shows_the_same_result(client: Client, attempt: Attempt) -> None:
    url = attempt_url("attempt-submit", attempt)

    first = client.post(url)
    second = client.post(url)

    assert first["Location"] == second["Location"] == attempt_url("attempt-review", attempt)
    assert attempt.grades.count() == 1


def test_a_late_submit_lands_on_the_result_in_plain_words(client: Client, attempt: Attempt) -> None:
    client.post(attempt_url("attempt-detail", attempt), {**form_of(attempt), "then": "stay"})
    make_overdue(attempt)

    page = client.post(attempt_url("attempt-submit", attempt), follow=True).content.decode()

    assert "Time was up before you submitted. Everything saved until then was counted." in page
    assert "100 %" in page


def test_a_late_save_says_what_was_counted(client: Client, attempt: Attempt) -> None:
    make_overdue(attempt)

    page = client.post(
        attempt_url("attempt-detail", attempt), form_of(attempt), follow=True
    ).content.decode()

    assert "Time was up, so this answer was not counted." in page
    assert "0 %" in page


def test_closed_attempts_lead_to_their_result(client: Client, attempt: Attempt) -> None:
    submit_attempt(attempt, by=attempt.enrollment.user, now=timezone.now())

    for name in ("attempt-detail", "attempt-submit"):
        response = client.get(attempt_url(name, attempt))
        assert response["Location"] == attempt_url("attempt-review", attempt)


def test_an_open_attempt_has_no_result_yet(client: Client, attempt: Attempt) -> None:
    response = client.get(attempt_url("attempt-review", attempt))

    assert response["Location"] == attempt_url("attempt-detail", attempt)


def test_an_attempt_set_aside_leads_to_the_quiz(client: Client, attempt: Attempt) -> None:
    void_attempt(attempt, reason="Mistake.", by=attempt.enrollment.user, now=NOW)

    for name in ("attempt-detail", "attempt-submit", "attempt-review"):
        page = client.get(attempt_url(name, attempt), follow=True)
        assert page.redirect_chain[-1][0] == quiz_url(
            "quiz-detail", attempt.enrollment, attempt.quiz
        )
        assert "The office set this attempt aside" in page.content.decode()
    refused = client.post(attempt_url("attempt-submit", attempt), follow=True)
    assert refused.status_code == 200


def test_who_passed_may_take_more_time_for_another_try(client: Client, owner: User) -> None:
    quiz = quiz_with(KINDS, time_limit_seconds=1800)
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
    client.post(attempt_url("attempt-detail", attempt), form_of(attempt))
    submit_attempt(attempt, by=owner, now=timezone.now())

    page = client.get(quiz_url("quiz-detail", enrollment, quiz)).content.decode()
    client.post(quiz_url("attempt-start", enrollment, quiz), {"extra": "50"})

    assert "You have passed this quiz." in page
    assert "(50 % more)</option>" in page
    assert Attempt.objects.get(enrollment=enrollment, number=2).extra_percent == 50


# ---------------------------------------------------------------- one answer at a time


def test_item_save_confirms_with_number_and_clock(client: Client, attempt: Attempt) -> None:
    item = attempt.items.select_related("revision").get(position=1)
    raw = fields(item, RIGHT[item.revision.type])

    response = client.post(
        attempt_url("item-save", attempt, 1),
        {"q1-number": "0", "q1-flag": "on", **{f"q1-{name}": v for name, v in raw.items()}},
    )

    told = response.json()
    assert response.status_code == 200
    assert told.pop("server_now") > 0
    assert told == {
        "number": 1,
        "fields": raw,
        "is_answered": True,
        "is_flagged": True,
        "deadline": None,
        "until": "",
    }
    item.refresh_from_db()
    assert json.loads(item.response) == RIGHT[item.revision.type]


def test_item_save_tells_a_stale_tab_the_newer_answer(client: Client, attempt: Attempt) -> None:
    item = attempt.items.select_related("revision").get(position=1)
    right = fields(item, RIGHT[item.revision.type])
    url = attempt_url("item-save", attempt, 1)
    client.post(url, {"q1-number": "0", **{f"q1-{name}": v for name, v in right.items()}})

    response = client.post(url, {"q1-number": "0"})

    assert response.status_code == 409
    told = response.json()
    assert (told["problem"], told["number"], told["fields"]) == ("stale", 1, right)


def test_item_save_tells_of_time_given_meanwhile(
    client: Client, owner: User, registrar: User
) -> None:
    quiz = quiz_with(1, time_limit_seconds=1800)
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    now = timezone.now()
    attempt = start_attempt(enrollment, quiz, by=owner, now=now)
    page = client.get(attempt_url("attempt-detail", attempt)).content.decode()
    grant_time(enrollment, extra_percent=50, reason="Asked.", by=registrar, now=now)

    told = client.post(attempt_url("item-save", attempt, 1), {"q1-number": "0"}).json()

    deadline = attempt.started_at + timedelta(seconds=2700)
    assert f'data-deadline="{told["deadline"] - 900_000}"' in page
    assert told["deadline"] == int(deadline.timestamp() * 1000)
    with timezone.override(zone_named(owner.time_zone)):
        assert told["until"] == date_format(timezone.localtime(deadline), "g:i A")


def test_item_save_of_a_closed_attempt_says_so(client: Client, attempt: Attempt) -> None:
    submit_attempt(attempt, by=attempt.enrollment.user, now=timezone.now())

    response = client.post(attempt_url("item-save", attempt, 1), {"q1-number": "0"})

    assert (response.status_code, response.json()["problem"]) == (409, "closed")


@pytest.mark.parametrize(
    ("position", "sent", "status"),
    [
        (1, {}, 422),
        (1, {"q1-number": "x"}, 422),
        (1, {"q1-number": "0", "q1-choice": "99"}, 422),
        (1, {"q2-number": "0"}, 422),
        (9, {"q9-number": "0"}, 404),
    ],
)
def test_item_save_refuses_nonsense(
    client: Client, attempt: Attempt, position: int, sent: dict[str, str], status: int
) -> None:
    response = client.post(attempt_url("item-save", attempt, position), sent)

    assert (response.status_code, response.json()["problem"]) == (status, "refused")


def test_the_timer_gets_the_servers_clock(client: Client, owner: User) -> None:
    quiz = quiz_with(1, time_limit_seconds=1800)
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
    assert attempt.deadline_at is not None

    page = client.get(attempt_url("attempt-detail", attempt)).content.decode()

    assert f'data-deadline="{int(attempt.deadline_at.timestamp() * 1000)}"' in page
    assert "data-server-now=" in page
    assert 'role="alert" data-timer-voice' in page


# ------------------------------------------------------------------------------- the result


def test_review_tells_lessons_to_read_again(client: Client, owner: User) -> None:
    lesson = LessonFactory(title="Points of the face")
    quiz = quiz_with(0, version=lesson.version)
    for _ in range(2):
        PoolItemFactory(
            quiz=quiz,
            revision__lesson_key=lesson.key,
            revision__question__course=quiz.version.course,
        )
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=NOW)
    answer_all(attempt, right=0, now=NOW)
    submit_attempt(attempt, by=owner, now=NOW)

    page = client.get(attempt_url("attempt-review", attempt)).content.decode()

    assert "Not passed this time" in page
    assert "Worth reading again first:" in page
    assert page.count("Points of the face") == 3
    assert "Your answer, not right" in page
    assert "Right answer" in page
    assert "Level with the lower edge of the nostril wing." in page


@pytest.mark.parametrize(
    ("rule", "is_right", "is_shown"),
    [
        ("after-submit", False, True),
        ("after-submit", True, True),
        ("after-pass", False, False),
        ("after-pass", True, True),
        ("never", False, False),
        ("never", True, False),
    ],
)
def test_answers_are_shown_by_the_rule(
    client: Client, owner: User, rule: str, is_right: bool, is_shown: bool
) -> None:
    quiz = quiz_with(2, review=rule)
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=NOW)
    answer_all(attempt, right=2 if is_right else 0, now=NOW)
    submit_attempt(attempt, by=owner, now=NOW)

    page = client.get(attempt_url("attempt-review", attempt)).content.decode()

    assert ("Level with the lower edge" in page) is is_shown
    assert ("choice-mark" in page) is is_shown
    assert ("100 %" in page) is is_right


def test_after_passing_earlier_attempts_may_be_looked_at(client: Client, owner: User) -> None:
    quiz = quiz_with(2, review="after-pass")
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    failed = start_attempt(enrollment, quiz, by=owner, now=NOW)
    submit_attempt(failed, by=owner, now=NOW)
    url = attempt_url("attempt-review", failed)
    assert "Level with" not in client.get(url).content.decode()

    passed = start_attempt(enrollment, quiz, by=owner, now=NOW)
    answer_all(passed, now=NOW)
    submit_attempt(passed, by=owner, now=NOW)

    assert "Level with" in client.get(url).content.decode()


# ------------------------------------------------------------------------------- what it costs


@pytest.mark.parametrize("count", [1, 30])
def test_queries_do_not_grow_with_the_questions(
    count: int,
    client: Client,
    owner: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    quiz = quiz_with(count)
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
    client.get(attempt_url("attempt-detail", attempt))

    with django_assert_max_num_queries(8):
        client.get(attempt_url("attempt-detail", attempt))
    item = attempt.items.select_related("revision").get(position=1)
    raw = {f"q1-{name}": values for name, values in fields(item, {"choice": "b"}).items()}
    # Six, and two that are the borders of the transaction.
    with django_assert_max_num_queries(8):
        client.post(attempt_url("item-save", attempt, 1), {"q1-number": "0", **raw})
    with django_assert_max_num_queries(30):
        client.post(attempt_url("attempt-submit", attempt))
    with django_assert_max_num_queries(16):
        client.get(attempt_url("attempt-review", attempt))


# ------------------------------------------------------------------------------- the office


@pytest.fixture
def asked(owner: User) -> AttemptRequest:
    quiz = quiz_with(1, attempts_allowed=1, title="Final exam")
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=NOW)
    submit_attempt(attempt, by=owner, now=NOW)
    return request_another(enrollment, quiz, message="The power failed.", by=owner, now=NOW)


def test_the_office_reads_and_answers(
    asked: AttemptRequest, registrar: User, client_of: ClientOf
) -> None:
    client = client_of(registrar)
    url = reverse("quizzes:office-request-list")
    page = client.get(url).content.decode()
    assert "Olivia Owner" in page
    assert "Final exam" in page
    assert "The power failed." in page

    form = {f"r{asked.pk}-decision": "decline", f"r{asked.pk}-answer": ""}
    answer = reverse("quizzes:office-request-answer", args=[asked.uid])
    refused = client.post(answer, form)
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()

    form = {f"r{asked.pk}-decision": "grant", f"r{asked.pk}-answer": "Good luck."}
    done = client.post(answer, form, follow=True)
    assert "Nobody is waiting" in done.content.decode()
    answered = client.get(f"{url}?show=answered").content.decode()
    assert "Granted" in answered
    assert "Good luck." in answered


def test_the_office_pages_are_for_the_office(
    asked: AttemptRequest, owner: User, instructor: User, client_of: ClientOf
) -> None:
    for person in (owner, instructor):
        client = client_of(person)
        assert client.get(reverse("quizzes:office-request-list")).status_code == 403
        url = reverse("quizzes:office-request-answer", args=[asked.uid])
        assert client.post(url).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_queries_for_one_and_for_three(
    count: int,
    registrar: User,
    client_of: ClientOf,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    quiz = quiz_with(1, attempts_allowed=1)
    for _ in range(count):
        enrollment = EnrollmentFactory(version=quiz.version)
        attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
        submit_attempt(attempt, by=enrollment.user, now=NOW)
        request_another(enrollment, quiz, message="", by=enrollment.user, now=NOW)
    client = client_of(registrar)
    client.get(reverse("quizzes:office-request-list"))

    with django_assert_max_num_queries(6):
        client.get(reverse("quizzes:office-request-list"))
