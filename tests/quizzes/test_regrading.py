"""Grading anew after a key was mended: raised where it helps, never lowered, told once."""

import json
from decimal import Decimal
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.core import jobs, verification
from ce_platform.core.models import AuditEvent, BackgroundJob, OutgoingMail
from courses.domain.moving import move_to_version
from courses.models import Enrollment
from quizzes.domain import regrading
from quizzes.domain.attempts import (
    close_if_overdue,
    start_attempt,
    submit_attempt,
    void_attempt,
)
from quizzes.domain.errors import RegradeRefused
from quizzes.domain.recounting import recount_sums
from quizzes.domain.regrade_plan import plan_regrade, refusal_of
from quizzes.domain.regrading import (
    apply_regrade,
    job_of,
)
from quizzes.models import Attempt, Grade, QuestionRevision, Quiz, Regrade
from quizzes.queries import standings
from quizzes.regrade_queries import regrade_notes
from tests.conftest import NOW
from tests.factories.courses import EnrollmentFactory
from tests.factories.moving import newer_of
from tests.factories.quizzes import (
    PoolItemFactory,
    QuizFactory,
    RevisionFactory,
    matching,
    multiple,
    numeric,
    ordering,
    quiz_with,
    short_text,
    single,
    true_false,
)
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def mended(quiz: Quiz) -> tuple[QuestionRevision, QuestionRevision]:
    """The quiz's first question, and its revision in which a is right and not b."""
    wrong = quiz.pool.select_related("revision__question").order_by("position")[0].revision
    content = single()
    content["choices"] = [
        {**choice, "correct": choice["id"] == "a"} for choice in content["choices"]
    ]
    return wrong, RevisionFactory(question=wrong.question, number=2, content_data=content)


def take(quiz: Quiz, answers: str, *, enrollment: Enrollment | None = None) -> Attempt:
    """A graded attempt: a letter for each question, in the order of the pool; a dash: none."""
    attempt = answered(quiz, answers, enrollment=enrollment)
    return submit_attempt(attempt, by=attempt.enrollment.user, now=NOW)


def answered(quiz: Quiz, answers: str, *, enrollment: Enrollment | None = None) -> Attempt:
    learner = enrollment or EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
    places = dict(quiz.pool.values_list("revision_id", "position"))
    first = min(places.values())
    for item in attempt.items.all():
        letter = answers[places[item.revision_id] - first]
        if letter != "-":
            item.response = json.dumps({"choice": letter})
            item.response_number, item.saved_at = 1, NOW
            item.save()
    return attempt


def do(regrade: Regrade) -> None:
    job = job_of(regrade)
    assert job is not None
    jobs.run(job.pk, now=NOW)


def grades(attempt: Attempt) -> list[tuple[Decimal, bool, int | None]]:
    return [
        (grade.percent, grade.is_passed, grade.regrade_id)
        for grade in attempt.grades.order_by("number")
    ]


def in_order() -> bool:
    return list(recount_sums(False)) == [] and (
        list(verification.run("grades", verification.Tally())) == []
    )


def test_plan_says_whom_it_helps_and_changes_nothing() -> None:
    quiz = quiz_with(2, pass_percent=Decimal(50))
    take(quiz, "bb")
    helped = take(quiz, "aa")
    take(quiz, "ab")
    take(quiz, "-a")
    wrong, better = mended(quiz)

    plan = plan_regrade(wrong, better)
    for_all = plan_regrade(wrong, None)

    assert (plan.attempt_count, plan.gaining_count, plan.is_cut) == (4, 2, False)
    assert plan.newly_passed == [helped]
    assert (for_all.attempt_count, for_all.gaining_count, len(for_all.newly_passed)) == (4, 3, 2)
    assert (Regrade.objects.count(), Grade.objects.count()) == (0, 4)


def test_raises_and_never_lowers(registrar: User) -> None:
    quiz = quiz_with(2, pass_percent=Decimal(50))
    loser, gainer = take(quiz, "bb"), take(quiz, "aa")
    wrong, better = mended(quiz)

    regrade = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)
    do(regrade)

    gainer.refresh_from_db()
    regrade.refresh_from_db()
    assert grades(loser) == [(100, True, None)]
    assert grades(gainer) == [(0, False, None), (50, True, regrade.pk)]
    assert (gainer.percent, gainer.is_passed) == (50, True)
    assert regrade.finished_at is not None
    assert in_order()


def test_everybody_gets_the_points_the_unanswered_too(registrar: User) -> None:
    quiz = quiz_with(1)
    attempts = [take(quiz, letter) for letter in "abc-"]
    wrong, _ = mended(quiz)

    do(apply_regrade(wrong, None, reason="No answer was right.", by=registrar, now=NOW))

    assert [grades(each)[-1][0] for each in attempts] == [100] * 4
    assert in_order()


def test_learner_is_told_once_whatever_is_started_again(registrar: User) -> None:
    quiz = quiz_with(2, pass_percent=Decimal(50))
    learner = EnrollmentFactory(version=quiz.version)
    take(quiz, "aa", enrollment=learner)
    take(quiz, "-a", enrollment=learner)
    take(quiz, "ac", enrollment=learner)
    wrong, better = mended(quiz)
    regrade = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)

    do(regrade)
    Regrade.objects.update(finished_at=None)
    BackgroundJob.objects.update(status="queued")
    do(regrade)

    (mail,) = OutgoingMail.objects.filter(cause__startswith="regrade:")
    assert mail.to_email == learner.user.email
    assert "It lies there." in mail.body
    assert mail.body.count("0 % before, 50 % now. You have passed with it.") == 2
    assert Grade.objects.filter(regrade=regrade).count() == 2
    assert in_order()


def test_closed_account_is_raised_but_not_written_to(registrar: User) -> None:
    quiz = quiz_with(1)
    attempt = take(quiz, "a")
    User.objects.filter(pk=attempt.enrollment.user_id).update(closed_at=NOW)
    wrong, better = mended(quiz)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))

    assert len(grades(attempt)) == 2
    assert not OutgoingMail.objects.filter(cause__startswith="regrade:").exists()


def test_cut_off_in_the_middle_goes_on(registrar: User, monkeypatch: pytest.MonkeyPatch) -> None:
    quiz = quiz_with(1)
    attempts = [take(quiz, "a") for _ in range(3)]
    wrong, better = mended(quiz)
    regrade = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)
    real, done = regrading.regrade_learner, []

    def dies(*args: object, **kwargs: object) -> object:
        if len(done) == 1:
            raise RuntimeError("killed")
        done.append(args)
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(regrading, "regrade_learner", dies)
    do(regrade)
    assert sorted(len(grades(each)) for each in attempts) == [1, 1, 2]
    assert in_order(), "also in the middle"
    monkeypatch.undo()

    again = apply_regrade(wrong, better, reason="Clicked again.", by=registrar, now=NOW)
    do(again)

    assert again == regrade
    assert [len(grades(each)) for each in attempts] == [2, 2, 2]
    assert OutgoingMail.objects.filter(cause__startswith="regrade:").count() == 3
    assert in_order()


def test_applied_twice_is_once(registrar: User) -> None:
    quiz = quiz_with(1)
    take(quiz, "a")
    wrong, better = mended(quiz)

    first = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)
    second = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)
    do(first)
    third = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)

    assert first == second == third
    assert BackgroundJob.objects.filter(kind=regrading.KIND).count() == 1


def test_asked_in_the_instant_it_ends_it_is_not_begun_again(
    registrar: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = quiz_with(1)
    take(quiz, "a")
    wrong, better = mended(quiz)
    first = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)
    before = regrading.job_of

    def ends_here(regrade: Regrade) -> BackgroundJob | None:
        monkeypatch.undo()
        do(regrade)
        return before(regrade)

    monkeypatch.setattr(regrading, "job_of", ends_here)

    assert apply_regrade(wrong, better, reason="Again.", by=registrar, now=NOW) == first
    assert BackgroundJob.objects.filter(kind=regrading.KIND).count() == 1


def test_two_ways_at_once_are_refused(registrar: User) -> None:
    quiz = quiz_with(1)
    wrong, better = mended(quiz)
    first = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)

    with pytest.raises(RegradeRefused, match="right now"):
        apply_regrade(wrong, None, reason="Easier.", by=registrar, now=NOW)
    do(first)

    assert apply_regrade(wrong, None, reason="Easier.", by=registrar, now=NOW) != first


def test_one_after_the_other_adds_up(registrar: User) -> None:
    quiz = quiz_with(1)
    attempts = [take(quiz, letter) for letter in "abc"]
    wrong, better = mended(quiz)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))
    do(apply_regrade(wrong, None, reason="Neither was right.", by=registrar, now=NOW))

    assert [len(grades(each)) for each in attempts] == [2, 1, 2]
    assert plan_regrade(wrong, None).gaining_count == 0
    assert in_order()


def test_what_is_graded_later_counts_by_the_mended_key(registrar: User) -> None:
    quiz = quiz_with(1, time_limit_seconds=60)
    open_one, overdue = answered(quiz, "a"), answered(quiz, "a")
    wrong, better = mended(quiz)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))
    submit_attempt(open_one, by=open_one.enrollment.user, now=NOW)
    late = overdue.deadline_at + (overdue.deadline_at - NOW)
    seen = standings([overdue.enrollment], now=late)
    close_if_overdue(overdue, now=late)

    assert grades(open_one) == grades(overdue) == [(100, True, None)]
    assert [each.is_passed for each in seen.values()] == [True]
    assert OutgoingMail.objects.filter(cause__startswith="regrade:").count() == 0
    assert in_order()


def test_set_aside_stays_set_aside(registrar: User) -> None:
    quiz = quiz_with(1)
    attempt = take(quiz, "a")
    void_attempt(attempt, reason="Power cut.", by=registrar, now=NOW)
    wrong, better = mended(quiz)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))

    assert grades(attempt) == [(0, False, None)]
    assert in_order()


def test_other_kind_other_choices_other_question_are_refused() -> None:
    quiz = quiz_with(1)
    wrong, better = mended(quiz)
    kind = RevisionFactory(
        question=wrong.question, number=3, type="true-false", content_data=true_false()
    )
    choices = RevisionFactory(
        question=wrong.question,
        number=4,
        content_data=single(
            choices=[
                {"id": "a", "text": "On the forehead", "correct": True},
                {"id": "d", "text": "On the nose"},
            ]
        ),
    )

    assert refusal_of(wrong, better) == ""
    assert "another kind of question" in refusal_of(wrong, kind)
    assert "offers other answers" in refusal_of(wrong, choices)
    assert "not later" in refusal_of(better, wrong)
    assert "another question" in refusal_of(wrong, RevisionFactory(number=9))
    for refused in (kind, choices):
        with pytest.raises(RegradeRefused):
            plan_regrade(wrong, refused)


@pytest.mark.parametrize(
    ("kind", "content", "better", "fits"),
    [
        ("short-text", short_text(), short_text(answers=[{"text": "masseter"}]), True),
        ("numeric", numeric(), numeric(value="4", tolerance="1"), True),
        # What was typed as seconds cannot be read as minutes.
        ("numeric", numeric(), numeric(unit="minutes"), False),
        ("ordering", ordering(), ordering(items=ordering()["items"][::-1]), True),
        # The id of an answer is that of its pair: with other answers it means something else.
        (
            "matching",
            matching(),
            matching(
                pairs=[
                    {**matching()["pairs"][0], "answer": "Submandibular"},
                    {**matching()["pairs"][1], "answer": "Submental"},
                    matching()["pairs"][2],
                ]
            ),
            False,
        ),
    ],
)
def test_key_of_any_type_is_exchanged_where_answers_mean_the_same(
    kind: str, content: dict[str, Any], better: dict[str, Any], fits: bool
) -> None:
    one = quiz_with([(kind, content)]).pool.get().revision
    two = RevisionFactory(question=one.question, number=2, type=kind, content_data=better)

    assert (refusal_of(one, two) == "") is fits


def test_practice_is_raised_in_silence_and_passes_nothing(registrar: User) -> None:
    practice = quiz_with(1, purpose="practice")
    attempt = take(practice, "a")
    wrong, better = mended(practice)
    plan = plan_regrade(wrong, better)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))

    assert (plan.gaining_count, plan.newly_passed) == (1, [])
    assert [each[0] for each in grades(attempt)] == [0, 100]
    assert not OutgoingMail.objects.filter(cause__startswith="regrade:").exists()
    assert in_order()


def test_attempt_of_an_earlier_version_is_raised_and_counts_in_the_newer(registrar: User) -> None:
    quiz = quiz_with(1)
    attempt = take(quiz, "a")
    newer = QuizFactory(version=newer_of(quiz.version), key=quiz.key, slug=quiz.slug)
    PoolItemFactory(quiz=newer, revision=quiz.pool.get().revision)
    learner = attempt.enrollment
    learner = move_to_version(learner.pk, newer.version, by=learner.user, now=NOW)
    wrong, better = mended(quiz)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))

    assert standings([learner], now=NOW)[learner.pk, quiz.key].is_passed
    assert in_order()


def test_part_of_the_points_is_raised_too(registrar: User) -> None:
    """A choice that should have been right is one more right answer of several."""
    quiz = quiz_with([("multiple-choice", multiple())])
    learner = EnrollmentFactory(version=quiz.version)
    attempt = start_attempt(learner, quiz, by=learner.user, now=NOW)
    attempt.items.update(response='{"choices":["a","b","c","d"]}', response_number=1, saved_at=NOW)
    submit_attempt(attempt, by=learner.user, now=NOW)
    wrong = quiz.pool.get().revision
    content = multiple()
    content["choices"][3]["correct"] = True
    better = RevisionFactory(
        question=wrong.question, number=2, type="multiple-choice", content_data=content
    )

    do(apply_regrade(wrong, better, reason="GB14 too.", by=registrar, now=NOW))

    before, after = grades(attempt)
    assert before[0] < after[0] == 100
    assert in_order()


def test_two_regrades_at_once_tell_a_learner_of_both(registrar: User) -> None:
    quiz = quiz_with(2)
    attempt = take(quiz, "aa")
    wrong, better = mended(quiz)
    other = quiz.pool.select_related("revision__question").order_by("position")[1].revision
    first = apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW)
    second = apply_regrade(other, None, reason="No answer was right.", by=registrar, now=NOW)

    do(first)
    do(second)

    assert [percent for percent, *_ in grades(attempt)] == [0, 100]
    (mail,) = OutgoingMail.objects.filter(cause__startswith="regrade:")
    assert "Why: It lies there.\nWhy: No answer was right.\n" in mail.body
    notes = regrade_notes(
        attempt.items.all(), attempt.grades.select_related("regrade").order_by("number")
    )
    assert notes == {wrong.pk: "It lies there.", other.pk: "No answer was right."}


def test_who_and_why_is_in_the_log(registrar: User) -> None:
    quiz = quiz_with(1)
    take(quiz, "a")
    wrong, better = mended(quiz)

    do(apply_regrade(wrong, better, reason="It lies there.", by=registrar, now=NOW))

    events = AuditEvent.objects.filter(action__contains="grade").order_by("pk")
    assert [event.action for event in events] == [
        "regrade.begun",
        "attempt.graded-anew",
        "regrade.finished",
    ]
    assert events[0].actor_id == registrar.pk


def test_a_grade_that_lost_points_is_found() -> None:
    attempt = take(quiz_with(1), "b")
    regrade = Regrade.objects.create(
        revision=attempt.quiz.pool.get().revision, reason="x", created_at=NOW, created_by_id=1
    )
    grade = attempt.grades.get()
    with thawed("quizzes_grade"):
        Grade.objects.create(
            attempt=attempt,
            number=2,
            points=0,
            points_possible=1,
            percent=0,
            pass_percent=80,
            is_passed=False,
            items_json=grade.items_json.replace("1.00", "0.00"),
            graded_at=NOW,
            reason="x",
            regrade=regrade,
        )

    sentences = {finding.sentence for finding in verification.run("grades", verification.Tally())}

    assert "was graded anew and lost points" in sentences
