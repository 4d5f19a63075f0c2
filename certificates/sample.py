"""A specimen made of invented facts: shows that rendering works, without a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from ce_platform.core.templatetags.wording import ce_hours, long_date
from certificates.addresses import verify_url_of
from certificates.domain.record import (
    CertificateRecord,
    Completion,
    CourseFacts,
    ProviderFacts,
    build_record,
)

SAMPLE_SERIAL: Final = "0000SPEC1MEN00006"
"""Well formed, never drawn: the verification page says what it is."""

_STATES: Final = (
    ("US-FL", "Florida", "Florida Board of Massage Therapy"),
    ("US-NY", "New York", "New York State Education Department"),
    ("US-TX", "Texas", "Texas Department of Licensing and Regulation"),
    ("US-GA", "Georgia", "Georgia Board of Massage Therapy"),
    ("US-NC", "North Carolina", "North Carolina Board of Massage and Bodywork Therapy"),
    ("US-LA", "Louisiana", "Louisiana Board of Massage Therapy"),
    ("US-SC", "South Carolina", "South Carolina Massage/Bodywork Panel"),
    ("US-TN", "Tennessee", "Tennessee Massage Licensure Board"),
    ("US-MS", "Mississippi", "Mississippi State Board of Massage Therapy"),
    ("US-IL", "Illinois", "Illinois Department of Financial and Professional Regulation"),
    ("US-NJ", "New Jersey", "New Jersey Board of Massage and Bodywork Therapy"),
    ("US-MT", "Montana", "Montana Board of Massage Therapy"),
)


@dataclass(frozen=True)
class SampleBody:
    block: str
    body_code: str
    body_name: str
    jurisdiction: str
    status: str
    status_word: str
    number: str
    hours: Decimal | None
    title: str
    sentence: str
    license_number: str
    is_own: bool


def sample_bodies(count: int, *, hours: Decimal, on: date) -> list[SampleBody]:
    """Two of three approved, the rest pending; the first two are the holder's own."""
    bodies = []
    for index in range(count):
        code, jurisdiction, name = _STATES[index % len(_STATES)]
        if index >= len(_STATES):
            jurisdiction = f"{jurisdiction} {index // len(_STATES) + 1}"
            name = f"{name} {index // len(_STATES) + 1}"
        is_approved = index % 3 != 2
        number = f"20-{100200 + index * 311}"
        bodies.append(
            SampleBody(
                block="approved" if is_approved else "pending",
                body_code=code,
                body_name=name,
                jurisdiction=jurisdiction,
                status="approved" if is_approved else "submitted",
                status_word="Approved" if is_approved else "Submitted",
                number=number if is_approved else "",
                hours=hours if is_approved else None,
                title="",
                sentence=(
                    f"Approved by {name} for {ce_hours(hours)}, no. {number}, "
                    "valid January 1, 2026 to December 31, 2027."
                    if is_approved
                    else f"Submitted to {name} on September 14, 2026; decision pending on "
                    f"{long_date(on)}. Not approved."
                ),
                license_number=("MA 12345", "027123-01")[index] if index < 2 else "",
                is_own=index < 2,
            )
        )
    return sorted(bodies, key=lambda body: body.block != "approved")


def sample_record(
    *,
    name: str = "Maria-Elena Sørensen Castañeda",
    body_count: int = 6,
    title: str = "Facial massage: a home-study introduction",
    signatories: Sequence[tuple[str, str, str]] = (
        ("Eleanor Whitcomb", "Director of Education", ""),
    ),
    provider: ProviderFacts | None = None,
    verify_url: str = "",
    is_specimen: bool = True,
) -> CertificateRecord:
    """A whole record, marked as a specimen. With `provider`, its own facts and signatories."""
    hours = Decimal("0.5")
    on = date(2026, 11, 20)
    at = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
    return build_record(
        holder_name=name,
        licenses=[("US-FL", "Florida", "MA 12345"), ("US-NY", "New York", "027123-01")],
        course=CourseFacts(
            title=title,
            subtitle="Meridians and their points, lymphatic drainage, acupressure",
            edition="1.0",
            credit_hours=hours,
            credits=(("Massage theory and practice", hours),),
            subjects=("Acupressure", "Facial massage", "Lymphatic drainage", "Meridians"),
            delivery="home-study",
            delivery_label="Home study",
            has_test=True,
            language="en-US",
            instructors=(("Dana Okafor", "LMT, BCTMB"),),
        ),
        provider=provider
        or ProviderFacts(
            name="Margin & Hand Continuing Education",
            address="12 Elm Street, Suite 4\nAsheville, NC 28801",
            city="Asheville, NC",
            email="office@example.com",
            website="https://example.com",
            numbers=(("NCBTMB", "000000-00"), ("Florida", "50-0000")),
            signatories=tuple(signatories),
        ),
        bodies=sample_bodies(body_count, hours=hours, on=on),
        completion=Completion(at=at, on=on, zone="America/New_York"),
        design=1,
        is_specimen=is_specimen,
        issued_at=at,
        serial=SAMPLE_SERIAL,
        verify_url=verify_url or verify_url_of(SAMPLE_SERIAL),
    )
