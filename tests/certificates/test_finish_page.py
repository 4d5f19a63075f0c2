"""The page of the last steps."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ce_platform.accounts.models import User
from ce_platform.licensing.models import License
from certificates.models import Attestation, Certificate
from courses.models import Enrollment
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
    make_provider,
    ready_enrollment,
)
from tests.factories.courses import EnrollmentFactory, LessonFactory, VersionFactory

pytestmark = pytest.mark.django_db

ClientOf = Callable[[User], Client]


@pytest.fixture
def enrollment(owner: User) -> Enrollment:
    make_provider()
    version = VersionFactory(title="Facial massage")
    SubmissionFactory(course=version.course)
    return ready_enrollment(user=owner, version=version)


def url(enrollment: Enrollment) -> str:
    return f"/learn/{enrollment.uid}/finish/"


def seen_on(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_needs_sign_in(enrollment: Enrollment, client: Client) -> None:
    response = client.get(url(enrollment))

    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


def test_stranger_and_office_get_404(
    enrollment: Enrollment, stranger: User, registrar: User, client_of: ClientOf
) -> None:
    for user in (stranger, registrar):
        assert client_of(user).get(url(enrollment)).status_code == 404
        assert client_of(user).post(url(enrollment), {"step": "sign"}).status_code == 404


def test_from_the_first_day_it_shows_the_checklist(owner: User, client_of: ClientOf) -> None:
    lesson = LessonFactory(title="Where the lines run")
    enrollment = EnrollmentFactory(user=owner, version=lesson.version)

    page = client_of(owner).get(url(enrollment))

    assert page.status_code == 200
    text = page.content.decode()
    assert "Finish every lesson" in text
    assert "Check your name and sign the statement" in text
    assert 'name="step"' not in text


def test_nothing_is_signed_by_a_forged_form(owner: User, client_of: ClientOf) -> None:
    lesson = LessonFactory()
    enrollment = EnrollmentFactory(user=owner, version=lesson.version)

    answer = client_of(owner).post(url(enrollment), {"step": "sign", "is_agreed": "on"})

    assert answer.status_code == 409
    assert not Attestation.objects.exists()


def test_shows_the_certificate_as_it_will_read(
    enrollment: Enrollment, owner: User, client_of: ClientOf
) -> None:
    page = client_of(owner).get(url(enrollment)).content.decode()

    for words in (
        "Certificate of Achievement",
        "Olivia Owner",
        "Facial massage",
        "Approved by Florida Board of Massage Therapy",
        "I am Olivia Owner.",
    ):
        assert words in page


def test_signing_leads_to_the_certificate(
    enrollment: Enrollment, owner: User, client_of: ClientOf
) -> None:
    client = client_of(owner)
    seen = seen_on(client.get(url(enrollment)).content.decode())

    answer = client.post(url(enrollment), {"step": "sign", "is_agreed": "on", "seen": seen})

    certificate = Certificate.objects.get()
    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/certificates/{certificate.serial}/",
    )
    assert client.get(url(enrollment))["Location"] == f"/certificates/{certificate.serial}/"
    again = client.post(url(enrollment), {"step": "sign", "is_agreed": "on", "seen": seen})
    assert again["Location"] == f"/certificates/{certificate.serial}/"
    assert Certificate.objects.count() == 1


def test_box_must_be_checked(enrollment: Enrollment, owner: User, client_of: ClientOf) -> None:
    client = client_of(owner)
    seen = seen_on(client.get(url(enrollment)).content.decode())

    answer = client.post(url(enrollment), {"step": "sign", "seen": seen})

    assert answer.status_code == 422
    assert "Check the box to sign the statement." in answer.content.decode()
    assert not Attestation.objects.exists()


def test_changed_meanwhile_is_looked_at_once_more(
    enrollment: Enrollment, owner: User, client_of: ClientOf
) -> None:
    client = client_of(owner)
    seen = seen_on(client.get(url(enrollment)).content.decode())
    LicenseFactory(user=owner, number="MA 777")

    answer = client.post(url(enrollment), {"step": "sign", "is_agreed": "on", "seen": seen})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Something on the certificate changed" in page
    assert "MA 777" in page
    client.post(url(enrollment), {"step": "sign", "is_agreed": "on", "seen": seen_on(page)})
    assert Certificate.objects.exists()


def test_signed_before_the_evaluation_leads_there(owner: User, client_of: ClientOf) -> None:
    enrollment = ready_enrollment(user=owner, is_evaluated=False)
    client = client_of(owner)
    page = client.get(url(enrollment)).content.decode()
    assert "Two steps are left" in page

    answer = client.post(
        url(enrollment), {"step": "sign", "is_agreed": "on", "seen": seen_on(page)}
    )

    assert answer["Location"] == f"/learn/{enrollment.uid}/evaluation/"
    after = client.get(url(enrollment)).content.decode()
    assert "You signed on" in after
    assert 'name="step"' not in after


def test_name_is_mended_there(enrollment: Enrollment, owner: User, client_of: ClientOf) -> None:
    client = client_of(owner)

    answer = client.post(url(enrollment), {"step": "name", "name": "  Olivia   Ödön-Owner "})

    assert answer["Location"] == f"{url(enrollment)}#certificate"
    owner.refresh_from_db()
    assert owner.name_on_certificates == "Olivia Ödön-Owner"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Fill this in."),
        ("<b>Olivia</b>", "Remove: &lt; &gt;"),
        ("Olivia ☃", "Remove: ☃"),
        ("123", "Write your name in letters."),
        ("x" * 121, "at most 120 characters"),
    ],
)
def test_name_that_cannot_be_printed(
    enrollment: Enrollment, owner: User, client_of: ClientOf, name: str, sentence: str
) -> None:
    answer = client_of(owner).post(url(enrollment), {"step": "name", "name": name})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    owner.refresh_from_db()
    assert owner.name_on_certificates == "Olivia Owner"


def test_letters_without_a_font_are_refused_with_a_way_out(
    enrollment: Enrollment, owner: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certificates.pdf.lettering._is_installed", lambda letter: False)

    answer = client_of(owner).post(url(enrollment), {"step": "name", "name": "王小明"})

    assert answer.status_code == 422
    assert "We have no letters to print these: 王 小 明" in answer.content.decode()


def test_license_is_added_there(enrollment: Enrollment, owner: User, client_of: ClientOf) -> None:
    BodyFactory()
    client = client_of(owner)

    answer = client.post(
        url(enrollment), {"step": "license", "body": "US-FL", "number": "MA 12345"}
    )

    assert answer["Location"] == f"{url(enrollment)}#certificate"
    assert "Florida license MA 12345" in client.get(url(enrollment)).content.decode()


def test_license_without_number_is_asked_again(
    enrollment: Enrollment, owner: User, client_of: ClientOf
) -> None:
    answer = client_of(owner).post(
        url(enrollment), {"step": "license", "body": "US-FL", "number": ""}
    )

    assert answer.status_code == 422
    assert not License.objects.exists()


def test_license_number_is_mended_there(
    enrollment: Enrollment, owner: User, client_of: ClientOf
) -> None:
    license_ = LicenseFactory(user=owner, number="MA 1")
    client = client_of(owner)

    answer = client.post(
        url(enrollment), {"step": "number", "license": license_.uid.hex, "number": "MA 2"}
    )

    assert answer.status_code == 302
    license_.refresh_from_db()
    assert license_.number == "MA 2"


def test_license_of_somebody_else_is_out_of_reach(
    enrollment: Enrollment, owner: User, stranger: User, client_of: ClientOf
) -> None:
    license_ = LicenseFactory(user=stranger, number="MA 1")

    answer = client_of(owner).post(
        url(enrollment), {"step": "number", "license": license_.uid.hex, "number": "MA 2"}
    )

    assert answer.status_code == 404
    license_.refresh_from_db()
    assert license_.number == "MA 1"


def test_left_course_leads_back(owner: User, client_of: ClientOf) -> None:
    enrollment = EnrollmentFactory(user=owner, status="withdrawn")

    assert client_of(owner).get(url(enrollment))["Location"] == f"/learn/{enrollment.uid}/"


def test_page_is_light_and_asks_a_constant_number_of_queries(
    enrollment: Enrollment, owner: User, client_of: ClientOf
) -> None:
    client = client_of(owner)
    client.get(url(enrollment))
    counts = []
    for extra in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url(enrollment))
        counts.append(len(queries))
        assert len(page.content) < 60_000
        for number in range(3 * (extra + 1)):
            body = BodyFactory(code=f"US-{extra}{number}", jurisdiction=f"State {extra}{number}")
            LicenseFactory(user=owner, body=body)
            SubmissionFactory(course=enrollment.course, body=body)

    assert counts[0] == counts[1]
    assert counts[0] <= 26
