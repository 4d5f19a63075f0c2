"""Licensing bodies with dated rules, submissions of courses to them, therapists' licenses."""

from ce_platform.licensing.models.bodies import (
    BodyRule,
    LicensingBody,
    ProviderNumber,
    Signatory,
)
from ce_platform.licensing.models.credits import (
    ExternalCredit,
    ExternalCreditApproval,
    ExternalCreditHours,
)
from ce_platform.licensing.models.licenses import License
from ce_platform.licensing.models.proposals import RuleProposal, RuleProposalLine
from ce_platform.licensing.models.reports import ReportConsent
from ce_platform.licensing.models.submissions import Submission, SubmissionEvent

__all__ = [
    "BodyRule",
    "ExternalCredit",
    "ExternalCreditApproval",
    "ExternalCreditHours",
    "License",
    "LicensingBody",
    "ProviderNumber",
    "ReportConsent",
    "RuleProposal",
    "RuleProposalLine",
    "Signatory",
    "Submission",
    "SubmissionEvent",
]
