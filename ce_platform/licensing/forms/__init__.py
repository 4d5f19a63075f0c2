"""What the pages of licensing send."""

from ce_platform.licensing.forms.credits import ExternalCreditForm
from ce_platform.licensing.forms.licenses import LicenseForm
from ce_platform.licensing.forms.office import NumberForm, ProviderForm, SignatoryForm
from ce_platform.licensing.forms.rule_files import DecisionForm, RuleFilesForm
from ce_platform.licensing.forms.rules import RuleEditor
from ce_platform.licensing.forms.submissions import (
    AddSubmissionForm,
    CorrectionForm,
    MessageForm,
    MoveForm,
)

__all__ = [
    "AddSubmissionForm",
    "CorrectionForm",
    "DecisionForm",
    "ExternalCreditForm",
    "LicenseForm",
    "MessageForm",
    "MoveForm",
    "NumberForm",
    "ProviderForm",
    "RuleEditor",
    "RuleFilesForm",
    "SignatoryForm",
]
