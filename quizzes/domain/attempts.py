"""The life of an attempt: start, answer, submit, close by deadline, grade, set aside.

Order of locks: enrollment, then attempt. Saving an answer locks the attempt alone. Nobody else
assigns the status of an attempt.
"""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import canonical_json
from courses.domain.completion import complete_if_met, lock_enrollment
from courses.models import Enrollment
from quizzes.domain import tallying
from quizzes.domain.allowance import allowance_of
from quizzes.domain.drawing import draw
from quizzes.domain.errors import (
    AnswerShown,
    AttemptClosed,
    AttemptLimitReached,
    CannotStart,
    NoSuchItem,
    NotForPractice,
    StaleResponse,
)
from quizzes.domain.extra_time import deadline_of, extra_for
from quizzes.domain.grading import items_text, score_of
from quizzes.domain.increments import Increments
from quizzes.domain.mended import mended_keys
from quizzes.domain.pool import draws_of, pool_entries
from quizzes.domain.scoring import Score
from quizzes.models import Attempt, AttemptItem, Grade, Quiz, Regrade
from quizzes.question_types import type_named
from quizzes.question_types.base import BadResponse, Raw

logger = logging.getLogger(__name__)

# An answer that left the device in time may arrive this much later. Seconds.
GRACE: Final = timedelta(seconds=5)
_SWEEP_SIZE: Final = 200
# What an answer changes. Saving one is the write that happens most.
_ANSWER: Final = ("response", "response_number", "saved_at", "is_flagged")
_READ: Final = (*_ANSWER, "revealed_at", "attempt", "position", "seed")


@dataclass(frozen=True)
class Answer:
    """What a form sent for one question."""

    raw: Raw
    number: int
    """The response number that the form knew: older than the stored one means a stale form."""
    is_flagged: bool | None = None
    """None: the form does not say."""


@dataclass(frozen=True)
class Saved:
    item: AttemptItem
    problem: StaleResponse | BadResponse | None = None
    """Why this answer was not taken; the others of the same form were."""
    is_changed: bool = False


# ------------------------------------------------------------------------------- starting


def start_attempt(
    enrollment: Enrollment, quiz: Quiz, *, by: User, now: datetime, extra_percent: int = 0
) -> Attempt:
    """Open an attempt, or return the open one. Items and deadline are fixed here, for good.

    `extra_percent`: by how much the learner wants the time limit longer.
    Errors: CannotStart, AttemptLimitReached.
    """
    for left_open in Attempt.objects.filter(
        enrollment=enrollment, quiz__key=quiz.key, status=Attempt.Status.IN_PROGRESS
    ):
        close_if_overdue(left_open, now=now)
    with transaction.atomic():
        enrollment = lock_enrollment(enrollment.pk)
        mine = Attempt.objects.filter(enrollment=enrollment, quiz__key=quiz.key)
        open_attempt = mine.filter(status=Attempt.Status.IN_PROGRESS).first()
        if open_attempt is not None:
            return open_attempt
        if enrollment.status != Enrollment.Status.OPEN:
            raise CannotStart(
                "You have completed this course, so its quizzes are closed."
                if enrollment.status == Enrollment.Status.COMPLETED
                else "You left this course. Open it again from the course page to go on."
            )
        if quiz.version_id != enrollment.version_id:
            raise CannotStart("This quiz is not part of the course you are taking.")
        if allowance_of(enrollment, quiz).left == 0:
            raise AttemptLimitReached
        extra_percent = extra_for(quiz, enrollment, extra_percent)
        return _open(enrollment, quiz, extra_percent=extra_percent, by=by, now=now)


def _open(
    enrollment: Enrollment, quiz: Quiz, *, extra_percent: int, by: User, now: datetime
) -> Attempt:
    pool = pool_entries(quiz)
    draws = draws_of(quiz)
    if not pool:
        raise CannotStart("This quiz has no questions yet.")
    # By key: what was asked, and how often, counts on in a newer version.
    before = Attempt.objects.filter(enrollment=enrollment, quiz__key=quiz.key)
    seen = set(
        AttemptItem.objects.filter(attempt__in=before).values_list(
            "revision__question__key", flat=True
        )
        if quiz.draw_count or draws
        else ()
    )
    last = before.aggregate(n=Max("number"))["n"]
    attempt = Attempt.objects.create(
        enrollment=enrollment,
        quiz=quiz,
        number=(last or 0) + 1,
        seed=secrets.randbits(62),
        started_at=now,
        deadline_at=deadline_of(quiz, extra_percent=extra_percent, started_at=now),
        extra_percent=extra_percent,
    )
    AttemptItem.objects.bulk_create(
        AttemptItem(
            attempt=attempt,
            position=drawn.position,
            revision_id=drawn.revision_id,
            seed=drawn.seed,
        )
        for drawn in draw(
            pool,
            seed=attempt.seed,
            count=quiz.draw_count,
            is_shuffled=quiz.is_shuffled,
            seen=seen,
            draws=draws,
        )
    )
    Enrollment.objects.filter(pk=enrollment.pk).update(last_activity_at=now)
    _record("attempt.started", attempt, by=by, now=now)
    return attempt


# ------------------------------------------------------------------------------- answering


def save_response(attempt: Attempt, *, position: int, answer: Answer, now: datetime) -> AttemptItem:
    """Store one answer. What this returns has reached the disk when the transaction ends.

    Sending the same answer again changes nothing and is no mistake.
    Errors: AttemptClosed, NoSuchItem, StaleResponse (with the newer answer), BadResponse.
    """
    saved = save_responses(attempt, {position: answer}, now=now).get(position)
    if saved is None:
        raise NoSuchItem
    if saved.problem is not None:
        raise saved.problem
    return saved.item


def save_responses(
    attempt: Attempt, answers: Mapping[int, Answer], *, now: datetime
) -> dict[int, Saved]:
    """Store the answers of one form, by position; each stands for itself.

    Places the attempt does not have are left out. Errors: AttemptClosed.
    """
    close_if_overdue(attempt, now=now)
    with transaction.atomic():
        _lock_for_answers(attempt)
        # Read after the lock was won, so that no answer saved meanwhile is missed.
        items = (
            AttemptItem.objects.filter(attempt=attempt, position__in=list(answers))
            .select_related("revision")
            .only(*_READ, "revision__type", "revision__content")
        )
        saved = {
            item.position: take_answer(item, answers[item.position], now=now) for item in items
        }
        changed = [each.item for each in saved.values() if each.is_changed]
        if len(changed) == 1:  # The usual case, and far cheaper than an update of many.
            changed[0].save(update_fields=_ANSWER)
        elif changed:
            AttemptItem.objects.bulk_update(changed, _ANSWER)
    return saved


@transaction.atomic
def reveal_answer(attempt: Attempt, *, position: int, now: datetime) -> AttemptItem:
    """Practice: show what is right. The answer as saved stays from now on; twice is once.

    Errors: NotForPractice, AttemptClosed, NoSuchItem.
    """
    if attempt.quiz.purpose != Quiz.Purpose.PRACTICE:
        raise NotForPractice
    _lock_for_answers(attempt)
    item = AttemptItem.objects.filter(attempt=attempt, position=position).first()
    if item is None:
        raise NoSuchItem
    if item.revealed_at is None:
        item.revealed_at = now
        item.save(update_fields=["revealed_at"])
    return item


def set_flag(attempt: Attempt, *, position: int, is_flagged: bool, now: datetime) -> AttemptItem:
    """Mark a question for later, or no longer. The last click counts; answers are not touched.

    Errors: AttemptClosed, NoSuchItem.
    """
    close_if_overdue(attempt, now=now)
    with transaction.atomic():
        _lock_for_answers(attempt)
        item = AttemptItem.objects.filter(attempt=attempt, position=position).first()
        if item is None:
            raise NoSuchItem
        if item.is_flagged != is_flagged:
            item.is_flagged = is_flagged
            item.save(update_fields=["is_flagged"])
    return item


def _lock_for_answers(attempt: Attempt) -> None:
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("enrollment")
    row = rows.only("status", "closed_by", "deadline_at", "enrollment__status").get(pk=attempt.pk)
    _refuse_if_closed(row)
    # The office may have given more time since the attempt was read.
    attempt.deadline_at = row.deadline_at


def take_answer(item: AttemptItem, answer: Answer, *, now: datetime) -> Saved:
    """Change the row in memory; the caller writes what is changed."""
    is_changed = answer.is_flagged is not None and answer.is_flagged != item.is_flagged
    if answer.is_flagged is not None:
        item.is_flagged = answer.is_flagged
    try:
        cleaned = type_named(item.revision.type).clean_response(
            answer.raw, item.revision.data, item.seed
        )
    except BadResponse as problem:
        return Saved(item, problem, is_changed)
    response = "" if cleaned is None else canonical_json(cleaned)
    if response == item.response:
        return Saved(item, None, is_changed)
    if item.revealed_at is not None:
        return Saved(item, AnswerShown(), is_changed)
    if answer.number != item.response_number:
        return Saved(item, StaleResponse(item), is_changed)
    item.response = response
    item.response_number += 1
    item.saved_at = now
    return Saved(item, None, is_changed=True)


def _refuse_if_closed(attempt: Attempt) -> None:
    if attempt.status == Attempt.Status.VOIDED:
        raise AttemptClosed("The office set this attempt aside. You can start another one.")
    if attempt.status != Attempt.Status.IN_PROGRESS:
        raise AttemptClosed(
            "Time was up, so this answer was not counted. What was saved before was."
            if attempt.closed_by == Attempt.ClosedBy.DEADLINE
            else "This attempt was submitted already, so its answers stay as they are."
        )
    if attempt.enrollment.status == Enrollment.Status.WITHDRAWN:
        raise AttemptClosed("You left this course. Open it again from the course page to go on.")


# ------------------------------------------------------------------------------- closing


def is_overdue(attempt: Attempt, *, now: datetime) -> bool:
    """Open after its deadline and the seconds of grace: a pure function of stored times."""
    return (
        attempt.status == Attempt.Status.IN_PROGRESS
        and attempt.deadline_at is not None
        and now > attempt.deadline_at + GRACE
    )


def submit_attempt(attempt: Attempt, *, by: User, now: datetime) -> Attempt:
    """Close and grade. Sent twice, or by two windows at once, it gives the one first result.

    After the deadline the attempt counts as closed by the deadline, with what was saved.
    Errors: AttemptClosed when the office set it aside or the learner left the course.
    """
    with transaction.atomic():
        enrollment = lock_enrollment(attempt.enrollment_id)
        attempt = _locked(attempt.pk)
        attempt.enrollment = enrollment
        if attempt.status in (Attempt.Status.SUBMITTED, Attempt.Status.GRADED):
            return attempt
        if is_overdue(attempt, now=now):
            _close_by_deadline(attempt, enrollment)
            return attempt
        _refuse_if_closed(attempt)
        _close(attempt, at=now, closed_by=Attempt.ClosedBy.LEARNER)
        append_grade(attempt, now=now)
        _record("attempt.submitted", attempt, by=by, now=now, percent=str(attempt.percent))
        Enrollment.objects.filter(pk=enrollment.pk).update(last_activity_at=now)
        if attempt.is_passed:
            complete_if_met(enrollment, now=now)
    return attempt


def close_if_overdue(attempt: Attempt, *, now: datetime) -> Attempt:
    """Every reader of an open attempt asks here first; no background work is needed."""
    if not is_overdue(attempt, now=now):
        return attempt
    with transaction.atomic():
        enrollment = lock_enrollment(attempt.enrollment_id)
        locked = _locked(attempt.pk)
        if is_overdue(locked, now=now):
            _close_by_deadline(locked, enrollment)
        locked.enrollment = enrollment
    return locked


def sweep_overdue(now: datetime) -> int:
    """Close what nobody came back to, so that nothing waits for a reader."""
    overdue = (
        Attempt.objects.filter(status=Attempt.Status.IN_PROGRESS, deadline_at__lt=now - GRACE)
        .select_related("quiz")
        .order_by("deadline_at")[:_SWEEP_SIZE]
    )
    closed = 0
    for attempt in overdue:
        try:
            close_if_overdue(attempt, now=now)
        except Exception:  # One that cannot be closed must not hold up all that come after it.
            logger.exception("Attempt %s could not be closed.", attempt.uid)
        else:
            closed += 1
    return closed


def _close_by_deadline(attempt: Attempt, enrollment: Enrollment) -> None:
    """Dated to the deadline, whenever it was noticed; so is a completion that it brings."""
    deadline = attempt.deadline_at
    if deadline is None:
        raise ValueError("An attempt without a deadline is never overdue.")
    _close(attempt, at=deadline, closed_by=Attempt.ClosedBy.DEADLINE)
    append_grade(attempt, now=deadline)
    _record("attempt.closed", attempt, by=None, now=deadline, percent=str(attempt.percent))
    if attempt.is_passed:
        complete_if_met(enrollment, now=deadline)


def _close(attempt: Attempt, *, at: datetime, closed_by: str) -> None:
    _move(attempt, Attempt.Status.SUBMITTED)
    attempt.submitted_at = at
    attempt.closed_by = closed_by
    attempt.save(update_fields=["status", "submitted_at", "closed_by"])


def append_grade(attempt: Attempt, *, now: datetime) -> Grade:
    """Grade the frozen answers and append the result; call it with the attempt locked.

    The current result is copied to the attempt, for lists, and counted in the running sums.
    """
    items = list(attempt.items.select_related("revision").order_by("position"))
    result = score_of(
        items,
        pass_percent=attempt.quiz.pass_percent,
        mended=mended_keys(item.revision_id for item in items),
    )
    last = attempt.grades.aggregate(n=Max("number"))["n"] or 0
    grade = write_grade(attempt, result, number=last + 1, now=now)
    tallying.add(tallying.increments_of_grade(attempt, items, grade))
    return grade


def write_grade(
    attempt: Attempt, result: Score, *, number: int, now: datetime, regrade: Regrade | None = None
) -> Grade:
    """The row, and its copy on the attempt. The caller has the attempt locked, and counts it."""
    grade = Grade.objects.create(
        attempt=attempt,
        number=number,
        points=result.points,
        points_possible=result.points_possible,
        percent=result.percent,
        pass_percent=attempt.quiz.pass_percent,
        is_passed=result.is_passed,
        items_json=items_text(result),
        graded_at=now,
        reason=regrade.reason if regrade else "",
        regrade=regrade,
    )
    if attempt.status == Attempt.Status.SUBMITTED:
        _move(attempt, Attempt.Status.GRADED)
    attempt.percent = result.percent
    attempt.is_passed = result.is_passed
    attempt.save(update_fields=["status", "percent", "is_passed"])
    return grade


def void_attempt(attempt: Attempt, *, reason: str, by: User, now: datetime) -> Attempt:
    """The office sets an attempt aside: it counts neither as used nor as passed.

    A completion that stands already stays: it is a record. Doing it twice changes nothing.
    """
    with transaction.atomic():
        lock_enrollment(attempt.enrollment_id)
        attempt = _locked(attempt.pk)
        if attempt.status != Attempt.Status.VOIDED:
            if attempt.status == Attempt.Status.GRADED:
                _count_no_more(attempt)
            _move(attempt, Attempt.Status.VOIDED)
            attempt.save(update_fields=["status"])
            _record("attempt.voided", attempt, by=by, now=now, reason=reason)
    return attempt


def _count_no_more(attempt: Attempt) -> None:
    change = Increments()
    change.add(
        tallying.increments_of_grade(
            attempt, attempt.items.select_related("revision"), attempt.grades.latest("number")
        ),
        sign=-1,
    )
    tallying.add(change)


def _move(attempt: Attempt, status: str) -> None:
    if status not in Attempt.MOVES[attempt.status]:
        raise AttemptClosed(f"An attempt that is {attempt.status} does not become {status}.")
    attempt.status = status


def _locked(attempt_id: int) -> Attempt:
    return Attempt.objects.select_for_update(of=("self",)).select_related("quiz").get(pk=attempt_id)


def _record(
    action: str, attempt: Attempt, *, by: User | None, now: datetime, **detail: str
) -> None:
    audit.record(
        action,
        subject_type="attempt",
        subject_id=attempt.uid,
        by=by,
        now=now,
        quiz=attempt.quiz.title,
        number=attempt.number,
        **detail,
    )
