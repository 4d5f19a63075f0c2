"""Asking the office to grade anew, and what it decides.

Authors propose, the office decides: a grade may bring a certificate.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.mail import write_mail
from ce_platform.core.models import Provider
from quizzes.domain.errors import ProposalDecided, RegradeRefused
from quizzes.domain.regrade_plan import check_key
from quizzes.models import Question, QuestionRevision, Regrade, RegradeProposal


@transaction.atomic
def propose_regrade(
    revision: QuestionRevision,
    better: QuestionRevision | None,
    *,
    reason: str,
    url: str,
    by: User,
    now: datetime,
) -> RegradeProposal:
    """While the office has not decided, asking again for the same returns what is there, whoever
    asks. The office gets one mail; `url` leads to the page where it decides.

    Errors: RegradeRefused.
    """
    check_key(revision, better)
    # Two clicks at once: the second waits here and finds the proposal.
    Question.objects.select_for_update().get(pk=revision.question_id)
    waiting = _waiting(revision, better).first()
    if waiting is not None:
        return waiting
    if Regrade.objects.filter(revision=revision, better=better).exists():
        raise RegradeRefused("The office has graded this anew in this way already.")
    proposal = RegradeProposal.objects.create(
        revision=revision, better=better, reason=reason, proposed_at=now, proposed_by_id=by.pk
    )
    provider = Provider.objects.filter(pk=1).first()
    write_mail(
        "regrade_proposed",
        to_email=provider.email if provider else settings.SERVER_EMAIL,
        cause=f"regrade-proposed:{proposal.uid}",
        now=now,
        author=by,
        revision=revision,
        better=better,
        course=revision.question.course,
        reason=reason,
        url=url,
    )
    record("regrade.proposed", revision, better, by=by, now=now, reason=reason)
    return proposal


@transaction.atomic
def turn_down(
    proposal: RegradeProposal, *, answer: str, by: User, now: datetime
) -> RegradeProposal:
    """The author gets a mail with the reason. Turning down twice is once, with the first reason.

    Errors: ProposalDecided when it was applied meanwhile.
    """
    Question.objects.select_for_update().get(pk=proposal.revision.question_id)
    proposal = RegradeProposal.objects.select_related("revision__question__course", "better").get(
        pk=proposal.pk
    )
    if proposal.decided_at is not None:
        if proposal.is_applied:
            raise ProposalDecided
        return proposal
    proposal.decided_at = now
    proposal.decided_by_id = by.pk
    proposal.answer = answer
    proposal.save(update_fields=["decided_at", "decided_by_id", "answer"])
    revision, better = proposal.revision, proposal.better
    record("regrade.turned-down", revision, better, by=by, now=now, reason=answer)
    author = User.objects.filter(pk=proposal.proposed_by_id, closed_at__isnull=True).first()
    if author is not None:
        write_mail(
            "regrade_turned_down",
            to_email=author.email,
            to_user_id=author.pk,
            cause=f"regrade-turned-down:{proposal.uid}",
            now=now,
            author=author,
            proposal=proposal,
            course=revision.question.course,
        )
    return proposal


def note_applied(
    revision: QuestionRevision, better: QuestionRevision | None, *, by: User, now: datetime
) -> None:
    """What was asked for is being done. The caller has the question locked."""
    _waiting(revision, better).update(is_applied=True, decided_at=now, decided_by_id=by.pk)


def record(
    action: str,
    revision: QuestionRevision,
    better: QuestionRevision | None,
    *,
    by: User | None,
    now: datetime,
    **detail: object,
) -> None:
    """In the log, of everything about grading anew."""
    audit.record(
        action,
        subject_type="question",
        subject_id=revision.question.key,
        by=by,
        now=now,
        revision=revision.number,
        better=better.number if better else "everybody gets the points",
        **detail,
    )


def _waiting(
    revision: QuestionRevision, better: QuestionRevision | None
) -> QuerySet[RegradeProposal]:
    return RegradeProposal.objects.filter(revision=revision, better=better, decided_at__isnull=True)
