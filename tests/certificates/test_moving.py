"""From a published course through its next edition to the certificate."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from ce_platform.accounts.models import User
from certificates.domain import documents
from certificates.domain.attest import attest
from certificates.models import Attestation, Certificate
from courses.domain.completion import unmet_items
from courses.domain.counters import recount
from courses.domain.drafting import begin_draft
from courses.domain.enrolling import enroll
from courses.domain.errors import CannotMove, EnrollmentNotOpen
from courses.domain.evaluation import submit_evaluation
from courses.domain.lessons import save_lesson
from courses.domain.moving import move_to_version, what_moving_changes
from courses.domain.progress import finish_lesson
from courses.domain.publishing import publish_version, put_on_sale
from courses.models import CourseVersion, Enrollment, Lesson
from quizzes.domain.attempts import start_attempt, submit_attempt
from quizzes.models import Attempt, Quiz
from tests.certificates.test_concurrency import ANSWERS, at_once
from tests.factories.blank import BlankRenderer
from tests.factories.certificates import evaluate
from tests.factories.courses import NOW, LessonFactory, publish, publishable
from tests.factories.moving import newer_of, on_the_way
from tests.factories.quizzes import quiz_with
from tests.quizzes.answering import answer_all

LATER = NOW + timedelta(days=2)


@pytest.fixture(autouse=True)
def _no_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "default_renderer", BlankRenderer)


def next_edition(version: CourseVersion, *, changed: Lesson, by: User) -> CourseVersion:
    """As it happens: a draft, one lesson rewritten, published, put on sale by the office."""
    draft = begin_draft(version.course, is_typo=False, by=by, now=NOW)
    save_lesson(draft, changed.key, title=changed.title, body="New.\n", based_on=0, by=by, now=NOW)
    newer = publish_version(draft, by=by, now=NOW, keeps_edition_on_sale=True)
    return put_on_sale(newer, by=by, now=NOW)


@pytest.mark.django_db
def test_pass_before_completion_after_and_every_seal_holds(owner: User, registrar: User) -> None:
    draft = publishable()
    changed = LessonFactory(module=draft.modules.get())
    quiz_with(2, version=draft, attempts_allowed=1)
    version = publish(draft)
    enrollment = enroll(owner, version.course, now=NOW)
    for lesson in Lesson.objects.filter(version=version):
        finish_lesson(enrollment, lesson, now=NOW)
    attempt = start_attempt(enrollment, Quiz.objects.get(version=version), by=owner, now=NOW)
    answer_all(attempt, now=NOW)
    submit_attempt(attempt, by=owner, now=NOW)
    submit_evaluation(enrollment.pk, answers=ANSWERS, by=owner, now=NOW)
    newer = next_edition(version, changed=changed, by=registrar)

    enrollment = move_to_version(enrollment.pk, newer, by=owner, now=LATER)

    assert enrollment.status == "open"
    assert [item.code for item in unmet_items([enrollment])[enrollment.pk]] == [
        "lesson-not-finished",
        "attestation-missing",
    ]
    finish_lesson(enrollment, Lesson.objects.get(version=newer, key=changed.key), now=LATER)
    attest(enrollment.pk, by=owner, now=LATER)
    certificate = Certificate.objects.get()
    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.version) == ("completed", newer)
    assert (certificate.course_edition, certificate.credit_hours) == ("2.0", Decimal("0.5"))
    assert recount() == []
    call_command("verify_records")
    with pytest.raises(EnrollmentNotOpen):
        move_to_version(
            enrollment.pk, newer_of(newer, edition=3), by=owner, now=LATER + timedelta(days=1)
        )


@pytest.mark.django_db
def test_who_has_signed_for_one_version_finishes_that_one(owner: User) -> None:
    """Even when nothing would be unmet in the newer one: no certificate behind anybody's back."""
    enrollment, newer = on_the_way(user=owner)
    Attestation.objects.create(
        enrollment=enrollment, statement="I did.", holder_name="Olivia Owner", made_at=NOW
    )
    evaluate(enrollment)

    with pytest.raises(CannotMove, match="You have signed the statement"):
        move_to_version(enrollment.pk, newer, by=owner, now=LATER)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.version == newer) == ("open", False)
    assert not Certificate.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("beside", ["sign", "finish", "start", "move"])
def test_moving_beside_another_step(owner: User, beside: str) -> None:
    """Whichever comes first: one version, one certificate at most, and counters that agree."""
    enrollment, newer = on_the_way(user=owner)
    version = enrollment.version
    unread = Lesson.objects.filter(version=version).order_by("position")[1]
    if beside == "sign":
        finish_lesson(enrollment, unread, now=NOW)
    if beside == "start":
        quiz = quiz_with(1, version=version)
    course = version.course
    course.enrollment_count = 1
    course.save()

    def step() -> Any:
        match beside:
            case "sign":
                attest(enrollment.pk, by=owner, now=LATER)
            case "finish":
                finish_lesson(enrollment, unread, now=LATER)
            case "start":
                start_attempt(enrollment, quiz, by=owner, now=LATER)
            case "move":
                move_to_version(enrollment.pk, newer, by=owner, now=LATER)

    at_once(step, lambda: move_to_version(enrollment.pk, newer, by=owner, now=LATER))

    now = Enrollment.objects.get(pk=enrollment.pk)
    with transaction.atomic():
        changes = what_moving_changes(now, now.version)
    assert now.finished_lesson_count == len(changes.kept)
    # What hinders moving and what moving makes impossible: never both.
    is_moved = now.version == newer
    assert is_moved != (Attestation.objects.exists() or Attempt.objects.exists())
    assert recount() == []
