"""Certificates as the domain makes them, and the things they are made of."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from ce_platform.core.models import Provider
from ce_platform.licensing.models import License, LicensingBody, Signatory, Submission
from certificates.domain.attest import attest
from certificates.domain.issue import issue_certificate
from certificates.models import Attestation, Certificate
from courses.models import Enrollment, Evaluation
from tests.factories.accounts import UserFactory
from tests.factories.courses import CourseFactory, EnrollmentFactory

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)


def make_provider(**values: Any) -> Provider:
    defaults = {
        "name": "Margin & Hand Continuing Education",
        "address": "12 Elm Street\nAsheville, NC 28801",
        "city": "Asheville, NC",
        "email": "office@example.com",
        "website": "https://example.com",
    }
    return Provider.objects.update_or_create(pk=1, defaults=defaults | values)[0]


class BodyFactory(DjangoModelFactory[LicensingBody]):
    class Meta:
        model = LicensingBody
        django_get_or_create = ("code",)

    code = "US-FL"
    kind = "state-board"
    jurisdiction = "Florida"
    name = "Florida Board of Massage Therapy"
    approval_model = "provider"


class LicenseFactory(DjangoModelFactory[License]):
    class Meta:
        model = License

    user = SubFactory(UserFactory)
    body = SubFactory(BodyFactory)
    number = Sequence(lambda n: f"MA {10000 + n}")
    created_at = NOW


class SignatoryFactory(DjangoModelFactory[Signatory]):
    class Meta:
        model = Signatory

    name = "Eleanor Whitcomb"
    title = "Director of Education"


class SubmissionFactory(DjangoModelFactory[Submission]):
    """An approval in force; pass status="submitted" for a pending one."""

    class Meta:
        model = Submission

    course = SubFactory(CourseFactory)
    edition = 1
    body = SubFactory(BodyFactory)
    status = "approved"
    submitted_on = date(2026, 1, 10)
    decided_on = date(2026, 2, 1)
    number = "20-100200"
    hours_granted = Decimal("0.5")
    valid_from = date(2026, 2, 1)
    valid_to = date(2027, 12, 31)
    created_at = NOW


def evaluate(enrollment: Enrollment) -> Evaluation:
    return Evaluation.objects.create(
        enrollment=enrollment,
        submitted_at=NOW,
        objectives_met=5,
        content_accurate=5,
        useful_in_practice=4,
        free_of_bias=5,
        minutes_taken=35,
    )


def ready_enrollment(*, is_evaluated: bool = True, **values: Any) -> Enrollment:
    """Nothing is left but the signature (and the evaluation, if so asked)."""
    enrollment = EnrollmentFactory(**values)
    if is_evaluated:
        evaluate(enrollment)
    return enrollment


def make_certificate(now: datetime = NOW, **values: Any) -> Certificate:
    """Issued the way it always is: by the last step of an enrollment."""
    enrollment = ready_enrollment(**values)
    attest(enrollment.pk, by=enrollment.user, now=now)
    return Certificate.objects.get(enrollment=enrollment)


def complete_by_hand(enrollment: Enrollment, now: datetime = NOW) -> Certificate:
    """For tests of issuing alone: completed without the checklist."""
    enrollment.status = Enrollment.Status.COMPLETED
    enrollment.completed_at = now
    enrollment.completed_on = enrollment.user.local_date(now)
    enrollment.completed_zone = enrollment.user.time_zone
    enrollment.save()
    with transaction.atomic():
        return issue_certificate(enrollment, now=now)


__all__ = [
    "NOW",
    "Attestation",
    "BodyFactory",
    "LicenseFactory",
    "SignatoryFactory",
    "SubmissionFactory",
    "complete_by_hand",
    "evaluate",
    "make_certificate",
    "make_provider",
    "ready_enrollment",
]
