"""A try at a quiz that is kept nowhere: what an author sees of it before learners do.

Questions are drawn, answers cleaned and graded by what does so for learners, with rows that are
never saved. Between the form and its result a signed token says what was drawn, so that an author
who changes the quiz meanwhile is graded on the questions that were asked.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core import signing

from quizzes.domain.attempts import Answer, take_answer
from quizzes.domain.drawing import PoolEntry, draw
from quizzes.domain.errors import CannotStart, TrialGone
from quizzes.domain.grading import items_text, score_of
from quizzes.domain.mended import mended_keys
from quizzes.domain.pool import case_id, draws_of, entries_of
from quizzes.models import (
    Attempt,
    AttemptItem,
    Grade,
    QuestionRevision,
    Quiz,
    QuizDraw,
    QuizPoolItem,
)

_SALT: Final = "quizzes.trial"


@dataclass(frozen=True)
class Trial:
    number: int
    """1 for the first try in a row."""
    items: list[AttemptItem]
    """As drawn, each with its revision; never saved."""
    token: str
    seen: frozenset[int]
    """Ids of the questions that tries before this one asked."""


def begin_trial(quiz: Quiz, *, after: str = "") -> Trial:
    """Draw as for a learner. `after`: the token of the try before, whose questions come last.

    Two queries. Errors: CannotStart.
    """
    draws = dict(QuizDraw.objects.filter(quiz=quiz).values_list("pk", "key"))
    pool = list(
        QuizPoolItem.objects.filter(quiz=quiz)
        .select_related("revision__question")
        .order_by("position", "id")
    )
    if not pool:
        raise CannotStart("This quiz has no questions yet.")
    number, seen = 1, frozenset[int]()
    if after:
        try:
            before = read_trial(quiz, after)
        except TrialGone:
            pass
        else:
            number = before.number + 1
            seen = before.seen | {item.revision.question_id for item in before.items}
    return _drawn(
        quiz,
        [item.revision for item in pool],
        entries_of(pool, draws),
        draws=draws_of(quiz),
        seed=secrets.randbits(62),
        number=number,
        seen=seen,
        count=quiz.draw_count,
        is_shuffled=quiz.is_shuffled,
    )


def read_trial(quiz: Quiz, token: str) -> Trial:
    """The try that a token of this quiz stands for; one query. Errors: TrialGone."""
    try:
        told: dict[str, Any] = signing.loads(token, salt=_SALT)
    except signing.BadSignature:
        raise TrialGone from None
    if told["quiz"] != str(quiz.key):
        raise TrialGone
    origins: dict[int, str] = dict(told["pool"])
    found = QuestionRevision.objects.select_related("question").in_bulk(origins)
    if len(found) != len(origins):
        raise TrialGone
    revisions = [found[revision_id] for revision_id in origins]
    return _drawn(
        quiz,
        revisions,
        [
            PoolEntry(
                each.pk,
                each.question.key,
                UUID(origins[each.pk]) if origins[each.pk] else None,
                case_id(each.content),
            )
            for each in revisions
        ],
        draws=[(UUID(key), count) for key, count in told["draws"]],
        seed=told["seed"],
        number=told["number"],
        seen=frozenset(told["seen"]),
        # Of that time: the settings of a draft change too.
        count=told["count"],
        is_shuffled=told["shuffle"],
        token=token,
    )


def answer_trial(trial: Trial, answers: Mapping[int, Answer], *, now: datetime) -> dict[int, str]:
    """Put the answers of a form on the items; gives why some were refused, by position."""
    refused = {}
    for item in trial.items:
        answer = answers.get(item.position)
        if answer is None:
            continue
        # No other window can have answered before.
        taken = take_answer(item, replace(answer, number=0), now=now)
        item.response_number = 0
        if taken.problem is not None:
            refused[item.position] = str(taken.problem)
    return refused


def grade_trial(trial: Trial, attempt: Attempt, *, now: datetime) -> Grade:
    """Close the unsaved attempt, as a learner's is when it is submitted, and grade it.

    One query.
    """
    quiz = attempt.quiz
    result = score_of(
        trial.items,
        pass_percent=quiz.pass_percent,
        mended=mended_keys(item.revision_id for item in trial.items),
    )
    attempt.status = Attempt.Status.GRADED
    attempt.closed_by = Attempt.ClosedBy.LEARNER
    attempt.submitted_at = now
    attempt.percent = result.percent
    attempt.is_passed = result.is_passed
    return Grade(
        number=1,
        points=result.points,
        points_possible=result.points_possible,
        percent=result.percent,
        pass_percent=quiz.pass_percent,
        is_passed=result.is_passed,
        items_json=items_text(result),
        graded_at=now,
    )


def _drawn(
    quiz: Quiz,
    pool: Sequence[QuestionRevision],
    entries: Sequence[PoolEntry],
    *,
    draws: Sequence[tuple[UUID, int]],
    seed: int,
    number: int,
    seen: frozenset[int],
    count: int | None,
    is_shuffled: bool,
    token: str = "",
) -> Trial:
    by_id = {revision.pk: revision for revision in pool}
    items = [
        AttemptItem(position=each.position, revision=by_id[each.revision_id], seed=each.seed)
        for each in draw(
            entries,
            draws=draws,
            seed=seed,
            count=count,
            is_shuffled=is_shuffled,
            seen={revision.question.key for revision in pool if revision.question_id in seen},
        )
    ]
    told = {
        "quiz": str(quiz.key),
        "pool": [[each.revision_id, str(each.draw or "")] for each in entries],
        "draws": [[str(key), number_of] for key, number_of in draws],
        "seed": seed,
        "number": number,
        "seen": sorted(seen),
        "count": count,
        "shuffle": is_shuffled,
    }
    return Trial(
        number=number,
        items=items,
        token=token or signing.dumps(told, salt=_SALT, compress=True),
        seen=seen,
    )
