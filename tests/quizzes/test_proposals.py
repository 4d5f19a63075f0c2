"""Authors ask for a regrade; the office does it or turns it down, once."""

from collections.abc import Callable
from html import unescape

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from quizzes.domain.errors import ProposalDecided, RegradeRefused
from quizzes.domain.proposing import propose_regrade, turn_down
from quizzes.domain.regrading import apply_regrade
from quizzes.models import QuestionRevision, RegradeProposal
from tests.conftest import NOW
from tests.factories.quizzes import quiz_with

pytestmark = pytest.mark.django_db
LIST = "quizzes:office-regrade-list"


@pytest.fixture
def revision() -> QuestionRevision:
    found: QuestionRevision = quiz_with(1).pool.select_related("revision__question").get().revision
    return found


@pytest.fixture
def office(registrar: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(registrar)


def propose(revision: QuestionRevision, by: User, reason: str = "Both fit.") -> RegradeProposal:
    return propose_regrade(revision, None, reason=reason, url="/x/", by=by, now=NOW)


def text_of(answer: HttpResponse) -> str:
    return unescape(answer.content.decode())


def test_the_office_is_asked_once_while_it_has_not_decided(
    revision: QuestionRevision, instructor: User, registrar: User
) -> None:
    asked = propose(revision, instructor)

    assert propose(revision, instructor) == propose(revision, registrar, "Once more.") == asked
    (mail,) = OutgoingMail.objects.all()
    assert "How: everybody gets the points\nWhy: Both fit." in mail.body
    assert AuditEvent.objects.filter(action="regrade.proposed").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RegradeProposal.objects.create(
            revision=revision, reason="x", proposed_at=NOW, proposed_by_id=1
        )


def test_turned_down_with_a_reason_that_the_author_reads(
    revision: QuestionRevision, instructor: User, registrar: User
) -> None:
    asked = propose(revision, instructor)

    for answer in ("The key is right.", "Another reason."):
        turned = turn_down(asked, answer=answer, by=registrar, now=NOW)

    assert (turned.answer, turned.is_applied) == ("The key is right.", False)
    (mail,) = OutgoingMail.objects.filter(to_user_id=instructor.pk)
    assert "The answer of the office: The key is right." in mail.body
    # With better reasons it can be asked for again.
    assert propose(revision, instructor, "See page 5.") != asked


def test_who_turns_down_too_late_learns_that_the_first_reason_stands(
    revision: QuestionRevision, instructor: User, office: Client
) -> None:
    asked = propose(revision, instructor)
    address = reverse("quizzes:office-regrade-turn-down", args=[asked.uid])

    told = [
        text_of(office.post(address, {f"p{asked.pk}-answer": answer}, follow=True))
        for answer in ("The key is right.", "Another reason.")
    ]

    assert ["gets a mail with your reason" in page for page in told] == [True, False]
    assert "the first reason stands" in told[1]


def test_what_is_applied_is_decided(
    revision: QuestionRevision, instructor: User, registrar: User
) -> None:
    asked = propose(revision, instructor)

    apply_regrade(revision, None, reason="Both fit.", by=registrar, now=NOW)

    asked.refresh_from_db()
    assert (asked.is_applied, asked.decided_by_id) == (True, registrar.pk)
    with pytest.raises(ProposalDecided):
        turn_down(asked, answer="No.", by=registrar, now=NOW)
    with pytest.raises(RegradeRefused, match="already"):
        propose(revision, instructor)
    assert not OutgoingMail.objects.filter(to_user_id=instructor.pk).exists()


def test_the_list_leads_to_the_dry_run_and_keeps_what_was_decided(
    office: Client, revision: QuestionRevision, instructor: User
) -> None:
    assert "No proposal is waiting" in text_of(office.get(reverse(LIST)))
    asked = propose(revision, instructor, "Both fit & more.")
    down = reverse("quizzes:office-regrade-turn-down", args=[asked.uid])
    question = revision.question
    dry_run = reverse("quizzes:studio-quiz-regrade", args=[question.course.slug, question.key])

    page = office.get(reverse(LIST)).content.decode()
    url = f"{dry_run}?revision=1&amp;better=everybody&amp;reason=Both+fit+%26+more."
    assert f'href="{url}"' in page
    assert "Whom it would help" in text_of(office.get(unescape(url)))
    refused = office.post(down, {f"p{asked.pk}-answer": " "})
    assert (refused.status_code, '<details class="disclosure" open' in text_of(refused)) == (
        422,
        True,
    )
    for _ in range(2):
        office.post(down, {f"p{asked.pk}-answer": "The key is right."})

    page = text_of(office.get(reverse(LIST)))
    assert "No proposal is waiting" in page
    assert "Turned down" in page
    assert "The key is right." in page
    assert "The key is right." in text_of(office.get(dry_run))
    assert OutgoingMail.objects.filter(to_user_id=instructor.pk).count() == 1


def test_the_list_asks_as_often_for_three_as_for_one(
    office: Client, instructor: User, registrar: User
) -> None:
    office.get(reverse(LIST))
    counts = []
    for number in range(3):
        for is_decided in (True, False):
            revision = quiz_with(1).pool.select_related("revision__question").get().revision
            asked = propose(revision, instructor, f"Reason {number}")
            if is_decided:
                turn_down(asked, answer="No.", by=registrar, now=NOW)
        with CaptureQueriesContext(connection) as captured:
            assert text_of(office.get(reverse(LIST))).count(f"Reason {number}") == 2
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts
