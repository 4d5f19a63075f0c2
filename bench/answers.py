"""Running sums: what they cost when an attempt is graded, and the page that reads them, flat from
a few answers to a million."""

import statistics
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.quiz import QUESTIONS, make_quiz
from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json
from courses.models import Course, CourseVersion, Enrollment
from quizzes.domain import tallying
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.domain.recounting import recount_quiz
from quizzes.models import Attempt, AttemptItem, Grade, Quiz

FEW = 1_000
MANY = 1_000_000
_PIECE = 2_000


def measure(
    cpu_ms: Callable[..., float],
    spent_ms: Callable[[Callable[[], object]], float],
    show: Callable[..., None],
) -> None:
    now = timezone.now()
    author = User.objects.create_user("answers@example.com", "fifty-fifty-50")
    author.groups.add(Group.objects.get(name="instructor"))
    course = Course.objects.create(slug="answers", created_at=now, owner=author)
    version = CourseVersion.objects.create(
        course=course, title="Answers", credit_hours=Decimal("0.5"), created_at=now
    )
    quiz = make_quiz(course, version)
    CourseVersion.objects.filter(pk=version.pk).update(
        status="published", published_at=now, canonical_sha256="0" * 64
    )
    enrollment = Enrollment.objects.create(
        user=author, course=course, version=version, started_at=now, last_activity_at=now
    )
    show("grading 50 questions with their sums, CPU", *_grading(enrollment, quiz, spent_ms, now))
    client = Client()
    client.force_login(author)
    url = reverse("quizzes:studio-quiz-analysis", args=["answers", version.number, quiz.key])

    def page() -> None:
        assert client.get(url).status_code == 200

    _answer(quiz, enrollment, FEW // QUESTIONS, now)
    few = cpu_ms(page, rounds=9)
    _answer(quiz, enrollment, (MANY - FEW) // QUESTIONS, now)
    many = cpu_ms(page, rounds=9)
    count = AttemptItem.objects.filter(attempt__quiz=quiz).count()
    show(f"item analysis of {count:,} answers, CPU", many, "ms", None)
    show("item analysis, a million answers against a thousand", many / few, "x", 1.3)
    took = spent_ms(lambda: recount_quiz(quiz.pk)) / 1000
    show(f"recount of {count:,} answers, CPU", took, "s", None)


def _grading(
    enrollment: Enrollment,
    quiz: Quiz,
    spent_ms: Callable[[Callable[[], object]], float],
    now: datetime,
) -> tuple[float, str, None]:
    costs = []
    for _ in range(5):
        attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=now)
        attempt.items.update(response='{"choice":"b"}', response_number=1, saved_at=now)
        costs.append(
            spent_ms(
                lambda attempt=attempt: submit_attempt(attempt, by=enrollment.user, now=now)  # type: ignore[misc]
            )
        )
    return statistics.median(costs), "ms", None


def _answer(quiz: Quiz, enrollment: Enrollment, attempts: int, now: datetime) -> None:
    """Graded attempts in bulk, with their sums: every learner's score differs a little."""
    revisions = [item.revision for item in quiz.pool.select_related("revision")]
    first = Attempt.objects.filter(quiz=quiz).count()
    done = 0
    while done < attempts:
        size = min(_PIECE, attempts - done)
        _answer_piece(quiz, enrollment, revisions, range(first + done, first + done + size), now)
        done += size


def _answer_piece(quiz, enrollment, revisions, numbers, now) -> None:  # type: ignore[no-untyped-def]
    """One person's attempts would all have different numbers; here each is somebody's first."""
    people = User.objects.bulk_create(
        User(email=f"answers-{number}@example.com", password="!") for number in numbers
    )
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            user=person,
            course_id=enrollment.course_id,
            version_id=enrollment.version_id,
            started_at=now,
            last_activity_at=now,
        )
        for person in people
    )
    attempts = Attempt.objects.bulk_create(
        Attempt(enrollment=each, quiz=quiz, number=1, seed=1, started_at=now)
        for each in enrollments
    )
    items, grades = [], []
    for attempt, number in zip(attempts, numbers, strict=True):
        right = number % (QUESTIONS + 1)
        points = {}
        for position, revision in enumerate(revisions, start=1):
            is_right = (position * 7 + number * 13) % QUESTIONS < right
            points[str(position)] = "1.00" if is_right else "0.00"
            items.append(
                AttemptItem(
                    attempt=attempt,
                    position=position,
                    revision=revision,
                    seed=1,
                    response='{"choice":"b"}' if is_right else '{"choice":"c"}',
                    response_number=1,
                    saved_at=now + timedelta(seconds=20 * position),
                )
            )
        earned = sum(value == "1.00" for value in points.values())
        percent = Decimal(earned * 100) / QUESTIONS
        grades.append(
            Grade(
                attempt=attempt,
                number=1,
                points=earned,
                points_possible=QUESTIONS,
                percent=percent,
                pass_percent=80,
                is_passed=percent >= 80,
                items_json=canonical_json(points),
                graded_at=now,
            )
        )
    AttemptItem.objects.bulk_create(items, batch_size=5_000)
    Grade.objects.bulk_create(grades)
    by_percent: dict[Decimal, list[int]] = {}
    for attempt, grade in zip(attempts, grades, strict=True):
        by_percent.setdefault(grade.percent, []).append(attempt.pk)
    for percent, ids in by_percent.items():
        Attempt.objects.filter(pk__in=ids).update(
            status="graded",
            closed_by="learner",
            submitted_at=now,
            percent=percent,
            is_passed=percent >= 80,
        )
    change = tallying.Increments()
    of_attempt = {attempt.pk: [] for attempt in attempts}
    for item in items:
        of_attempt[item.attempt_id].append(item)
    for attempt, grade in zip(attempts, grades, strict=True):
        change.add(tallying.increments_of_grade(attempt, of_attempt[attempt.pk], grade))
    tallying.add(change)
