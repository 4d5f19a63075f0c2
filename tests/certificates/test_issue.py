"""Issuing: everything printed is frozen, once, in the completing transaction."""

import json
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from ce_platform.core.models import AuditEvent, OutgoingMail
from certificates.domain.attest import attest
from certificates.domain.issue import issue_certificate
from certificates.domain.record import record_of
from certificates.models import Certificate, CertificateBody, CertificateDesign, CertificateDocument
from courses.models import CourseAuthor, CreditHours, Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SignatoryFactory,
    SubmissionFactory,
    complete_by_hand,
    make_certificate,
    make_provider,
    ready_enrollment,
)
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def test_certificate_copies_everything_printed(now: datetime) -> None:
    make_provider()
    SignatoryFactory()
    user = UserFactory(name_on_certificates="Olivia Owner")
    license_ = LicenseFactory(user=user, number="MA 12345")
    version = VersionFactory(title="Facial massage", subtitle="An introduction")
    with thawed():
        CreditHours.objects.create(
            version=version, position=1, category="Theory", credit_hours="0.5"
        )
        CourseAuthor.objects.create(
            version=version, position=1, name="Dana Okafor", credentials="LMT, BCTMB"
        )
    SubmissionFactory(course=version.course, body=license_.body)

    certificate = make_certificate(user=user, version=version)

    assert certificate.heading == "Certificate of Achievement"
    assert certificate.holder_name == "Olivia Owner"
    assert json.loads(certificate.licenses_json) == [["US-FL", "Florida", "MA 12345"]]
    assert (certificate.course_title, certificate.course_subtitle) == (
        "Facial massage",
        "An introduction",
    )
    assert json.loads(certificate.credits_json) == [["Theory", "0.5"]]
    assert json.loads(certificate.instructors_json) == [["Dana Okafor", "LMT, BCTMB"]]
    assert json.loads(certificate.signatories_json) == [
        ["Eleanor Whitcomb", "Director of Education", ""]
    ]
    assert certificate.delivery == "Home study"
    assert certificate.place == "Home study (online), Asheville, NC"
    assert certificate.completed_on == certificate.as_of == date(2026, 11, 20)
    assert certificate.completed_zone == "America/New_York"
    assert certificate.verify_url.startswith("http://testserver/verify/")
    body = CertificateBody.objects.get(certificate=certificate)
    assert (body.block, body.license_number, body.is_own) == ("approved", "MA 12345", True)
    assert "Approved by Florida Board of Massage Therapy" in body.sentence


def test_certificate_hash_agrees_after_reading_back() -> None:
    make_provider()
    certificate = make_certificate()

    again = Certificate.objects.select_related("design").get(pk=certificate.pk)

    assert record_of(again).sha256() == again.sha256


def test_date_is_the_learners_local_date() -> None:
    night_in_new_york = datetime.fromisoformat("2026-11-21T03:30:00+00:00")

    certificate = make_certificate(now=night_in_new_york)

    assert certificate.completed_on == date(2026, 11, 20)


def test_issuing_twice_returns_the_first(now: datetime) -> None:
    certificate = make_certificate()
    enrollment = Enrollment.objects.get(pk=certificate.enrollment_id)

    with transaction.atomic():
        again = issue_certificate(enrollment, now=now)

    assert again.pk == certificate.pk
    assert Certificate.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_issuing_needs_a_transaction(now: datetime) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        issue_certificate(EnrollmentFactory(), now=now)


def test_second_valid_certificate_is_refused_by_the_database() -> None:
    certificate = make_certificate()
    certificate.pk = None
    certificate.serial = "0123456789ABCDEFG"

    with pytest.raises(IntegrityError), transaction.atomic():
        certificate.save(force_insert=True)


def test_event_is_recorded_and_mail_waits_for_the_document() -> None:
    certificate = make_certificate()

    assert AuditEvent.objects.filter(
        action="certificate.issued", subject_id=certificate.serial
    ).exists()
    assert not OutgoingMail.objects.exists()


def test_signed_name_and_licenses_are_printed_though_changed_later(now: datetime) -> None:
    enrollment = ready_enrollment(is_evaluated=False)
    license_ = LicenseFactory(user=enrollment.user, number="MA 1")
    attest(enrollment.pk, by=enrollment.user, now=now)
    enrollment.user.name_on_certificates = "Somebody Else"
    enrollment.user.save()
    license_.number = "MA 2"
    license_.save()

    enrollment.refresh_from_db()
    certificate = complete_by_hand(enrollment)

    assert certificate.holder_name.startswith("Terry Therapist")
    assert json.loads(certificate.licenses_json) == [["US-FL", "Florida", "MA 1"]]


def test_later_approval_does_not_rewrite_a_certificate() -> None:
    version = VersionFactory()
    submission = SubmissionFactory(course=version.course, status="submitted", decided_on=None)
    certificate = make_certificate(version=version)

    submission.status = "approved"
    submission.decided_on = date(2026, 11, 21)
    submission.save()

    body = CertificateBody.objects.get(certificate=certificate)
    assert (body.block, body.status) == ("pending", "submitted")
    assert body.sentence.endswith("Not approved.")


def test_demo_marks_a_specimen(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]

    assert make_certificate().is_specimen is True


def test_design_is_written_once() -> None:
    first, second = make_certificate(), make_certificate()

    assert first.design_id == second.design_id
    assert CertificateDesign.objects.count() == 1


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Certificate, {"holder_name": "Forged"}),
        (Certificate, {"course_title": "Forged"}),
        (CertificateBody, {"sentence": "Forged"}),
        (CertificateDesign, {"name": "Forged"}),
    ],
)
def test_record_cannot_be_changed(model: type, change: dict[str, str]) -> None:
    version = VersionFactory()
    SubmissionFactory(course=version.course)
    make_certificate(version=version)

    with pytest.raises(IntegrityError), transaction.atomic():
        model._default_manager.update(**change)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["certificate", "certificatebody", "attestation"])
def test_record_cannot_be_deleted(name: str) -> None:
    from django.db import connection

    version = VersionFactory()
    SubmissionFactory(course=version.course)
    make_certificate(version=version)

    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM certificates_{name}")


def test_status_never_moves_back(now: datetime) -> None:
    certificate = make_certificate()
    rows = Certificate.objects.filter(pk=certificate.pk)
    rows.update(status="revoked", status_changed_at=now, status_reason="A mistake.")

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(status="issued", status_changed_at=None, status_reason="")


def test_body_of_no_own_block_is_refused() -> None:
    certificate = make_certificate()

    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateBody.objects.create(
            certificate=certificate,
            position=99,
            block="approved",
            body_code="US-FL",
            body_name="x",
            jurisdiction="x",
            status="submitted",
            status_word="Submitted",
            sentence="x",
        )


def test_no_document_is_made_inside_the_transaction() -> None:
    make_certificate()

    assert not CertificateDocument.objects.exists()


def test_body_factory_reuses_a_body() -> None:
    assert BodyFactory() == BodyFactory()
