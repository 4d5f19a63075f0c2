"""What was passed and tried goes along to a newer version, by the key of the quiz."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import OutgoingMail
from courses.domain.errors import CannotMove
from courses.domain.moving import move_to_version, what_moving_changes
from courses.models import CourseVersion, Enrollment
from courses.parts import Fate, MovingLine
from quizzes.addresses import quiz_now, quiz_url
from quizzes.domain.allowance import Allowance, allowance_of
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.domain.errors import AttemptLimitReached, CannotStart, NothingToAsk
from quizzes.domain.requests import answer_request, request_another
from quizzes.models import Attempt, AttemptItem, AttemptRequest, Quiz
from quizzes.parts import QuizzesPart
from quizzes.queries import quiz_page, quizzes_of, standings
from quizzes.results import learner_results
from tests.conftest import NOW
from tests.factories.courses import EnrollmentFactory
from tests.factories.moving import newer_of
from tests.factories.quizzes import PoolItemFactory, QuizFactory, quiz_with
from tests.quizzes.answering import answer_all

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def taken(enrollment: Enrollment, quiz: Quiz, *, right: int | None = None) -> Attempt:
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    answer_all(attempt, right=right, now=NOW)
    return submit_attempt(attempt, by=enrollment.user, now=NOW)


def copied(quiz: Quiz, version: CourseVersion, **values: Any) -> Quiz:
    """The same quiz in another version, with the same questions, unless something else is said."""
    fields = ("key", "slug", "title", "pass_percent", "attempts_allowed", "draw_count", "review")
    same: Quiz = QuizFactory(
        version=version, **{name: getattr(quiz, name) for name in fields} | values
    )
    for item in quiz.pool.select_related("revision"):
        PoolItemFactory(quiz=same, revision=item.revision)
    return same


def moved(enrollment: Enrollment, version: CourseVersion) -> Enrollment:
    return move_to_version(enrollment.pk, version, by=enrollment.user, now=LATER)


def pair(count: int = 2, *, newer: dict[str, Any] | None = None, **values: Any) -> Any:
    """A learner, the quiz of their version, and the same quiz in a newer one."""
    quiz = quiz_with(count, **values)
    enrollment = EnrollmentFactory(version=quiz.version)
    version = newer_of(quiz.version)
    return enrollment, quiz, copied(quiz, version, **newer or {})


def test_a_passed_quiz_stays_passed_whatever_the_newer_one_asks() -> None:
    enrollment, quiz, newer = pair(newer={"pass_percent": Decimal(100), "slug": "other-slug"})
    PoolItemFactory(quiz=newer)
    taken(enrollment, quiz)

    enrollment = moved(enrollment, newer.version)

    assert QuizzesPart().unmet([enrollment]) == {enrollment.pk: []}
    assert [line.is_met for line in QuizzesPart().checklist(enrollment)] == [True]
    assert [line.is_done for line in QuizzesPart().outline_lines(newer.version, enrollment)] == [
        True
    ]
    assert standings([enrollment], now=LATER)[enrollment.pk, quiz.key].best_percent == 100


def test_practice_asks_for_no_pass_and_keeps_what_was_practiced() -> None:
    enrollment, quiz, newer = pair(purpose="practice", newer={"purpose": "practice"})
    new = QuizFactory(version=newer.version, purpose="practice", title="More", position=9_999)

    def lines() -> list[MovingLine]:
        return QuizzesPart().moving_lines(enrollment, newer.version)

    nothing = "For practice, counts for nothing"
    assert lines() == [
        MovingLine(newer.title, Fate.AHEAD, nothing),
        MovingLine(new.title, Fate.NEW, nothing),
    ]
    taken(enrollment, quiz, right=0)

    assert lines()[0] == MovingLine(newer.title, Fate.KEPT, "For practice; done")


def test_a_quiz_that_is_gone_asks_nothing_and_a_new_one_does() -> None:
    quiz = quiz_with(1)
    enrollment = EnrollmentFactory(version=quiz.version)
    taken(enrollment, quiz)
    other = quiz_with(1, version=newer_of(quiz.version), title="Another")

    enrollment = moved(enrollment, other.version)

    assert [item.sentence for item in QuizzesPart().unmet([enrollment])[enrollment.pk]] == [
        "You still need: “Another” (80 % to pass)."
    ]


def test_used_attempts_count_on_and_so_does_what_the_office_granted() -> None:
    enrollment, quiz, newer = pair(attempts_allowed=2)
    taken(enrollment, quiz, right=0)
    taken(enrollment, quiz, right=0)
    asked = request_another(enrollment, quiz, message="Please.", by=enrollment.user, now=NOW)
    answer_request(asked, is_granted=True, answer="", by=enrollment.user, now=NOW)

    enrollment = moved(enrollment, newer.version)

    assert allowance_of(enrollment, newer) == Allowance(used=2, allowed=3)
    third = start_attempt(enrollment, newer, by=enrollment.user, now=LATER)
    assert third.number == 3
    submit_attempt(third, by=enrollment.user, now=LATER)
    with pytest.raises(AttemptLimitReached):
        start_attempt(enrollment, newer, by=enrollment.user, now=LATER)
    page = quiz_page(enrollment, quizzes_of([newer.version_id])[0])
    assert [each.number for each in page.attempts] == [3, 2, 1]
    assert (page.allowed, page.left) == (3, 0)


def test_questions_seen_before_are_drawn_last() -> None:
    enrollment, quiz, newer = pair(4, draw_count=2)
    first = taken(enrollment, quiz, right=0)

    enrollment = moved(enrollment, newer.version)
    second = start_attempt(enrollment, newer, by=enrollment.user, now=LATER)

    seen = {item.revision_id for item in first.items.all()}
    assert {item.revision_id for item in second.items.all()} & seen == set()


def test_a_waiting_request_is_the_same_request_after_moving() -> None:
    enrollment, quiz, newer = pair(attempts_allowed=1)
    taken(enrollment, quiz, right=0)
    asked = request_another(enrollment, quiz, message="Please.", by=enrollment.user, now=NOW)

    enrollment = moved(enrollment, newer.version)

    again = request_another(enrollment, newer, message="Please!", by=enrollment.user, now=LATER)
    assert again == asked
    assert AttemptRequest.objects.count() == 1


def test_who_has_passed_need_not_ask_after_moving() -> None:
    enrollment, quiz, newer = pair(attempts_allowed=1)
    taken(enrollment, quiz)

    enrollment = moved(enrollment, newer.version)

    with pytest.raises(NothingToAsk):
        request_another(enrollment, newer, message="", by=enrollment.user, now=LATER)


def test_an_open_attempt_is_finished_first() -> None:
    enrollment, quiz, newer = pair(title="Quiz: points")
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)

    with pytest.raises(CannotMove) as refusal:
        moved(enrollment, newer.version)

    assert str(refusal.value) == ("Submit or finish the quiz “points” first: you have started it.")
    assert [item.url for item in refusal.value.items] == [attempt.get_absolute_url()]
    enrollment.refresh_from_db()
    assert enrollment.version == quiz.version
    submit_attempt(attempt, by=enrollment.user, now=LATER)
    assert moved(enrollment, newer.version).version == newer.version


def test_an_attempt_whose_time_is_over_holds_nobody_and_counts_as_it_will_be_closed() -> None:
    enrollment, quiz, newer = pair(time_limit_seconds=60)
    attempt = start_attempt(enrollment, quiz, by=enrollment.user, now=NOW)
    answer_all(attempt, now=NOW)

    enrollment = moved(enrollment, newer.version)

    assert standings([enrollment], now=LATER)[enrollment.pk, quiz.key].is_passed
    again = start_attempt(enrollment, newer, by=enrollment.user, now=LATER)
    attempt.refresh_from_db()
    assert (attempt.status, attempt.is_passed, again.number) == ("graded", True, 2)
    enrollment.refresh_from_db()
    assert enrollment.status == "open"


def test_the_quiz_of_the_old_version_starts_no_more() -> None:
    enrollment, quiz, newer = pair()
    moved(enrollment, newer.version)

    with pytest.raises(CannotStart):
        start_attempt(enrollment, quiz, by=enrollment.user, now=LATER)


@pytest.mark.parametrize(
    ("used", "right", "newer", "line"),
    [
        (0, None, {}, ("ahead", "")),
        (0, None, {"attempts_allowed": 1}, ("ahead", "1 attempt")),
        (1, 0, {}, ("ahead", "1 of 3 attempts used; they count on")),
        (
            1,
            0,
            {"pass_percent": 90},
            ("ahead", "1 of 3 attempts used; they count on; 90 % to pass"),
        ),
        (2, 0, {"attempts_allowed": None}, ("ahead", "2 attempts so far")),
        (1, None, {}, ("kept", "Passed with 100 %")),
    ],
)
def test_what_is_said_of_a_quiz(
    used: int, right: int | None, newer: dict[str, Any], line: tuple[str, str]
) -> None:
    enrollment, quiz, other = pair(attempts_allowed=3, newer=newer)
    for _ in range(used):
        taken(enrollment, quiz, right=right)

    found = what_moving_changes(enrollment, other.version).lines

    assert [(each.fate, each.detail) for each in found] == [line]


def test_new_and_gone_quizzes_are_named() -> None:
    quiz = quiz_with(1, title="Old one")
    enrollment = EnrollmentFactory(version=quiz.version)
    version = newer_of(quiz.version)
    quiz_with(1, version=version, title="New one")

    assert what_moving_changes(enrollment, version).lines == [
        MovingLine("New one", "new", "80 % to pass"),  # type: ignore[arg-type]
        MovingLine("Old one", "gone"),  # type: ignore[arg-type]
    ]


# ------------------------------------------------------------------------------- pages


def signed_in(enrollment: Enrollment) -> Client:
    client = Client()
    client.force_login(enrollment.user)
    return client


def test_old_attempts_stand_on_the_page_of_the_newer_quiz_with_their_own_marks() -> None:
    enrollment, quiz, newer = pair(
        2, pass_percent=Decimal(50), newer={"pass_percent": Decimal(80), "slug": "other-slug"}
    )
    attempt = taken(enrollment, quiz, right=1)
    enrollment = moved(enrollment, newer.version)
    client = signed_in(enrollment)

    page = client.get(reverse("quizzes:quiz-detail", args=[enrollment.uid, "other-slug"]))

    assert page.status_code == 200
    assert page.context["page"].is_passed
    assert page.context["attempts"] == [(attempt, "50 %")]


def test_result_of_an_old_attempt_is_shown_as_it_was_and_leads_to_the_newer_quiz() -> None:
    enrollment, quiz, newer = pair(newer={"slug": "other-slug", "review": "never"})
    attempt = taken(enrollment, quiz, right=0)
    enrollment = moved(enrollment, newer.version)

    page = signed_in(enrollment).get(reverse("quizzes:attempt-review", args=[attempt.uid]))

    html = page.content.decode()
    assert page.status_code == 200
    assert len(page.context["questions"]) == 2
    assert "You took it in edition 1.0 of the course" in html
    assert page.context["quiz_url"] == reverse(
        "quizzes:quiz-detail", args=[enrollment.uid, "other-slug"]
    )


def test_result_of_a_quiz_that_fell_away_leads_to_the_course() -> None:
    quiz = quiz_with(1)
    enrollment = EnrollmentFactory(version=quiz.version)
    attempt = taken(enrollment, quiz, right=0)
    enrollment = moved(enrollment, newer_of(quiz.version))

    page = signed_in(enrollment).get(reverse("quizzes:attempt-review", args=[attempt.uid]))

    assert quiz_now(enrollment, quiz) is None
    assert quiz_url(enrollment, quiz) == enrollment.get_absolute_url()
    assert "This quiz is not part of the version you study now" in page.content.decode()


def test_answers_of_an_old_attempt_open_once_the_newer_quiz_is_passed() -> None:
    enrollment, quiz, newer = pair(review="after-pass")
    attempt = taken(enrollment, quiz, right=0)
    enrollment = moved(enrollment, newer.version)
    client = signed_in(enrollment)
    url = reverse("quizzes:attempt-review", args=[attempt.uid])
    assert client.get(url).context["questions"] == []

    taken(enrollment, newer)

    assert len(client.get(url).context["questions"]) == 2


def test_the_office_sees_all_attempts_and_the_mail_leads_to_the_newer_quiz(
    registrar: User, client: Client
) -> None:
    enrollment, quiz, newer = pair(attempts_allowed=1, newer={"slug": "other-slug"})
    taken(enrollment, quiz, right=0)
    asked = request_another(enrollment, quiz, message="Please.", by=enrollment.user, now=NOW)
    moved(enrollment, newer.version)
    client.force_login(registrar)

    page = client.get(reverse("quizzes:office-request-list"))
    answer_request(asked, is_granted=True, answer="", by=registrar, now=LATER)

    assert [percent for _, percent in page.context["rows"][0]["attempts"]] == ["0 %"]
    mail = OutgoingMail.objects.order_by("-pk")[0]
    assert reverse("quizzes:quiz-detail", args=[enrollment.uid, "other-slug"]) in mail.body


def test_an_attempt_after_moving_is_nobodys_first() -> None:
    enrollment, quiz, newer = pair()
    taken(enrollment, quiz, right=0)
    enrollment = moved(enrollment, newer.version)
    taken(enrollment, newer)

    results = learner_results([newer.version])[newer.version.pk]

    assert [(each.attempt_count, each.first_count) for each in results.quizzes] == [(1, 0)]
    assert AttemptItem.objects.count() == 4
