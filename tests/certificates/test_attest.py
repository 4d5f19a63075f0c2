"""The last step: the signed statement."""

import json
from datetime import datetime

import pytest

from certificates.domain.attest import attest, mend_name, statement_for
from certificates.domain.eligibility import CertificatesPart
from certificates.domain.errors import CertificateChanged, CourseNotOpen, NameMissing, NotYet
from certificates.domain.facts import preview_record
from certificates.models import Attestation, Certificate, CertificateDesign
from courses.domain.completion import checklist, unmet_items
from courses.domain.errors import NotYours
from courses.domain.evaluation import submit_evaluation
from courses.models import Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.certificates import LicenseFactory, ready_enrollment
from tests.factories.courses import EnrollmentFactory, LessonFactory

pytestmark = pytest.mark.django_db


def test_signing_completes_and_issues(now: datetime) -> None:
    enrollment = ready_enrollment()

    attestation = attest(enrollment.pk, by=enrollment.user, now=now)

    enrollment.refresh_from_db()
    assert enrollment.status == Enrollment.Status.COMPLETED
    assert Certificate.objects.get().enrollment_id == enrollment.pk
    assert attestation.holder_name in attestation.statement


def test_signing_twice_equals_signing_once(now: datetime) -> None:
    enrollment = ready_enrollment()

    first = attest(enrollment.pk, by=enrollment.user, now=now)
    second = attest(enrollment.pk, by=enrollment.user, now=now)

    assert first.pk == second.pk
    assert Certificate.objects.count() == 1


def test_signature_waits_for_the_evaluation(now: datetime) -> None:
    enrollment = ready_enrollment(is_evaluated=False)

    attest(enrollment.pk, by=enrollment.user, now=now)
    assert not Certificate.objects.exists()
    submit_evaluation(
        enrollment.pk,
        answers={
            "objectives_met": 5,
            "content_accurate": 5,
            "useful_in_practice": 5,
            "free_of_bias": 5,
            "minutes_taken": 30,
        },
        by=enrollment.user,
        now=now,
    )

    assert Certificate.objects.get().enrollment_id == enrollment.pk


def test_nothing_is_signed_before_the_course_is_done(now: datetime) -> None:
    lesson = LessonFactory()
    enrollment = EnrollmentFactory(version=lesson.version)

    with pytest.raises(NotYet) as refusal:
        attest(enrollment.pk, by=enrollment.user, now=now)

    assert [item.code for item in refusal.value.items] == ["lesson-not-finished"]
    assert not Attestation.objects.exists()


def test_only_the_learner_signs(now: datetime) -> None:
    with pytest.raises(NotYours):
        attest(ready_enrollment().pk, by=UserFactory(), now=now)


def test_a_course_that_was_left_is_not_signed_for(now: datetime) -> None:
    enrollment = ready_enrollment(status="withdrawn")

    with pytest.raises(CourseNotOpen):
        attest(enrollment.pk, by=enrollment.user, now=now)


def test_a_name_is_needed(now: datetime) -> None:
    enrollment = ready_enrollment(user=UserFactory(name_on_certificates=""))

    with pytest.raises(NameMissing):
        attest(enrollment.pk, by=enrollment.user, now=now)


def test_no_license_is_needed(now: datetime) -> None:
    enrollment = ready_enrollment()

    attestation = attest(enrollment.pk, by=enrollment.user, now=now)

    assert json.loads(attestation.licenses_json) == []


def test_what_is_signed_is_what_was_seen(now: datetime) -> None:
    enrollment = ready_enrollment()
    seen = preview_record(enrollment, attestation=None, now=now).preview_sha256()
    LicenseFactory(user=enrollment.user)

    with pytest.raises(CertificateChanged):
        attest(enrollment.pk, by=enrollment.user, seen_sha256=seen, now=now)
    again = preview_record(enrollment, attestation=None, now=now).preview_sha256()
    attest(enrollment.pk, by=enrollment.user, seen_sha256=again, now=now)

    assert Certificate.objects.exists()


def test_preview_reads_like_the_certificate_and_writes_nothing(now: datetime) -> None:
    enrollment = ready_enrollment()

    preview = preview_record(enrollment, attestation=None, now=now)
    assert not CertificateDesign.objects.exists()
    attest(enrollment.pk, by=enrollment.user, now=now)

    from certificates.domain.record import record_of

    certificate = Certificate.objects.select_related("design").get()
    assert record_of(certificate).preview_sha256() == preview.preview_sha256()


def test_unmet_takes_a_list_with_one_query(
    django_assert_num_queries: object, now: datetime
) -> None:
    signed, unsigned = ready_enrollment(is_evaluated=False), EnrollmentFactory()
    attest(signed.pk, by=signed.user, now=now)

    with django_assert_num_queries(1):  # type: ignore[operator]
        unmet = CertificatesPart().unmet([signed, unsigned])

    assert {key: [item.code for item in items] for key, items in unmet.items()} == {
        unsigned.pk: ["attestation-missing"]
    }


def test_signature_is_the_last_line_of_the_checklist(now: datetime) -> None:
    enrollment = ready_enrollment()

    line = checklist(enrollment)[-1]
    item = unmet_items([enrollment])[enrollment.pk][-1]

    assert (line.code, line.is_met) == ("attestation", False)
    assert (item.code, item.url) == (
        "attestation-missing",
        f"/learn/{enrollment.uid}/finish/",
    )


def test_statement_names_the_person_and_what_they_did() -> None:
    version = EnrollmentFactory().version

    assert statement_for(version, name="Olivia Owner").startswith(
        "I am Olivia Owner. I studied the whole course and answered its quizzes by myself"
    )


def test_mending_the_name_leaves_issued_certificates(now: datetime) -> None:
    enrollment = ready_enrollment()
    attest(enrollment.pk, by=enrollment.user, now=now)
    before = Certificate.objects.get().holder_name

    mend_name(enrollment.user, name="New Name", by=enrollment.user, now=now)

    assert enrollment.user.name_on_certificates == "New Name"
    assert Certificate.objects.get().holder_name == before
