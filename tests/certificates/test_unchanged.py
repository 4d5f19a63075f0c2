"""What was issued stays as it was, whatever is edited afterwards."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from ce_platform.licensing.models import License, LicensingBody, ProviderNumber, Signatory
from certificates.domain.documents import ensure_document
from certificates.models import Certificate
from courses.models import Course, CourseVersion
from tests.factories.accounts import UserFactory
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SignatoryFactory,
    SubmissionFactory,
    make_certificate,
    make_provider,
)
from tests.factories.courses import VersionFactory
from tests.factories.thaw import thawed


@pytest.mark.django_db
def test_nothing_edited_later_reaches_a_certificate(client: Client, now: datetime) -> None:
    make_provider()
    SignatoryFactory()
    version = VersionFactory(title="Facial massage")
    submission = SubmissionFactory(course=version.course)
    holder = UserFactory(name_on_certificates="Olivia Owner")
    LicenseFactory(user=holder, number="MA 12345")
    certificate = make_certificate(version=version, user=holder)
    document = ensure_document(certificate, now=now)
    kept, page = document.file.read(), _verification_of(client, certificate)

    make_provider(name="Another Company", address="Elsewhere", city="Boise", email="new@x.example")
    Signatory.objects.update(name="Somebody Else", title="New Director")
    LicensingBody.objects.update(name="Renamed Board", jurisdiction="Renamed State")
    ProviderNumber.objects.create(body=BodyFactory(), number="NEW-1", valid_from=date(2020, 1, 1))
    License.objects.update(number="ZZ 99999")
    submission.status, submission.number = "withdrawn", "GONE"
    submission.save()
    with thawed():  # Not even if somebody got past the database.
        Course.objects.update(slug="another-address")
        CourseVersion.objects.update(title="Another title", credit_hours=9, subtitle="New")
    user = certificate.user
    user.name_on_certificates, user.email = "New Name", "new.address@example.com"
    user.time_zone = "Pacific/Honolulu"
    user.save()

    again = Certificate.objects.select_related("design", "user").get(pk=certificate.pk)
    assert ensure_document(again, now=now + timedelta(days=400)) == document
    assert document.file.read() == kept
    assert _verification_of(client, certificate) == page
    for printed in ("Facial massage", "MA 12345", "Margin &amp; Hand", "Eleanor Whitcomb"):
        assert printed in page


def _verification_of(client: Client, certificate: Certificate) -> str:
    """The facts on the page: without its frame, which names the provider of today."""
    answer = client.get(f"/verify/{certificate.serial}/")
    assert answer.status_code == 200
    main = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
    assert main
    return re.sub(r"Looked up on .*?<", "<", main[0])
