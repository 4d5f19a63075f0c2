"""Of a live course the pack shows the office's record where home study shows a signature."""

import json

import pytest

from ce_platform.pages.audit_pack.gathering import dossiers_of
from ce_platform.pages.audit_pack.people import record_values
from certificates.models import Certificate
from courses.domain.live import record_attendance
from tests.factories.accounts import UserFactory
from tests.factories.courses import EnrollmentFactory
from tests.factories.live import NOW, live_version, session_of


@pytest.mark.django_db
def test_attendance_is_in_the_pack_and_no_signature_is_missing() -> None:
    version = live_version()
    session = session_of(version, has_paper_evaluations=True)
    office = UserFactory(email="office@example.com")
    record_attendance(EnrollmentFactory(version=version).pk, session, by=office, now=NOW)

    (dossier,) = dossiers_of(list(Certificate.objects.select_related("enrollment")))
    record = json.loads(json.dumps(record_values(dossier)))

    assert (record["attendance"], record["attestation"]) == (
        {
            "session": session.when,
            "place": session.place,
            "minutes": 180,
            "minutes_of_session": 180,
            "recorded_at": NOW.isoformat(),
            "recorded_by": "office@example.com",
        },
        None,
    )
