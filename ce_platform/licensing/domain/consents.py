"""Consent to report what was completed under a license: asked, given, taken back."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.licensing.models import License, ReportConsent


def latest_consents(license_ids: Iterable[int]) -> dict[int, ReportConsent]:
    """The newest answer, or question, by license id; one query."""
    found: dict[int, ReportConsent] = {}
    for row in ReportConsent.objects.filter(license__in=set(license_ids)).order_by("id"):
        found[row.license_id] = row
    return found


@transaction.atomic
def answer_consent(row: License, *, is_given: bool, by: User, now: datetime) -> ReportConsent:
    """The therapist says yes or no. The same answer twice is noted once.

    Taking it back stops what has not left yet; what a body was told stays told.
    """
    # The lock puts two answers from two tabs in an order.
    fresh = License.objects.select_for_update(of=("self",)).select_related("body").get(pk=row.pk)
    state = ReportConsent.State.GIVEN if is_given else ReportConsent.State.REFUSED
    known = latest_consents([fresh.pk]).get(fresh.pk)
    if known is not None and known.state == state:
        return known
    consent = ReportConsent.objects.create(license=fresh, state=state, at=now, by_id=by.pk)
    audit.record(
        "report-consent.given" if is_given else "report-consent.refused",
        subject_type="license",
        subject_id=fresh.uid,
        by=by,
        now=now,
        body=fresh.body.code,
    )
    return consent


@transaction.atomic
def note_asked(row: License, *, by: User | None, now: datetime) -> ReportConsent | None:
    """Our question is noted, unless it was answered already. `by` None: the platform asked."""
    License.objects.select_for_update(of=("self",)).get(pk=row.pk)
    known = latest_consents([row.pk]).get(row.pk)
    if known is not None and known.state != ReportConsent.State.ASKED:
        return None
    return ReportConsent.objects.create(
        license=row,
        state=ReportConsent.State.ASKED,
        at=now,
        by_id=by.pk if by is not None else None,
    )
