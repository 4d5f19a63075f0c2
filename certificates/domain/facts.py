"""Gathers from the rows what `build_record` needs. The number of queries is constant."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from ce_platform.accounts.models import User, zone_named
from ce_platform.core.models import Provider
from ce_platform.licensing.domain.licenses import active_licenses
from ce_platform.licensing.domain.standing import printed_bodies
from ce_platform.licensing.models import License, LicensingBody
from ce_platform.licensing.queries import active_signatories, place_of, provider_numbers_on
from certificates.domain.designs import current_design, current_look, number_to_be
from certificates.domain.record import (
    CertificateRecord,
    Completion,
    CourseFacts,
    ProviderFacts,
    build_record,
)
from certificates.look import Look
from certificates.models import Attestation, CertificateDesign
from courses.domain.completion import completion_moment
from courses.models import CourseVersion, Enrollment, LiveSession
from quizzes.models import Quiz

LicenseLine = tuple[str, str, str]
"""(body code, body as printed, number)"""


def license_lines(licenses: Sequence[License]) -> list[LicenseLine]:
    return [(row.body.code, place_of(row.body), row.number) for row in licenses]


def completion_of(enrollment: Enrollment, *, now: datetime) -> Completion:
    """As stored, or as it would be if the last step were taken now."""
    if enrollment.completed_at is not None and enrollment.completed_on is not None:
        return Completion(
            at=enrollment.completed_at,
            on=enrollment.completed_on,
            zone=enrollment.completed_zone,
        )
    moment = completion_moment(enrollment, now=now)
    return Completion(at=moment.at, on=moment.on, zone=moment.zone)


def preview_record(
    enrollment: Enrollment,
    *,
    attestation: Attestation | None,
    now: datetime,
    licenses: Sequence[License] | None = None,
) -> CertificateRecord:
    """What the certificate would say if the last step were taken now. Writes nothing.

    `licenses`: in an author's preview, those that are assumed.
    """
    provider = _provider()
    return _record(
        enrollment,
        provider=provider,
        design=number_to_be(provider=provider),
        attestation=attestation,
        licenses=licenses,
        now=now,
    )


def look_today() -> Look:
    """The design of a certificate issued now."""
    return current_look(provider=_provider())


def provider_facts_today(*, now: datetime) -> ProviderFacts:
    """What a specimen that is nobody's says of us."""
    provider = _provider()
    zone = zone_named(provider.time_zone if provider else "")
    completion = Completion(at=now, on=now.astimezone(zone).date(), zone=zone.key)
    return _provider_facts(provider, completion)


def specimen_record(
    version: CourseVersion, *, holder_name: str, serial: str, verify_url: str, now: datetime
) -> CertificateRecord:
    """What a certificate of this version would say today, marked as a specimen. Nobody holds it:
    bodies that only holders of their license are told about are left out."""
    provider = _provider()
    zone = zone_named(provider.time_zone if provider else "")
    on = now.astimezone(zone).date()
    completion = Completion(at=now, on=on, zone=zone.key)
    return build_record(
        holder_name=holder_name,
        licenses=[],
        course=_course_facts(version),
        provider=_provider_facts(provider, completion),
        bodies=printed_bodies(
            course=version.course,
            edition=version.edition,
            holder=User(),
            licenses=[],
            on=on,
            course_hours=version.credit_hours,
        ),
        completion=completion,
        design=number_to_be(provider=provider),
        is_specimen=True,
        issued_at=now,
        serial=serial,
        verify_url=verify_url,
    )


def final_record(
    enrollment: Enrollment,
    *,
    attestation: Attestation | None,
    serial: str,
    verify_url: str,
    now: datetime,
) -> tuple[CertificateRecord, CertificateDesign]:
    """What the certificate of this completed enrollment says, and the design of its day."""
    provider = _provider()
    design = current_design(provider=provider, now=now)
    record = _record(
        enrollment,
        provider=provider,
        design=design.number,
        attestation=attestation,
        serial=serial,
        verify_url=verify_url,
        now=now,
    )
    return record, design


def _record(
    enrollment: Enrollment,
    *,
    provider: Provider | None,
    design: int,
    attestation: Attestation | None,
    now: datetime,
    licenses: Sequence[License] | None = None,
    serial: str = "",
    verify_url: str = "",
) -> CertificateRecord:
    """Name and licenses are those the learner signed for; before that, those of the account."""
    user = enrollment.user
    if attestation is not None:
        name = attestation.holder_name
        licenses = _signed_licenses(user, attestation)
    else:
        name = user.name_on_certificates
        licenses = active_licenses(user) if licenses is None else licenses
    completion = completion_of(enrollment, now=now)
    return build_record(
        holder_name=name,
        licenses=license_lines(licenses),
        course=_course_facts(enrollment.version, session=_session_of(enrollment)),
        provider=_provider_facts(provider, completion),
        bodies=printed_bodies(
            course=enrollment.course,
            edition=enrollment.version.edition,
            holder=user,
            licenses=licenses,
            on=completion.on,
            # Of the version the learner studied; a later revision changes nothing here.
            course_hours=enrollment.version.credit_hours,
        ),
        completion=completion,
        design=design,
        is_specimen=bool(settings.DEMO),
        issued_at=now,
        serial=serial,
        verify_url=verify_url,
    )


def _provider() -> Provider | None:
    return Provider.objects.select_related("logo").filter(pk=1).first()


def _signed_licenses(user: User, attestation: Attestation) -> list[License]:
    """The licenses as they stood when the learner signed, not as they are now."""
    lines = json.loads(attestation.licenses_json)
    bodies = {
        body.code: body
        for body in LicensingBody.objects.filter(code__in=[code for code, _, _ in lines])
    }
    return [
        License(user=user, body=bodies[code], number=number)
        for code, _, number in lines
        if code in bodies
    ]


def _session_of(enrollment: Enrollment) -> LiveSession | None:
    """The session that was attended; no query for home study."""
    if not enrollment.version.is_live:
        return None
    return LiveSession.objects.filter(attendances__enrollment=enrollment).first()


def _course_facts(version: CourseVersion, *, session: LiveSession | None = None) -> CourseFacts:
    """Who taught the session is printed; without a word about it, who wrote the course."""
    instructors = session.instructor_lines if session is not None else ()
    return CourseFacts(
        title=version.title,
        subtitle=version.subtitle,
        edition=f"{version.edition}.{version.revision}",
        credit_hours=version.credit_hours,
        credits=tuple((row.category, row.credit_hours) for row in version.credits.all()),
        subjects=tuple(subject.name for subject in version.subjects.all()),
        delivery=version.delivery,
        delivery_label=str(version.get_delivery_display()),
        # A quiz to practice on is no test: nobody must pass it.
        has_test=Quiz.objects.filter(version=version, purpose=Quiz.Purpose.GRADED).exists(),
        language=version.language,
        instructors=instructors
        or tuple((row.name, row.credentials) for row in version.authors.all()),
        place=session.place if session is not None else "",
    )


def _provider_facts(provider: Provider | None, completion: Completion) -> ProviderFacts:
    provider = provider or Provider(name="Continuing education")
    return ProviderFacts(
        name=provider.name,
        address=provider.address,
        city=provider.city,
        email=provider.email,
        website=provider.website,
        numbers=tuple(
            (place_of(row.body), row.number) for row in provider_numbers_on(completion.on)
        ),
        signatories=tuple(
            (row.name, row.title, row.signature.sha256 if row.signature else "")
            for row in active_signatories()
        ),
    )
