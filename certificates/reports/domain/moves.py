"""What the office does with one line: accepted, rejected, corrected, not reported after all."""

from datetime import datetime
from typing import Any

from django.db import transaction

from ce_platform.accounts.models import User
from ce_platform.core import audit
from ce_platform.core.text import clean
from ce_platform.licensing.models import ReportConsent
from certificates.models import ReportLine
from certificates.reports.consents import consents_of
from certificates.reports.domain.errors import LineMoved, NumberRefused
from certificates.reports.domain.events import event_of, reason_of
from certificates.reports.domain.lines import ask_consent, follow_newest
from certificates.reports.numbers import folded

Status = ReportLine.Status


def _locked(line: ReportLine) -> ReportLine:
    return (
        ReportLine.objects.select_for_update(of=("self",))
        .select_related("certificate__user", "body", "license")
        .get(pk=line.pk)
    )


def _move(
    line: ReportLine, to: Status, *, by: User, now: datetime, reason: str = "", **facts: Any
) -> ReportLine:
    """Where nothing is to do, nothing is written. Errors: LineMoved."""
    if line.status == to:
        return line
    if to not in ReportLine.MOVES[line.status]:
        raise LineMoved(line.get_status_display())
    before = line.status
    line.status = to
    line.reason = reason if to in (Status.REJECTED, Status.NOT_NEEDED) else ""
    if to in (Status.PENDING, Status.NOT_NEEDED):
        # What left stays in the batch of then; the line itself is free for a new one.
        line.batch = None
        line.exported_at = None
    line.save(update_fields=["status", "reason", "batch", "exported_at"])
    event_of(line, before=before, by=by, now=now, note=reason, **facts).save()
    if to != Status.NOT_NEEDED:
        follow_newest(line, now=now)
    audit.record(
        f"report-line.{to}",
        subject_type="report-line",
        subject_id=line.uid,
        by=by,
        now=now,
        before=before,
        reason=reason,
    )
    return line


@transaction.atomic
def accept_line(line: ReportLine, *, by: User, now: datetime, **facts: Any) -> ReportLine:
    """The body took it. Twice is once. Errors: LineMoved."""
    return _move(_locked(line), Status.ACCEPTED, by=by, now=now, **facts)


@transaction.atomic
def reject_line(
    line: ReportLine, *, reason: str, by: User, now: datetime, **facts: Any
) -> ReportLine:
    """The body did not take it, and says why. Errors: LineMoved, ReportReasonMissing."""
    return _move(_locked(line), Status.REJECTED, by=by, now=now, reason=reason_of(reason), **facts)


@transaction.atomic
def drop_line(line: ReportLine, *, reason: str, by: User, now: datetime) -> ReportLine:
    """It will not be reported; the therapist is told to declare it. Errors: LineMoved,
    ReportReasonMissing."""
    return _move(_locked(line), Status.NOT_NEEDED, by=by, now=now, reason=reason_of(reason))


@transaction.atomic
def send_again(line: ReportLine, *, reason: str, by: User, now: datetime) -> ReportLine:
    """A rejected line, or one that was not to be reported, waits for the next batch.

    Errors: LineMoved (also for one that left and has no answer yet), ReportReasonMissing.
    """
    return _move(_locked(line), Status.PENDING, by=by, now=now, reason=reason_of(reason))


@transaction.atomic
def correct_line(
    line: ReportLine, *, license_number: str, reason: str, by: User, now: datetime
) -> ReportLine:
    """Write the license number as the body knows it. The certificate keeps what it prints.

    A rejected line waits for the next batch then. What left before stays in its batch and in the
    history. Errors: LineMoved when it left and has no answer, or was accepted; NumberRefused,
    ReportReasonMissing.
    """
    number = " ".join(clean(license_number).split())
    if not folded(number) or len(number) > 60:
        raise NumberRefused("Write the license number as it stands on the card.")
    reason = reason_of(reason)
    row = _locked(line)
    if row.status not in (Status.PENDING, Status.REJECTED):
        raise LineMoved(row.get_status_display())
    if row.license_number == number:
        raise NumberRefused("This is the number that stands there already.")
    before = row.license_number
    row.license_number, row.license_folded = number, folded(number)
    row.save(update_fields=["license_number", "license_folded"])
    if row.status == Status.REJECTED:
        return _move(
            row, Status.PENDING, by=by, now=now, reason=reason, number_before=before, number=number
        )
    event_of(
        row, before=row.status, by=by, now=now, note=reason, number_before=before, number=number
    ).save()
    audit.record(
        "report-line.corrected",
        subject_type="report-line",
        subject_id=row.uid,
        by=by,
        now=now,
        before=before,
        number=number,
        reason=reason,
    )
    return row


@transaction.atomic
def ask_again(line: ReportLine, *, by: User, now: datetime) -> bool:
    """Ask the therapist for consent by mail, at most once a day; False: it was answered."""
    row = _locked(line)
    if row.license is None or not row.needs_consent:
        return False
    known = consents_of([row]).get(row.pk)
    if known is not None and known.state != ReportConsent.State.ASKED:
        return False
    ask_consent(
        row,
        certificate=row.certificate,
        cause=f"{row.license.uid.hex}:{by.local_date(now)}",
        now=now,
    )
    audit.record(
        "report-line.asked",
        subject_type="report-line",
        subject_id=row.uid,
        by=by,
        now=now,
    )
    return True
