"""Certificates, and what becomes of them at licensing bodies."""

from certificates.models.bundles import CertificateBundle
from certificates.models.certificates import (
    Attestation,
    Certificate,
    CertificateBody,
    CertificateDesign,
    CertificateDocument,
    DesignChoice,
)
from certificates.models.corrections import CorrectionRequest
from certificates.models.group import GroupIssue, GroupIssueLine
from certificates.models.imported import ImportedRecord
from certificates.models.reports import (
    BodyChannel,
    ReportBatch,
    ReportBatchLine,
    ReportChannel,
    ReportCourseNumber,
    ReportEvent,
    ReportLine,
)
from certificates.models.sharing import SharedCertificate, SharedPage
from certificates.models.signing import SigningCertificate, UnfinishedDocument
from certificates.models.transcripts import Transcript

__all__ = [
    "Attestation",
    "BodyChannel",
    "Certificate",
    "CertificateBody",
    "CertificateBundle",
    "CertificateDesign",
    "CertificateDocument",
    "CorrectionRequest",
    "DesignChoice",
    "GroupIssue",
    "GroupIssueLine",
    "ImportedRecord",
    "ReportBatch",
    "ReportBatchLine",
    "ReportChannel",
    "ReportCourseNumber",
    "ReportEvent",
    "ReportLine",
    "SharedCertificate",
    "SharedPage",
    "SigningCertificate",
    "Transcript",
    "UnfinishedDocument",
]
