"""What stops a line from leaving: looked at before every export, never remembered.

A line without problems is clean, and only clean lines leave. Each problem is a sentence and a
link to where it is mended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.urls import reverse

from ce_platform.core.templatetags.wording import long_date
from ce_platform.licensing.domain.printing import was_approved_for
from ce_platform.licensing.models import LicensingBody, ReportConsent, Submission
from ce_platform.licensing.numbers import fits
from certificates.models import (
    Certificate,
    CertificateBody,
    ReportChannel,
    ReportCourseNumber,
    ReportLine,
)
from certificates.reports.channels import CHANNELS, ReportRow
from certificates.reports.consents import consents_of
from certificates.reports.wants import Wanted, Wants
from courses.parts import Item

Status = ReportLine.Status
# A line that is out there, or on its way: the same completion must not follow it.
_OUT: Final = (Status.EXPORTED, Status.ACCEPTED)
LABELS: Final = {
    "channel-off": "Reports switched off",
    "certificate-not-valid": "Certificate revoked or replaced",
    "approval-missing": "Course not approved on the day",
    "duplicate": "Reported already",
    "number-missing": "License number missing",
    "number-format": "License number looks wrong",
    "provider-number-missing": "Our number in the channel missing",
    "provider-number-not-valid": "Our number not valid on the day",
    "profession-missing": "Profession code missing",
    "course-number-missing": "Course number missing",
    "consent-missing": "Consent not answered",
    "consent-refused": "Consent not given",
}

# The same in a word or two, for a list.
SHORT: Final = {
    "channel-off": "channel",
    "certificate-not-valid": "certificate",
    "approval-missing": "approval",
    "duplicate": "another line",
    "number-missing": "license number",
    "number-format": "license number",
    "provider-number-missing": "our number",
    "provider-number-not-valid": "our number",
    "profession-missing": "profession code",
    "course-number-missing": "course number",
    "consent-missing": "consent",
    "consent-refused": "consent",
}


@dataclass(frozen=True)
class Checked:
    """A line, what stops it, and the row that leaves when nothing does."""

    line: ReportLine
    problems: list[Item]
    row: ReportRow

    @property
    def is_clean(self) -> bool:
        return not self.problems


def check(lines: Sequence[ReportLine]) -> list[Checked]:
    """Look at these lines as they are now; at most seven queries for any number.

    `certificate` and `body__report_channel` should be selected with them.
    """
    if not lines:
        return []
    facts = _Facts(lines)
    return [facts.checked(line) for line in lines]


class _Facts:
    def __init__(self, lines: Sequence[ReportLine]) -> None:
        bodies: dict[int, LicensingBody] = {line.body_id: line.body for line in lines}
        courses = {line.course_id for line in lines}
        self.wants = Wants(bodies.values())
        self.numbers = {
            (row.body_id, row.course_id, row.edition): row
            for row in ReportCourseNumber.objects.filter(body__in=bodies, course__in=courses)
        }
        self.printed = {
            (row.certificate_id, row.body_code): row
            for row in CertificateBody.objects.filter(
                certificate__in={_told_by(line) for line in lines},
                body_code__in={body.code for body in bodies.values()},
            )
        }
        self._among: dict[str, Any] = {"body__in": bodies, "course__in": courses}
        self._submissions: dict[tuple[int, int, int], Submission] | None = None
        self.consents = consents_of(lines)
        self.same: dict[tuple[int, str, int, date], list[ReportLine]] = {}
        for row in ReportLine.objects.filter(
            body__in=bodies, license_folded__in={line.license_folded for line in lines}
        ).order_by("pk"):
            # Asked of the database, it could take the index of what is owed to a body and read
            # nearly all lines.
            if row.status not in (Status.PENDING, *_OUT):
                continue
            self.same.setdefault(_identity(row), []).append(row)

    def submission_of(self, key: tuple[int, int, int]) -> Submission | None:
        """As it stands now; asked of the database only when what was printed does not do."""
        if self._submissions is None:
            self._submissions = {
                (row.body_id, row.course_id, row.edition): row
                for row in Submission.objects.filter(**self._among)
            }
        return self._submissions.get(key)

    def checked(self, line: ReportLine) -> Checked:
        certificate = line.certificate
        wanted = self.wants.on(line.body_id, line.completed_on)
        edition = edition_of(certificate)
        key = (line.body_id, line.course_id, edition)
        printed = self.printed.get((_told_by(line), line.body.code))
        submission = None if is_yes(printed) else self.submission_of(key)
        own = self.numbers.get(key)
        channel = CHANNELS[line.channel]
        number = channel.course_number(own.number, is_own=own.is_own) if own else ""
        if not number and printed is not None:
            number = channel.course_number(printed.number, is_own=False)
        if not number:
            submission = submission or self.submission_of(key)
            number = channel.course_number(submission.number, is_own=False) if submission else ""
        row = ReportRow(
            body_code=line.body.code,
            state=line.state,
            holder_name=certificate.holder_name,
            license_number=line.license_number,
            provider_number=channel.provider_number(wanted.provider_number),
            profession_code=wanted.profession_code,
            course_title=certificate.course_title,
            course_number=number,
            is_own_number=bool(own and own.is_own and own.number == number),
            publishing_number=own.publishing_number if own else "",
            credit_hours=_hours(certificate, printed),
            delivery=certificate.delivery,
            completed_on=line.completed_on.isoformat(),
            serial=certificate.serial,
        )
        problems = [
            *self._of_certificate(line, printed, submission),
            *self._of_license(line, wanted),
            *_of_channel(line, wanted, row),
            *self._of_consent(line),
        ]
        return Checked(line=line, problems=problems, row=row)

    def _of_certificate(
        self, line: ReportLine, printed: CertificateBody | None, submission: Submission | None
    ) -> list[Item]:
        found = []
        certificate = line.certificate
        if certificate.status != Certificate.Status.ISSUED:
            found.append(
                Item(
                    "certificate-not-valid",
                    f"The certificate is {certificate.status}.",
                    reverse("certificates:office-certificate-detail", args=[certificate.serial]),
                )
            )
        if not was_approved(line.completed_on, printed, submission):
            found.append(
                Item(
                    "approval-missing",
                    f"{line.body.place} has not approved the course for "
                    f"{long_date(line.completed_on)}.",
                    reverse("licensing:office-submission-detail", args=[submission.uid])
                    if submission is not None
                    else reverse("licensing:office-submission-list"),
                )
            )
        for other in self.same.get(_identity(line), []):
            if other.pk != line.pk and (
                other.status in _OUT or (other.status == Status.PENDING and other.pk < line.pk)
            ):
                found.append(
                    Item(
                        "duplicate",
                        "The same license, course and day stand on another line.",
                        other.get_absolute_url(),
                    )
                )
                break
        return found

    def _of_license(self, line: ReportLine, wanted: Wanted) -> list[Item]:
        found = ("", "")
        if not line.license_folded:
            found = ("number-missing", "The license number is missing.")
        elif not fits(line.license_number, wanted.license_format):
            found = (
                "number-format",
                f"{line.license_number} does not look like {wanted.license_format}.",
            )
        code, sentence = found
        return [Item(code, sentence, f"{line.get_absolute_url()}#correct")] if code else []

    def _of_consent(self, line: ReportLine) -> list[Item]:
        if not line.needs_consent:
            return []
        consent = self.consents.get(line.pk)
        state = consent.state if consent is not None else ""
        if state == ReportConsent.State.GIVEN:
            return []
        here = f"{line.get_absolute_url()}#consent"
        if state == ReportConsent.State.REFUSED:
            return [Item("consent-refused", "The therapist does not agree to a report.", here)]
        return [Item("consent-missing", "The therapist has not agreed to a report yet.", here)]


def _of_channel(line: ReportLine, wanted: Wanted, row: ReportRow) -> list[Item]:
    """What the channel must know beside the license."""
    found = list(_missing_of_channel(line, wanted, row))
    if not found:  # Most lines of hundreds: no address is made for them.
        return []
    settings = reverse("certificates:office-report-body", args=[line.body.code])
    return [Item(code, sentence, f"{settings}{place}") for code, sentence, place in found]


def _missing_of_channel(
    line: ReportLine, wanted: Wanted, row: ReportRow
) -> Iterator[tuple[str, str, str]]:
    """Code, sentence, and the place on the page of the body's settings. A roster is read by
    people: there a course number is asked only where the body gave one."""
    place = line.body.place
    if not wanted.is_reported:
        yield "channel-off", f"Nothing is reported to {place} now.", ""
        return
    if line.channel != ReportChannel.CE_BROKER:
        return
    if not row.provider_number:
        yield (
            "provider-number-missing",
            f"Our CE Broker provider number for {place} is missing or no number.",
            "#id_provider_number",
        )
    elif not _holds(wanted, line.completed_on):
        yield (
            "provider-number-not-valid",
            f"Our provider number was not valid on {long_date(line.completed_on)}.",
            "#id_provider_valid_from",
        )
    if not row.profession_code:
        yield (
            "profession-missing",
            f"CE Broker's code of the profession in {place} is not typed in yet.",
            "#id_profession_code",
        )
    if not row.course_number:
        yield (
            "course-number-missing",
            f"“{line.certificate.course_title}” has no CE Broker number for {place}.",
            "#numbers",
        )


def _holds(wanted: Wanted, day: date) -> bool:
    first, last = wanted.provider_valid_from, wanted.provider_valid_to
    return (first is None or first <= day) and (last is None or day <= last)


def _told_by(line: ReportLine) -> int:
    """The certificate that prints the approvals of the day of completion: the first one, where
    it was issued again with those of a later day."""
    certificate = line.certificate
    is_of_that_day = certificate.as_of == certificate.completed_on
    return certificate.pk if is_of_that_day else line.root_id


def is_yes(printed: CertificateBody | None) -> bool:
    return printed is not None and printed.block == CertificateBody.Block.APPROVED


def was_approved(
    completed_on: date, printed: CertificateBody | None, submission: Submission | None
) -> bool:
    """As printed of the day of completion; or decided since, with force on that day."""
    return is_yes(printed) or (
        submission is not None and was_approved_for(submission, completed_on)
    )


def _hours(certificate: Certificate, printed: CertificateBody | None) -> str:
    hours = printed.credit_hours if printed is not None and printed.credit_hours else None
    return f"{(hours or certificate.credit_hours).normalize():f}"


def edition_of(certificate: Certificate) -> int:
    """Certificates print edition and revision, "2.1"; approvals belong to the edition."""
    return int(certificate.course_edition.partition(".")[0] or 0)


def _identity(line: ReportLine) -> tuple[int, str, int, date]:
    return (line.body_id, line.license_folded, line.course_id, line.completed_on)
