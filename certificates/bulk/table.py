"""A certificate as a line of a table: everything that is printed, and what became of it since."""

import json
from typing import Any, Final

from ce_platform.core import codes
from ce_platform.core.templatetags.wording import plain_number
from certificates.models import Certificate, CertificateBody
from certificates.standing import standing_of

COLUMNS: Final = (
    "Certificate number",
    "State",
    "Reason of the state",
    "Heading",
    "Name",
    "Licenses",
    "Course",
    "Subtitle",
    "Edition",
    "CE hours",
    "CE hours by category",
    "Subjects",
    "Delivery",
    "Place",
    "Completed on",
    "Completed at (UTC)",
    "Time zone",
    "Issued at (UTC)",
    "Approved by and accepted by",
    "Submitted, decision pending",
    "Approvals as of",
    "Provider",
    "Provider address",
    "Provider e-mail",
    "Provider website",
    "Provider numbers",
    "Instructors",
    "Signed by",
    "Language",
    "Specimen",
    "Verification address",
    "Replaces",
    "Replaced by",
    "Design",
    "SHA-256 of the record",
    "SHA-256 of the PDF",
    "Pages of the PDF",
)
"""See docs/certificates-in-bulk.md, which explains each."""
_BETWEEN: Final = " | "


def line_of(certificate: Certificate) -> list[Any]:
    """The certificate comes with design, document, bodies, `replaces` and `replaced_by`."""
    document = getattr(certificate, "document", None)
    successor = getattr(certificate, "replaced_by", None)
    return [
        codes.dashed(certificate.serial),
        standing_of(certificate).word,
        certificate.status_reason,
        certificate.heading,
        certificate.holder_name,
        _joined(f"{body} {number}" for _, body, number in json.loads(certificate.licenses_json)),
        certificate.course_title,
        certificate.course_subtitle,
        certificate.course_edition,
        plain_number(certificate.credit_hours),
        _joined(f"{name} {hours}" for name, hours in json.loads(certificate.credits_json)),
        certificate.subjects,
        certificate.delivery,
        certificate.place,
        certificate.completed_on.isoformat(),
        f"{certificate.completed_at:%Y-%m-%d %H:%M:%S}",
        certificate.completed_zone,
        f"{certificate.issued_at:%Y-%m-%d %H:%M:%S}",
        _bodies(certificate, CertificateBody.Block.APPROVED),
        _bodies(certificate, CertificateBody.Block.PENDING),
        certificate.as_of.isoformat(),
        certificate.provider_name,
        ", ".join(certificate.provider_address.splitlines()),
        certificate.provider_email,
        certificate.provider_website,
        _joined(
            f"{body} {number}" for body, number in json.loads(certificate.provider_numbers_json)
        ),
        _joined(", ".join(filter(None, each)) for each in json.loads(certificate.instructors_json)),
        _joined(
            ", ".join(filter(None, (name, title)))
            for name, title, _ in json.loads(certificate.signatories_json)
        ),
        certificate.language,
        "yes" if certificate.is_specimen else "no",
        certificate.verify_url,
        codes.dashed(certificate.replaces.serial) if certificate.replaces else "",
        codes.dashed(successor.serial) if successor else "",
        certificate.design.number,
        certificate.sha256,
        document.sha256 if document else "",
        document.page_count if document else "",
    ]


def _bodies(certificate: Certificate, block: str) -> str:
    """The sentences as they are printed."""
    return _joined(body.sentence for body in certificate.bodies.all() if body.block == block)


def _joined(parts: Any) -> str:
    return _BETWEEN.join(parts)
