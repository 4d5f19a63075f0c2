"""After an account is closed nothing of the person is left outside the records of law."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import ForeignKey

from ce_platform.accounts.models import User
from ce_platform.core import jobs, verification
from ce_platform.core.files import LET_GO
from ce_platform.core.models import (
    AccountEnding,
    BackgroundJob,
    OutgoingMail,
    StoredFile,
)
from ce_platform.office.closing.closing import close_account
from ce_platform.office.closing.search import sweep_endings
from tests.factories.certificates import NOW
from tests.office.closing.traces import found_in_files, found_in_tables
from tests.office.whole_life import PHONE, tell_everything
from tests.pages.world import make_world

pytestmark = pytest.mark.django_db

WORDS = ("some owner", "owner@example.com", "second@example.net", "zyxqua", PHONE, "3035550177")

# Records of law, and why. Everything else must be gone.
KEPT = {
    ("certificates_certificate", "holder_name"): "printed; verified for years (NCBTMB, 6 years)",
    ("certificates_certificate", "licenses_json"): "printed",
    ("certificates_certificatebody", "license_number"): "printed",
    ("certificates_attestation", "licenses_json"): "the home-study signature",
    ("certificates_attestation", "holder_name"): "the home-study signature",
    ("certificates_attestation", "statement"): "the home-study signature",
    ("certificates_transcript", "record_json"): "printed and handed out; verified by its code",
    ("certificates_reportbatchline", "row_json"): "what a licensing body was told",
    ("courses_attendance", "holder_name"): "the signature on the roster",
}


def test_no_copy_of_name_address_or_free_text_is_left() -> None:
    world = make_world()
    owner, registrar = world.people["owner"], world.people["registrar"]
    tell_everything(owner, registrar)
    printed = set(
        StoredFile.objects.filter(pk__in=_printed_files()).values_list("sha256", flat=True)
    )
    before = found_in_tables(WORDS)
    assert len(before) > 30
    assert found_in_files(WORDS) - printed != set()

    close_account(owner, by=owner, now=NOW)
    OutgoingMail.objects.filter(kind="account_closed").update(status="sent", sent_at=NOW)
    sweep_endings(NOW + timedelta(minutes=1))
    for job in BackgroundJob.objects.filter(kind=LET_GO):
        jobs.run(job.pk, now=NOW)

    left = {place: text for place, text in found_in_tables(WORDS).items() if place not in KEPT}
    assert left == {}
    assert found_in_files(WORDS) - printed == set()
    owner.refresh_from_db()
    assert (owner.email, owner.is_active, owner.closed_at) == (owner.closed_email, False, NOW)
    assert AccountEnding.objects.get().looked_for_json == "[]"
    # What stays is whole.
    tally = verification.Tally()
    checkers = set(verification.names()) - {"versions"}
    assert [str(each) for name in checkers for each in verification.run(name, tally)] == []
    assert verification.missing_triggers() == []


def _printed_files() -> list[int]:
    from certificates.models import CertificateDocument, Transcript

    return [
        *CertificateDocument.objects.values_list("file", flat=True),
        *Transcript.objects.filter(file__isnull=False).values_list("file", flat=True),
    ]


def test_every_table_about_people_has_somebody_who_erases_it() -> None:
    """A new table with a person in it fails here: register a share (accounts/shares.py) that
    erases, moves and exports it, make the row in `tell_everything`, and name the table."""
    about = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model is not User
        and any(
            isinstance(field, ForeignKey) and field.related_model is User
            for field in model._meta.concrete_fields
        )
    }
    assert about == {
        "account.EmailAddress",
        "accounts.InstructorProfile",
        "accounts.StaffInvitation",
        "accounts.User_groups",
        "accounts.User_user_permissions",
        "admin.LogEntry",
        "certificates.Certificate",
        "certificates.SharedPage",
        "certificates.Transcript",
        "courses.AccessCodeUse",
        "courses.Attendance",
        "courses.Course",
        "courses.CourseAuthor",
        "courses.CourseInvitation",
        "courses.CourseMember",
        "courses.Enrollment",
        "courses.MarginQuestion",
        "courses.ReviewComment",
        "courses.SetAside",
        "courses.Upload",
        "courses.WordingDismissal",
        "licensing.ExternalCredit",
        "licensing.License",
        "mfa.Authenticator",
        "office.ImportLine",
        "office.OwnData",
        "office.PeopleListLine",
        "office.PersonTerm",
        "office.Thread",
        "office.ThreadMessage",
        "usersessions.UserSession",
    }
