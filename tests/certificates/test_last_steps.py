"""Every write that can be the last one, many times and two by two at the same moment.

Never two certificates, never a completion that nobody noticed, no deadlock, no locked database.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from ce_platform.core import jobs
from ce_platform.core.errors import DomainError
from certificates.domain import documents
from certificates.domain.attest import attest
from certificates.models import Attestation, Certificate
from courses.domain.counters import recount
from courses.domain.enrolling import enroll, withdraw
from courses.domain.evaluation import submit_evaluation
from courses.domain.progress import add_time, finish_lesson, open_lesson
from courses.models import Course, Enrollment, Lesson
from quizzes.domain.attempts import start_attempt, submit_attempt, sweep_overdue
from quizzes.domain.regrading import apply_regrade, job_of
from quizzes.models import Attempt, Grade, Quiz
from tests.certificates.test_concurrency import ANSWERS, at_once
from tests.factories.accounts import UserFactory
from tests.factories.blank import BlankRenderer
from tests.factories.certificates import evaluate
from tests.factories.courses import EnrollmentFactory, LessonFactory
from tests.factories.quizzes import quiz_with
from tests.quizzes.answering import answer_all

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20


@pytest.fixture(autouse=True)
def _no_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "default_renderer", BlankRenderer)


@dataclass
class Almost:
    """One learner with everything done but the steps that are named."""

    enrollment: Enrollment
    lesson: Lesson
    attempt: Attempt

    def take(self, step: str) -> Any:
        by, now = self.enrollment.user, timezone.now()
        match step:
            case "finish the lesson":
                return finish_lesson(self.enrollment, self.lesson, now=now)
            case "submit the quiz":
                return submit_attempt(self.attempt, by=by, now=now)
            case "close by deadline":
                return sweep_overdue(now)
            case "evaluate":
                return submit_evaluation(self.enrollment.pk, answers=ANSWERS, by=by, now=now)
            case "sign":
                return attest(self.enrollment.pk, by=by, now=now)
            case "come back":
                return enroll(by, self.enrollment.course, now=now)
        raise ValueError(step)


STEPS = ("finish the lesson", "submit the quiz", "evaluate", "sign")
# The quiz passes by itself at its deadline; this is noticed by whoever comes first.
LATE_STEPS = ("close by deadline", "finish the lesson", "evaluate", "sign", "come back")


def almost(*missing: str) -> Almost:
    lesson = LessonFactory()
    is_late = "close by deadline" in missing
    quiz = quiz_with(2, version=lesson.version, time_limit_seconds=600 if is_late else None)
    enrollment = EnrollmentFactory(version=lesson.version)
    Course.objects.update(enrollment_count=1)
    begun = timezone.now() - timedelta(hours=1)
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=begun)
    answer_all(attempt, now=begun)
    made = Almost(enrollment, lesson, attempt)
    if "finish the lesson" not in missing:
        finish_lesson(enrollment, lesson, now=begun)
    if not {"submit the quiz", "close by deadline"} & set(missing):
        submit_attempt(attempt, by=enrollment.user, now=begun)
    if "evaluate" not in missing:
        evaluate(enrollment)
    if "sign" not in missing:
        Attestation.objects.create(
            enrollment=enrollment, statement="I did.", holder_name="Ann Lee", made_at=begun
        )
    if "come back" in missing:
        withdraw(enrollment.pk, by=enrollment.user, now=begun)
    return made


def assert_completed_once(learner: Almost) -> None:
    enrollment = Enrollment.objects.get(pk=learner.enrollment.pk)
    assert enrollment.status == Enrollment.Status.COMPLETED
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1
    assert Grade.objects.filter(attempt__enrollment=enrollment).count() == 1
    assert Course.objects.get(pk=enrollment.course_id).completion_count == 1
    assert recount() == []


@pytest.mark.parametrize("step", [*STEPS, "close by deadline", "come back"])
def test_one_last_step_sent_twenty_times(step: str) -> None:
    learner = almost(step)

    raised = at_once(*[lambda: learner.take(step) for _ in range(MANY)])

    assert raised == []
    assert_completed_once(learner)


@pytest.mark.parametrize(
    "pair",
    [
        *combinations(STEPS, 2),
        *(("close by deadline", step) for step in LATE_STEPS[1:]),
        ("come back", "evaluate"),
    ],
    ids=" + ".join,
)
def test_two_different_last_steps_never_miss_each_other(pair: tuple[str, str]) -> None:
    learner = almost(*pair)

    raised = at_once(*[lambda step=step: learner.take(step) for step in pair * 3])  # type: ignore[misc]
    # A step that came too early for another one was refused with a sentence, and is sent again.
    assert [error for error in raised if not isinstance(error, DomainError)] == []
    for step in pair:
        learner.take(step)

    assert_completed_once(learner)


def test_who_comes_back_to_a_course_that_passed_meanwhile_has_completed_it() -> None:
    learner = almost("close by deadline", "come back")
    learner.take("close by deadline")
    learner.enrollment.refresh_from_db()
    assert learner.enrollment.status == Enrollment.Status.WITHDRAWN

    assert learner.take("come back").status == Enrollment.Status.COMPLETED

    assert_completed_once(learner)


def _work(learner: Almost, quiz: Quiz) -> list[Callable[[], Any]]:
    """One person in several tabs, everything at once."""
    enrollment, by = learner.enrollment, learner.enrollment.user
    steps: list[Callable[[], Any]] = [
        lambda: open_lesson(enrollment, learner.lesson, now=timezone.now()),
        lambda: add_time(
            enrollment, learner.lesson, seconds=9, scroll_permille=1, now=timezone.now()
        ),
        lambda: start_attempt(enrollment, quiz, by=by, now=timezone.now()),
        lambda: withdraw(enrollment.pk, by=by, now=timezone.now()),
        lambda: learner.take("come back"),
    ]
    return steps + [lambda step=step: learner.take(step) for step in STEPS]  # type: ignore[misc]


def test_many_people_in_one_course_do_not_lock_each_other_out() -> None:
    """On PostgreSQL a wrong order of locks would end in a deadlock here."""
    first = almost(*STEPS)
    quiz = first.attempt.quiz
    people = [first]
    for _ in range(3):
        enrollment = EnrollmentFactory(version=first.lesson.version)
        attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=timezone.now())
        answer_all(attempt, now=timezone.now())
        people.append(Almost(enrollment, first.lesson, attempt))
    Course.objects.update(enrollment_count=len(people))

    raised = at_once(
        *[step for person in people for step in _work(person, quiz)],
        lambda: sweep_overdue(timezone.now()),
    )

    assert [error for error in raised if not isinstance(error, DomainError)] == []
    for person in people:
        person.take("come back")
        for step in STEPS:
            person.take(step)
    completed = Enrollment.objects.filter(status=Enrollment.Status.COMPLETED)
    assert completed.count() == len(people) == Certificate.objects.count()
    assert recount() == []
    assert connection.is_usable()


def test_regrade_that_passes_the_last_quiz_beside_the_signature_completes_once() -> None:
    learner = almost("submit the quiz", "sign")
    attempt, office = learner.attempt, UserFactory()
    attempt.items.update(response="", saved_at=None)
    submit_attempt(attempt, by=learner.enrollment.user, now=timezone.now())
    one, two = (item.revision for item in attempt.items.select_related("revision__question"))
    regrade = apply_regrade(one, None, reason="Unclear.", by=office, now=timezone.now())
    jobs.run(getattr(job_of(regrade), "pk", 0), now=timezone.now())
    assert Enrollment.objects.get(pk=learner.enrollment.pk).status == Enrollment.Status.OPEN
    last = job_of(apply_regrade(two, None, reason="Unclear too.", by=office, now=timezone.now()))

    raised = at_once(
        lambda: jobs.run(getattr(last, "pk", 0), now=timezone.now()),
        lambda: learner.take("sign"),
    )

    assert raised == []
    enrollment = Enrollment.objects.get(pk=learner.enrollment.pk)
    assert enrollment.status == Enrollment.Status.COMPLETED
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1
    assert [grade.percent for grade in attempt.grades.order_by("number")] == [0, 50, 100]
    assert recount() == []
