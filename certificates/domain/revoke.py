"""Revoking: the page stays, and says since when and why."""

from datetime import datetime
from typing import Final

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit, codes, mail
from ce_platform.core.text import clean
from certificates.domain.errors import ReasonMissing, WrongState
from certificates.models import Certificate

LONGEST_REASON: Final = 300


def public_reason(text: str) -> str:
    """Errors: ReasonMissing."""
    reason = " ".join(clean(text).split())[:LONGEST_REASON]
    if not reason:
        raise ReasonMissing
    return reason


def revoke_certificate(
    certificate: Certificate, *, reason: str, by: User, now: datetime
) -> Certificate:
    """Take a certificate back, for good. Doing it twice changes nothing.

    The reason is shown to everybody who verifies the certificate. Errors: ReasonMissing,
    WrongState.
    """
    reason = public_reason(reason)
    with transaction.atomic():
        # The holder is not joined: a merge that is waited for may change whose it is.
        row = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if row.status == Certificate.Status.REVOKED:
            return row
        if Certificate.Status.REVOKED not in Certificate.MOVES[row.status]:
            raise WrongState("This certificate was replaced by another one; revoke that one.")
        row.status = Certificate.Status.REVOKED
        row.status_changed_at = now
        row.status_changed_by_id = by.pk
        row.status_reason = reason
        row.save(
            update_fields=[
                "status",
                "status_changed_at",
                "status_changed_by_id",
                "status_reason",
            ]
        )
        audit.record(
            "certificate.revoked",
            subject_type="certificate",
            subject_id=row.serial,
            by=by,
            now=now,
            reason=reason,
        )
        mail.write_mail(
            "certificate_revoked",
            to_email=row.user.email,
            to_user_id=row.user.pk,
            cause=f"certificate-revoked:{row.serial}",
            now=now,
            certificate=row,
            serial=codes.dashed(row.serial),
        )
    return row
