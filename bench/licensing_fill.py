"""A site as large as one gets: therapists, licenses, certificates, report lines, submissions.

Rows as they stand after years of work, written in bulk; nothing is rendered or mailed. Certificates
come in the order of their days, as they would.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import Group

from ce_platform.accounts.models import User
from ce_platform.core import codes
from ce_platform.core.models import StoredFile
from ce_platform.core.text import fold
from ce_platform.licensing.models import License, LicensingBody, Submission, SubmissionEvent
from ce_platform.licensing.planner.reminders import STEPS
from certificates.models import (
    BodyChannel,
    Certificate,
    CertificateBody,
    CertificateDesign,
    CertificateDocument,
    ReportBatch,
    ReportChannel,
    ReportCourseNumber,
    ReportLine,
)
from certificates.reports.wants import Wants
from courses.models import Course, CourseVersion, CreditHours, Enrollment

COURSES = 200
CERTIFICATES_EACH = 3
YEARS = 3
REPORTED = ("US-FL", "US-GA", "US-NC", "US-TN")
"""Bodies that the office reports to. Every second license is there."""
BATCH = 1_000
LINES_IN_A_BATCH = 2_000
MOST_PENDING = 5_000
TITLES = ("Facial lymphatic drainage", "Gua sha for the neck", "Ethics", "Cupping", "Anatomy")
Status = Submission.Status
# Of a hundred submissions.
STATES = (
    [Status.APPROVED] * 50
    + [Status.SUBMITTED] * 12
    + [Status.MORE_INFO] * 3
    + [Status.ACCEPTS_LIST] * 12
    + [Status.NO_PREAPPROVAL] * 8
    + [Status.DENIED] * 3
    + [Status.DRAFT] * 5
    + [Status.EXPIRED] * 5
    + [Status.WITHDRAWN] * 2
)


@dataclass
class Site:
    now: datetime
    therapists: int
    bodies: Sequence[LicensingBody]
    versions: Sequence[CourseVersion]
    design: CertificateDesign
    file: StoredFile
    certificate_count: int = 0

    @property
    def today(self) -> date:
        return self.now.date()


def prepare(now: datetime, *, therapists: int) -> Site:
    """Courses and their submissions, and what the office set: everything but the people."""
    bodies = list(LicensingBody.objects.order_by("pk"))
    design, _ = CertificateDesign.objects.get_or_create(
        number=99, defaults={"name": "bench", "template": "", "sha256": "", "created_at": now}
    )
    file = StoredFile.objects.first()
    assert file is not None
    site = Site(now, therapists, bodies, _courses(now), design, file)
    _submissions(site)
    _channels(site)
    return site


def registrar() -> User:
    person = User.objects.create_user("bench-registrar@example.com", "fifty-fifty-50")
    person.groups.add(Group.objects.get(name="registrar"))
    return person


def _courses(now: datetime) -> list[CourseVersion]:
    owner = User.objects.get(email="instructor@example.com")
    courses = Course.objects.bulk_create(
        Course(slug=f"bench-{number}", created_at=now, owner=owner, completion_count=1)
        for number in range(COURSES)
    )
    versions = CourseVersion.objects.bulk_create(
        CourseVersion(
            course=course,
            title=f"{TITLES[number % len(TITLES)]} {number}",
            summary="What the course is about, in a sentence or two.",
            credit_hours=Decimal(1 + number % 6),
            lesson_count=12,
            search_text=fold(f"{TITLES[number % len(TITLES)]} {number}"),
            created_at=now,
        )
        for number, course in enumerate(courses)
    )
    CreditHours.objects.bulk_create(
        CreditHours(
            version=version,
            position=1,
            category="Massage theory and technique",
            credit_hours=version.credit_hours,
        )
        for version in versions
    )
    ids = [version.pk for version in versions]
    CourseVersion.objects.filter(pk__in=ids).update(
        status="published", published_at=now, canonical_sha256="0" * 64
    )
    for course, version in zip(courses, versions, strict=True):
        course.on_sale_version = version
    Course.objects.bulk_update(courses, ["on_sale_version"])
    return versions


def _submissions(site: Site) -> None:
    """Every edition at every body."""
    approver = next(body for body in site.bodies if body.kind == LicensingBody.Kind.APPROVER)
    numbers = count()
    made = Submission.objects.bulk_create(
        (
            _submission(site, version, body, approver, next(numbers))
            for version in site.versions
            for body in site.bodies
        ),
        batch_size=BATCH,
    )
    SubmissionEvent.objects.bulk_create(
        (
            SubmissionEvent(
                submission=row,
                at=site.now,
                by_label="bench-registrar@example.com",
                to_status=row.status,
                note="A few words about it.",
                direction="" if step else "to-body",
            )
            for row in made
            for step in range(2)
        ),
        batch_size=BATCH,
    )


def _submission(
    site: Site, version: CourseVersion, body: LicensingBody, approver: LicensingBody, number: int
) -> Submission:
    status = STATES[number * 37 % len(STATES)]
    # Where a report is owed and where the approver decides, the course was approved.
    if body.code in REPORTED or body == approver:
        status = Status.APPROVED
    sent = site.today - timedelta(days=60 + number % 900)
    is_over = status == Status.EXPIRED
    is_dated = status in (Status.APPROVED, Status.EXPIRED)
    ends = site.today + timedelta(days=-3 if is_over else 1 + number * 7 % 1400)
    return Submission(
        course_id=version.course_id,
        edition=1,
        body=body,
        status=status,
        through=approver if status == Status.ACCEPTS_LIST else None,
        submitted_on=None if status == Status.DRAFT else sent,
        decided_on=sent + timedelta(days=30) if is_dated or status == Status.DENIED else None,
        answer_due_on=site.today + timedelta(days=number % 40)
        if status in (Status.MORE_INFO, Status.DENIED)
        else None,
        number=f"20-{100000 + number}" if is_dated else "",
        hours_granted=version.credit_hours if is_dated else None,
        valid_from=sent if is_dated else None,
        valid_to=ends if is_dated else None,
        created_at=site.now,
    )


def _channels(site: Site) -> None:
    for body in site.bodies:
        if body.code not in REPORTED:
            continue
        BodyChannel.objects.update_or_create(
            body=body,
            defaults={
                "channel": ReportChannel.CE_BROKER
                if body.code in REPORTED[:2]
                else ReportChannel.ROSTER,
                "provider_number": "50-12345",
                "profession_code": "MT",
                "needs_consent": False,
            },
        )
        ReportCourseNumber.objects.bulk_create(
            ReportCourseNumber(
                body=body, course_id=version.course_id, edition=1, number=str(200000 + version.pk)
            )
            for version in site.versions
        )


# ---------------------------------------------------------------- people


def people(site: Site) -> None:
    """All therapists: licenses, certificates, what is owed; every tenth is in a course now."""
    reported = [body for body in site.bodies if body.code in REPORTED]
    others = [
        body
        for body in site.bodies
        if body.kind == LicensingBody.Kind.STATE_BOARD and body not in reported
    ]
    wants = Wants(site.bodies)
    owed = {body.pk for body in site.bodies if wants.on(body.pk, site.today).is_reported}
    for first in range(0, site.therapists, BATCH):
        batch = User.objects.bulk_create(
            User(
                email=f"bench-{number}@example.com",
                password="!",
                name_on_certificates=f"Therapist {number}",
            )
            for number in range(first, min(first + BATCH, site.therapists))
        )
        held = {
            person.pk: [
                _license(site, person, places[(person.pk + each) % len(places)], each)
                for each, places in enumerate((reported, others, others)[: 1 + person.pk % 3])
            ]
            if person.pk % 2
            else [_license(site, person, others[person.pk % len(others)], 0)]
            for person in batch
        }
        License.objects.bulk_create([row for rows in held.values() for row in rows])
        certificates(site, batch, held, owed=owed, each=CERTIFICATES_EACH)
        Enrollment.objects.bulk_create(
            Enrollment(
                user=person,
                course_id=site.versions[person.pk % COURSES].course_id,
                version=site.versions[person.pk % COURSES],
                started_at=site.now - timedelta(days=20),
                last_activity_at=site.now - timedelta(days=person.pk % 20),
                finished_lesson_count=4,
            )
            for person in batch
            if person.pk % 10 == 0
        )


def _license(site: Site, person: User, body: LicensingBody, number: int) -> License:
    """With the reminders that were written by now."""
    ends = site.today + timedelta(days=person.pk * 7 % 900)
    left = (ends - site.today).days
    written = min((step for step in STEPS if step >= left), default=None)
    return License(
        user=person,
        body=body,
        number=f"MA {person.pk}{number}",
        expires_on=ends,
        reminded_of=ends if written else None,
        reminded_days=written,
        created_at=site.now,
    )


def certificates(
    site: Site,
    batch: Sequence[User],
    held: dict[int, list[License]],
    *,
    owed: set[int],
    each: int,
    besides: Sequence[LicensingBody] = (),
) -> None:
    """`each` certificates of every person, with what they print, their file and what is owed.

    `besides`: bodies that are printed after those of the person's licenses.
    """
    total = len(batch) * each if len(batch) == 1 else site.therapists * CERTIFICATES_EACH
    begun = site.now - timedelta(days=365 * YEARS)
    first = 0 if len(batch) == 1 else site.certificate_count
    rows = []
    for person in batch:
        for number in range(each):
            version = site.versions[(person.pk * 3 + number) % COURSES]
            at = begun + timedelta(days=365 * YEARS) * ((first + len(rows)) / total)
            rows.append((person, version, at))
    site.certificate_count += len(rows)
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            user=person,
            course_id=version.course_id,
            version=version,
            status="completed",
            started_at=at,
            last_activity_at=at,
            completed_at=at,
            completed_on=at.date(),
            completed_zone="America/New_York",
        )
        for person, version, at in rows
    )
    made = Certificate.objects.bulk_create(
        Certificate(
            enrollment=enrollment,
            user=person,
            design=site.design,
            issued_at=at,
            heading="Certificate of Achievement",
            holder_name=person.name_on_certificates,
            course_title=version.title,
            course_edition="1.0",
            credit_hours=version.credit_hours,
            credits_json=json.dumps([["Massage theory and technique", str(version.credit_hours)]]),
            delivery="Home study",
            licenses_json=json.dumps(
                [[row.body.code, row.body.name, row.number] for row in held[person.pk]],
                separators=(",", ":"),
            ),
            completed_on=at.date(),
            completed_at=at,
            completed_zone="America/New_York",
            as_of=at.date(),
            serial=codes.new_code(),
            sha256=uuid.uuid4().hex * 2,
        )
        for enrollment, (person, version, at) in zip(enrollments, rows, strict=True)
    )
    CertificateBody.objects.bulk_create(
        (
            _printed(one, position, body)
            for one in made
            for position, body in enumerate(
                [*(row.body for row in held[one.user_id]), *besides], start=1
            )
        ),
        batch_size=BATCH,
    )
    CertificateDocument.objects.bulk_create(
        CertificateDocument(
            certificate=one,
            file=site.file,
            sha256=site.file.sha256,
            renderer="bench",
            page_count=1,
            rendered_at=one.issued_at,
        )
        for one in made
    )
    _lines(site, made, held, owed)


def _printed(certificate: Certificate, position: int, body: LicensingBody) -> CertificateBody:
    return CertificateBody(
        certificate=certificate,
        position=position,
        block="approved",
        body_code=body.code,
        body_name=body.name,
        jurisdiction=body.jurisdiction,
        status="approved",
        status_word="Approved",
        number="20-123456",
        credit_hours=certificate.credit_hours,
        sentence="Approved for as many hours as the course has.",
    )


def _lines(
    site: Site, made: Sequence[Certificate], held: dict[int, list[License]], owed: set[int]
) -> None:
    """Nearly all were sent and accepted; those of the last days wait."""
    total = site.therapists * CERTIFICATES_EACH
    waiting = min(MOST_PENDING, total // 20)
    first_waiting = total - 2 * waiting  # Every second person has a license at such a body.
    begun = site.certificate_count - len(made)
    lines = []
    for number, one in enumerate(made, start=begun):
        for row in held[one.user_id]:
            if row.body_id not in owed:
                continue
            is_waiting = number >= first_waiting
            due = one.completed_on + timedelta(days=30) if number % 5 else None
            lines.append(
                ReportLine(
                    root=one,
                    certificate=one,
                    course_id=one.enrollment.course_id,
                    body=row.body,
                    license=row,
                    license_key=row.uid.hex,
                    license_number=row.number,
                    license_folded=row.number.replace(" ", ""),
                    state=row.body.code.partition("-")[2],
                    completed_on=one.completed_on,
                    channel=ReportChannel.CE_BROKER
                    if row.body.code in REPORTED[:2]
                    else ReportChannel.ROSTER,
                    due_on=due,
                    deadline_days=30 if due else None,
                    license_ends_on=row.expires_on,
                    status="pending" if is_waiting else "accepted" if number % 9 else "exported",
                    created_at=one.issued_at,
                )
            )
    sent = [line for line in lines if line.status != "pending"]
    for first in range(0, len(sent), LINES_IN_A_BATCH):
        part = sent[first : first + LINES_IN_A_BATCH]
        batch = ReportBatch.objects.create(
            channel=part[0].channel,
            made_at=site.now,
            made_by_id=1,
            line_count=len(part),
            file_name="bench.xlsx",
            file=site.file,
        )
        for line in part:
            line.batch, line.exported_at = batch, site.now
    ReportLine.objects.bulk_create(lines, batch_size=BATCH)


def measured_therapist(site: Site) -> User:
    """Three licenses, thirty certificates, each printed with forty bodies."""
    person = User.objects.create_user("bench-therapist@example.com", "fifty-fifty-50")
    places = [body for body in site.bodies if body.code in ("US-FL", "US-NY", "US-TX")]
    licenses = License.objects.bulk_create(
        License(
            user=person,
            body=body,
            number=f"MA {number}",
            expires_on=site.today + timedelta(days=200 + 30 * number),
            created_at=site.now,
        )
        for number, body in enumerate(places)
    )
    wants = Wants(places)
    owed = {body.pk for body in places if wants.on(body.pk, site.today).is_reported}
    certificates(
        site,
        [person],
        {person.pk: list(licenses)},
        owed=owed,
        each=30,
        besides=[body for body in site.bodies if body not in places][:37],
    )
    return person
