"""Grading anew what learners answered to a revision whose key was wrong.

Three steps: `regrade_plan` says what would happen, `proposing` asks the office for it,
`apply_regrade` does it in the background. A regrade raises grades and never lowers one; a pass or a
certificate is never taken away.

Order of locks: enrollments by id, then attempts, then the running sums.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from ce_platform.accounts.models import User
from ce_platform.core import audit, jobs
from ce_platform.core.jobs import JobProgress
from ce_platform.core.mail import write_mail
from ce_platform.core.models import BackgroundJob
from ce_platform.core.text import canonical_json
from courses.domain.completion import complete_if_met, lock_enrollment
from courses.models import Enrollment
from quizzes.domain import tallying
from quizzes.domain.attempts import write_grade
from quizzes.domain.errors import RegradeRefused
from quizzes.domain.grading import items_text, score_of
from quizzes.domain.increments import Increments
from quizzes.domain.mended import keys_of
from quizzes.domain.proposing import note_applied, record
from quizzes.domain.regrade_plan import check_key, gain_of
from quizzes.models import (
    Attempt,
    AttemptItem,
    Grade,
    Question,
    QuestionRevision,
    Quiz,
    Regrade,
)

KIND: Final = "quizzes.regrade"
_PIECE: Final = 100


# ------------------------------------------------------------------------------- deciding


def apply_regrade(
    revision: QuestionRevision,
    better: QuestionRevision | None,
    *,
    reason: str,
    by: User,
    now: datetime,
) -> Regrade:
    """Begin the work in the background. Asked twice, or by two people at once, it is one regrade;
    one whose work was given up goes on. Errors: RegradeRefused.
    """
    with transaction.atomic():
        Question.objects.select_for_update().get(pk=revision.question_id)
        regrades = Regrade.objects.filter(revision=revision)
        same = regrades.filter(better=better).order_by("-pk").first()
        if same is not None:
            note_applied(revision, better, by=by, now=now)
            if same.finished_at is None and not _is_being_done(same):
                # The job may have ended between the two reads, and then the regrade has too.
                same.refresh_from_db()
                if same.finished_at is None:
                    _start(same, by=by, now=now)
            return same
        if regrades.filter(finished_at__isnull=True).exists():
            raise RegradeRefused(
                "This revision is being graded anew in another way right now. Wait until that has "
                "ended."
            )
        check_key(revision, better)
        regrade = Regrade.objects.create(
            revision=revision, better=better, reason=reason, created_at=now, created_by_id=by.pk
        )
        note_applied(revision, better, by=by, now=now)
        record("regrade.begun", revision, better, by=by, now=now, reason=reason)
        _start(regrade, by=by, now=now)
    return regrade


def job_of(regrade: Regrade) -> BackgroundJob | None:
    """The newest."""
    return (
        BackgroundJob.objects.filter(kind=KIND, parameters=canonical_json({"regrade": regrade.pk}))
        .order_by("-pk")
        .first()
    )


def _is_being_done(regrade: Regrade) -> bool:
    job = job_of(regrade)
    return job is not None and job.status in (
        BackgroundJob.Status.QUEUED,
        BackgroundJob.Status.RUNNING,
    )


def _start(regrade: Regrade, *, by: User, now: datetime) -> None:
    jobs.start(
        KIND,
        title=f"Grading anew: {regrade.reason}"[:200],
        now=now,
        created_by_id=by.pk,
        regrade=regrade.pk,
    )


# ------------------------------------------------------------------------------- the work


def regrade_in_background(parameters: dict[str, Any], progress: JobProgress) -> None:
    """Safe to start again: who has this regrade's grade, and who gains nothing, is left alone.

    An attempt that is still open is looked at with its enrollment locked: either it is graded
    by then, maybe without the better key, or it will be graded with it.
    """
    regrade = Regrade.objects.select_related("revision__question", "better").get(
        pk=parameters["regrade"]
    )
    if regrade.finished_at is not None:
        return
    asked = AttemptItem.objects.filter(revision=regrade.revision)
    progress.total(asked.count())
    for size, learners in _pieces(regrade):
        for learner_id in learners:
            regrade_learner(regrade, learner_id, now=timezone.now())
        progress.advance(size)
    now = timezone.now()
    with transaction.atomic():
        if Regrade.objects.filter(pk=regrade.pk, finished_at=None).update(finished_at=now):
            raised = Grade.objects.filter(regrade=regrade).count()
            record(
                "regrade.finished",
                regrade.revision,
                regrade.better,
                by=None,
                now=now,
                raised_count=raised,
            )


def _pieces(regrade: Regrade) -> Iterator[tuple[int, list[int]]]:
    """(answers in this piece, ids of the learners who may gain), in the order of the answers."""
    gains: dict[str, bool] = {}
    last = 0
    while True:
        rows = list(
            AttemptItem.objects.filter(revision=regrade.revision, pk__gt=last)
            .order_by("pk")
            .values_list("pk", "response", "attempt__status", "attempt__enrollment__user_id")[
                :_PIECE
            ]
        )
        if not rows:
            return
        learners = set()
        for _pk, response, status, user_id in rows:
            if status == Attempt.Status.VOIDED:
                continue
            if response not in gains:
                gains[response] = gain_of(regrade.revision, regrade.better, response, known={}) > 0
            if gains[response] or status != Attempt.Status.GRADED:
                learners.add(user_id)
        yield len(rows), sorted(learners)
        last = rows[-1][0]


@transaction.atomic
def regrade_learner(regrade: Regrade, learner_id: int, *, now: datetime) -> list[Grade]:
    """All attempts of one learner at once: one mail tells of all."""
    enrollments = {
        pk: lock_enrollment(pk)
        for pk in Attempt.objects.filter(
            enrollment__user=learner_id, items__revision=regrade.revision
        )
        .order_by("enrollment_id")
        .values_list("enrollment_id", flat=True)
        .distinct()
    }
    attempts = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("quiz")
        .filter(
            enrollment__in=list(enrollments),
            items__revision=regrade.revision,
            status=Attempt.Status.GRADED,
        )
        .order_by("pk")
    )
    change = Increments()
    raised: list[Raised] = []
    for attempt in attempts:
        attempt.enrollment = enrollments[attempt.enrollment_id]
        each = _raise(attempt, regrade, change=change, now=now)
        if each is not None:
            raised.append(each)
    if not raised:
        return []
    tallying.add(change)
    for enrollment in enrollments.values():
        if any(each.is_newly_passed and each.is_of(enrollment) for each in raised):
            complete_if_met(enrollment, now=now)
    told = [each for each in raised if each.is_of_course]
    if told:
        _tell(told, regrade, now=now)
    return [each.grade for each in raised]


@dataclass(frozen=True)
class Raised:
    attempt: Attempt
    before: Grade
    grade: Grade
    causes: list[Regrade]
    """What raised it. Of two regrades at once the first finds both keys, and the second nothing
    that is left to do, so the reasons of both are told with the first."""

    @property
    def is_newly_passed(self) -> bool:
        return self.is_of_course and self.grade.is_passed and not self.before.is_passed

    @property
    def is_of_course(self) -> bool:
        """Practice is graded anew too, but it counts for nothing: nobody is written to."""
        return self.attempt.quiz.purpose == Quiz.Purpose.GRADED

    def is_of(self, enrollment: Enrollment) -> bool:
        return self.attempt.enrollment_id == enrollment.pk


def _raise(
    attempt: Attempt, regrade: Regrade, *, change: Increments, now: datetime
) -> Raised | None:
    """None: this attempt has it already, or gains nothing by it."""
    grades = list(attempt.grades.order_by("number"))
    items = list(attempt.items.select_related("revision").order_by("position"))
    before = grades[-1]
    if any(grade.regrade_id == regrade.pk for grade in grades):
        return None
    regrades = list(
        Regrade.objects.filter(revision__in={item.revision_id for item in items})
        .select_related("better")
        .order_by("pk")
    )
    result = score_of(items, pass_percent=attempt.quiz.pass_percent, mended=keys_of(regrades))
    # A grade that a person gave may be above what the answers give: it stays.
    if items_text(result) == before.items_json or result.points < before.points:
        return None
    change.add(tallying.increments_of_grade(attempt, items, before), sign=-1)
    grade = write_grade(attempt, result, number=before.number + 1, now=now, regrade=regrade)
    change.add(tallying.increments_of_grade(attempt, items, grade))
    audit.record(
        "attempt.graded-anew",
        subject_type="attempt",
        subject_id=attempt.uid,
        by=None,
        now=now,
        quiz=attempt.quiz.title,
        number=attempt.number,
        reason=regrade.reason,
        before=str(before.percent),
        percent=str(grade.percent),
    )
    told = {each.regrade_id for each in grades}
    causes = _causes(items, before, grade, [each for each in regrades if each.pk not in told])
    return Raised(attempt=attempt, before=before, grade=grade, causes=causes or [regrade])


def _causes(
    items: Sequence[AttemptItem], before: Grade, grade: Grade, regrades: Sequence[Regrade]
) -> list[Regrade]:
    """Of these regrades those by which an answer of the attempt has more points now."""
    old, new = json.loads(before.items_json), json.loads(grade.items_json)
    raised = {
        item.revision_id: item
        for item in items
        if old.get(str(item.position)) != new.get(str(item.position))
    }
    return [
        regrade
        for regrade in regrades
        if (item := raised.get(regrade.revision_id))
        and gain_of(item.revision, regrade.better, item.response, known={}) > 0
    ]


def _tell(raised: list[Raised], regrade: Regrade, *, now: datetime) -> None:
    """One mail for a learner and regrade, whatever is started again."""
    enrollment = raised[0].attempt.enrollment
    learner = enrollment.user
    if learner.closed_at is not None:  # The record is raised; there is nobody to write to.
        return
    write_mail(
        "regrade_raised",
        to_email=learner.email,
        to_user_id=learner.pk,
        cause=f"regrade:{regrade.pk}:{learner.pk}",
        now=now,
        learner=learner,
        raised=raised,
        reasons=list(dict.fromkeys(cause.reason for each in raised for cause in each.causes)),
        course_title=enrollment.version.title,
    )
