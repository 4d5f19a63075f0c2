from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from courses.domain.completion import unmet_items
from courses.models import CourseVersion
from quizzes.domain.attempts import Answer, reveal_answer, save_response, submit_attempt
from quizzes.domain.authoring import add_quiz
from quizzes.domain.authoring_draws import DrawSettings, add_draw
from quizzes.domain.errors import (
    AttemptClosed,
    DrawRefused,
    NoSuchItem,
    NotForPractice,
    PlaceTaken,
)
from quizzes.models import Attempt, Quiz, Regrade
from quizzes.parts import QuizzesPart
from quizzes.presenting import question_views
from quizzes.queries import items_of, pooled_revisions, untested_objectives
from quizzes.question_types.base import BadResponse
from tests.factories.courses import ModuleFactory, ObjectiveFactory, VersionFactory
from tests.factories.quizzes import (
    PoolItemFactory,
    RevisionFactory,
    quiz_with,
    single,
    started,
)
from tests.quizzes.answering import answer_all, fields

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
SECRET = "Because the zygomatic arch lies there."
pytestmark = pytest.mark.django_db


def practice_with(count: int = 2, **settings: object) -> Quiz:
    content = single(explanation=SECRET)
    return quiz_with([("single-choice", content)] * count, purpose="practice", **settings)


@pytest.fixture
def attempt(owner: User) -> Attempt:
    return started(practice_with(), user=owner)


def test_an_answer_that_was_shown_stays(attempt: Attempt) -> None:
    item = attempt.items.select_related("revision").get(position=1)
    wrong = Answer(raw=fields(item, {"choice": "a"}), number=0)
    right = Answer(raw=fields(item, {"choice": "b"}), number=1)
    save_response(attempt, position=1, answer=wrong, now=NOW)

    shown = reveal_answer(attempt, position=1, now=NOW)
    assert reveal_answer(attempt, position=1, now=NOW.replace(hour=18)) == shown
    with pytest.raises(BadResponse, match="stays as it is"):
        save_response(attempt, position=1, answer=right, now=NOW)

    item.refresh_from_db()
    assert (item.response, item.revealed_at) == ('{"choice":"a"}', NOW)


def test_a_graded_quiz_shows_no_answer_on_the_way(owner: User, client: Client) -> None:
    graded = started(quiz_with([("single-choice", single(explanation=SECRET))]), user=owner)
    client.force_login(owner)

    with pytest.raises(NotForPractice):
        reveal_answer(graded, position=1, now=NOW)
    page = client.post(graded.get_absolute_url(), {"check": "1", "q1-number": "0"}, follow=True)

    assert "This quiz is graded" in page.content.decode()
    assert SECRET not in page.content.decode()
    assert graded.items.get().revealed_at is None


def test_showing_is_refused_where_there_is_nothing_to_show(attempt: Attempt) -> None:
    with pytest.raises(NoSuchItem):
        reveal_answer(attempt, position=9, now=NOW)
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)
    with pytest.raises(AttemptClosed):
        reveal_answer(attempt, position=1, now=NOW)


def test_the_page_shows_the_asked_answer_and_no_other(attempt: Attempt, client: Client) -> None:
    client.force_login(attempt.enrollment.user)
    item = attempt.items.select_related("revision").get(position=1)
    sent = {f"q1-{name}": values for name, values in fields(item, {"choice": "b"}).items()}
    before = client.get(attempt.get_absolute_url()).content.decode()

    answer = client.post(attempt.get_absolute_url(), {**sent, "q1-number": "0", "check": "1"})
    after = client.get(attempt.get_absolute_url()).content.decode()

    assert answer.headers["Location"] == f"{attempt.get_absolute_url()}#q-1"
    assert (before.count(SECRET), after.count(SECRET)) == (0, 1)
    assert 'name="q1-choice"' not in after
    assert 'name="q2-choice"' in after
    assert "Your answer, right" in after


def test_the_shown_answer_counts_by_a_mended_key(attempt: Attempt, registrar: User) -> None:
    item = attempt.items.get(position=1)
    Regrade.objects.create(
        revision=item.revision, reason="None was right.", created_at=NOW, created_by_id=registrar.pk
    )

    reveal_answer(attempt, position=1, now=NOW)
    [shown, other] = question_views(items_of(attempt), attempt.quiz.version)

    assert shown.revealed is not None
    assert (shown.revealed.is_right, other.revealed) == (True, None)


def test_the_script_is_told_that_the_answer_was_shown(attempt: Attempt, client: Client) -> None:
    client.force_login(attempt.enrollment.user)
    reveal_answer(attempt, position=1, now=NOW)
    item = attempt.items.select_related("revision").get(position=1)
    sent = {f"q1-{name}": values for name, values in fields(item, {"choice": "b"}).items()}

    answer = client.post(
        reverse("quizzes:item-save", args=[attempt.uid, 1]), {**sent, "q1-number": "0"}
    )

    assert (answer.status_code, answer.json()) == (
        422,
        {
            "problem": "shown",
            "sentence": "The right answer has been shown, so this answer stays as it is.",
        },
    )


@pytest.mark.parametrize("wanted", ["0", "-1", "abc", "²", "99999", "1" * 50])
def test_nonsense_shows_nothing(attempt: Attempt, client: Client, wanted: str) -> None:
    client.force_login(attempt.enrollment.user)

    page = client.post(attempt.get_absolute_url(), {"check": wanted}, follow=True)

    assert page.status_code == 200
    assert SECRET not in page.content.decode()


def test_somebody_elses_practice_does_not_exist(
    attempt: Attempt, client: Client, stranger: User
) -> None:
    client.force_login(stranger)

    assert client.post(attempt.get_absolute_url(), {"check": "1"}).status_code == 404


def test_practice_is_asked_of_nobody(owner: User) -> None:
    attempt = started(practice_with(), user=owner)
    part = QuizzesPart()
    version = attempt.enrollment.version

    assert part.unmet([attempt.enrollment])[attempt.enrollment_id] == []
    assert part.checklist(attempt.enrollment) == []
    assert part.requirement_sentences(version) == []
    assert part.question_count(version) == 0
    assert [line.detail for line in part.outline_lines(version, attempt.enrollment)] == [
        "For practice; started"
    ]


def test_practice_that_went_well_completes_nothing(attempt: Attempt, client: Client) -> None:
    answer_all(attempt, now=NOW)
    exam = quiz_with(1, version=attempt.enrollment.version, title="Final exam")
    submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)
    client.force_login(attempt.enrollment.user)

    page = client.get(reverse("quizzes:attempt-review", args=[attempt.uid])).content.decode()

    assert "quiz-not-passed" in [
        item.code for item in unmet_items([attempt.enrollment])[attempt.enrollment_id]
    ]
    assert exam.title
    assert "Practice finished" in page
    assert "You passed" not in page


def test_practice_tests_no_objective() -> None:
    quiz = practice_with(0)
    objective = ObjectiveFactory(version=quiz.version)
    revision = RevisionFactory(question__course=quiz.version.course, objective_key=objective.key)
    PoolItemFactory(quiz=quiz, revision=revision)
    assert untested_objectives(quiz.version) == [objective]

    PoolItemFactory(quiz=quiz_with(0, version=quiz.version), revision=revision)

    assert untested_objectives(quiz.version) == []


def test_what_practice_shows_is_drawn_by_no_graded_quiz(instructor: User) -> None:
    draft: CourseVersion = VersionFactory(status="draft")
    practice = quiz_with(0, version=draft, purpose="practice")
    exam = quiz_with(0, version=draft)
    shown, hidden = (
        RevisionFactory(question__course=draft.course, tags='["points"]') for _ in range(2)
    )
    PoolItemFactory(quiz=practice, revision=shown)

    add_draw(exam, DrawSettings(1, tag="points"), by=instructor, now=NOW)
    with pytest.raises(DrawRefused, match="questions of its own"):
        add_draw(practice, DrawSettings(1, tag="points"), by=instructor, now=NOW)

    assert [item.revision for item in exam.pool.all()] == [hidden]


def test_a_module_has_one_set_of_practice_beside_its_quiz(instructor: User) -> None:
    draft: CourseVersion = VersionFactory(status="draft")
    module = ModuleFactory(version=draft, slug="points")
    add_quiz(draft, module, title="Quiz", by=instructor, now=NOW)
    practice = add_quiz(draft, module, title="Practice", purpose="practice", by=instructor, now=NOW)

    with pytest.raises(PlaceTaken, match="has practice questions already"):
        add_quiz(draft, module, title="More", purpose="practice", by=instructor, now=NOW)

    assert practice.slug == "points-practice"
    assert practice.position == 1
    said = {share["title"]: share.get("purpose") for share in pooled_revisions(draft)}
    assert said == {"Quiz": None, "Practice": "practice"}
