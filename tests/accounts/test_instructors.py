"""Profiles of instructors, their licenses, and the office's check in the register."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.instructors import (
    MOST_LICENSES,
    ProfileRefused,
    check_license,
    profile_of,
    remove_license,
    save_license,
    save_profile,
)
from ce_platform.accounts.models import InstructorLicense, User
from ce_platform.core.models import AuditEvent
from tests.conftest import NOW
from tests.factories.accounts import InstructorLicenseFactory, InstructorProfileFactory

pytestmark = pytest.mark.django_db


def license_of(user: User, uid: Any = None, **told: Any) -> InstructorLicense:
    values = {
        "body_code": "US-TX",
        "kind": "massage-instructor",
        "number": "MI 12 ",
        "valid_until": date(2028, 5, 31),
    }
    return save_license(user, uid, **(values | told), by=user, now=NOW)


def checked(row: InstructorLicense, by: User) -> InstructorLicense:
    return check_license(
        row, number=row.number, valid_until=row.valid_until.isoformat(), by=by, now=NOW
    )


def test_profile_is_begun_with_the_name_on_certificates(instructor: User) -> None:
    profile = profile_of(instructor)

    assert (profile.pk, profile.display_name) == (None, "Ivan Instructor")


def test_profile_is_kept_in_one_line_per_line(instructor: User) -> None:
    for _ in range(2):
        save_profile(
            instructor,
            display_name=" Ivan   Instructor ",
            credentials="LMT,\nBCTMB",
            biography=" Nine years. ",
            cv_text="2010 School",
            by=instructor,
            now=NOW,
        )

    profile = profile_of(instructor)
    assert (profile.display_name, profile.credentials, profile.biography, profile.cv_text) == (
        "Ivan Instructor",
        "LMT, BCTMB",
        "Nine years.",
        "2010 School",
    )


def test_license_keeps_what_was_typed(instructor: User) -> None:
    row = license_of(instructor)

    assert (row.state, row.body_code, row.number, row.checked_at) == (
        "Texas",
        "US-TX",
        "MI 12",
        None,
    )
    assert [row.is_valid_on(date(2028, 5, day)) for day in (30, 31)] == [True, True]
    assert not row.is_valid_on(date(2028, 6, 1))


@pytest.mark.parametrize(
    "told",
    [{"body_code": "US-ZZ"}, {"kind": "pilot"}, {"number": "  "}],
)
def test_license_that_says_nothing_is_refused(instructor: User, told: dict[str, Any]) -> None:
    with pytest.raises(ProfileRefused):
        license_of(instructor, **told)


def test_license_stands_once(instructor: User) -> None:
    license_of(instructor)

    with pytest.raises(ProfileRefused, match="The license MI 12 of Texas is there already"):
        license_of(instructor)


def test_licenses_have_an_end(instructor: User) -> None:
    profile = InstructorProfileFactory(user=instructor)
    InstructorLicenseFactory.create_batch(MOST_LICENSES, profile=profile)

    with pytest.raises(ProfileRefused, match="At most"):
        license_of(instructor)


def test_check_names_who_looked_and_goes_with_a_change(instructor: User, registrar: User) -> None:
    row = checked(license_of(instructor), registrar)
    assert (row.checked_at, row.checked_by_id, row.checked_by_name) == (
        NOW,
        registrar.pk,
        "Rita Registrar",
    )

    same = license_of(instructor, row.uid)
    assert same.checked_at == NOW
    changed = license_of(instructor, row.uid, valid_until=date(2030, 5, 31))

    assert (changed.checked_at, changed.checked_by_id, changed.checked_by_name) == (None, None, "")
    assert [
        event.action
        for event in AuditEvent.objects.filter(subject_type="instructor-license").order_by("pk")
    ] == ["instructor-license.saved", "instructor-license.checked", "instructor-license.saved"]


def test_office_vouches_only_for_what_it_saw(instructor: User, registrar: User) -> None:
    row = license_of(instructor)
    license_of(instructor, row.uid, number="MI 13")

    with pytest.raises(ProfileRefused, match="changed meanwhile"):
        checked(row, registrar)


def test_license_of_somebody_else_is_not_there(instructor: User, stranger: User) -> None:
    row = license_of(instructor)

    with pytest.raises(ProfileRefused, match="not there"):
        license_of(stranger, row.uid, number="MI 99")
    with pytest.raises(ProfileRefused, match="not there"):
        remove_license(stranger, row.uid, by=stranger, now=NOW)
    with pytest.raises(ProfileRefused, match="not there"):
        remove_license(stranger, uuid4(), by=stranger, now=NOW)


def test_check_without_a_name_is_refused_by_the_database(instructor: User) -> None:
    row = license_of(instructor)

    with pytest.raises(IntegrityError), transaction.atomic():
        InstructorLicense.objects.filter(pk=row.pk).update(checked_at=NOW)
