"""What pages show of grading anew."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count

from ce_platform.core.models import BackgroundJob
from ce_platform.core.text import canonical_json
from courses.models import CourseVersion
from quizzes.domain.regrading import KIND
from quizzes.models import AttemptItem, Grade, Question, QuestionRevision, QuizPoolItem, Regrade


def asked_revisions(question: Question) -> list[QuestionRevision]:
    """Revisions that published quizzes ask, the newest first. One query."""
    published = QuizPoolItem.objects.exclude(
        quiz__version__status__in=[CourseVersion.Status.DRAFT, CourseVersion.Status.IN_REVIEW]
    )
    return list(
        QuestionRevision.objects.filter(question=question, pk__in=published.values("revision"))
        .select_related("question__course")
        .order_by("-number")
    )


@dataclass(frozen=True)
class RegradeLine:
    regrade: Regrade
    job: BackgroundJob | None
    raised_count: int

    @property
    def is_stopped(self) -> bool:
        return self.regrade.finished_at is None and (
            self.job is None
            or self.job.status in (BackgroundJob.Status.FAILED, BackgroundJob.Status.DONE)
        )


def regrades_of(question: Question) -> list[RegradeLine]:
    """The newest first. Three queries."""
    regrades = list(
        Regrade.objects.filter(revision__question=question)
        .select_related("revision", "better")
        .order_by("-pk")
    )
    parameters = {canonical_json({"regrade": each.pk}): each.pk for each in regrades}
    jobs = {
        parameters[job.parameters]: job
        for job in BackgroundJob.objects.filter(
            kind=KIND, parameters__in=list(parameters)
        ).order_by("pk")
    }
    counts = dict(
        Grade.objects.filter(regrade__in=regrades)
        .order_by()
        .values_list("regrade")
        .annotate(Count("pk"))
    )
    return [RegradeLine(each, jobs.get(each.pk), counts.get(each.pk, 0)) for each in regrades]


def regrade_notes(items: Sequence[AttemptItem], grades: Sequence[Grade]) -> dict[int, str]:
    """Revision id → why its points were raised. `grades`: the newest last, each with its regrade.

    Two regrades at once raise an attempt by one grade, which names the first of them. One query
    where that happened.
    """
    notes = {each.regrade.revision_id: each.reason for each in grades if each.regrade}
    unexplained = set()
    for earlier, later in pairwise(grades):
        if later.regrade_id is None:
            continue
        before, after = json.loads(earlier.items_json), json.loads(later.items_json)
        for item in items:
            place = str(item.position)
            if before.get(place) != after.get(place) and item.revision_id not in notes:
                unexplained.add(item.revision_id)
    if unexplained:
        for regrade in Regrade.objects.filter(revision__in=unexplained).order_by("pk"):
            notes[regrade.revision_id] = regrade.reason
    return notes
