"""Questions with fields of their own, answered on the page without a script."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from quizzes.domain.attempts import start_attempt
from quizzes.models import Attempt, AttemptItem
from quizzes.question_types import type_named
from tests.factories.courses import EnrollmentFactory
from tests.factories.quizzes import EVERY_TYPE, quiz_with
from tests.quizzes.answering import RIGHT, form_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def attempt(owner: User) -> Attempt:
    quiz = quiz_with([(name, make()) for name, make in EVERY_TYPE.items()])
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    return start_attempt(enrollment, quiz, by=owner, now=timezone.now())


@pytest.fixture
def client(owner: User, client_of: ClientOf) -> Client:
    return client_of(owner)


def item_of(attempt: Attempt, type_name: str) -> AttemptItem:
    return attempt.items.select_related("revision").get(revision__type=type_name)


def post(client: Client, attempt: Attempt, item: AttemptItem, **fields: str) -> object:
    sent = {f"q{item.position}-{name.replace('_', '-')}": value for name, value in fields.items()}
    number = {f"q{item.position}-number": str(item.response_number)}
    return client.post(attempt.get_absolute_url(), {**number, **sent})


def test_one_form_answers_every_type(client: Client, attempt: Attempt) -> None:
    response = client.post(attempt.get_absolute_url(), form_of(attempt))

    assert response.status_code == 302
    items = attempt.items.select_related("revision")
    assert {item.revision.type: json.loads(item.response) for item in items} == RIGHT
    page = client.get(attempt.get_absolute_url()).content.decode()
    assert 'value="Buccinator"' in page
    assert page.count(" selected>") == 3 + 4 + 2


def test_a_page_loads_the_scripts_of_its_questions_alone(client: Client, owner: User) -> None:
    scripts = {}
    for name in ("ordering", "numeric"):
        quiz = quiz_with([(name, EVERY_TYPE[name]())] * 2)
        enrollment = EnrollmentFactory(version=quiz.version, user=owner)
        attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
        page = client.get(attempt.get_absolute_url()).content.decode()
        scripts[name] = page.count("quiz-ordering"), page.count("quiz-matching")

    assert scripts == {"ordering": (1, 0), "numeric": (0, 0)}


def test_a_button_moves_an_item_and_leads_back_to_its_question(
    client: Client, attempt: Attempt
) -> None:
    item = item_of(attempt, "ordering")
    presented = type_named("ordering").raw_of(
        {"order": list("abcd")}, item.revision.data, item.seed
    )
    names = dict(zip([place for (place,) in presented.values()], "1234", strict=True))

    response = post(client, attempt, item, move="up-2")

    assert response["Location"] == f"{attempt.get_absolute_url()}#q-{item.position}"
    item.refresh_from_db()
    stored = json.loads(item.response)["order"]
    # By their places: the second item presented comes first now.
    assert [names[str("abcd".index(each) + 1)] for each in stored] == ["2", "1", "3", "4"]
    post(client, attempt, item, move="clear")
    item.refresh_from_db()
    assert item.response == ""


def test_what_is_no_answer_stays_in_the_form_to_be_mended(client: Client, attempt: Attempt) -> None:
    number, order = item_of(attempt, "numeric"), item_of(attempt, "ordering")
    sent = {
        f"q{number.position}-number": "0",
        f"q{number.position}-value": 'about "3"',
        f"q{order.position}-number": "0",
        **{f"q{order.position}-place-{place}": "2" for place in (1, 2)},
    }

    response = client.post(attempt.get_absolute_url(), sent)

    page = response.content.decode()
    assert response.status_code == 422
    assert 'value="about &quot;3&quot;"' in page
    assert "Write a number alone" in page
    assert "Give every item a place; 2 of 4 have none yet." in page
    assert page.count("<option selected>2</option>") == 2
    number.refresh_from_db()
    assert number.response == ""


def test_a_typed_answer_comes_back_as_it_was_typed(client: Client, attempt: Attempt) -> None:
    item = item_of(attempt, "numeric")
    url = reverse("quizzes:item-save", args=[attempt.uid, item.position])

    told = client.post(
        url, {f"q{item.position}-number": "0", f"q{item.position}-value": " 2,5  seconds "}
    ).json()

    assert told["fields"] == {"value": ["2,5 seconds"]}
    item.refresh_from_db()
    assert json.loads(item.response) == {"number": "2.5", "typed": "2,5 seconds"}


@pytest.mark.parametrize("name", ["short-text", "matching", "ordering", "fill-in"])
def test_markup_in_an_answer_or_a_question_is_shown_as_text(
    client: Client, owner: User, name: str
) -> None:
    evil = "<script>alert(1)</script>"
    content = json.loads(
        json.dumps(EVERY_TYPE[name]())
        .replace("Chin", evil)
        .replace("Mastoid", evil)
        .replace("Contact", evil)
        .replace("occipital", evil)
    )
    quiz = quiz_with([(name, content)])
    enrollment = EnrollmentFactory(version=quiz.version, user=owner)
    attempt = start_attempt(enrollment, quiz, by=owner, now=timezone.now())
    item = attempt.items.get()
    post(client, attempt, item, text=evil)

    asked = client.get(attempt.get_absolute_url()).content.decode()
    client.post(attempt.get_absolute_url(), form_of(attempt, is_right=False))
    client.post(reverse("quizzes:attempt-submit", args=[attempt.uid]))
    reviewed = client.get(reverse("quizzes:attempt-review", args=[attempt.uid])).content.decode()

    assert "<script>alert" not in asked + reviewed
    assert "alert(1)" in asked
