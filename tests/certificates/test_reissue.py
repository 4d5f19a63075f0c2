"""A new certificate in the place of an old one: exactly once, and the old one keeps every word."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from ce_platform.accounts.models import User
from ce_platform.core.models import AuditEvent, OutgoingMail
from ce_platform.licensing.models import Submission
from certificates.comparison import compared_bodies
from certificates.credits import credits_of_certificates
from certificates.domain import documents
from certificates.domain.corrected import Correction
from certificates.domain.documents import ensure_document
from certificates.domain.errors import (
    NameMissing,
    NothingToCorrect,
    ReasonMissing,
    ReplacedMeanwhile,
    WrongState,
)
from certificates.domain.record import record_of
from certificates.domain.reissue import replace_certificate, wanted_record
from certificates.domain.revoke import revoke_certificate
from certificates.domain.verification import check_completions, check_records
from certificates.models import Certificate, CertificateBody
from tests.factories.accounts import UserFactory
from tests.factories.blank import BlankRenderer
from tests.factories.certificates import (
    BodyFactory,
    LicenseFactory,
    SubmissionFactory,
    complete_by_hand,
    make_certificate,
    make_provider,
)
from tests.factories.corrections import correction_of
from tests.factories.courses import EnrollmentFactory, VersionFactory
from tests.factories.live import live_version

pytestmark = pytest.mark.django_db
REASON = "The name was corrected."


@pytest.fixture
def holder() -> User:
    make_provider()
    user = UserFactory(name_on_certificates="Ana Odon")
    LicenseFactory(user=user, body=BodyFactory(), number="MA 1")
    return user


@pytest.fixture
def certificate(holder: User) -> Certificate:
    version = VersionFactory()
    SubmissionFactory(course=version.course, body=BodyFactory())
    SubmissionFactory(
        course=version.course,
        body=BodyFactory(code="US-NJ", jurisdiction="New Jersey", name="New Jersey Board"),
        status="submitted",
        decided_on=None,
        number="",
        valid_from=None,
        valid_to=None,
        hours_granted=None,
    )
    return make_certificate(user=holder, version=version)


def row(certificate: Certificate) -> dict[str, Any]:
    return Certificate.objects.values().get(pk=certificate.pk)


def fresh(certificate: Certificate) -> Certificate:
    return Certificate.objects.select_related("design").get(pk=certificate.pk)


def mend(certificate: Certificate, by: User, now: datetime, **options: Any) -> Certificate:
    changes = options.pop("changes", {"holder_name": "Ana Ödön"})
    return replace_certificate(
        certificate,
        correction=correction_of(certificate, **changes),
        reason=REASON,
        by=by,
        now=now,
        **options,
    )


def test_corrected_name_copies_everything_else(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    later = now + timedelta(days=40)
    # What changes meanwhile does not reach a corrected certificate.
    Submission.objects.filter(body__code="US-NJ").update(status="withdrawn")
    make_provider(name="Another Name")
    before = record_of(fresh(certificate))

    made = mend(certificate, registrar, later)

    after = record_of(fresh(made))
    assert after == replace(
        before,
        holder_name="Ana Ödön",
        serial=made.serial,
        verify_url=made.verify_url,
        issued_at=later,
        design=made.design.number,
    )
    assert made.serial in made.verify_url.replace("-", "")
    assert made.sha256 == after.sha256()
    old = row(certificate)
    assert (
        old["status"],
        old["status_reason"],
        old["status_changed_at"],
        old["status_changed_by_id"],
    ) == ("replaced", REASON, later, registrar.pk)
    assert made.replaces_id == certificate.pk
    told = AuditEvent.objects.get(action="certificate.replaced")
    assert (told.subject_id, told.actor_id) == (certificate.serial, registrar.pk)


def test_license_numbers_follow_to_the_bodies(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    licenses = [("US-FL", "Florida", "MA 2"), ("US-NJ", "New Jersey", " NJ\u202e 7 ")]

    made = mend(certificate, registrar, now, changes={"licenses": licenses})

    assert [
        (body.body_code, body.license_number, body.is_own, body.status)
        for body in made.bodies.all()
    ] == [("US-FL", "MA 2", True, "approved"), ("US-NJ", "NJ 7", True, "submitted")]
    assert made.licenses_json == '[["US-FL","Florida","MA 2"],["US-NJ","New Jersey","NJ 7"]]'


def test_heading_of_a_live_course_and_words_of_bodies_follow_the_licenses(
    registrar: User, holder: User, now: datetime
) -> None:
    """Texas heads the document by a word of its own, and says it in its line elsewhere."""
    version = live_version()
    texas = BodyFactory(code="US-TX", jurisdiction="Texas", name="TDLR")
    SubmissionFactory(course=version.course, body=texas)
    holder.licenses.all().delete()
    LicenseFactory(user=holder, body=texas, number="MT 1")
    first = complete_by_hand(EnrollmentFactory(user=holder, version=version))
    said = "Texas calls this a certificate of attendance."
    mine = ("US-TX", "Texas", "MT 1")

    def printed(row: Certificate) -> tuple[str, list[bool]]:
        return row.heading, [said in body.sentence for body in row.bodies.all()]

    assert printed(first) == ("Certificate of Attendance", [False])

    wide = mend(first, registrar, now, changes={"licenses": [mine, ("US-GA", "Georgia", "G 1")]})
    assert printed(wide) == ("Certificate of Completion", [True])
    today = replace_certificate(
        wide, is_as_of_today=True, reason="Later.", by=registrar, now=now + timedelta(days=2)
    )
    assert today.heading == "Certificate of Completion"
    narrow = mend(today, registrar, now, changes={"licenses": [mine]})
    assert printed(narrow) == ("Certificate of Attendance", [False])
    assert [body.sentence for body in narrow.bodies.all()] == [
        body.sentence for body in first.bodies.all()
    ]


def test_body_that_decides_nothing_goes_with_its_license(
    registrar: User, holder: User, now: datetime
) -> None:
    version = VersionFactory()
    SubmissionFactory(course=version.course, body=BodyFactory(), status="no-preapproval")
    certificate = make_certificate(user=holder, version=version)
    assert certificate.bodies.count() == 1

    made = mend(certificate, registrar, now, changes={"licenses": []})

    assert made.bodies.count() == 0


def test_new_as_of_prints_later_approvals_and_their_day(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    later = now + timedelta(days=40)
    Submission.objects.filter(body__code="US-NJ").update(
        status="approved",
        hours_granted="0.5",
        decided_on=now.date() + timedelta(days=30),
        valid_from=now.date() + timedelta(days=30),
    )

    made = replace_certificate(
        certificate, is_as_of_today=True, reason="Later day.", by=registrar, now=later
    )

    assert made.as_of == certificate.user.local_date(later)
    assert made.completed_on == certificate.completed_on
    assert list(made.bodies.values_list("body_code", "block")) == [
        ("US-FL", "approved"),
        ("US-NJ", "approved"),
    ]
    # An approval that began after the completion counts no hours of before.
    LicenseFactory(user=certificate.user, body=BodyFactory(code="US-NJ"), number="NJ 7")
    (seen,) = credits_of_certificates(certificate.user)
    assert seen.credit.key == made.serial
    assert {code: each.kind.value for code, each in seen.standings.items()} == {
        "US-FL": "approved",
        "US-NJ": "none",
    }


def test_twice_is_once(certificate: Certificate, registrar: User, now: datetime) -> None:
    first = mend(certificate, registrar, now)
    second = mend(certificate, registrar, now + timedelta(seconds=1))

    assert second == first
    assert Certificate.objects.count() == 2


def test_other_words_are_told_who_was_faster(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    made = mend(certificate, registrar, now)

    with pytest.raises(ReplacedMeanwhile, match=str(made)):
        mend(certificate, registrar, now, changes={"holder_name": "Anna Odon"})


@pytest.mark.parametrize(
    ("state", "is_after_revocation", "outcome"),
    [
        ("issued", False, "replaced"),
        ("issued", True, WrongState),
        ("revoked", False, WrongState),
        ("revoked", True, "revoked"),
        ("replaced", False, ReplacedMeanwhile),
        ("replaced", True, ReplacedMeanwhile),
    ],
)
def test_state_and_action(
    certificate: Certificate,
    registrar: User,
    now: datetime,
    state: str,
    is_after_revocation: bool,
    outcome: Any,
) -> None:
    if state == "revoked":
        revoke_certificate(certificate, reason="A mistake.", by=registrar, now=now)
    if state == "replaced":
        mend(certificate, registrar, now, changes={"holder_name": "Anna Odon"})
    count = Certificate.objects.count()

    if isinstance(outcome, str):
        made = mend(certificate, registrar, now, is_after_revocation=is_after_revocation)
        assert (row(certificate)["status"], made.status) == (outcome, "issued")
        assert made.replaces_id == certificate.pk
    else:
        with pytest.raises(outcome):
            mend(certificate, registrar, now, is_after_revocation=is_after_revocation)
        assert Certificate.objects.count() == count
        assert row(certificate)["status"] == state


def test_revoked_is_issued_anew_with_the_same_words_once(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    revoke_certificate(certificate, reason="A mistake.", by=registrar, now=now)
    made = [
        replace_certificate(
            certificate, is_after_revocation=True, reason="Counts.", by=registrar, now=now
        )
        for _ in range(2)
    ]

    assert made[0] == made[1]
    assert row(certificate)["status_reason"] == "A mistake."
    assert made[0].holder_name == certificate.holder_name


@pytest.mark.parametrize(
    ("changes", "reason", "refusal"),
    [
        ({}, REASON, NothingToCorrect),
        ({"holder_name": "Ana Ödön"}, " ", ReasonMissing),
        ({"holder_name": "\u202e "}, REASON, NameMissing),
    ],
)
def test_refused_and_nothing_is_left_behind(
    certificate: Certificate,
    registrar: User,
    now: datetime,
    changes: dict[str, str],
    reason: str,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        replace_certificate(
            certificate,
            correction=correction_of(certificate, **changes),
            reason=reason,
            by=registrar,
            now=now,
        )

    assert row(certificate)["status"] == "issued"
    assert Certificate.objects.count() == 1


def test_old_row_bodies_and_bytes_stay(
    certificate: Certificate, registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "default_renderer", BlankRenderer)
    document = ensure_document(certificate, now=now)
    content, before = document.file.read(), row(certificate)
    bodies = list(certificate.bodies.values())

    made = mend(certificate, registrar, now)
    ensure_document(made, now=now)

    moved = ("status", "status_changed_at", "status_changed_by_id", "status_reason")
    after = row(certificate)
    assert {key: after[key] for key in after if key not in moved} == {
        key: before[key] for key in before if key not in moved
    }
    assert list(certificate.bodies.values()) == bodies
    document.refresh_from_db()
    assert document.file.read() == content
    for attack in (
        lambda: Certificate.objects.filter(pk=certificate.pk).update(holder_name="X"),
        lambda: Certificate.objects.filter(pk=certificate.pk).update(
            status="issued", status_reason="", status_changed_at=None
        ),
        lambda: Certificate.objects.filter(pk=made.pk).update(replaces=None),
        lambda: CertificateBody.objects.filter(certificate=certificate).update(number="1"),
        lambda: certificate.delete(),
    ):
        with pytest.raises(Exception) as raised, transaction.atomic():  # noqa: PT011
            attack()
        assert isinstance(raised.value, IntegrityError)
    tally = type("T", (), {"count": 0})()
    assert [*check_records(tally), *check_completions(tally)] == []


def test_database_keeps_one_valid_and_one_successor(
    certificate: Certificate, registrar: User, now: datetime
) -> None:
    mend(certificate, registrar, now)
    twin = {**row(certificate), "serial": "X" * 17, "status": "issued", "status_reason": ""}
    twin |= {"status_changed_at": None, "status_changed_by_id": None}
    del twin["id"]

    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(**twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.create(
            **{
                **twin,
                "replaces_id": certificate.pk,
                "status": "revoked",
                "status_reason": "x",
                "status_changed_at": now,
            }
        )


def test_mail_says_which_number_it_replaces_and_why(
    certificate: Certificate, registrar: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "default_renderer", BlankRenderer)
    ensure_document(certificate, now=now)
    made = mend(certificate, registrar, now)

    ensure_document(made, now=now)

    mail = OutgoingMail.objects.get(cause=f"certificate-issued:{made.serial}")
    assert mail.subject == f"Your new certificate: {made.course_title}"
    for words in ("Dear Ana Ödön", f"New number: {made}", f"place of: {certificate}", REASON):
        assert words in mail.body
    assert [each.file_name for each in mail.mailattachment_set.all()] == [f"Ana Ödön {made}.pdf"]


def test_correction_is_cleaned_as_for_print() -> None:
    lines = [("US-FL", "Florida", " MA\n1 "), ("US-FL", "Florida", "MA 1"), ("US-GA", "G", " ")]

    assert Correction.of(" Ana \u202eÖdön ", lines) == Correction(
        "Ana Ödön", (("US-FL", "Florida", "MA 1"),)
    )


def test_day_alone_is_no_news_of_a_pending_body(certificate: Certificate) -> None:
    enrollment = certificate.enrollment
    before = record_of(fresh(certificate))
    later = certificate.as_of + timedelta(days=9)

    after = wanted_record(before, enrollment, correction=None, as_of=later)

    assert [(line.label, line.is_changed) for line in compared_bodies(before, after)] == [
        ("As of", True),
        ("Florida", False),
        ("New Jersey", False),
    ]
