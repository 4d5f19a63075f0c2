"""What the database itself refuses, whoever writes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from ce_platform.licensing.models import LicensingBody, Submission
from tests.factories.licensing import (
    NOW,
    TODAY,
    ApprovedFactory,
    BodyFactory,
    LicenseFactory,
    ProviderNumberFactory,
    RuleFactory,
    SubmissionFactory,
    SubmittedFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"decided_on": None},
        {"hours_granted": None},
        {"valid_from": None},
        {"hours_granted": Decimal(0)},
        {"hours_granted": Decimal(-1)},
        {"valid_to": date(2026, 9, 30)},
        {"decided_on": date(2026, 9, 13)},
        {"status": "submitted", "submitted_on": None},
        {"status": "more-info", "submitted_on": None},
        {"status": "accepts-list", "through": None},
    ],
    ids=str,
)
def test_a_submission_without_its_facts_cannot_be_written(fields: dict[str, Any]) -> None:
    submission = ApprovedFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(**fields)


def test_one_submission_per_edition_and_body() -> None:
    first = SubmissionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(course=first.course, edition=1, body=first.body, created_at=NOW)
    assert Submission.objects.create(
        course=first.course, edition=2, body=first.body, created_at=NOW
    ).pk


def test_one_license_per_person_body_and_number_while_it_is_there() -> None:
    first = LicenseFactory()
    again = {"user": first.user, "body": first.body, "number": first.number}

    with pytest.raises(IntegrityError), transaction.atomic():
        LicenseFactory(**again)
    first.removed_at = NOW
    first.save()
    assert LicenseFactory(**again).pk


def test_one_provider_number_per_body_and_its_period_in_order() -> None:
    first = ProviderNumberFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderNumberFactory(body=first.body, number=first.number)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProviderNumberFactory(valid_from=TODAY, valid_to=date(2026, 11, 19))


@pytest.mark.parametrize("fields", [{"checked_at": NOW}, {"checked_by_id": 1}])
def test_a_check_has_a_person_and_a_time(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleFactory(**fields)


def test_a_body_with_anything_at_it_stays() -> None:
    submission = SubmittedFactory()

    with pytest.raises(ProtectedError):
        submission.body.delete()
    with pytest.raises(ProtectedError):
        submission.course.delete()
    assert LicensingBody.objects.filter(pk=submission.body_id).exists()


def test_body_codes_are_unique() -> None:
    body = BodyFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        LicensingBody.objects.create(
            code=body.code, kind="state-board", jurisdiction="X", name="X", approval_model="none"
        )
