"""Exactly once: many last steps at the same moment, and different ones."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connections

from certificates.domain import documents
from certificates.domain.attest import attest
from certificates.domain.corrections import ask_correction
from certificates.domain.errors import NotYet, ReplacedMeanwhile, WrongState
from certificates.domain.reissue import replace_certificate
from certificates.domain.revoke import revoke_certificate
from certificates.models import Attestation, Certificate, CorrectionRequest
from courses.domain.evaluation import submit_evaluation
from courses.domain.progress import finish_lesson
from courses.models import Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.blank import BlankRenderer
from tests.factories.certificates import make_certificate, ready_enrollment
from tests.factories.corrections import correction_of
from tests.factories.courses import LessonFactory

pytestmark = pytest.mark.django_db(transaction=True)

ANSWERS = {
    "objectives_met": 5,
    "content_accurate": 5,
    "useful_in_practice": 5,
    "free_of_bias": 5,
    "minutes_taken": 30,
}


@pytest.fixture(autouse=True)
def _no_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "default_renderer", BlankRenderer)


def at_once(*steps: Callable[[], Any]) -> list[BaseException]:
    """Run every step in its own thread, all let go together; what they raised."""
    barrier = threading.Barrier(len(steps))
    raised: list[BaseException] = []

    def run(step: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            step()
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_twenty_signatures_issue_one_certificate(now: datetime) -> None:
    enrollment = ready_enrollment()

    raised = at_once(
        *[lambda: attest(enrollment.pk, by=enrollment.user, now=now) for _ in range(20)]
    )

    assert raised == []
    assert Attestation.objects.count() == 1
    certificate = Certificate.objects.get()
    assert certificate.document.page_count == 1
    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.COMPLETED
    assert enrollment.course.__class__.objects.get().completion_count == 1


@pytest.mark.parametrize("turn", range(5))
def test_evaluation_and_signature_at_the_same_moment(now: datetime, turn: int) -> None:
    enrollment = ready_enrollment(is_evaluated=False)
    by = enrollment.user

    raised = at_once(
        lambda: attest(enrollment.pk, by=by, now=now),
        lambda: submit_evaluation(enrollment.pk, answers=ANSWERS, by=by, now=now),
    )

    assert raised == []
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_last_requirement_and_signature_at_the_same_moment(now: datetime, turn: int) -> None:
    """The signature may come too early and is refused then; nothing is ever met and missed."""
    lesson = LessonFactory()
    enrollment = ready_enrollment(version=lesson.version)
    by = enrollment.user

    raised = at_once(
        lambda: attest(enrollment.pk, by=by, now=now),
        lambda: finish_lesson(enrollment, lesson, now=now),
    )

    assert all(isinstance(error, NotYet) for error in raised)
    issued = Certificate.objects.filter(enrollment=enrollment).count()
    assert issued == 1 - len(raised)
    attest(enrollment.pk, by=by, now=now)
    assert Certificate.objects.filter(enrollment=enrollment).count() == 1


def test_reissues_at_the_same_moment_make_one_successor(now: datetime) -> None:
    """The holder, twice, and two people of the office, one of them with other words."""
    certificate = make_certificate(user=UserFactory(name_on_certificates="Maria Lopez"))
    office = UserFactory(), UserFactory()
    right = correction_of(certificate, holder_name="María Lopez")
    other = correction_of(certificate, holder_name="Maria Lopes")

    def reissue(by: Any, correction: Any) -> Callable[[], Any]:
        return lambda: replace_certificate(
            certificate, correction=correction, reason="Corrected.", by=by, now=now
        )

    def ask() -> Any:
        return ask_correction(certificate, correction=right, by=certificate.user, now=now)

    raised = at_once(
        reissue(office[0], right), reissue(office[0], right), reissue(office[1], other), ask, ask
    )

    assert {type(error) for error in raised} <= {ReplacedMeanwhile}
    newest = Certificate.objects.get(status="issued")
    assert newest.replaces_id == certificate.pk
    assert Certificate.objects.count() == 2
    assert CorrectionRequest.objects.filter(status="asked").count() == 0


@pytest.mark.parametrize("turn", range(3))
def test_correcting_never_brings_back_what_is_revoked_at_that_moment(
    now: datetime, turn: int
) -> None:
    certificate = make_certificate(user=UserFactory(name_on_certificates="Maria Lopez"))
    office = UserFactory()
    right = correction_of(certificate, holder_name="María Lopez")

    raised = at_once(
        lambda: revoke_certificate(certificate, reason="Misuse.", by=office, now=now),
        lambda: ask_correction(certificate, correction=right, by=certificate.user, now=now),
    )

    # Whoever came second was told so; never both.
    assert [type(error) for error in raised] == [WrongState]
    certificate.refresh_from_db()
    assert Certificate.objects.filter(status="issued").count() == int(
        certificate.status == "replaced"
    )
