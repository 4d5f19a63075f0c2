"""What grading anew would do, before anybody does it. Nothing here writes."""

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.db.models import Count, Prefetch

from quizzes.domain.errors import RegradeRefused
from quizzes.domain.grading import Mended, score_of, share_of
from quizzes.domain.mended import mended_keys
from quizzes.models import Attempt, AttemptItem, QuestionRevision, Quiz
from quizzes.question_types import type_named
from quizzes.question_types.base import Content

# So many attempts are worked out to the end for the page that asks "shall I?".
LOOKED_AT: Final = 1_000


@dataclass(frozen=True)
class RegradePlan:
    attempt_count: int
    """Graded attempts that were asked this revision."""
    gaining_count: int
    """Attempts in which the answer gets more points."""
    newly_passed: list[Attempt]
    """Attempts that pass with them, the newest first, with enrollment and person. Practice is
    never passed."""
    is_cut: bool
    """There are more failed attempts that gain; only the newest were worked out to the end."""


def refusal_of(revision: QuestionRevision, better: QuestionRevision) -> str:
    """Why this revision's key cannot grade those answers; empty: it can."""
    if better.question_id != revision.question_id:
        return "That is a revision of another question."
    if better.number <= revision.number:
        return f"Revision {better.number} is not later than revision {revision.number}."
    if better.type != revision.type:
        return (
            f"Revision {better.number} is another kind of question: what was answered to revision "
            f"{revision.number} cannot be graded by it."
        )
    kind = type_named(revision.type)
    if kind.answer_ids(better.data) != kind.answer_ids(revision.data):
        return (
            f"Revision {better.number} offers other answers than revision {revision.number}: an "
            "answer to one cannot be graded by the key of the other. Write a revision that changes "
            "only which answers are right, or give everybody the points."
        )
    return ""


def plan_regrade(revision: QuestionRevision, better: QuestionRevision | None) -> RegradePlan:
    """What applying would do now; changes nothing. Errors: RegradeRefused.

    Few different answers are given to a question, so each is graded once for everybody.
    """
    check_key(revision, better)
    graded = AttemptItem.objects.filter(
        revision=revision, attempt__status=Attempt.Status.GRADED
    ).order_by()
    counts = dict(graded.values_list("response").annotate(Count("pk")))
    known = mended_keys([revision.pk])
    gaining = [
        response for response in counts if gain_of(revision, better, response, known=known) > 0
    ]
    failed = list(
        graded.filter(
            attempt__is_passed=False,
            attempt__quiz__purpose=Quiz.Purpose.GRADED,
            response__in=gaining,
        )
        .order_by("-attempt_id")
        .values_list("attempt_id", flat=True)[: LOOKED_AT + 1]
    )
    return RegradePlan(
        attempt_count=sum(counts.values()),
        gaining_count=sum(counts[response] for response in gaining),
        newly_passed=_passing(failed[:LOOKED_AT], revision, better),
        is_cut=len(failed) > LOOKED_AT,
    )


def gain_of(
    revision: QuestionRevision, better: QuestionRevision | None, response: str, *, known: Mended
) -> Fraction:
    """How much more of the points this stored answer would get."""
    content, keys = revision.data, known.get(revision.pk, ())
    given = json.loads(response) if response else None
    return share_of(revision.type, content, given, keys=[*keys, _key_of(better)]) - share_of(
        revision.type, content, given, keys=keys
    )


def _key_of(better: QuestionRevision | None) -> Content | None:
    return better.data if better else None


def _passing(
    attempt_ids: list[int], revision: QuestionRevision, better: QuestionRevision | None
) -> list[Attempt]:
    attempts = list(
        Attempt.objects.filter(pk__in=attempt_ids)
        .select_related("quiz", "enrollment__user")
        .prefetch_related(Prefetch("items", queryset=AttemptItem.objects.order_by("position")))
        .order_by("-pk")
    )
    items = [item for attempt in attempts for item in attempt.items.all()]
    revision_ids = {item.revision_id for item in items}
    revisions = QuestionRevision.objects.in_bulk(revision_ids)
    for item in items:
        item.revision = revisions[item.revision_id]
    known = dict(mended_keys(revision_ids))
    known[revision.pk] = [*known.get(revision.pk, ()), _key_of(better)]
    return [
        attempt
        for attempt in attempts
        if score_of(
            attempt.items.all(), pass_percent=attempt.quiz.pass_percent, mended=known
        ).is_passed
    ]


def check_key(revision: QuestionRevision, better: QuestionRevision | None) -> None:
    """Errors: RegradeRefused."""
    refusal = refusal_of(revision, better) if better else ""
    if refusal:
        raise RegradeRefused(refusal)
