"""What may be said of a certificate now, in the words of every page that says it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ce_platform.accounts.models import zone_named
from ce_platform.core.templatetags.wording import long_date
from certificates.models import Certificate
from certificates.sheet import SPECIMEN_LINE

VALID: Final = "valid"
SPECIMEN: Final = "specimen"
NOT_FOUND: Final = "not-found"


@dataclass(frozen=True)
class Standing:
    state: str
    """valid | revoked | replaced | specimen | not-found; of a file: altered | several | not-ours"""
    heading: str
    text: str
    word: str
    """For a list."""
    tone: str
    successor: Certificate | None = None


def standing_of(certificate: Certificate) -> Standing:
    """`replaced_by` should be selected with the certificate."""
    moved = _moved(certificate)
    if moved is not None:
        return moved
    if certificate.is_specimen:
        return Standing(
            state=SPECIMEN,
            heading=SPECIMEN_LINE,
            text=(
                "This certificate was made by a demonstration of the platform. Nobody earned "
                "these hours, and no licensing body has seen the course."
            ),
            word="Specimen",
            tone="bad",
        )
    imported = certificate.origin == Certificate.Origin.IMPORTED
    issued_on = _day(certificate.issued_at, certificate)
    return Standing(
        state=VALID,
        heading="On record" if imported else "Genuine and valid",
        text=(
            _taken_over(certificate, issued_on)
            if imported
            else f"{certificate.provider_name} issued it on {issued_on}."
        ),
        word="Valid",
        tone="good",
    )


def _taken_over(certificate: Certificate, recorded_on: str) -> str:
    """Nothing more than is known: somebody else's system said so, and the provider stands by it."""
    number = f" as number {certificate.old_number}" if certificate.old_number else ""
    return (
        f"Recorded before {recorded_on}{number} in an earlier system of "
        f"{certificate.provider_name}; not issued by this platform. The provider took the record "
        "over from its own files and answers for it."
    )


def _day(moment: datetime | None, certificate: Certificate) -> str:
    """The day where the certificate was earned: the same for everybody who looks, and never
    another one than the day that is printed."""
    if moment is None:
        return ""
    return long_date(moment.astimezone(zone_named(certificate.completed_zone)).date())


def _moved(certificate: Certificate) -> Standing | None:
    since = _day(certificate.status_changed_at, certificate)
    specimen = f" {SPECIMEN_LINE}." if certificate.is_specimen else ""
    if certificate.status == Certificate.Status.REVOKED:
        return Standing(
            state="revoked",
            heading=f"Genuine, but revoked on {since}",
            text=f"It no longer counts, because: {certificate.status_reason}{specimen}",
            word="Revoked",
            tone="bad",
            successor=getattr(certificate, "replaced_by", None),
        )
    if certificate.status == Certificate.Status.REPLACED:
        return Standing(
            state="replaced",
            heading=f"Genuine, but replaced on {since}",
            text=f"A newer certificate stands in its place: {certificate.status_reason}{specimen}",
            word="Replaced",
            tone="warn",
            successor=getattr(certificate, "replaced_by", None),
        )
    return None
