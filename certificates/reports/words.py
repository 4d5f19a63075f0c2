"""What a therapist reads of reports: one sentence for each course and license.

Three answers, in the words of every page: it was reported, it will be, or nobody reports it and
the therapist declares it and keeps the proof. Where the body has not approved the course, none of
them is promised: nobody should declare hours there because a page of ours said so.
"""

import calendar
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q

from ce_platform.accounts.models import User
from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.domain.consents import latest_consents
from ce_platform.licensing.domain.standing import PENDING
from ce_platform.licensing.license_notes import CourseNote, LicenseNote
from ce_platform.licensing.models import License, LicensingBody, ReportConsent, Submission
from certificates.models import Certificate, CertificateBody, ReportChannel, ReportLine
from certificates.reports.consents import consents_of
from certificates.reports.preflight import edition_of, was_approved
from certificates.reports.wants import Wanted, Wants
from courses.models import Enrollment

Status = ReportLine.Status
MOST_COURSES: int = 3
"""Beside a license; the list of certificates has all."""


@dataclass(frozen=True)
class Said:
    """What becomes of one certificate at the body of one license."""

    place: str
    license_number: str
    license_id: int | None
    sentence: str
    tone: str


def said_of(certificates: Sequence[Certificate], *, today: date) -> dict[int, list[Said]]:
    """By certificate id, a sentence for each license it prints; at most seven queries for all."""
    held = {row.pk: json.loads(row.licenses_json) for row in certificates}
    codes = {code for lines in held.values() for code, _, _ in lines}
    if not codes:
        return {}
    bodies = {
        body.code: body
        for body in LicensingBody.objects.select_related("report_channel").filter(code__in=codes)
    }
    wants = Wants(bodies.values())
    lines: dict[int, list[ReportLine]] = {}
    for line in ReportLine.objects.filter(
        root__enrollment__in={row.enrollment_id for row in certificates}
    ).select_related("certificate"):
        lines.setdefault(line.certificate.enrollment_id or 0, []).append(line)
    consents = consents_of(line for each in lines.values() for line in each)
    standings = _Standings(certificates, bodies)
    found: dict[int, list[Said]] = {}
    for row in certificates:
        for code, place, number in held[row.pk]:
            body = bodies.get(code)
            if body is None:
                continue
            known = _line_of(lines.get(row.enrollment_id or 0, []), body, row, number)
            said = _said(
                row,
                known,
                body,
                wants.on(body.pk, row.completed_on),
                consents.get(known.pk) if known is not None else None,
                standing=standings.of(row, body),
                place=place,
                number=number,
                today=today,
            )
            if said is not None:
                found.setdefault(row.pk, []).append(said)
    return found


class _Standing(StrEnum):
    YES = "yes"
    OPEN = "open"
    NO = "no"
    """Refused, withdrawn, or approved for other days only."""
    NOT_RECORDED = "not-recorded"


class _Standings:
    """How the courses of these certificates stand with these bodies; three queries at most."""

    def __init__(
        self, certificates: Sequence[Certificate], bodies: Mapping[str, LicensingBody]
    ) -> None:
        # Issued again with the approvals of a later day: of the day itself the first one tells.
        later = {row.enrollment_id for row in certificates if row.as_of != row.completed_on}
        first = Q(certificate__enrollment__in=later, certificate__replaces__isnull=True)
        found = CertificateBody.objects.filter(
            (Q(certificate__in=certificates) | first) if later else Q(certificate__in=certificates),
            body_code__in=bodies,
        )
        if later:
            found = found.select_related("certificate")
        self._printed = {(row.certificate_id, row.body_code): row for row in found}
        self._first = (
            {
                row.certificate.enrollment_id or 0: row.certificate_id
                for row in found
                if row.certificate.replaces_id is None
            }
            if later
            else {}
        )
        asking = [row for row in certificates if not self._is_settled(row, bodies)]
        self._courses: dict[int, int] = {}
        self._submissions: dict[tuple[int, int, int], Submission] = {}
        if asking:
            self._courses = dict(
                Enrollment.objects.filter(pk__in={row.enrollment_id for row in asking}).values_list(
                    "pk", "course_id"
                )
            )
            self._submissions = {
                (row.body_id, row.course_id, row.edition): row
                for row in Submission.objects.filter(
                    course__in=set(self._courses.values()),
                    body__in={body.pk for body in bodies.values()},
                ).exclude(status=Submission.Status.DRAFT)
            }

    def of(self, certificate: Certificate, body: LicensingBody) -> _Standing:
        printed = self._printed_at(certificate, body.code)
        course_id = self._courses.get(certificate.enrollment_id or 0, 0)
        submission = self._submissions.get((body.pk, course_id, edition_of(certificate)))
        if was_approved(certificate.completed_on, printed, submission):
            return _Standing.YES
        if submission is None:
            return _Standing.NOT_RECORDED if printed is None else _Standing.OPEN
        return _Standing.OPEN if submission.status in PENDING else _Standing.NO

    def _printed_at(self, certificate: Certificate, code: str) -> CertificateBody | None:
        is_of_that_day = certificate.as_of == certificate.completed_on
        told_by = (
            certificate.pk if is_of_that_day else self._first.get(certificate.enrollment_id or 0)
        )
        return self._printed.get((told_by or 0, code))

    def _is_settled(self, certificate: Certificate, bodies: Mapping[str, LicensingBody]) -> bool:
        codes = {code for code, _, _ in json.loads(certificate.licenses_json)} & set(bodies)
        return all(
            was_approved(certificate.completed_on, self._printed_at(certificate, code), None)
            for code in codes
        )


def _line_of(
    lines: Iterable[ReportLine], body: LicensingBody, certificate: Certificate, number: str
) -> ReportLine | None:
    """The line of this license: by the number it prints, else the one made from it."""
    own = [line for line in lines if line.body_id == body.pk]
    for line in own:
        if line.license_number == number:
            return line
    return own[0] if len(own) == 1 else None


def _said(
    certificate: Certificate,
    line: ReportLine | None,
    body: LicensingBody,
    wanted: Wanted,
    consent: ReportConsent | None,
    *,
    standing: _Standing,
    place: str,
    number: str,
    today: date,
) -> Said | None:
    is_valid = certificate.status == Certificate.Status.ISSUED
    has_left = line is not None and line.status in (Status.EXPORTED, Status.ACCEPTED)
    if not is_valid and not has_left:
        return None
    without = "" if has_left else _without_approval(standing, place, wanted)
    if without:
        sentence, tone = without, "warn"
    elif line is not None and certificate.status == Certificate.Status.REVOKED:
        sentence, tone = (
            f"Was reported to {place} on {long_date(line.exported_at)}, before this certificate "
            "was revoked. It counts no more.",
            "warn",
        )
    elif line is None and wanted.is_reported:
        # Made by the sweep within the hour.
        sentence, tone = f"Will be reported to {place}.", "wait"
    elif (
        line is None
        or line.status == Status.NOT_NEEDED
        or (line.status == Status.PENDING and not wanted.is_reported)
    ):
        sentence, tone = _by_yourself(certificate, place, wanted), ""
    else:
        sentence, tone = _of_line(certificate, line, place, wanted, consent, today=today)
    return Said(
        place=place,
        license_number=number,
        license_id=line.license_id if line is not None else None,
        sentence=sentence,
        tone=tone,
    )


def _of_line(
    certificate: Certificate,
    line: ReportLine,
    place: str,
    wanted: Wanted,
    consent: ReportConsent | None,
    *,
    today: date,
) -> tuple[str, str]:
    through = " through CE Broker" if line.channel == ReportChannel.CE_BROKER else ""
    if line.status in (Status.EXPORTED, Status.ACCEPTED):
        left = f"Reported to {place}{through} on {long_date(line.exported_at)}"
        if line.status == Status.ACCEPTED:
            return f"{left}, and accepted there.", "good"
        return f"{left}.", "good"
    if line.status == Status.REJECTED:
        return f"{place} sent the report back. Our office is mending it.", "warn"
    if line.needs_consent and (consent is None or consent.state != ReportConsent.State.GIVEN):
        if consent is not None and consent.state == ReportConsent.State.REFUSED:
            return f"You did not agree to a report. {_by_yourself(certificate, place, wanted)}", ""
        return (
            f"{place} is told only if you agree: say yes or no beside your license there"
            f"{f', by {long_date(line.due_on)}' if line.due_on and line.due_on >= today else ''}.",
            "warn",
        )
    if line.due_on is None:
        return f"Will be reported to {place}{through}. No deadline is known.", "wait"
    if line.due_on < today:
        return (
            f"Was to be reported to {place}{through} by {long_date(line.due_on)}. Our office "
            "is at it.",
            "warn",
        )
    return f"Will be reported to {place}{through} by {long_date(line.due_on)}.", "wait"


def _without_approval(standing: _Standing, place: str, wanted: Wanted) -> str:
    """Empty where nothing speaks against the hours."""
    match standing:
        case _Standing.OPEN:
            told = " Our office reports it once it is approved." if wanted.is_reported else ""
            return (
                f"{place} has not decided on this course yet: do not declare it there before, "
                f"and keep the proof.{told}"
            )
        case _Standing.NO:
            return (
                f"{place} has not approved this course for the day you completed it: nobody "
                "reports it, and you should not declare it there."
            )
        case _Standing.NOT_RECORDED if not wanted.takes_any_course:
            return (
                f"No approval of {place} is recorded for this course, so nobody reports it. Ask "
                "the board before you declare it there, and keep the proof."
            )
    return ""


def _by_yourself(certificate: Certificate, place: str, wanted: Wanted) -> str:
    start = f"Nobody reports this to {place}: you declare it, and keep the proof"
    if wanted.keep_years is None:
        return f"{start}. For how long is not known; ask the board."
    return f"{start} until {long_date(_years_later(certificate.completed_on, wanted.keep_years))}."


def _years_later(day: date, years: int) -> date:
    """February 29 becomes the last of February."""
    year = day.year + years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def notes_of_licenses(
    user: User, licenses: Sequence[License], now: datetime
) -> dict[int, LicenseNote]:
    """What stands beside each license of one person: the newest courses, and the consent."""
    # Of a completion only the newest certificate: the earlier ones tell of the same reports.
    certificates = list(
        Certificate.objects.filter(user=user, replaced_by__isnull=True).order_by(
            "-issued_at", "-pk"
        )[:100]
    )
    said = said_of(certificates, today=user.local_date(now))
    wants = Wants({row.body_id: row.body for row in licenses}.values())
    consents = latest_consents(row.pk for row in licenses)
    found = {}
    for row in licenses:
        consent = consents.get(row.pk)
        courses = [
            CourseNote(
                course_title=certificate.course_title,
                url=certificate.get_absolute_url(),
                sentence=each.sentence,
                tone=each.tone,
            )
            for certificate in certificates
            for each in said.get(certificate.pk, [])
            if each.license_id == row.pk
            # Removed and typed in again: the same license.
            or (each.license_number == row.number and each.place == row.body.place)
        ]
        wanted = wants.on(row.body_id, user.local_date(now))
        found[row.pk] = LicenseNote(
            courses=courses[:MOST_COURSES],
            asks_consent=wanted.is_reported and wanted.needs_consent,
            consent=consent.state if consent is not None else "",
        )
    return found
