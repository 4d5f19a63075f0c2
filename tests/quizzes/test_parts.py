from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from courses import frozen
from courses.domain.completion import checklist, unmet_items
from courses.models import Enrollment
from courses.parts import ChecklistLine, Item, OutlineLine, StudioLine
from courses.queries import outline
from quizzes.domain.attempts import Answer, save_response, start_attempt, submit_attempt
from quizzes.models import AttemptRequest, Quiz
from quizzes.parts import QuizzesPart
from tests.factories.courses import EnrollmentFactory, LessonFactory, VersionFactory
from tests.factories.quizzes import (
    PoolItemFactory,
    QuizFactory,
    RevisionFactory,
    quiz_with,
    single,
    true_false,
)
from tests.quizzes.answering import answer_all, fields

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db
part = QuizzesPart()


def url(enrollment: Enrollment, quiz: Quiz) -> str:
    return reverse("quizzes:quiz-detail", args=[enrollment.uid, quiz.slug])


def passed(enrollment: Enrollment, quiz: Quiz, *, right: int | None = None) -> None:
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    answer_all(attempt, right=right, now=NOW)
    submit_attempt(attempt, by=enrollment.user, now=NOW)


def test_unmet_names_every_quiz_that_is_not_passed() -> None:
    version = VersionFactory()
    first = quiz_with(2, version=version, title="Quiz: lymphatic drainage", position=1)
    exam = quiz_with(2, version=version, title="Final exam", position=2, pass_percent="82.50")
    enrollment = EnrollmentFactory(version=version)

    assert part.unmet([enrollment])[enrollment.pk] == [
        Item(
            "quiz-not-passed",
            "You still need: the quiz “lymphatic drainage” (80 % to pass).",
            url(enrollment, first),
        ),
        Item(
            "quiz-not-passed",
            "You still need: the final exam (82.5 % to pass).",
            url(enrollment, exam),
        ),
    ]

    passed(enrollment, first)
    assert [item.url for item in part.unmet([enrollment])[enrollment.pk]] == [url(enrollment, exam)]
    assert "quiz-not-passed" in {item.code for item in unmet_items([enrollment])[enrollment.pk]}


def test_a_quiz_stands_with_its_module_unless_its_attempts_are_used_up() -> None:
    lesson = LessonFactory()
    quiz = quiz_with(
        2, version=lesson.version, module=lesson.module, position=1, attempts_allowed=1
    )
    enrollment = EnrollmentFactory(version=lesson.version)
    places = []

    def look() -> None:
        places.append(part.unmet([enrollment])[enrollment.pk][0].module_id)

    look()
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    look()
    submit_attempt(attempt, by=enrollment.user, now=NOW)
    look()

    AttemptRequest.objects.create(
        enrollment=enrollment,
        quiz=quiz,
        asked_at=NOW,
        answered_at=NOW,
        answered_by_id=enrollment.user_id,
        is_granted=True,
    )
    look()

    assert places == [lesson.module_id, lesson.module_id, None, lesson.module_id]


def test_an_attempt_past_its_deadline_counts_before_anybody_closes_it() -> None:
    quiz = quiz_with(1, time_limit_seconds=60)
    enrollment = EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(
        enrollment, quiz, by=enrollment.user, now=timezone.now() - timedelta(seconds=90)
    )
    item = attempt.items.select_related("revision").get()

    save_response(
        attempt,
        position=1,
        answer=Answer(fields(item, {"choice": "b"}), number=0),
        now=attempt.started_at,
    )

    assert part.unmet([enrollment]) == {enrollment.pk: []}
    attempt.refresh_from_db()
    assert attempt.status == "in-progress"


def test_unmet_asks_the_same_queries_for_one_and_for_three(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = VersionFactory()
    quizzes = [quiz_with(2, version=version, position=place) for place in (1, 2)]
    enrollments = EnrollmentFactory.create_batch(3, version=version)
    for enrollment in enrollments:
        passed(enrollment, quizzes[0])

    for asked in (enrollments[:1], enrollments):
        frozen.forget()
        with django_assert_num_queries(2):
            part.unmet(asked)
        with django_assert_num_queries(1):  # the quizzes of a published version are kept
            part.unmet(asked)


def test_checklist_says_how_far_a_learner_is() -> None:
    version = VersionFactory()
    done = quiz_with(5, version=version, title="Quiz: points", position=1)
    tried = quiz_with(5, version=version, title="Quiz: lymph", position=2)
    begun = quiz_with(5, version=version, title="Final exam", position=3)
    enrollment = EnrollmentFactory(version=version)
    passed(enrollment, done, right=4)
    passed(enrollment, tried, right=3)
    start_attempt(enrollment, begun, by=enrollment.user, now=NOW)

    assert part.checklist(enrollment) == [
        ChecklistLine(
            "quiz", "Pass the quiz “points”", True, url(enrollment, done), "Passed with 80 %"
        ),
        ChecklistLine(
            "quiz",
            "Pass the quiz “lymph”",
            False,
            url(enrollment, tried),
            "80 % to pass; best so far 60 %",
        ),
        ChecklistLine(
            "quiz",
            "Pass the final exam",
            False,
            url(enrollment, begun),
            "Started; your answers are kept",
        ),
    ]
    assert {line.code for line in checklist(enrollment)} >= {"lessons", "quiz", "evaluation"}


def test_outline_puts_a_quiz_after_its_module_and_the_exam_at_the_end() -> None:
    lesson = LessonFactory()
    version = lesson.version
    quiz = quiz_with(3, version=version, module=lesson.module, title="Quiz: points", position=1)
    exam = quiz_with(9, version=version, draw_count=4, title="Final exam", position=2)
    enrollment = EnrollmentFactory(version=version)

    assert part.outline_lines(version, None) == [
        OutlineLine("Quiz: points", "3 questions", "", False, lesson.module_id),
        OutlineLine("Final exam", "4 questions", "", False, None),
    ]
    steps = outline(version, enrollment).steps
    assert [step.title for step in steps] == [lesson.title, "Quiz: points", "Final exam"]
    assert [step.url for step in steps[1:]] == [url(enrollment, quiz), url(enrollment, exam)]


def test_requirement_sentences_tell_number_mark_attempts_and_time() -> None:
    version = VersionFactory()
    quiz_with(1, version=version, title="Quiz: points", position=1)
    quiz_with(
        5,
        version=version,
        title="Final exam",
        position=2,
        draw_count=4,
        attempts_allowed=3,
        time_limit_seconds=1800,
    )

    assert part.requirement_sentences(version) == [
        "Pass the quiz “points”: 1 question, 80 % to pass, as many attempts as you like, "
        "no time limit.",
        "Pass the final exam: 4 questions, 80 % to pass, 3 attempts, 30 minutes per attempt.",
    ]
    assert part.question_count(version) == 5


def test_missing_before_publishing() -> None:
    version = VersionFactory()
    empty = QuizFactory(version=version, title="Empty", position=1)
    greedy = quiz_with(2, version=version, title="Greedy", draw_count=3, position=2)
    mute = quiz_with(
        [("single-choice", single(explanation=""))], version=version, title="Mute", position=3
    )
    quiz_with(2, version=version, title="Fine", position=4)
    urls = [
        reverse("quizzes:studio-quiz-detail", args=[version.course.slug, quiz.key])
        for quiz in (empty, greedy, mute)
    ]

    assert part.missing(version) == [
        Item("quiz-empty", "“Empty” has no questions.", urls[0]),
        Item("quiz-draws-too-many", "“Greedy” is to draw 3 questions but has only 2.", urls[1]),
        Item("quiz-explanation-missing", "In “Mute” 1 question has no explanation.", urls[2]),
    ]


def test_canonical_text_is_stable_and_names_revisions_by_hash() -> None:
    quiz = quiz_with(2, pass_percent=Decimal("80.00"))
    quiz.refresh_from_db()

    share = part.canonical(quiz.version)

    assert share == part.canonical(quiz.version)
    assert [quiz_share["pass_percent"] for quiz_share in share] == ["80.00"]
    assert [question["sha256"] for question in share[0]["questions"]] == list(
        quiz.pool.values_list("revision__sha256", flat=True)
    )


# ---------------------------------------------------------------- the studio


def test_objective_uses_name_every_question_of_a_draft() -> None:
    lesson = LessonFactory(module__version__status="draft")
    objective, other = uuid4(), uuid4()
    quiz = QuizFactory(
        version=lesson.version, module=lesson.module, title="Quiz: points", position=1
    )
    exam = QuizFactory(version=lesson.version, title="Final exam", position=2)

    def ask(quiz: Any, key: UUID | None) -> None:
        revision = RevisionFactory(question__course=lesson.version.course, objective_key=key)
        PoolItemFactory(quiz=quiz, revision=revision)

    for each, key in ((exam, objective), (exam, other), (exam, None)):
        ask(each, key)
    for _ in range(2):
        ask(quiz, objective)

    with CaptureQueriesContext(connection) as captured:
        uses = part.objective_uses(lesson.version)

    assert len(captured) == 1
    slug = lesson.version.course.slug

    def place(quiz: Any) -> str:
        return reverse("quizzes:studio-quiz-detail", args=[slug, quiz.key])

    asked = StudioLine("Quiz: points", "Where does ST3 lie?", place(quiz), lesson.module_id)
    of_exam = StudioLine("Final exam", "Where does ST3 lie?", place(exam), None)
    assert uses == {str(objective): [asked, asked, of_exam], str(other): [of_exam]}


def test_texts_of_questions_hold_all_they_say() -> None:
    version = VersionFactory(status="draft")
    quiz_with(
        [("single-choice", single(stem="Long " * 40, explanation="Because [@who2008]."))],
        version=version,
        title="Exam",
    )

    ((line, text),) = part.studio_texts(version)

    assert line.detail == "Long " * 14 + "Long…"
    assert "Because [@who2008]." in text
    assert "Yes." in text


# ---------------------------------------------------------------- what a quiz asserts


def test_statements_tell_wrong_answers_from_right_ones() -> None:
    version = VersionFactory(status="draft")
    quiz = QuizFactory(version=version, title="Points", introduction="Two questions.")
    choice = RevisionFactory(question__course=version.course)
    claim = RevisionFactory(
        question__course=version.course, type="true-false", content_data=true_false()
    )
    for revision in (choice, claim):
        PoolItemFactory(quiz=quiz, revision=revision)

    told = [
        (each.text, each.is_question, each.is_wrong, each.verdict)
        for each in part.statements(version)
        if each.text
    ]

    level = "Level with the lower edge of the nostril wing."
    assert told == [
        ("Points", False, False, ""),
        ("Two questions.", False, False, ""),
        ("Where does ST3 lie?", True, False, ""),
        ("On the forehead", False, True, "That is GB14."),
        ("That is GB14.", False, False, ""),
        ("Under the pupil", False, False, "Yes."),
        ("Yes.", False, False, ""),
        ("On the chin", False, True, level),
        (level, False, False, ""),
        (
            "The B-cun is measured with your own hand.",
            True,
            True,
            "It would change with every therapist. With the client's.",
        ),
        ("It would change with every therapist.", False, False, ""),
        ("With the client's.", False, False, ""),
    ]
