"""An attempt of 50 questions through the pages: start, 50 saves, submit, review."""

import statistics
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core.text import canonical_json, sha256_text
from courses.models import Course, CourseVersion, Enrollment
from quizzes.models import Attempt, Question, QuestionRevision, Quiz, QuizPoolItem

QUESTIONS = 50


def make_quiz(course: Course, version: CourseVersion) -> Quiz:
    now = timezone.now()
    quiz = Quiz.objects.create(
        version=version, position=90, slug="fifty", title="Fifty", pass_percent=Decimal(80)
    )
    for position in range(1, QUESTIONS + 1):
        content = canonical_json(
            {
                "stem": f"Question {position}: which of these is right?",
                "explanation": "Because it is.",
                "choices": [
                    {"id": name, "text": f"Choice {name}", "correct": name == "b", "feedback": ""}
                    for name in "abcd"
                ],
            }
        )
        revision = QuestionRevision.objects.create(
            question=Question.objects.create(course=course, key=uuid4()),
            number=1,
            type="single-choice",
            content=content,
            sha256=sha256_text(f"single-choice\n{content}"),
            created_at=now,
        )
        QuizPoolItem.objects.create(quiz=quiz, revision=revision, position=position)
    return quiz


def measure(spent_ms: Callable[[Callable[[], object]], float], show: Callable[..., None]) -> None:
    now = timezone.now()
    user = User.objects.create_user("fifty@example.com", "fifty-fifty-50")
    course = Course.objects.create(slug="bench", created_at=now)
    version = CourseVersion.objects.create(
        course=course, title="Bench", credit_hours=Decimal("0.5"), created_at=now
    )
    quiz = make_quiz(course, version)
    # What learners see is published: only then is rendered text kept.
    CourseVersion.objects.filter(pk=version.pk).update(
        status="published", published_at=now, canonical_sha256="0" * 64
    )
    enrollment = Enrollment.objects.create(
        user=user, course=course, version=version, started_at=now, last_activity_at=now
    )
    client = Client()
    client.force_login(user)

    saves: list[float] = []
    sizes: dict[str, float] = {}

    def attempt_once() -> None:
        client.post(reverse("quizzes:attempt-start", args=[enrollment.uid, quiz.slug]))
        attempt = Attempt.objects.filter(enrollment=enrollment).latest("number")
        questions = client.get(reverse("quizzes:attempt-detail", args=[attempt.uid]))
        for position in range(1, QUESTIONS + 1):
            saves.append(spent_ms(lambda position=position: save(attempt, position)))
        client.post(reverse("quizzes:attempt-submit", args=[attempt.uid]), {"confirm": "yes"})
        review = client.get(reverse("quizzes:attempt-review", args=[attempt.uid]))
        assert (questions.status_code, review.status_code) == (200, 200)
        sizes["questions"] = len(questions.content) / 1000
        sizes["review"] = len(review.content) / 1000

    def save(attempt: Attempt, position: int) -> None:
        answer = client.post(
            reverse("quizzes:item-save", args=[attempt.uid, position]),
            {f"q{position}-number": "0", f"q{position}-choice": "2"},
            headers={"accept": "application/json"},
        )
        assert answer.status_code == 200, answer.content

    attempt_once()
    saves.clear()
    whole = statistics.median(spent_ms(attempt_once) for _ in range(5)) / 1000
    show("answer save, CPU", statistics.median(saves), "ms", 4)
    show("attempt of 50 questions, CPU (Moodle: 0.92 s)", whole, "s", 0.4)
    show("attempt of 50 questions, HTML of the questions", sizes["questions"], "kB", 60)
    show("attempt of 50 questions, HTML of the review", sizes["review"], "kB", 60)
