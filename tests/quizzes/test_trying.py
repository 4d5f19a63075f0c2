"""A try at a quiz that is kept nowhere: drawn, answered and graded as a learner's attempt is."""

from decimal import Decimal
from typing import Any

import pytest

from ce_platform.accounts.models import User
from courses.models import Enrollment
from quizzes.domain.attempts import Answer
from quizzes.domain.errors import CannotStart, TrialGone
from quizzes.domain.trying import Trial, answer_trial, begin_trial, grade_trial, read_trial
from quizzes.models import Attempt, AttemptItem, Grade, Quiz, QuizPoolItem, Regrade
from quizzes.question_types import type_named
from tests.factories.courses import VersionFactory
from tests.factories.quizzes import NOW, PoolItemFactory, multiple, quiz_with, single, true_false

pytestmark = pytest.mark.django_db
KINDS = [
    ("single-choice", single()),
    ("multiple-choice", multiple()),
    ("true-false", true_false()),
]


@pytest.fixture
def quiz() -> Quiz:
    return quiz_with(KINDS, version=VersionFactory(status="draft"))


def drawn(trial: Trial) -> list[tuple[int, int, int]]:
    return [(item.position, item.revision.pk, item.seed) for item in trial.items]


def right(trial: Trial) -> dict[int, Answer]:
    """What a form sends that answers everything right."""
    answers = {}
    for item in trial.items:
        kind, content = type_named(item.revision.type), item.revision.data
        raw = kind.raw_of(kind.right_response(content), content, item.seed)
        answers[item.position] = Answer(raw=raw, number=7, is_flagged=True)
    return answers


def graded(trial: Trial, quiz: Quiz, answers: dict[int, Answer]) -> tuple[Grade, Attempt]:
    assert answer_trial(trial, answers, now=NOW) == {}
    attempt = Attempt(enrollment=Enrollment(pk=0), quiz=quiz, number=trial.number, seed=0)
    return grade_trial(trial, attempt, now=NOW), attempt


def test_a_mended_key_counts_as_it_does_for_learners(registrar: User) -> None:
    quiz = quiz_with(1, version=VersionFactory(status="draft"))
    wrong = quiz.pool.get().revision
    Regrade.objects.create(
        revision=wrong, reason="No answer was right.", created_at=NOW, created_by_id=registrar.pk
    )

    grade, _ = graded(begin_trial(quiz), quiz, {})

    assert (grade.percent, grade.is_passed) == (100, True)


def test_token_gives_the_same_items_in_the_same_order(quiz: Quiz) -> None:
    trials = [begin_trial(quiz) for _ in range(5)]

    assert [drawn(read_trial(quiz, each.token)) for each in trials] == [
        drawn(each) for each in trials
    ]
    assert len({tuple(drawn(each)) for each in trials}) == 5


@pytest.mark.parametrize(
    ("change", "percent", "is_passed"),
    [({}, "100", True), ({2: Answer(raw={}, number=0)}, "66.66", False)],
)
def test_answers_are_graded_as_a_learners(
    quiz: Quiz, change: dict[int, Answer], percent: str, is_passed: bool
) -> None:
    trial = read_trial(quiz, begin_trial(quiz).token)

    grade, attempt = graded(trial, quiz, right(trial) | change)

    assert (grade.percent, grade.is_passed) == (Decimal(percent), is_passed)
    assert (attempt.status, attempt.percent, attempt.is_passed) == (
        "graded",
        Decimal(percent),
        is_passed,
    )
    assert [model.objects.count() for model in (Attempt, AttemptItem, Grade)] == [0, 0, 0]


def test_what_is_no_answer_is_refused_and_the_rest_taken(quiz: Quiz) -> None:
    trial = begin_trial(quiz)
    answers = right(trial) | {1: Answer(raw={"choice": ["99"]}, number=0)}

    refused = answer_trial(trial, answers, now=NOW)

    assert list(refused) == [1]
    assert [bool(item.response) for item in trial.items] == [False, True, True]
    assert {item.response_number for item in trial.items} == {0}


def test_questions_asked_before_come_last(quiz: Quiz) -> None:
    for number in range(5):
        PoolItemFactory(quiz=quiz, position=10 + number)
    quiz.draw_count = 2
    asked: list[int] = []
    token = ""
    for number in range(1, 5):
        trial = begin_trial(quiz, after=token)
        token = trial.token
        assert trial.number == number
        asked += [item.revision.question_id for item in trial.items]
        assert drawn(read_trial(quiz, token)) == drawn(trial)

    assert len(asked) == len(set(asked)) == 8


def test_quiz_changed_meanwhile_is_graded_on_what_was_asked(quiz: Quiz) -> None:
    before = begin_trial(quiz)
    QuizPoolItem.objects.filter(quiz=quiz).delete()
    PoolItemFactory(quiz=quiz)
    quiz.draw_count, quiz.is_shuffled = 1, False

    trial = read_trial(quiz, before.token)

    assert drawn(trial) == drawn(before)
    assert graded(trial, quiz, right(trial))[0].percent == Decimal(100)


def test_tokens_of_another_quiz_and_made_up_ones_are_refused(quiz: Quiz) -> None:
    other: Any = begin_trial(quiz_with(2)).token

    for token in (other, "", "made-up", begin_trial(quiz).token[:-1], "\x00"):
        with pytest.raises(TrialGone):
            read_trial(quiz, token)
        assert begin_trial(quiz, after=token).number == 1


def test_quiz_without_questions_cannot_be_tried() -> None:
    with pytest.raises(CannotStart):
        begin_trial(quiz_with(0))
