"""What instructors hold, kept with every published version."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from ce_platform.core.files import store_bytes
from ce_platform.core.models import StoredFile
from ce_platform.core.text import sha256_text
from ce_platform.core.verification import Tally
from courses.domain.describing import add_author
from courses.domain.drafting import begin_course
from courses.domain.instructing import check_snapshots, has_licensed_author, teaches_technique
from courses.domain.publishing import missing
from courses.models import CourseAuthor, CourseVersion, InstructorSnapshot
from tests.conftest import NOW
from tests.factories.accounts import InstructorLicenseFactory, InstructorProfileFactory
from tests.factories.courses import publish, publishable
from tests.factories.thaw import thawed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


@pytest.fixture
def profile(instructor: User) -> InstructorProfile:
    file = store_bytes(
        b"%PDF-1.7 cv", area=StoredFile.Area.PRIVATE, content_type="application/pdf", now=NOW
    )
    return InstructorProfileFactory(user=instructor, cv=file, cv_text="2010 School")


@pytest.fixture
def draft(profile: InstructorProfile) -> CourseVersion:
    version = publishable()
    version.authors.all().delete()
    CourseAuthor.objects.create(
        version=version, position=1, name="Ivan", credentials="LMT", user=profile.user
    )
    CourseAuthor.objects.create(version=version, position=2, name="Guest Author")
    return version


def test_publishing_keeps_what_each_author_held(
    profile: InstructorProfile, draft: CourseVersion
) -> None:
    row = InstructorLicenseFactory(profile=profile, number="MI1")

    version = publish(draft)
    InstructorLicense.objects.filter(pk=row.pk).update(number="MI2")
    InstructorProfile.objects.update(credentials="", cv=None)

    kept, guest = (
        InstructorSnapshot.objects.get(version=version, author_key=author.key)
        for author in version.authors.order_by("position")
    )
    assert kept.sha256 == sha256_text(kept.text)
    assert kept.cv == StoredFile.objects.get(area="private")
    assert json.loads(kept.text) == {
        "format": 1,
        "name": "Ivan",
        "credentials": "LMT",
        "biography": "",
        "profile": {
            "account": str(profile.user.uid),
            "name": "Ivan Instructor",
            "credentials": "LMT, BCTMB",
            "biography": "",
            "cv_text": "2010 School",
            "cv_sha256": kept.cv.sha256,
            "licenses": [
                {
                    "body_code": "US-TX",
                    "state": "Texas",
                    "kind": "massage-instructor",
                    "number": "MI1",
                    "valid_until": "2028-05-31",
                    "checked_at": "",
                    "checked_by": "",
                }
            ],
        },
    }
    assert json.loads(guest.text)["profile"] is None


def test_keeping_takes_a_constant_number_of_queries(
    profile: InstructorProfile, draft: CourseVersion, django_assert_num_queries: Any
) -> None:
    from courses.domain.instructing import keep_instructors

    InstructorLicenseFactory.create_batch(3, profile=profile)

    with django_assert_num_queries(4):
        keep_instructors(draft, now=NOW)


def test_what_is_kept_is_never_changed(draft: CourseVersion) -> None:
    publish(draft)
    rows = InstructorSnapshot.objects.all()

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        rows.update(text="{}")
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        rows._raw_delete("default")


def test_verification_sees_what_was_tampered_with(draft: CourseVersion) -> None:
    publish(draft)
    assert list(check_snapshots(Tally())) == []

    first, second = InstructorSnapshot.objects.order_by("pk")
    with thawed("courses_instructorsnapshot"):
        InstructorSnapshot.objects.filter(pk=first.pk).update(cv=None)
        InstructorSnapshot.objects.filter(pk=second.pk).update(text="{}")
    assert [finding.sentence for finding in check_snapshots(Tally())] == [
        "the CV that is kept is not the one its text names",
        "its text does not have its SHA-256",
    ]
    with thawed("courses_instructorsnapshot"):
        second.delete()
    assert [finding.sentence for finding in check_snapshots(Tally())][1] == (
        "what is kept of its instructors is not one per author"
    )


@pytest.mark.parametrize(
    ("category", "is_technique"),
    [("Massage theory and technique", True), ("Hands-on work", True), ("Ethics", False)],
)
def test_technique_is_told_by_the_hours(category: str, is_technique: bool) -> None:
    version = publishable()
    version.credits.update(category=category)

    assert teaches_technique(version) is is_technique


def test_license_counts_to_its_last_day(profile: InstructorProfile, draft: CourseVersion) -> None:
    InstructorLicenseFactory(profile=profile, valid_until=date(2026, 11, 20))
    InstructorLicenseFactory()

    assert has_licensed_author(draft, date(2026, 11, 20))
    assert not has_licensed_author(draft, date(2026, 11, 21))


def test_author_without_credentials_is_advice(draft: CourseVersion) -> None:
    (item,) = (each for each in missing(draft) if each.code == "author-without-credentials")

    assert not item.is_blocking
    assert item.sentence.startswith("Guest Author stands on the course page without credentials.")


def test_profile_is_taken_over_where_an_author_is_named(
    profile: InstructorProfile, instructor: User
) -> None:
    version = begin_course(title="Neck", by=instructor, now=NOW)
    assert version.authors.get().credentials == "LMT, BCTMB"

    author = add_author(
        version, name="Ivan", credentials="", biography="", email=instructor.email,
        by=instructor, now=NOW,
    )  # fmt: skip
    own = add_author(
        version, name="Ivan", credentials="RN", biography="", email=instructor.email,
        by=instructor, now=NOW,
    )  # fmt: skip

    assert (author.credentials, own.credentials) == ("LMT, BCTMB", "RN")
