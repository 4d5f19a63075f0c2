"""What a certificate owes to bodies: lines made with it, found missing later, kept up to date."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from ce_platform.core import mail, sweep
from ce_platform.licensing.domain.consents import latest_consents, note_asked
from ce_platform.licensing.models import BodyRule, License, LicensingBody
from certificates.models import BodyChannel, Certificate, ReportChannel, ReportLine
from certificates.reports.deadlines import deadline_of
from certificates.reports.domain.events import event_of
from certificates.reports.domain.matching import Printed, match_lines, printed_numbers
from certificates.reports.numbers import folded
from certificates.reports.wants import BY_RULE, Wanted, Wants

Status = ReportLine.Status
NO_STANDING: Final = "The course had no approval or other standing there on the day of completion."
NOT_PRINTED: Final = "The corrected certificate does not print this license any more."
# The sweep looks at the last days every minute, and at all others slice by slice.
_RECENT: Final = timedelta(days=3)
_SWEEP_SIZE: Final = 500
_OWED: Final = (Status.PENDING, Status.REJECTED)


@transaction.atomic
def make_lines(certificate: Certificate, *, now: datetime) -> list[ReportLine]:
    """The lines of a certificate, one for each license whose body wants a report.

    Called in the transaction that issues; again at any time it adds only what is missing. For a
    certificate that replaced another, what has not left yet is reported from the new one. The
    certificate itself is read and never changed.
    """
    held: list[list[str]] = json.loads(certificate.licenses_json)
    if certificate.status != Certificate.Status.ISSUED:
        return []
    if certificate.enrollment is None or (not held and certificate.replaces_id is None):
        return []
    bodies = {
        body.code: body
        for body in LicensingBody.objects.filter(code__in={code for code, _, _ in held})
    }
    wants = Wants(bodies.values())
    wanted = {code: wants.on(body.pk, certificate.completed_on) for code, body in bodies.items()}
    printed = [(bodies[code], number) for code, _, number in held if code in bodies]
    is_owed = any(each.is_reported for each in wanted.values())
    if not is_owed and certificate.replaces_id is None:
        return []
    root = _root_of(certificate)
    licenses = _licenses(certificate, printed)
    wanting = [
        Printed(body, number, license_.uid.hex if license_ is not None else folded(number))
        for body, number in printed
        for license_ in (licenses.get((body.pk, number)),)
    ]
    # Ordered like every other claim of lines, so that two never wait for each other.
    known = list(
        ReportLine.objects.select_for_update(of=("self",))
        .select_related("certificate", "body")
        .filter(root=root)
        .order_by("pk")
    )
    matched = match_lines(wanting, known)
    if certificate.replaces_id is not None:
        _drop_unprinted(known, {line.pk for line in matched.values()}, certificate, now=now)
    with_standing = set(certificate.bodies.values_list("body_code", flat=True))
    course_id = certificate.enrollment.course_id
    made: list[ReportLine] = []
    for each in wanting:
        body, number, key = each.body, each.number, each.key
        if not wanted[body.code].is_reported:
            continue
        line = matched.get(each)
        if line is not None and _told_otherwise(line, body, certificate, number):
            # What the body has accepted stays so, under the number it was told.
            key, line = folded(number), None
        if line is not None:
            _report_from(
                line, certificate, number, has_standing=body.code in with_standing, now=now
            )
            continue
        if any(
            (other.body_id, other.license_folded) == (body.pk, folded(number))
            for other in (*known, *made)
        ):
            continue  # The same number written in two ways.
        line = _line_of(
            root,
            certificate,
            body,
            licenses.get((body.pk, number)),
            wanted[body.code],
            number=number,
            key=_free_key(key, number, certificate, taken=[*known, *made]),
            course_id=course_id,
            has_standing=body.code in with_standing,
            now=now,
        )
        line.save()
        event_of(line, before="", by=None, now=now, note=line.reason, number=number).save()
        made.append(line)
    _ask_consent(made, certificate, now=now)
    return made


def _free_key(
    key: str, number: str, certificate: Certificate, *, taken: Sequence[ReportLine]
) -> str:
    """A line keeps its license for good; when numbers changed hands since, another name serves."""
    used = {line.license_key for line in taken}
    return next(
        each
        for each in (key, folded(number), f"{certificate.serial}:{folded(number)[:40]}")
        if each not in used
    )


def _told_otherwise(
    line: ReportLine, body: LicensingBody, certificate: Certificate, number: str
) -> bool:
    """The body has accepted another number than a corrected certificate prints now."""
    return (
        line.status == Status.ACCEPTED
        and line.certificate_id != certificate.pk
        and line.license_folded != folded(number)
        and folded(number) not in printed_numbers(line.certificate, body.code)
    )


def _drop_unprinted(
    lines: Sequence[ReportLine], kept: set[int], certificate: Certificate, *, now: datetime
) -> None:
    """A license that a correction took off the certificate is not reported any more."""
    for line in lines:
        if line.status not in _OWED or line.pk in kept or line.certificate_id == certificate.pk:
            continue
        before = line.status
        line.status, line.reason = Status.NOT_NEEDED, NOT_PRINTED
        line.batch = line.exported_at = None
        line.save(update_fields=["status", "reason", "batch", "exported_at"])
        event_of(
            line, before=before, by=None, now=now, note=NOT_PRINTED, certificate=certificate.serial
        ).save()


def follow_newest(line: ReportLine, *, now: datetime) -> None:
    """The certificate that this line reports from may have been replaced while it was out.

    Call it when a line has come back or is to leave again, in that transaction.
    """
    if line.certificate.status == Certificate.Status.ISSUED:
        return
    newest = (
        Certificate.objects.select_related("user", "enrollment")
        .filter(enrollment=line.certificate.enrollment_id, status=Certificate.Status.ISSUED)
        .first()
    )
    if newest is not None:
        make_lines(newest, now=now)
        line.refresh_from_db()


def _root_of(certificate: Certificate) -> Certificate:
    if certificate.replaces_id is None:
        return certificate
    return Certificate.objects.get(enrollment=certificate.enrollment_id, replaces__isnull=True)


def _licenses(
    certificate: Certificate, owed: Sequence[tuple[LicensingBody, str]]
) -> dict[tuple[int, str], License]:
    """The holder's rows by (body id, number); one in use goes before one that was removed."""
    rows = License.objects.filter(
        user=certificate.user_id, body__in={body.pk for body, _ in owed}
    ).order_by("-removed_at", "-pk")
    found: dict[tuple[int, str], License] = {}
    for row in sorted(rows, key=lambda row: row.removed_at is not None):
        found.setdefault((row.body_id, row.number), row)
    return found


def _line_of(
    root: Certificate,
    certificate: Certificate,
    body: LicensingBody,
    license_: License | None,
    wanted: Wanted,
    *,
    number: str,
    key: str,
    course_id: int,
    has_standing: bool,
    now: datetime,
) -> ReportLine:
    ends_on = license_.expires_on if license_ is not None else None
    due = deadline_of(
        certificate.completed_on, deadline_days=wanted.deadline_days, license_ends_on=ends_on
    )
    return ReportLine(
        root=root,
        certificate=certificate,
        course_id=course_id,
        body=body,
        license=license_,
        license_key=key,
        license_number=number,
        license_folded=folded(number),
        state=body.code.partition("-")[2],
        completed_on=certificate.completed_on,
        channel=wanted.channel,
        needs_consent=wanted.needs_consent,
        due_on=due.due_on,
        deadline_days=wanted.deadline_days,
        license_ends_on=ends_on,
        is_renewing_soon=due.is_renewing_soon,
        status=Status.PENDING if has_standing else Status.NOT_NEEDED,
        reason="" if has_standing else NO_STANDING,
        created_at=now,
    )


def _report_from(
    line: ReportLine,
    certificate: Certificate,
    number: str,
    *,
    has_standing: bool,
    now: datetime,
) -> None:
    """A newer certificate took the place of the one this line was made for.

    The office may have written the number as the body knows it: that stays, unless the newer
    certificate prints another number than the earlier one.
    """
    before = line.status
    if before == Status.NOT_NEEDED and line.reason in (NO_STANDING, NOT_PRINTED) and has_standing:
        if line.certificate_id == certificate.pk:
            return
        line.status, line.reason = Status.PENDING, ""
    elif line.certificate_id == certificate.pk or before not in _OWED:
        return
    number_before = line.license_number
    if folded(number) not in printed_numbers(line.certificate, line.body.code):
        line.license_number, line.license_folded = number, folded(number)
    line.certificate = certificate
    line.save(update_fields=["certificate", "license_number", "license_folded", "status", "reason"])
    event_of(
        line,
        before=before,
        by=None,
        now=now,
        note="A newer certificate took the place of the earlier one.",
        certificate=certificate.serial,
        number_before=number_before,
        number=line.license_number,
    ).save()


def _ask_consent(lines: Sequence[ReportLine], certificate: Certificate, *, now: datetime) -> None:
    """Ask once for each license; without an answer the line waits and says so."""
    asking = [
        line
        for line in lines
        if line.needs_consent and line.license is not None and line.status == Status.PENDING
    ]
    if not asking:
        return
    consents = latest_consents(line.license_id for line in asking if line.license_id)
    for line in asking:
        if line.license is not None and line.license_id not in consents:
            ask_consent(line, certificate=certificate, cause=line.license.uid.hex, now=now)


def ask_consent(line: ReportLine, *, certificate: Certificate, cause: str, now: datetime) -> None:
    """The mail that asks the therapist; inside the caller's transaction."""
    if line.license is None or note_asked(line.license, by=None, now=now) is None:
        return
    mail.write_mail(
        "report_consent_asked",
        to_email=certificate.user.email,
        to_user_id=certificate.user_id,
        cause=f"report-consent:{cause}",
        now=now,
        certificate=certificate,
        line=line,
        body=line.body,
    )


def sweep_lines(now: datetime) -> int:
    """Make what is missing: certificates of before, a rule or a channel that came later."""
    chosen = dict(BodyChannel.objects.values_list("body_id", "channel"))
    said = {
        rule.body_id
        for rule in BodyRule.objects.filter(rule_json__contains='"report_channel"')
        if rule.rule.get("report_channel") in BY_RULE
    }
    wanting = {
        body_id for body_id, channel in chosen.items() if channel != ReportChannel.NOTHING
    } | {body_id for body_id in said if body_id not in chosen}
    others = sweep.next_slice("report-lines", Certificate.objects.all())
    return sum(
        make_missing(body, among=among, now=now)
        for body in LicensingBody.objects.filter(pk__in=wanting).order_by("pk")
        for among in (Q(issued_at__gte=now - _RECENT), others)
    )


def sweep_due(now: datetime) -> int:
    """A license whose end was noted or changed since: the lines that wait, or were sent back, get
    another day."""
    changed = (
        ReportLine.objects.filter(
            ~Q(license__expires_on=F("license_ends_on")) | Q(license_ends_on__isnull=True),
            status__in=_OWED,
            license__expires_on__isnull=False,
        )
        .order_by("pk")
        .values_list("pk", flat=True)[:_SWEEP_SIZE]
    )
    count = 0
    for pk in list(changed):
        with transaction.atomic():
            line = (
                ReportLine.objects.select_for_update(of=("self",)).filter(pk=pk, status__in=_OWED)
            ).first()
            if line is None or line.license is None:
                continue
            before = line.due_on
            line.license_ends_on = line.license.expires_on
            due = deadline_of(
                line.completed_on,
                deadline_days=line.deadline_days,
                license_ends_on=line.license_ends_on,
            )
            line.due_on, line.is_renewing_soon = due.due_on, due.is_renewing_soon
            line.save(update_fields=["license_ends_on", "due_on", "is_renewing_soon"])
            event_of(
                line,
                before=line.status,
                by=None,
                now=now,
                note="The end of the license was noted or changed.",
                due_before=before.isoformat() if before else "",
                due=line.due_on.isoformat() if line.due_on else "",
            ).save()
            count += 1
    return count


def make_missing(body: LicensingBody, *, now: datetime, among: Q | None = None) -> int:
    """Lines of one body for certificates (all, or these) that have none there, newest first."""
    lines = ReportLine.objects.filter(body=body, root__enrollment=OuterRef("enrollment"))
    missing = Certificate.objects.filter(
        among or Q(),
        ~Exists(lines),
        licenses_json__contains=f'["{body.code}",',
        status=Certificate.Status.ISSUED,
        origin=Certificate.Origin.ISSUED_HERE,
    )
    # In the order of the index of times: newest id first, a database would read the whole table.
    found = missing.select_related("enrollment", "user").order_by("-issued_at", "-pk")[:_SWEEP_SIZE]
    return sum(len(make_lines(certificate, now=now)) for certificate in list(found))
