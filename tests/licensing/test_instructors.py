"""Whether a technique course has somebody with a license to teach it."""

from collections.abc import Callable
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.instructors import missing_license
from ce_platform.licensing.models import LicensingBody
from courses.models import CourseVersion
from courses.parts import Item
from tests.factories.accounts import InstructorLicenseFactory
from tests.factories.courses import CourseAuthorFactory, publishable
from tests.factories.licensing import (
    TODAY,
    BodyFactory,
    ProviderNumberFactory,
    RuleFactory,
    SubmissionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> CourseVersion:
    version = publishable(edition=2)
    version.credits.update(category="Technique")
    return version


@pytest.fixture
def texas() -> LicensingBody:
    body: LicensingBody = BodyFactory(code="US-TX", name="Texas", approval_model="provider")
    RuleFactory(body=body, rule_json='{"technique_taught_by":"a licensed instructor (117.31)"}')
    return body


def items(version: CourseVersion) -> list[Item]:
    return missing_license(version, on=TODAY)


def blocking(version: CourseVersion) -> list[bool]:
    return [item.is_blocking for item in items(version)]


def test_it_is_advice_while_no_body_asks_for_it(version: CourseVersion) -> None:
    SubmissionFactory(course=version.course, edition=2, body=RuleFactory().body)

    (item,) = items(version)

    assert (item.code, item.is_blocking) == ("no-licensed-author", False)
    assert item.url == f"/studio/{version.course.slug}/course-page/#authors"
    assert "16 TAC 117.31" in item.sentence


def test_theory_asks_for_nobody(version: CourseVersion) -> None:
    version.credits.update(category="Ethics")

    assert items(version) == []


def test_author_with_a_valid_license_settles_it(version: CourseVersion, owner: User) -> None:
    CourseAuthorFactory(version=version, user=owner)
    row = InstructorLicenseFactory(profile__user=owner, valid_until=TODAY)
    assert items(version) == []

    row.valid_until = TODAY.replace(day=19)
    row.save()

    (item,) = items(version)
    assert (item.is_blocking, item.url) == (False, "/studio-instructor/#licenses")


@pytest.mark.parametrize("edition", [1, 2])
def test_body_that_asks_for_it_stops_publishing(
    version: CourseVersion, texas: LicensingBody, edition: int
) -> None:
    SubmissionFactory(course=version.course, edition=edition, body=texas)

    (item,) = items(version)

    assert item.is_blocking
    assert item.sentence == (
        "Texas asks that technique be taught by a licensed instructor (117.31), and no author’s "
        "instructor profile has a license that is valid today."
    )


def test_refused_submission_stops_nothing(version: CourseVersion, texas: LicensingBody) -> None:
    SubmissionFactory(
        course=version.course, edition=2, body=texas, status="withdrawn", decided_on=TODAY
    )

    assert blocking(version) == [False]


def test_number_of_a_body_that_approves_providers_counts(
    version: CourseVersion, texas: LicensingBody
) -> None:
    ProviderNumberFactory(body=texas)

    assert blocking(version) == [True]


def test_queries_do_not_grow_with_bodies(
    version: CourseVersion, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(3):
        SubmissionFactory(course=version.course, edition=2, body=RuleFactory().body)

    with django_assert_num_queries(6):
        missing_license(version, on=TODAY)
