"""The pages of an instructor's profile, and the office's list."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ce_platform.accounts.models import InstructorLicense, InstructorProfile, User
from tests.factories.accounts import InstructorLicenseFactory, UserFactory

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
OWN = reverse("courses:studio-instructor")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def sent(**told: Any) -> dict[str, Any]:
    return {"display_name": "Ivan", "credentials": "LMT", "biography": "", "cv_text": ""} | told


def test_empty_profile_says_why_a_license_matters(instructor: User, client_of: ClientOf) -> None:
    page = client_of(instructor).get(OWN).content.decode()

    assert "No license noted yet" in page
    assert "Ivan Instructor" in page
    assert not InstructorProfile.objects.exists()


def test_cv_is_kept_as_a_private_file_for_owner_and_office(
    instructor: User, registrar: User, client_of: ClientOf
) -> None:
    client = client_of(instructor)
    answer = client.post(OWN, sent(cv_file=SimpleUploadedFile("cv.pdf", PDF)))
    assert answer.status_code == 302
    url = reverse("courses:studio-instructor-cv", args=[instructor.uid])
    colleague = UserFactory()
    colleague.groups.set(instructor.groups.all())

    own = client.get(url)

    assert (own.content, own["Content-Type"]) == (PDF, "application/pdf")
    assert own["Content-Disposition"].startswith("attachment")
    assert InstructorProfile.objects.get().cv.area == "private"
    assert client_of(registrar).get(url).status_code == 200
    assert client_of(colleague).get(url).status_code == 404
    client.post(OWN, sent(without_cv_file="on"))
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"display_name": " "}, "Write your name."),
        ({"cv_file": SimpleUploadedFile("cv.docx", b"PK word")}, "A CV is a PDF."),
        ({"cv_file": SimpleUploadedFile("cv.pdf", b"%PDF-1.4 cut")}, "ends in the middle"),
    ],
)
def test_bad_profile_is_refused_with_its_words(
    instructor: User, client_of: ClientOf, told: dict[str, Any], sentence: str
) -> None:
    answer = client_of(instructor).post(OWN, sent(cv_text="2010 School", **told))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "2010 School" in answer.content.decode()


def test_license_is_added_changed_and_removed(instructor: User, client_of: ClientOf) -> None:
    client = client_of(instructor)
    told = {
        "body_code": "US-NC",
        "kind": "massage-therapist",
        "number": "LMT-1",
        "valid_until": "2028-01-31",
    }

    client.post(reverse("courses:studio-instructor-license-add"), told)
    row = InstructorLicense.objects.get()
    url = reverse("courses:studio-instructor-license", args=[row.uid])
    refused = client.post(url, told | {"valid_until": "2028-02-31"})
    client.post(url, told | {"number": "LMT-2"})

    assert refused.status_code == 422
    assert "Write the day like 11/20/2026." in refused.content.decode()
    row.refresh_from_db()
    assert (row.state, row.number) == ("North Carolina", "LMT-2")
    client.post(reverse("courses:studio-instructor-license-remove", args=[row.uid]))
    assert not InstructorLicense.objects.exists()


def test_license_of_a_colleague_is_not_there(instructor: User, client_of: ClientOf) -> None:
    row = InstructorLicenseFactory()

    for name in ("license", "license-remove"):
        url = reverse(f"courses:studio-instructor-{name}", args=[row.uid])
        assert client_of(instructor).post(url).status_code == 404


def test_office_marks_what_it_found_in_the_register(
    instructor: User, registrar: User, client_of: ClientOf
) -> None:
    row = InstructorLicenseFactory(profile__user=instructor)
    client = client_of(registrar)
    url = reverse("courses:studio-instructor-license-check", args=[row.uid])

    client.post(url, {"number": row.number, "valid_until": "1999-01-01"})
    assert InstructorLicense.objects.get().checked_at is None
    client.post(url, {"number": row.number, "valid_until": row.valid_until.isoformat()})

    page = client.get(reverse("courses:studio-instructor-detail", args=[instructor.uid]))
    assert "by Rita Registrar" in page.content.decode()


def test_list_of_the_office_asks_as_often_for_three_as_for_one(
    registrar: User, client_of: ClientOf
) -> None:
    client, url = client_of(registrar), reverse("courses:studio-instructors")
    assert "Nobody teaches here yet" in client.get(url).content.decode()
    counts = []
    for number in range(3):
        row = InstructorLicenseFactory(profile__display_name=f"Ann {number}")
        InstructorLicenseFactory(profile=row.profile)
        with CaptureQueriesContext(connection) as captured:
            assert f"Ann {number}" in client.get(url).content.decode()
        counts.append(len(captured))

    assert len(set(counts)) == 1, counts
