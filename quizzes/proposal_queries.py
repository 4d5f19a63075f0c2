"""What authors ask the office to grade anew, in a number of queries that does not grow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.paging import newest_first
from courses.models import CourseVersion
from quizzes.models import Question, RegradeProposal
from quizzes.regrade_forms import EVERYBODY
from quizzes.studio_queries import stem_line

# Far more than ever wait; the oldest are answered first.
MOST_WAITING: Final = 100


@dataclass(frozen=True)
class ProposalLine:
    proposal: RegradeProposal
    stem: str
    course_title: str
    author: str
    decided_by: str
    url: str
    """Of the page that shows whom it would help, with everything chosen as it was asked for."""


@dataclass(frozen=True)
class ProposalPage:
    waiting: list[ProposalLine]
    """The oldest first."""
    decided: list[ProposalLine]
    """A page, the newest first."""
    older_after: int | None
    is_first: bool


def proposal_page(*, after: str | None) -> ProposalPage:
    """Four queries."""
    waiting = list(_proposals().filter(decided_at__isnull=True).order_by("pk")[:MOST_WAITING])
    decided = newest_first(_proposals().filter(decided_at__isnull=False), after=after)
    lines = proposal_lines([*waiting, *decided.rows])
    return ProposalPage(
        waiting=lines[: len(waiting)],
        decided=lines[len(waiting) :],
        older_after=decided.older_after,
        is_first=decided.is_first,
    )


def proposals_of(question: Question) -> list[ProposalLine]:
    """Of one question, the newest first."""
    rows = list(_proposals().filter(revision__question=question).order_by("-pk"))
    return proposal_lines(rows) if rows else []


def proposal_lines(proposals: Sequence[RegradeProposal]) -> list[ProposalLine]:
    """Two queries."""
    ids = {each.proposed_by_id for each in proposals} | {each.decided_by_id for each in proposals}
    people = User.objects.in_bulk([each for each in ids if each is not None])
    names = {pk: person.get_full_name() for pk, person in people.items()}
    courses = {each.revision.question.course_id for each in proposals}
    # Of several versions the newest comes last and stays.
    titles = dict(
        CourseVersion.objects.filter(course__in=courses)
        .order_by("edition", "revision")
        .values_list("course_id", "title")
    )
    return [
        ProposalLine(
            proposal=each,
            stem=stem_line(each.revision),
            course_title=titles.get(each.revision.question.course_id, ""),
            author=names.get(each.proposed_by_id, ""),
            decided_by=names.get(each.decided_by_id or 0, ""),
            url=_address(each),
        )
        for each in proposals
    ]


def _proposals() -> QuerySet[RegradeProposal]:
    return RegradeProposal.objects.select_related("revision__question__course", "better")


def _address(proposal: RegradeProposal) -> str:
    question = proposal.revision.question
    page = reverse("quizzes:studio-quiz-regrade", args=[question.course.slug, question.key])
    wish = {
        "revision": proposal.revision.number,
        "better": proposal.better.number if proposal.better else EVERYBODY,
        "reason": proposal.reason,
    }
    return f"{page}?{urlencode(wish)}"
