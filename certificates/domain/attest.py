"""The learner's statement, the home-study substitute for a signature on a roster."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import canonical_json
from certificates.domain.eligibility import before_last_steps
from certificates.domain.errors import (
    CertificateChanged,
    CourseNotOpen,
    NameMissing,
    NothingToSign,
    NotYet,
)
from certificates.domain.facts import preview_record
from certificates.domain.record import printable
from certificates.models import Attestation
from courses.domain.completion import complete_if_met, lock_enrollment, unmet_items
from courses.domain.errors import NotYours
from courses.models import CourseVersion, Enrollment
from courses.parts import Item


def statement_for(version: CourseVersion, *, name: str) -> str:
    """The words agreed to; they are kept with the signature."""
    did = (
        "I studied the whole course and answered its quizzes by myself, without help."
        if version.delivery == CourseVersion.Delivery.HOME_STUDY
        else "I attended the whole course."
    )
    return (
        f"I am {printable(name) or 'the person named on the certificate'}. {did} My name and "
        "license numbers are shown as they stand on my licenses."
    )


def attest(
    enrollment_id: int, *, by: User, now: datetime, seen_sha256: str | None = None
) -> Attestation:
    """Keep the signed statement; it may be the last step. The first one stays.

    `seen_sha256` is `preview_sha256()` of the certificate the learner looked at; None: not asked.
    Errors: NotYours, CourseNotOpen, NotYet, NameMissing, CertificateChanged.
    """
    with transaction.atomic():
        enrollment = lock_enrollment(enrollment_id)
        if enrollment.user_id != by.pk:
            raise NotYours
        known = Attestation.objects.filter(enrollment=enrollment).first()
        if known is not None:
            complete_if_met(enrollment, now=now)
            return known
        if enrollment.status != Enrollment.Status.OPEN:
            raise CourseNotOpen
        if enrollment.version.is_live:
            raise NothingToSign
        missing = _missing(enrollment)
        if missing:
            raise NotYet(missing)
        # Read once: what is compared with the page is what is kept as signed.
        record = preview_record(enrollment, attestation=None, now=now)
        if not record.holder_name:
            raise NameMissing
        if seen_sha256 is not None and record.preview_sha256() != seen_sha256:
            raise CertificateChanged
        attestation = Attestation.objects.create(
            enrollment=enrollment,
            statement=statement_for(enrollment.version, name=record.holder_name),
            holder_name=record.holder_name,
            licenses_json=canonical_json(record.licenses),
            made_at=now,
        )
        Enrollment.objects.filter(pk=enrollment.pk).update(last_activity_at=now)
        audit.record(
            "attestation.made",
            subject_type="enrollment",
            subject_id=enrollment.uid,
            by=by,
            now=now,
            holder_name=record.holder_name,
        )
        complete_if_met(enrollment, now=now)
    return attestation


def _missing(enrollment: Enrollment) -> Sequence[Item]:
    return before_last_steps(unmet_items([enrollment])[enrollment.pk])


def mend_name(user: User, *, name: str, by: User, now: datetime) -> None:
    """Change the name on future certificates; issued ones stay."""
    name = printable(name)
    if name == user.name_on_certificates:
        return
    with transaction.atomic():
        user.name_on_certificates = name
        user.save(update_fields=["name_on_certificates"])
        audit.record(
            "person.changed",
            subject_type="user",
            subject_id=user.uid,
            by=by,
            now=now,
            fields=["name_on_certificates"],
        )
