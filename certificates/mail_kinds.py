"""The messages about certificates, corrections, reports and transcripts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, Final

from ce_platform.core.mail_kinds import Audience, MailKind

_SERIAL: Final = "7Q4M-K2XA-93DT-0VWRE"
_EARLIER: Final = "5TGB-8N1C-QZ60-4HJK7"


def _certificate(**changes: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "serial": _SERIAL.replace("-", ""),
            "holder_name": "Maria Santos",
            "course_title": "Facial Lymphatic Drainage",
            "completed_on": date(2026, 11, 20),
            "credit_hours": Decimal("3"),
            "as_of": date(2026, 11, 20),
            "issued_at": datetime(2026, 11, 20, 17, 30, tzinfo=UTC),
            "is_specimen": False,
            "verify_url": f"https://learn.example.com/v/{_SERIAL.replace('-', '')}",
            "user": SimpleNamespace(has_usable_password=True),
            "get_absolute_url": f"/certificates/{_SERIAL.replace('-', '')}/",
            "status": "replaced",
            "status_reason": "The name was misspelled.",
            "status_changed_at": datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        }
        | changes
    )


def _issued() -> dict[str, Any]:
    return {"certificate": _certificate(), "serial": _SERIAL}


def _replaced() -> dict[str, Any]:
    return _issued() | {"replaced": _certificate(), "replaced_serial": _EARLIER}


def _revoked() -> dict[str, Any]:
    reason = "The quiz was taken by another person."
    return {"certificate": _certificate(status_reason=reason), "serial": _SERIAL}


def _not_made() -> dict[str, Any]:
    return _issued() | {"problem": "No installed font has these letters: 慧"}


def _correction() -> dict[str, Any]:
    asked = SimpleNamespace(
        holder_name="Maria L. Santos",
        licenses=[("US-FL", "Florida", "MA 12345")],
        message="My license has the initial.\nThe picture shows it.",
        answer="Please send a picture of your license, both sides.",
        why=["The name differs by more than its spelling."],
        get_absolute_url="/office/certificates/corrections/",
    )
    return _issued() | {"asked": asked, "result": _certificate(holder_name="Maria L. Santos")}


def _consent() -> dict[str, Any]:
    return _issued() | {
        "body": SimpleNamespace(place="Georgia", name="Georgia Board of Massage Therapy"),
        "line": SimpleNamespace(license_number="MT 004411", due_on=date(2026, 12, 20)),
    }


def _transcript() -> dict[str, Any]:
    return {"is_own": True, "code": _SERIAL, "url": "/transcripts/"}


def _bundle() -> dict[str, Any]:
    bundle = SimpleNamespace(
        get_kind_display="A zip of certificates",
        title="Facial Lymphatic Drainage, November 2026",
        file_name="certificates.zip",
    )
    return {
        "bundle": bundle,
        "certificate_count": 24,
        "page_count": 0,
        "missing_count": 1,
        "kept_until": datetime(2026, 12, 20, 17, 0, tzinfo=UTC),
        "url": "/office/certificates/",
    }


_RECORD: Final = "it concerns a certificate you hold, which is a record of law"
_OFFICE: Final = "this is the office’s address"

KINDS: Final = (
    MailKind(
        "certificate_issued",
        "Certificate issued",
        Audience.LEARNER,
        why=_RECORD,
        sample=_issued,
        is_essential=True,
    ),
    MailKind(
        "certificate_replaced",
        "Certificate issued again",
        Audience.LEARNER,
        why=_RECORD,
        sample=_replaced,
        is_essential=True,
    ),
    MailKind(
        "certificate_revoked",
        "Certificate revoked",
        Audience.LEARNER,
        why=_RECORD,
        sample=_revoked,
        is_essential=True,
    ),
    MailKind(
        "correction_granted",
        "Correction granted",
        Audience.LEARNER,
        why=_RECORD,
        sample=_correction,
        is_essential=True,
    ),
    MailKind(
        "correction_refused",
        "Correction not made",
        Audience.LEARNER,
        why=_RECORD,
        sample=_correction,
        is_essential=True,
    ),
    MailKind(
        "report_consent_asked",
        "May we report your hours?",
        Audience.LEARNER,
        why="a licensing body takes your hours from us only after you have agreed",
        sample=_consent,
        is_essential=True,
    ),
    MailKind(
        "transcript_ready",
        "Transcript ready",
        Audience.LEARNER,
        why="you asked for a transcript",
        sample=_transcript,
    ),
    MailKind(
        "certificates_ready",
        "Certificates in bulk ready",
        Audience.REGISTRAR,
        why="you asked for a file of many certificates",
        sample=_bundle,
    ),
    MailKind(
        "correction_asked",
        "A holder asks for a correction",
        Audience.OFFICE,
        why=_OFFICE,
        sample=_correction,
    ),
    MailKind(
        "certificate_not_made",
        "A certificate could not be printed",
        Audience.OFFICE,
        why=_OFFICE,
        sample=_not_made,
    ),
)
