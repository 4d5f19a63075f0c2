"""Correct answers never leave the server before the review rules allow it.

Secret words are planted wherever the truth stands; every answer to a learner is searched.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json
from courses.models import Enrollment
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.models import Attempt, AttemptItem, Quiz
from quizzes.question_types import all_types, type_named
from tests.factories.courses import EnrollmentFactory, LessonFactory
from tests.factories.quizzes import quiz_with

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
SECRETS = [
    "secretid",
    "secretexplanation",
    "secretfeedback",
    "secretright",
    '"correct"',
    "all-or-nothing",
    "partial",
    "tolerance",
    "98765.4321",
]
SINGLE = {
    "stem": "Which one?",
    "explanation": "secretexplanation",
    "choices": [
        {"id": "secretid-1", "text": "One", "correct": True, "feedback": "secretfeedback"},
        {"id": "secretid-2", "text": "Two", "feedback": "secretfeedback"},
    ],
}
MULTIPLE = {**SINGLE, "scoring": "partial", "stem": "Which ones?"}
TRUE_FALSE = {
    "stem": "So?",
    "explanation": "secretexplanation",
    "answer": True,
    "feedback_true": "secretfeedback",
    "feedback_false": "secretfeedback secretright",
}
PLANTED = {
    "single-choice": SINGLE,
    "multiple-choice": MULTIPLE,
    "true-false": TRUE_FALSE,
    "matching": {
        "stem": "Which belong together?",
        "explanation": "secretexplanation",
        "pairs": [
            {"id": "secretid-1", "term": "One", "answer": "1", "feedback": "secretfeedback"},
            {"id": "secretid-2", "term": "Two", "answer": "2", "feedback": "secretfeedback"},
        ],
        "extras": ["3"],
        "scoring": "partial",
    },
    "ordering": {
        "stem": "In which order?",
        "explanation": "secretexplanation",
        "items": [
            {"id": f"secretid-{number}", "text": f"No {number}", "feedback": "secretfeedback"}
            for number in (1, 2, 3)
        ],
        "scoring": "partial",
    },
    "fill-in": {
        "stem": "What is missing?",
        "explanation": "secretexplanation",
        "text": "After [[secretid-1]] comes [[ secretid-2 ]].",
        "gaps": [
            {"id": name, "right": "One", "others": ["Two"], "feedback": "secretfeedback"}
            for name in ("secretid-2", "secretid-1")
        ],
        "scoring": "partial",
    },
    "short-text": {
        "stem": "What is it called?",
        "explanation": "secretexplanation",
        "answers": [
            {"text": "secretright", "feedback": "secretfeedback"},
            {"text": "secretrigh*", "share": "0.5", "feedback": "secretfeedback"},
        ],
    },
    "numeric": {
        "stem": "How many?",
        "explanation": "secretexplanation",
        "value": "98765.4321",
        "tolerance": "0",
        "feedback_low": "secretfeedback",
        "feedback_high": "secretfeedback",
    },
}
pytestmark = pytest.mark.django_db


def test_secrets_are_planted_in_every_type() -> None:
    assert set(PLANTED) == {kind.name for kind in all_types()}


@pytest.fixture
def quiz() -> Quiz:
    lesson = LessonFactory()
    return quiz_with(list(PLANTED.items()), version=lesson.version, review="after-pass")


@pytest.fixture
def enrollment(quiz: Quiz, owner: User) -> Enrollment:
    return EnrollmentFactory(version=quiz.version, user=owner)


def everything_a_learner_can_get(attempt: Attempt, client: Client) -> Iterator[str]:
    """Bodies and headers of every URL around this attempt, GET and POST, right and wrong."""
    enrollment, quiz = attempt.enrollment, attempt.quiz
    learn = [enrollment.uid, quiz.slug]
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("get", reverse("quizzes:quiz-detail", args=learn), {}),
        ("post", reverse("quizzes:attempt-start", args=learn), {}),
        ("get", reverse("quizzes:attempt-detail", args=[attempt.uid]), {}),
        ("get", reverse("quizzes:attempt-submit", args=[attempt.uid]), {}),
        ("get", reverse("quizzes:attempt-review", args=[attempt.uid]), {}),
        ("get", enrollment.get_absolute_url(), {}),
        ("get", reverse("courses:course-detail", args=[enrollment.course.slug]), {}),
    ]
    fields = ["choice", "term-1", "term-2", "place-1", "gap-1", "gap-2", "text", "value", "move"]
    for position in range(1, len(PLANTED) + 2):
        url = reverse("quizzes:item-save", args=[attempt.uid, position])
        for value in ("1", "true", "99", "keep"):
            answer = {f"q{position}-{field}": value for field in fields}
            sent = {f"q{position}-number": "0", **answer}
            asked.append(("post", url, sent))
        asked.append(("post", reverse("quizzes:attempt-detail", args=[attempt.uid]), sent))
    for verb, url, sent in asked:
        response = getattr(client, verb)(url, sent)
        yield f"{verb} {url}: {response.headers} {response.content.decode()}"


def leaks(attempt: Attempt, client: Client) -> list[str]:
    return [
        f"{secret} in {answer[:120]}"
        for answer in everything_a_learner_can_get(attempt, client)
        for secret in SECRETS
        if secret in answer
    ]


def test_nothing_leaks_while_an_attempt_is_open(enrollment: Enrollment, quiz: Quiz) -> None:
    client = Client()
    client.force_login(enrollment.user)
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=timezone.now())

    assert leaks(attempt, client) == []


def test_nothing_leaks_after_failing_when_answers_come_after_passing(
    enrollment: Enrollment, quiz: Quiz
) -> None:
    client = Client()
    client.force_login(enrollment.user)
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    submit_attempt(attempt, by=enrollment.user, now=NOW)

    assert leaks(attempt, client) == []


def test_the_search_would_find_a_leak(enrollment: Enrollment, quiz: Quiz) -> None:
    """After passing everything may be shown, and the secrets are there to be found."""
    client = Client()
    client.force_login(enrollment.user)
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    for item in AttemptItem.objects.filter(attempt=attempt).select_related("revision"):
        right = type_named(item.revision.type).right_response(item.revision.data)
        item.response = canonical_json(right)
        item.save(update_fields=["response"])
    assert submit_attempt(attempt, by=enrollment.user, now=NOW).is_passed

    found = " ".join(leaks(attempt, client))

    assert "secretexplanation" in found
    assert "secretfeedback" in found
    assert "secretright" in found
    assert "98765.4321" in found
    assert "secretid" not in found


def test_the_page_of_a_right_and_a_wrong_answer_looks_the_same(
    enrollment: Enrollment, quiz: Quiz
) -> None:
    """The answer of the server has the same shape and size whichever choice was sent."""
    client = Client()
    client.force_login(enrollment.user)
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=timezone.now())
    item = attempt.items.select_related("revision").get(revision__type="single-choice")
    kind = type_named("single-choice")
    shapes = set()
    for number, choice in enumerate(("secretid-1", "secretid-2")):
        (value,) = kind.raw_of({"choice": choice}, item.revision.data, item.seed)["choice"]
        told = client.post(
            reverse("quizzes:item-save", args=[attempt.uid, item.position]),
            {f"q{item.position}-number": number, f"q{item.position}-choice": value},
        ).json()
        shapes.add((tuple(sorted(told)), tuple(sorted(told["fields"]))))

    assert len(shapes) == 1
