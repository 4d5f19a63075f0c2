"""Of a live course nobody signs: the certificate is for whom the office recorded."""

import pytest
from django.db import transaction
from django.test import Client

from ce_platform.accounts.models import User
from certificates.domain.errors import NameMissing
from certificates.domain.facts import is_other_name, name_of_attended
from certificates.domain.issue import issue_certificate
from certificates.models import Certificate
from courses.domain.completion import checklist, unmet_items
from courses.domain.live import record_attendance, take_back_attendance
from courses.models import Enrollment
from tests.factories.accounts import UserFactory
from tests.factories.certificates import evaluate
from tests.factories.courses import EnrollmentFactory
from tests.factories.live import NOW, live_version, session_of


@pytest.mark.parametrize(
    ("recorded", "of_account", "printed", "is_other"),
    [
        ("Ana Perez", "Ana Perez", "Ana Perez", False),
        ("Ana Perez", "Ana Pérez", "Ana Pérez", False),
        ("Ana Perez", "Bob Stranger", "Ana Perez", True),
        ("Ana Perez", " \u202e", "Ana Perez", False),
        ("", "Ana Perez", "Ana Perez", False),
        ("", "", "", False),
    ],
)
def test_which_name_is_printed(
    recorded: str, of_account: str, printed: str, is_other: bool
) -> None:
    assert name_of_attended(recorded, of_account) == printed
    assert is_other_name(recorded, of_account) is is_other


def rename(user: User, name: str) -> None:
    User.objects.filter(pk=user.pk).update(name_on_certificates=name)


def codes(enrollment: Enrollment) -> list[str]:
    return [item.code for item in unmet_items([enrollment])[enrollment.pk]]


@pytest.mark.django_db
def test_another_name_after_the_session_waits_for_the_office() -> None:
    version, office = live_version(), UserFactory()
    session = session_of(version)
    enrollment = EnrollmentFactory(version=version, user__name_on_certificates="Ana Perez")
    record_attendance(enrollment.pk, session, by=office, now=NOW)
    rename(enrollment.user, "Bob Stranger")

    evaluate(enrollment)
    record_attendance(enrollment.pk, session, by=office, now=NOW)

    assert codes(enrollment) == ["name-differs"]
    assert [line.code for line in checklist(enrollment) if not line.is_met] == ["name-differs"]
    assert Certificate.objects.count() == 0
    # It looked: this is the person, under this name.
    take_back_attendance(enrollment.pk, reason="Another name", by=office, now=NOW)
    record_attendance(enrollment.pk, session, by=office, now=NOW)
    assert Certificate.objects.get().holder_name == "Bob Stranger"


@pytest.mark.django_db
def test_without_a_name_there_is_no_certificate_until_it_is_written(owner: User) -> None:
    version = live_version()
    session = session_of(version, has_paper_evaluations=True)
    rename(owner, "")
    enrollment = EnrollmentFactory(version=version, user=owner)
    record_attendance(enrollment.pk, session, by=UserFactory(), now=NOW)

    assert codes(enrollment) == ["name-missing"]
    with pytest.raises(NameMissing), transaction.atomic():
        issue_certificate(Enrollment.objects.get(pk=enrollment.pk), now=NOW)
    learner = Client()
    learner.force_login(owner)
    answer = learner.post(f"/learn/{enrollment.uid}/finish/", {"step": "name", "name": "Ana Perez"})

    certificate = Certificate.objects.get()
    assert (answer.url, certificate.holder_name) == (certificate.get_absolute_url(), "Ana Perez")
