"""What machines are told of a certificate or a file: docs/verifying.md describes every field.

The words are those of the pages, in the same order. A field that is added keeps `SCHEMA`; one that
goes or changes its meaning makes a new one.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from ce_platform.accounts.models import zone_named
from ce_platform.core import codes
from certificates.addresses import record_url_of, verify_url_of
from certificates.checking.apart import Signature
from certificates.checking.check import Checked
from certificates.checking.words import verdict_on
from certificates.domain.designs import look_of
from certificates.domain.record import record_of
from certificates.models import Certificate, CertificateDocument
from certificates.sheet import Block, Sheet, make_sheet
from certificates.standing import VALID, standing_of

SCHEMA: Final = "certificate-verification/1"


def record_answer(
    certificate: Certificate, *, newest: Certificate, now: datetime
) -> dict[str, Any]:
    """`design`, `document__file` and `document__signer` should be selected with the certificate."""
    return {"schema": SCHEMA, "looked_up_at": _moment(now)} | certificate_value(
        certificate, newest=newest
    )


def file_answer(
    checked: Checked, *, newest: Certificate | None, ours: frozenset[str], now: datetime
) -> dict[str, Any]:
    told = checked.differences
    certificate = checked.certificate
    standing = verdict_on(checked)
    return {
        "schema": SCHEMA,
        "looked_up_at": _moment(now),
        "file": {
            "verdict": checked.verdict,
            "heading": standing.heading,
            "text": standing.text,
            "sha256": checked.sha256,
            "size_bytes": checked.size_bytes,
            "signatures": None
            if checked.signatures is None
            else [_signature(each, ours=ours) for each in checked.signatures],
            "missing": None
            if told is None or not told.is_readable
            else [{"label": each.label, "printed": each.printed} for each in told.missing],
            "strange_words": None if told is None or not told.is_readable else list(told.strange),
        },
        "certificate": certificate_value(certificate, newest=newest or certificate)
        if certificate
        else None,
        "transcript": {
            "number": codes.dashed(checked.transcript.code),
            "verify_url": verify_url_of(checked.transcript.code),
            "sha256": checked.transcript.file_sha256,
        }
        if checked.transcript
        else None,
        "others": [
            {
                "number": codes.dashed(each.serial),
                "state": standing_of(each).state,
                "verify_url": verify_url_of(each.serial),
                "record_url": record_url_of(each.serial),
            }
            for each in checked.others
        ],
    }


def certificate_value(certificate: Certificate, *, newest: Certificate) -> dict[str, Any]:
    standing = standing_of(certificate)
    return {
        "number": codes.dashed(certificate.serial),
        "verify_url": verify_url_of(certificate.serial),
        "record_url": record_url_of(certificate.serial),
        "state": standing.state,
        "is_valid": standing.state == VALID,
        "is_specimen": certificate.is_specimen,
        "heading": standing.heading,
        "text": standing.text,
        "since": _local_day(certificate),
        "reason": certificate.status_reason,
        "successor": _successor(certificate, newest),
        "origin": certificate.origin,
        "record_sha256": certificate.sha256,
        "document": _document(getattr(certificate, "document", None)),
        "printed": printed_value(
            make_sheet(record_of(certificate), look=look_of(certificate.design))
        ),
    }


def printed_value(sheet: Sheet) -> dict[str, Any]:
    """Everything printed and nothing else: not the minute of completion, not who looked."""
    record = sheet.record
    return {
        "heading": record.heading,
        "verify_url": record.verify_url,
        "holder_name": record.holder_name,
        "licenses": [
            {"body_code": code, "body": body, "number": number}
            for code, body, number in record.licenses
        ],
        "course_title": record.course_title,
        "course_subtitle": record.course_subtitle,
        "course_edition": record.course_edition,
        "credit_hours": _hours(record.credit_hours),
        "credits": [
            {"category": category, "hours": _hours(hours)} for category, hours in record.credits
        ],
        "subjects": record.subjects,
        "delivery": record.delivery,
        "place": record.place,
        "completed_on": _date(record.completed_on),
        "instructors": [
            {"name": name, "credentials": credentials} for name, credentials in record.instructors
        ],
        "provider": {
            "name": record.provider_name,
            "address": record.provider_address,
            "email": record.provider_email,
            "website": record.provider_website,
            "numbers": [
                {"body": body, "number": number} for body, number in record.provider_numbers
            ],
        },
        "signatories": [{"name": name, "title": title} for name, title, _ in record.signatories],
        "language": record.language,
        "approvals_as_of": _date(record.as_of),
        # Two lists, always both: "submitted" never looks like "approved".
        "bodies_approved": _bodies(sheet.blocks, "approved"),
        "bodies_pending": _bodies(sheet.blocks, "pending"),
        "status_line": sheet.status_line,
    }


def _bodies(blocks: Iterable[Block], code: str) -> list[dict[str, Any]]:
    return [
        {
            "body_code": line.body.body_code,
            "body": line.body.body_name,
            "jurisdiction": line.body.jurisdiction,
            "status": line.body.status,
            "status_word": line.body.status_word,
            "number": line.body.number,
            "credit_hours": None
            if line.body.credit_hours is None
            else _hours(line.body.credit_hours),
            "title": line.body.title,
            "license_number": line.body.license_number,
            "sentence": line.sentence,
        }
        for block in blocks
        if block.code == code
        for line in block.lines
    ]


def _successor(certificate: Certificate, newest: Certificate) -> dict[str, Any] | None:
    if newest.pk == certificate.pk:
        return None
    return {
        "number": codes.dashed(newest.serial),
        "state": standing_of(newest).state,
        "verify_url": verify_url_of(newest.serial),
        "record_url": record_url_of(newest.serial),
    }


def _document(document: CertificateDocument | None) -> dict[str, Any] | None:
    """None while it is being made, and for records from before this platform."""
    if document is None:
        return None
    return {
        "sha256": document.sha256,
        "size_bytes": document.file.size_bytes,
        "page_count": document.page_count,
        "signing_certificate_sha256": document.signer.fingerprint if document.signer else None,
    }


def _signature(signature: Signature, *, ours: frozenset[str]) -> dict[str, Any]:
    return {
        "signer": signature.signer,
        "is_ours": signature.fingerprint in ours,
        "certificate_sha256": signature.fingerprint,
        "signed_at": _moment(signature.signed_at) if signature.signed_at else None,
        "state": signature.state,
    }


def _local_day(certificate: Certificate) -> str | None:
    """The day that the page names: of the place where the certificate was earned."""
    moment = certificate.status_changed_at
    if moment is None:
        return None
    return _date(moment.astimezone(zone_named(certificate.completed_zone)).date())


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _date(day: date) -> str:
    return day.isoformat()


def _hours(hours: Decimal) -> str:
    """As text: 0.5, not 0.50, and never a binary fraction."""
    return format(hours.normalize(), "f")
