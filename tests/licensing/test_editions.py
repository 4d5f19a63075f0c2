"""Two editions beside each other, for a learner who may move."""

from datetime import date
from typing import Any

import pytest

from ce_platform.accounts.models import User
from ce_platform.licensing.domain.editions import beside_each_other
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.models import LicensingBody
from ce_platform.licensing.parts import LicensingPart
from courses.models import CourseVersion
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.licensing import (
    TODAY,
    ApprovedFactory,
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
    SubmittedFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def before() -> CourseVersion:
    return VersionFactory()


@pytest.fixture
def after(before: CourseVersion) -> CourseVersion:
    return VersionFactory(course=before.course, edition=2)


@pytest.fixture
def florida() -> LicensingBody:
    return BodyFactory(code="US-FL", jurisdiction="Florida", name="Florida Board")


def approved(body: LicensingBody, version: CourseVersion, **fields: Any) -> None:
    ApprovedFactory(body=body, course=version.course, edition=version.edition, **fields)


@pytest.mark.parametrize(
    ("old", "new", "is_less", "is_lost"),
    [
        ("approved", "approved", False, False),
        ("approved", "submitted", True, True),
        ("approved", "denied", True, True),
        ("approved", "", True, True),
        ("approved", "draft", True, True),
        ("approved", "ended", True, True),
        ("submitted", "", True, False),
        ("submitted", "approved", False, False),
        ("", "approved", False, False),
        ("", "", False, False),
    ],
)
def test_what_the_newer_edition_has_less(
    old: str,
    new: str,
    is_less: bool,
    is_lost: bool,
    before: CourseVersion,
    after: CourseVersion,
    florida: LicensingBody,
    owner: User,
) -> None:
    LicenseFactory(user=owner, body=florida, number="MA1")
    for version, state in ((before, old), (after, new)):
        match state:
            case "approved":
                approved(florida, version)
            case "ended":
                approved(florida, version, valid_from=date(2020, 1, 1), valid_to=date(2021, 1, 1))
            case "submitted":
                SubmittedFactory(body=florida, course=version.course, edition=version.edition)
            case "denied" | "draft":
                SubmissionFactory(
                    body=florida, course=version.course, edition=version.edition, status=state
                )

    (found,) = beside_each_other(before, after, licenses=active_licenses(owner), on=TODAY)

    assert (found.place, found.license_number) == ("Florida", "MA1")
    assert (found.is_less, found.is_lost) == (is_less, is_lost)


def test_without_a_license_every_body_of_either_edition_is_listed(
    before: CourseVersion, after: CourseVersion, florida: LicensingBody
) -> None:
    texas = BodyFactory(code="US-TX", jurisdiction="Texas", name="Texas Department")
    approved(florida, before)
    approved(texas, before)
    approved(texas, after)

    found = beside_each_other(before, after, licenses=[], on=TODAY)

    assert [(each.place, each.is_lost) for each in found] == [("Florida", True), ("Texas", False)]


def test_two_licenses_of_one_body_are_one_line(
    before: CourseVersion, after: CourseVersion, florida: LicensingBody, owner: User
) -> None:
    for number in ("MA1", "MA2"):
        LicenseFactory(user=owner, body=florida, number=number)

    (found,) = beside_each_other(before, after, licenses=active_licenses(owner), on=TODAY)

    assert found.license_number == "MA1, MA2"
    assert (found.before.sentence, found.after.sentence) == ("", "")


def test_panel_asks_nothing_within_one_edition(
    before: CourseVersion, django_assert_num_queries: Any
) -> None:
    enrollment = EnrollmentFactory(version=before)
    mended = VersionFactory(course=before.course, revision=1)

    with django_assert_num_queries(0):
        (panel,) = LicensingPart().moving_panels(enrollment, mended)

    assert panel.context["is_same_edition"] is True


def test_panel_asks_three_times_whatever_there_is(
    before: CourseVersion, after: CourseVersion, owner: User, django_assert_num_queries: Any
) -> None:
    enrollment = EnrollmentFactory(user=owner, version=before)
    for _ in range(3):
        body = BodyFactory()
        LicenseFactory(user=owner, body=body)
        approved(body, before)
        approved(body, after)

    with django_assert_num_queries(3):
        (panel,) = LicensingPart().moving_panels(enrollment, after)

    assert len(panel.context["bodies"]) == 3
